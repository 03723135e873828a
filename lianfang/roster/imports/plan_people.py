"""Which people would come, change, move and go. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.changes import (
    ImportPlan,
    Moved,
    PersonAdded,
    PersonChanged,
    PersonGone,
    Relodged,
)
from lianfang.roster.imports.people import Record
from lianfang.roster.imports.state import PARTY, REPORTING, Stored, StoredPerson
from lianfang.roster.imports.tree import Key, Tree

LODGING = "LODGING"
# What a person may have told by themselves is not wiped out by an empty cell.
KEPT_WHEN_EMPTY = {"phone", "email", "address"}


@dataclass
class PeopleComparison:
    """Compares people with what is stored of them."""

    plan: ImportPlan
    tree: Tree
    branches: Mapping[str, Key | None]
    stored: Stored

    def compare(self, records: list[Record]) -> None:
        self.plan.people = dict(Counter(record.category for record in records))
        for record in records:
            unit = self.tree.unit_of.get(record.number)
            if unit is None:
                continue
            known = self.stored.people.get(record.number)
            if known is None:
                self._add(record, unit)
            else:
                self._change(record, known)
                self._move(record, known, REPORTING, unit)
                if record.number in self.branches:
                    self._move(record, known, PARTY, self.branches[record.number])
                if record.tells_lodging:
                    self._relodge(record, known)
        if records:
            self._gone(records)

    def _day(self, record: Record) -> date:
        """From when a row holds: its own day where that is later than the import's."""
        return max(self.plan.as_of, record.starts_on or self.plan.as_of)

    def _add(self, record: Record, unit: Key) -> None:
        self.plan.added.append(
            PersonAdded(
                record.number, record.name, record.category, record.fields, unit,
                self.tree.units[unit].name, self.branches.get(record.number),
                record.lodging, self._day(record),
            )
        )  # fmt: skip

    def _change(self, record: Record, known: StoredPerson) -> None:
        told = {**record.fields, "name": record.name, "category": record.category}
        before = {**known.fields, "name": known.name, "category": known.category}
        fields = {
            name: value
            for name, value in told.items()
            if value != before[name] and (value or name not in KEPT_WHEN_EMPTY)
        }
        if "name" in fields:
            self._tell_new_name(record, known)
        if fields:
            self.plan.changed.append(PersonChanged(known.pk, known.number, record.name, fields))

    def _tell_new_name(self, record: Record, known: StoredPerson) -> None:
        text = _("This number belongs to %(name)s, who would be called %(new)s from now on.")
        cure = _("If this is somebody else, give them a number of their own.")
        self.plan.problems.append(
            record.problem(
                "name", record.name, text, cure, severity="warning",
                name=known.name, new=record.name,
            )
        )  # fmt: skip

    def _move(self, record: Record, known: StoredPerson, kind: str, to: Key | None) -> None:
        day = self._day(record)
        now = known.at(kind, day)
        wanted = self.tree.pk_of.get(to) if to else None
        if self._is_settled(record, known, kind, day, wanted, nothing=to is None):
            return
        left = self.stored.units[now.what].name if now and isinstance(now.what, int) else ""
        self.plan.moved.append(
            Moved(
                known.pk, known.number, record.name, kind, now.pk if now else None,
                left, to, self._name(to), day,
            )
        )  # fmt: skip

    def _name(self, key: Key | None) -> str:
        if key is None:
            return ""
        unit = self.tree.units.get(key)
        return unit.name if unit else self.stored.units[self.tree.pk_of[key]].name

    def _relodge(self, record: Record, known: StoredPerson) -> None:
        day = self._day(record)
        now = known.at(LODGING, day)
        nothing = record.lodging is None
        if not self._is_settled(record, known, LODGING, day, record.lodging, nothing=nothing):
            self.plan.relodged.append(
                Relodged(known.pk, known.number, now.pk if now else None, record.lodging, day)
            )

    def _is_settled(
        self, record: Record, known: StoredPerson, kind: str, day: date, wanted: object,
        *, nothing: bool,
    ) -> bool:  # fmt: skip
        """Whether nothing can be changed: it is so already, or a problem stands in the way."""
        now, later = known.at(kind, day), known.later(kind, day)
        if nothing and now is None:
            return True
        if not nothing and wanted in [row.what for row in (now, later) if row]:
            return True
        if later is None:
            return False
        self.plan.problems.append(
            record.problem(
                "number",
                record.number,
                _("For %(name)s a change is already entered that begins on %(day)s."),
                _("Import as of %(day)s or later."),
                name=record.name,
                day=later.held_from.isoformat(),
            )
        )
        return True

    def _gone(self, records: list[Record]) -> None:
        """Whoever is on the roll in a category that the file has, and is not in the file."""
        told = {record.number for record in records}
        categories = {record.category for record in records}
        on_roll: Counter[str] = Counter()
        for person in self.stored.people.values():
            row = person.at(REPORTING, self.plan.as_of)
            if row is None or person.category not in categories:
                continue
            on_roll[person.category] += 1
            if person.number not in told and isinstance(row.what, int):
                name = self.stored.units[row.what].name
                self.plan.gone.append(
                    PersonGone(person.pk, person.number, person.name, person.category, name)
                )
        self.plan.on_roll = dict(on_roll)
