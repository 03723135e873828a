"""From "who in which order, at which times" to single shifts. Pure.

Days are business days in Shanghai; the zone is given, so that a college elsewhere, or a change
of the clocks, gets shifts that begin at the hour that is written down.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lianfang.duty.rules import Span
from lianfang.kernel.clock import SHANGHAI
from lianfang.kernel.texts import tidy

DAY_MINUTES = 24 * 60
_TIMES = re.compile(r"^(\d{1,2}):?(\d{2})[-–~至到](\d{1,2}):?(\d{2})$")
_BETWEEN = re.compile(r"[,;,;、\n]+")


class BadTimes(ValueError):
    """The text names no times of day; `part` is the piece that could not be read."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


@dataclass(frozen=True, slots=True)
class Slot:
    """A shift's time of day and its length. 22:00 for 480 minutes ends at 06:00."""

    begins: time
    minutes: int


def read_slots(text: str) -> list[Slot]:
    """`22:00-06:00, 06:00-14:00`; the same time twice is a whole day. Raises `BadTimes`.

    >>> [s.minutes for s in read_slots("22:00-06:00, 08:00-08:00")]
    [1440, 480]
    """
    slots = []
    for part in filter(None, (piece.replace(" ", "") for piece in _BETWEEN.split(tidy(text)))):
        found = _TIMES.match(part)
        if found is None:
            raise BadTimes(part)
        hours = [int(number) for number in found.groups()]
        try:
            begins, ends = time(hours[0], hours[1]), time(hours[2] % 24, hours[3])
        except ValueError as error:
            raise BadTimes(part) from error
        if hours[2] > 24 or (hours[2] == 24 and hours[3]):
            raise BadTimes(part)
        slots.append(Slot(begins, _minutes_between(begins, ends)))
    if not slots:
        raise BadTimes(text.strip())
    return sorted(slots, key=lambda slot: slot.begins)


def _minutes_between(begins: time, ends: time) -> int:
    minutes = (ends.hour - begins.hour) * 60 + ends.minute - begins.minute
    return minutes if minutes > 0 else minutes + DAY_MINUTES


@dataclass(frozen=True, slots=True)
class Turn:
    """One shift of a rotation and whose it is: the place in the order."""

    span: Span
    place: int


def turns(
    *,
    slots: Sequence[Slot],
    places: int,
    how: str,
    first: date,
    starts: date,
    ends: date,
    runs_on: Callable[[date], bool],
    zone: ZoneInfo = SHANGHAI,
) -> Iterator[Turn]:
    """The shifts that begin on the days from `starts` to `ends` (exclusive).

    Counted from `first`, so that a later piece continues where an earlier one ended. `how` is
    SHIFT, DAY or WEEK; days on which the rotation does not run pass nobody over.
    """
    if not places or not slots:
        return
    count, day = 0, first
    while day < ends:
        if runs_on(day):
            for slot in slots:
                place = (_week(day, first) if how == "WEEK" else count) % places
                if day >= starts:
                    yield Turn(span_of(day, slot, zone), place)
                if how == "SHIFT":
                    count += 1
            if how == "DAY":
                count += 1
        day += timedelta(days=1)


def _week(day: date, first: date) -> int:
    """How many Mondays have come since the week of the first day."""
    monday = first - timedelta(days=first.weekday())
    return (day - monday).days // 7


def span_of(day: date, slot: Slot, zone: ZoneInfo = SHANGHAI) -> Span:
    """The slot on a day. The end is a time on the wall too, even when the clocks change."""
    begins = datetime.combine(day, slot.begins)
    ends = begins + timedelta(minutes=slot.minutes)
    return Span(
        begins.replace(tzinfo=zone).astimezone(UTC), ends.replace(tzinfo=zone).astimezone(UTC)
    )


def needed(
    *,
    slot: Slot | None,
    starts: date,
    ends: date,
    runs_on: Callable[[date], bool],
    zone: ZoneInfo = SHANGHAI,
) -> list[Span]:
    """When a post must be manned on these days; `slot` None means around the clock."""
    whole = slot or Slot(time(0, 0), DAY_MINUTES)
    days = (starts + timedelta(days=n) for n in range((ends - starts).days))
    return [span_of(day, whole, zone) for day in days if runs_on(day)]
