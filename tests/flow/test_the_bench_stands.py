"""The flows run on the database that was asked for, shared by threads and child processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from lianfang.audit.models import Entry
from tests.databases import RUN_DIR

COUNT = """
import django
django.setup()
from lianfang.audit.models import Entry
print(Entry.objects.count())
"""


def an_entry(now: datetime) -> Entry:
    return Entry.objects.create(at=now, actor_kind="SYSTEM", verb="bench.entry.made", subject="x")


@pytest.mark.django_db
def test_the_database_is_the_one_that_was_asked_for() -> None:
    asked = os.environ.get("LIANFANG_TEST_DB", "sqlite")
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[asked]
    assert "test" in connection.settings_dict["NAME"]


def test_nobodys_own_home_and_keys_are_used() -> None:
    assert Path(os.environ[RUN_DIR]) in settings.HOME.parents


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_table_that_refuses_changes_is_empty_again_for_the_next_test(
    turn: str, now: datetime
) -> None:
    assert Entry.objects.count() == 0
    an_entry(now)
    for change in (Entry.objects.all().delete, lambda: Entry.objects.update(verb="bench.forged")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_a_thread_and_a_child_process_see_the_same_rows(
    child_environment: dict[str, str], now: datetime
) -> None:
    an_entry(now)
    seen = []

    def look() -> None:
        seen.append(Entry.objects.count())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    child = subprocess.run(
        [sys.executable, "-c", COUNT],
        env={**child_environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (seen, child.stdout) == ([1], "1\n")
