"""Rows of an investigation as a viewer may see them, and the fields of its forms made clean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from lianfang.contacts.access import InvestigationSight
from lianfang.contacts.deciding import Authority
from lianfang.contacts.models import Contact, Investigation
from lianfang.contacts.queries import reasons_of
from lianfang.contacts.words import reason_in_words
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import prose, tidy
from lianfang.portal.middleware import in_words
from lianfang.quarantine.access import may_read, may_record
from lianfang.quarantine.queries import running_order_of
from lianfang.roster.access import View
from lianfang.roster.models import Person


@dataclass(frozen=True, slots=True)
class Row:
    """A contact with its name where that may be seen; reasons for whoever leads."""

    contact: Contact
    name: str
    unit: str
    reasons: tuple[tuple[str, int], ...] = ()
    authority: str = ""


def row_of(contact: Contact, sight: InvestigationSight) -> Row:
    named = sight.names_contact(contact)
    somebody = contact.person or contact.outsider
    reasons = reasons_of(contact) if sight.leads and named else []
    return Row(
        contact=contact,
        name=somebody.name if named and somebody else "",
        unit=contact.unit.name if contact.unit else _("not of the college"),
        reasons=tuple((reason_in_words(reason), reason.points) for reason in reasons),
        authority=" · ".join(
            part
            for part in (contact.officer, contact.document, str(contact.document_on or ""))
            if part and sight.leads
        ),
    )


def quarantine_of(contact: Contact, *, sight: View) -> dict[str, Any]:
    """The running order of a determined contact, or the number to record one for; nothing where
    the viewer may do neither."""
    person = contact.person
    if person is None or contact.state != Contact.State.DETERMINED or not may_record(sight):
        return {}
    if not sight.people(sight.event_units).filter(pk=person.pk).exists():
        return {}
    order = running_order_of(person)
    if order is not None:
        return {"order": order} if may_read(sight, order) else {}
    return {"order_number": person.number}


def rows_of(contacts: Iterable[Contact], sight: InvestigationSight) -> list[Row]:
    return [row_of(contact, sight) for contact in contacts]


_SENTENCES = frozenset({"text", "note", "why", "ending", "words", "purpose"})


def text_of(request: HttpRequest, name: str, longest: int = 500) -> str:
    """A sentence keeps its punctuation; a code, a number, a name is made comparable."""
    read = prose if name in _SENTENCES else tidy
    return read(request.POST.get(name, ""))[:longest]


def day_of(request: HttpRequest, name: str) -> date | None:
    """A day, or None for an empty field. Raises `Invalid` for what is no day."""
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid({name: _("Please write a day such as 2020-02-01.")}) from error


def authority_of(request: HttpRequest) -> Authority:
    return Authority(
        officer=text_of(request, "officer", 80),
        document=text_of(request, "document", 80),
        document_on=day_of(request, "document_on"),
    )


def chosen_contacts(request: HttpRequest, investigation: Investigation) -> list[Contact]:
    """The ticked contacts of this very investigation; others are left out."""
    keys = [
        int(key) for key in request.POST.getlist("contact") if key.isdecimal() and len(key) < 18
    ]
    return list(
        investigation.contacts.filter(pk__in=keys).select_related("person", "investigation")
    )


def person_named(text: str) -> Person | None:
    """Somebody by number, or by a name that only one person has."""
    found = Person.objects.filter(number=text).first()
    if found is not None:
        return found
    namesakes = list(Person.objects.filter(name=text)[:2])
    return namesakes[0] if len(namesakes) == 1 else None


def said(refusal: Refused) -> dict[str, Any]:
    """A refusal beside its fields, or as one sentence on top."""
    if isinstance(refusal, Invalid):
        return {
            "problems": {
                name: _(text) % refusal.context if "%(" in text else _(text)
                for name, text in refusal.problems.items()
            }
        }
    return {"refused": in_words(refusal)}
