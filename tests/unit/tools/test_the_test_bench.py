"""The guards of the tests hold: no other machine, no skip in CI, no server left behind."""

from __future__ import annotations

import os
import socket
from typing import Any

import psycopg
import pytest

from tests import conftest, databases


@pytest.mark.parametrize(
    "address,is_here",
    [
        (("127.0.0.1", 80), True),
        (("127.8.9.1", 80), True),
        (("::1", 80, 0, 0), True),
        (("localhost", 80), True),
        ("/a/unix/socket", True),
        (("192.0.2.1", 80), False),
        (("10.0.0.1", 80), False),
        (("0.0.0.0", 80), False),
        (("example.org", 443), False),
    ],
)
def test_only_loopback_is_this_machine(address: Any, is_here: bool) -> None:
    assert conftest._is_here(address) is is_here


def test_a_connection_to_another_machine_is_refused_before_it_is_made() -> None:
    closed = socket.socket()
    closed.close()  # without the guard this would be an OSError, and nothing would be sent
    with pytest.raises(conftest.NotThisMachine):
        closed.connect(("192.0.2.1", 80))


@pytest.mark.parametrize("in_ci,outcome", [(True, "failed"), (False, "skipped")])
def test_a_skipped_test_is_a_failure_in_ci_only(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, in_ci: bool, outcome: str
) -> None:
    monkeypatch.setattr(conftest, "IN_CI", in_ci)
    report = pytest.TestReport("x", ("x", 1, "x"), {}, "skipped", "no data", "call")
    assert conftest._no_skip(request.node, report).outcome == outcome


def test_an_expected_failure_is_no_skip(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(conftest, "IN_CI", True)
    report = pytest.TestReport("x", ("x", 1, "x"), {}, "skipped", "known", "call")
    report.wasxfail = "known"
    assert conftest._no_skip(request.node, report).outcome == "skipped"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/lianfang/data.sqlite3",
        "postgresql://postgres@/test_postgres?host=/run/postgres",
        "postgresql://lianfang:word@db:5433/lianfang",
    ],
)
def test_an_address_survives_the_way_through_the_settings(url: str) -> None:
    from lianfang.kernel.databases import database_from

    if url.startswith("sqlite"):
        settings = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": "/var/lib/lianfang/data.sqlite3",
        }
    else:
        settings = database_from(url)
    assert databases.database_url(settings) == url


def test_the_embedded_postgres_ends_with_its_owner() -> None:
    """Its owner dies by the closing of a pipe, which is all that the keeper ever sees."""
    try:
        server = databases.start_postgres()
    except databases.NoPostgres as reason:
        conftest.leave_out(str(reason))
    with psycopg.connect(server.url) as connection:
        [[version]] = connection.execute("SHOW server_version").fetchall()
    folder = server.url.partition("host=")[2]
    assert int(version.split(".")[0]) >= 18
    assert os.path.isdir(folder)
    server.stop()
    assert not os.path.exists(folder)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url)
