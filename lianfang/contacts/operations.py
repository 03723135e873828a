"""Opening an investigation, proposing and naming contacts, the links of a chain, closing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max

from lianfang.audit import operations as audit
from lianfang.contacts.candidates import Span, encounters_of
from lianfang.contacts.models import Contact, Fact, Investigation, Outsider
from lianfang.contacts.queries import nearness_of, units_of_people
from lianfang.contacts.rules import Candidate, rank, window_from
from lianfang.incidents.models import Incident
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import day_mark, reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster import queries as roster
from lianfang.roster.models import Person
from lianfang.rulebook.contact_policy import ContactPolicy

LONGEST_AGO = timedelta(days=120)
_BATCH = 1000


class AlreadyInvestigated(Refused):
    code = "contacts.already-investigated"
    message = _("The contacts of this person are looked for already: %(code)s.")
    status = 409


class InvestigationIsClosed(Refused):
    code = "contacts.closed"
    message = _("This investigation is closed.")
    status = 409


class ContactWithOneself(Refused):
    code = "contacts.with-oneself"
    message = _("Nobody is a contact of themself.")


class NobodyToProposeFrom(Refused):
    code = "contacts.outside-case"
    message = _("The case is not of this college: name its contacts by hand, or take in a list.")


class StillToDecide(Refused):
    code = "contacts.still-to-decide"
    message = _("%(count)s candidates or contacts are not settled yet: confirm, dismiss or end them first.")  # fmt: skip
    status = 409


def problems_of_window(
    *, anchor_on: date | None, isolated_on: date | None, today: date
) -> dict[str, str]:
    """What cannot be so in the days of a case, field by field."""
    problems = {}
    if anchor_on is None:
        problems["anchor_on"] = _("Please write the day of the onset, or of the sampling.")
    elif anchor_on > today:
        problems["anchor_on"] = _("The onset cannot lie in the future.")
    elif today - anchor_on > LONGEST_AGO:
        problems["anchor_on"] = _("This is more than 120 days ago; please look at the year.")
    if isolated_on is not None and isolated_on > today:
        problems["isolated_on"] = _("The isolation cannot lie in the future.")
    elif isolated_on is not None and anchor_on is not None and isolated_on < anchor_on:
        problems["isolated_on"] = _("The isolation cannot lie before the onset.")
    return problems


@transaction.atomic
def open_investigation(
    *,
    person: Person | None,
    incident: Incident | None,
    anchor_on: date | None,
    is_asymptomatic: bool,
    isolated_on: date | None,
    outside_code: str,
    policy: ContactPolicy,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> Investigation:
    """A case by a code of its own. Raises `Invalid`, `AlreadyInvestigated`."""
    today = reporting_day(now)
    problems = problems_of_window(anchor_on=anchor_on, isolated_on=isolated_on, today=today)
    if person is None and not outside_code.strip():
        problems["outside_code"] = _("How does the CDC call this case? A code, never a name.")
    if problems or anchor_on is None:
        raise Invalid(problems)
    window = policy.window_on(anchor_on)
    try:
        with transaction.atomic():
            made = Investigation.objects.create(
                code=_draft_code(),
                outside_code=outside_code.strip()[:40],
                person=person,
                unit=roster.reporting_unit_of(person, day=today) if person else None,
                incident=incident,
                is_asymptomatic=is_asymptomatic,
                anchor_on=anchor_on,
                window_from=window_from(anchor_on, window.days_before_onset),
                window_source=window.source[:200],
                isolated_on=isolated_on,
                opened_at=now,
                opened_by=by,
            )
    except IntegrityError as error:
        held = Investigation.objects.filter(person=person, state="OPEN").first()
        raise AlreadyInvestigated(code=held.code if held else "") from error
    made.code = f"C{day_mark(now)}-{made.pk}"
    made.save(update_fields=["code"])
    note(made, Fact.Kind.OPENED, by=by, now=now, text=window.source)
    audit.record(
        verb="contacts.investigation.opened", actor=actor, subject=made, now=now,
        concerns=person.pk if person else None, window=made.window_from.isoformat(),
    )  # fmt: skip
    return made


def _draft_code() -> str:
    """Taken for the moment between the row and its number; two at once do not collide."""
    return f"draft-{secrets.token_hex(8)}"


def note(
    investigation: Investigation, kind: Fact.Kind, *, by: Person | None, now: datetime,
    text: str = "", contact: Contact | None = None,
) -> Fact:  # fmt: skip
    return Fact.objects.create(
        investigation=investigation, contact=contact, kind=kind, at=now, by=by, text=text[:2000]
    )


@transaction.atomic
def change_window(
    *, investigation: Investigation, anchor_on: date | None, isolated_on: date | None,
    policy: ContactPolicy, by: Person, actor: Actor, now: datetime,
) -> Investigation:  # fmt: skip
    """Another onset or isolation is known; the candidates are to be proposed anew."""
    refuse_closed(investigation)
    problems = problems_of_window(
        anchor_on=anchor_on, isolated_on=isolated_on, today=reporting_day(now)
    )
    if problems or anchor_on is None:
        raise Invalid(problems)
    window = policy.window_on(anchor_on)
    old = f"{investigation.anchor_on} – {investigation.isolated_on or ''}"
    investigation.anchor_on = anchor_on
    investigation.isolated_on = isolated_on
    investigation.window_from = window_from(anchor_on, window.days_before_onset)
    investigation.window_source = window.source[:200]
    investigation.save(update_fields=["anchor_on", "isolated_on", "window_from", "window_source"])
    note(investigation, Fact.Kind.CHANGED, by=by, now=now,
         text=f"{old} → {anchor_on} – {isolated_on or ''}")  # fmt: skip
    audit.record(
        verb="contacts.window.changed", actor=actor, subject=investigation, now=now,
        concerns=investigation.person_id,
    )  # fmt: skip
    return investigation


def span_of(investigation: Investigation, *, today: date) -> Span:
    """The days that count; the day of isolation is the last of them."""
    return Span(investigation.window_from, (investigation.isolated_on or today) + timedelta(days=1))


@transaction.atomic
def propose(
    *,
    investigation: Investigation,
    policy: ContactPolicy,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> list[Contact]:
    """Everybody whom the campus lets the case have met, the likeliest first.

    What a person has decided stays decided; candidates nobody looked at are ranked anew, and
    those who are no candidates any more go.
    """
    refuse_closed(investigation)
    if investigation.person is None:
        raise NobodyToProposeFrom
    today = reporting_day(now)
    encounters = encounters_of(investigation.person, span=span_of(investigation, today=today))
    ranked = rank(encounters, nearness_of(policy))
    made = _store(investigation, ranked, today)
    Investigation.objects.filter(pk=investigation.pk).update(proposed_at=now)
    note(investigation, Fact.Kind.PROPOSED, by=by, now=now, text=str(len(ranked)))
    audit.record(
        verb="contacts.candidates.proposed", actor=actor, subject=investigation, now=now,
        concerns=investigation.person_id, count=len(ranked),
    )  # fmt: skip
    return made


def _store(investigation: Investigation, ranked: Sequence[Candidate], today: date) -> list[Contact]:
    held = {
        contact.person_id: contact
        for contact in investigation.contacts.filter(person__isnull=False)
    }
    wanted = {one.person for one in ranked}
    undecided = [c for c in held.values() if c.state == "PROPOSED" and c.origin == "CAMPUS"]
    gone = [contact.pk for contact in undecided if contact.person_id not in wanted]
    Contact.objects.filter(pk__in=gone, facts__isnull=True).delete()
    number = next_number(investigation)
    units = units_of_people([one.person for one in ranked], on=today)
    new, again = [], []
    for one in ranked:
        contact = held.get(one.person)
        if contact is None:
            contact = Contact(
                investigation=investigation, number=number, person_id=one.person,
                unit_id=units.get(one.person), origin=Contact.Origin.CAMPUS,
                state=Contact.State.PROPOSED,
            )  # fmt: skip
            number += 1
            new.append(contact)
        else:
            again.append(contact)
        contact.score = one.score
        contact.reasons = {"reasons": [reason.to_plain() for reason in one.reasons]}
        if contact.state == Contact.State.PROPOSED or contact.last_on is None:
            contact.first_on, contact.last_on = one.first_on, one.last_on
    Contact.objects.bulk_create(new, batch_size=_BATCH)
    Contact.objects.bulk_update(again, ["score", "reasons", "first_on", "last_on"], batch_size=200)
    return sorted([*new, *again], key=lambda contact: -contact.score)


def next_number(investigation: Investigation) -> int:
    found = investigation.contacts.aggregate(most=Max("number"))["most"]
    return int(found or 0) + 1


@transaction.atomic
def name_contact(
    *,
    investigation: Investigation,
    person: Person | None,
    outsider: Outsider | None,
    last_on: date | None,
    mode: str,
    protection: str,
    text: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Contact:
    """Somebody is named by hand: it is confirmed that they met. Raises `ContactWithOneself`."""
    refuse_closed(investigation)
    today = reporting_day(now)
    if person is not None and person.pk == investigation.person_id:
        raise ContactWithOneself
    problems = {}
    if last_on is None:
        problems["last_on"] = _("On which day did they meet last?")
    elif last_on > today:
        problems["last_on"] = _("The last contact cannot lie in the future.")
    elif last_on < investigation.window_from:
        problems["last_on"] = _("Contacts count from %(from)s on.")
    if mode and mode not in Contact.Mode.values:
        problems["mode"] = _("Please choose out of the list.")
    if protection and protection not in Contact.Protection.values:
        problems["protection"] = _("Please choose out of the list.")
    if problems:
        raise Invalid(problems, **{"from": investigation.window_from.isoformat()})
    units = units_of_people([person.pk], on=today) if person else {}
    contact, made = Contact.objects.get_or_create(
        investigation=investigation,
        person=person,
        outsider=outsider,
        defaults={
            "number": next_number(investigation), "origin": Contact.Origin.HAND,
            "state": Contact.State.CONFIRMED, "unit_id": units.get(person.pk) if person else None,
        },
    )  # fmt: skip
    contact.first_on = min(filter(None, [contact.first_on, last_on]))
    contact.last_on = max(filter(None, [contact.last_on, last_on]))
    contact.mode, contact.protection = mode or contact.mode, protection or contact.protection
    if made or contact.state in {Contact.State.PROPOSED, Contact.State.DISMISSED}:
        contact.state = Contact.State.CONFIRMED
        contact.decided_at, contact.decided_by = now, by
    contact.save()
    note(investigation, Fact.Kind.NAMED, by=by, now=now, text=text, contact=contact)
    audit.record(
        verb="contacts.contact.named", actor=actor, subject=contact, now=now,
        concerns=contact.person_id,
    )  # fmt: skip
    return contact


class ChainWouldClose(Refused):
    code = "contacts.ring"
    message = _("%(code)s stands further down the same chain: nobody infects backwards.")


@transaction.atomic
def link(
    *, investigation: Investigation, source: Investigation | None, text: str, by: Person,
    actor: Actor, now: datetime,
) -> Investigation:  # fmt: skip
    """Who infected the case, as far as people believe; None takes the belief back."""
    if not text.strip():
        raise Invalid({"text": _("A few words, please: why do you believe so?")})
    above = source
    while above is not None:
        if above.pk == investigation.pk:
            raise ChainWouldClose(code=source.code if source else "")
        above = above.infected_by
    investigation.infected_by = source
    investigation.save(update_fields=["infected_by"])
    said = f"{source.code if source else '–'}: {text.strip()}"
    note(investigation, Fact.Kind.INFECTED_BY, by=by, now=now, text=said)
    audit.record(
        verb="contacts.chain.linked", actor=actor, subject=investigation, now=now,
        concerns=investigation.person_id, source=source.code if source else "",
    )  # fmt: skip
    return investigation


@transaction.atomic
def close(
    *, investigation: Investigation, text: str, by: Person, actor: Actor, now: datetime
) -> Investigation:
    """Nothing is waiting: no confirmed contact undecided, none under observation."""
    refuse_closed(investigation)
    waiting = investigation.contacts.filter(
        state__in=[Contact.State.CONFIRMED, Contact.State.DETERMINED], ended_at__isnull=True
    ).count()
    if waiting:
        raise StillToDecide(count=waiting)
    changed = Investigation.objects.filter(pk=investigation.pk, state="OPEN").update(
        state="CLOSED", closed_at=now, closed_by=by, next_due_at=None
    )
    if changed != 1:
        raise InvestigationIsClosed
    note(investigation, Fact.Kind.CLOSED, by=by, now=now, text=text)
    audit.record(
        verb="contacts.investigation.closed", actor=actor, subject=investigation, now=now,
        concerns=investigation.person_id,
    )  # fmt: skip
    investigation.refresh_from_db()
    return investigation


def refuse_closed(investigation: Investigation) -> None:
    if not investigation.is_open:
        raise InvestigationIsClosed
