"""The verbs of rooms and beds. A bed is claimed by a conditional UPDATE: one of two gets it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.quarantine.models import Bed, Building, Keeper, Order, Room, Stay
from lianfang.roster.models import Person

_MOST_ROOMS = 500
_MOST_BEDS = 12


class BedIsTaken(Refused):
    code = "quarantine.bed-is-taken"
    message = _(
        "This bed has just been given to somebody else, or is not clean. Please choose another."
    )
    status = 409


class NotToClean(Refused):
    code = "quarantine.not-to-clean"
    message = _("This bed does not wait for cleaning any more.")
    status = 409


class OrderIsOver(Refused):
    code = "quarantine.order-is-over"
    message = _("The order has ended: nobody moves in for it.")
    status = 409


@transaction.atomic
def open_building(
    *, name: str, address: str, rooms: list[str], beds: int, actor: Actor, now: datetime
) -> Building:
    """A building with its rooms, each with so many beds. Rooms that exist already stay."""
    problems: dict[str, str] = {}
    if not name.strip():
        problems["name"] = _("How is the building called?")
    if not rooms:
        problems["rooms"] = _("Which rooms? One a line, or 101-110.")
    elif len(rooms) > _MOST_ROOMS:
        problems["rooms"] = _("At most 500 rooms at once, please.")
    if not 1 <= beds <= _MOST_BEDS:
        problems["beds"] = _("From 1 to 12 beds in a room.")
    if problems:
        raise Invalid(problems)
    building, _made = Building.objects.get_or_create(
        name=name.strip()[:60], defaults={"address": address.strip()[:200]}
    )
    for room_name in dict.fromkeys(text.strip()[:20] for text in rooms):
        room, _made = Room.objects.get_or_create(building=building, name=room_name)
        for number in range(1, beds + 1):
            Bed.objects.get_or_create(room=room, name=str(number))
    audit.record(
        verb="quarantine.building.opened", actor=actor, subject=building, now=now,
        rooms=len(rooms), beds=beds,
    )  # fmt: skip
    return building


@transaction.atomic
def name_keeper(
    *, building: Building, person: Person, day: date, actor: Actor, now: datetime
) -> Keeper:
    """From that day on this person looks after the rooms; twice is once."""
    keeper, made = Keeper.objects.get_or_create(
        building=building, person=person, held_until=None, defaults={"held_from": day}
    )
    if made:
        audit.record(
            verb="quarantine.keeper.named", actor=actor, subject=building, now=now,
            concerns=person.pk,
        )  # fmt: skip
    return keeper


@transaction.atomic
def dismiss_keeper(*, keeper: Keeper, day: date, actor: Actor, now: datetime) -> None:
    """The door shuts at once."""
    Keeper.objects.filter(pk=keeper.pk, held_until__isnull=True).update(held_until=day)
    audit.record(
        verb="quarantine.keeper.dismissed", actor=actor, subject=keeper.building, now=now,
        concerns=keeper.person_id,
    )  # fmt: skip


@transaction.atomic
def assign(*, order: Order, bed: Bed, by: Person, actor: Actor, now: datetime) -> Stay:
    """Move in, or move: the old bed waits for cleaning, the history stays.

    Raises `BedIsTaken` when somebody was first: the UPDATE asks for a bed that is free.
    """
    # The order's row is taken first: two moves of one person follow each other.
    if not Order.objects.select_for_update().filter(pk=order.pk, state="RUNNING").exists():
        raise OrderIsOver
    if not Bed.objects.filter(pk=bed.pk, room__building__is_open=True).exists():
        raise BedIsTaken
    leave(order=order, by=by, actor=actor, now=now)
    try:
        with transaction.atomic():
            # Columns of the bed alone: with a join PostgreSQL asks for the state in a subquery,
            # and whoever waited for the row would not ask again.
            claimed = Bed.objects.filter(pk=bed.pk, state=Bed.State.FREE).update(
                state=Bed.State.OCCUPIED, order=order, since_at=now
            )
    except IntegrityError as error:
        raise BedIsTaken from error
    if claimed != 1:
        raise BedIsTaken
    stay = Stay.objects.create(order=order, bed=bed, stayed_from=now, by=by)
    audit.record(
        verb="quarantine.bed.assigned", actor=actor, subject=bed, now=now,
        concerns=order.person_id, order=order.pk,
    )  # fmt: skip
    return stay


@transaction.atomic
def leave(*, order: Order, by: Person, actor: Actor, now: datetime) -> None:
    """The person is out of the bed; it waits for cleaning. Nothing happens where there is none."""
    beds = list(Bed.objects.filter(order=order))
    for bed in beds:
        freed = Bed.objects.filter(pk=bed.pk, order=order).update(
            state=Bed.State.TO_CLEAN, order=None, since_at=now
        )
        if freed == 1:
            Stay.objects.filter(order=order, bed=bed, stayed_until__isnull=True).update(
                stayed_until=now
            )
            audit.record(
                verb="quarantine.bed.left", actor=actor, subject=bed, now=now,
                concerns=order.person_id, order=order.pk,
            )  # fmt: skip


@transaction.atomic
def cleaned(*, bed: Bed, by: Person, actor: Actor, now: datetime) -> None:
    """Clean and free again. Raises `NotToClean`, also for the second of two taps."""
    changed = Bed.objects.filter(pk=bed.pk, state=Bed.State.TO_CLEAN).update(
        state=Bed.State.FREE, since_at=now, cleaned_by=by, cleaned_at=now
    )
    if changed != 1:
        raise NotToClean
    audit.record(verb="quarantine.bed.cleaned", actor=actor, subject=bed, now=now)


@transaction.atomic
def set_in_use(*, bed: Bed, in_use: bool, actor: Actor, now: datetime) -> None:
    """A bed that is broken is taken out of use; back in use it is cleaned first."""
    old, new = (Bed.State.CLOSED, Bed.State.TO_CLEAN)
    if not in_use:
        changed = Bed.objects.filter(
            pk=bed.pk, state__in=[Bed.State.FREE, Bed.State.TO_CLEAN]
        ).update(state=Bed.State.CLOSED, since_at=now)
    else:
        changed = Bed.objects.filter(pk=bed.pk, state=old).update(state=new, since_at=now)
    if changed != 1:
        raise BedIsTaken
    audit.record(verb="quarantine.bed.put-in-use", actor=actor, subject=bed, now=now, in_use=in_use)
