"""The college's own roster, as it is handed over, becomes exactly what it says."""

from __future__ import annotations

import csv
import io
import json
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from lianfang.commands import roster as commands
from lianfang.kernel.actors import OPERATOR
from lianfang.roster.imports.changes import ImportPlan
from lianfang.roster.imports.reading import RosterFiles
from lianfang.roster.imports.sheets import NamedFile
from lianfang.roster.models import Membership, Person, Post, Unit, UnitLink
from lianfang.roster.queries import held_on, line_of_superiors
from lianfang.usecases import roster_import

pytestmark = pytest.mark.django_db
DAY = date(2020, 2, 1)
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def lianfang(capsys: pytest.CaptureFixture[str]) -> Run:
    """`lianfang("roster", "import", path)` gives the exit code and what was written."""
    parser = ArgumentParser()
    commands.add_parsers(parser.add_subparsers())

    def run(*words: object) -> tuple[int, str]:
        given = parser.parse_args([str(word) for word in words])
        code = given.run(given)
        return code, capsys.readouterr().out

    return run


@pytest.fixture
def rosters(shared: Path) -> Path:
    return shared / "rosters"


def truth(rosters: Path) -> list[dict[str, str]]:
    with (rosters / "college_A_truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files(rosters: Path, roster: NamedFile | None = None) -> RosterFiles:
    def read(name: str) -> NamedFile:
        return NamedFile(name, (rosters / name).read_bytes())

    party = read("college_A_party_org.csv")
    return RosterFiles(roster=roster or read("college_A_roster.xlsx"), party=party)


def imported(given: RosterFiles, now: datetime, *, as_of: date = DAY) -> ImportPlan:
    return roster_import.apply_import(files=given, as_of=as_of, actor=OPERATOR, now=now)


def exported(lianfang: Run, *, on: date = DAY) -> list[dict[str, str]]:
    code, out = lianfang("roster", "export", "--csv", "--on", on)
    assert code == 0
    return list(csv.DictReader(io.StringIO(out)))


def test_the_imported_roster_equals_the_truth_field_by_field(lianfang: Run, rosters: Path) -> None:
    xlsx, party = rosters / "college_A_roster.xlsx", rosters / "college_A_party_org.csv"
    code, out = lianfang("roster", "import", xlsx, "--party", party, "--json")
    assert (code, json.loads(out)["problems"]) == (0, [])
    assert not Person.objects.exists()

    code, out = lianfang(
        "roster", "import", xlsx, "--party", party, "--json", "--apply", "--as-of", DAY
    )
    assert (code, json.loads(out)["applied"]) == (0, True)

    expected, found = truth(rosters), exported(lianfang)
    assert len(found) == len(expected) == 3000
    wrong = [
        (want["pid"], column, got[column], want[column])
        for got, want in zip(found, expected, strict=True)
        for column in want
        if got[column] != want[column]
    ]
    assert wrong == []
    assert [list(row) for row in found[:1]] == [list(row) for row in expected[:1]]


def test_the_export_is_the_truth_byte_for_byte(lianfang: Run, rosters: Path, now: datetime) -> None:
    imported(files(rosters), now)
    _code, out = lianfang("roster", "export", "--csv", "--on", DAY)
    assert out == (rosters / "college_A_truth.csv").read_text(encoding="utf-8")


def test_the_same_files_again_change_nothing(rosters: Path, now: datetime) -> None:
    imported(files(rosters), now)
    again = imported(files(rosters), now, as_of=date(2020, 2, 2))
    assert again.is_empty
    assert again.problems == []


def test_the_truth_itself_is_a_roster_that_changes_nothing(rosters: Path, now: datetime) -> None:
    imported(files(rosters), now)
    table = NamedFile("truth.csv", (rosters / "college_A_truth.csv").read_bytes())
    plan = roster_import.plan_import(files=files(rosters, table), as_of=DAY, now=now)
    assert plan.is_empty
    assert plan.unread == ["gb"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_students_as_csv_say_the_same(
    rosters: Path, now: datetime, encoding: str, separator: str
) -> None:
    imported(files(rosters), now)
    book = openpyxl.load_workbook(rosters / "college_A_roster.xlsx", read_only=True)
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(book["学生名册"].iter_rows(values_only=True))
    table = NamedFile("students.csv", text.getvalue().encode(encoding))
    plan = roster_import.plan_import(files=RosterFiles(roster=table), as_of=DAY, now=now)
    assert (plan.is_empty, plan.problems, plan.people) == (True, [], {"STUDENT": 2780})


def test_two_trees_stand_and_everybody_has_one_unit(rosters: Path, now: datetime) -> None:
    imported(files(rosters), now)
    kinds = {kind: Unit.objects.filter(kind=kind).count() for kind in Unit.Kind}
    assert kinds[Unit.Kind.COLLEGE] == kinds[Unit.Kind.COMMITTEE] == 1
    assert kinds[Unit.Kind.DEPARTMENT] == kinds[Unit.Kind.GENERAL_BRANCH] == 7
    assert kinds[Unit.Kind.OFFICE] == 7
    assert kinds[Unit.Kind.MAJOR] == 16
    assert kinds[Unit.Kind.CLASS] == 110
    assert kinds[Unit.Kind.DIRECT_BRANCH] == 2
    assert kinds[Unit.Kind.BRANCH] == 14
    assert Unit.objects.get(kind="COLLEGE").name == "示例职业技术学院"
    reporting = Membership.objects.filter(held_on(DAY), kind="REPORTING")
    assert reporting.count() == reporting.values("person").distinct().count() == 3000
    a_class = Unit.objects.get(name="2017级网络1班")
    assert [unit.name for unit in line_of_superiors(a_class, day=DAY)] == [
        "2017级网络1班", "计算机网络技术", "信息工程系", "示例职业技术学院",
    ]  # fmt: skip
    assert UnitLink.objects.filter(ancestor__kind="COLLEGE").count() == 1 + 7 + 7 + 16 + 110


def test_each_administrative_unit_answers_to_a_party_organisation(
    rosters: Path, now: datetime
) -> None:
    imported(files(rosters), now)
    charge = dict(
        Unit.objects.filter(tree="ADMINISTRATIVE").values_list("name", "answers_to__name")
    )
    assert None not in charge.values()
    assert (
        charge["信息工程系"] == charge["软件技术"] == charge["2018级软件2班"] == "信息工程系党总支"
    )
    assert charge["党政办公室"] == "机关一党支部"
    assert charge["图书馆"] == "机关二党支部"
    assert charge["示例职业技术学院"] == "中共示例职业技术学院委员会"


def test_the_counselor_of_a_class_is_the_one_of_its_department(
    rosters: Path, now: datetime
) -> None:
    """Two members of staff are called 张凤英: the counselor is meant, not the other one."""
    imported(files(rosters), now)
    namesakes = Person.objects.filter(name="张凤英")
    assert namesakes.count() == 2
    cares = Post.objects.filter(person__in=namesakes, role="COUNSELOR").values_list("person_id")
    [carer] = {pk for (pk,) in cares}
    assert Person.objects.get(pk=carer).position == "辅导员"


def edited(rosters: Path) -> NamedFile:
    """Ten students change class, three are gone, one is new."""
    book = openpyxl.load_workbook(rosters / "college_A_roster.xlsx")
    sheet = book["学生名册"]
    for row in range(3, 13):  # of 2017级网络1班
        sheet.cell(row, 6).value = "2017级网络2班"
        sheet.cell(row, 8).value = "陈鑫"
    for _person in range(3):
        sheet.delete_rows(100)
    sheet.append(
        ("20190101199", "新同学", "女", "信息工程系", "计算机网络技术", "2019级网络1班", "6栋101",
         "李宁", "群众", None, "14299999999", "四川省达州市宣汉县君塘镇新凰村2组11号")
    )  # fmt: skip
    data = io.BytesIO()
    book.save(data)
    return NamedFile("edited.xlsx", data.getvalue())


def test_ten_moved_three_gone_and_one_new_are_exactly_that_as_of_a_day(
    lianfang: Run, rosters: Path, now: datetime
) -> None:
    imported(files(rosters), now)
    before = {row["pid"]: row for row in exported(lianfang)}
    day = date(2020, 2, 10)
    plan = imported(files(rosters, edited(rosters)), now, as_of=day)
    counts = plan.counts()
    assert {what: n for what, n in counts["people"].items() if n} == {
        "added": 1, "moved": 10, "gone": 3,
    }  # fmt: skip
    assert not any([*counts["units"].values(), *counts["posts"].values(), plan.problems])

    day_before = exported(lianfang, on=date(2020, 2, 9))
    assert {row["pid"]: row for row in day_before} == before
    after = {row["pid"]: row for row in exported(lianfang, on=day)}
    assert set(before) - set(after) == {person.number for person in plan.gone}
    assert set(after) - set(before) == {"20190101199"}
    moved = {pid for pid in before if pid in after and before[pid] != after[pid]}
    assert moved == {move.number for move in plan.moved}
    assert {after[pid]["cls"] for pid in moved} == {"2017级网络2班"}


def test_a_moved_row_that_still_names_the_old_counselor_gives_nobody_a_post(
    rosters: Path, now: datetime
) -> None:
    imported(files(rosters), now)
    book = openpyxl.load_workbook(rosters / "college_A_roster.xlsx")
    for row in range(3, 13):
        book["学生名册"].cell(row, 6).value = "2017级网络2班"
    data = io.BytesIO()
    book.save(data)
    given = files(rosters, NamedFile("edited.xlsx", data.getvalue()))
    plan = roster_import.plan_import(files=given, as_of=DAY, now=now)
    assert plan.counts()["people"]["moved"] == 10
    assert plan.counts()["posts"] == {"added": 0, "closed": 0}
    assert {problem.row for problem in plan.warnings} == set(range(3, 13))
    assert plan.errors == []
