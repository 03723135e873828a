"""Somebody named by hand: one of the college, or an outsider with a phone."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from lianfang.contacts import operations
from lianfang.contacts.models import Contact, Investigation, Outsider, PersonKey
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.phones import phone as phone_of
from lianfang.roster.imports.problems import Wrong
from lianfang.roster.models import Person
from lianfang.roster.operations import phone_index


@transaction.atomic
def name_somebody(
    *,
    investigation: Investigation,
    person: Person | None,
    typed: str,
    phone: str,
    last_on: date | None,
    mode: str,
    protection: str,
    text: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Contact:
    """`typed` is a number or a name; whoever is not on the roster needs a phone."""
    outsider = None
    if person is None:
        outsider = _outsider(typed, phone, now)
    return operations.name_contact(
        investigation=investigation, person=person, outsider=outsider, last_on=last_on, mode=mode,
        protection=protection, text=text, by=by, actor=actor, now=now,
    )  # fmt: skip


def _outsider(name: str, phone: str, now: datetime) -> Outsider:
    """The outsider of this name and phone: the one who is known already, or a new one."""
    if not name:
        raise Invalid({"person": _("Whom did the case meet? A number, or a name.")})
    if any(letter.isdecimal() for letter in name):
        raise Invalid({"person": _("Nobody on the roster has this number.")})
    try:
        plain = phone_of(phone)
    except Wrong as wrong:
        raise Invalid({"phone": wrong.text}, **wrong.context) from wrong
    if not plain:
        raise Invalid(
            {"phone": _("Not on the roster, or not the only one of this name: add a phone, or write the number.")}
        )  # fmt: skip
    index = phone_index(plain)
    held = PersonKey.objects.filter(kind="PHONE", index=index, outsider__isnull=False)
    for key in held.select_related("outsider"):
        if key.outsider is not None and key.outsider.name == name:
            return key.outsider
    made = Outsider.objects.create(name=name[:60], phone=plain, added_at=now)
    PersonKey.objects.create(kind="PHONE", index=index, outsider=made)
    return made
