"""What the two indexes of tracing share: the questions, and how an answer looks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from lianfang.surveillance.detection import BadParameter

Ints = npt.NDArray[np.int64]

_BITS: Final = 63


@dataclass(frozen=True, slots=True, eq=False)
class Contacts:
    """People met, the longest met first; every array (k,).

    person; via: whom of the asked persons they met longest; seconds together with `via` in the
    window; first_at, last_at: the first and last moment of these contacts.
    """

    person: Ints
    via: Ints
    seconds: Ints
    first_at: Ints
    last_at: Ints

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Contacts of the cases, and contacts of these contacts who are neither case nor contact."""

    first: Contacts
    second: Contacts


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """Pairs found on the way: who of the sources met whom, how long, from when to when."""

    source: Ints
    other: Ints
    seconds: Ints
    first_at: Ints
    last_at: Ints

    def take(self, which: npt.NDArray[np.intp]) -> Meetings:
        return Meetings(
            self.source[which],
            self.other[which],
            self.seconds[which],
            self.first_at[which],
            self.last_at[which],
        )


class MeetingIndex(ABC):
    """Answers who met whom in a window.  `people`: one more than the largest number of a person."""

    people: int

    def contacts(
        self, persons: int | npt.ArrayLike, *, since: int, until: int, minutes: float = 15
    ) -> Contacts:
        """Everybody who was together with one of `persons` for at least `minutes` in the window.

        since <= moment of the record < until.  The minutes are summed over the window, for each
        pair by itself.  The persons themselves are not among the answers.

        Raises BadParameter for negative minutes or a negative person; an unknown person met nobody.
        """
        return self._first(_persons(persons), since=since, until=until, minutes=minutes)

    def trace(
        self,
        persons: int | npt.ArrayLike,
        *,
        since: int,
        until: int,
        minutes: float = 15,
        in_order: bool = False,
    ) -> Trace:
        """Contacts of first and of second degree, both for at least `minutes` in the window.

        in_order: a contact of a contact counts only from the first meeting with the case on.

        Raises BadParameter as `contacts` does.
        """
        cases = _persons(persons)
        first = self._first(cases, since=since, until=until, minutes=minutes)
        begin = np.maximum(first.first_at, since) if in_order else since
        second = self._asked(first.person, since=begin, until=until, minutes=minutes)
        return Trace(first, longest(second, without=np.concatenate([cases, first.person])))

    def _first(self, cases: Ints, *, since: int, until: int, minutes: float) -> Contacts:
        met = self._asked(cases, since=since, until=until, minutes=minutes)
        return longest(met, without=cases)

    def _asked(self, sources: Ints, *, since: int | Ints, until: int, minutes: float) -> Meetings:
        if not minutes >= 0:
            raise BadParameter("minutes", minutes, "0 or more")
        begin = np.broadcast_to(np.asarray(since, dtype=np.int64), sources.shape)
        known = sources < self.people
        return self._meetings(sources[known], begin[known], until, minutes * 60)

    @abstractmethod
    def _meetings(self, sources: Ints, since: Ints, until: int, least: float) -> Meetings:
        """Every source's meetings of at least `least` seconds in its window since..until."""


def longest(met: Meetings, *, without: Ints) -> Contacts:
    """For each person met the longest meeting, without some persons; the longest first."""
    left = met.take(np.flatnonzero(~np.isin(met.other, without)))
    left = left.take(np.lexsort((left.source, -left.seconds, left.other)))
    fresh = np.ones(len(left.other), dtype=np.bool_)
    fresh[1:] = left.other[1:] != left.other[:-1]
    best = left.take(np.flatnonzero(fresh))
    best = best.take(np.lexsort((best.other, -best.seconds)))
    return Contacts(
        person=best.other,
        via=best.source,
        seconds=best.seconds,
        first_at=best.first_at,
        last_at=best.last_at,
    )


def slices(rows: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """The entries of several compressed rows, and for each entry the position in `wanted`."""
    counts = rows[wanted + 1] - rows[wanted]
    owner = np.repeat(np.arange(len(wanted)), counts)
    before = np.cumsum(counts) - counts
    entry = np.arange(len(owner)) - before[owner] + rows[wanted][owner]
    return entry, owner


def stable_order(keys: Ints, *, below: int) -> tuple[Ints, Ints]:
    """The order that sorts keys (0 <= key < below) and keeps equals as they stand; and the sorted.

    Where key and position fit into one integer these are sorted, which is several times faster
    than sorting an index.
    """
    bits = max(len(keys) - 1, 1).bit_length()
    if max(below - 1, 1).bit_length() + bits > _BITS:
        order = np.argsort(keys, kind="stable")
        return order, keys[order]
    packed = keys << bits
    packed |= np.arange(len(keys))
    packed.sort()
    order = packed & ((1 << bits) - 1)
    packed >>= bits
    return order, packed


def _persons(persons: int | npt.ArrayLike) -> Ints:
    asked = np.unique(np.atleast_1d(np.asarray(persons, dtype=np.int64)))
    if len(asked) and asked[0] < 0:
        raise BadParameter("persons", int(asked[0]), "whole numbers from 0")
    return asked
