"""Floors out of room numbers, and how far two seats lie apart."""

from __future__ import annotations

import pytest

from lianfang.groups.rules import (
    GroupRef,
    floor_of,
    floor_ref,
    parts_of,
    room_ref,
    seat_at,
    seats_apart,
)


@pytest.mark.parametrize(
    "building, room, floor",
    [
        ("6栋", "101", "1"),
        ("6栋", "1203", "12"),
        ("6栋", "0305", "3"),
        ("6栋", "2-305", "3"),
        ("6栋", "B305", "3"),
        ("6栋", "305室", "3"),
        ("6栋", "3楼东", "3"),
        ("6栋", "3F-12", "3"),
        ("6栋", "17", ""),
        ("6栋", "东一间", ""),
        ("6栋", "", ""),
        ("6栋", "9901", ""),
        ("6栋", "123456", ""),
    ],
)
def test_the_floor_is_read_out_of_the_room_number_or_left_open(
    building: str, room: str, floor: str
) -> None:
    assert floor_of(building, room) == floor


def test_a_floor_that_was_stored_wins() -> None:
    assert floor_of("6栋", "101", {("6栋", "101"): "地下1"}) == "地下1"
    assert floor_of("7栋", "101", {("6栋", "101"): "地下1"}) == "1"


@pytest.mark.parametrize(
    "building, room", [("6栋", "101"), ("6/7栋", "1/2"), ("50%", "%2F"), ("", "101")]
)
def test_a_code_gives_back_what_made_it(building: str, room: str) -> None:
    assert parts_of(room_ref(building, room).code) == (building, room)


def test_the_name_of_a_floor_says_building_and_floor() -> None:
    assert floor_ref("6栋", "1") == GroupRef("FLOOR", "6栋/1", "6栋1层")


@pytest.mark.parametrize(
    "one, other, apart",
    [
        ("3排5座", "3排5座", 0),
        ("3-5", "3-6", 1),
        ("3-5", "5-6", 2),
        ("12F", "12D", 2),
        ("12F", "13F", 1),
        ("5桌2", "5桌3", 1),
        ("靠窗", "3-5", None),
        ("", "3-5", None),
        ("7", "8", None),
    ],
)
def test_seats_lie_so_far_apart(one: str, other: str, apart: int | None) -> None:
    assert seats_apart(one, other) == apart
    assert seats_apart(other, one) == apart


def test_a_seat_in_words_has_no_place() -> None:
    assert seat_at("第一排") is None
