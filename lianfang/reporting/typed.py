"""What people type for a temperature or a day, read as they mean it. Pure.

Width, separators and units are forgiven; a value that has to be guessed is asked back.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from decimal import Decimal

from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy

_TEMPERATURE = re.compile(r"(\d{1,3})(?:[.,。．·点](\d{1,2}))?(?:°c|°|c|度|摄氏度)?")
_DEGREES_AND_TENTHS = re.compile(r"(\d{2})度(\d)")
_WITHOUT_POINT = re.compile(r"(3[4-9]|4[0-2])(\d)")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_DAY_IN_ONE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_WITHOUT_YEAR = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?")


class AskBack(ValueError):
    """The text cannot be taken as it is. `message` is a msgid, `context` its placeholders."""

    def __init__(self, message: str, **context: str) -> None:
        super().__init__(message % context if context else message)
        self.message = message
        self.context = context


def temperature(text: str) -> Decimal | None:
    """Degrees Celsius with one decimal; None for nothing. Raises `AskBack`.

    >>> temperature("３７．５"), temperature("37,5"), temperature("37.5℃"), temperature(" ")
    (Decimal('37.5'), Decimal('37.5'), Decimal('37.5'), None)
    """
    plain = tidy(text[:40]).lower().replace(" ", "")
    if not plain:
        return None
    tenths = _DEGREES_AND_TENTHS.fullmatch(plain)
    if tenths:
        plain = f"{tenths[1]}.{tenths[2]}"
    bare = _WITHOUT_POINT.fullmatch(plain)
    if bare:
        raise AskBack(_("Did you mean %(value)s?"), value=f"{bare[1]}.{bare[2]}")
    found = _TEMPERATURE.fullmatch(plain)
    if found is None:
        raise AskBack(_("Please write the temperature in figures, such as 36.5."))
    whole, decimals = found[1], found[2] or "0"
    if len(decimals) == 2 and not decimals.endswith("0"):
        nearest = Decimal(f"{whole}.{decimals}").quantize(Decimal("0.1"))
        raise AskBack(_("One decimal is enough. Did you mean %(value)s?"), value=str(nearest))
    return Decimal(f"{whole}.{decimals[0]}")


def day(text: str, *, today: date) -> date | None:
    """A day as a date picker or a person writes it; None for nothing. Raises `AskBack`.

    Without a year it is the nearest such day.

    >>> day("2020年2月3日", today=date(2020, 2, 4)) == day("2020/2/3", today=date(2020, 2, 4))
    True
    """
    plain = tidy(text[:40]).replace(" ", "")
    if not plain:
        return None
    whole = _DAY.fullmatch(plain) or _DAY_IN_ONE.fullmatch(plain)
    short = _DAY_WITHOUT_YEAR.fullmatch(plain)
    try:
        if whole:
            return date(int(whole[1]), int(whole[2]), int(whole[3]))
        if short:
            return _nearest(int(short[1]), int(short[2]), today)
    except ValueError:
        pass
    raise AskBack(_("Please write the day like this: %(value)s."), value=today.isoformat())


def _nearest(month: int, number: int, today: date) -> date:
    """The year in which the day lies nearest to today: in January, 12月30日 is last year's."""
    days = []
    for year in (today.year - 1, today.year, today.year + 1):
        with suppress(ValueError):  # 29 February
            days.append(date(year, month, number))
    return min(days, key=lambda d: abs((d - today).days))
