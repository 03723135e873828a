"""The day goes by: reminders, cut-offs, ladders of units, and who is on which list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lianfang.escalation.models import Escalation
from lianfang.kernel.actors import OPERATOR
from lianfang.notifications.models import Message
from lianfang.reporting import operations, queries
from lianfang.reporting.models import DueMoment, MissedReport, UnitDay
from lianfang.reporting.receiving import DayHasNotBegun, DayIsOver
from lianfang.reporting.rules import WITH_EVENTS, ZERO_FULL, ZERO_PARTIAL, Ledger
from lianfang.reporting.signing import (
    EventsMustBeReported,
    NobodyIsMissing,
    NoEvents,
    SayWhatHappened,
    SayWhyCorrected,
    StillMissing,
    UnitDoesNotSign,
    digest_of,
)
from lianfang.roster import operations as roster
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import deadlines, zero_report
from tests.cast import FEVER, College

pytestmark = pytest.mark.django_db(transaction=True)


def sign(college: College, unit: str, declaration: str, **extra: str) -> Any:
    signer = {"网络1班": "辅导员", "信息系": "主任", "学院": "书记"}.get(unit, "主任")
    return zero_report.sign_unit_report(
        unit=college.unit(unit),
        day=college.today,
        declaration=declaration,
        narrative=extra.get("narrative", ""),
        correction_reason=extra.get("reason", ""),
        signer=college[signer],
        actor=college.actor(signer),
        now=college.now,
    )


def test_silence_is_never_a_zero(college: College) -> None:
    figures = queries.ledger(college.unit("网络1班"), day=college.today)
    assert figures == Ledger(expected=3)
    assert (figures.zero, figures.missing, figures.completeness) == (0, 3, 0.0)
    assert not figures.is_known(0.8)


def test_the_four_states_add_up_to_the_roll_for_every_unit(college: College) -> None:
    roster.exempt(
        person=college["小刚"], reason="LEAVE", held_from=college.today, held_until=None,
        granted_by=None, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    operations.count_day(day=college.today, now=college.now)
    college.report("小明", FEVER)
    for pk, figures in queries.ledgers(day=college.today).items():
        total = figures.zero + figures.with_events + figures.missing + figures.exempt
        assert total == figures.expected, pk
    own = queries.own_ledgers(day=college.today)[college.unit("网络1班").pk]
    assert own == Ledger(expected=3, with_events=1, exempt=1)
    assert own.missing == 1


def test_somebody_exempt_who_reports_all_the_same_counts_once(college: College) -> None:
    roster.exempt(
        person=college["小刚"], reason="LEAVE", held_from=college.today, held_until=None,
        granted_by=None, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    operations.count_day(day=college.today, now=college.now)
    college.report("小刚")
    own = queries.own_ledgers(day=college.today)[college.unit("网络1班").pk]
    assert (own.expected, own.zero, own.exempt, own.missing) == (3, 1, 0, 2)


def test_counters_equal_a_group_by_whatever_happened(college: College) -> None:
    college.everybody_reports("小红")
    college.report("小明", FEVER)
    college.report("小明")
    college.fast_forward(to=college.at("12:30"))
    college.report("小红", FEVER)
    day = college.today
    counted = queries.own_ledgers(day=day)
    assert counted == queries.recounted(day=day)
    assert counted[college.unit("网络1班").pk] == Ledger(expected=3, zero=2, with_events=1, late=1)


def test_reminders_go_once_and_only_to_those_who_have_not_reported(college: College) -> None:
    college.report("小明")
    college.fast_forward(to=college.at("11:05"))
    told = set(college.told(reference="reminder:"))
    assert "小明" not in told
    assert {"小红", "小刚"} <= told
    college.fast_forward(to=college.at("11:55"))
    assert len(college.told(reference="reminder:")) == len(told)


def test_the_cut_off_makes_the_missing_rows_on_a_list(college: College) -> None:
    college.everybody_reports("小红", "小刚")
    college.fast_forward(to=college.at("11:59"))
    assert MissedReport.objects.count() == 0
    college.fast_forward(to=college.at("12:00"))
    missed = MissedReport.objects.filter(person__isnull=False).select_related("person")
    assert {row.person.name for row in missed if row.person} == {"小红", "小刚"}
    college.fast_forward(minutes=5)
    assert college.report("小红").is_late
    row = MissedReport.objects.get(person=college["小红"])
    assert row.made_up_at == college.now


def test_the_ladder_of_a_silent_unit_runs_after_the_grace_and_stops_when_it_signs(
    college: College,
) -> None:
    college.everybody_reports()
    college.fast_forward(to=college.at("13:14"))
    assert Escalation.objects.count() == 0
    college.fast_forward(to=college.at("13:15"))
    climb = Escalation.objects.get(unit=college.unit("网络1班"))
    assert set(college.told(reference=climb.reference)) == {"辅导员"}
    sign(college, "网络1班", ZERO_FULL)
    climb.refresh_from_db()
    assert (climb.state, climb.next_due_at) == ("SETTLED", None)
    college.fast_forward(hours=2)
    assert set(college.told(reference=climb.reference)) == {"辅导员"}


def test_an_unsigned_class_climbs_to_the_department_and_the_committee(college: College) -> None:
    college.everybody_reports()
    college.fast_forward(to=college.at("14:15"))
    climb = Escalation.objects.get(unit=college.unit("网络1班"))
    assert college.told(reference=climb.reference) == ["辅导员", "主任", "值班员"]


def test_a_full_zero_is_refused_while_anyone_is_missing(college: College) -> None:
    college.report("小明")
    with pytest.raises(StillMissing) as refusal:
        sign(college, "网络1班", ZERO_FULL)
    assert refusal.value.context["missing"] == 2
    report = sign(college, "网络1班", ZERO_PARTIAL)
    assert {p["name"] for p in report.not_reached["people"]} == {"小红", "小刚"}


def test_a_unit_signs_only_what_is_true(college: College) -> None:
    for name in ("小明", "小红", "小刚"):
        college.report(name)
    with pytest.raises(NobodyIsMissing):
        sign(college, "网络1班", ZERO_PARTIAL)
    with pytest.raises(NoEvents):
        sign(college, "网络1班", WITH_EVENTS, narrative="有情况")
    college.report("小明", FEVER)
    with pytest.raises(EventsMustBeReported):
        sign(college, "网络1班", ZERO_FULL)
    with pytest.raises(SayWhatHappened):
        sign(college, "网络1班", WITH_EVENTS)
    with pytest.raises(UnitDoesNotSign):
        sign(college, "网络专业", ZERO_FULL)


def test_what_was_signed_stays_as_it_was_signed(college: College) -> None:
    for name in ("小明", "小红", "小刚"):
        college.report(name)
    signed = sign(college, "网络1班", ZERO_FULL)
    college.report("小明", FEVER)
    frozen = queries.unit_report(college.unit("网络1班"), day=college.today)
    assert frozen is not None
    assert frozen == signed
    assert frozen.figures["total"]["with_events"] == 0
    assert frozen.digest == digest_of(frozen.declaration, frozen.figures, frozen.not_reached)
    with pytest.raises(SayWhyCorrected):
        sign(college, "网络1班", WITH_EVENTS, narrative="一人发热,已送医")
    second = sign(
        college, "网络1班", WITH_EVENTS, narrative="一人发热,已送医", reason="下午有人发热"
    )
    assert second.version == 2
    assert UnitDay.objects.get(unit=college.unit("网络1班"), day=college.today).with_events == 1


def test_the_next_level_sees_which_units_have_signed(college: College) -> None:
    college.everybody_reports()
    sign(college, "网络1班", ZERO_FULL)
    rules = rules_in_force(college.now)
    kinds = [kind for due in rules.deadlines.values() for kind in due.unit_kinds]
    children = queries.signing_children(college.unit("信息系"), day=college.today, kinds=kinds)
    assert [unit.name for unit in children] == ["网络1班"]
    below_college = queries.signing_children(college.unit("学院"), day=college.today, kinds=kinds)
    assert [unit.name for unit in below_college] == ["信息系", "护理系", "党政办"]
    assert college.unit("网络1班").pk in queries.latest_unit_reports(day=college.today)
    assert college.unit("信息系").pk not in queries.latest_unit_reports(day=college.today)


def test_the_party_line_rolls_up_by_itself(college: College) -> None:
    college.report("小红")
    for name in ("学生党支部", "信息系党总支", "学院党委"):
        assert queries.ledger(college.unit(name), day=college.today) == Ledger(expected=1, zero=1)
    whole = queries.ledger(college.unit("学院"), day=college.today)
    assert whole.expected == len(college.people)


def test_a_past_day_is_counted_against_the_roster_of_that_day(college: College) -> None:
    first = college.today
    college.everybody_reports()
    before = queries.ledgers(day=first)
    college.fast_forward(to=college.at("23:59") + timedelta(minutes=2))
    roster.move_person(
        person=college["小明"], unit=college.unit("护理1班"), kind="REPORTING", day=college.today,
        actor=OPERATOR, now=college.now,
    )  # fmt: skip
    roster.release(person=college["小刚"], day=college.today, actor=OPERATOR, now=college.now)
    operations.count_day(day=college.today, now=college.now)
    assert queries.recounted(day=first) == queries.own_ledgers(day=first)
    assert queries.ledgers(day=first) == before
    assert queries.ledger(college.unit("网络1班"), day=college.today).expected == 1


def test_days_open_one_after_the_other_by_themselves(college: College) -> None:
    first = college.today
    college.fast_forward(to=college.at("23:59") + timedelta(days=1))
    opened = DueMoment.objects.filter(action="CUT_OFF", level="PERSON").values_list(
        "day", flat=True
    )
    assert sorted(opened) == [first, first + timedelta(days=1)]


def test_workers_that_slept_for_days_ring_nobody_about_what_is_over(college: College) -> None:
    first = college.today
    college.report("小明")
    college.now += timedelta(days=5)
    deadlines.ensure_day_is_open(day=college.today, now=college.now)
    college.work()
    assert not Message.objects.filter(reference__startswith=f"reminder:{first}").exists()
    assert not Escalation.objects.filter(day=first).exists()
    missed = MissedReport.objects.filter(day=first, person__isnull=False)
    assert missed.count() == len(college.people) - 1
    assert DueMoment.objects.filter(done_at__isnull=True, due_at__lte=college.now).count() == 0


def test_a_closed_day_and_a_day_to_come_are_refused(college: College) -> None:
    with pytest.raises(DayIsOver):
        college.report("小明", day=college.today - timedelta(days=4))
    with pytest.raises(DayHasNotBegun):
        college.report("小明", day=college.today + timedelta(days=1))
    assert college.report("小明", day=college.today - timedelta(days=3)).is_late


def test_nobody_is_told_twice_when_two_workers_strike_the_same_moment(college: College) -> None:
    college.now = college.at("11:00")
    assert deadlines.strike_next(now=college.now) is not None
    DueMoment.objects.filter(action="REMIND", level="PERSON").update(done_at=None)
    assert deadlines.strike_next(now=college.now) is not None
    letters = Message.objects.filter(reference__startswith="reminder:")
    assert letters.count() == len(college.people)
