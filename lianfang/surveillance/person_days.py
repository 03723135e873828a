"""Who met how many, how long, on which day: the answer a tracer needs first.

Records are the face-to-face intervals of a proximity sensor, one row per pair and interval
(Stehle J et al. (2011). High-resolution measurements of face-to-face contact patterns in a primary
school. PLoS ONE 6(8), e23176).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lianfang.surveillance.detection import BadParameter

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PersonDays:
    """One row per person and day on which the person met somebody, ordered by day, then person.

    day, person: as given.  contacts: different people met.  long_contacts: of these, met for at
    least the asked minutes that day.  seconds: summed over all of them.  longest: with one of them.
    groups: different groups among the people met.  All (k,).
    """

    day: Ints
    person: Ints
    contacts: Ints
    long_contacts: Ints
    seconds: Ints
    longest: Ints
    groups: Ints


def person_days(
    moment: npt.ArrayLike,
    day: npt.ArrayLike,
    one: npt.ArrayLike,
    other: npt.ArrayLike,
    *,
    group: npt.ArrayLike,
    interval: int = 20,
    minutes: float = 15,
) -> PersonDays:
    """Sum the intervals of each pair and day, then of each person and day.

    moment (m,): when the interval ended, whole seconds.  day (m,): number of the day.
    one, other (m,): numbers of two different people, 0..p-1, in either order; the same pair at the
    same moment counts once.  group (p,): number of each person's group, 0 or more.
    interval: seconds that a record stands for.  minutes: from how long on a contact is a long one.

    Raises BadParameter for arrays of unequal length, a contact with oneself, a person without a
    group, an interval below 1 or negative minutes.
    Paper: Stehlé et al. (2011).
    """
    when, days, a, b = (np.asarray(x, dtype=np.int64) for x in (moment, day, one, other))
    groups = np.asarray(group, dtype=np.int64)
    _check(when, days, a, b, groups, interval=interval, minutes=minutes)
    pair_day, low, high, seconds = _pair_days(when, days, a, b, interval=interval)
    # Each pair and day counts for both people.
    person, met = np.concatenate([low, high]), np.concatenate([high, low])
    on, length = np.tile(pair_day, 2), np.tile(seconds, 2)
    order = np.lexsort((groups[met], person, on))
    person, on, length, met_group = person[order], on[order], length[order], groups[met][order]
    start = _starts(on, person)
    row = np.cumsum(start) - 1
    rows = int(start.sum())
    new_group = _starts(on, person, met_group)
    longest = np.zeros(rows, dtype=np.int64)
    np.maximum.at(longest, row, length)
    return PersonDays(
        day=on[start],
        person=person[start],
        contacts=np.bincount(row, minlength=rows),
        long_contacts=np.bincount(row[length >= minutes * 60], minlength=rows),
        seconds=np.bincount(row, weights=length, minlength=rows).astype(np.int64),
        longest=longest,
        groups=np.bincount(row[new_group], minlength=rows),
    )


def _check(
    when: Ints, days: Ints, a: Ints, b: Ints, groups: Ints, *, interval: int, minutes: float
) -> None:
    if not len(when) == len(days) == len(a) == len(b):
        lengths = (len(when), len(days), len(a), len(b))
        raise BadParameter("moment, day, one, other", lengths, "four arrays of one length")
    if interval < 1:
        raise BadParameter("interval", interval, "1 or more seconds")
    if not minutes >= 0:
        raise BadParameter("minutes", minutes, "0 or more")
    (alone,) = np.nonzero(a == b)
    if len(alone):
        raise BadParameter(f"other[{alone[0]}]", int(a[alone[0]]), "another person than `one`")
    for name, people in (("one", a), ("other", b)):
        (lost,) = np.nonzero((people < 0) | (people >= len(groups)))
        if len(lost):
            where = f"{name}[{lost[0]}]"
            raise BadParameter(where, int(people[lost[0]]), f"0 to {len(groups) - 1}, as in group")


def _pair_days(
    when: Ints, days: Ints, a: Ints, b: Ints, *, interval: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """Day, lower person, higher person and seconds of every pair and day."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((when, high, low, days))
    when, days, low, high = when[order], days[order], low[order], high[order]
    start = _starts(days, low, high)
    distinct = _starts(days, low, high, when)
    run = np.cumsum(start) - 1
    records = np.bincount(run[distinct], minlength=int(start.sum()))
    return days[start], low[start], high[start], records * interval


def _starts(*columns: Ints) -> npt.NDArray[np.bool_]:
    """Where, in sorted columns, a new combination begins."""
    start = np.zeros(len(columns[0]), dtype=np.bool_)
    start[:1] = True
    for column in columns:
        start[1:] |= column[1:] != column[:-1]
    return start
