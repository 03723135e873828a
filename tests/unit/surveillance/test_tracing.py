"""Tracing: a small school by hand, and any school against plain loops."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.surveillance import BadParameter, ContactIndex, PresenceIndex
from lianfang.surveillance.meetings import Contacts, stable_order

MINUTE = 60
#          one, other, moment, seconds
MEETINGS = [
    (0, 1, 100, 10 * MINUTE),
    (1, 0, 900, 10 * MINUTE),  # with 0 twenty minutes in all
    (0, 2, 300, 14 * MINUTE),  # too short
    (1, 3, 50, 20 * MINUTE),  # before 1 met 0
    (4, 1, 2000, 30 * MINUTE),
    (4, 5, 2500, 40 * MINUTE),  # third degree
    (0, 6, 9000, 40 * MINUTE),  # after the window
    (2, 7, 400, 40 * MINUTE),
]


@pytest.fixture
def index() -> ContactIndex:
    one, other, moment, seconds = np.array(MEETINGS).T
    return ContactIndex(one, other, moment, seconds=seconds)


def people(contacts: Contacts) -> list[int]:
    return [int(person) for person in contacts.person]


def test_minutes_are_summed_over_the_window(index: ContactIndex) -> None:
    found = index.contacts(0, since=0, until=5000)
    assert people(found) == [1]
    assert found.seconds.tolist() == [20 * MINUTE]
    assert (found.first_at.tolist(), found.last_at.tolist()) == ([100], [900])
    assert found.via.tolist() == [0]


def test_the_window_is_half_open(index: ContactIndex) -> None:
    assert people(index.contacts(0, since=100, until=901)) == [1]
    assert people(index.contacts(0, since=100, until=900)) == []
    assert people(index.contacts(0, since=101, until=901)) == []
    assert people(index.contacts(0, since=9000, until=9001)) == [6]


def test_the_longest_met_come_first(index: ContactIndex) -> None:
    assert people(index.contacts(1, since=0, until=5000)) == [4, 0, 3]


def test_contacts_of_contacts_are_neither_case_nor_contact(index: ContactIndex) -> None:
    found = index.trace(0, since=0, until=5000)
    assert people(found.first) == [1]
    assert people(found.second) == [4, 3]
    assert found.second.via.tolist() == [1, 1]
    assert found.second.seconds.tolist() == [30 * MINUTE, 20 * MINUTE]


def test_in_order_a_meeting_before_the_infection_does_not_count(index: ContactIndex) -> None:
    assert people(index.trace(0, since=0, until=5000, in_order=True).second) == [4]


def test_several_cases_are_traced_together_and_are_not_their_own_contacts(
    index: ContactIndex,
) -> None:
    found = index.trace([0, 4], since=0, until=5000)
    assert people(found.first) == [5, 1]
    assert found.first.via.tolist() == [4, 4]  # 1 was longer with 4 than with 0
    assert people(found.second) == [3]


def test_a_person_whom_nobody_knows_met_nobody(index: ContactIndex) -> None:
    found = index.trace(99, since=0, until=5000)
    assert (len(found.first), len(found.second)) == (0, 0)
    assert len(ContactIndex([], [], []).trace(0, since=0, until=1).first) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"one": [1]},
        {"one": [-1]},
        {"one": [2**31]},
        {"moment": [1, 2]},
        {"seconds": [1, 2]},
        {"seconds": -1},
    ],
)
def test_records_without_meaning_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadParameter):
        ContactIndex(**{"one": [0], "other": [1], "moment": [0], **wrong})


def test_questions_without_meaning_are_refused(index: ContactIndex) -> None:
    with pytest.raises(BadParameter):
        index.contacts(0, since=0, until=1, minutes=-1)
    with pytest.raises(BadParameter):
        index.contacts(-1, since=0, until=1)


# ---------------------------------------------------------------- against plain loops

Record = tuple[int, int, int, int]


def met_by(records: list[Record], who: int, since: int, until: int) -> dict[int, int]:
    total: dict[int, int] = defaultdict(int)
    for one, other, moment, seconds in records:
        if since <= moment < until and who in (one, other):
            total[other if who == one else one] += seconds
    return total


def plain_trace(
    records: list[Record], who: int, since: int, until: int, least: int
) -> tuple[set[int], set[int]]:
    first = {p for p, s in met_by(records, who, since, until).items() if s >= least}
    second = {
        p
        for contact in first
        for p, s in met_by(records, contact, since, until).items()
        if s >= least
    }
    return first, second - first - {who}


SMALL_SCHOOL = st.lists(
    st.tuples(
        st.integers(0, 8), st.integers(0, 8), st.integers(0, 50), st.integers(0, 1200)
    ).filter(lambda record: record[0] != record[1]),
    min_size=1,
    max_size=60,
)


@given(SMALL_SCHOOL, st.integers(0, 9), st.integers(0, 50), st.integers(0, 51), st.integers(1, 20))
@settings(max_examples=200)
def test_any_small_school_is_traced_as_by_plain_loops(
    records: list[Record], who: int, since: int, until: int, minutes: int
) -> None:
    one, other, moment, seconds = np.array(records).T
    found = ContactIndex(one, other, moment, seconds=seconds).trace(
        who, since=since, until=until, minutes=minutes
    )
    first, second = plain_trace(records, who, since, until, minutes * MINUTE)
    assert set(people(found.first)) == first
    assert set(people(found.second)) == second
    for person, seconds_met in zip(people(found.first), found.first.seconds, strict=True):
        assert met_by(records, who, since, until)[person] == seconds_met


@given(st.lists(st.integers(0, 5), max_size=20), st.sampled_from([6, 2**62]))
def test_both_ways_of_sorting_keep_equals_as_they_stand(keys: list[int], below: int) -> None:
    order, ordered = stable_order(np.array(keys, dtype=np.int64), below=below)
    assert order.tolist() == sorted(range(len(keys)), key=keys.__getitem__)
    assert ordered.tolist() == sorted(keys)


# ---------------------------------------------------------------- by places

LESSON = 45 * MINUTE


@pytest.fixture
def timetable() -> PresenceIndex:
    """Lesson 0: 0, 1.  Lesson 1: 1, 2.  Lesson 2, next week: 0, 3.  Lesson 3, short: 0, 4."""
    rows = [(0, 0), (1, 0), (1, 1), (2, 1), (0, 2), (3, 2), (0, 3), (4, 3), (0, 0)]
    person, occasion = np.array(rows).T
    return PresenceIndex(
        person, occasion, moment=[100, 50, 9000, 200], seconds=[LESSON, LESSON, LESSON, 600]
    )


def test_who_was_in_the_same_lesson_is_a_contact_for_its_length(timetable: PresenceIndex) -> None:
    found = timetable.trace(0, since=0, until=5000)
    assert people(found.first) == [1]
    assert found.first.seconds.tolist() == [LESSON]  # the row given twice counts once
    assert people(found.second) == [2]
    assert found.second.via.tolist() == [1]
    assert people(timetable.contacts(0, since=0, until=9001)) == [1, 3]
    assert people(timetable.contacts(0, since=0, until=5000, minutes=10)) == [1, 4]


def test_in_order_the_lesson_before_does_not_count(timetable: PresenceIndex) -> None:
    assert people(timetable.trace(0, since=0, until=5000, in_order=True).second) == []


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 5)), min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 1800)), min_size=6, max_size=6),
    st.integers(0, 9),
    st.integers(0, 50),
    st.integers(0, 51),
    st.integers(1, 30),
)
@settings(max_examples=200)
def test_places_are_traced_as_all_their_pairs_would_be(
    rows: list[tuple[int, int]],
    occasions: list[tuple[int, int]],
    who: int,
    since: int,
    until: int,
    minutes: int,
) -> None:
    present = sorted(set(rows))
    pairs = [
        (a, b, *occasions[at])
        for a, at in present
        for b, other_at in present
        if a < b and at == other_at
    ]
    person, occasion = np.array(rows).T
    moment, seconds = np.array(occasions).T
    found = PresenceIndex(person, occasion, moment=moment, seconds=seconds).trace(
        who, since=since, until=until, minutes=minutes
    )
    first, second = plain_trace(pairs, who, since, until, minutes * MINUTE)
    assert set(people(found.first)) == first
    assert set(people(found.second)) == second


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": [-1]},
        {"person": [2**31]},
        {"occasion": [1]},
        {"occasion": [0, 0]},
        {"seconds": [-1]},
        {"seconds": [1, 1]},
    ],
)
def test_presence_without_meaning_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadParameter):
        PresenceIndex(**{"person": [0], "occasion": [0], "moment": [0], "seconds": [1], **wrong})
