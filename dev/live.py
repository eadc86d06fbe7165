"""Make databases and run real Odoo servers, for demo, benchmarks, stress and live tests.

with Database.create() as db, Odoo(db, max_cron_threads=1) as odoo:
    odoo.rpc("res.partner", "search_count", [])
"""

import contextlib
import fcntl
import hashlib
import itertools
import lzma
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import requests
from ports import free_port, wait_for_port
from postgres import HOME, ROOT, disconnect, run_script, settings, sql

MODULE = "helpdesk_mgmt_marketplace"
# What the template with our module depends on: not what is only served, read by people or run by tests.
NOT_INSTALLED = {"static", "tests", "docs", "dev", "sandbox", "node_modules", "__pycache__"}
KEPT_TEMPLATES = 3
_counter = itertools.count(1)


def run_odoo(command, *args, **kwargs):
    """Run an Odoo command to its end; return the CompletedProcess with its output as text."""
    command = [HOME / "bin/odoo", command, "-c", HOME / "odoo.cfg", "--no-http", *args]
    return subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kwargs)


def install(db, modules, upgrade=False, env=None):
    """Install (or upgrade) comma-separated modules into a database and return Odoo's log; raise with it if it fails.

    :param dict env: environment variables to add.
    """
    how = "-u" if upgrade else "-i"
    log = run_odoo("server", "-d", str(db), how, modules, "--stop-after-init", env=os.environ | (env or {}))
    query = "SELECT name FROM ir_module_module WHERE state = 'installed' AND name = ANY(%s)"
    missing = set(modules.split(",")) - {row[0] for row in sql(str(db), query, [modules.split(",")])}
    if log.returncode or missing:
        raise RuntimeError(f"Odoo could not install {modules} into {db}:\n{log.stdout[-8000:]}")
    return log.stdout


def shell(db, code):
    """Run Python code in `odoo shell` on a database (with `env`, to be committed by it) and return its output."""
    done = run_odoo("shell", "-d", str(db), "--log-level=warn", input=code)
    if done.returncode:
        raise RuntimeError(f"odoo shell failed:\n{done.stdout[-8000:]}")
    return done.stdout


class Database:
    """A database with its filestore; as a context manager it's dropped at the end."""

    def __init__(self, name):
        self.name = name
        self.filestore = HOME / "data/filestore" / name

    def __str__(self):
        return self.name

    @classmethod
    def create(cls, name=None, template="auto"):
        """Copy a template: "auto" has our module installed, "base" only helpdesk_mgmt, else any database's name.

        Without a name it's a throw-away: dropped by a later call when this process is gone.
        """
        drop_leftovers()
        db = cls(name or f"tmp_{os.getpid()}_{next(_counter)}")
        if template in ("auto", "base"):
            with lock("template"):  # nobody may prune the template while it's being copied
                db._copy(module_template() if template == "auto" else base_template())
        else:
            db._copy(cls(str(template)))
        return db

    @classmethod
    def once(cls, name, make):
        """Return a database that all processes of a test run copy; the first that asks makes it.

        :param str name: of letters, digits and underscores.
        :param make: a function that returns a context manager around the database to be kept a copy of.
        """
        # Workers of pytest-xdist are children of the run.
        run = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
        kept = cls(f"tmp_{run}_{name}")
        with lock("once"):
            if not sql("postgres", "SELECT 1 FROM pg_database WHERE datname = %s", [kept.name]):
                with make() as db:
                    cls.create(kept.name, template=db)
        return kept

    @classmethod
    def restore(cls, path):
        """Make a throw-away database of a dump (SQL, compressed by xz)."""
        drop_leftovers()
        db = cls(f"tmp_{os.getpid()}_{next(_counter)}")
        sql("postgres", f'CREATE DATABASE "{db}" TEMPLATE template0')
        run_script(db.name, lzma.decompress(Path(path).read_bytes()))
        return db

    def _copy(self, source):
        disconnect(source)
        sql("postgres", f'CREATE DATABASE "{self}" TEMPLATE "{source}"')
        if source.filestore.is_dir():
            # Attachments are never changed in place, so links do as well as copies.
            shutil.copytree(source.filestore, self.filestore, copy_function=os.link, dirs_exist_ok=True)

    def sql(self, query, params=None):
        """Run one statement and return its rows, if it has any."""
        return sql(self.name, query, params)

    def drop(self):
        """Drop the database, whoever is connected, and its filestore."""
        disconnect(self)
        sql("postgres", f'DROP DATABASE IF EXISTS "{self}" WITH (FORCE)')
        shutil.rmtree(self.filestore, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.drop()


def drop_leftovers():
    """Drop the throw-away databases of processes that are gone."""
    for (name,) in sql("postgres", r"SELECT datname FROM pg_database WHERE datname ~ '^tmp_\d+_'"):
        if not Path("/proc", name.split("_")[1]).exists():
            Database(name).drop()


@contextlib.contextmanager
def lock(name):
    """Hold a lock so that one process at a time builds or copies what has this name."""
    with open(HOME / f"{name}.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def base_template():
    """Return the template that dev/setup made: helpdesk_mgmt, no demo data."""
    return Database((HOME / "stamps/template").read_text().strip())


def source_hash():
    """Return the hash of all the module's files that an installation reads."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(f for f in folders if f not in NOT_INSTALLED and not f.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


#: Makes the web client's bundles once, in place of once in each copy that a browser looks at.
BUNDLES = """
for name in ("web.assets_frontend_minimal", "web.assets_frontend", "web.assets_frontend_lazy", "web.assets_web"):
    bundle = env["ir.qweb"]._get_asset_bundle(name, css=True, js=True)
    bundle.css()
    bundle.js()
env.cr.commit()
"""


def module_template():
    """Return the template with our module as it is now, building it if needed (hold the lock "template")."""
    base = base_template()
    template = Database(f"mod_{hashlib.sha256((base.name + source_hash()).encode()).hexdigest()[:16]}")
    if not sql("postgres", "SELECT 1 FROM pg_database WHERE datname = %s", [template.name]):
        building = Database(f"tmp_{os.getpid()}_template")
        building.drop()
        building._copy(base)
        install(building, MODULE)
        shell(building, BUNDLES)
        shutil.rmtree(template.filestore, ignore_errors=True)
        building.filestore.rename(template.filestore)
        disconnect(building)
        sql("postgres", f"ALTER DATABASE {building} RENAME TO {template}")
        # A connected session would make copying fail, so nobody may connect.
        sql("postgres", f"ALTER DATABASE {template} ALLOW_CONNECTIONS false")
        old = r"SELECT datname FROM pg_database WHERE datname LIKE 'mod\_%%' ORDER BY oid DESC OFFSET %s"
        for (name,) in sql("postgres", old, [KEPT_TEMPLATES]):
            Database(name).drop()
    return template


class RpcError(Exception):
    """What Odoo answered instead of a result; `name` is the Python class of the error there."""

    def __init__(self, error):
        data = error.get("data", {})
        self.name = data.get("name")
        super().__init__(f"{self.name}: {data.get('message')}\n{data.get('debug', '')}")


class Odoo:
    """A server process on one database; as a context manager it runs inside the block."""

    def __init__(self, db, workers=0, max_cron_threads=0, config=None, env=None, args=(), port=None):
        self.db = str(db)
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = HOME / f"log/{self.db}-{self.port}.log"
        own = {"http_port": self.port, "gevent_port": free_port(), "db_name": self.db, "list_db": False}
        own |= {"dbfilter": f"^{re.escape(self.db)}$", "workers": workers, "max_cron_threads": max_cron_threads}
        self.config = settings() | own | (config or {})
        self.env = os.environ | {key: str(value) for key, value in (env or {}).items()}
        self.args = [str(arg) for arg in args]
        self.login, self.password = "admin", "admin"
        self.process = self._uid = None

    def start(self, timeout=120):
        """Start the server (again) and wait until it answers a login; return self."""
        path = self.log.with_suffix(".cfg")
        path.touch(mode=0o600)
        path.write_text("[options]\n" + "".join(f"{key} = {value}\n" for key, value in self.config.items()))
        with self.log.open("ab") as log:
            command = [HOME / "bin/odoo", "server", "-c", path, *self.args]
            # A session of its own is a process group of its own: kill() reaches every worker.
            files = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
            self.process = subprocess.Popen(command, env=self.env, start_new_session=True, **files)
        self._wait_until_ready(time.monotonic() + timeout)
        return self

    def _wait_until_ready(self, deadline):
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"Odoo ended with status {self.process.returncode}:\n{self.read_log()[-4000:]}")
            try:
                self._uid = self.call("common", "login", self.db, self.login, self.password)
                return
            except requests.RequestException as error:
                if time.monotonic() > deadline:
                    self.kill()
                    raise RuntimeError(f"Odoo does not answer: {error}\n{self.read_log()[-4000:]}") from error
            time.sleep(0.1)

    def call(self, service, method, *args, timeout=120):
        """Call a method of one of Odoo's JSON-RPC services."""
        body = {"jsonrpc": "2.0", "params": {"service": service, "method": method, "args": args}}
        response = requests.post(f"{self.url}/jsonrpc", json=body, timeout=timeout)
        response.raise_for_status()
        answer = response.json()
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer.get("result")

    def rpc(self, model, method, *args, **kwargs):
        """Call a public method of a model as admin."""
        return self.call("object", "execute_kw", self.db, self._uid, self.password, model, method, args, kwargs)

    def sql(self, query, params=None):
        """Run one statement in the database, past Odoo, and return its rows, if it has any."""
        return sql(self.db, query, params)

    def read_log(self):
        """Return all that the server has logged."""
        return self.log.read_text(errors="replace")

    def kill(self):
        """Kill the server and all its workers at once, as a power cut would."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):  # workers may outlive the server's first process
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            wait_for_port(self.port)

    def stop(self, timeout=30):
        """Ask the server to end; kill it if it does not in time."""
        if self.process:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout)
        self.kill()

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        self.stop()


if __name__ == "__main__":  # for dev/test: live.py create|drop NAME
    try:
        {"create": Database.create, "drop": lambda name: Database(name).drop()}[sys.argv[1]](sys.argv[2])
    except RuntimeError as error:
        sys.exit(str(error))
