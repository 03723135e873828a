"""`lianfang roster …`: what a script may rely on."""

from __future__ import annotations

import csv
import io
import json
import stat
import threading
from datetime import date, datetime
from pathlib import Path

import pytest
from django.db import connection

from lianfang.audit.models import Entry
from lianfang.commands import main
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.refusals import Refused
from lianfang.roster.models import Membership, Person
from lianfang.usecases import roster_import
from tests import rosters
from tests.rosters import student


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with roster.xlsx, party.csv, bad.csv and few.csv."""
    organisations = rosters.comma(rosters.ORGANISATIONS)
    bad = [student(1, 姓名="", 手机号="1"), student(2, 党支部="无此支部")]
    few = [rosters.STUDENTS, student(1, 辅导员=""), student(2, 辅导员="")]
    (tmp_path / "roster.xlsx").write_bytes(rosters.small_college().data)
    (tmp_path / "party.csv").write_bytes(organisations.data)
    (tmp_path / "bad.csv").write_bytes(rosters.comma([rosters.STUDENTS, *bad]).data)
    (tmp_path / "few.csv").write_bytes(rosters.comma(few).data)
    return tmp_path


def run(*words: object) -> int:
    return main.main(["--lang", "en", "roster", *map(str, words)])


@pytest.fixture
def college(folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The folder, with its roster imported as of 2020-02-01."""
    words = ("--party", folder / "party.csv", "--as-of", "2020-02-01", "--apply")
    assert run("import", folder / "roster.xlsx", *words) == 0
    capsys.readouterr()
    return folder


pytestmark = pytest.mark.django_db


def test_a_dry_run_ends_with_0_and_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", folder / "roster.xlsx", "--party", folder / "party.csv") == 0
    out = capsys.readouterr().out
    assert "12 students, 4 members of staff" in out
    assert "Add --apply to import it" in out
    assert not Person.objects.exists()


def test_problems_end_with_2_and_each_is_in_the_json(
    college: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", college / "bad.csv", "--json") == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["applied"] is False
    assert {"sheet", "row", "column", "value", "problem", "cure"} <= set(answer["problems"][0])
    errors = [one for one in answer["problems"] if one["severity"] == "error"]
    assert [(one["row"], one["column"]) for one in errors] == [
        (2, "姓名"), (2, "手机号"), (3, "党支部"),
    ]  # fmt: skip
    assert all(one["problem"] and one["cure"] for one in errors)


def test_problems_end_with_2_also_when_asked_to_apply(
    college: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = Person.objects.count()
    assert run("import", college / "bad.csv", "--apply") == 2
    told = capsys.readouterr()
    assert "row 2 姓名" in told.err
    assert "nothing can be imported" in told.out
    assert Person.objects.count() == people


def test_a_file_that_is_not_there_ends_with_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", folder / "nowhere.xlsx") == 2
    assert "nowhere.xlsx cannot be read" in capsys.readouterr().err


def test_no_file_at_all_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import") == 2
    assert "at least one file" in capsys.readouterr().err


def test_many_gone_ends_with_3_until_it_is_confirmed(
    college: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("import", college / "few.csv", "--as-of", "2020-02-02")
    assert run(*words) == 0
    assert "--confirm-gone" in capsys.readouterr().out
    assert run(*words, "--apply") == 3
    assert "roster.many-would-be-gone" in capsys.readouterr().err
    assert run(*words, "--apply", "--json") == 3
    assert json.loads(capsys.readouterr().out)["code"] == "roster.many-would-be-gone"
    assert Membership.objects.filter(held_until=None, kind="REPORTING").count() == 16
    assert run(*words, "--apply", "--confirm-gone") == 0
    assert Membership.objects.filter(held_until=None, kind="REPORTING").count() == 6


def test_the_json_tells_who_moves_comes_and_goes_but_no_phone(
    college: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [student(2, unit="网络2班", 手机号="14399999999"), *(student(n) for n in range(3, 14))]
    (college / "next.csv").write_bytes(rosters.comma([rosters.STUDENTS, *rows]).data)
    assert run("import", college / "next.csv", "--as-of", "2020-02-02", "--json") == 0
    out = capsys.readouterr().out
    changes = json.loads(out)["changes"]
    assert [one["number"] for one in changes["people_gone"]] == ["2019000001"]
    assert changes["people_moved"][0]["to"] == "网络2班"
    assert changes["people_changed"][0]["fields"] == ["phone"]
    assert "14399999999" not in out
    assert "君塘镇" not in out


def test_the_export_is_written_for_its_owner_only_and_is_noted(college: Path) -> None:
    target = college / "out.csv"
    assert run("export", "--csv", target, "--on", "2020-02-01") == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 16
    assert rows[0]["counselor"] == "陈辅导"
    assert Entry.objects.get(verb="roster.exported").detail == {"people": 16, "day": "2020-02-01"}


def test_the_export_of_a_day_before_the_roster_is_empty(
    college: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", "--csv", "--on", "2020-01-31") == 0
    assert list(csv.DictReader(io.StringIO(capsys.readouterr().out))) == []


def test_a_cell_that_a_spreadsheet_would_calculate_is_exported_as_text(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [student(1, 家庭住址="=cmd|'/c calc'!A0", 辅导员="")]
    (folder / "sly.xlsx").write_bytes(rosters.small_college(students=rows).data)
    words = ("--as-of", "2020-02-01", "--apply", "--party", folder / "party.csv")
    assert run("import", folder / "sly.xlsx", *words) == 0
    capsys.readouterr()
    run("export", "--csv", folder / "out.csv", "--on", "2020-02-01")
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        [address] = [row["address"] for row in csv.DictReader(file) if row["kind"] == "student"]
    assert address == "'=cmd|'/c calc'!A0"
    assert run("import", folder / "out.csv", "--as-of", "2020-02-01", "--json") == 0
    assert json.loads(capsys.readouterr().out)["changes"]["people_changed"] == []


@pytest.mark.parametrize("language, word", [("zh", "名册"), ("en", "who belongs where")])
def test_the_help_speaks_both_languages(
    language: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["--lang", language, "roster", "import", "--help"])
    assert ended.value.code == 0
    with pytest.raises(SystemExit):
        main.main(["--lang", language, "--help"])
    assert word in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_the_same_moment_make_one_roster(now: datetime) -> None:
    together = threading.Barrier(2)
    answers: list[str] = []

    def bring() -> None:
        together.wait()
        try:
            plan = roster_import.apply_import(
                files=rosters.files(rosters.small_college()), as_of=date(2020, 2, 1),
                actor=OPERATOR, now=now,
            )  # fmt: skip
            answers.append("empty" if plan.is_empty else "applied")
        except Refused as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("applied") == 1
    assert set(answers) <= {"applied", "empty", "roster.changed-meanwhile"}
    assert Person.objects.count() == 16
    assert Membership.objects.filter(kind="REPORTING").count() == 16
