"""Times as people type them, and the turns that come of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.duty.calendar import is_announced, kind_of, runs_on
from lianfang.duty.plan import BadTimes, Slot, needed, read_slots, span_of, turns


@pytest.mark.parametrize(
    "text,expected",
    [
        ("22:00-06:00", [(time(22), 480)]),
        ("08:00-08:00", [(time(8), 1440)]),
        ("0:00-24:00", [(time(0), 1440)]),
        ("06:00-14:00,14:00-22:00,22:00-06:00", [(time(6), 480), (time(14), 480), (time(22), 480)]),
        ("22:00–06:00、06:00~14:00", [(time(6), 480), (time(22), 480)]),
        ("２２:００至０６:００", [(time(22), 480)]),
        ("8:00 - 8:30", [(time(8), 30)]),
    ],
)
def test_times_are_read_as_they_are_typed(text: str, expected: list[tuple[time, int]]) -> None:
    assert [(slot.begins, slot.minutes) for slot in read_slots(text)] == expected


@pytest.mark.parametrize(
    "text",
    ["", "  ", "8", "25:00-26:00", "22:00", "22:60-23:00", "08:00-24:30", "night", "22:00-06:00 x"],
)
def test_what_is_no_time_is_named(text: str) -> None:
    with pytest.raises(BadTimes):
        read_slots(text)


def days(*, how: str = "SHIFT", slots: int = 1, places: int = 2, count: int = 6) -> list[int]:
    first = date(2020, 2, 6)  # a Thursday
    made = turns(
        slots=[Slot(time(8 * n), 480) for n in range(slots)],
        places=places,
        how=how,
        first=first,
        starts=first,
        ends=first + timedelta(days=count),
        runs_on=lambda _day: True,
    )
    return [turn.place for turn in made]


def test_the_next_person_comes_with_the_shift_the_day_or_the_monday() -> None:
    assert days(slots=3, count=2, places=2) == [0, 1, 0, 1, 0, 1]
    assert days(how="DAY", slots=3, count=2) == [0, 0, 0, 1, 1, 1]
    assert days(how="WEEK", count=6) == [0, 0, 0, 0, 1, 1]


def test_a_day_on_which_it_does_not_run_passes_nobody_over() -> None:
    first = date(2020, 2, 3)
    made = turns(
        slots=[Slot(time(8), 480)], places=3, how="DAY", first=first, starts=first,
        ends=first + timedelta(days=14), runs_on=lambda day: runs_on("WORKDAYS", day),
    )  # fmt: skip
    assert [turn.place for turn in made] == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]


@given(st.integers(1, 40), st.integers(0, 40), st.integers(1, 5))
def test_pieces_made_one_after_the_other_are_the_whole(length: int, seam: int, places: int) -> None:
    first = date(2020, 2, 20)

    def made(starts: int, ends: int) -> list[object]:
        return list(
            turns(
                slots=[Slot(time(6), 720), Slot(time(18), 720)], places=places, how="SHIFT",
                first=first, starts=first + timedelta(days=starts),
                ends=first + timedelta(days=ends), runs_on=lambda day: runs_on("FREE", day),
            )
        )  # fmt: skip

    seam = min(seam, length)
    assert made(0, seam) + made(seam, length) == made(0, length)


def test_a_shift_keeps_its_hours_on_the_wall_where_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = span_of(date(2020, 3, 28), Slot(time(22), 480), berlin)
    assert night.starts_at == datetime(2020, 3, 28, 21, tzinfo=UTC)
    assert night.ends_at.astimezone(berlin).time() == time(6)
    assert night.ends_at - night.starts_at == timedelta(hours=7)


def test_around_the_clock_is_every_day_from_midnight_to_midnight() -> None:
    wanted = needed(
        slot=None, starts=date(2020, 2, 28), ends=date(2020, 3, 2), runs_on=lambda _day: True
    )
    assert len(wanted) == 3  # 28, 29 February, 1 March
    assert all(one.ends_at == two.starts_at for one, two in pairwise(wanted))


def test_a_saturday_that_is_worked_is_a_working_day() -> None:
    assert kind_of(date(2020, 1, 19)).is_made_up
    assert runs_on("WORKDAYS", date(2020, 1, 19))
    assert not runs_on("WORKDAYS", date(2020, 1, 31))
    assert kind_of(date(2020, 2, 2)).name == "春节延长假期"
    assert kind_of(date(2020, 1, 25), "en").name == "Chinese New Year (Spring Festival)"


def test_a_year_that_nobody_has_announced_says_so() -> None:
    assert is_announced(2020)
    assert not is_announced(2099)
