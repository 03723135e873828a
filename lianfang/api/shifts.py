"""Duty as the API shows it, and the doors to it that several routers share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from lianfang.api.access import Caller, caller_of, number_in_address, plain
from lianfang.api.models import Scope
from lianfang.api.shapes.duty import PersonNameOut, ShiftOut, StandingOut
from lianfang.duty import access, queries
from lianfang.duty.models import DutyShift
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person, Unit

SEALED = ("phone", "email", "address")


def reader(request: HttpRequest) -> Caller:
    """Whoever has a desk, or stands on a roster these weeks; a token with `duty:read`."""
    caller = caller_of(request)
    caller.needs(Scope.DUTY_READ)
    if not access.may_look(caller.sight, at=caller.now):
        raise Forbidden
    return caller


def writer(request: HttpRequest) -> Caller:
    caller = caller_of(request)
    caller.needs(Scope.DUTY_WRITE)
    if not access.may_look(caller.sight, at=caller.now):
        raise Forbidden
    return caller


def unit_to_see(code: str, caller: Caller) -> Unit:
    """Rosters are for everybody who may look; a bound token sees those of its units."""
    unit = Unit.objects.filter(code=plain(code)).first()
    if unit is None or (caller.integration is not None and unit.pk not in caller.reach):
        raise NotYours
    return access.unit_to_see(unit.pk, sight=caller.sight, at=caller.now)


def unit_to_keep(code: str, caller: Caller) -> Unit:
    return access.unit_to_keep(unit_to_see(code, caller).pk, sight=caller.sight)


def shift_of(shift_id: str, caller: Caller) -> DutyShift:
    shift = (
        DutyShift.objects.filter(pk=number_in_address(shift_id))
        .select_related("unit", "person", "deputy", "checked_in_by", "rotation")
        .first()
    )
    if shift is None or (caller.integration is not None and shift.unit_id not in caller.reach):
        raise NotYours
    return shift


def people_by_number(numbers: dict[str, str | None]) -> dict[str, Person | None]:
    """Place in the request to person. Raises `Invalid` naming every number that is nobody's."""
    wanted = [number for number in numbers.values() if number]
    found = {one.number: one for one in Person.objects.filter(number__in=wanted)}
    strange = {
        place: _("One of these numbers is not on the roster.")
        for place, number in numbers.items()
        if number and number not in found
    }
    if strange:
        raise Invalid(strange)
    return {place: found.get(number or "") for place, number in numbers.items()}


def person_by_number(place: str, number: str) -> Person:
    person = people_by_number({place: number})[place]
    assert person is not None
    return person


def named(person: Person | None, caller: Caller) -> PersonNameOut | None:
    if person is None or (caller.integration is not None and not caller.has(Scope.PEOPLE_READ)):
        return None
    return PersonNameOut(number=person.number, name=person.name)


def shift_out(shift: DutyShift, caller: Caller) -> ShiftOut:
    return ShiftOut(**_plain(shift, caller))


def standing_out(shift: DutyShift, absent: set[int], caller: Caller) -> StandingOut:
    standing = queries.stands_for(shift, absent)
    return StandingOut(
        **_plain(shift, caller), standing=named(standing, caller), nobody=standing is None
    )


def _plain(shift: DutyShift, caller: Caller) -> dict[str, Any]:
    return {
        "id": shift.pk,
        "unit": shift.unit.code,
        "post": shift.post,
        "person": named(shift.person, caller),
        "deputy": named(shift.deputy, caller),
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "checked_in_at": shift.checked_in_at,
        "by_hand": shift.is_by_hand,
    }
