"""Where people were, compared with the areas that were listed: arrays in, matches out. Pure.

Days are ordinals (`date.toordinal`), people are primary keys. A match is one person and one
place of exposure: a city with all its counties, whatever part of it was listed, so that a list
which changes from counties to the city does not make a second matter of the same journey.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lianfang.places import divisions

Ints = NDArray[np.int64]
REPORT, TRIP, PLACE, MEETING = "report", "trip", "place", "meeting"
SOURCES = (REPORT, TRIP, PLACE, MEETING)
IN_AREA, FROM_AREA, MET_CASE = "IN_AREA", "FROM_AREA", "MET_CASE"


@dataclass(frozen=True, slots=True)
class Listed:
    """An area on the list from a day to before another. `ref` and `number` name row and list."""

    code: str
    listed_on: date
    delisted_on: date | None
    ref: int | None = None
    number: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Segments:
    """Somebody was at a place from a day to a day, both included. Arrays of one length.

    `code` counts in the codes of the lists that the segments were read with; `source` counts
    in `SOURCES`; `ref` is the row that says so, 0 for daily reports.
    """

    person: Ints
    code: Ints
    first: Ints
    last: Ints
    source: Ints
    ref: Ints

    def __len__(self) -> int:
        return len(self.person)

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, int, int, int, int]]) -> Segments:
        table = np.array(list(rows), dtype=np.int64).reshape(-1, 6)
        return cls(*(table[:, column].copy() for column in range(6)))


@dataclass(frozen=True, slots=True)
class Evidence:
    """One stretch of days that makes a match: which source says so, and where it was."""

    source: str
    ref: int
    code: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Match:
    """A person and an exposure. `listing` is the entry of the list behind its last day."""

    person: int
    kind: str
    area_code: str
    last_on: date
    evidence: tuple[Evidence, ...]
    listing: Listed | None = None

    @property
    def key(self) -> tuple[int, str, str]:
        return self.person, self.kind, self.area_code


def days_of(evidence: Iterable[Evidence]) -> set[int]:
    return {
        day for one in evidence for day in range(one.first.toordinal(), one.last.toordinal() + 1)
    }


@lru_cache(maxsize=8192)
def area_of(code: str) -> str:
    """The city of a place, else its province: by it an exposure is one and the same."""
    try:
        found = divisions.resolve(code).code
    except divisions.RenamedDivision:  # divided since: by the digits that it had
        return f"{code[:4]}00" if divisions.is_known(f"{code[:4]}00") else f"{code[:2]}0000"
    return divisions.city_of(found) or divisions.province_of(found)


class Lists:
    """Which places were listed on which day of the look-back, followed through renamings.

    `codes` are the codes, of this year's division tables and of earlier ones, that were listed
    on some day from `first` to `last`; everything else need not be read at all.
    """

    def __init__(self, listings: Sequence[Listed], *, first: date, last: date) -> None:
        self.first, self.last = first.toordinal(), last.toordinal()
        self.listings = tuple(listings)
        self._by_area: dict[str, list[Listed]] = {}
        for one in listings:
            if one.listed_on <= last and (one.delisted_on is None or one.delisted_on > first):
                for code in {one.code, _code_of_today(one.code)}:
                    self._by_area.setdefault(code, []).append(one)
        rows = {code: row for code in every_code() if (row := self._row(code, first, last)).any()}
        self.codes: tuple[str, ...] = tuple(rows)
        self.index = {code: number for number, code in enumerate(self.codes)}
        shape = (len(rows), self.last - self.first + 1)
        self.is_listed = np.array(list(rows.values()), dtype=bool).reshape(shape)
        days = np.where(self.is_listed, np.arange(self.first, self.last + 1), 0)
        self.latest: Ints = np.maximum.accumulate(days, axis=1)  # the last listed day up to each

    def _row(self, code: str, first: date, last: date) -> NDArray[np.bool_]:
        """On which days of the look-back a code lay within a listed area."""
        row = np.zeros(self.last - self.first + 1, dtype=bool)
        early, late = _containing(code, first), _containing(code, last)
        for area in early | late:
            for one in self._by_area.get(area, ()):
                begins = max(one.listed_on.toordinal(), self.first) - self.first
                ends = one.delisted_on.toordinal() - self.first if one.delisted_on else len(row)
                for day in range(begins, min(ends, len(row))):
                    on = date.fromordinal(self.first + day)
                    if area in (early & late) or area in _containing(code, on):
                        row[day] = True
        return row

    def behind(self, code: str, day: int) -> Listed | None:
        """The entry of the list by which a place was listed on a day; the widest where several."""
        on = date.fromordinal(day)
        found = [
            one
            for area in _containing(code, on)
            for one in self._by_area.get(area, ())
            if one.listed_on <= on and (one.delisted_on is None or on < one.delisted_on)
        ]
        return min(found, key=lambda one: (one.code[2:] != "0000", one.code[4:] != "00", one.code),
                   default=None)  # fmt: skip

    def was_listed_by(self, code: str, day: int) -> bool:
        """Whether a place, or part of it, was listed on some day of the look-back up to this."""
        day = min(day, self.last) - self.first
        tail = next((tail for tail in ("0000", "00") if code.endswith(tail)), "")
        prefix = code.removesuffix(tail)  # somebody “from Hubei” may well come from Wuhan
        return any(
            self.latest[number, day]
            for known, number in self.index.items()
            if known == code or (tail and known.startswith(prefix))
        )

    def stretches(self, code: str, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The runs of listed days within some days at a place."""
        begins = max(first, self.first)
        listed = self.is_listed[self.index[code], begins - self.first : last - self.first + 1]
        edges = np.flatnonzero(np.diff(np.concatenate(([0], listed.astype(np.int8), [0]))))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            yield int(begins + start), int(begins + end - 1)


@lru_cache(maxsize=1)
def every_code() -> tuple[str, ...]:
    """Every code by which somebody's place may be written, in use or out of use."""
    old = (renamed.old_code for renamed in divisions.every_rename())
    return tuple(dict.fromkeys((*(one.code for one in divisions.every()), *old)))


def _code_of_today(code: str) -> str:
    try:
        return divisions.resolve(code).code
    except divisions.UnknownDivision:
        return code


def _containing(code: str, on: date) -> frozenset[str]:
    try:
        return divisions.containing(code, on=on)
    except divisions.UnknownDivision:  # divided since: it may have been listed under its own code
        return frozenset({code, f"{code[:4]}00", f"{code[:2]}0000"})


# ---------------------------------------------------------------- matching


def runs_of_reports(person: Ints, code: Ints, day: Ints) -> Segments:
    """Daily reports as segments: consecutive days of a person at one place become one.

    The rows may come in any order; there is at most one for a person and a day.
    """
    order = np.lexsort((day, code, person))
    person, code, day = person[order], code[order], day[order]
    starts = np.ones(len(person), dtype=bool)
    if len(person):
        starts[1:] = (
            (person[1:] != person[:-1]) | (code[1:] != code[:-1]) | (day[1:] != day[:-1] + 1)
        )
    at = np.flatnonzero(starts)
    ends = np.append(at[1:], len(person)) - 1 if len(person) else at
    nothing = np.zeros(len(at), dtype=np.int64)
    return Segments(person[at], code[at], day[at], day[ends], nothing, nothing)


def joined(parts: Sequence[Segments]) -> Segments:
    return Segments(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("person", "code", "first", "last", "source", "ref")
        )
    )


def exposed(segments: Segments, lists: Lists) -> Segments:
    """The segments with at least one listed day within the look-back; one pass over arrays."""
    if not len(segments) or not lists.codes:
        return Segments.of(())
    last = np.minimum(segments.last, lists.last)
    first = np.maximum(segments.first, lists.first)
    is_within = first <= last
    day = np.where(is_within, last, lists.first) - lists.first
    is_hit = is_within & (lists.latest[segments.code, day] >= first)
    return Segments(
        segments.person[is_hit], segments.code[is_hit], first[is_hit], last[is_hit],
        segments.source[is_hit], segments.ref[is_hit],
    )  # fmt: skip


def matches(segments: Segments, lists: Lists) -> list[Match]:
    """One match per person and city, with the days that make it and the entry of the list."""
    found = exposed(segments, lists)
    areas = [area_of(code) for code in lists.codes]
    grouped: dict[tuple[int, str], list[Evidence]] = {}
    cut: dict[tuple[int, int, int], list[tuple[date, date]]] = {}
    for person, code, first, last, source, ref in zip(
        found.person.tolist(), found.code.tolist(), found.first.tolist(), found.last.tolist(),
        found.source.tolist(), found.ref.tolist(), strict=True,
    ):  # fmt: skip
        stretches = cut.get((code, first, last))
        if stretches is None:
            stretches = cut[code, first, last] = [
                (date.fromordinal(begin), date.fromordinal(end))
                for begin, end in lists.stretches(lists.codes[code], first, last)
            ]
        evidence = grouped.setdefault((person, areas[code]), [])
        evidence += [
            Evidence(SOURCES[source], ref, lists.codes[code], begin, end)
            for begin, end in stretches
        ]
    return [
        _match(person, IN_AREA, area, evidence, lists)
        for (person, area), evidence in grouped.items()
    ]


def _match(
    person: int, kind: str, area: str, evidence: list[Evidence], lists: Lists | None
) -> Match:
    newest = max(evidence, key=lambda one: one.last)
    listing = lists.behind(newest.code, newest.last.toordinal()) if lists and newest.code else None
    return Match(person, kind, area, newest.last, tuple(evidence), listing)


@dataclass(frozen=True, slots=True)
class Met:
    """A meeting as screening needs it: until when, with whom from where; no name."""

    person: int
    ref: int
    last_on: date
    is_case: bool
    from_code: str


def matches_of_meetings(meetings: Iterable[Met], lists: Lists) -> list[Match]:
    """A patient always counts; somebody from an area counts while that area was listed on some
    day of the look-back, and where nobody knows which area it was, until somebody has asked."""
    grouped: dict[tuple[int, str, str], list[Evidence]] = {}
    for met in meetings:
        if not lists.first <= met.last_on.toordinal() <= lists.last:
            continue
        evidence = Evidence(MEETING, met.ref, met.from_code, met.last_on, met.last_on)
        if met.is_case:
            grouped.setdefault((met.person, MET_CASE, ""), []).append(evidence)
        elif not met.from_code:
            grouped.setdefault((met.person, FROM_AREA, ""), []).append(evidence)
        elif lists.was_listed_by(met.from_code, met.last_on.toordinal()):
            key = (met.person, FROM_AREA, area_of(met.from_code))
            grouped.setdefault(key, []).append(evidence)
    return [
        _match(person, kind, area, evidence, lists if kind == FROM_AREA else None)
        for (person, kind, area), evidence in grouped.items()
    ]
