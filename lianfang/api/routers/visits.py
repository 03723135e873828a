"""Calls and visits of contacts: one's own of today, and what came of each."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from lianfang.api.access import Caller, number_in_address
from lianfang.api.caring import check_reach, reader, writer
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.contacts import VisitOut, VisitOutcomeIn, VisitsOut
from lianfang.api.shapes.investigations import VisitPhoneOut
from lianfang.api.shifts import named
from lianfang.contacts import access, queries
from lianfang.contacts.models import Visit
from lianfang.contacts.visiting import Heard
from lianfang.kernel.refusals import Forbidden, Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import contact_tracing, contact_visits

router = Router(tags=["contacts"])


@router.get("/visits", response=answers(200, VisitsOut), url_name="visits")
def list_visits(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> VisitsOut:
    """Contacts whom the person has to call today, open ones first; every look is written down.

    Token: `care:read`, for a person. Names need `people:read` as well.
    """
    caller = reader(request)
    if not access.may_open_page(caller.sight):
        raise Forbidden
    found = queries.visits_of(caller.doer.pk, on=caller.today)
    if caller.integration is not None and caller.integration.unit_id is not None:
        found = found.filter(contact__unit__in=caller.reach)
    page = list(found[offset : offset + limit])
    for one in page:
        contact_tracing.contact_seen(contact=one.contact, actor=caller.actor, now=caller.now)
    return VisitsOut(total=found.count(), visits=[_shown(one, caller) for one in page])


@router.post(
    "/visits/{visit_id}/outcome", response=answers(200, VisitOut), url_name="visit_outcome"
)
@once
def settle_visit(request: HttpRequest, visit_id: str, body: VisitOutcomeIn) -> VisitOut:
    """What came of a call; symptoms go the way of every fever. Token: `care:write`, for a person."""
    caller = writer(request)
    one = access.visit_of(number_in_address(visit_id), sight=caller.sight)
    if caller.integration is not None and caller.integration.unit_id is not None:
        check_reach(one.contact.unit_id, caller)
    contact_visits.settle(
        visit=one, heard=_heard(body, caller), by=caller.doer, actor=caller.actor, now=caller.now
    )
    one.refresh_from_db()
    return _shown(one, caller)


@router.post(
    "/visits/{visit_id}/phone", response=answers(200, VisitPhoneOut), url_name="visit_phone"
)
def visit_phone(request: HttpRequest, visit_id: str) -> VisitPhoneOut:
    """The number to call; that it was shown is written down.

    Token: `care:write` and `phones:read`, for a person who has the call to make.
    """
    caller = writer(request)
    caller.needs(Scope.PHONES_READ)
    one = access.visit_of(number_in_address(visit_id), sight=caller.sight)
    if caller.integration is not None and caller.integration.unit_id is not None:
        check_reach(one.contact.unit_id, caller)
    contact_tracing.phone_revealed(contact=one.contact, actor=caller.actor, now=caller.now)
    somebody = one.contact.person or one.contact.outsider
    return VisitPhoneOut(phone=somebody.phone if somebody else "")


def _heard(body: VisitOutcomeIn, caller: Caller) -> Heard:
    known = {symptom.code for symptom in rules_in_force(caller.now).symptoms}
    problems = {}
    if not known.issuperset(body.symptoms):
        problems["symptoms"] = _("This is none of the values that are possible here.")
    if body.temperature is not None and not body.site:
        problems["site"] = _("Where was it measured?")
    if problems:
        raise Invalid(problems)
    return Heard(
        outcome=body.outcome,
        is_in_person=body.is_in_person,
        temperature=body.temperature,
        site=body.site if body.temperature is not None else "",
        symptoms=tuple(body.symptoms),
        note=body.note,
    )


def _shown(one: Visit, caller: Caller) -> VisitOut:
    outsider = one.contact.outsider
    names = caller.integration is None or caller.has(Scope.PEOPLE_READ)
    return VisitOut(
        id=one.pk,
        contact=one.contact.code,
        person=named(one.contact.person, caller),
        name=outsider.name if outsider and names else None,
        day=one.day,
        due_at=one.due_at,
        outcome=one.outcome,
        settled_at=one.settled_at,
    )
