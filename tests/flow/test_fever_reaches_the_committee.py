"""A fever reaches a human being at once (CAPABILITIES ES-01..04, ES-08)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lianfang.escalation.links import LinkNotValid, link_token, summons_of_token
from lianfang.escalation.models import Escalation, Summons
from lianfang.escalation.operations import AlreadyAnswered
from lianfang.incidents.models import Incident
from lianfang.kernel.actors import OPERATOR
from lianfang.notifications.models import Delivery, Message
from lianfang.roster import operations as roster
from lianfang.usecases import acknowledge_incident
from tests.cast import FEVER, FINE, College

pytestmark = pytest.mark.django_db(transaction=True)


def test_carer_head_and_duty_officer_are_told_at_once(college: College) -> None:
    college.report("小明", FEVER)
    assert college.told() == ["辅导员", "主任", "值班员"]
    assert (
        Delivery.objects.filter(channel="sms", state="QUEUED", next_due_at=college.now).count() == 3
    )


def test_a_letter_never_says_who_is_ill_or_of_what(college: College) -> None:
    college.report("小明", FEVER)
    for letter in Message.objects.all():
        for word in ("小明", "发热", "咳", "38.2", "网络1班"):
            assert word not in letter.subject + letter.body


def test_silence_climbs_and_an_answer_stops_the_climb(college: College) -> None:
    college.report("小明", FEVER)
    college.fast_forward(minutes=9)
    assert college.told() == ["辅导员", "主任", "值班员"]
    college.fast_forward(minutes=1)
    assert college.told()[3:] == ["书记"]
    acknowledge_incident.answer_summons(
        summons=Summons.objects.get(person=college["主任"]),
        what=Summons.Answer.MINE,
        now=college.now,
    )
    college.fast_forward(minutes=60)
    assert college.told()[4:] == []
    incident = Incident.objects.get()
    assert (incident.state, incident.acknowledged_by) == ("ACKNOWLEDGED", college["主任"])


def test_only_one_person_takes_it_over(college: College) -> None:
    college.report("小明", FEVER)
    first, second = Summons.objects.filter(person__in=[college["主任"], college["值班员"]])
    acknowledge_incident.answer_summons(summons=first, what=Summons.Answer.MINE, now=college.now)
    with pytest.raises(AlreadyAnswered):
        acknowledge_incident.answer_summons(
            summons=first, what=Summons.Answer.MINE, now=college.now
        )
    with pytest.raises(acknowledge_incident.AlreadyAcknowledged):
        acknowledge_incident.answer_summons(
            summons=second, what=Summons.Answer.MINE, now=college.now
        )
    second.refresh_from_db()
    assert second.answered_at is None


def test_nobody_on_the_post_is_a_fact_costs_nothing_and_is_an_alarm(college: College) -> None:
    college.unit("学院党委").shifts.all().delete()
    college.report("小明", FEVER)
    vacant = Summons.objects.get(person=None)
    assert (vacant.rung.role, vacant.summoned_at) == ("DUTY_OFFICER", college.now)
    assert college.told() == ["辅导员", "主任", "组长"]
    college.fast_forward(minutes=10)
    assert college.told()[3:] == ["书记"]


def test_nobody_answered_is_an_alarm_of_its_own(college: College) -> None:
    college.report("小明", FEVER)
    college.fast_forward(minutes=30)
    assert Incident.objects.get().unanswered_at is not None
    exhausted = Message.objects.filter(reference__contains="exhausted")
    told = {letter.recipient.name for letter in exhausted if letter.recipient}
    assert told == {"值班员", "组长"}


def test_a_ladder_nobody_answers_is_climbed_again_and_ends_as_a_fact(college: College) -> None:
    college.report("小明", FEVER)
    college.fast_forward(hours=3)
    climbed = Escalation.objects.get()
    assert (climbed.round, climbed.state, climbed.next_due_at) == (2, "EXHAUSTED", None)


def test_a_worker_that_was_down_takes_every_rung_it_missed(college: College) -> None:
    college.report("小明", FEVER)
    college.now += timedelta(minutes=25)
    college.work()
    assert college.told()[3:] == ["书记", "组长"]


def test_a_fever_that_is_edited_away_leaves_the_incident_open(college: College) -> None:
    college.report("小明", FEVER)
    college.report("小明", FINE)
    incident = Incident.objects.get()
    assert incident.is_open
    assert [r.revision for r in college["小明"].daily_reports.order_by("revision")] == [1, 2]


def test_a_second_fever_extends_the_open_incident(college: College) -> None:
    college.report("小明", FEVER)
    college.report("小明", FEVER)
    assert Incident.objects.count() == 1
    assert Incident.objects.get().facts.filter(kind="REPORTED_AGAIN").count() == 1
    assert college.told() == ["辅导员", "主任", "值班员"]


def test_a_forged_link_opens_nothing(college: College) -> None:
    college.report("小明", FEVER)
    summons = Summons.objects.first()
    assert summons is not None
    token = link_token(summons)
    assert summons_of_token(token) == summons
    with pytest.raises(LinkNotValid):
        summons_of_token(token[:-2] + "zz")


def test_who_holds_two_posts_is_rung_once(college: College) -> None:
    college.appoint("主任", "网络1班", "COUNSELOR")
    college.report("小明", FEVER)
    assert college.told() == ["辅导员", "主任", "值班员"]


def test_who_is_ill_is_not_summoned_about_themself(college: College) -> None:
    college.report("主任", FEVER)
    assert "主任" not in college.told()
    assert college.told()[:2] == ["副主任", "值班员"]


def test_a_head_on_leave_is_passed_over_for_the_deputy(college: College) -> None:
    roster.exempt(
        person=college["主任"], reason="LEAVE", held_from=college.today, held_until=None,
        granted_by=None, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    college.report("小明", FEVER)
    assert college.told() == ["辅导员", "副主任", "值班员"]


def test_passing_on_to_the_deputy_takes_the_next_rung_at_once(college: College) -> None:
    college.report("小明", FEVER)
    summons = Summons.objects.get(person=college["值班员"])
    acknowledge_incident.answer_summons(
        summons=summons, what=Summons.Answer.PASSED_ON, now=college.now
    )
    college.work()
    assert college.told()[3:] == ["书记"]
    assert Incident.objects.get().state == "OPEN"
