"""Taking in an outside list: all of it or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from lianfang.audit import operations as audit
from lianfang.contacts.deciding import Authority
from lianfang.contacts.matching import ListPlan, PlannedRow, Subject, plan_list
from lianfang.contacts.models import (
    Contact,
    ContactList,
    Fact,
    Investigation,
    ListEntry,
    Outsider,
    PersonKey,
)
from lianfang.contacts.operations import next_number, refuse_closed
from lianfang.contacts.queries import units_of_people
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.sheets import NamedFile
from lianfang.roster.models import Person

__all__ = ["ListPlan", "ListProblems", "ListTakenBefore", "PlannedRow", "plan_list", "take_in"]
_BATCH = 1000


class ListProblems(Refused):
    code = "contacts.list-problems"
    message = _("The list has %(count)s problems; nothing was stored.")

    def __init__(self, plan: ListPlan) -> None:
        super().__init__(count=len(plan.errors))
        self.plan = plan


class ListTakenBefore(Refused):
    code = "contacts.list-taken-before"
    message = _("This very list was taken in before, on %(day)s.")
    status = 409


def take_in(
    *,
    investigation: Investigation,
    file: NamedFile,
    organisation: str,
    authority: Authority,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> tuple[ListPlan, list[Contact]]:
    """Carry out the plan, all of it or nothing; gives the contacts that are determined now.

    With an officer or a document of the CDC everybody on the list is determined; without,
    they are contacts whom the CDC has to judge. Raises `ListProblems`, `ListTakenBefore`.
    """
    refuse_closed(investigation)
    if not organisation.strip():
        raise Invalid({"organisation": _("Who sent the list?")})
    is_word = bool(authority.officer.strip() or authority.document.strip())
    if is_word:
        authority.check(today=reporting_day(now))
    digest = hashlib.sha256(file.data).hexdigest()
    with transaction.atomic():
        plan = plan_list(investigation=investigation, file=file, now=now)
        if plan.errors:
            raise ListProblems(plan)
        try:
            with transaction.atomic():
                taken = ContactList.objects.create(
                    organisation=organisation.strip()[:80], officer=authority.officer.strip()[:80],
                    document=authority.document.strip()[:80], document_on=authority.document_on,
                    file_name=file.name[:120], digest=digest, rows=len(plan.rows),
                    investigation=investigation, taken_at=now, taken_by=by,
                )  # fmt: skip
        except IntegrityError as error:
            before = ContactList.objects.get(digest=digest, investigation=investigation)
            raise ListTakenBefore(day=reporting_day(before.taken_at).isoformat()) from error
        determined = _Writing(taken, plan, authority if is_word else None, by, actor, now).run()
    return plan, determined


class _Writing:
    def __init__(
        self, taken: ContactList, plan: ListPlan, authority: Authority | None, by: Person | None,
        actor: Actor, now: datetime,
    ) -> None:  # fmt: skip
        self.taken, self.plan, self.authority = taken, plan, authority
        self.by, self.actor, self.now = by, actor, now

    def run(self) -> list[Contact]:
        self._add_outsiders()
        self._add_keys()
        new = self._add_contacts()
        rows = [row for row in self.plan.rows if row.contact is not None]
        ListEntry.objects.bulk_create(
            (
                ListEntry(list=self.taken, row=row.told.row, contact=row.contact, words=row.told.words)
                for row in rows
            ),
            batch_size=_BATCH,
        )  # fmt: skip
        contacts = [row.contact for row in rows if row.contact is not None]
        self._note(contacts, new)
        audit.record(
            verb="contacts.list.taken", actor=self.actor, subject=self.taken, now=self.now,
            rows=len(rows), counts=self.plan.counts,
        )  # fmt: skip
        return new

    def _add_outsiders(self) -> None:
        rows = [row for row in self.plan.rows if row.subject is None]
        made = Outsider.objects.bulk_create(
            (
                Outsider(
                    name=row.told.name, phone=(row.told.phones or ("",))[0], place=row.told.place,
                    added_at=self.now,
                )
                for row in rows
            ),
            batch_size=_BATCH,
        )  # fmt: skip
        for row, outsider in zip(rows, made, strict=True):
            row.subject = ("outsider", outsider.pk)

    def _add_keys(self) -> None:
        keys = []
        for row in self.plan.rows:
            assert row.subject is not None
            kind, pk = row.subject
            of = {"person_id": pk} if kind == "person" else {"outsider_id": pk}
            keys += [PersonKey(kind=key, index=index, **of) for key, index in row.keys]
        PersonKey.objects.bulk_create(keys, batch_size=_BATCH, ignore_conflicts=True)

    def _add_contacts(self) -> list[Contact]:
        """New rows and those that were known here; gives the ones that are determined now."""
        today = reporting_day(self.now)
        investigation = self.taken.investigation
        number = next_number(investigation)
        units = units_of_people(
            [row.person_id for row in self.plan.rows if row.person_id is not None], on=today
        )
        made, changed, determined = [], [], []
        for row in self.plan.rows:
            assert row.subject is not None
            contact = row.contact
            if contact is None:
                kind, pk = row.subject
                contact = Contact(
                    investigation=investigation, number=number, origin=Contact.Origin.LIST,
                    state=Contact.State.PROPOSED, unit_id=units.get(pk) if kind == "person" else None,
                    person_id=pk if kind == "person" else None,
                    outsider_id=pk if kind == "outsider" else None,
                )  # fmt: skip
                number += 1
                made.append(contact)
            else:
                changed.append(contact)
            was = contact.state
            self._say_what(contact, row.told.last_on)
            if contact.state != was and contact.state == Contact.State.DETERMINED:
                determined.append(row)
        Contact.objects.bulk_create(made, batch_size=_BATCH)
        Contact.objects.bulk_update(
            changed,
            ["state", "first_on", "last_on", "officer", "document", "document_on",
             "determined_at", "decided_at", "decided_by"],
            batch_size=200,
        )  # fmt: skip
        fresh = {contact_subject(contact): contact for contact in made}
        for row in self.plan.rows:
            if row.contact is None and row.subject is not None:
                row.contact = fresh[row.subject]
        return [row.contact for row in determined if row.contact is not None]

    def _say_what(self, contact: Contact, last_on: date | None) -> None:
        if last_on is not None:
            contact.first_on = min(filter(None, [contact.first_on, last_on]))
            contact.last_on = max(filter(None, [contact.last_on, last_on]))
        if contact.state == Contact.State.DETERMINED:
            return
        contact.decided_at, contact.decided_by = self.now, self.by
        if self.authority is None:
            contact.state = Contact.State.CONFIRMED
            return
        contact.state = Contact.State.DETERMINED
        contact.officer = self.authority.officer.strip()[:80]
        contact.document = self.authority.document.strip()[:80]
        contact.document_on = self.authority.document_on
        contact.determined_at = self.now

    def _note(self, contacts: Sequence[Contact], determined: Sequence[Contact]) -> None:
        said = self.authority.in_words() if self.authority else self.taken.organisation
        new = {contact.pk for contact in determined}
        Fact.objects.bulk_create(
            (
                Fact(
                    investigation=self.taken.investigation, contact=contact, at=self.now,
                    kind=Fact.Kind.DETERMINED if contact.pk in new else Fact.Kind.LISTED,
                    by=self.by, text=said,
                )
                for contact in contacts
            ),
            batch_size=_BATCH,
        )  # fmt: skip
        audit.record_many(
            audit.entry(
                verb="contacts.contact.listed", actor=self.actor, subject=contact, now=self.now,
                concerns=contact.person_id,
            )
            for contact in contacts
        )  # fmt: skip


def contact_subject(contact: Contact) -> Subject:
    if contact.person_id is not None:
        return "person", contact.person_id
    return "outsider", contact.outsider_id or 0
