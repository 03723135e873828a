"""The roster as it is stored, as plain values for comparing. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

ADMINISTRATIVE, PARTY = "ADMINISTRATIVE", "PARTY"
REPORTING = "REPORTING"
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A row with a half-open period: a membership (`what` is the unit) or a lodging."""

    pk: int
    what: int | tuple[str, str]
    held_from: date
    held_until: date | None

    def covers(self, day: date) -> bool:
        return self.held_from <= day and (self.held_until is None or day < self.held_until)


@dataclass(frozen=True, slots=True)
class StoredUnit:
    pk: int
    tree: str
    kind: str
    code: str
    name: str
    parent: int | None
    answers_to: int | None
    position: int
    opened_on: date
    is_open: bool


@dataclass(frozen=True, slots=True)
class StoredPost:
    pk: int
    person: int
    unit: int
    role: str
    is_deputy: bool
    held_from: date
    held_until: date | None

    def covers(self, day: date) -> bool:
        return self.held_from <= day and (self.held_until is None or day < self.held_until)


@dataclass(slots=True)
class StoredPerson:
    """`held` has the rows that have not ended by the day of the import, by kind."""

    pk: int
    number: str
    name: str
    category: str
    fields: dict[str, str]
    held: dict[str, list[Held]] = field(default_factory=dict)

    def at(self, kind: str, day: date) -> Held | None:
        """The row of a kind that covers a day."""
        return next((row for row in self.held.get(kind, ()) if row.covers(day)), None)

    def later(self, kind: str, day: date) -> Held | None:
        """A row that is already entered to begin after a day."""
        return next((row for row in self.held.get(kind, ()) if row.held_from > day), None)


@dataclass
class Stored:
    """Everything that a plan compares with."""

    units: dict[int, StoredUnit]
    people: dict[str, StoredPerson]
    posts: list[StoredPost]

    @cached_property
    def open_units(self) -> dict[int, StoredUnit]:
        return {pk: unit for pk, unit in self.units.items() if unit.is_open}

    def root(self, tree: str) -> StoredUnit | None:
        return next(
            (u for u in self.open_units.values() if u.tree == tree and u.parent is None), None
        )

    def path(self, pk: int) -> Path:
        """Names from below the root down to the unit."""
        names: list[str] = []
        unit = self.units[pk]
        while unit.parent is not None:
            names.append(unit.name)
            unit = self.units[unit.parent]
        return tuple(reversed(names))

    @cached_property
    def by_path(self) -> dict[Path, StoredUnit]:
        """Open administrative units by their path; the college itself is ()."""
        return {self.path(pk): unit for pk, unit in self._administrative()}

    @cached_property
    def classes_by_name(self) -> dict[str, list[Path]]:
        found: dict[str, list[Path]] = {}
        for pk, unit in self._administrative():
            if unit.kind == "CLASS":
                found.setdefault(unit.name, []).append(self.path(pk))
        return found

    @cached_property
    def offices_by_name(self) -> dict[str, list[Path]]:
        """Departments and offices at any depth."""
        found: dict[str, list[Path]] = {}
        for pk, unit in self._administrative():
            if unit.kind not in {"CLASS", "MAJOR"}:
                found.setdefault(unit.name, []).append(self.path(pk))
        return found

    @cached_property
    def sizes(self) -> Counter[int]:
        """People of each reporting unit."""
        return Counter(
            row.what
            for person in self.people.values()
            for row in person.held.get(REPORTING, ())
            if isinstance(row.what, int)
        )

    def _administrative(self) -> Iterator[tuple[int, StoredUnit]]:
        return ((k, u) for k, u in self.open_units.items() if u.tree == ADMINISTRATIVE)

    @cached_property
    def numbers(self) -> dict[int, str]:
        """Person's key -> number."""
        return {person.pk: person.number for person in self.people.values()}

    def codes(self) -> set[str]:
        return {unit.code for unit in self.units.values()}
