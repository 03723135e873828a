"""Who cares for a class: the name in the students' rows, found among the staff. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.people import STAFF, Record
from lianfang.roster.imports.problems import Problem
from lianfang.roster.imports.state import Stored
from lianfang.roster.imports.tree import Key, Tree

COUNSELOR = "COUNSELOR"
_ENOUGH = 3  # a name counts for a class when one row in three carries it
_WITH_NUMBER = re.compile(r"\A(?P<name>.*?)[（(](?P<number>[A-Za-z0-9_\-]+)[)）]\Z")


class Candidate(NamedTuple):
    number: str
    name: str
    position: str
    department: str


@dataclass(slots=True)
class Caring:
    """`numbers` are the staff of each class for which the file names somebody."""

    numbers: dict[Key, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def counselors(records: list[Record], tree: Tree, *, stored: Stored) -> Caring:
    """The counselors of each class. A class with no name in its rows keeps whom it has."""
    staff = _Staff(records, stored)
    rows: dict[Key, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        key = tree.unit_of.get(record.number)
        if record.counselor and key is not None:
            rows[key][record.counselor].append(record)
    caring = Caring()
    for key, names in rows.items():
        _care_for(key, names, staff, caring)
    return caring


def _care_for(key: Key, names: dict[str, list[Record]], staff: _Staff, caring: Caring) -> None:
    total = sum(len(rows) for rows in names.values())
    chosen = []
    for name, rows in names.items():
        if len(rows) * _ENOUGH < total:
            caring.problems += [_in_the_minority(row, names) for row in rows]
            continue
        found = staff.find(name, rows)
        if isinstance(found, Problem):
            caring.problems.append(found)
        else:
            chosen.append(found)
    if chosen:
        caring.numbers[key] = list(dict.fromkeys(chosen))


def _in_the_minority(row: Record, names: dict[str, list[Record]]) -> Problem:
    usual = max(names, key=lambda name: len(names[name]))
    return row.problem(
        "counselor",
        row.counselor or "",
        _("The rest of %(unit)s has %(usual)s as counselor; this row gives nobody a post."),
        _("Write %(usual)s, or see whether the class is right."),
        severity="warning",
        unit=row.class_name,
        usual=usual,
    )


class _Staff:
    """Everybody who may be meant: the staff of the file, then the staff already stored."""

    def __init__(self, records: Iterable[Record], stored: Stored) -> None:
        self.by_name: dict[str, list[Candidate]] = defaultdict(list)
        self.by_number: dict[str, Candidate] = {}
        for record in records:
            if record.category == STAFF:
                position = record.fields.get("position", "")
                self._add(Candidate(record.number, record.name, position, record.department))
        told = bool(self.by_number)
        for person in stored.people.values():
            rows = person.held.get("REPORTING", ())
            if told or person.category != STAFF or not rows:
                continue  # staff told by the file replaces what is stored
            path = stored.path(rows[-1].what) if isinstance(rows[-1].what, int) else ()
            position = person.fields["position"]
            self._add(Candidate(person.number, person.name, position, path[0] if path else ""))

    def _add(self, candidate: Candidate) -> None:
        self.by_name[candidate.name].append(candidate)
        self.by_number[candidate.number] = candidate

    def find(self, told: str, rows: list[Record]) -> str | Problem:
        """The number of whoever is meant by a name, by 张三(T20001), or by a number."""
        first = rows[0]
        exact = _WITH_NUMBER.match(told)
        number = exact["number"] if exact else told
        if number in self.by_number:
            return number
        meant = self._likeliest(told, first.department)
        if len(meant) == 1:
            return meant[0].number
        if meant:
            several = ", ".join(f"{c.name}({c.number}, {c.department})" for c in meant)
            text = _("Several members of staff are called so: %(several)s.")
            cure = _("Write the number behind the name, such as %(name)s(%(number)s).")
            return first.problem(
                "counselor", told, text, cure,
                several=several, name=meant[0].name, number=meant[0].number,
            )  # fmt: skip
        text = _("No member of staff is called so; %(rows)s rows name them as counselor.")
        cure = _("Add them to the sheet of the staff, mend the name, or leave the cell empty.")
        return first.problem("counselor", told, text, cure, rows=len(rows))

    def _likeliest(self, name: str, department: str) -> list[Candidate]:
        """Counselors of the department first, then any counselor, then the department's staff."""
        namesakes = self.by_name.get(name, [])
        ranked = {
            candidate: ("辅导员" in candidate.position) * 2 + (candidate.department == department)
            for candidate in namesakes
        }
        best = max(ranked.values(), default=0)
        return [candidate for candidate, rank in ranked.items() if rank == best]
