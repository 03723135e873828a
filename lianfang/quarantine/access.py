"""Who may see what of quarantine (DOMAIN 6.3). Deny by default.

An order with its reason is open to those who see health answers of people with something to
follow up, in their own units. Whoever keeps the rooms of a building sees name, room and needs
there, never the reason. The leading group sees how many beds are free. Below the level of a
department nobody decides a release.
"""

from __future__ import annotations

from datetime import datetime

from lianfang.kernel.refusals import NotYours
from lianfang.quarantine import queries
from lianfang.quarantine.models import Bed, Need, Order
from lianfang.roster.access import View
from lianfang.roster.models import Post, Unit
from lianfang.roster.queries import subtree_ids

_COLLEGE_WIDE = (Post.Role.DUTY_OFFICER, Post.Role.DOCTOR)


def may_open(sight: View) -> bool:
    """Whether any page of the room is theirs."""
    return bool(sight.event_units) or bool(kept_buildings(sight)) or sight.sees_college


def kept_buildings(sight: View) -> frozenset[int]:
    if sight.person is None:
        return frozenset()
    return frozenset(queries.kept_buildings(sight.person, day=sight.day))


def may_read(sight: View, order: Order) -> bool:
    """The whole order with its reason. Nobody reads their own matter on the desk."""
    if sight.person is not None and sight.person.pk == order.person_id:
        return False
    return order.unit_id in sight.event_units


def order(pk: int, *, sight: View) -> Order:
    """An order whose reason may be read. Raises `NotYours`."""
    found = (
        Order.objects.filter(pk=pk)
        .select_related("person", "unit", "carer", "edition", "recorded_by", "ended_by")
        .first()
    )
    if found is None or not may_read(sight, found):
        raise NotYours
    return found


def may_record(sight: View) -> bool:
    return bool(sight.event_units)


def may_decide(sight: View, order: Order) -> bool:
    """Whether this viewer may release: the head of a department or office, doctor, duty officer."""
    if not may_read(sight, order):
        return False
    if order.unit_id in sight.units_of(_COLLEGE_WIDE):
        return True
    heads = [
        post.unit
        for post in sight.posts
        if post.role == Post.Role.RESPONSIBLE_HEAD and post.unit.kind != Unit.Kind.CLASS
    ]
    return any(order.unit_id in subtree_ids(unit, day=sight.day) for unit in heads)


def may_keep_rooms(sight: View) -> bool:
    """Opens and closes buildings, names their keepers: doctor and duty officer of the college."""
    return bool(sight.units_of(_COLLEGE_WIDE))


def sees_name_in(sight: View, bed: Bed, *, kept: frozenset[int]) -> bool:
    """Whether the name of whoever lies there may be shown; `kept` are the viewer's buildings."""
    if bed.order is None:
        return False
    return bed.room.building_id in kept or may_read(sight, bed.order)


def bed(pk: int, *, sight: View) -> Bed:
    """A bed that this viewer may assign or mark as cleaned. Raises `NotYours`."""
    found = Bed.objects.filter(pk=pk).select_related("room__building", "order__person").first()
    if found is None:
        raise NotYours
    keeps = found.room.building_id in kept_buildings(sight)
    if not (keeps or may_keep_rooms(sight) or sight.event_units):
        raise NotYours
    return found


def needs_visible(sight: View) -> list[Need]:
    """Needs of one's own units, of one's own rooms, and those that one owns."""
    kept = kept_buildings(sight)
    in_kept = set(
        Bed.objects.filter(room__building__in=kept, order__isnull=False).values_list(
            "order_id", flat=True
        )
    )
    me = sight.person.pk if sight.person is not None else 0
    return [
        need
        for need in queries.waiting_needs()
        if need.owner_id == me or need.order_id in in_kept or may_read(sight, need.order)
    ]


def need(pk: int, *, sight: View) -> Need:
    """A need that this viewer may settle. Raises `NotYours`."""
    for found in needs_visible(sight):
        if found.pk == pk:
            return found
    raise NotYours


def waiting(sight: View, *, now: datetime) -> int:
    """What has to be done now: needs whose time is over, releases that this viewer may decide."""
    late = sum(need.due_at <= now for need in needs_visible(sight))
    proposed = queries.orders_of_units(sight.event_units).filter(proposed_at__isnull=False)
    return late + sum(may_decide(sight, order) for order in proposed)
