"""Holidays and the Saturdays that are worked for them, from the maintained package `holidays`.

The State Council announces each year's days off in the autumn before; for years that nobody has
announced yet the package knows the fixed days only, and `is_announced` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DayKind:
    """`name` is the holiday in Chinese or English, empty on an ordinary day."""

    name: str
    is_workday: bool
    is_made_up: bool  # a day of a weekend that is worked in exchange for a holiday


@lru_cache(maxsize=64)
def _year(year: int, language: str) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=[year], language=language)


@lru_cache(maxsize=4096)
def kind_of(day: date, language: str = "zh-hans") -> DayKind:
    """What sort of day it is.

    >>> kind_of(date(2020, 2, 1)).name
    '春节延长假期'
    >>> kind_of(date(2020, 1, 19)).is_made_up
    True
    """
    known = _year(day.year, "en_US" if language.startswith("en") else "zh_CN")
    works = known.is_working_day(day)
    return DayKind(
        name=known.get(day) or "",
        is_workday=works,
        is_made_up=works and day.weekday() >= SATURDAY,
    )


@lru_cache(maxsize=64)
def is_announced(year: int) -> bool:
    """Whether the days off of a year, with what is worked for them, are known."""
    return any(day.year == year for day in _year(year, "zh_CN").weekend_workdays)


def runs_on(days: str, day: date) -> bool:
    """Whether something that holds on EVERY day, on WORKDAYS or on FREE days holds on this one."""
    if days == "EVERY":
        return True
    return kind_of(day).is_workday == (days == "WORKDAYS")
