"""Signs of copied or robotic reporting, on arrays. Pure.

One row is one report that somebody sent for themself on one day. Three signs: the same second
of the day, the same answers with the same temperature, a whole class at once; and the first two
together, each at half length. No place, no device, no address is looked at. What it finds and
what it misses: docs/honest_reports.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lianfang.rulebook.honesty_policy import HonestyPolicy

SAME_SECOND = "SAME_SECOND"
SAME_ANSWERS = "SAME_ANSWERS"
AT_ONCE = "AT_ONCE"
COMBINED = "COMBINED"
SIGNS = (SAME_SECOND, SAME_ANSWERS, AT_ONCE, COMBINED)
_DAY_S = 86_400

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reports:
    """Parallel columns, in any order, at most one row per person and day.

    `person`, `unit`: keys. `day`: whole days, any origin. `second`: second of the day, 0 to
    86,399. `answers`: equal numbers mean equal answers with an equal temperature; 0 where no
    temperature was given, which is never a sign.
    """

    person: Ints
    unit: Ints
    day: Ints
    second: Ints
    answers: Ints

    def __post_init__(self) -> None:
        columns = (self.person, self.unit, self.day, self.second, self.answers)
        if len({len(column) for column in columns}) != 1:
            raise ValueError("the columns have different lengths")


def signs_of(
    reports: Reports, *, sizes: Mapping[int, int], policy: HonestyPolicy
) -> dict[int, tuple[str, ...]]:
    """Each person with at least one sign, and which. `sizes` is how many belong to each unit.

    Only the last `window_days` days up to the newest are looked at.
    """
    if len(reports.day) == 0:
        return {}
    seen = reports.day > reports.day.max() - policy.window_days
    person, row = np.unique(reports.person[seen], return_inverse=True)
    column = (reports.day[seen] - reports.day[seen].min()).astype(np.int64)
    shape = (len(person), int(column.max()) + 1)
    second = np.full(shape, -1, dtype=np.int64)
    answers = np.zeros(shape, dtype=np.int64)
    second[row, column] = reports.second[seen]
    answers[row, column] = reports.answers[seen]
    timed = days_in_same_second(second, spread=policy.same_second_spread_s)
    alike = longest_run(answers, reported=second >= 0)
    at_once = days_at_once(
        unit=reports.unit[seen], day=column, second=reports.second[seen], sizes=sizes,
        policy=policy,
    )  # fmt: skip
    crowd = np.bincount(row, weights=at_once, minlength=len(person))
    found = {
        SAME_SECOND: timed >= policy.same_second_days,
        SAME_ANSWERS: alike >= policy.same_answers_days,
        AT_ONCE: crowd >= policy.bulk_days,
        COMBINED: (timed >= policy.both_second_days) & (alike >= policy.both_answers_days),
    }
    return _by_person(person, found)


def _by_person(person: Ints, found: Mapping[str, Flags]) -> dict[int, tuple[str, ...]]:
    flagged = np.flatnonzero(np.any(list(found.values()), axis=0))
    return {int(person[n]): tuple(sign for sign in SIGNS if found[sign][n]) for n in flagged}


def days_in_same_second(second: Ints, *, spread: int) -> Ints:
    """For each person: on how many days the second lies within ± `spread` of one another.

    `second` is persons × days, -1 where nobody reported. A row of one report counts 1.
    """
    people, days = second.shape
    gone = np.where(second < 0, _DAY_S * 10, second)
    ordered = np.sort(gone, axis=1)
    best = np.zeros(people, dtype=np.int64)
    for k in range(1, days + 1):
        within = ordered[:, k - 1 :] - ordered[:, : days - k + 1] <= 2 * spread
        real = ordered[:, k - 1 :] < _DAY_S
        best = np.where(np.any(within & real, axis=1), k, best)
    return best


def longest_run(answers: Ints, *, reported: Flags) -> Ints:
    """For each person: over how many reports in a row the answers were the same.

    A day without a report is passed over; a report without a temperature (0) ends the run.
    """
    people, days = answers.shape
    last = np.zeros(people, dtype=np.int64)
    run = np.zeros(people, dtype=np.int64)
    best = np.zeros(people, dtype=np.int64)
    for d in range(days):
        here, now = reported[:, d], answers[:, d]
        same = here & (now != 0) & (now == last)
        run = np.where(same, run + 1, np.where(here, (now != 0).astype(np.int64), run))
        last = np.where(here, now, last)
        best = np.maximum(best, run)
    return best


def days_at_once(
    *, unit: Ints, day: Ints, second: Ints, sizes: Mapping[int, int], policy: HonestyPolicy
) -> Ints:
    """For each row: 1 when it came with many of its unit within `bulk_seconds`, else 0."""
    order = np.lexsort((second, day, unit))
    _units, group = np.unique(np.stack([unit, day], axis=1)[order], axis=0, return_inverse=True)
    moment = group.reshape(-1).astype(np.int64) * (_DAY_S * 2) + second[order]
    end = np.searchsorted(moment, moment + policy.bulk_seconds, side="right")
    together = end - np.arange(len(moment))
    need = np.array([_enough(int(u), sizes, policy) for u in unit[order]], dtype=np.int64)
    starts = together >= need
    # A window that is full marks every row from its first to its last.
    marks = np.zeros(len(moment) + 1, dtype=np.int64)
    np.add.at(marks, np.flatnonzero(starts), 1)
    np.add.at(marks, end[starts], -1)
    hit = (np.cumsum(marks[:-1]) > 0).astype(np.int64)
    back = np.empty(len(hit), dtype=np.int64)
    back[order] = hit
    return back


def _enough(unit: int, sizes: Mapping[int, int], policy: HonestyPolicy) -> int:
    return max(policy.bulk_people, int(np.ceil(policy.bulk_share * sizes.get(unit, 0))))
