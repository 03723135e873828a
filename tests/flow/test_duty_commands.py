"""`lianfang duty check` and `lianfang drill`: what a script and an IT teacher see."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lianfang.commands.main import main
from lianfang.duty.models import Drill, DrillCall, RosterFinding
from lianfang.duty.operations.drills import drill_token
from lianfang.installation.models import Installation
from lianfang.installation.operations import set_exercise_clock
from lianfang.installation.queries import forget
from lianfang.notifications.models import Message
from lianfang.roster.models import Person
from lianfang.usecases import drills
from tests.cast import College
from tests.flow.duty_cast import shift

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def college() -> College:
    """An exercise: each command starts its clock anew, at the college's own morning."""
    college = College.found()
    Installation.objects.update(is_exercise=True)
    forget()
    set_exercise_clock(moment=college.now)
    return college


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_gap_is_named_with_unit_post_and_hours(
    college: College, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["duty", "check", "--days", "2", "--json"]) == 2
    answer = said(capsys)
    [gap] = [row for row in answer["findings"] if row["kind"] == "GAP"]
    assert (gap["name"], gap["post"]) == ("学院党委", "OFFICER")
    assert (gap["from"], gap["until"]) == (
        "2020-02-02T00:00:00+08:00",
        "2020-02-03T00:00:00+08:00",
    )
    assert not RosterFinding.objects.exists()  # looking stores nothing
    assert not Message.objects.filter(reference__startswith="duty").exists()


def test_a_roster_in_order_is_clean(college: College, capsys: pytest.CaptureFixture[str]) -> None:
    shift(college, "书记", "02-02 00:00", "02-03 00:00")
    Person.objects.update(phone_verified_at=college.now)
    assert main(["duty", "check", "--days", "2", "--json"]) == 0
    assert said(capsys)["findings"] == []
    assert main(["--lang", "zh", "duty", "check", "--days", "2"]) == 0
    assert "没有需要处理的" in capsys.readouterr().out


def test_a_finding_reads_in_chinese(college: College, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "zh", "duty", "check", "--days", "2"]) == 2
    assert "岗位无人 · 总值班 · 02-02 00:00 – 02-03 00:00" in capsys.readouterr().out


def test_an_unknown_unit_is_a_problem_of_the_input(
    college: College, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["duty", "check", "--unit", "没有"]) == 2
    assert main(["drill", "start", "没有"]) == 2
    assert main(["drill", "show"]) == 2


def test_a_drill_is_started_answered_and_shown(
    college: College, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drill", "start", "学院党委", "--minutes", "5", "--json"]) == 0
    begun = said(capsys)
    assert begun["counts"] == {"WAITING": 4}
    assert main(["drill", "show", "--json"]) == 2
    capsys.readouterr()
    for call in DrillCall.objects.all():
        drills.answer_by_link(token=drill_token(call), now=college.now)
    assert main(["drill", "show", str(begun["drill"]), "--json"]) == 0
    assert said(capsys)["counts"] == {"ANSWERED": 4}


def test_so_many_at_random_are_rung(college: College, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drill", "start", "学院党委", "--count", "2"]) == 0
    assert Drill.objects.get().calls.count() == 2


def test_a_drill_with_odd_minutes_is_refused(
    college: College, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drill", "start", "学院党委", "--minutes", "0"]) == 3
    assert "duty.odd-minutes" in capsys.readouterr().err
    assert not Drill.objects.exists()
