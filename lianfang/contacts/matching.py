"""Who each row of an outside list is, by any of their keys. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lianfang.contacts.listing import ListRow, OutsideList, hidden, read_list
from lianfang.contacts.models import (
    Contact,
    Investigation,
    PersonKey,
)
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.problems import Problem, errors
from lianfang.roster.imports.sheets import NamedFile
from lianfang.roster.models import Person
from lianfang.roster.operations import phone_index
from lianfang.vault.fields import blind_index

Key = tuple[str, str]  # kind and blind index
Subject = tuple[str, int]  # "person" or "outsider", and its key
_CHUNK = 10_000


@dataclass(slots=True)
class PlannedRow:
    """A row with whom it is; `subject` is None for somebody who is new here."""

    told: ListRow
    keys: tuple[Key, ...]
    subject: Subject | None = None
    contact: Contact | None = None

    @property
    def person_id(self) -> int | None:
        return self.subject[1] if self.subject and self.subject[0] == "person" else None


@dataclass(slots=True)
class ListPlan:
    rows: list[PlannedRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)  # as it was before anything was written

    @property
    def errors(self) -> list[Problem]:
        return errors(self.problems)

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.is_error]


def counts_of(rows: Sequence[PlannedRow]) -> dict[str, int]:
    known = [row for row in rows if row.subject is not None]
    return {
        "rows": len(rows),
        "of_college": sum(row.person_id is not None for row in rows),
        "known": len(known),
        "new": len(rows) - len(known),
        "already_contacts": sum(row.contact is not None for row in rows),
    }


def identity_index(name: str, identity: str) -> str:
    return blind_index(f"{name}|{identity}" if identity else "", place="contacts.identity")


def keys_of(row: ListRow) -> tuple[Key, ...]:
    """The blind keys of a row, the surest first."""
    found = [
        ("IDENTITY", identity_index(row.name, row.identity)),
        ("NUMBER", blind_index(row.number, place="contacts.number")),
        *(("PHONE", phone_index(phone)) for phone in row.phones),
    ]
    return tuple(key for key in found if key[1])


def plan_list(*, investigation: Investigation, file: NamedFile, now: datetime) -> ListPlan:
    """Who is on the list, and everything that is wrong with it. Writes nothing."""
    today = reporting_day(now)
    read = read_list(file, today=today, since=investigation.window_from)
    plan = ListPlan(problems=list(read.problems))
    _Matching(plan, read, investigation).run()
    plan.counts = counts_of(plan.rows)
    plan.problems.sort(key=lambda problem: (problem.sheet, problem.row))
    return plan


class _Matching:
    """Rows against each other, the roster, and whoever stood on a list before."""

    def __init__(self, plan: ListPlan, read: OutsideList, investigation: Investigation) -> None:
        self.plan = plan
        self.read = read
        self.investigation = investigation
        self.rows = [PlannedRow(row, keys_of(row)) for row in read.rows]
        self.by_number = _people_by_number({row.number for row in read.rows if row.number})
        self.by_phone = _people_by_phone({k[1] for r in self.rows for k in r.keys if k[0] == "PHONE"})  # fmt: skip
        self.by_key, self.names = _known_keys({k[1] for r in self.rows for k in r.keys})

    def run(self) -> None:
        first: dict[tuple[str, Key], PlannedRow] = {}
        for row in self.rows:
            twin = next((first[row.told.name, k] for k in row.keys if (row.told.name, k) in first), None)  # fmt: skip
            if twin is not None:
                self._merge(twin, row)
                continue
            row.subject = self._whose(row)
            for key in row.keys:
                first.setdefault((row.told.name, key), row)
            self.plan.rows.append(row)
        self._attach()

    def _merge(self, twin: PlannedRow, row: PlannedRow) -> None:
        """The same person twice on one list: the later contact counts."""
        self._say(
            row.told, "name", row.told.name, _("This person stands in row %(row)s too."),
            _("The later of the two contacts is taken."), is_error=False, row=twin.told.row,
        )  # fmt: skip
        if row.told.last_on and (twin.told.last_on is None or row.told.last_on > twin.told.last_on):
            twin.told = row.told
        twin.keys = tuple(dict.fromkeys([*twin.keys, *row.keys]))

    def _whose(self, row: PlannedRow) -> Subject | None:
        name = row.told.name
        if row.told.number:
            known = self.by_number.get(row.told.number)
            if known is None:
                self._say(row.told, "number", row.told.number,
                          _("Nobody on the roster has this number."),
                          _("Correct it, or leave the cell empty."))  # fmt: skip
                return None
            if known[1] != name:
                self._say(row.told, "number", row.told.number,
                          _("This number belongs to somebody of another name."),
                          _("Correct the number or the name: one of the two is wrong."))  # fmt: skip
                return None
        found: set[Subject] = set()
        if row.told.number:
            found.add(("person", self.by_number[row.told.number][0]))
        for kind, index in row.keys:
            if kind == "PHONE":  # a family may share one: the name must be the same
                found |= {("person", pk) for pk, of in self.by_phone.get(index, ()) if of == name}
            found |= {one for one in self.by_key.get((kind, index), ()) if self.names[one] == name}
        if len({one for one in found if one[0] == "person"}) > 1:
            self._say(row.told, "name", name, _("The keys of this row belong to two people."),
                      _("Compare number, phone and identity number: one is of somebody else."))  # fmt: skip
        return min(found, key=lambda one: (one[0] != "person", one[1])) if found else None

    def _attach(self) -> None:
        held: dict[Subject, Contact] = {}
        for contact in self.investigation.contacts.all():
            held["person", contact.person_id or 0] = contact
            held["outsider", contact.outsider_id or 0] = contact
        for row in self.plan.rows:
            if row.person_id is not None and row.person_id == self.investigation.person_id:
                self._say(row.told, "name", row.told.name, _("This is the case itself."),
                          _("Nobody is a contact of themself: leave the row out."))  # fmt: skip
            row.contact = held.get(row.subject) if row.subject else None

    def _say(
        self, of: ListRow, column: str, value: str, text: str, cure: str, *,
        is_error: bool = True, **context: object,
    ) -> None:  # fmt: skip
        shown = hidden(value) if column == "identity" else value
        self.plan.problems.append(
            Problem(
                of.sheet, of.row, self.read.titles.get(column, column), shown, text, cure,
                context, "error" if is_error else "warning",
            )
        )  # fmt: skip


def _chunks(items: Iterable[str]) -> Iterator[list[str]]:
    wanted = sorted(items)
    for start in range(0, len(wanted), _CHUNK):
        yield wanted[start : start + _CHUNK]


def _people_by_number(numbers: set[str]) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for some in _chunks(numbers):
        rows = Person.objects.filter(number__in=some).values_list("number", "pk", "name")
        found |= {number: (pk, name) for number, pk, name in rows}
    return found


def _people_by_phone(indexes: set[str]) -> dict[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for some in _chunks(indexes):
        rows = Person.objects.filter(phone_index__in=some)
        for index, pk, name in rows.values_list("phone_index", "pk", "name"):
            found.setdefault(index, []).append((pk, name))
    return found


def _known_keys(indexes: set[str]) -> tuple[dict[Key, set[Subject]], dict[Subject, str]]:
    found: dict[Key, set[Subject]] = {}
    names: dict[Subject, str] = {}
    for some in _chunks(indexes):
        rows = PersonKey.objects.filter(index__in=some).select_related("person", "outsider")
        for key in rows:
            owner = key.person or key.outsider
            assert owner is not None
            subject = ("person" if key.person_id else "outsider", owner.pk)
            found.setdefault((key.kind, key.index), set()).add(subject)
            names[subject] = owner.name
    return found, names
