"""A hole in the roster is told to the head in time, once (CAPABILITIES DU-02, RELIABILITY T15)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lianfang.duty import operations as duty
from lianfang.duty.models import DutyFact, Handover, RosterFinding
from lianfang.duty.queries import on_duty
from lianfang.escalation.models import Escalation
from lianfang.incidents.models import Incident
from lianfang.kernel.actors import OPERATOR
from lianfang.notifications.models import Message
from lianfang.roster import operations as roster
from lianfang.usecases import acknowledge_incident, duty_moments
from tests.cast import FEVER, College
from tests.flow.duty_cast import moment, shift

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def college(college: College) -> College:
    college["值班员"].phone_verified_at = college.now
    college["值班员"].save()
    duty_moments.ensure_check(now=college.now)
    return college


def digests(college: College) -> list[str]:
    return college.told(reference="duty-check:")


def test_a_gap_the_day_after_tomorrow_is_told_a_day_ahead_exactly_once(college: College) -> None:
    shift(college, "值班员", "02-02 00:00", "02-03 00:00")
    shift(college, "值班员", "02-03 00:00", "02-03 12:00")  # noon to midnight: nobody
    for day in range(4, 16):
        shift(college, "值班员", f"02-{day:02} 00:00", f"02-{day + 1:02} 00:00")
    college.fast_forward(to=college.at("09:00"))
    assert digests(college) == ["组长"]
    [letter] = Message.objects.filter(reference__startswith="duty-check:")
    assert "02-03 12:00" in letter.body
    gap = RosterFinding.objects.get(kind="GAP")
    assert gap.starts_at == moment("02-03 12:00")
    assert gap.told_at is not None
    assert gap.starts_at - gap.told_at >= timedelta(days=1)
    for _day in range(2):
        college.now += timedelta(days=1)
        college.work()
    assert digests(college) == ["组长"]


def test_a_gap_that_was_filled_is_gone(college: College) -> None:
    college.fast_forward(to=college.at("09:00"))
    assert RosterFinding.objects.filter(kind="GAP", gone_at=None).count() == 1
    for day in range(2, 16):
        shift(college, "值班员", f"02-{day:02} 00:00", f"02-{day + 1:02} 00:00")
    college.now += timedelta(days=1)
    college.work()
    assert not RosterFinding.objects.filter(
        kind="GAP", starts_at__lt=moment("02-15 00:00"), gone_at=None
    )


def test_a_head_who_has_left_is_told_nothing_and_the_one_above_is(college: College) -> None:
    roster.release(person=college["主任"], day=college.today, actor=OPERATOR, now=college.now)
    roster.release(person=college["副主任"], day=college.today, actor=OPERATOR, now=college.now)
    duty.set_cover(
        unit=college.unit("信息系"), post="UNIT", begins=None, ends=None, days="EVERY",
        keeps_book=False, day=college.today, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    college.fast_forward(to=college.at("09:00"))
    assert set(digests(college)) == {"组长", "书记"}
    assert RosterFinding.objects.filter(kind="NO_HEAD", unit=college.unit("信息系")).exists()


def test_the_cover_of_a_person_who_has_left_falls_to_the_deputy(college: College) -> None:
    shift(college, "值班员", "02-02 00:00", "02-03 00:00", deputy="书记")
    roster.release(
        person=college["值班员"], day=moment("02-02 00:00").date(), actor=OPERATOR, now=college.now
    )
    committee = college.unit("学院党委")
    assert on_duty(unit=committee, post="OFFICER", at=moment("02-02 03:00")) == [college["书记"]]
    college.fast_forward(to=college.at("09:00"))
    departed = RosterFinding.objects.get(kind="DEPARTED")
    assert departed.person == college["值班员"]
    gap = RosterFinding.objects.filter(kind="GAP").order_by("starts_at").first()
    assert gap is not None
    assert gap.starts_at == moment("02-03 00:00")


def test_who_is_ill_and_who_is_on_leave_look_the_same(college: College) -> None:
    """Why somebody cannot be counted on is nobody's business who only keeps the roster."""
    shift(college, "主任", "02-02 00:00", "02-02 12:00", unit="信息系", post="UNIT")
    shift(college, "副主任", "02-02 12:00", "02-03 00:00", unit="信息系", post="UNIT")
    college.report("主任", FEVER)
    roster.exempt(
        person=college["副主任"], reason="LEAVE", held_from=college.today, held_until=None,
        granted_by=None, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    college.fast_forward(to=college.at("09:00"))
    away = RosterFinding.objects.filter(kind="AWAY")
    assert {finding.person for finding in away} == {college["主任"], college["副主任"]}
    for letter in Message.objects.filter(reference__startswith="duty-check:"):
        for word in ("主任", "病", "请假", "ill", "leave"):
            assert word not in letter.body


def test_every_head_gets_one_digest_however_many_units_and_faults(college: College) -> None:
    for name in ("信息系", "护理系"):
        duty.set_cover(
            unit=college.unit(name), post="UNIT", begins=None, ends=None, days="EVERY",
            keeps_book=False, day=college.today, actor=OPERATOR, now=college.now,
        )  # fmt: skip
    college.fast_forward(to=college.at("09:00"))
    told = digests(college)
    assert sorted(told) == sorted(set(told))
    assert "主任" in told


def test_a_shift_taken_off_for_tonight_is_told_within_minutes(college: College) -> None:
    on = [
        shift(college, "值班员", f"02-{d:02} 00:00", f"02-{d + 1:02} 00:00") for d in range(2, 16)
    ]
    college.fast_forward(to=college.at("15:00"))
    before = len(digests(college))
    duty.remove_shift(shift=on[0], actor=OPERATOR, now=college.now)
    college.fast_forward(minutes=11)
    assert digests(college)[before:] == ["组长"]
    college.fast_forward(hours=2)
    assert len(digests(college)) == before + 1


def test_a_roster_that_is_rewritten_in_one_go_is_looked_at_once(college: College) -> None:
    on = [
        shift(college, "值班员", f"02-{d:02} 00:00", f"02-{d + 1:02} 00:00") for d in range(2, 16)
    ]
    college.fast_forward(to=college.at("15:00"))
    before = len(digests(college))
    duty.remove_shift(shift=on[0], actor=OPERATOR, now=college.now)
    shift(college, "书记", "02-02 00:00", "02-03 00:00")
    college.fast_forward(minutes=11)
    # The night is manned again; new is only that the number of 书记 was never tried.
    assert not RosterFinding.objects.filter(kind="GAP", starts_at__lt=moment("02-04 00:00"))
    assert len(digests(college)) <= before + 1


def test_a_worker_that_slept_for_days_looks_once(college: College) -> None:
    college.now += timedelta(days=3)
    college.work()
    assert digests(college) == ["组长"]


def test_a_shift_without_a_check_in_is_a_fact_and_a_handover_is_opened(college: College) -> None:
    committee = college.unit("学院党委")
    duty.set_cover(
        unit=committee, post="OFFICER", begins=None, ends=None, days="EVERY",
        keeps_book=True, day=college.today, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    coming = shift(college, "书记", "02-02 00:00", "02-03 00:00")
    college.fast_forward(to=moment("02-02 00:00"))
    handover = Handover.objects.get()
    assert (handover.out_person, handover.in_person) == (college["值班员"], college["书记"])
    college.fast_forward(minutes=15)
    fact = DutyFact.objects.get(kind="NOT_CHECKED_IN")
    assert (fact.person, fact.at) == (college["书记"], coming.starts_at)
    assert set(college.told(reference="duty-shift:")) == {"组长", "书记"}


def test_a_check_in_in_time_leaves_no_fact(college: College) -> None:
    duty.set_cover(
        unit=college.unit("学院党委"), post="OFFICER", begins=None, ends=None, days="EVERY",
        keeps_book=True, day=college.today, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    coming = shift(college, "书记", "02-02 00:00", "02-03 00:00")
    college.fast_forward(to=moment("02-01 23:50"))
    duty.check_in(shift=coming, by=college["书记"], actor=college.actor("书记"), now=college.now)
    college.fast_forward(minutes=60)
    assert not DutyFact.objects.filter(kind="NOT_CHECKED_IN")


def test_a_late_answer_is_a_fact_of_the_unit_and_a_prompt_one_is_none(college: College) -> None:
    college.report("小明", FEVER)
    college.fast_forward(minutes=12)
    acknowledge_incident.acknowledge(
        incident=Incident.objects.get(), by=college["主任"], actor=college.actor("主任"),
        now=college.now,
    )  # fmt: skip
    college.report("外人", FEVER)
    acknowledge_incident.acknowledge(
        incident=Incident.objects.get(person=college["外人"]), by=college["值班员"],
        actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    duty_moments.note_late_answers(now=college.now)
    duty_moments.note_late_answers(now=college.now)
    fact = DutyFact.objects.get(kind="LATE_ANSWER")
    late = Escalation.objects.get(incident__person=college["小明"])
    assert (fact.unit, fact.minutes) == (late.unit, 12)
