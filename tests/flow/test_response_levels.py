"""A level of the plan is activated: tasks are given, and reporting is asked for accordingly."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from lianfang.directives.models import PlanVersion, ResponseActivation, SupervisionItem
from lianfang.directives.plans import AdoptedByDrafter, DayIsPast, NoPlanInForce, TaskLine, level_on
from lianfang.escalation.models import Escalation
from lianfang.kernel.refusals import Invalid
from lianfang.notifications.models import Message
from lianfang.reporting import operations as reporting
from lianfang.reporting import queries
from lianfang.reporting.models import Intensity, MissedReport
from lianfang.reporting.rules import Ledger
from lianfang.roster.models import Unit
from lianfang.usecases import response_levels
from tests.cast import FEVER, College

pytestmark = pytest.mark.django_db


def who(college: College, name: str) -> dict[str, Any]:
    return {"by": college[name], "actor": college.actor(name), "now": college.now}


def adopted(college: College) -> PlanVersion:
    version = response_levels.draft_plan(
        unit=college.unit("学院党委"), title="疫情防控工作方案", body="一、总则",
        tasks=[
            TaskLine("I", "召开领导小组会议", college.unit("党政办"), 2),
            TaskLine("I", "逐人排查", college.unit("信息系"), 24),
            TaskLine("IV", "恢复正常值班", college.unit("党政办"), 48),
        ],
        **who(college, "值班员"),
    )  # fmt: skip
    with pytest.raises(AdoptedByDrafter):
        response_levels.adopt_plan(version=version, **who(college, "值班员"))
    response_levels.adopt_plan(version=version, **who(college, "组长"))
    return version


def activate(college: College, level: str, day_from: date | None = None) -> ResponseActivation:
    return response_levels.activate(
        level=level, day_from=day_from or college.today, reason="省领导小组通知",
        **who(college, "组长"),
    )  # fmt: skip


def test_a_level_creates_its_own_tasks_and_no_others(college: College) -> None:
    adopted(college)
    activate(college, "I")
    tasks = SupervisionItem.objects.order_by("number")
    assert [(t.title, t.unit.name, t.owner) for t in tasks] == [
        ("召开领导小组会议", "党政办", None),
        ("逐人排查", "信息系", college["主任"]),
    ]
    assert [t.due_at - college.now for t in tasks] == [timedelta(hours=2), timedelta(hours=24)]


def test_the_edition_says_which_intensity_belongs_to_a_level(college: College) -> None:
    adopted(college)
    found = [activate(college, level).intensity for level in ("I", "II", "III", "IV", "NORMAL")]
    assert found == ["DAILY", "DAILY", "DAILY", "ON_CHANGE", "STOPPED"]
    assert queries.intensity_on(college.today) is Intensity.Kind.STOPPED


def test_a_level_begins_on_its_day_and_the_days_before_stay(college: College) -> None:
    adopted(college)
    tomorrow = college.today + timedelta(days=1)
    activate(college, "NORMAL", tomorrow)
    assert level_on(college.today) is None
    assert queries.ledger(college.unit("网络1班"), day=college.today) == Ledger(expected=3)
    assert queries.ledger(college.unit("网络1班"), day=tomorrow) == Ledger()
    assert queries.intensity_on(college.today) is Intensity.Kind.DAILY


def test_no_level_begins_in_the_past_without_a_reason_or_without_a_plan(college: College) -> None:
    with pytest.raises(NoPlanInForce):
        activate(college, "I")
    adopted(college)
    with pytest.raises(DayIsPast):
        activate(college, "I", college.today - timedelta(days=1))
    with pytest.raises(Invalid):
        response_levels.activate(
            level="V", day_from=college.today, reason="", **who(college, "组长")
        )  # fmt: skip
    assert not Intensity.objects.exists()


def test_a_stopped_day_expects_nobody_and_chases_nobody(college: College) -> None:
    adopted(college)
    activate(college, "NORMAL")
    SupervisionItem.objects.update(next_due_at=None)
    college.now = college.at("15:30")
    college.work()
    class_ = college.unit("网络1班")
    assert queries.ledger(class_, day=college.today) == Ledger()
    assert queries.ledgers(day=college.today)[college.unit("学院").pk].missing == 0
    assert not queries.missing_reporters([class_.pk], day=college.today).exists()
    assert not MissedReport.objects.exists()
    assert not Escalation.objects.exists()
    assert not Message.objects.filter(reference__startswith="reminder:").exists()


def test_a_fever_on_a_stopped_day_still_reaches_people_and_counts(college: College) -> None:
    adopted(college)
    activate(college, "NORMAL")
    college.report("小明", FEVER)
    assert queries.ledger(college.unit("网络1班"), day=college.today) == Ledger(
        expected=1, with_events=1
    )
    assert college.told() == ["辅导员", "主任", "值班员"]


def test_on_change_the_silent_are_missing_but_nobody_chases_them(college: College) -> None:
    adopted(college)
    activate(college, "IV")
    college.now = college.at("15:30")
    college.work()
    assert queries.ledger(college.unit("网络1班"), day=college.today).missing == 3
    assert not MissedReport.objects.exists()
    assert not Escalation.objects.filter(ladder="MISSED_UNIT_REPORT").exists()


def test_the_counters_keep_the_truth_for_the_day_reporting_comes_back(college: College) -> None:
    adopted(college)
    activate(college, "NORMAL")
    reporting.count_day(day=college.today, now=college.now)
    activate(college, "I")
    assert queries.ledger(college.unit("网络1班"), day=college.today) == Ledger(expected=3)


def test_a_plan_is_versioned_and_an_adopted_version_stays(college: College) -> None:
    first = adopted(college)
    second = response_levels.draft_plan(
        unit=college.unit("学院党委"), title="疫情防控工作方案", body="二、新版", tasks=[],
        **who(college, "组长"),
    )  # fmt: skip
    first.refresh_from_db()
    assert (first.number, second.number, first.body, second.adopted_at) == (1, 2, "一、总则", None)


def test_the_leading_group_and_its_groups_are_set_up_once(college: College) -> None:
    from lianfang.kernel.actors import OPERATOR

    assert response_levels.set_up_groups(actor=OPERATOR, now=college.now) == 12
    assert response_levels.set_up_groups(actor=OPERATOR, now=college.now) == 0
    top = Unit.objects.get(kind="LEADING_GROUP")
    assert (top.parent, top.children.count()) == (college.unit("学院党委"), 11)
