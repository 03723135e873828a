"""What a script may rely on: answers in JSON, exit codes, and refusals that change nothing."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from lianfang.accounts.models import Account
from lianfang.commands.main import DONE, PROBLEMS, REFUSED, main
from lianfang.commands.serve import work_until_idle
from lianfang.installation.models import Installation
from lianfang.installation.queries import forget
from lianfang.notifications.models import Message
from lianfang.roster.models import Unit
from lianfang.usecases import workers
from lianfang.usecases.steps import Step
from tests import databases
from tests.cast import FEVER, College

pytestmark = pytest.mark.django_db(transaction=True)
Output = pytest.CaptureFixture[str]


def test_the_ledger_of_a_unit_in_json(college: College, capsys: Output) -> None:
    college.report("小明", FEVER)
    college.report("小红")
    code = college.unit("网络1班").code
    assert main(["ledger", code, "--on", "2020-02-01", "--json"]) == DONE
    answer = json.loads(capsys.readouterr().out)
    assert answer == {
        "unit": code, "name": "网络1班", "day": "2020-02-01", "known": False, "expected": 3,
        "received": 2, "zero": 1, "with_events": 1, "missing": 1, "exempt": 0, "late": 0,
        "unreachable": 0, "proxy": 0, "completeness": 2 / 3, "timeliness": 2 / 3,
    }  # fmt: skip


def test_an_incomplete_ledger_says_that_a_zero_is_not_yet_known(
    college: College, capsys: Output
) -> None:
    assert main(["--lang", "en", "ledger", "网络1班", "--on", "2020-02-01"]) == DONE
    told = capsys.readouterr().out
    assert "with events: not yet known" in told
    assert "a zero here means “not yet known”" in told


@pytest.mark.usefixtures("college")
def test_an_unknown_unit_is_a_problem_of_the_input(capsys: Output) -> None:
    assert main(["ledger", "没有这个班"]) == PROBLEMS
    assert "没有这个班" in capsys.readouterr().err


def test_a_closed_unit_still_tells_its_past(college: College, capsys: Output) -> None:
    gone = college.unit("网络1班")
    Unit.objects.filter(pk=gone.pk).update(closed_on=college.today)
    assert main(["ledger", gone.code, "--on", "2020-01-31", "--json"]) == DONE
    assert json.loads(capsys.readouterr().out)["expected"] == 3


@pytest.mark.usefixtures("college")
def test_a_name_that_two_units_share_is_not_guessed(college: College) -> None:
    college.open_unit("双名", "CLASS", "护理系")
    Unit.objects.create(
        tree="ADMINISTRATIVE", kind="CLASS", code="X9", name="双名",
        parent=college.unit("信息系"), opened_on=college.today,
    )  # fmt: skip
    assert main(["ledger", "双名"]) == PROBLEMS
    assert main(["ledger", "X9"]) == DONE


def test_help_speaks_both_languages(capsys: Output) -> None:
    for language, word in (("en", "who has reported"), ("zh", "查看某单位某天的填报情况")):
        with pytest.raises(SystemExit) as end:
            main(["--lang", language, "--help"])
        assert end.value.code == 0
        told = capsys.readouterr().out
        assert word in told
        assert ("positional arguments" in told) == (language == "en")


def test_an_administrator_is_made_with_a_password_that_is_not_weak(
    college: College, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("12345678\n"))
    assert main(["createadmin", "admin", "--password-stdin"]) == PROBLEMS
    assert Account.objects.count() == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO("keep-the-doors-shut\n"))
    assert main(["createadmin", "admin", "--password-stdin"]) == DONE
    account = Account.objects.get()
    assert (account.login, account.is_operator, account.person) == ("admin", True, None)
    assert "keep-the-doors-shut" not in capsys.readouterr().out + account.password


def test_a_real_database_refuses_another_clock(
    college: College, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    from lianfang.installation.operations import NotAnExercise, apply_clock_setting

    monkeypatch.setenv("LIANFANG_CLOCK", "2020-02-01T07:00+08:00")
    with pytest.raises(NotAnExercise):
        apply_clock_setting()
    Installation.objects.update(is_exercise=True)
    forget()
    apply_clock_setting()
    forget()
    assert Installation.objects.get().clock_offset_s < 0


def test_a_moved_clock_refuses_a_real_college_before_it_is_founded(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("LIANFANG_CLOCK", "2020-02-01T07:00+08:00")
    assert main(["found", "别的学院"]) == REFUSED
    assert "installation.not-an-exercise" in capsys.readouterr().err
    assert not Installation.objects.exists()


@pytest.mark.usefixtures("college")
def test_a_founded_database_is_not_founded_again(capsys: Output) -> None:
    assert main(["found", "别的学院"]) == REFUSED
    assert "installation.already-founded" in capsys.readouterr().err


@pytest.mark.usefixtures("college")
def test_the_demonstration_never_touches_somebodys_database(capsys: Output) -> None:
    assert main(["demo"]) == REFUSED
    assert "demo.not-empty" in capsys.readouterr().err


def test_workers_end_when_nothing_is_due(
    college: College, child_environment: dict[str, str]
) -> None:
    college.report("小明", FEVER)
    behind = (college.now - datetime.now(UTC)).total_seconds()
    Installation.objects.update(is_exercise=True, clock_offset_s=behind)
    worked = subprocess.run(
        [sys.executable, "-m", "lianfang.commands.main", "work", "--until-idle"],
        env=child_environment, capture_output=True, text=True, timeout=60, check=False,
        cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    assert worked.returncode == 0, worked.stderr
    letters = Message.objects.filter(reference__startswith="escalation:")
    states = {d.state for letter in letters for d in letter.deliveries.all()}
    assert states, "the fever wrote letters"
    assert not states & {"QUEUED", "SENDING"}


@pytest.mark.usefixtures("college")
def test_work_that_keeps_failing_ends_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    def fails(*, now: datetime, to: datetime | None = None) -> None:
        raise ValueError(now, to)

    broken = Step("a step of tomorrow", (fails,), (fails,))
    monkeypatch.setattr(workers, "STEPS", (broken, *workers.STEPS))
    assert work_until_idle() == 1
    assert "a step of tomorrow" in capsys.readouterr().err


@pytest.fixture
def empty_database() -> Iterator[str]:
    """The address of a database without tables; empty on SQLite, where a home brings its own."""
    if connection.vendor == "sqlite":
        yield ""
        return
    name = f"empty_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield databases.database_url({**connection.settings_dict, "NAME": name})
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_an_empty_home_needs_nothing_before_the_roster(tmp_path: Path, empty_database: str) -> None:
    """The first command of a new user may be any: tables, rules and an owner are made."""
    roster = tmp_path / "花名册.csv"
    roster.write_text("学号,姓名,院系,专业,班级\n20190001,小明,信息系,网络,网络1班\n", "utf-8")
    home = {
        **{k: v for k, v in os.environ.items() if not k.startswith("LIANFANG_")},
        "LIANFANG_HOME": str(tmp_path / "home"),
        **({"LIANFANG_DATABASE_URL": empty_database} if empty_database else {}),
    }

    def lianfang(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lianfang.commands.main", *words],
            env=home | more, capture_output=True, text=True, timeout=120, check=False,
            cwd=Path(__file__).resolve().parents[2],
        )  # fmt: skip

    done = lianfang("roster", "import", str(roster), "--as-of", "2020-02-01", "--apply")
    assert done.returncode == DONE, done.stderr
    shown = json.loads(lianfang("ledger", "网络1班", "--on", "2020-02-01", "--json").stdout)
    assert (shown["expected"], shown["missing"], shown["known"]) == (1, 1, False)
    refused = lianfang("ledger", "网络1班", LIANFANG_CLOCK="2020-02-01T07:00+08:00")
    assert refused.returncode == REFUSED
    assert "installation.not-an-exercise" in refused.stderr
    # The tables of the tests are made from the models (conftest): the migrations make the same.
    tests_own = databases.database_url(connection.settings_dict)
    if empty_database:
        assert definitions_in_postgres(empty_database) == definitions_in_postgres(tests_own)
    else:
        [made] = (tmp_path / "home").glob("*.sqlite3")
        assert words_in_sqlite(made) == words_in_sqlite(connection.settings_dict["NAME"])


def words_in_sqlite(file: Path | str) -> dict[str, list[str]]:
    """The words of the statement that makes each table, index and trigger.

    Sorted, because a column that a later migration adds stands last.
    """
    with closing(sqlite3.connect(file)) as base:
        made = base.execute(
            "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        ).fetchall()
    return {name: sorted(re.findall(r"\w+|[^\w\s]", sql)) for name, sql in made}


def definitions_in_postgres(address: str) -> set[tuple[str, str]]:
    """Columns, constraints, indexes and triggers, each by its name and definition."""
    import psycopg

    with psycopg.connect(address) as base:
        return set(base.execute(
            """
            SELECT table_name || '.' || column_name,
                   concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default)
              FROM information_schema.columns WHERE table_schema = 'public'
               AND table_name NOT LIKE 'auth%' -- Django's own, which its migrations make wider
            UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
             WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
            """
        ).fetchall())  # fmt: skip


def test_a_database_without_an_owner_opened_with_a_clock_is_an_exercise(
    child_environment: dict[str, str],
) -> None:
    worked = subprocess.run(
        [sys.executable, "-m", "lianfang.commands.main", "work", "--until-idle"],
        env=child_environment | {"LIANFANG_CLOCK": "2020-02-01T07:00+08:00"},
        capture_output=True, text=True, timeout=120, check=False,
        cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    assert worked.returncode == DONE, worked.stderr
    forget()
    assert Installation.objects.get().is_exercise
