"""Tracing by places: who was in the same room, lesson or coach as a case, and who with them.

The same questions as for contact records, asked of lists of those present.  A lesson of forty is
forty rows here and 780 pairs there.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from lianfang.surveillance.detection import BadParameter
from lianfang.surveillance.meetings import Ints, MeetingIndex, Meetings, slices

_MOST_PEOPLE: Final = 2**31  # so that a person and an occasion, or two people, are one integer


class PresenceIndex(MeetingIndex):
    """Who was present at which occasion, in compressed sparse rows both ways.

    An occasion is a place and a stretch of time: a night in a room, a lesson, a meal, a seat row of
    a train.  Two people were together for the length of every occasion at which both were present.
    """

    def __init__(
        self,
        person: npt.ArrayLike,
        occasion: npt.ArrayLike,
        *,
        moment: npt.ArrayLike,
        seconds: npt.ArrayLike,
    ) -> None:
        """Index m rows of presence at g occasions.

        person, occasion (m,): whole numbers from 0 (memory grows with the largest person); a row
        given twice counts once.  moment (g,): when each occasion began, whole seconds (or another
        unit, used again when asking).  seconds (g,): how long it lasted.

        Raises BadParameter for unequal lengths, a negative person, an occasion that `moment` does
        not know, and a negative length of time.
        """
        who, where = np.asarray(person, dtype=np.int64), np.asarray(occasion, dtype=np.int64)
        self._moment = np.asarray(moment, dtype=np.int64)
        self._seconds = np.asarray(seconds, dtype=np.int64)
        _check(who, where, self._moment, self._seconds)
        self.people = int(who.max()) + 1 if len(who) else 0
        who, where = _distinct(who, where)
        self._occasion = where
        self._occasions_of = _rows(who, self.people)
        where, who = _distinct(where, who)
        self._person = who
        self._people_at = _rows(where, len(self._moment))

    def _meetings(self, sources: Ints, since: Ints, until: int, least: float) -> Meetings:
        entry, owner = slices(self._occasions_of, sources)
        occasion = self._occasion[entry]
        begin = self._moment[occasion]
        inside = (begin >= since[owner]) & (begin < until)
        occasion, owner = occasion[inside], owner[inside]
        entry, visit = slices(self._people_at, occasion)
        other, source, at = self._person[entry], owner[visit], occasion[visit]
        company = other != sources[source]
        found = self._add_up(source[company], other[company], at[company])
        long_enough = np.flatnonzero(found.seconds >= least)
        source = found.source[long_enough]
        return Meetings(
            source=sources[source],
            other=found.other[long_enough],
            seconds=found.seconds[long_enough],
            first_at=found.first_at[long_enough],
            last_at=found.last_at[long_enough],
        )

    def _add_up(self, source: Ints, other: Ints, at: Ints) -> Meetings:
        """One meeting per source and other; `source` are positions here, not people."""
        pair = source * self.people + other
        order = np.argsort(pair)
        pair, at = pair[order], at[order]
        fresh = np.ones(len(pair), dtype=np.bool_)
        fresh[1:] = pair[1:] != pair[:-1]
        begins = np.flatnonzero(fresh)
        source, other = np.divmod(pair[begins], max(self.people, 1))
        if not len(begins):
            return Meetings(source, other, begins, begins, begins)
        moment = self._moment[at]
        return Meetings(
            source=source,
            other=other,
            seconds=np.add.reduceat(self._seconds[at], begins),
            first_at=np.minimum.reduceat(moment, begins),
            last_at=np.maximum.reduceat(moment, begins),
        )


def _check(who: Ints, where: Ints, moment: Ints, seconds: Ints) -> None:
    if len(who) != len(where):
        raise BadParameter("person, occasion", (len(who), len(where)), "arrays of one length")
    if moment.shape != seconds.shape:
        raise BadParameter("moment, seconds", (moment.shape, seconds.shape), "arrays of one length")
    if len(seconds) and int(seconds.min()) < 0:
        raise BadParameter("seconds", int(seconds.min()), "0 or more")
    if not len(who):
        return
    if int(who.min()) < 0:
        raise BadParameter("person", int(who.min()), "whole numbers from 0")
    if int(who.max()) >= _MOST_PEOPLE:
        raise BadParameter("person", int(who.max()), f"below {_MOST_PEOPLE}")
    lost = (where < 0) | (where >= len(moment))
    if lost.any():
        raise BadParameter("occasion", int(where[lost][0]), f"0 to {len(moment) - 1}, as in moment")


def _distinct(major: Ints, minor: Ints) -> tuple[Ints, Ints]:
    """The different pairs, ordered by `major`, then `minor`."""
    if not len(major):
        return major, minor
    width = int(minor.max()) + 1
    pair = major * width
    pair += minor
    pair.sort()
    fresh = np.ones(len(pair), dtype=np.bool_)
    fresh[1:] = pair[1:] != pair[:-1]
    return np.divmod(pair[fresh], width)


def _rows(major: Ints, size: int) -> Ints:
    return np.concatenate([[0], np.cumsum(np.bincount(major, minlength=size))])
