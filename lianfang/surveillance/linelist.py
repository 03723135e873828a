"""From a line list to a series: cases per day, ISO week or month, with the empty ones counted as 0.

The form of R `surveillance::linelist2sts`.  Weeks begin on Monday and carry the year of ISO 8601,
so 2019-12-30 lies in week 1 of 2020.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from lianfang.surveillance.detection import BadParameter, SurveillanceError

Epoch = Literal["day", "week", "month"]

FREQ: Final = {"day": 365, "week": 52, "month": 12}
_MONDAY: Final = 3  # 1970-01-05, day 4 of the epoch, was a Monday: (day + 3) // 7 counts weeks


class NoDates(SurveillanceError):
    """A line list without a single date has no first epoch."""


@dataclass(frozen=True, slots=True, eq=False)
class EpochSeries:
    """Cases per epoch, without gaps.

    starts_on: the first day of each epoch.  observed (n,): cases.  undated: cases that have no
    date and are in no epoch.  start_year, start_epoch: the first epoch as a year (the ISO year for
    weeks) with its day of the year, ISO week or month.  freq: epochs per year, 365, 52 or 12.
    """

    by: Epoch
    starts_on: tuple[date, ...]
    observed: npt.NDArray[np.int64]
    undated: int
    start_year: int
    start_epoch: int
    freq: int


def aggregate(
    dates: Sequence[date | None],
    *,
    by: Epoch,
    since: date | None = None,
    until: date | None = None,
) -> EpochSeries:
    """Count cases per epoch from the first to the last of the dates.

    dates: one per case, None = unknown.  since, until: days whose epochs the series must reach
    (both included), so that a quiet stretch before or after the cases is a run of zeros.

    Raises NoDates where neither a case nor `since`/`until` gives a date, and BadParameter for an
    unknown epoch or a case outside `since`..`until`.
    """
    if by not in FREQ:
        raise BadParameter("by", by, "day, week or month")
    known = [day for day in dates if day is not None]
    if not known and (since is None or until is None):
        raise NoDates("no case has a date, and since and until were not both given")
    first, last = since or min(known), until or max(known)
    outside = [day for day in known if not first <= day <= last]
    if outside:
        raise BadParameter("dates", outside[0].isoformat(), f"a day from {first} to {last}")
    start, end = (int(_number(np.array([day], "datetime64[D]"), by)[0]) for day in (first, last))
    numbers = _number(np.array(known, dtype="datetime64[D]"), by)
    starts_on = _starts_on(np.arange(start, end + 1), by)
    year, epoch = _name(starts_on[0], by)
    return EpochSeries(
        by=by,
        starts_on=starts_on,
        observed=np.bincount(numbers - start, minlength=end - start + 1),
        undated=len(dates) - len(known),
        start_year=year,
        start_epoch=epoch,
        freq=FREQ[by],
    )


def _number(days: npt.NDArray[np.datetime64], by: Epoch) -> npt.NDArray[np.int64]:
    if by == "month":
        return days.astype("datetime64[M]").astype(np.int64)
    number = days.astype(np.int64)
    return number if by == "day" else (number + _MONDAY) // 7


def _starts_on(numbers: npt.NDArray[np.int64], by: Epoch) -> tuple[date, ...]:
    if by == "month":
        first_days = numbers.astype("datetime64[M]").astype("datetime64[D]")
    else:
        first_days = (numbers if by == "day" else numbers * 7 - _MONDAY).astype("datetime64[D]")
    return tuple(first_days.tolist())


def _name(first_day: date, by: Epoch) -> tuple[int, int]:
    if by == "week":
        return first_day.isocalendar()[:2]
    if by == "month":
        return first_day.year, first_day.month
    return first_day.year, first_day.timetuple().tm_yday
