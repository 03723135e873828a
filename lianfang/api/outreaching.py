"""The doors to outreach that several routers share, for people and for tokens by themselves."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from lianfang.api.access import Caller, caller_of, number_in_address
from lianfang.api.models import Scope
from lianfang.api.schemas import PersonOut
from lianfang.api.shapes.outreach import PostingOut
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.outreach import access
from lianfang.outreach.models import CallTask, Campaign, GroupPosting, PhoneCorrection
from lianfang.outreach.queries import open_calls, open_corrections
from lianfang.roster.models import Person


def reader(request: HttpRequest) -> Caller:
    return _caller(request, Scope.OUTREACH_READ)


def writer(request: HttpRequest) -> Caller:
    return _caller(request, Scope.OUTREACH_WRITE)


def _caller(request: HttpRequest, scope: Scope) -> Caller:
    caller = caller_of(request)
    caller.needs(scope)
    if not (is_token_itself(caller) or access.may_look(caller.sight)):
        raise Forbidden
    return caller


def is_token_itself(caller: Caller) -> bool:
    return caller.integration is not None and caller.acting is None


def told_units(caller: Caller) -> frozenset[int]:
    """Units whose people the caller may write to."""
    return caller.reach if is_token_itself(caller) else access.told_units(caller.sight)


def campaigns(caller: Caller) -> QuerySet[Campaign]:
    if not is_token_itself(caller):
        return access.campaigns(caller.sight)
    units = caller.reach
    reached = Campaign.objects.filter(recipients__unit_id__in=units).values("pk")
    found = Campaign.objects.filter(Q(unit_id__in=units) | Q(pk__in=reached))
    return found.select_related("version", "unit", "started_by").order_by("-started_at", "-id")


def campaign(campaign_id: str, caller: Caller) -> Campaign:
    found = campaigns(caller).filter(pk=number_in_address(campaign_id)).first()
    if found is None:
        raise NotYours
    return found


def calls(caller: Caller) -> QuerySet[CallTask]:
    """The calls of a person; for a token by itself those of its units."""
    if not is_token_itself(caller):
        found = access.calls(caller.sight)
        if caller.integration is not None:
            found = found.filter(recipient__unit_id__in=caller.reach)
        return found
    return open_calls().filter(recipient__unit_id__in=caller.reach)


def corrections(caller: Caller) -> QuerySet[PhoneCorrection]:
    if not is_token_itself(caller):
        return access.corrections(caller.sight)
    return open_corrections().filter(unit_id__in=caller.reach)


def person_out(person: Person, unit_id: int, one: Campaign, caller: Caller) -> PersonOut | None:
    """A name where it is open; whom a telling rule means is health or travel, for tokens too."""
    if unit_id not in caller.name_units:
        return None
    hidden = one.is_telling and (
        caller.integration is not None and not caller.has(Scope.ANSWERS_READ)
    )
    return None if hidden else PersonOut(number=person.number, name=person.name)


def posting_out(posting: GroupPosting) -> PostingOut:
    return PostingOut(
        id=posting.pk,
        unit=posting.unit.code,
        group=posting.place.code,
        robot=bool(posting.robot),
        asked_at=posting.asked_at,
        posted_at=posting.posted_at,
    )
