"""Rooms and beds of quarantine: which are free, and who lies where as far as one may know."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from lianfang.api.access import Caller, number_in_address
from lianfang.api.caring import reader, writer
from lianfang.api.once import once
from lianfang.api.routers.common import answers
from lianfang.api.shapes.quarantine import BedOut, BedStepIn, HouseOut, HousesOut, RoomOut
from lianfang.api.shifts import named
from lianfang.kernel.refusals import Forbidden
from lianfang.quarantine import access, queries
from lianfang.quarantine.models import Bed
from lianfang.quarantine.queries import House
from lianfang.usecases import quarantine_rooms

router = Router(tags=["care"])


@router.get("/houses", response=answers(200, HousesOut), url_name="houses")
def list_houses(request: HttpRequest) -> HousesOut:
    """Every house with its rooms and beds; a keeper gets the houses kept. Token: `care:read`, for a person.

    Names stand where the person may know them, and need `people:read` as well.
    """
    caller = reader(request)
    sight = caller.sight
    if not access.may_open(sight):
        raise Forbidden
    kept = access.kept_buildings(sight)
    wide = bool(sight.event_units) or sight.sees_college
    found = queries.houses(only=None if wide else kept)
    return HousesOut(total=len(found), houses=[_house(one, kept, caller) for one in found])


@router.post("/beds/{bed_id}/step", response=answers(200, BedOut), url_name="bed_step")
@once
def step_of_bed(request: HttpRequest, bed_id: str, body: BedStepIn) -> BedOut:
    """Clean again, out of use, or back in use. Token: `care:write`, for a person."""
    caller = writer(request)
    found = access.bed(number_in_address(bed_id), sight=caller.sight)
    if body.step == "cleaned":
        quarantine_rooms.cleaned(bed=found, by=caller.doer, actor=caller.actor, now=caller.now)
    else:
        quarantine_rooms.set_in_use(
            bed=found, in_use=body.step == "open", actor=caller.actor, now=caller.now
        )
    found.refresh_from_db()
    return _bed(found, access.kept_buildings(caller.sight), caller)


def _house(one: House, kept: frozenset[int], caller: Caller) -> HouseOut:
    return HouseOut(
        id=one.building.pk,
        name=one.building.name,
        free=one.free,
        occupied=one.occupied,
        to_clean=one.to_clean,
        next_free_on=one.next_free_on,
        rooms=[
            RoomOut(name=room.name, beds=[_bed(bed, kept, caller) for bed in beds])
            for room, beds in one.rooms
        ],
    )


def _bed(bed: Bed, kept: frozenset[int], caller: Caller) -> BedOut:
    bound = caller.integration is not None and caller.integration.unit_id is not None
    seen = (
        bed.order is not None
        and access.sees_name_in(caller.sight, bed, kept=kept)
        and (not bound or bed.order.unit_id in caller.reach)
    )
    person = bed.order.person if bed.order is not None and seen else None
    return BedOut(id=bed.pk, name=bed.name, state=bed.state, person=named(person, caller))
