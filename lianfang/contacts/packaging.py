"""A list for the CDC or the community: minimum fields, two persons, a frozen file, a log for years.

Nothing leaves without a request number and a receiver. The file carries who took it out, is
fetched by whoever asked for it alone, and is gone when it expires; what was disclosed stays known.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.contacts.models import Contact, Disclosure, Investigation, Package, PackageFact
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Forbidden, Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person
from lianfang.rulebook.contact_policy import ContactPolicy

State = Package.State
Render = Callable[[Package, Sequence[Contact]], bytes]

# What may be asked for. The first are the least with which a contact can be found.
FIELDS: dict[str, str] = {
    "code": _("number of the contact"),
    "name": _("name"),
    "phone": _("phone"),
    "last_on": _("last contact"),
    "state": _("kind of contact"),
    "first_on": _("first contact"),
    "mode": _("way of contact"),
    "protection": _("protection"),
    "unit": _("class or unit"),
    "lodging": _("dormitory room"),
    "number": _("student or staff number"),
    "officer": _("determined by"),
}
MINIMUM = ("code", "name", "phone", "last_on")
SENDABLE = (Contact.State.CONFIRMED, Contact.State.DETERMINED, Contact.State.CASUAL)


class SecondPersonNeeded(Refused):
    code = "contacts.second-person"
    message = _("Somebody else than the one who asked has to approve it.")
    status = 403


class PackageMovedOn(Refused):
    code = "contacts.package-moved-on"
    message = _("This package is at another step already. Please look at it again.")
    status = 409


class PackageExpired(Refused):
    code = "contacts.package-expired"
    message = _("The file of this package has expired; ask for a new one.")
    status = 410


class NobodyToHandOver(Refused):
    code = "contacts.nobody-to-hand-over"
    message = _("No contact of these kinds is there to hand over.")


@transaction.atomic
def ask(
    *, investigation: Investigation, organisation: str, receiver: str, purpose: str,
    request_number: str, fields: Sequence[str], states: Sequence[str], layout: str, by: Person,
    actor: Actor, now: datetime,
) -> Package:  # fmt: skip
    """Ask for a package; a second person approves it. Raises `Invalid`."""
    problems = {}
    needed = {
        "organisation": (organisation, _("Which organisation asked for it?")),
        "receiver": (receiver, _("Who receives it there, by name?")),
        "purpose": (purpose, _("What is it for? One sentence.")),
        "request_number": (request_number, _("The number of the written request, please.")),
    }
    problems = {name: sentence for name, (text, sentence) in needed.items() if not text.strip()}
    unknown = set(fields) - set(FIELDS)
    if unknown or not fields:
        problems["fields"] = _("Please choose the fields out of the list.")
    if not states or set(states) - set(SENDABLE):
        problems["states"] = _("Please choose which contacts.")
    if layout not in Package.Layout.values:
        problems["layout"] = _("Please choose out of the list.")
    if problems:
        raise Invalid(problems)
    if not investigation.contacts.filter(state__in=states).exists():
        raise NobodyToHandOver
    package = Package.objects.create(
        investigation=investigation, organisation=organisation.strip()[:80],
        receiver=receiver.strip()[:80], purpose=purpose.strip()[:200],
        request_number=request_number.strip()[:80],
        fields=[name for name in FIELDS if name in fields], states=sorted(states),
        layout=layout, asked_at=now, asked_by=by,
    )  # fmt: skip
    _note(package, PackageFact.Kind.ASKED, by, actor, now, purpose)
    return package


@transaction.atomic
def approve(
    *, package: Package, render: Render, policy: ContactPolicy, by: Person, actor: Actor,
    now: datetime,
) -> Package:  # fmt: skip
    """The second person: the file is made and frozen, and each disclosure is written down."""
    if by.pk == package.asked_by_id:
        raise SecondPersonNeeded
    contacts = list(
        package.investigation.contacts.filter(state__in=package.states)
        .exclude(person=by)
        .select_related("person", "outsider", "unit", "investigation")
        .order_by("number")
    )
    if not contacts:
        raise NobodyToHandOver
    package.approved_at, package.approved_by = now, by
    data = render(package, contacts)
    changed = Package.objects.filter(pk=package.pk, state=State.ASKED).update(
        state=State.APPROVED, approved_at=now, approved_by=by, rows=len(contacts),
        digest=hashlib.sha256(data).hexdigest(), expires_at=now + policy.package_lives,
    )  # fmt: skip
    if changed != 1:
        raise PackageMovedOn
    package.refresh_from_db()
    package.content = base64.b64encode(data).decode()
    package.save(update_fields=["content"])
    today = reporting_day(now)
    keep_until = today.replace(day=min(today.day, 28), year=today.year + policy.keep_years)
    Disclosure.objects.bulk_create(
        (
            Disclosure(
                package=package, contact=one, fields=package.fields, at=now, keep_until=keep_until
            )
            for one in contacts
        ),
        batch_size=1000,
    )
    audit.record_many(
        audit.entry(
            verb="contacts.contact.disclosed", actor=actor, subject=one, now=now,
            concerns=one.person_id, package=package.pk, organisation=package.organisation,
            fields=package.fields,
        )
        for one in contacts
    )  # fmt: skip
    _note(package, PackageFact.Kind.APPROVED, by, actor, now, package.digest)
    return package


@transaction.atomic
def refuse(*, package: Package, text: str, by: Person, actor: Actor, now: datetime) -> Package:
    if not text.strip():
        raise Invalid({"text": _("Please say in a few words why.")})
    _move(package, State.ASKED, State.REFUSED, now=now)
    _note(package, PackageFact.Kind.REFUSED, by, actor, now, text)
    return package


@transaction.atomic
def fetch(*, package: Package, by: Person, actor: Actor, now: datetime) -> bytes:
    """The frozen bytes, for whoever asked for them and nobody else. Each time is written down."""
    if by.pk != package.asked_by_id:
        raise Forbidden
    if not package.content:
        raise PackageMovedOn
    if not package.is_fetchable(now):
        raise PackageExpired
    data = base64.b64decode(package.content)
    if hashlib.sha256(data).hexdigest() != package.digest:
        raise PackageMovedOn
    _note(package, PackageFact.Kind.FETCHED, by, actor, now, "")
    return data


@transaction.atomic
def hand_over(
    *, package: Package, text: str, policy: ContactPolicy, by: Person, actor: Actor, now: datetime
) -> Package:
    """It is on its way; from here a receipt and an answer are waited for."""
    _move(
        package, State.APPROVED, State.HANDED_OVER, now=now, handed_over_at=now,
        next_due_at=now + policy.answer_within,
    )  # fmt: skip
    _note(package, PackageFact.Kind.HANDED_OVER, by, actor, now, text)
    return package


@transaction.atomic
def receipt(
    *, package: Package, text: str, policy: ContactPolicy, by: Person, actor: Actor, now: datetime
) -> Package:
    """Who received it, and when they said so."""
    if not text.strip():
        raise Invalid({"text": _("Who confirmed the receipt, and how?")})
    _move(
        package, State.HANDED_OVER, State.RECEIVED, now=now, received_at=now,
        next_due_at=now + policy.answer_within,
    )  # fmt: skip
    _note(package, PackageFact.Kind.RECEIVED, by, actor, now, text)
    return package


@transaction.atomic
def answered(*, package: Package, text: str, by: Person, actor: Actor, now: datetime) -> Package:
    """What they answered; an answer without a receipt is one too."""
    if not text.strip():
        raise Invalid({"text": _("What did they answer?")})
    changes: dict[str, Any] = {"answered_at": now, "next_due_at": None}
    if package.state == State.HANDED_OVER:
        changes["received_at"] = now
    _move(package, package.state, State.ANSWERED, now=now, allowed=(State.HANDED_OVER, State.RECEIVED), **changes)  # fmt: skip
    _note(package, PackageFact.Kind.ANSWERED, by, actor, now, text)
    return package


def _move(
    package: Package, old: str, new: State, *, now: datetime, allowed: Sequence[State] = (),
    **changes: Any,
) -> None:  # fmt: skip
    if allowed and old not in allowed:
        raise PackageMovedOn
    if Package.objects.filter(pk=package.pk, state=old).update(state=new, **changes) != 1:
        raise PackageMovedOn
    package.refresh_from_db()


def _note(
    package: Package, kind: PackageFact.Kind, by: Person, actor: Actor, now: datetime, text: str
) -> None:
    PackageFact.objects.create(package=package, kind=kind, at=now, by=by, text=text[:2000])
    audit.record(
        verb=f"contacts.package.{kind.lower().replace('_', '-')}", actor=actor, subject=package,
        now=now,
    )  # fmt: skip


def claim_due(*, now: datetime) -> Package | None:
    """The worker's poll: a package whose receipt or answer stays out; each is said once."""
    package = (
        Package.objects.filter(next_due_at__lte=now)
        .order_by("next_due_at", "id")
        .select_related("asked_by", "investigation")
        .first()
    )
    if package is None:
        return None
    changed = Package.objects.filter(pk=package.pk, next_due_at=package.next_due_at).update(
        next_due_at=None
    )
    return package if changed == 1 else None


def postpone_due(*, now: datetime, to: datetime) -> None:
    due = Package.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id")
    Package.objects.filter(pk__in=due.values("pk")[:1]).update(next_due_at=to)
