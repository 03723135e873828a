"""Periods on a list and how a newer list changes them; what is wrong with a file. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

ONE_DAY = timedelta(days=1)
FOR_EVER = date.max


class Period(NamedTuple):
    """Days from `start` to before `end`; no `end`: until a newer list says otherwise."""

    start: date
    end: date | None

    @property
    def last(self) -> date:
        return self.end or FOR_EVER


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: where, what stands there, why it will not do, what would.

    `text` and `cure` are msgids with %-placeholders out of `context`. Row 1 is the header.
    """

    row: int
    column: str
    value: str
    text: str
    cure: str
    context: Mapping[str, object] = field(default_factory=dict)


def overlap(one: Period, other: Period) -> bool:
    return one.start < other.last and other.start < one.last


def runs(listed: Iterable[date], days: Sequence[date]) -> list[Period]:
    """The periods for which an area stood on successive lists.

    `days` are the days of the file in order. A day without a list is covered by the one
    before it; a period that reaches the last list ends after it.
    """
    on_list = set(listed)
    periods: list[Period] = []
    start: date | None = None
    for day in days:
        if day in on_list:
            start = start or day
        elif start:
            periods.append(Period(start, day))
            start = None
    if start:
        periods.append(Period(start, days[-1] + ONE_DAY))
    return periods


def overlay(
    stored: Iterable[Period], new: Iterable[Period], *, first: date, last: date, is_latest: bool
) -> list[Period]:
    """One area's periods once lists for every day from `first` to `last` have spoken.

    Before `first` what is stored stays. The latest list holds until there is a newer one: an
    area on it stays listed, one that is not on it has left. Periods that were entered to begin
    after `last` stay as well.
    """
    stored, after = list(stored), last + ONE_DAY
    before = [_clip(period, end=first) for period in stored if period.start < first]
    if is_latest:
        later = [period for period in stored if period.start > last]
        new = [Period(p.start, None) if p.end == after else p for p in new]
    else:
        later = [_clip(period, start=after) for period in stored if period.last > after]
    return join([*before, *new, *later])


def _clip(period: Period, *, start: date = date.min, end: date = FOR_EVER) -> Period:
    last = min(period.last, end)
    return Period(max(period.start, start), None if last == FOR_EVER else last)


def join(periods: Iterable[Period]) -> list[Period]:
    """Periods in order, those that touch or overlap made one."""
    joined: list[Period] = []
    for period in sorted(periods, key=lambda p: (p.start, p.last)):
        if joined and period.start <= joined[-1].last:
            last = max(joined[-1].last, period.last)
            joined[-1] = Period(joined[-1].start, None if last == FOR_EVER else last)
        else:
            joined.append(period)
    return joined
