"""Which groups a person belongs to on a day, and who else does. Few statements for any number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from django.db.models import Q
from django.utils.translation import gettext as _

from lianfang.groups.models import Attendance, Group, GroupMember, RoomFloor
from lianfang.groups.rules import (
    BINDS_DAYS,
    CLASS,
    FLOOR,
    ROOM,
    UNIT,
    GroupRef,
    floor_of,
    floor_ref,
    parts_of,
    room_ref,
)
from lianfang.kernel.clock import at_local
from lianfang.roster.models import Lodging, Membership, Unit
from lianfang.roster.queries import held_on

Item = TypeVar("Item")
_CHUNK = 10_000  # SQLite takes 32,766 values in one statement


def groups_of(person_ids: Collection[int], *, on: date) -> dict[int, list[GroupRef]]:
    """Every group of each of these people on a day: class, room, floor, and what is stored.

    Everybody who was asked about has an entry, if only an empty list.
    """
    found: dict[int, list[GroupRef]] = {person: [] for person in person_ids}
    floors = known_floors()
    for some in _chunks(sorted(found)):
        for person, ref in _derived(Q(person_id__in=some), on=on, floors=floors):
            found[person].append(ref)
        for person, ref in _stored(Q(person_id__in=some), on=on):
            found[person].append(ref)
    return {person: sorted(set(refs)) for person, refs in found.items()}


def members_of(ref: GroupRef, *, on: date) -> set[int]:
    """Everybody who belongs to a group on a day."""
    return members_of_all([ref], on=on)[ref]


def members_of_all(refs: Iterable[GroupRef], *, on: date) -> dict[GroupRef, set[int]]:
    """The members of several groups; a ref that means nothing has none."""
    by_key = {ref.key: ref for ref in refs}
    found: dict[GroupRef, set[int]] = {ref: set() for ref in by_key.values()}
    for person, ref in _everybody_near(by_key, on=on):
        wanted = by_key.get(ref.key)
        if wanted is not None:
            found[wanted].add(person)
    return found


def sizes_of(refs: Iterable[GroupRef], *, on: date) -> dict[GroupRef, int]:
    """How many people belong to each group on a day."""
    return {ref: len(people) for ref, people in members_of_all(refs, on=on).items()}


def known_floors() -> dict[tuple[str, str], str]:
    """The rooms whose floor was stored."""
    rows = RoomFloor.objects.values_list("building", "room", "floor")
    return {(building, room): floor for building, room, floor in rows}


# ---------------------------------------------------------------- one walk for both directions


def _everybody_near(
    by_key: dict[tuple[str, str], GroupRef], *, on: date
) -> Iterator[tuple[int, GroupRef]]:
    """People with refs, enough to hold every member of the groups asked about."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for kind, code in by_key:
        kinds[kind].append(code)
    units = kinds.pop(CLASS, []) + kinds.pop(UNIT, [])
    buildings = {parts_of(code)[0] for code in kinds.pop(ROOM, []) + kinds.pop(FLOOR, [])}
    for some in _chunks(sorted(units)):
        yield from _classes(Q(unit__code__in=some), on=on)
    if buildings:
        floors = known_floors()
        yield from _lodgings(Q(building__in=buildings), on=on, floors=floors)
    for kind, codes in sorted(kinds.items()):
        for some in _chunks(sorted(codes)):
            yield from _stored(Q(group__kind=kind, group__code__in=some), on=on)


def _derived(
    which: Q, *, on: date, floors: dict[tuple[str, str], str]
) -> Iterator[tuple[int, GroupRef]]:
    yield from _classes(which, on=on)
    yield from _lodgings(which, on=on, floors=floors)


def _classes(which: Q, *, on: date) -> Iterator[tuple[int, GroupRef]]:
    rows = Membership.objects.filter(which, held_on(on), kind=Membership.Kind.REPORTING)
    for person, kind, code, name in rows.values_list(
        "person_id", "unit__kind", "unit__code", "unit__name"
    ):
        yield person, GroupRef(CLASS if kind == Unit.Kind.CLASS else UNIT, code, name)


def _lodgings(
    which: Q, *, on: date, floors: dict[tuple[str, str], str]
) -> Iterator[tuple[int, GroupRef]]:
    rows = Lodging.objects.filter(which, held_on(on))
    for person, building, room in rows.values_list("person_id", "building", "room"):
        if not (building or room):
            continue
        yield person, room_ref(building, room)
        floor = floor_of(building, room, floors)
        if floor:
            yield person, floor_ref(building, floor)


def _stored(which: Q, *, on: date) -> Iterator[tuple[int, GroupRef]]:
    """Members on that day, and whoever attended a session in the days that it binds."""
    rows = GroupMember.objects.filter(which, held_on(on))
    for person, kind, code, name in rows.values_list(
        "person_id", "group__kind", "group__code", "group__name"
    ):
        yield person, GroupRef(kind, code, name)
    begins, ends = binding_window(on)
    seen = Attendance.objects.filter(
        _over_session(which), session__begins_at__gte=begins, session__begins_at__lt=ends
    )
    for person, kind, code, name in seen.values_list(
        "person_id", "session__group__kind", "session__group__code", "session__group__name"
    ).distinct():
        yield person, GroupRef(kind, code, name)


def _over_session(which: Q) -> Q:
    """The same condition, where the group is reached over the session."""
    moved = [
        (f"session__{name}", value) if name.startswith("group__") else (name, value)
        for name, value in (child for child in which.children if isinstance(child, tuple))
    ]
    return Q(*moved)


def binding_window(on: date) -> tuple[datetime, datetime]:
    """Sessions of these moments still bind their people on that day."""
    since = on - timedelta(days=BINDS_DAYS - 1)
    return at_local(since, time.min), at_local(on + timedelta(days=1), time.min)


def names_of_kinds() -> dict[str, str]:
    """Every kind with its label, the derived ones too."""
    derived = {CLASS: _("class"), UNIT: _("unit"), ROOM: _("dormitory room"), FLOOR: _("floor")}
    return derived | {kind.value: str(kind.label) for kind in Group.Kind}


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
