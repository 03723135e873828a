from __future__ import annotations

from datetime import date

import pytest

from lianfang.places.rules import Period, join, overlap, overlay, runs


def d(day: int) -> date:
    return date(2020, 2, day)


def p(start: int, end: int | None = None) -> Period:
    return Period(d(start), d(end) if end else None)


DAYS = [d(day) for day in (1, 2, 3, 5, 6)]  # nobody made a list on the 4th


@pytest.mark.parametrize(
    "listed, periods",
    [
        ([], []),
        ([1, 2, 3, 5, 6], [p(1, 7)]),
        ([3, 5], [p(3, 6)]),  # the list of the 3rd held on the 4th
        ([1, 3, 6], [p(1, 2), p(3, 5), p(6, 7)]),
    ],
)
def test_successive_lists_make_periods(listed: list[int], periods: list[Period]):
    assert runs([d(day) for day in listed], DAYS) == periods


@pytest.mark.parametrize(
    "stored, new, first, last, is_latest, result",
    [
        # the first list: what is on it stays until a newer list
        ([], [p(3, 7)], 1, 6, True, [p(3)]),
        ([], [p(3, 5)], 1, 6, True, [p(3, 5)]),
        # the next day's list: still on it, or gone
        ([p(3)], [p(7, 8)], 7, 7, True, [p(3)]),
        ([p(3)], [], 7, 7, True, [p(3, 7)]),
        ([p(3, 5)], [p(7, 8)], 7, 7, True, [p(3, 5), p(7)]),
        # a longer file that says the same again
        ([p(3)], [p(3, 9)], 1, 8, True, [p(3)]),
        # a correction of the past
        ([p(3)], [p(5, 9)], 1, 8, True, [p(5)]),
        ([p(3)], [], 1, 8, True, []),
        # an older list, read late: newer ones keep their word
        ([p(3)], [], 4, 4, False, [p(3, 4), p(5)]),
        ([p(6)], [p(2, 3)], 2, 2, False, [p(2, 3), p(6)]),
        ([p(3, 5)], [p(5, 6)], 5, 5, False, [p(3, 6)]),
        # entered by hand to begin after the list
        ([p(20)], [], 7, 7, True, [p(20)]),
    ],
)
def test_a_list_speaks_for_its_days(
    stored: list[Period],
    new: list[Period],
    first: int,
    last: int,
    is_latest: bool,
    result: list[Period],
):
    answer = overlay(stored, new, first=d(first), last=d(last), is_latest=is_latest)
    assert answer == result
    again = overlay(answer, new, first=d(first), last=d(last), is_latest=is_latest)
    assert again == answer


def test_periods_that_touch_become_one():
    assert join([p(5, 7), p(1, 3), p(3, 5), p(9)]) == [p(1, 7), p(9)]
    assert join([p(1), p(3, 5)]) == [p(1)]


def test_half_open_periods_that_touch_do_not_overlap():
    assert not overlap(p(1, 3), p(3, 5))
    assert overlap(p(1, 4), p(3, 5))
    assert overlap(p(1), p(9))
