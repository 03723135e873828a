"""The order of candidates with its reasons, and the fair sharing of visits."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.contacts.rules import (
    Encounter,
    Nearness,
    home_key,
    rank,
    reason_of,
    same_coach,
    share_out,
    vehicle_number,
    window_from,
)
from lianfang.rulebook.contact_policy import WEIGHTS

D1, D9 = date(2020, 2, 1), date(2020, 2, 9)
NEAR = Nearness(WEIGHTS, near_rows=2, journey_rows=3, long_minutes=15)


def way(kind: str, person: int = 1, **more: Any) -> Encounter:
    return Encounter(person, kind, kind.lower(), D1, D9, **more)


@pytest.mark.parametrize(
    "one, points",
    [
        (way("ROOM"), 100),
        (way("HOME"), 100),
        (way("FLOOR"), 10),
        (way("CLASS"), 10),
        (way("UNIT"), 10),
        (way("COURSE", minutes=90, times=1), 2),
        (way("COURSE", minutes=45 * 99, times=50), 30),
        (way("COURSE", minutes=90, seat_of_case="3-5", seat="3-6"), 62),
        (way("COURSE", minutes=90, seat_of_case="3-5", seat="5-5"), 42),
        (way("COURSE", minutes=90, seat_of_case="3-5", seat="6-5"), 2),
        (way("COURSE", minutes=90, seat_of_case="3-5", seat=""), 2),
        (way("OFFICE"), 30),
        (way("CANTEEN", minutes=420, seat_of_case="5桌1", seat="5桌6"), 69),
        (way("CANTEEN", minutes=420, seat_of_case="5桌1", seat="6桌1"), 9),
        (way("ACTIVITY", minutes=120), 20),
        (way("JOURNEY", seat_of_case="03车12F", seat="03车12D"), 70),
        (way("JOURNEY", seat_of_case="03车12F", seat="03车12E"), 90),
        (way("JOURNEY", seat_of_case="03车12F", seat="04车12E"), 30),
        (way("JOURNEY", seat_of_case="03车12F", seat="03车16F"), 30),
        (way("JOURNEY", seat_of_case="03车12F", seat="03车12A"), 70),
        (way("JOURNEY", seat_of_case="03车12F", seat="03车9A"), 70),
        (way("VEHICLE", minutes=10), 30),
        (way("COURSE", minutes=14), None),
        (way("ACTIVITY", minutes=10), None),
    ],
)
def test_each_way_of_meeting_has_its_points(one: Encounter, points: int | None) -> None:
    reason = reason_of(one, NEAR)
    assert (reason.points if reason else None) == points


def test_the_likeliest_comes_first_and_the_sum_can_be_read_back() -> None:
    ranked = rank(
        [
            way("FLOOR", 3), way("CLASS", 2), way("COURSE", 2, minutes=900),
            way("ROOM", 1), way("CLASS", 1), way("ACTIVITY", 9, minutes=5),
        ],
        NEAR,
    )  # fmt: skip
    assert [(one.person, one.score) for one in ranked] == [(1, 110), (2, 30), (3, 10)]
    assert all(one.score == sum(reason.points for reason in one.reasons) for one in ranked)
    assert [reason.kind for reason in ranked[0].reasons] == ["ROOM", "CLASS"]


@pytest.mark.parametrize(
    "text, number",
    [("G1234", "G1234"), ("g 1234次", "G1234"), ("CA-1402", "CA1402"), ("K9", "K9"),
     ("3U8633航班", "3U8633"), ("车次 g8501", "G8501"), ("CA", ""), ("自驾", ""), ("", "")],
)  # fmt: skip
def test_numbers_of_trains_and_flights_are_comparable(text: str, number: str) -> None:
    assert vehicle_number(text) == number


@pytest.mark.parametrize(
    "address, is_exact",
    [("达州市通川区西外镇龙泉路12号3栋502", True), ("达州市通川区", False), ("", False),
     ("12号", False), ("四川省达州市大竹县文星镇红旗村", False)],
)  # fmt: skip
def test_an_address_without_a_number_is_no_household(address: str, is_exact: bool) -> None:
    assert bool(home_key(address)) is is_exact


def test_two_coaches_are_not_one() -> None:
    assert not same_coach("03车12F", "04车12F")
    assert same_coach("03车12F", "3号车厢11A")


@pytest.mark.parametrize(
    "anchor, days, begins",
    [
        ("2020-02-01", 0, "2020-02-01"),
        ("2020-03-01", 2, "2020-02-28"),
        ("2020-01-01", 4, "2019-12-28"),
    ],
)
def test_the_window_counts_days_back_over_months_and_leap_years(
    anchor: str, days: int, begins: str
) -> None:
    assert window_from(date.fromisoformat(anchor), days).isoformat() == begins


# ---------------------------------------------------------------- sharing out


@pytest.mark.parametrize(
    "waiting, team, held, shared",
    [
        ([], [7], {}, {}),
        ([1, 2], [], {}, {}),
        ([1, 2, 3], [7], {}, {1: 7, 2: 7, 3: 7}),
        ([1, 2, 3, 4], [7, 8], {}, {1: 7, 2: 8, 3: 7, 4: 8}),
        ([1, 2, 3, 4], [7, 8], {1: 8, 2: 8}, {1: 8, 2: 8, 3: 7, 4: 7}),
        ([1, 2, 3, 4], [7, 8], {1: 7, 2: 7, 3: 7}, {1: 7, 2: 7, 4: 8, 3: 8}),
        ([1, 2, 3], [7, 8], {1: 8, 2: 8, 3: 7}, {1: 8, 2: 8, 3: 7}),
        ([1, 2, 3], [7, 8], {1: 9, 2: 9, 3: 9}, {1: 7, 2: 7, 3: 8}),
        ([1, 2], [7, 8, 9], {1: 9}, {1: 9, 2: 7}),
        ([1, 2], [7, 7, 8], {}, {1: 7, 2: 8}),
    ],
)
def test_contacts_are_shared_out(
    waiting: list[int], team: list[int], held: dict[int, int], shared: dict[int, int]
) -> None:
    assert share_out(waiting, team, held) == shared


@given(
    st.integers(0, 60),
    st.integers(1, 9),
    st.dictionaries(st.integers(0, 59), st.integers(0, 12), max_size=60),
)
def test_sharing_is_fair_to_one_and_moves_no_more_than_it_must(
    n: int, k: int, held: dict[int, int]
) -> None:
    waiting, team = list(range(n)), list(range(k))
    given_out = share_out(waiting, team, held)
    counts = sorted(list(given_out.values()).count(one) for one in team)
    assert set(given_out) == set(waiting)
    assert counts[-1] - counts[0] <= 1
    kept = sum(given_out[item] == held.get(item) for item in waiting)
    least, more = divmod(n, k)
    held_counts = sorted((sum(held.get(i) == one for i in waiting) for one in team), reverse=True)
    most = sum(min(c, least + (place < more)) for place, c in enumerate(held_counts))
    assert kept == most
    assert share_out(waiting, team, given_out) == given_out
