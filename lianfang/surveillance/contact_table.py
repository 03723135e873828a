"""Reading contact records: one row per pair of people and interval."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from lianfang.surveillance.detection import gettext_noop
from lianfang.surveillance.faults import Collector
from lianfang.surveillance.person_days import Ints
from lianfang.surveillance.tables import opened, rows, whole_number

COLUMNS: Final = ("t_seconds", "day", "id1", "id2", "group1", "group2")

SECONDS: Final = gettext_noop("whole seconds")
DAY: Final = gettext_noop("the number of the day, a whole number")
A_PERSON: Final = gettext_noop("a person")
A_GROUP: Final = gettext_noop("the group of person %(person)s")
SOMEBODY_ELSE: Final = gettext_noop("another person than id1")
ONE_GROUP: Final = gettext_noop("%(group)s, the group of person %(person)s in row %(earlier)s")
IN_STEP: Final = gettext_noop(
    "whole steps of %(interval)s s from the first row; closer records would count twice"
)


@dataclass(frozen=True, slots=True, eq=False)
class ContactTable:
    """moment, day, one, other (m,), people and groups as numbers; people (p,) and groups by name,
    people in the order of their numbers; group_of (p,)."""

    moment: Ints
    day: Ints
    one: Ints
    other: Ints
    people: tuple[str, ...]
    groups: tuple[str, ...]
    group_of: Ints


@dataclass(slots=True)
class _Reading:
    """What has been read so far; people and groups are numbered as they come."""

    faults: Collector
    interval: int
    moment: array[int] = field(default_factory=lambda: array("q"))
    day: array[int] = field(default_factory=lambda: array("q"))
    one: array[int] = field(default_factory=lambda: array("q"))
    other: array[int] = field(default_factory=lambda: array("q"))
    people: dict[str, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    group_of: list[str] = field(default_factory=list)
    first_row_of: list[int] = field(default_factory=list)

    def person(self, row: int, number: int, name: str, group: str) -> int:
        """The number of the person in column id1 or id2, whose group must be the same throughout."""
        if not name:
            self.faults.add(row, f"id{number}", name, A_PERSON)
            return -1
        if not group:
            self.faults.add(row, f"group{number}", group, A_GROUP, person=name)
            return -1
        known = self.people.get(name)
        if known is None:
            known = self.people[name] = len(self.people)
            self.groups.setdefault(group, len(self.groups))
            self.group_of.append(group)
            self.first_row_of.append(row)
        elif self.group_of[known] != group:
            self.faults.add(
                row,
                f"group{number}",
                group,
                ONE_GROUP,
                group=self.group_of[known],
                person=name,
                earlier=self.first_row_of[known],
            )
        return known

    def take(self, row: int, cells: list[str]) -> None:
        t_cell, day_cell, id1, id2, group1, group2 = cells
        t, day = whole_number(t_cell), whole_number(day_cell)
        if t is None:
            self.faults.add(row, "t_seconds", t_cell, SECONDS)
        if day is None:
            self.faults.add(row, "day", day_cell, DAY)
        if id1 and id1 == id2:
            self.faults.add(row, "id2", id2, SOMEBODY_ELSE)
        one, other = self.person(row, 1, id1, group1), self.person(row, 2, id2, group2)
        if t is None or day is None:
            return
        if self.moment and (t - self.moment[0]) % self.interval:
            self.faults.add(row, "t_seconds", t_cell, IN_STEP, interval=self.interval)
        self.moment.append(t)
        self.day.append(day)
        self.one.append(one)
        self.other.append(other)


def read_contacts(path: Path, *, interval: int) -> ContactTable:
    """The records of a file, people numbered in the order in which they are to be listed.

    Raises FileFaults for a contact with oneself, a person in two groups, a moment between the
    steps of `interval` seconds, and cells that are empty or no numbers.
    """
    reading = _Reading(Collector(str(path)), max(interval, 1))
    with opened(path, reading.faults) as text:
        for row, cells in rows(text, COLUMNS, reading.faults):
            reading.take(row, cells)
    reading.faults.refuse_if_any()
    names = list(reading.people)
    order = sorted(range(len(names)), key=_by_number_or_name(names))
    place = np.empty(len(names), dtype=np.int64)
    place[order] = np.arange(len(names))
    return ContactTable(
        moment=np.array(reading.moment, dtype=np.int64),
        day=np.array(reading.day, dtype=np.int64),
        one=place[np.array(reading.one, dtype=np.int64)],
        other=place[np.array(reading.other, dtype=np.int64)],
        people=tuple(names[i] for i in order),
        groups=tuple(reading.groups),
        group_of=np.array([reading.groups[reading.group_of[i]] for i in order], dtype=np.int64),
    )


def _by_number_or_name(names: list[str]) -> Callable[[int], tuple[int, str]]:
    """Numbers are listed as numbers (9 before 10) if all the names are numbers."""
    numbers = [whole_number(name) for name in names]
    if None in numbers:
        return lambda i: (0, names[i])
    return lambda i: (numbers[i] or 0, names[i])
