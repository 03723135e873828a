"""The checker, as tables and as properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.duty.rules import Fault, Known, Span, Stand, check, cut, gaps, joined

START = datetime(2020, 2, 1, tzinfo=UTC)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def span(starts: float, ends: float) -> Span:
    return Span(at(starts), at(ends))


def faults(
    *stands: Stand, needed: tuple[Span, ...] = (), known: Known | None = None, has_head: bool = True
) -> list[tuple[str, int | None]]:
    found = check(
        needed={"OFFICER": needed}, stands=stands, known=known or Known(), has_head=has_head
    )
    return [(fault.kind, fault.person) for fault in found]


def stand(person: int, starts: float, ends: float, **more: Any) -> Stand:
    given = {"post": "OFFICER", "deputy": None} | more
    return Stand(person=person, span=span(starts, ends), **given)


def test_shifts_that_meet_leave_no_gap() -> None:
    assert faults(stand(1, 0, 12), stand(2, 12, 24), needed=(span(0, 24),)) == []


def test_a_minute_without_anybody_is_a_gap() -> None:
    found = check(
        needed={"OFFICER": [span(0, 24)]},
        stands=[stand(1, 0, 12), stand(2, 12 + 1 / 60, 24)],
        known=Known(),
        has_head=True,
    )
    assert found == [Fault("GAP", "OFFICER", None, Span(at(12), at(12) + timedelta(minutes=1)))]


def test_a_gap_over_midnight_is_one_gap() -> None:
    assert faults(needed=(span(0, 24), span(24, 48))) == [("GAP", None)]


def test_another_post_mans_nothing() -> None:
    assert faults(stand(1, 0, 24, post="GATE"), needed=(span(0, 24),)) == [("GAP", None)]


@pytest.mark.parametrize(
    "known,expected",
    [
        (Known(away={1: [span(5, 6)]}), [("AWAY", 1), ("GAP", None)]),
        (Known(away={1: [span(24, 48)]}), []),
        (Known(departed={1: at(20)}), [("DEPARTED", 1), ("GAP", None)]),
        (Known(departed={1: at(24)}), []),
        (Known(without_phone={1}), [("NO_PHONE", 1)]),
        (Known(unverified={1}), [("UNVERIFIED", 1)]),
        (Known(unverified={1}, without_phone={1}), [("NO_PHONE", 1)]),
        (Known(unverified={9}), []),
        (Known(busy={1: [span(23, 30)]}), [("TWICE", 1)]),
        (Known(busy={1: [span(24, 30)]}), []),
    ],
)
def test_what_is_known_of_a_person(known: Known, expected: list[tuple[str, int | None]]) -> None:
    assert faults(stand(1, 0, 24), needed=(span(0, 24),), known=known) == expected


def test_the_deputy_fills_the_gap_and_the_clash_is_named_all_the_same() -> None:
    away = Known(away={1: [span(0, 24)]})
    assert faults(stand(1, 0, 24, deputy=2), needed=(span(0, 24),), known=away) == [("AWAY", 1)]


def test_a_deputy_who_is_away_too_fills_nothing() -> None:
    away = Known(away={1: [span(0, 24)], 2: [span(0, 24)]})
    assert ("GAP", None) in faults(stand(1, 0, 24, deputy=2), needed=(span(0, 24),), known=away)


def test_two_for_the_same_hours_are_meant_so_and_two_for_a_part_are_not() -> None:
    assert faults(stand(1, 0, 24), stand(2, 0, 24)) == []
    assert faults(stand(1, 0, 24), stand(2, 12, 36)) == [("OVERLAP", 2)]


def test_one_person_on_two_posts_at_once_is_a_fault() -> None:
    assert faults(stand(1, 0, 12), stand(1, 6, 8, post="GATE")) == [("TWICE", 1)]


def test_a_unit_without_a_head_says_so() -> None:
    assert faults(has_head=False) == [("NO_HEAD", None)]


def test_the_same_fault_on_two_days_has_one_fingerprint() -> None:
    longer = Fault("GAP", "OFFICER", span=span(5, 9))
    assert longer.fingerprint == Fault("GAP", "OFFICER", span=span(5, 20)).fingerprint
    assert longer.fingerprint != Fault("GAP", "OFFICER", span=span(6, 9)).fingerprint


SPANS = st.builds(
    lambda starts, length: span(starts, starts + length),
    st.integers(0, 72),
    st.integers(1, 36),
)


@given(SPANS, st.lists(SPANS, max_size=8))
def test_every_hour_is_manned_or_a_gap_and_never_both(whole: Span, manned: list[Span]) -> None:
    holes = gaps(whole, manned)
    moment = whole.starts_at
    while moment < whole.ends_at:
        stood = any(one.covers(moment) for one in manned)
        assert stood != any(hole.covers(moment) for hole in holes)
        moment += timedelta(hours=1)


@given(SPANS, SPANS)
def test_a_cut_loses_no_time(whole: Span, hole: Span) -> None:
    rest = cut(whole, hole)
    length = sum((piece.ends_at - piece.starts_at for piece in rest), timedelta())
    taken = timedelta()
    if whole.touches(hole):
        common = whole.common(hole)
        taken = common.ends_at - common.starts_at
    assert length + taken == whole.ends_at - whole.starts_at
    assert not any(piece.touches(hole) for piece in rest)


@given(st.lists(SPANS, max_size=8))
def test_joined_spans_neither_touch_nor_lose_anything(spans: list[Span]) -> None:
    whole = joined(spans)
    assert all(one.ends_at < two.starts_at for one, two in pairwise(whole))
    for one in spans:
        assert gaps(one, whole) == []
