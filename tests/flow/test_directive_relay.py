"""A directive goes down four levels; where it stops is named (CAPABILITIES ORG-06..09)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from lianfang.commands.main import main
from lianfang.directives import receiving
from lianfang.directives.audience import Asked
from lianfang.directives.models import DirectiveReceipt, DirectiveVersion
from lianfang.directives.operations import Wording
from lianfang.directives.queries import Relay, relay_of
from lianfang.directives.receiving import (
    AcknowledgeFirst,
    DoneAlready,
    NotDelivered,
    OwnDateNotPossible,
    Superseded,
    Withdrawn,
)
from lianfang.directives.rules import Duty, State
from lianfang.escalation.models import Escalation, Summons
from lianfang.kernel.actors import OPERATOR, Actor
from lianfang.kernel.refusals import NotYours
from lianfang.notifications.models import Message
from lianfang.reporting.models import DueMoment
from lianfang.roster import operations as roster
from lianfang.roster.models import Person
from lianfang.usecases import acknowledge_incident, directives, workers
from tests.cast import College
from tests.party import Party, plant

pytestmark = pytest.mark.django_db


@pytest.fixture
def college(college: College) -> College:
    college.appoint("书记", "学院党委", "SECRETARY")
    DueMoment.objects.all().delete()  # the ladders of daily reports are another test's matter
    return college


@pytest.fixture
def party(college: College) -> Party:
    """Four levels: committee, 4 general branches, 12 branches, 24 groups."""
    return plant(college, generals=4, branches=12, groups_each=2)


def go(college: College, moment: datetime) -> None:
    """Jump ahead; workers that slept catch up."""
    college.now = moment
    college.work()


def wording(college: College, *asked: Asked, **extra: Any) -> Wording:
    words: dict[str, Any] = {
        "title": "关于做好疫情防控工作的通知",
        "body": "一、每日报告。二、不提前返校。",
        "urgency": "URGENT",
        "acknowledge_due_at": college.at("18:00"),
        "audience": asked,
        "to_everybody": True,
    }
    return Wording(**(words | extra))


def issue(college: College, party: Party, **extra: Any) -> DirectiveVersion:
    everybody = Asked(unit=party.committee, with_below=True)
    version = directives.draft(
        issuer=party.committee, number="院党发〔2020〕1号", files=[],
        wording=wording(college, everybody, **extra),
        by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    return sign(college, version)


def sign(college: College, version: DirectiveVersion) -> DirectiveVersion:
    return directives.publish(
        version=version, signer=college["组长"], actor=college.actor("组长"), now=college.now
    )


def receipt(version: DirectiveVersion, party: Party, name: str) -> DirectiveReceipt:
    found = DirectiveReceipt.objects.select_related("version__directive", "unit")
    return found.get(version=version, unit=party.units[name])


def actor(person: Person) -> Actor:
    return Actor("PERSON", person.pk, person.name)


def answer(college: College, version: DirectiveVersion, party: Party, name: str) -> None:
    """The unit acknowledges and passes on."""
    mine = receipt(version, party, name)
    by = party.secretary[name]
    directives.acknowledge(receipt=mine, by=by, actor=actor(by), now=college.now)
    if mine.has_below:
        directives.relay(
            receipt=mine, words="请各单位当天传达到人。", own_due_at=None, more=(), by=by,
            actor=actor(by), now=college.now,
        )  # fmt: skip


def everybody_answers(
    college: College, version: DirectiveVersion, party: Party, *, but: str = ""
) -> None:
    """Hop by hop; below a silent unit nobody can."""
    behind = {but, *party.below(but)} if but else set()
    for name in party.units:
        if name not in behind:
            answer(college, version, party, name)


def picture(version: DirectiveVersion, now: datetime) -> Relay:
    return relay_of(
        DirectiveVersion.objects.select_related("directive").get(pk=version.pk), now=now
    )


def names(nodes: Sequence[Any]) -> list[str]:
    return [node.receipt.unit.name for node in nodes]


def test_one_silent_secretary_among_200_branches_names_exactly_that_subtree(
    college: College,
) -> None:
    party = plant(college, generals=44, branches=200, groups_each=1)
    version = issue(college, party)
    silent = "第007党支部"
    everybody_answers(college, version, party, but=silent)
    college.now = college.at("18:30")
    relay = picture(version, college.now)
    assert names(relay.stops) == [silent]
    [stop] = relay.stops
    assert stop.owed is not None
    assert (stop.owed.duty, stop.since) == (Duty.ACKNOWLEDGE, college.at("18:00"))
    assert names(stop.not_reached) == party.below(silent)
    assert stop.turn == [party.secretary[silent]]
    assert relay.counts == {State.ANSWERED: 442, State.STOPPED: 1, State.NOT_REACHED: 1}
    assert relay.waiting == []


def test_the_question_costs_the_same_for_4_and_for_244_units(college: College) -> None:
    party = plant(college, generals=44, branches=200)
    everybody = issue(college, party)
    one = directives.draft(
        issuer=party.committee, number="", files=[],
        wording=wording(college, Asked(unit=party.units["第01党总支"], with_below=True)),
        by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    sign(college, one)
    costs = []
    for version in (everybody, one):
        found = DirectiveVersion.objects.select_related("directive").get(pk=version.pk)
        with CaptureQueriesContext(connection) as asked:
            total = relay_of(found, now=college.now).total
        costs.append((total > 200, len(asked)))
    assert costs[0][1] == costs[1][1] <= 3
    assert [large for large, _cost in costs] == [True, False]


def test_an_overdue_branch_climbs_to_its_general_branch(college: College, party: Party) -> None:
    version = issue(college, party)
    everybody_answers(college, version, party, but="第003党支部")
    go(college, college.at("18:00"))
    assert college.told() == ["第003党支部书记"]
    go(college, college.now + timedelta(minutes=30))
    assert college.told() == ["第003党支部书记", "第03党总支书记"]
    go(college, college.now + timedelta(minutes=60))
    assert college.told()[2:] == ["值班员"]


def test_an_answer_stops_the_climb_and_cancels_its_letters(college: College, party: Party) -> None:
    version = issue(college, party)
    everybody_answers(college, version, party, but="第003党支部")
    go(college, college.at("18:10"))
    answer(college, version, party, "第003党支部")
    climb = Escalation.objects.get()
    assert (climb.state, climb.next_due_at) == ("SETTLED", None)
    assert not Message.objects.filter(reference__startswith=climb.reference, closed_at=None)
    go(college, college.now + timedelta(minutes=90))
    assert college.told() == ["第003党支部书记"]


def test_who_acknowledges_late_still_gets_time_to_pass_it_on(
    college: College, party: Party
) -> None:
    version = issue(college, party)
    everybody_answers(college, version, party, but="第003党支部")
    go(college, college.at("18:10"))
    mine = receipt(version, party, "第003党支部")
    by = party.secretary["第003党支部"]
    directives.acknowledge(receipt=mine, by=by, actor=actor(by), now=college.now)
    [node] = picture(version, college.now).waiting
    assert node.owed is not None
    assert (node.owed.duty, node.owed.due_at) == (Duty.RELAY, college.at("20:10"))
    go(college, college.at("20:10"))
    assert Escalation.objects.filter(state="RUNNING").count() == 1


def test_i_will_see_to_it_holds_the_ladder_for_a_while_only(college: College, party: Party) -> None:
    version = issue(college, party)
    everybody_answers(college, version, party, but="第003党支部")
    go(college, college.at("18:05"))
    acknowledge_incident.answer_summons(
        summons=Summons.objects.get(), what=Summons.Answer.MINE, now=college.now
    )
    go(college, college.now + timedelta(minutes=239))
    assert college.told() == ["第003党支部书记"]
    go(college, college.now + timedelta(minutes=1))
    assert college.told() == ["第003党支部书记", "第003党支部书记"]


def test_a_secretary_on_leave_leaves_the_turn_to_the_deputy(college: College, party: Party) -> None:
    version = issue(college, party)
    silent = party.secretary["第003党支部"]
    roster.exempt(
        person=silent, reason="LEAVE", held_from=college.today, held_until=None, granted_by=None,
        actor=OPERATOR, now=college.now,
    )  # fmt: skip
    roster.appoint(
        person=college["小红"], unit=party.units["第003党支部"], role="SECRETARY",
        day=college.today, actor=OPERATOR, now=college.now, is_deputy=True,
    )  # fmt: skip
    everybody_answers(college, version, party, but="第003党支部")
    go(college, college.at("18:00"))
    [stop] = picture(version, college.now).stops
    assert stop.turn == [college["小红"]]
    assert college.told() == ["小红"]


def test_nobody_on_the_post_is_a_stop_with_nobodys_name(college: College, party: Party) -> None:
    version = issue(college, party)
    party.units["第003党支部"].posts.all().delete()
    everybody_answers(college, version, party, but="第003党支部")
    go(college, college.at("18:00"))
    [stop] = picture(version, college.now).stops
    assert stop.turn == []
    assert Summons.objects.filter(person=None).count() == 1
    assert "第03党总支书记" in college.told()  # the empty rung costs nothing


def test_superseding_asks_again_and_the_history_stays(college: College, party: Party) -> None:
    first = issue(college, party)
    everybody_answers(college, first, party, but="第003党支部")
    go(college, college.at("18:20"))
    history = DirectiveReceipt.objects.filter(version=first).order_by("id")
    before = list(history.values_list("acknowledged_at", flat=True))
    again = Asked(unit=party.committee, with_below=True)
    second = directives.supersede(
        directive=first.directive, files=[],
        wording=wording(college, again, acknowledge_due_at=college.at("22:00")),
        by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    assert picture(first, college.now).stops != []  # a draft changes nothing yet
    sign(college, second)
    assert Escalation.objects.filter(state="RUNNING").count() == 0
    assert picture(first, college.now).stops == []
    relay = picture(second, college.now)
    assert (len(relay.waiting), relay.acknowledged) == (4, 0)
    late = receipt(first, party, "第003党支部")
    with pytest.raises(Superseded):
        directives.acknowledge(
            receipt=late, by=party.secretary["第003党支部"], actor=OPERATOR, now=college.now
        )
    assert before == list(history.values_list("acknowledged_at", flat=True))
    for change in (
        lambda: DirectiveVersion.objects.filter(pk=first.pk).update(title="另一个题目"),
        lambda: DirectiveVersion.objects.filter(pk=first.pk).delete(),
    ):
        with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
            change()


def test_a_withdrawn_directive_asks_nobody_any_more(college: College, party: Party) -> None:
    version = issue(college, party)
    go(college, college.at("18:10"))
    assert Escalation.objects.filter(state="RUNNING").count() == 4
    directives.withdraw(
        directive=version.directive, reason="上级文件已更新", by=college["组长"],
        actor=college.actor("组长"), now=college.now,
    )  # fmt: skip
    assert Escalation.objects.filter(state="RUNNING").count() == 0
    assert picture(version, college.now).stops == []
    with pytest.raises(Withdrawn):
        answer(college, version, party, "第01党总支")


def test_a_unit_below_cannot_be_reached_before_the_hop_above(
    college: College, party: Party
) -> None:
    version = issue(college, party)
    assert Message.objects.filter(reference__startswith="directive:").count() == 4
    with pytest.raises(NotDelivered):
        answer(college, version, party, "第003党支部")
    mine = receipt(version, party, "第01党总支")
    with pytest.raises(AcknowledgeFirst):
        directives.relay(
            receipt=mine, words="", own_due_at=None, more=(), by=party.secretary["第01党总支"],
            actor=OPERATOR, now=college.now,
        )  # fmt: skip
    answer(college, version, party, "第01党总支")
    with pytest.raises(DoneAlready):
        answer(college, version, party, "第01党总支")


def test_an_own_date_leaves_the_unit_its_own_time(college: College, party: Party) -> None:
    version = issue(college, party, feedback_due_at=college.at("20:00"))
    mine = receipt(version, party, "第01党总支")
    by = party.secretary["第01党总支"]
    directives.acknowledge(receipt=mine, by=by, actor=actor(by), now=college.now)
    for wrong in (college.at("20:01"), college.now):
        with pytest.raises(OwnDateNotPossible):
            directives.relay(
                receipt=mine, words="", own_due_at=wrong, more=(), by=by, actor=actor(by),
                now=college.now,
            )  # fmt: skip
    directives.relay(
        receipt=mine, words="请于今天17时前报我处。", own_due_at=college.at("17:00"), more=(),
        by=by, actor=actor(by), now=college.now,
    )  # fmt: skip
    below = receipt(version, party, "第001党支部")
    assert below.feedback_due_at == college.at("17:00")
    assert below.acknowledge_due_at == college.at("18:00")


def test_feedback_is_returned_with_a_reason_and_given_again(college: College, party: Party) -> None:
    version = issue(
        college, party, feedback_due_at=college.at("20:00"), feedback_asks="已通知人数\n未联系上"
    )
    name = "第01党总支"
    by = party.secretary[name]
    answer(college, version, party, name)
    figures = {"已通知人数": "52", "未联系上": "0"}
    first = directives.feed_back(
        receipt=receipt(version, party, name), text="已逐人电话通知。", figures=figures, files=[],
        by=by, actor=actor(by), now=college.now,
    )  # fmt: skip
    assert first.figures == {"已通知人数": 52, "未联系上": 0}
    go(college, college.at("19:30"))
    directives.judge(
        feedback=first, accept=False, reason="请附签收名单", by=college["值班员"],
        actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    assert receipt(version, party, name).next_due_at == college.at("21:30")
    assert Message.objects.filter(reference__contains="returned").count() == 1
    again = directives.feed_back(
        receipt=receipt(version, party, name), text="名单已附。", figures=figures, files=[], by=by,
        actor=actor(by), now=college.now,
    )  # fmt: skip
    directives.judge(
        feedback=again, accept=True, reason="", by=college["值班员"],
        actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    mine = receipt(version, party, name)
    assert (mine.next_due_at, [f.number for f in mine.feedbacks.all()]) == (None, [1, 2])


def test_overdue_feedback_climbs(college: College, party: Party) -> None:
    version = issue(college, party, feedback_due_at=college.at("20:00"))
    everybody_answers(college, version, party)
    go(college, college.at("20:00"))
    assert Escalation.objects.filter(state="RUNNING").count() == len(party.units)
    relay = picture(version, college.now)
    assert {stop.owed.duty for stop in relay.stops if stop.owed} == {Duty.FEED_BACK}
    assert sum(len(stop.not_reached) for stop in relay.stops) == 0


def test_the_worker_keeps_time_for_directives_too(college: College, party: Party) -> None:
    issue(college, party)
    assert not DirectiveReceipt.objects.filter(next_due_at__lte=college.now).exists()
    college.now = college.at("18:00") + timedelta(minutes=1)
    while workers.keep_time(college.now):
        pass
    assert Escalation.objects.filter(ladder="OVERDUE_DIRECTIVE").count() == 4


def test_signing_the_units_report_leaves_its_directive_climbing(
    college: College, party: Party
) -> None:
    from lianfang.escalation import operations as escalation

    issue(college, party)
    go(college, college.at("18:01"))
    unit = party.units["第01党总支"]
    escalation.stop_for_unit(unit=unit, day=college.today, now=college.now)
    assert Escalation.objects.get(unit=unit).state == "RUNNING"


def test_the_command_line_says_where_it_stopped(
    college: College, party: Party, capsys: pytest.CaptureFixture[str], it_is
) -> None:
    version = issue(college, party)
    everybody_answers(college, version, party, but="第003党支部")
    it_is(college.at("18:30"))
    assert main(["relay", "院党发〔2020〕1号", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    [stop] = said["stops"]
    assert (stop["unit"], stop["turn"]) == ("第003党支部", ["第003党支部书记"])
    assert stop["since"] == "2020-02-01T18:00:00+08:00"
    assert stop["not_reached"] == ["第003党支部第1党小组", "第003党支部第2党小组"]
    assert main(["--lang", "zh", "relay", str(version.directive_id)]) == 0
    text = capsys.readouterr().out
    assert "第003党支部" in text
    assert "第003党支部书记" in text
    assert main(["relay", "no such thing"]) == 2


def test_in_the_other_tree_a_major_is_seen_through_and_a_class_climbs_to_its_department(
    college: College,
) -> None:
    version = directives.draft(
        issuer=college.unit("学院"), number="", files=[],
        wording=wording(college, Asked(unit=college.unit("信息系"), with_below=True)),
        by=college["书记"], actor=college.actor("书记"), now=college.now,
    )  # fmt: skip
    college.appoint("组长", "学院", "LEADER")
    sign(college, version)
    top, below = version.receipts.select_related("version__directive", "unit").order_by("id")
    assert (top.unit.name, below.unit.name, below.parent) == ("信息系", "网络1班", top)
    common: dict[str, Any] = {
        "by": college["主任"],
        "actor": college.actor("主任"),
        "now": college.now,
    }
    directives.acknowledge(receipt=top, **common)
    directives.relay(receipt=top, words="", own_due_at=None, more=(), **common)
    go(college, college.at("18:00"))
    go(college, college.at("18:30"))
    assert college.told() == ["辅导员", "主任"]


def test_a_unit_may_pass_on_to_its_own_units_that_the_issuer_did_not_name(
    college: College, party: Party
) -> None:
    version = directives.draft(
        issuer=party.committee, number="", files=[],
        wording=wording(college, Asked(unit=party.units["第01党总支"])),
        by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    sign(college, version)
    mine = receipt(version, party, "第01党总支")
    by = party.secretary["第01党总支"]
    directives.acknowledge(receipt=mine, by=by, actor=actor(by), now=college.now)
    assert mine.next_due_at is None  # nobody said that it must be passed on
    with pytest.raises(NotYours):
        directives.relay(
            receipt=mine, words="", own_due_at=None, more=[party.units["第002党支部"]], by=by,
            actor=actor(by), now=college.now,
        )  # fmt: skip
    chosen = [party.units["第001党支部"]]
    reached = directives.relay(
        receipt=mine, words="请落实", own_due_at=None, more=chosen, by=by, actor=actor(by),
        now=college.now,
    )  # fmt: skip
    assert (reached, receipt(version, party, "第001党支部").parent_id) == (1, mine.pk)


def test_of_two_workers_one_takes_an_overdue_receipt(college: College, party: Party) -> None:
    issue(college, party)
    late = college.at("18:01")
    due = DirectiveReceipt.objects.filter(next_due_at__lte=late)
    seen = due.order_by("next_due_at", "id").first()
    assert seen is not None
    assert receiving.claim_overdue(now=late) == seen
    stale = DirectiveReceipt.objects.filter(pk=seen.pk, next_due_at=seen.next_due_at)
    assert stale.update(next_due_at=None) == 0
    assert receiving.claim_overdue(now=late) != seen
