"""A day as people say it: 2月1日 周六, Sat 1 Feb. ISO dates are for files and machines."""

from __future__ import annotations

from datetime import date

_ZH = "一二三四五六日"
_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_in_words(day: date, *, language: str | None, beside: date | None = None) -> str:
    """The year is said where the day stands `beside` one of another year.

    >>> day_in_words(date(2020, 2, 1), language="en")
    'Sat 1 Feb'
    >>> day_in_words(date(2019, 9, 1), language="zh-hans", beside=date(2020, 2, 1))
    '2019年9月1日 周日'
    """
    year = day.year if beside is not None and beside.year != day.year else None
    if (language or "").startswith("en"):
        said = f"{_EN[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
        return f"{said} {year}" if year else said
    said = f"{day.month}月{day.day}日 周{_ZH[day.weekday()]}"
    return f"{year}年{said}" if year else said


def days_in_words(
    first: date, last: date, *, language: str | None, beside: date | None = None
) -> str:
    """A stretch of days; one day is said once.

    >>> days_in_words(date(2020, 1, 31), date(2020, 2, 1), language="en")
    'Fri 31 Jan – Sat 1 Feb'
    """
    begins = day_in_words(first, language=language, beside=beside)
    return (
        begins
        if first == last
        else f"{begins} – {day_in_words(last, language=language, beside=beside)}"
    )
