"""What an import would do, as plain values: the plan that a person reads and confirms. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lianfang.roster.imports.problems import Problem, errors
from lianfang.roster.imports.tree import Key

GONE_SHARE = 0.2  # of a category; more needs to be confirmed by itself


@dataclass(frozen=True, slots=True)
class UnitOpened:
    key: Key
    tree: str
    kind: str
    code: str
    name: str
    parent: Key | None
    answers_to: Key | None
    position: int


@dataclass(frozen=True, slots=True)
class UnitChanged:
    """`fields` holds the new kind or name; `answers_to` the organisation now in charge."""

    pk: int
    name: str
    fields: Mapping[str, str]
    answers_to: Key | None


@dataclass(frozen=True, slots=True)
class UnitMoved:
    pk: int
    name: str
    parent: Key
    parent_name: str


@dataclass(frozen=True, slots=True)
class UnitClosed:
    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class PersonAdded:
    number: str
    name: str
    category: str
    fields: Mapping[str, str]
    unit: Key
    unit_name: str
    branch: Key | None
    lodging: tuple[str, str] | None
    day: date


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """`fields` holds every new value, name and category among them."""

    pk: int
    number: str
    name: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Moved:
    """From one unit to another; `ends` is the row that ends, None for somebody who returns.

    `kind` is REPORTING or PARTY; `to` is None when a Party membership only ends.
    """

    pk: int
    number: str
    name: str
    kind: str
    ends: int | None
    from_name: str
    to: Key | None
    to_name: str
    day: date


@dataclass(frozen=True, slots=True)
class Relodged:
    pk: int
    number: str
    ends: int | None
    to: tuple[str, str] | None
    day: date


@dataclass(frozen=True, slots=True)
class PersonGone:
    pk: int
    number: str
    name: str
    category: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class PostGiven:
    number: str
    name: str
    unit: Key
    unit_name: str
    role: str
    is_deputy: bool
    day: date


@dataclass(frozen=True, slots=True)
class PostEnded:
    pk: int
    person: int
    number: str
    name: str
    unit_name: str
    role: str
    day: date


@dataclass(slots=True)
class ImportPlan:
    """Everything that would change as of a day, and everything that is wrong.

    `people` counts the rows by category; `on_roll` who is on the roll before, by category.
    """

    as_of: date
    college: str = ""
    people: dict[str, int] = field(default_factory=dict)
    on_roll: dict[str, int] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    units_opened: list[UnitOpened] = field(default_factory=list)
    units_changed: list[UnitChanged] = field(default_factory=list)
    units_moved: list[UnitMoved] = field(default_factory=list)
    units_closed: list[UnitClosed] = field(default_factory=list)
    added: list[PersonAdded] = field(default_factory=list)
    changed: list[PersonChanged] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    relodged: list[Relodged] = field(default_factory=list)
    gone: list[PersonGone] = field(default_factory=list)
    posts_given: list[PostGiven] = field(default_factory=list)
    posts_ended: list[PostEnded] = field(default_factory=list)
    pk_of: dict[Key, int] = field(default_factory=dict)

    @property
    def errors(self) -> list[Problem]:
        return errors(self.problems)

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.is_error]

    @property
    def reporting_moves(self) -> list[Moved]:
        return [move for move in self.moved if move.kind == "REPORTING" and move.ends]

    @property
    def returned(self) -> list[Moved]:
        return [move for move in self.moved if move.kind == "REPORTING" and not move.ends]

    @property
    def party_moves(self) -> list[Moved]:
        return [move for move in self.moved if move.kind == "PARTY"]

    @property
    def is_empty(self) -> bool:
        return not any(self._changes())

    @property
    def gone_needs_confirming(self) -> bool:
        """Whether more than a fifth of the students, or of the staff, would be gone."""
        counts: dict[str, int] = {}
        for person in self.gone:
            counts[person.category] = counts.get(person.category, 0) + 1
        return any(n > GONE_SHARE * self.on_roll.get(kind, 0) for kind, n in counts.items())

    def counts(self) -> dict[str, dict[str, int]]:
        return {
            "people": {
                "added": len(self.added),
                "returned": len(self.returned),
                "changed": len(self.changed),
                "moved": len(self.reporting_moves),
                "gone": len(self.gone),
                "party_moved": len(self.party_moves),
                "lodging_changed": len(self.relodged),
            },
            "units": {
                "added": len(self.units_opened),
                "changed": len(self.units_changed),
                "moved": len(self.units_moved),
                "closed": len(self.units_closed),
            },
            "posts": {"added": len(self.posts_given), "closed": len(self.posts_ended)},
        }

    def _changes(self) -> list[list[Any]]:
        return [
            self.units_opened, self.units_changed, self.units_moved, self.units_closed,
            self.added, self.changed, self.moved, self.relodged, self.gone,
            self.posts_given, self.posts_ended,
        ]  # fmt: skip

    @property
    def digest(self) -> str:
        """Equal for equal plans: who confirms one does not carry out another."""
        text = repr((self.as_of, self._changes()))
        return hashlib.sha256(text.encode()).hexdigest()
