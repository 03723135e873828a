"""Matters to settle (督办): from what is overdue, checked by somebody else, overdue climbs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lianfang.directives.audience import Asked
from lianfang.directives.models import ItemEntry, SupervisionItem
from lianfang.directives.operations import PastDeadline, Wording
from lianfang.directives.supervision import ItemExists, NotThatTurn, OwnWorkChecked
from lianfang.escalation.models import Escalation, Summons
from lianfang.kernel.refusals import Forbidden, Invalid
from lianfang.reporting.models import DueMoment
from lianfang.roster.models import Unit
from lianfang.usecases import acknowledge_incident, directives, supervision
from lianfang.usecases.supervision import NothingOverdue
from tests.cast import College

pytestmark = pytest.mark.django_db


@pytest.fixture
def college(college: College) -> College:
    DueMoment.objects.all().delete()
    return college


def give(college: College, **extra: object) -> SupervisionItem:
    plain: dict[str, Any] = {
        "source": SupervisionItem.Source.INSPECTION,
        "origin": "",
        "title": "信息系洗手液不足",
        "text": "检查发现二楼无洗手液。",
        "unit": college.unit("信息系"),
        "owner": None,
        "due_at": college.at("12:00"),
        "files": (),
        "by": college["书记"],
        "actor": college.actor("书记"),
        "now": college.now,
    }
    return supervision.assign(**(plain | extra))


def act(college: College, name: str) -> dict[str, Any]:
    return {"by": college[name], "actor": college.actor(name), "now": college.now}


def kinds(item: SupervisionItem) -> list[str]:
    return list(ItemEntry.objects.filter(item=item).order_by("id").values_list("kind", flat=True))


def test_it_goes_to_whoever_answers_for_the_unit_with_a_number(college: College) -> None:
    first, second = give(college), give(college, source=SupervisionItem.Source.TASK)
    assert (first.number, second.number) == ("D2020-0001", "R2020-0001")
    assert first.owner == college["主任"]
    assert college.told(reference="item:") == ["主任", "主任"]


def test_done_is_checked_by_somebody_else_and_closed(college: College) -> None:
    item = give(college)
    supervision.report(item=item, text="已补齐。", is_done=False, files=(), **act(college, "主任"))
    supervision.report(
        item=item, text="照片见附件。", is_done=True, files=(), **act(college, "主任")
    )
    with pytest.raises(OwnWorkChecked):
        supervision.check(item=item, accept=True, text="", **act(college, "主任"))
    with pytest.raises(Invalid):
        supervision.check(item=item, accept=False, text=" ", **act(college, "书记"))
    supervision.check(item=item, accept=False, text="三楼也没有", **act(college, "书记"))
    supervision.report(item=item, text="三楼已补。", is_done=True, files=(), **act(college, "主任"))
    supervision.check(item=item, accept=True, text="已查看", **act(college, "书记"))
    item.refresh_from_db()
    assert (item.state, item.checked_by, item.next_due_at) == ("CLOSED", college["书记"], None)
    assert kinds(item) == ["ASSIGNED", "PROGRESS", "SUBMITTED", "RETURNED", "SUBMITTED", "CLOSED"]
    with pytest.raises(NotThatTurn):
        supervision.check(item=item, accept=True, text="", **act(college, "书记"))


def test_nobody_but_the_owner_reports_on_it(college: College) -> None:
    with pytest.raises(Forbidden):
        supervision.report(
            item=give(college), text="x", is_done=True, files=(), **act(college, "辅导员")
        )  # fmt: skip


def test_reopened_it_keeps_its_number_and_history(college: College) -> None:
    item = give(college)
    supervision.report(item=item, text="好了", is_done=True, files=(), **act(college, "主任"))
    supervision.check(item=item, accept=True, text="", **act(college, "书记"))
    again = college.at("18:00")
    with pytest.raises(PastDeadline):
        supervision.reopen(item=item, text="又缺", due_at=college.now, **act(college, "书记"))
    supervision.reopen(item=item, text="又缺", due_at=again, **act(college, "书记"))
    item.refresh_from_db()
    assert (item.state, item.next_due_at, item.checked_by) == ("UNDER_WAY", again, None)
    assert kinds(item)[-1] == "REOPENED"


def test_overdue_it_climbs_until_it_is_done(college: College) -> None:
    item = give(college)
    college.now = college.at("12:00")
    college.work()
    assert college.told() == ["主任"]
    college.now += timedelta(minutes=30)
    college.work()
    assert college.told() == ["主任", "书记"]
    supervision.report(item=item, text="已办", is_done=True, files=(), **act(college, "主任"))
    assert Escalation.objects.get().state == "SETTLED"
    assert "OVERDUE" in kinds(item)


def test_a_promise_holds_the_ladder_for_a_while(college: College) -> None:
    item = give(college)
    college.now = college.at("12:00")
    college.work()
    summons = Summons.objects.get()
    acknowledge_incident.answer_summons(summons=summons, what=Summons.Answer.MINE, now=college.now)
    item.refresh_from_db()
    assert item.next_due_at == college.at("16:00")


def test_more_time_ends_the_old_climb(college: College) -> None:
    item = give(college)
    college.now = college.at("12:00")
    college.work()
    with pytest.raises(OwnWorkChecked):
        supervision.extend(
            item=item, due_at=college.at("20:00"), text="x", **act(college, "主任")
        )  # fmt: skip
    supervision.extend(item=item, due_at=college.at("20:00"), text="缺货", **act(college, "书记"))
    assert Escalation.objects.get().state == "SETTLED"
    college.now = college.at("20:00")
    college.work()
    assert Escalation.objects.filter(state="RUNNING").count() == 1


def test_a_missed_report_of_a_past_day_becomes_one_matter(college: College) -> None:
    unit, yesterday = college.unit("信息系"), college.today - timedelta(days=1)
    with pytest.raises(NothingOverdue):
        supervision.cause_of_report(unit, day=college.today, now=college.now)
    cause = supervision.cause_of_report(unit, day=yesterday, now=college.now)
    item = give(college, source=cause.source, origin=cause.origin)
    with pytest.raises(ItemExists) as refusal:
        give(college, source=cause.source, origin=cause.origin)
    assert refusal.value.context == {"number": item.number}


def test_an_overdue_directive_becomes_a_matter_and_one_in_time_does_not(college: College) -> None:
    wording = Wording(
        title="通知", body="一", urgency="URGENT", acknowledge_due_at=college.at("10:00"),
        audience=[Asked(unit=college.unit("信息系"))],
    )  # fmt: skip
    version = directives.draft(
        issuer=college.unit("学院党委"), number="", wording=wording, files=[],
        **act(college, "值班员"),
    )  # fmt: skip
    directives.publish(
        version=version, signer=college["组长"], actor=college.actor("组长"), now=college.now
    )
    receipt = version.receipts.select_related("version__directive", "unit").get()
    with pytest.raises(NothingOverdue):
        supervision.cause_of_receipt(receipt, now=college.now)
    cause = supervision.cause_of_receipt(receipt, now=college.at("10:00"))
    assert (cause.source, cause.unit) == (SupervisionItem.Source.DIRECTIVE, college.unit("信息系"))


def test_nobody_on_the_post_owns_nothing_and_the_taker_becomes_the_owner(
    college: College,
) -> None:
    unit = Unit.objects.get(name="学生党支部")
    item = give(college, unit=unit)
    assert item.owner is None
    supervision.report(item=item, text="我来", is_done=True, files=(), **act(college, "主任"))
    item.refresh_from_db()
    assert item.owner == college["主任"]
