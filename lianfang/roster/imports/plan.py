"""The difference between a file and the stored roster, as a plan. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports import counselors, units
from lianfang.roster.imports.changes import (
    ImportPlan,
    Moved,
    PersonAdded,
    PersonChanged,
    PersonGone,
    Relodged,
)
from lianfang.roster.imports.organisations import add_organisations, party_memberships
from lianfang.roster.imports.party import Party
from lianfang.roster.imports.people import People, Record, refuse_doubles
from lianfang.roster.imports.plan_posts import compare_posts
from lianfang.roster.imports.posts import Posts
from lianfang.roster.imports.problems import Problem
from lianfang.roster.imports.state import (
    ADMINISTRATIVE,
    PARTY,
    REPORTING,
    Stored,
    StoredPerson,
)
from lianfang.roster.imports.tree import Key, Tree, build_tree

LODGING = "LODGING"
# What a person may have told by themselves is not wiped out by an empty cell.
KEPT_WHEN_EMPTY = {"phone", "email", "address"}


@dataclass(frozen=True, slots=True)
class Input:
    """What the files said; a file that was not given is None."""

    people: People | None = None
    party: Party | None = None
    posts: Posts | None = None

    @property
    def problems(self) -> list[Problem]:
        given = (self.people, self.party, self.posts)
        return [problem for part in given if part for problem in part.problems]

    @property
    def records(self) -> list[Record]:
        return self.people.records if self.people else []


def compare(
    given: Input, *, stored: Stored, as_of: date, college: str = "", otherwise: str = ""
) -> ImportPlan:
    """Everything that must change so that the stored roster equals the files, as of a day.

    `college` names it; empty: the stored name, else what the files call it, else `otherwise`.
    """
    plan = ImportPlan(as_of=as_of, problems=list(given.problems))
    if given.people:
        plan.unread = given.people.unread
    plan.college = college or _college(given, stored) or otherwise
    tree = build_tree(given.records, stored=stored, college=plan.college)
    add_organisations(tree, given.party.units if given.party else [], stored=stored)
    branches, party_problems = party_memberships(given.records, tree, stored=stored)
    if given.party and given.party.problems:
        party_problems = []  # the table itself has to be mended first
    caring = counselors.counselors(given.records, tree, stored=stored)
    plan.pk_of = tree.pk_of
    plan.problems += [*refuse_doubles(given.records), *tree.problems, *party_problems]
    plan.problems += caring.problems
    comparison = _People(plan, tree, branches, stored)
    comparison.compare(given.records)
    units.compare_units(
        plan, tree, stored=stored, branches=branches, renames=bool(college),
        whole_party=given.party is not None,
    )  # fmt: skip
    compare_posts(plan, tree, caring, given.posts, stored=stored)
    plan.problems += comparison.too_early(tree)
    plan.problems = in_order(plan.problems)
    return plan


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Errors before warnings, each by sheet and row."""
    return sorted(problems, key=lambda p: (not p.is_error, p.sheet, p.row))


def _college(given: Input, stored: Stored) -> str:
    """The stored name, else the one above the roster's header, else the committee's."""
    root = stored.root(ADMINISTRATIVE)
    if root is not None:
        return root.name
    for heading in given.people.headings if given.people else ():
        found = units.college_in(heading)
        if found:
            return found
    top = [unit.name for unit in given.party.units if not unit.parent] if given.party else []
    stored_top = stored.root(PARTY)
    top += [stored_top.name] if stored_top else []
    return next((found for name in top if (found := units.college_in(name))), "")


@dataclass
class _People:
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

    def too_early(self, tree: Tree) -> list[Problem]:
        """Nothing is put into a unit on a day on which the unit did not exist yet."""
        if self.plan.is_empty:
            return []
        used = {self.stored.units[pk].opened_on: pk for pk in tree.pk_of.values()}
        last = max(used, default=self.plan.as_of)
        if last <= self.plan.as_of:
            return []
        return [
            Problem(
                "", 0, "", self.plan.as_of.isoformat(),
                _("%(unit)s is on the roster since %(day)s only; the import begins before that."),
                _("Import as of %(day)s or later."),
                {"unit": self.stored.units[used[last]].name, "day": last.isoformat()},
            )
        ]  # fmt: skip
