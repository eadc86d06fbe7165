"""Where the private PostgreSQL is, and statements in it past Odoo."""

import configparser
import threading
from pathlib import Path

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".odoo"
_connections = {}


def settings():
    """Return the options of .odoo/odoo.cfg as a dict."""
    parser = configparser.RawConfigParser()
    if not parser.read(HOME / "odoo.cfg"):
        raise RuntimeError("Odoo is not set up here: run dev/setup first.")
    return dict(parser["options"])


def connect(database="postgres"):
    """Return a psycopg2 connection in autocommit mode."""
    options = settings()
    where = {key: options[f"db_{key}"] for key in ("host", "port", "user", "password")}
    try:
        connection = psycopg2.connect(dbname=database, **where)
    except psycopg2.OperationalError as error:
        raise RuntimeError(f"No connection to {database} (is PostgreSQL up? dev/setup starts it): {error}") from error
    connection.autocommit = True
    return connection


def sql(database, query, params=None):
    """Run one statement and return its rows, if it has any.

    Each thread keeps its connections: to connect costs PostgreSQL more than most statements.
    """
    key = (threading.get_ident(), str(database))
    if key not in _connections or _connections[key].closed:
        _connections[key] = connect(str(database))
    with _connections[key].cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall() if cursor.description else None


def disconnect(database):
    """Close the connections of :func:`sql` to a database: it can't be copied, renamed or dropped else."""
    for key in [key for key in list(_connections) if key[1] == str(database)]:
        _connections.pop(key).close()
