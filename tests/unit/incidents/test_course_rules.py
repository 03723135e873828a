"""The course of an incident as tables: who may say what, which call meets a clock, what is next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from lianfang.incidents.kinds import Illness, Outcome, Source
from lianfang.incidents.rules import (
    DIAGNOSES,
    ClockState,
    Course,
    Next,
    Told,
    answer_to,
    first_look,
    may_end_with,
    may_say,
    next_of,
    state_of_clock,
)
from lianfang.kernel.clock import parse_moment

TEN = parse_moment("2020-02-01T10:00:45+08:00")
HOURS = timedelta(hours=1)


@pytest.mark.parametrize("kind", Illness.values)
def test_the_school_and_the_person_diagnose_nothing(kind: str) -> None:
    says = {source for source in Source.values if may_say(kind, source, was_diagnosed=False)}
    if kind in DIAGNOSES or kind in {"RULED_OUT", "DIED"}:
        assert says == {"HOSPITAL", "CDC"}
    elif kind == "CLOSE_CONTACT":
        assert says == {"CDC", "COMMUNITY"}
    else:
        assert "DOCTOR" in says


def test_a_doctor_of_the_school_ends_a_cold_but_no_diagnosis() -> None:
    assert may_say("RECOVERED", "DOCTOR", was_diagnosed=False)
    assert not may_say("RECOVERED", "DOCTOR", was_diagnosed=True)


@pytest.mark.parametrize(
    "organisation,at,meets",
    [
        ("CDC", TEN, True),
        ("HEALTH", TEN + HOURS, True),
        ("CDC", TEN.replace(second=0), True),  # "10:00", as people write it down
        ("CDC", TEN - timedelta(minutes=1), False),  # told before, told of something else
        ("PARENTS", TEN + HOURS, False),
    ],
)
def test_which_call_meets_a_clock(organisation: str, at: datetime, meets: bool) -> None:
    told = answer_to(tells=["CDC", "HEALTH"], started_at=TEN, notices=[Told(1, organisation, at)])
    assert (told is not None) is meets


def test_the_first_call_that_fits_meets_it() -> None:
    calls = [Told(1, "CDC", TEN + 3 * HOURS), Told(2, "CDC", TEN + HOURS)]
    told = answer_to(tells=["CDC"], started_at=TEN, notices=calls)
    assert told is not None
    assert told.key == 2


@pytest.mark.parametrize(
    "limit,remind,after",
    [
        (2 * HOURS, HOURS, HOURS),
        (timedelta(0), timedelta(0), timedelta(0)),
        (HOURS, 2 * HOURS, HOURS),
    ],
)
def test_when_a_clock_is_looked_at_first(
    limit: timedelta, remind: timedelta, after: timedelta
) -> None:
    assert first_look(started_at=TEN, due_at=TEN + limit, remind_after=remind) == TEN + after


@pytest.mark.parametrize(
    "due,met,ended,now,state",
    [
        (2, None, None, 1, ClockState.RUNNING),
        (2, None, None, 2, ClockState.OVERDUE),
        (2, 1, None, 9, ClockState.MET),
        (2, 2, None, 9, ClockState.MET),
        (2, 3, None, 9, ClockState.MET_LATE),
        (0, 3, None, 9, ClockState.MET),  # "at once" says how long it took, and is not late
        (0, None, None, 1, ClockState.OVERDUE),
        (2, None, 1, 9, ClockState.ENDED),
    ],
)
def test_the_state_of_a_clock(
    due: int, met: int | None, ended: int | None, now: int, state: ClockState
) -> None:
    def at(hours: int | None) -> datetime | None:
        return None if hours is None else TEN + hours * HOURS

    found = state_of_clock(
        started_at=TEN, due_at=TEN + due * HOURS, met_at=at(met), ended_at=at(ended),
        now=TEN + now * HOURS,
    )  # fmt: skip
    assert found is state


FRESH = Course(is_open=True, is_taken=False)
TAKEN = replace(FRESH, is_taken=True)
TRUE = replace(TAKEN, verdict="TRUE")
CLASSED = replace(TRUE, kind="KEY_SYMPTOM")
SENT = replace(CLASSED, way="OPEN")
SEEN = replace(CLASSED, way="DONE")
ENDED = replace(SEEN, outcome="RECOVERED")
ILL = replace(ENDED, was_diagnosed=True)


@pytest.mark.parametrize(
    "course,step",
    [
        (replace(FRESH, is_open=False), Next.NOTHING),
        (FRESH, Next.TAKE_OVER),
        (TAKEN, Next.VERIFY),
        (replace(TAKEN, verdict="UNREACHABLE"), Next.REACH),
        (TRUE, Next.CLASSIFY),
        (replace(TRUE, clocks_open=True), Next.TELL),
        (replace(ILL, clocks_open=True), Next.TELL),  # whatever else there is to do
        (CLASSED, Next.REFER),
        (SENT, Next.RESULT),
        (replace(SENT, check_due=True), Next.CHECK),
        (SEEN, Next.OUTCOME),
        (ENDED, Next.CLOSE),
        (ILL, Next.CLEAR),
        (replace(ILL, is_cleared=True, first_report=True), Next.FINAL),
        (replace(ILL, is_cleared=True, first_report=True, final_report=True), Next.CLOSE),
    ],
)
def test_the_one_thing_to_do_next(course: Course, step: Next) -> None:
    assert next_of(course) is step


SUSPECTED = replace(SEEN, kind="SUSPECTED", was_diagnosed=True)


@pytest.mark.parametrize(
    "outcome,course,may",
    [
        ("RECOVERED", TAKEN, False),
        ("RECOVERED", SEEN, True),
        ("RECOVERED", SUSPECTED, False),
        ("RECOVERED", replace(SUSPECTED, kind="RECOVERED"), True),
        ("OTHER_DIAGNOSIS", replace(SUSPECTED, kind="RULED_OUT"), True),
        ("OTHER_DIAGNOSIS", SUSPECTED, False),
        ("HANDED_OVER", SUSPECTED, True),
        ("DIED", SEEN, False),
        ("DIED", replace(SUSPECTED, kind="DIED"), True),
        ("LOST", SEEN, False),
        ("LOST", replace(TAKEN, verdict="UNREACHABLE"), False),
        ("LOST", replace(TAKEN, verdict="UNREACHABLE", searched_outside=True), True),
    ],
)
def test_how_it_may_end(outcome: str, course: Course, may: bool) -> None:
    assert outcome in Outcome.values
    assert may_end_with(outcome, course) is may
