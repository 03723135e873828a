"""Rooms, beds, and who looks after them."""

from __future__ import annotations

import re
from datetime import datetime

from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.quarantine import rooms
from lianfang.quarantine.models import Bed, Building, Keeper, Order, Stay
from lianfang.quarantine.rooms import BedIsTaken, NotToClean
from lianfang.roster.models import Person

_SPAN = re.compile(r"\A(?P<first>\d{1,5})\s*[-~–—至到]\s*(?P<last>\d{1,5})\Z")


def room_names(text: str) -> list[str]:
    """`101-103, A205` becomes 101, 102, 103, A205. At most 1,000 of them.

    >>> room_names("101-103，A205")
    ['101', '102', '103', 'A205']
    """
    names: list[str] = []
    for part in re.split(r"[\n,，、;；]+", text):
        plain = tidy(part)
        span = _SPAN.match(plain)
        if span:
            first, last = int(span["first"]), int(span["last"])
            width = len(span["first"]) if span["first"].startswith("0") else 0
            names += [f"{n:0{width}d}" for n in range(first, min(last, first + 999) + 1)]
        elif plain:
            names.append(plain)
    return names[:1000]


def open_building(
    *, name: str, address: str, rooms_text: str, beds: int, actor: Actor, now: datetime
) -> Building:
    return rooms.open_building(
        name=tidy(name), address=tidy(address), rooms=room_names(rooms_text), beds=beds,
        actor=actor, now=now,
    )  # fmt: skip


def name_keeper(*, building: Building, number: str, actor: Actor, now: datetime) -> Keeper:
    """By number of the person. Raises `Invalid` for a number that is on no roster."""
    person = Person.objects.filter(number=tidy(number)).first()
    if person is None:
        raise Invalid({"number": _("Nobody on the roster has this number.")})
    return rooms.name_keeper(
        building=building, person=person, day=reporting_day(now), actor=actor, now=now
    )


def dismiss_keeper(*, keeper: Keeper, actor: Actor, now: datetime) -> None:
    rooms.dismiss_keeper(keeper=keeper, day=reporting_day(now), actor=actor, now=now)


def assign(*, order: Order, bed: Bed, by: Person, actor: Actor, now: datetime) -> Stay:
    """Move in or move over; of two for the last bed one gets it. Raises `BedIsTaken`."""
    return rooms.assign(order=order, bed=bed, by=by, actor=actor, now=now)


def leave(*, order: Order, by: Person, actor: Actor, now: datetime) -> None:
    rooms.leave(order=order, by=by, actor=actor, now=now)


def cleaned(*, bed: Bed, by: Person, actor: Actor, now: datetime) -> None:
    rooms.cleaned(bed=bed, by=by, actor=actor, now=now)


def set_in_use(*, bed: Bed, in_use: bool, actor: Actor, now: datetime) -> None:
    rooms.set_in_use(bed=bed, in_use=in_use, actor=actor, now=now)


__all__ = [
    "BedIsTaken", "NotToClean", "assign", "cleaned", "dismiss_keeper", "leave", "name_keeper",
    "open_building", "room_names", "set_in_use",
]  # fmt: skip
