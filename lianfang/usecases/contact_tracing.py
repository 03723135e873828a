"""Whom a case met: opened from an incident, proposed by the campus, decided by people.

Whoever the CDC determines comes under key monitoring in the same transaction: two checks a day,
until an order of quarantine takes them over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.contacts import deciding, operations
from lianfang.contacts.deciding import Authority
from lianfang.contacts.models import Contact, Investigation
from lianfang.incidents.models import Incident
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring import operations as monitoring
from lianfang.monitoring.models import MonitoringFile
from lianfang.monitoring.operations import NobodyAnswersForThem
from lianfang.roster.models import Person
from lianfang.rulebook.contact_policy import ContactPolicy, policy_from
from lianfang.rulebook.queries import rules_in_force

CATEGORY = MonitoringFile.Category.MET_CASE
REASON = _("Determined as a close contact by the CDC")


def policy_at(now: datetime) -> ContactPolicy:
    return policy_from(rules_in_force(now).settings)


@transaction.atomic
def open_for(
    *,
    person: Person | None,
    incident: Incident | None,
    anchor_on: date | None,
    is_asymptomatic: bool = False,
    isolated_on: date | None = None,
    outside_code: str = "",
    by: Person,
    actor: Actor,
    now: datetime,
) -> Investigation:
    """Open an investigation and, for a case of the college, propose its candidates at once."""
    policy = policy_at(now)
    made = operations.open_investigation(
        person=person, incident=incident, anchor_on=anchor_on, is_asymptomatic=is_asymptomatic,
        isolated_on=isolated_on, outside_code=outside_code, policy=policy, by=by, actor=actor,
        now=now,
    )  # fmt: skip
    if person is not None:
        operations.propose(investigation=made, policy=policy, by=by, actor=actor, now=now)
    return made


@transaction.atomic
def change_window(
    *, investigation: Investigation, anchor_on: date | None, isolated_on: date | None, by: Person,
    actor: Actor, now: datetime,
) -> Investigation:  # fmt: skip
    """Another onset or isolation; the candidates are proposed anew."""
    policy = policy_at(now)
    changed = operations.change_window(
        investigation=investigation, anchor_on=anchor_on, isolated_on=isolated_on, policy=policy,
        by=by, actor=actor, now=now,
    )  # fmt: skip
    if changed.person is not None:
        operations.propose(investigation=changed, policy=policy, by=by, actor=actor, now=now)
    return changed


def propose_again(
    *, investigation: Investigation, by: Person, actor: Actor, now: datetime
) -> list[Contact]:
    return operations.propose(
        investigation=investigation, policy=policy_at(now), by=by, actor=actor, now=now
    )


@transaction.atomic
def determine(
    *, investigation: Investigation, contacts: Sequence[Contact], authority: Authority,
    by: Person, actor: Actor, now: datetime,
) -> list[Contact]:  # fmt: skip
    """The CDC's word; each person of the college who is new to it comes under key monitoring."""
    new = deciding.determine(
        investigation=investigation, contacts=contacts, authority=authority, by=by, actor=actor,
        now=now,
    )  # fmt: skip
    for contact in new:
        watch(contact, authority=authority, by=by, actor=actor, now=now)
    return new


def watch(
    contact: Contact, *, authority: Authority, by: Person | None, actor: Actor, now: datetime
) -> MonitoringFile | None:
    """The contact's file of key monitoring; None for an outsider, or off the roster by now."""
    if contact.person is None:
        return None
    try:
        return monitoring.open_file(
            person=contact.person,
            category=CATEGORY,
            reason=REASON,
            evidence=f"{contact.code} · {authority.in_words()}",
            last_exposure_on=contact.last_on or reporting_day(now),
            source=f"contact:{contact.pk}",
            by=by,
            actor=actor,
            now=now,
            is_verified=True,
        )
    except NobodyAnswersForThem:
        return None  # the contact stays; whoever leads the investigation follows them up


def investigation_seen(
    *, investigation: Investigation, shown: Sequence[Contact], actor: Actor, now: datetime
) -> None:
    """Who was shown by name as a contact is written down, each for themself."""
    audit.record(
        verb="contacts.investigation.seen", actor=actor, subject=investigation, now=now,
        concerns=investigation.person_id,
    )  # fmt: skip
    audit.record_many(
        audit.entry(
            verb="contacts.contact.seen", actor=actor, subject=contact, now=now,
            concerns=contact.person_id,
        )
        for contact in shown
        if contact.person_id is not None
    )  # fmt: skip


def contact_seen(*, contact: Contact, actor: Actor, now: datetime) -> None:
    audit.record(
        verb="contacts.contact.seen", actor=actor, subject=contact, now=now,
        concerns=contact.person_id,
    )  # fmt: skip


def phone_revealed(*, contact: Contact, actor: Actor, now: datetime) -> None:
    audit.record(
        verb="roster.phone.revealed", actor=actor, subject=contact, now=now,
        concerns=contact.person_id, reason="contact",
    )  # fmt: skip


name_contact = operations.name_contact
link = operations.link
close = operations.close
decide = deciding.decide
withdraw = deciding.withdraw
end_observation = deciding.end_observation
