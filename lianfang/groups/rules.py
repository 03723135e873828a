"""What a group is called, and the floor on which a room lies. Pure.

Courses, canteen sittings and activities are stored; the class, the room and the floor of a
person are derived from the roster on the day that is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

CLASS, UNIT, ROOM, FLOOR = "CLASS", "UNIT", "ROOM", "FLOOR"
DERIVED = frozenset({CLASS, UNIT, ROOM, FLOOR})

# An activity, a journey, a meal that somebody signed in to binds its people for so long.
BINDS_DAYS = 14

_LAST_DIGITS = re.compile(r"(\d+)\D*\Z")
_SAID_FLOOR = re.compile(r"(\d{1,2})(?:层|楼|[Ff](?![A-Za-z]))")
_FLOORS_AT_MOST = 60


@dataclass(frozen=True, slots=True, order=True)
class GroupRef:
    """A group by kind and code: equal wherever it is met. `name` is for readers only."""

    kind: str
    code: str
    name: str

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.code


def floor_of(building: str, room: str, known: Mapping[tuple[str, str], str] | None = None) -> str:
    """The floor of a room: as it was stored for this room, else as its number says; "" if neither.

    >>> floor_of("6栋", "101"), floor_of("6栋", "1203"), floor_of("6栋", "东区B-305室")
    ('1', '12', '3')
    >>> floor_of("6栋", "17"), floor_of("6栋", "17", {("6栋", "17"): "2"})
    ('', '2')
    """
    stored = (known or {}).get((building, room))
    if stored:
        return stored
    said = _SAID_FLOOR.search(room)
    if said:
        return str(int(said[1]))
    found = _LAST_DIGITS.search(room)
    if found is None or len(found[1]) not in {3, 4}:
        return ""
    floor = int(found[1][:-2])
    return str(floor) if 0 < floor <= _FLOORS_AT_MOST else ""


def room_ref(building: str, room: str) -> GroupRef:
    """
    >>> room_ref("6栋", "101").code
    '6栋/101'
    """
    return GroupRef(ROOM, f"{_plain(building)}/{_plain(room)}", f"{building} {room}")


def floor_ref(building: str, floor: str) -> GroupRef:
    return GroupRef(FLOOR, f"{_plain(building)}/{floor}", f"{building}{floor}层")


def parts_of(code: str) -> tuple[str, str]:
    """Building and room (or floor) out of the code of a room or a floor."""
    first, _slash, second = code.partition("/")
    return _unplain(first), _unplain(second)


def _plain(part: str) -> str:
    return part.replace("%", "%25").replace("/", "%2F")


def _unplain(part: str) -> str:
    return part.replace("%2F", "/").replace("%25", "%")


# ---------------------------------------------------------------- seats

_ROW_AND_PLACE = re.compile(r"(\d{1,3})\s*(?:排|行|桌|[-_,.:/])\s*(\d{1,3})")
_ROW_AND_LETTER = re.compile(r"(\d{1,3})\s*([A-HJ-Za-hj-z])\Z")


def seat_at(seat: str) -> tuple[int, int] | None:
    """Row and place of a seat: "3排5座", "3-5", "12F"; None where the words say neither.

    >>> seat_at("3排5座"), seat_at("3-5"), seat_at("12F"), seat_at("靠窗")
    ((3, 5), (3, 5), (12, 6), None)
    """
    found = _ROW_AND_PLACE.search(seat)
    if found:
        return int(found[1]), int(found[2])
    found = _ROW_AND_LETTER.search(seat.strip())
    return (int(found[1]), ord(found[2].upper()) - 64) if found else None


def seats_apart(one: str, other: str) -> int | None:
    """How many rows or places lie between two seats, the larger of the two; None if unknown.

    >>> seats_apart("3-5", "4-6"), seats_apart("3-5", "3-8"), seats_apart("3-5", "")
    (1, 3, None)
    """
    here, there = seat_at(one), seat_at(other)
    if here is None or there is None:
        return None
    return max(abs(here[0] - there[0]), abs(here[1] - there[1]))
