"""The signs of copied reporting, as a table of small cases."""

from __future__ import annotations

import numpy as np
import pytest

from lianfang.doubts.copied import (
    Reports,
    days_at_once,
    days_in_same_second,
    longest_run,
    signs_of,
)
from lianfang.rulebook.honesty_policy import HonestyPolicy, faults_of

POLICY = HonestyPolicy()


@pytest.mark.parametrize(
    "seconds, days",
    [
        ([-1, -1, -1], 0),
        ([100, -1, -1], 1),
        ([100, 104, 109], 2),  # ± 2 is a span of 4
        ([100, 102, 104], 3),
        ([100, 105, 110], 1),
        ([104, 100, -1, 102, 9000, 103], 4),
        ([86_399, 86_399, -1, -1], 2),
    ],
)
def test_days_in_the_same_second(seconds: list[int], days: int) -> None:
    assert days_in_same_second(np.array([seconds]), spread=2).tolist() == [days]


@pytest.mark.parametrize(
    "marks, run",
    [
        ([5, 5, 5], 3),
        ([5, 5, 6, 6, 6, 6], 4),
        ([5, -1, 5, 5], 3),  # a day without a report is passed over
        ([5, 0, 5, 5], 2),  # a report without a temperature is not the same as anything
        ([0, 0, 0, 0], 0),
        ([-1, -1], 0),
        ([1, 2, 3], 1),
    ],
)
def test_the_longest_run_of_equal_answers(marks: list[int], run: int) -> None:
    row = np.array([marks])
    reported = row >= 0
    assert longest_run(np.where(reported, row, 0), reported=reported).tolist() == [run]


def test_a_class_at_once_marks_those_in_the_window_and_nobody_else() -> None:
    second = np.array([100, 101, 100, 102, 500, 100])
    unit = np.array([1, 1, 1, 1, 1, 2])
    policy = HonestyPolicy(bulk_people=3, bulk_seconds=1, bulk_share=0.1)
    hit = days_at_once(
        unit=unit, day=np.zeros(6, dtype=np.int64), second=second, sizes={1: 10, 2: 10},
        policy=policy,
    )  # fmt: skip
    assert hit.tolist() == [1, 1, 1, 0, 0, 0]


def test_a_large_class_needs_more_than_a_few_at_once() -> None:
    reports = _reports({pk: [(day, 100, 0) for day in range(3)] for pk in range(8)}, unit=1)
    assert len(signs_of(reports, sizes={1: 20}, policy=POLICY)) == 8
    assert signs_of(reports, sizes={1: 60}, policy=POLICY) == {}


def test_once_at_once_is_a_lesson_and_twice_is_a_sign() -> None:
    once = {pk: [(0, 100, 0), (1, 100 + 60 * pk, 0)] for pk in range(10)}
    assert signs_of(_reports(once, unit=1), sizes={1: 10}, policy=POLICY) == {}


def test_each_sign_is_named_and_the_halves_together_are_one() -> None:
    people = {
        1: [(day, 100, day + 1) for day in range(7)],
        2: [(day, 1000 * day, 9) for day in range(7)],
        3: [(day, 100, 9) for day in range(4)]
        + [(day, 1000 * day, day + 20) for day in range(4, 9)],
        4: [(day, 1000 * day, day + 1) for day in range(9)],
    }
    found = signs_of(_reports(people, unit=None), sizes={}, policy=POLICY)
    assert found == {1: ("SAME_SECOND",), 2: ("SAME_ANSWERS",), 3: ("COMBINED",)}


def test_what_lies_before_the_window_is_not_looked_at() -> None:
    old = [(day, 100, 9) for day in range(7)] + [(30, 5, 1)]
    assert signs_of(_reports({1: old}, unit=None), sizes={}, policy=POLICY) == {}


def test_no_report_is_no_sign() -> None:
    nothing = np.array([], dtype=np.int64)
    empty = Reports(nothing, nothing, nothing, nothing, nothing)
    assert signs_of(empty, sizes={}, policy=POLICY) == {}
    with pytest.raises(ValueError, match="different lengths"):
        Reports(nothing, nothing, nothing, nothing, np.array([1]))


def _reports(people: dict[int, list[tuple[int, int, int]]], *, unit: int | None) -> Reports:
    rows = [
        (pk, pk if unit is None else unit, day, second, mark)
        for pk, days in people.items()
        for day, second, mark in days
    ]
    return Reports(*np.array(rows, dtype=np.int64).T)


@pytest.mark.parametrize(
    "table, part",
    [
        ({"bulk_share": 0}, "bulk_share"),
        ({"same_second_days": 0}, "same_second_days"),
        ({"same_answers_days": 20}, "longer than the window"),
        ({"typo": 3}, "no such parameter"),
        ({"at": "25:99"}, "no time of day"),
        ({"window_days": True}, "window_days"),
    ],
)
def test_a_faulty_parameter_is_named(table: dict[str, object], part: str) -> None:
    assert any(part in fault for fault in faults_of(table))


def test_the_usual_parameters_have_no_fault() -> None:
    assert faults_of({}) == []
