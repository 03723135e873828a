"""How many ill make an alert: the windows, what counts once, what else a rule asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from lianfang.clusters.rules import Ill, due_of, grouped, hits_of, holds, next_moment
from lianfang.rulebook.cluster_policy import CountRule

DAY = date(2020, 2, 10)
ROOM, CLASS, FLOOR = ("ROOM", "6/301"), ("CLASS", "C1"), ("FLOOR", "6/3")
A1 = CountRule("A1", True, 3, 1, ("ROOM", "CLASS"), ("FEVER", "GASTRO"), "", "", "")
A2 = replace(A1, code="A2", n=5, days=3)
A8 = replace(A1, code="A8", n=2, days=14, linked=True)
WIDE = CountRule("W", True, 3, 3, ("FLOOR",), ("FEVER",), "", "", "", apart="ROOM")


def ill(
    person: int, *, onset: int = 0, known: int | None = None, syndrome: str = "FEVER",
    linked: bool = False, room: str = "301",
) -> Ill:  # fmt: skip
    groups = frozenset({("ROOM", f"6/{room}"), CLASS, FLOOR})
    return Ill(
        sign=person * 10 + (syndrome == "GASTRO"),
        person=person,
        syndrome=syndrome,
        onset_on=DAY + timedelta(days=onset),
        known_on=DAY + timedelta(days=onset if known is None else known),
        linked=linked,
        groups=groups,
    )


def test_a_rule_may_ask_what_else_somebody_is_ill_of() -> None:
    """Five in hospital make no influenza; five in hospital with influenza-like illness do."""
    rule = replace(A1, n=2, syndromes=("ABSENT_ILL",), also=("ILI",))
    stays = [ill(1, syndrome="ABSENT_ILL"), ill(2, syndrome="ABSENT_ILL")]
    assert holds(rule, CLASS, stays) is None
    hit = holds(rule, CLASS, [replace(one, others=frozenset({"ILI"})) for one in stays])
    assert hit is not None
    assert hit.people == {1, 2}


@pytest.mark.parametrize(
    "rule, people, found",
    [
        (A1, [ill(1), ill(2)], set()),
        (A1, [ill(1), ill(2), ill(3)], {1, 2, 3}),
        (A1, [ill(1), ill(2), ill(3, onset=1)], set()),
        # known on one day although the first days differ, and the other way round
        (A1, [ill(1, onset=-2, known=0), ill(2, onset=-1, known=0), ill(3)], {1, 2, 3}),
        (A1, [ill(1), ill(2, known=1), ill(3, known=2)], {1, 2, 3}),
        # a person counts once, whatever the number of illnesses; symptoms that differ do not add up
        (A1, [ill(1), ill(1, onset=0), ill(2)], set()),
        (A1, [ill(1), ill(2), ill(3, syndrome="GASTRO")], set()),
        (A2, [ill(n, onset=n % 3) for n in range(1, 6)], {1, 2, 3, 4, 5}),
        (A2, [ill(n, onset=n) for n in range(1, 6)], set()),
        (A8, [ill(1), ill(2, onset=9)], set()),
        (A8, [ill(1), ill(2, onset=9, linked=True)], {1, 2}),
        (A8, [ill(1), ill(2, onset=14, linked=True)], set()),
    ],
)
def test_a_rule_holds_in_any_window_of_its_days(
    rule: CountRule, people: list[Ill], found: set[int]
) -> None:
    hit = holds(rule, CLASS, people)
    assert (set(hit.people) if hit else set()) == found


@pytest.mark.parametrize(
    "by, people, holds_so",
    [
        ("ONSET", [ill(1, onset=-2, known=0), ill(2, onset=-1, known=0), ill(3)], False),
        ("KNOWN", [ill(1, onset=-2, known=0), ill(2, onset=-1, known=0), ill(3)], True),
        ("ONSET", [ill(1), ill(2, known=1), ill(3, known=2)], True),
        ("KNOWN", [ill(1), ill(2, known=1), ill(3, known=2)], False),
    ],
)
def test_a_rule_may_count_by_one_day_alone(by: str, people: list[Ill], holds_so: bool) -> None:
    assert (holds(replace(A1, by=by), CLASS, people) is not None) is holds_so


def test_two_rooms_at_least_where_a_rule_asks_for_it() -> None:
    one_room = [ill(1), ill(2), ill(3)]
    assert holds(WIDE, FLOOR, one_room) is None
    assert holds(WIDE, FLOOR, [*one_room[:2], ill(3, room="302")]) is not None
    at_home = replace(ill(3), groups=frozenset({FLOOR}))
    assert holds(WIDE, FLOOR, [*one_room[:2], at_home]) is not None


def test_a_rule_is_about_its_kinds_of_groups() -> None:
    assert holds(A1, FLOOR, [ill(1), ill(2), ill(3)]) is None


def test_everybody_stands_in_each_of_their_groups_and_the_narrowest_comes_first() -> None:
    people = [ill(n) for n in (1, 2, 3)]
    groups = grouped(people, kinds=("ROOM", "CLASS"))
    assert set(groups) == {ROOM, CLASS}
    assert list(hits_of([A1], groups)) == [ROOM, CLASS]


def test_the_clock_begins_with_the_alert_or_with_its_verification() -> None:
    at = datetime(2020, 2, 10, 8, tzinfo=UTC)
    later = at + timedelta(hours=3)
    day = replace(A1, hours=24)
    short = replace(A1, hours=2, clock="VERIFIED")
    assert due_of(A1, opened_at=at, verified_at=later) is None
    assert due_of(day, opened_at=at, verified_at=None) == at + timedelta(hours=24)
    assert due_of(short, opened_at=at, verified_at=None) is None
    assert due_of(short, opened_at=at, verified_at=later) == later + timedelta(hours=2)


def test_reminders_come_before_the_end_and_then_at_the_end() -> None:
    at = datetime(2020, 2, 10, 8, tzinfo=UTC)
    due = at + timedelta(hours=24)
    first = next_moment(due, before=(240, 60), after=at)
    assert first == due - timedelta(hours=4)
    second = next_moment(due, before=(240, 60), after=first)
    assert second == due - timedelta(hours=1)
    assert next_moment(due, before=(240, 60), after=second) == due
    assert next_moment(due, before=(240, 60), after=due) is None
    assert next_moment(None, before=(240,), after=at) is None
