"""Tracing: the contacts of a case in a window, and theirs, out of millions of contact rows.

Kept in memory as NumPy arrays, not asked of a database: over the same rows the index answers several
times faster than one SQL statement over covering indexes (docs/surveillance.md).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from lianfang.surveillance.detection import BadParameter
from lianfang.surveillance.meetings import Ints, MeetingIndex, Meetings, slices, stable_order

_MOST_PEOPLE: Final = 2**31  # so that a pair is one integer


class ContactIndex(MeetingIndex):
    """Who met whom, when and how long, in compressed sparse rows.

    Rows are grouped by pair and ordered by time within it, with running sums of seconds; each
    person points to their pairs.  So a question costs the number of pairs it touches and not the
    number of their records.
    """

    def __init__(
        self,
        one: npt.ArrayLike,
        other: npt.ArrayLike,
        moment: npt.ArrayLike,
        *,
        seconds: npt.ArrayLike = 20,
    ) -> None:
        """Index m contact records.

        one, other (m,): two different people, whole numbers from 0 (memory grows with the largest),
        in either order.  moment (m,): whole seconds (or any other unit, used again when asking).
        seconds: of each record, (m,) or one number for all.  The records need no order; a record
        given twice counts twice.

        Raises BadParameter for unequal lengths, a contact with oneself, a negative person or time.
        """
        a, b = np.asarray(one, dtype=np.int64), np.asarray(other, dtype=np.int64)
        when = np.asarray(moment, dtype=np.int64)
        length = np.asarray(seconds, dtype=np.int64)
        _check(a, b, when, length)
        low, high = np.minimum(a, b), np.maximum(a, b)
        self.people = int(high.max()) + 1 if len(high) else 0
        order, begins = _by_pair_and_time(low, high, when, people=self.people)
        self._moment = when[order]
        self._elapsed = _running_sum(length[order] if length.ndim else length, len(when))
        self._bounds = np.append(begins, len(order))
        self._point_to_pairs(low[order[begins]], high[order[begins]])

    def _point_to_pairs(self, low: Ints, high: Ints) -> None:
        person, met = np.concatenate([low, high]), np.concatenate([high, low])
        pair = np.tile(np.arange(len(low)), 2)
        order, _ = stable_order(person, below=self.people)
        self._met, self._pair = met[order], pair[order]
        self._rows = np.concatenate([[0], np.cumsum(np.bincount(person, minlength=self.people))])

    @property
    def pairs(self) -> int:
        """How many different pairs ever met."""
        return len(self._bounds) - 1

    def _meetings(self, sources: Ints, since: Ints, until: int, least: float) -> Meetings:
        entry, owner = slices(self._rows, sources)
        pair = self._pair[entry]
        low, high = self._bounds[pair], self._bounds[pair + 1]
        start = _first_at_least(self._moment, low, high, since[owner])
        end = _first_at_least(self._moment, start, high, np.full(len(start), until))
        seconds = self._elapsed[end] - self._elapsed[start]
        keep = (end > start) & (seconds >= least)
        start, end = start[keep], end[keep]
        return Meetings(
            source=sources[owner[keep]],
            other=self._met[entry[keep]],
            seconds=seconds[keep],
            first_at=self._moment[start],
            last_at=self._moment[end - 1],
        )


def _check(a: Ints, b: Ints, when: Ints, length: Ints) -> None:
    if not len(a) == len(b) == len(when) or (length.ndim and len(length) != len(when)):
        sizes = (len(a), len(b), len(when), length.shape)
        raise BadParameter("one, other, moment, seconds", sizes, "arrays of one length")
    if not len(a):
        return
    if min(int(a.min()), int(b.min())) < 0:
        raise BadParameter("person", min(int(a.min()), int(b.min())), "whole numbers from 0")
    if int(length.min()) < 0:
        raise BadParameter("seconds", int(length.min()), "0 or more")
    if max(int(a.max()), int(b.max())) >= _MOST_PEOPLE:
        raise BadParameter("person", max(int(a.max()), int(b.max())), f"below {_MOST_PEOPLE}")
    alone = a == b
    if alone.any():
        where = int(np.argmax(alone))
        raise BadParameter(f"other[{where}]", int(b[where]), "another person than `one`")


def _by_pair_and_time(
    low: Ints, high: Ints, when: Ints, *, people: int
) -> tuple[Ints, npt.NDArray[np.intp]]:
    """The order that puts the records of each pair together, by time within it, and where in this
    order each pair begins."""
    by_time = None
    if (when[1:] < when[:-1]).any():
        by_time = np.argsort(when, kind="stable")
        low, high = low[by_time], high[by_time]
    pair = low * people
    pair += high
    order, pair = stable_order(pair, below=people * people)
    fresh = np.ones(len(pair), dtype=np.bool_)
    fresh[1:] = pair[1:] != pair[:-1]
    return order if by_time is None else by_time[order], np.flatnonzero(fresh)


def _running_sum(length: Ints, size: int) -> Ints:
    if not length.ndim:
        return np.arange(size + 1) * int(length)
    return np.concatenate([[0], np.cumsum(length)])


def _first_at_least(values: Ints, low: Ints, high: Ints, wanted: Ints) -> Ints:
    """In each sorted values[low:high] the first index whose value is at least `wanted`, else high."""
    low, high = low.copy(), high.copy()
    while True:
        open_ = low < high
        if not open_.any():
            return low
        middle = (low + high) >> 1
        below = open_ & (values[np.where(open_, middle, 0)] < wanted)
        low = np.where(below, middle + 1, low)
        high = np.where(open_ & ~below, middle, high)
