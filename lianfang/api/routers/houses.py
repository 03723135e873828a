"""Rooms and beds of quarantine: which are free, and who lies where as far as one may know."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from ninja import Router

from lianfang.api.access import Caller, number_in_address
from lianfang.api.caring import reader, writer
from lianfang.api.once import once
from lianfang.api.problems import renamed
from lianfang.api.routers.common import answers
from lianfang.api.shapes.quarantine import (
    BedOut,
    BedStepIn,
    HouseIn,
    HouseOut,
    HousesOut,
    KeeperIn,
    KeeperOut,
    KeepersOut,
    RoomOut,
)
from lianfang.api.shifts import named
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours
from lianfang.quarantine import access, queries
from lianfang.quarantine.models import Bed, Building, Keeper
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


@router.post("/houses", response=answers(200, HouseOut), url_name="houses")
@once
def open_house(request: HttpRequest, body: HouseIn) -> HouseOut:
    """A house with its rooms, all free. Token: `care:write`, for doctor or duty officer."""
    caller = _keeper_of_all(request, writer)
    made = quarantine_rooms.open_building(
        name=body.name,
        address=body.address,
        rooms_text=body.rooms,
        beds=body.beds,
        actor=caller.actor,
        now=caller.now,
    )
    (house,) = queries.houses(only=frozenset({made.pk}))
    return _house(house, frozenset(), caller)


@router.get("/keepers", response=answers(200, KeepersOut), url_name="keepers")
def list_keepers(request: HttpRequest) -> KeepersOut:
    """Who looks after the rooms of which house. `care:read`, for doctor or duty officer."""
    caller = _keeper_of_all(request, reader)
    found = Keeper.objects.filter(held_until__isnull=True).select_related("person")
    rows = [_keeper(one, caller) for one in found.order_by("building__name", "id")]
    return KeepersOut(total=len(rows), keepers=rows)


@router.post("/houses/{house_id}/keepers", response=answers(200, KeeperOut), url_name="keeper")
@once
def name_keeper(request: HttpRequest, house_id: str, body: KeeperIn) -> KeeperOut:
    """From now on they see names, rooms and needs there. `care:write`, for doctor or duty officer."""
    caller = _keeper_of_all(request, writer)
    building = Building.objects.filter(pk=number_in_address(house_id)).first()
    if building is None:
        raise NotYours
    try:
        made = quarantine_rooms.name_keeper(
            building=building, number=body.person, actor=caller.actor, now=caller.now
        )
    except Invalid as refusal:
        raise renamed(refusal, lambda name: "person" if name == "number" else name) from refusal
    return _keeper(made, caller)


@router.post("/keepers/{keeper_id}/end", response=answers(200, KeepersOut), url_name="keeper_end")
@once
def dismiss_keeper(request: HttpRequest, keeper_id: str) -> KeepersOut:
    """They see nothing of it any more. Token: `care:write`, for doctor or duty officer."""
    caller = _keeper_of_all(request, writer)
    row = Keeper.objects.filter(pk=number_in_address(keeper_id)).select_related("building").first()
    if row is None:
        raise NotYours
    quarantine_rooms.dismiss_keeper(keeper=row, actor=caller.actor, now=caller.now)
    left = Keeper.objects.filter(building=row.building, held_until__isnull=True)
    rows = [_keeper(one, caller) for one in left.select_related("person").order_by("id")]
    return KeepersOut(total=len(rows), keepers=rows)


def _keeper_of_all(request: HttpRequest, door: Callable[[HttpRequest], Caller]) -> Caller:
    caller = door(request)
    if not access.may_keep_rooms(caller.sight):
        raise Forbidden
    return caller


def _keeper(one: Keeper, caller: Caller) -> KeeperOut:
    return KeeperOut(
        id=one.pk,
        house=one.building_id,
        person=named(one.person, caller),
        held_from=one.held_from,
    )


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
