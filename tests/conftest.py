"""What every test may ask for. Fixtures of one room lie beside the tests of that room."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import hypothesis
import pytest
import pytest_django

from lianfang.kernel import clock
from tests import databases

if TYPE_CHECKING:
    from tests.cast import College

if databases.RUN_DIR not in os.environ:
    raise pytest.UsageError("tests.early was not loaded: these tests would use your own database")

# How long an example takes says something about the machine, not about the rule.
hypothesis.settings.register_profile("lianfang", deadline=None)
hypothesis.settings.load_profile("lianfang")

IN_CI = os.environ.get("CI") == "true"
ROOT = Path(__file__).resolve().parent.parent

pytest_plugins = ["tests.browser"]


def leave_out(reason: str) -> None:
    """Skip the test in one line; with CI=true a missing piece is a failure."""
    if IN_CI:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


# ---------------------------------------------------------------- nothing is skipped in CI


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _no_skip(item, (yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _no_skip(collector, (yield))


Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def _no_skip(node: pytest.Item | pytest.Collector, report: Report) -> Report:
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{node.nodeid} was skipped, which CI=true forbids: {report.longrepr}"
    return report


# ---------------------------------------------------------------- the database


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """On SQLite the test database is a file: a live server and child processes share it.

    Tables are made from the models, ten times as fast as by the migrations. They come to the
    same, which `test_an_empty_home_needs_nothing_before_the_roster` holds them to.
    """
    from django.conf import settings

    default = settings.DATABASES["default"]
    test = default.setdefault("TEST", {})
    test["MIGRATE"] = False
    if "sqlite3" in default["ENGINE"]:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        test["NAME"] = databases.sqlite_test_file(worker)


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[None]:
    """Between two transactional tests Django empties all tables, append-only ones included.

    The triggers that refuse a DELETE stand aside for that one moment.
    """
    from django.db import connection

    with django_db_blocker.unblock():
        databases.finish_tables()
        flush = databases.quick_flush(connection)
    with pytest.MonkeyPatch.context() as patch:
        if flush is not None:
            patch.setattr(type(connection.ops), "execute_sql_flush", flush)
        yield


@pytest.fixture
def database_url(transactional_db: None) -> str:
    """The address of this test's database for a child process (LIANFANG_DATABASE_URL)."""
    from django.db import connection

    return databases.database_url(connection.settings_dict)


@pytest.fixture
def child_environment(database_url: str) -> dict[str, str]:
    """The environment of a child process that works on this test's database and keys."""
    return {**os.environ, "LIANFANG_DATABASE_URL": database_url}


# ---------------------------------------------------------------- data, time, network


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real inputs; it is no part of the project."""
    given = os.environ.get("LIANFANG_SHARED")
    folder = Path(given) if given else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        leave_out("no ../shared/data here (LIANFANG_SHARED names another place)")
    return folder


@pytest.fixture
def now() -> datetime:
    """08:00 on 2020-02-01, a Saturday: the second morning under the first edition."""
    return datetime(2020, 2, 1, 8, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture
def college() -> College:
    """Founded this minute; every edge of this process is told the moment that it has there."""
    from tests.cast import College

    college = College.found()
    clock.follow(lambda: college.now)
    return college


@pytest.fixture
def it_is() -> Callable[[datetime], None]:
    """`it_is(moment)`: from here on, every edge of this process is told that it is `moment`."""

    def it_is(moment: datetime) -> None:
        clock.follow(lambda: moment)

    return it_is


@pytest.fixture(autouse=True)
def _the_clock_runs_again() -> Iterator[None]:
    yield
    clock.follow(None)


@pytest.fixture(autouse=True)
def _the_installation_is_asked_anew() -> None:
    """Each process remembers whose copy it is; the next test founds another."""
    from lianfang.installation.queries import forget
    from lianfang.kernel.memory import forget_everything

    forget()
    forget_everything()


class NotThisMachine(AssertionError):
    """A test tried to reach another machine."""


def _is_here(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0])
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _only_this_machine() -> Iterator[None]:
    """No test opens a connection to another machine."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        original = getattr(socket.socket, name)

        def guarded(self: socket.socket, address: Any, _original: Any = original) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address):
                raise NotThisMachine(f"a test tried to reach {address}")
            return _original(self, address)

        patch.setattr(socket.socket, name, guarded)
    yield
    patch.undo()
