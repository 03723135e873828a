"""First visits: who of a unit has an account, and one-time codes for the others."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from ninja import Router, Status

from lianfang.accounts.models import Account, ActivationCode
from lianfang.api.access import Caller, caller_of
from lianfang.api.models import Scope
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.people import AccountOut, AccountsOut, CodesIn, CodesOut, SlipOut
from lianfang.kernel.refusals import Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster import queries as roster
from lianfang.roster.access import code_units
from lianfang.roster.models import Person, Post, Unit
from lianfang.roster.queries import held_on
from lianfang.usecases import activation

router = Router(tags=["accounts"])


@router.get("/units/{code}/accounts", response=answers(200, AccountsOut), url_name="accounts")
def accounts(
    request: HttpRequest, code: str, limit: Limit = 200, offset: Offset = 0
) -> AccountsOut:
    """Who of the unit's own people has been here already. Token: `people:read`."""
    caller = caller_of(request)
    caller.needs(Scope.PEOPLE_READ)
    unit = _unit(code, caller)
    mine = OuterRef("pk")
    codes = ActivationCode.objects.filter(
        person=mine, used_at__isnull=True, expires_at__gt=caller.now
    )
    people = roster.roll([unit.pk], day=caller.today).annotate(
        is_active=Exists(Account.objects.filter(person=mine)),
        has_code=Exists(codes),
        has_post=Exists(Post.objects.filter(held_on(caller.today), person=mine)),
    )
    page: Any = people.defer("phone", "email", "address").order_by("name_key", "number")
    return AccountsOut(
        unit=unit.code,
        total=people.count(),
        active=people.filter(is_active=True).count(),
        accounts=[
            AccountOut(
                number=one.number,
                name=one.name,
                active=one.is_active,
                has_code=one.has_code,
                holds_a_post=one.has_post,
            )
            for one in page[offset : offset + limit]
        ],
    )


@router.post("/units/{code}/codes", response=answers(201, CodesOut), url_name="codes")
def issue_codes(request: HttpRequest, code: str, body: CodesIn) -> Status[CodesOut]:
    """Fresh one-time codes for people of the unit; earlier ones stop working.

    Token: `codes:write`. Whoever holds a post gets theirs from the administrator. Takes no
    Idempotency-Key: an answer with codes is kept nowhere, and asking again is safe.
    """
    caller = caller_of(request)
    caller.needs(Scope.CODES_WRITE)
    unit = _unit(code, caller)
    who: dict[str, Any] = {
        "people": _people(body.people, unit, caller),
        "by": caller.person,
        "by_operator": caller.sight.is_operator,
        "actor": caller.actor,
        "now": caller.now,
    }
    if body.send:
        return Status(201, CodesOut(sent=activation.send_codes(**who), slips=[]))
    slips = activation.issue_codes(**who)
    told = [SlipOut(number=s.person.number, name=s.person.name, code=s.code) for s in slips]
    return Status(201, CodesOut(sent=0, slips=told))


def _unit(code: str, caller: Caller) -> Unit:
    unit = caller.unit(code)
    if unit.pk not in code_units(caller.sight):
        raise NotYours
    return unit


def _people(numbers: list[str], unit: Unit, caller: Caller) -> list[Person]:
    """All of them, or none: a number that is not on the unit's own roll is named."""
    roll = roster.roll([unit.pk], day=caller.today).filter(number__in=numbers)
    found = {person.number: person for person in roll.order_by("name_key", "number")}
    strange = {
        f"people.{position}": _("Nobody with this number is on the roll of this unit.")
        for position, number in enumerate(numbers)
        if number not in found
    }
    if strange:
        raise Invalid(strange)
    return list(found.values())
