"""An outside list, tried first with the last check of everybody on it, then taken in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from lianfang.contacts import taking
from lianfang.contacts.deciding import Authority
from lianfang.contacts.models import Contact, Investigation, ListEntry, Visit
from lianfang.contacts.taking import ListPlan, ListProblems, ListTakenBefore, PlannedRow
from lianfang.kernel.actors import Actor
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring.models import CheckSlot
from lianfang.reporting.models import DailyReport
from lianfang.roster.imports.sheets import NamedFile
from lianfang.roster.models import Person
from lianfang.usecases.contact_tracing import watch

_CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class LastCheck:
    """When somebody was last looked at, and by what."""

    at: datetime
    what: str  # a msgid


def try_list(*, investigation: Investigation, file: NamedFile, now: datetime) -> ListPlan:
    """Who is on the list. Raises `ListProblems` with everything that is wrong."""
    plan = taking.plan_list(investigation=investigation, file=file, now=now)
    if plan.errors:
        raise ListProblems(plan)
    return plan


@transaction.atomic
def take_in(
    *,
    investigation: Investigation,
    file: NamedFile,
    organisation: str,
    authority: Authority,
    by: Person,
    actor: Actor,
    now: datetime,
) -> ListPlan:
    """All of it or nothing; whoever the CDC's word determines comes under key monitoring."""
    plan, determined = taking.take_in(
        investigation=investigation, file=file, organisation=organisation, authority=authority,
        by=by, actor=actor, now=now,
    )  # fmt: skip
    people = Person.objects.in_bulk([one.person_id for one in determined if one.person_id])
    for contact in determined:
        if contact.person_id is not None:
            contact.person = people[contact.person_id]
            watch(contact, authority=authority, by=by, actor=actor, now=now)
    return plan


def last_checks(rows: Iterable[PlannedRow]) -> dict[tuple[str, int], LastCheck]:
    """The last check of everybody on a list who is known here, in a handful of statements."""
    subjects = {row.subject for row in rows if row.subject is not None}
    people = sorted(pk for kind, pk in subjects if kind == "person")
    outsiders = sorted(pk for kind, pk in subjects if kind == "outsider")
    found: dict[tuple[str, int], LastCheck] = {}

    def note(kind: str, what: str, dated: Iterable[tuple[int, datetime | None]]) -> None:
        for pk, at in dated:
            held = found.get((kind, pk))
            if at is not None and (held is None or at > held.at):
                found[kind, pk] = LastCheck(at, what)

    for start in range(0, len(people), _CHUNK):
        some = people[start : start + _CHUNK]
        reports = DailyReport.objects.filter(person_id__in=some, is_current=True)
        note("person", _("daily report"), reports.values_list("person_id").annotate(at=Max("received_at")))  # fmt: skip
        slots = CheckSlot.objects.filter(file__person_id__in=some)
        note("person", _("check of key monitoring"), slots.values_list("file__person_id").annotate(at=Max("checked_at")))  # fmt: skip
        _note_contacts(note, "person", some)
    for start in range(0, len(outsiders), _CHUNK):
        _note_contacts(note, "outsider", outsiders[start : start + _CHUNK])
    return found


def _note_contacts(note: object, kind: str, some: list[int]) -> None:
    assert callable(note)
    of = {f"contact__{kind}_id__in": some}
    entries = ListEntry.objects.filter(**of).values_list(f"contact__{kind}_id")
    note(kind, _("on a list from outside"), entries.annotate(at=Max("list__taken_at")))
    visits = Visit.objects.filter(**of, settled_at__isnull=False)
    note(kind, _("call or visit"), visits.values_list(f"contact__{kind}_id").annotate(at=Max("settled_at")))  # fmt: skip
    decided = Contact.objects.filter(**{f"{kind}_id__in": some}, decided_at__isnull=False)
    note(kind, _("decided as a contact"), decided.values_list(f"{kind}_id").annotate(at=Max("decided_at")))  # fmt: skip


__all__ = ["LastCheck", "ListProblems", "ListTakenBefore", "last_checks", "take_in", "try_list"]
