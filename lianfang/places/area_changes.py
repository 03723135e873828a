"""How a list that was just read changes the list that is stored. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lianfang.kernel.texts import gettext_noop as _
from lianfang.places.area_files import AreaFile, Listing
from lianfang.places.rules import Problem, overlap, overlay
from lianfang.places.tables import FileProblems

Stored = Mapping[str, Sequence[Listing]]  # by code; the `row` of each is its primary key


@dataclass(frozen=True, slots=True)
class Difference:
    """Stored rows that no longer hold, and listings that are not stored yet."""

    ended: tuple[Listing, ...]
    begun: tuple[Listing, ...]


@dataclass(frozen=True, slots=True)
class AreaChanges:
    """What an import did, or would do: codes newly on the list, off it, or moved in time.

    `kept` (the `row` of each is its key) and `begun` are together the whole list afterwards;
    `number` is the list that was stored, None where nothing was.
    """

    first: date
    last: date
    listed: tuple[str, ...]
    delisted: tuple[str, ...]
    changed: tuple[str, ...]
    warnings: tuple[Problem, ...]
    kept: tuple[Listing, ...] = ()
    begun: tuple[Listing, ...] = ()
    number: int | None = None

    def __bool__(self) -> bool:
        return bool(self.listed or self.delisted or self.changed)


def difference(read: AreaFile, stored: Stored, *, newest: date | None) -> Difference:
    """What has to end and begin. `newest` is the day of the newest by-day list stored so far.

    Raises `FileProblems` when named periods overlap with stored ones.
    """
    wanted = _by_day(read, stored, newest) if read.is_by_day else _by_period(read, stored)
    ended: list[Listing] = []
    begun: list[Listing] = []
    for code, listings in wanted.items():
        rows = {(*old.period, old.level): old for old in stored.get(code, ())}
        keys = {(*new.period, new.level): new for new in listings}
        ended += [old for key, old in rows.items() if key not in keys]
        begun += [new for key, new in keys.items() if key not in rows]
    return Difference(tuple(ended), tuple(begun))


def _by_day(read: AreaFile, stored: Stored, newest: date | None) -> dict[str, list[Listing]]:
    """How every area should stand once the lists of these days have spoken."""
    named: dict[str, list[Listing]] = defaultdict(list)
    for listing in read.listings:
        named[listing.code].append(listing)
    wanted = {}
    for code in {*named, *stored}:
        known = stored.get(code, ())
        periods = overlay(
            [listing.period for listing in known],
            [listing.period for listing in named.get(code, ())],
            first=read.first,
            last=read.last,
            is_latest=newest is None or newest <= read.last,
        )
        name = (*named.get(code, ()), *known)[0].name
        levels = {listing.period.start: listing.level for listing in known}
        wanted[code] = [Listing(code, name, p, levels.get(p.start, "")) for p in periods]
    return wanted


def _by_period(read: AreaFile, stored: Stored) -> dict[str, list[Listing]]:
    """A period that begins on the same day replaces the stored one; another must not overlap."""
    wanted: dict[str, dict[date, Listing]] = {}
    for listing in read.listings:
        if listing.code not in wanted:
            wanted[listing.code] = {old.period.start: old for old in stored.get(listing.code, ())}
        wanted[listing.code][listing.period.start] = listing
    problems = [
        _overlaps_stored(listing, other)
        for listing in read.listings
        for other in wanted[listing.code].values()
        if other is not listing and overlap(other.period, listing.period)
    ]
    if problems:
        raise FileProblems(problems)
    return {code: list(periods.values()) for code, periods in wanted.items()}


def _overlaps_stored(listing: Listing, stored: Listing) -> Problem:
    return Problem(
        listing.row,
        "from",
        listing.period.start.isoformat(),
        _("The days of %(area)s overlap with those already stored from %(start)s to %(end)s."),
        _("Give the stored period an end first: a row from %(start)s until the day it ended."),
        {
            "area": f"{listing.code} {listing.name}",
            "start": stored.period.start.isoformat(),
            "end": stored.period.end.isoformat() if stored.period.end else "…",
        },
    )


def summary(read: AreaFile, stored: Stored, found: Difference) -> AreaChanges:
    was_open = {code for code, rows in stored.items() if any(not row.period.end for row in rows)}
    closed = {old.code for old in found.ended if not old.period.end}
    opened = {new.code for new in found.begun if not new.period.end}
    is_open = (was_open - closed) | opened
    touched = {listing.code for listing in (*found.ended, *found.begun)}
    new = {listing.code for listing in found.begun} - set(stored)
    listed, delisted = new | (is_open - was_open), was_open - is_open
    return AreaChanges(
        read.first,
        read.last,
        tuple(sorted(listed)),
        tuple(sorted(delisted)),
        tuple(sorted(touched - listed - delisted)),
        read.warnings,
        kept=_kept(stored, found),
        begun=found.begun,
    )


def _kept(stored: Stored, found: Difference) -> tuple[Listing, ...]:
    ended = {listing.row for listing in found.ended}
    return tuple(one for rows in stored.values() for one in rows if one.row not in ended)
