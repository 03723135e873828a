"""Contacts: investigations, what people decide there, packages, and a list from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router

from lianfang.api.access import Caller, number_in_address
from lianfang.api.caring import reader, writer
from lianfang.api.contacting import contact_out, names_people
from lianfang.api.once import once
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.contacts import (
    ContactsOut,
    DecidedOut,
    DecideIn,
    DetermineIn,
    InvestigationOut,
    InvestigationRowOut,
    InvestigationsOut,
)
from lianfang.contacts import access, queries
from lianfang.contacts.access import InvestigationSight
from lianfang.contacts.deciding import Authority
from lianfang.contacts.models import Contact, Investigation
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.usecases import contact_tracing

router = Router(tags=["contacts"])
State = Literal["PROPOSED", "CONFIRMED", "DETERMINED", "CASUAL", "DISMISSED"]
_ONE = "/investigations/{investigation_id}"


@router.get("/investigations", response=answers(200, InvestigationsOut), url_name="investigations")
def list_investigations(
    request: HttpRequest, limit: Limit = 50, offset: Offset = 0
) -> InvestigationsOut:
    """Codes and figures, open ones first; no name. Token: `care:read`, for a person."""
    caller = reader(request)
    if not access.may_open_page(caller.sight):
        raise Forbidden
    coded = access.coded_investigations(caller.sight).select_related("unit")
    found = queries.with_counts(coded).order_by("-state", "-opened_at")
    led = set(access.led_investigations(caller.sight).values_list("pk", flat=True))
    return InvestigationsOut(
        total=found.count(),
        investigations=[
            InvestigationRowOut(**investigation_row(one, leads=one.pk in led))
            for one in found[offset : offset + limit]
        ],
    )


@router.get(_ONE, response=answers(200, InvestigationOut), url_name="investigation")
def one_investigation(
    request: HttpRequest,
    investigation_id: str,
    state: State = "PROPOSED",
    limit: Limit = 50,
    offset: Offset = 0,
) -> InvestigationOut:
    """One case with its contacts of one state, the likeliest first; every look is written down.

    Whoever only cares for some of them gets these. Token: `care:read`, for a person; names need
    `people:read`, reasons `answers:read` as well.
    """
    caller = reader(request)
    found, sight = _seen(investigation_id, caller)
    rows = found.contacts.filter(state=state).exclude(person=caller.doer)
    if not sight.leads:
        rows = access.own_contacts(caller.sight).filter(investigation=found, state=state)
    if sight.is_codes_only:
        rows = rows.none()
    rows = rows.select_related("person", "outsider", "unit", "investigation")
    page = list(rows.order_by("-score", "-last_on", "number")[offset : offset + limit])
    shown = [one for one in page if sight.names_contact(one)] if names_people(caller) else []
    contact_tracing.investigation_seen(
        investigation=found, shown=shown, actor=caller.actor, now=caller.now
    )
    counted = queries.with_counts(Investigation.objects.filter(pk=found.pk)).get()
    return InvestigationOut(
        **investigation_row(counted, leads=sight.leads),
        shown=state,
        total=rows.count(),
        contacts=[contact_out(one, sight, caller) for one in page],
    )


@router.post(f"{_ONE}/decide", response=answers(200, DecidedOut), url_name="contacts_decide")
@once
def decide_contacts(request: HttpRequest, investigation_id: str, body: DecideIn) -> DecidedOut:
    """One finding about several, all or none; 409 when somebody decided meanwhile.

    Token: `care:write`, for a person who leads the investigation.
    """
    caller = writer(request)
    found = access.led(number_in_address(investigation_id), sight=caller.sight)
    decided = contact_tracing.decide(
        investigation=found,
        contacts=_chosen(body.contacts, found, caller),
        state=body.state,
        text=body.text,
        **who(caller),
    )
    return DecidedOut(decided=decided)


@router.post(f"{_ONE}/determine", response=answers(200, DecidedOut), url_name="contacts_determine")
@once
def determine_contacts(
    request: HttpRequest, investigation_id: str, body: DetermineIn
) -> DecidedOut:
    """Close contacts by the word of the CDC; each comes under key monitoring at once.

    Token: `care:write`, for a person who leads the investigation.
    """
    caller = writer(request)
    found = access.led(number_in_address(investigation_id), sight=caller.sight)
    new = contact_tracing.determine(
        investigation=found,
        contacts=_chosen(body.contacts, found, caller),
        authority=Authority(body.officer, body.document, body.document_on),
        **who(caller),
    )
    return DecidedOut(decided=len(new))


@router.get("/contacts", response=answers(200, ContactsOut), url_name="contacts")
def list_contacts(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> ContactsOut:
    """One's own people who are contacts, without the case; every look is written down.

    Token: `care:read`, for a person. Names need `people:read` as well.
    """
    caller = reader(request)
    if not caller.sight.event_units:
        raise Forbidden
    found = access.own_contacts(caller.sight).filter(ended_at__isnull=True)
    found = found.select_related("person", "unit", "investigation").order_by("-last_on", "pk")
    page = list(found[offset : offset + limit])
    sight = InvestigationSight(leads=False, names=caller.sight.event_units)
    for one in page:
        contact_tracing.contact_seen(contact=one, actor=caller.actor, now=caller.now)
    return ContactsOut(
        total=found.count(), contacts=[contact_out(one, sight, caller) for one in page]
    )


def _seen(investigation_id: str, caller: Caller) -> tuple[Investigation, InvestigationSight]:
    pk = number_in_address(investigation_id)
    found = Investigation.objects.filter(pk=pk).select_related("unit").first()
    if found is None:
        raise NotYours
    return found, access.sight_of_investigation(found, sight=caller.sight)


def _chosen(keys: Sequence[int], found: Investigation, caller: Caller) -> list[Contact]:
    """Contacts of this very investigation; of whom one may not see the name, one does not decide."""
    chosen = list(
        found.contacts.filter(pk__in=keys)
        .exclude(person=caller.doer)
        .select_related("person", "investigation")
    )
    if len(chosen) != len(set(keys)):
        raise NotYours
    sight = access.sight_of_investigation(found, sight=caller.sight)
    if not all(sight.names_contact(one) for one in chosen):
        raise Forbidden
    return chosen


def who(caller: Caller) -> dict[str, Any]:
    return {"by": caller.doer, "actor": caller.actor, "now": caller.now}


def investigation_row(one: Investigation, *, leads: bool) -> dict[str, Any]:
    return {
        "id": one.pk,
        "code": one.code,
        "unit": one.unit.code if one.unit else None,
        "state": one.state,
        "anchor_on": one.anchor_on if leads else None,
        "window_from": one.window_from if leads else None,
        "isolated_on": one.isolated_on if leads else None,
        "opened_at": one.opened_at,
        "closed_at": one.closed_at,
        "counts": {str(s): getattr(one, f"n_{s.lower()}") for s in Contact.State.values},
        "may_lead": leads,
    }
