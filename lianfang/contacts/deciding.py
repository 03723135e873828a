"""What people decide about a contact: confirm, casual, dismiss; the CDC determines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.contacts.models import Contact, Fact, Investigation
from lianfang.contacts.operations import note, refuse_closed
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person

State = Contact.State
# Who is not determined yet may be decided on again; what the CDC said, the CDC takes back.
_MAY_DECIDE = (State.PROPOSED, State.CONFIRMED, State.CASUAL, State.DISMISSED)
BY_HAND = (State.CONFIRMED, State.CASUAL, State.DISMISSED)
_KIND = {
    State.CONFIRMED: Fact.Kind.CONFIRMED,
    State.CASUAL: Fact.Kind.CASUAL,
    State.DISMISSED: Fact.Kind.DISMISSED,
}


class OnlyTheCdcDetermines(Refused):
    code = "contacts.only-the-cdc-determines"
    message = _(
        "Who is a close contact is determined by the CDC alone: name its officer, or the "
        "document with number and date."
    )


class DecidedMeanwhile(Refused):
    code = "contacts.decided-meanwhile"
    message = _("Somebody else decided on %(count)s of them meanwhile; please look again.")
    status = 409


@dataclass(frozen=True, slots=True)
class Authority:
    """Who determines: an officer by name, or a document with its number and date."""

    officer: str = ""
    document: str = ""
    document_on: date | None = None

    def check(self, *, today: date) -> None:
        """Raises `OnlyTheCdcDetermines`, `Invalid` for a document of tomorrow."""
        if self.document_on is not None and self.document_on > today:
            raise Invalid({"document_on": _("A document of tomorrow cannot be here today.")})
        by_officer = len(self.officer.strip()) >= 2
        by_document = bool(self.document.strip()) and self.document_on is not None
        if not (by_officer or by_document):
            raise OnlyTheCdcDetermines

    def in_words(self) -> str:
        parts = [self.officer, self.document, self.document_on.isoformat() if self.document_on else ""]  # fmt: skip
        return " · ".join(part for part in parts if part)


@transaction.atomic
def decide(
    *, investigation: Investigation, contacts: Sequence[Contact], state: str, text: str,
    by: Person, actor: Actor, now: datetime,
) -> int:  # fmt: skip
    """One decision about several at once, all or none; a dismissal needs its reason."""
    refuse_closed(investigation)
    if state not in BY_HAND:
        raise Invalid({"state": _("Please choose what was found.")})
    if not contacts:
        raise Invalid({"contacts": _("Please tick at least one.")})
    if state == State.DISMISSED and not text.strip():
        raise Invalid({"text": _("A dismissal needs its reason in words: who said what?")})
    keys = [contact.pk for contact in contacts]
    changed = investigation.contacts.filter(pk__in=keys, state__in=_MAY_DECIDE).update(
        state=state, decided_at=now, decided_by=by
    )
    if changed != len(keys):
        raise DecidedMeanwhile(count=len(keys) - changed)
    _note_all(investigation, contacts, _KIND[State(state)], text, by, now)
    _audit_all(contacts, f"contacts.contact.{state.lower()}", actor, now)
    return changed


@transaction.atomic
def determine(
    *, investigation: Investigation, contacts: Sequence[Contact], authority: Authority,
    by: Person, actor: Actor, now: datetime,
) -> list[Contact]:  # fmt: skip
    """The CDC has said who is a close contact. Gives those who were not before."""
    refuse_closed(investigation)
    authority.check(today=reporting_day(now))
    if not contacts:
        raise Invalid({"contacts": _("Please tick at least one.")})
    new = [contact for contact in contacts if contact.state != State.DETERMINED]
    changed = investigation.contacts.filter(pk__in=[one.pk for one in new]).exclude(
        state=State.DETERMINED
    ).update(
        state=State.DETERMINED,
        officer=authority.officer.strip()[:80],
        document=authority.document.strip()[:80],
        document_on=authority.document_on,
        determined_at=now,
        decided_at=now,
        decided_by=by,
    )  # fmt: skip
    if changed != len(new):
        raise DecidedMeanwhile(count=len(new) - changed)
    for contact in new:
        contact.refresh_from_db()
    _note_all(investigation, new, Fact.Kind.DETERMINED, authority.in_words(), by, now)
    _audit_all(new, "contacts.contact.determined", actor, now)
    return new


@transaction.atomic
def withdraw(
    *, contact: Contact, authority: Authority, to: str, by: Person, actor: Actor, now: datetime
) -> Contact:
    """The CDC takes its word back, with the same kind of evidence."""
    refuse_closed(contact.investigation)
    authority.check(today=reporting_day(now))
    if to not in BY_HAND:
        raise Invalid({"state": _("Please choose what was found.")})
    changed = Contact.objects.filter(pk=contact.pk, state=State.DETERMINED).update(
        state=to, decided_at=now, decided_by=by
    )
    if changed != 1:
        raise DecidedMeanwhile(count=1)
    contact.refresh_from_db()
    _note_all(contact.investigation, [contact], Fact.Kind.WITHDRAWN, authority.in_words(), by, now)
    _audit_all([contact], "contacts.contact.withdrawn", actor, now)
    return contact


@transaction.atomic
def end_observation(
    *, contact: Contact, outcome: str, release_paper: str, text: str, by: Person, actor: Actor,
    now: datetime,
) -> Contact:  # fmt: skip
    """How it ended. A close contact is released on paper only."""
    refuse_closed(contact.investigation)
    if outcome not in Contact.Outcome.values:
        raise Invalid({"outcome": _("Please choose the outcome.")})
    is_release = outcome == Contact.Outcome.RELEASED
    if is_release and contact.state == State.DETERMINED and not release_paper.strip():
        raise Invalid({"release_paper": _("A close contact is released with a paper: its number, please.")})  # fmt: skip
    changed = Contact.objects.filter(pk=contact.pk, ended_at__isnull=True).update(
        outcome=outcome, release_paper=release_paper.strip()[:80], ended_at=now
    )
    if changed != 1:
        raise DecidedMeanwhile(count=1)
    contact.visits.filter(outcome="").delete()
    contact.refresh_from_db()
    said = f"{Contact.Outcome(outcome).label} {release_paper} {text}".strip()
    _note_all(contact.investigation, [contact], Fact.Kind.ENDED, said, by, now)
    _audit_all([contact], "contacts.contact.ended", actor, now)
    return contact


def _note_all(
    investigation: Investigation, contacts: Sequence[Contact], kind: Fact.Kind, text: str,
    by: Person | None, now: datetime,
) -> None:  # fmt: skip
    for contact in contacts:
        note(investigation, kind, by=by, now=now, text=text, contact=contact)


def _audit_all(contacts: Sequence[Contact], verb: str, actor: Actor, now: datetime) -> None:
    audit.record_many(
        audit.entry(verb=verb, actor=actor, subject=one, now=now, concerns=one.person_id)
        for one in contacts
    )
