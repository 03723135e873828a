"""03:00, the secretary on leave, the deputy's phone dead (CAPABILITIES, "beyond" 3; ES-08)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lianfang.escalation.models import Escalation, Summons
from lianfang.incidents.models import Incident
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.clock import parse_moment
from lianfang.notifications.models import Delivery
from lianfang.roster import operations as roster
from lianfang.usecases import acknowledge_incident
from tests.cast import FEVER, College
from tests.flow.duty_cast import Exchange, hand_over

pytestmark = pytest.mark.django_db(transaction=True)

THREE = parse_moment("2020-02-02T03:00+08:00")


@pytest.fixture
def college() -> College:
    """小红's unit is led by a secretary who is on leave; the deputy's phone is dead."""
    college = College.found(now=parse_moment("2020-02-02T00:10+08:00"))
    roster.exempt(
        person=college["主任"], reason="LEAVE", held_from=college.today, held_until=None,
        granted_by=None, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    college.now = THREE
    return college


def sent_at(name: str) -> tuple[str, datetime | None] | None:
    """The state of the first delivery to somebody, and when it was handed over."""
    return (
        Delivery.objects.filter(
            message__recipient__name=name, message__reference__startswith="escalation:"
        )
        .values_list("state", "sent_at")
        .first()
    )


def report_and_send(college: College, exchange: Exchange) -> None:
    college.report("小红", FEVER)
    hand_over(college, exchange)


def test_the_duty_officer_has_it_in_the_first_minute(college: College) -> None:
    with Exchange([college["副主任"].phone]) as exchange:
        report_and_send(college, exchange)
        told = sent_at("值班员")
        assert told is not None
        state, at = told
        assert state == "SENT"
        assert at is not None
        assert at - THREE <= timedelta(seconds=60)
        assert exchange.texts_to(college["值班员"])
        assert sent_at("主任") is None  # on leave: nobody rings there, the deputy is asked
        assert sent_at("副主任") == ("FAILED", None)


def test_the_units_line_ends_with_an_answer(college: College) -> None:
    with Exchange([college["副主任"].phone]) as exchange:
        report_and_send(college, exchange)
        college.fast_forward(minutes=10)
        hand_over(college, exchange)
        assert exchange.texts_to(college["书记"])  # one rung up, at its minute
    acknowledge_incident.answer_summons(
        summons=Summons.objects.get(person=college["书记"]),
        what=Summons.Answer.MINE,
        now=college.now,
    )
    college.fast_forward(hours=1)
    climb = Escalation.objects.get()
    assert (climb.state, climb.ended_at) == ("ANSWERED", THREE + timedelta(minutes=10))
    assert Incident.objects.get().unanswered_at is None


def test_or_with_nobody_answered_at_its_minute(college: College) -> None:
    with Exchange([college["副主任"].phone]) as exchange:
        report_and_send(college, exchange)
        while Incident.objects.get().unanswered_at is None:
            college.fast_forward(minutes=1)
            hand_over(college, exchange)
            assert college.now <= THREE + timedelta(hours=1)
        assert Incident.objects.get().unanswered_at == THREE + timedelta(minutes=30)
        alarm = exchange.texts_to(college["组长"])
    assert len(alarm) == 2  # asked at his minute, and told that nobody has answered


def test_a_duty_officer_who_is_on_leave_is_covered_by_the_deputy_of_the_shift(
    college: College,
) -> None:
    shift = college.unit("学院党委").shifts.get()
    shift.deputy = college["书记"]
    shift.save()
    roster.exempt(
        person=college["值班员"], reason="LEAVE", held_from=college.today, held_until=None,
        granted_by=None, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    college.report("小红", FEVER)
    assert "书记" in college.told()
    assert "值班员" not in college.told()
