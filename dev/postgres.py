"""Where the private PostgreSQL is, and statements in it past Odoo."""

import configparser
import os
import subprocess
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


def run_script(database, script):
    """Run a script (bytes), such as a dump, by psql; raise RuntimeError with its error output when it fails."""
    options = settings()
    server = (HOME / "pg/PG_VERSION").read_text().strip()  # Debian keeps the programs of each version apart
    psql = f"/usr/lib/postgresql/{server}/bin/psql"
    where = ["-h", options["db_host"], "-p", options["db_port"], "-U", options["db_user"], "-d", str(database)]
    env = os.environ | {"PGPASSWORD": options["db_password"], "PGOPTIONS": "-c client_min_messages=warning"}
    command = [psql, "-XAtq", "-v", "ON_ERROR_STOP=1", *where]
    done = subprocess.run(command, check=False, input=script, capture_output=True, env=env)
    if done.returncode:
        raise RuntimeError(f"The script does not run in {database}:\n{done.stderr.decode(errors='replace')[-2000:]}")


def disconnect(database):
    """Close the connections of :func:`sql` to a database: it can't be copied, renamed or dropped else."""
    for key in [key for key in list(_connections) if key[1] == str(database)]:
        _connections.pop(key).close()
