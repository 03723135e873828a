"""Who comes first among those a case may have met, and why. Pure.

Points order the list; they decide nothing. Each reason keeps its points, so that the sum can be
read back.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lianfang.groups.rules import seat_at, seats_apart

LESSON_MINUTES = 45
SHARED = frozenset({"COURSE", "WORKSHOP", "OFFICE", "OTHER"})
_COACH = re.compile(r"(\d{1,2})\s*(?:车|号车厢|车厢)")
_NUMBER = re.compile(r"(?=[A-Z]*\d)[A-Z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Encounter:
    """One way in which somebody was near the case. `times` and `minutes` are 0 where not known."""

    person: int
    kind: str
    name: str
    first_on: date
    last_on: date
    times: int = 0
    minutes: int = 0
    seat_of_case: str = ""
    seat: str = ""


@dataclass(frozen=True, slots=True)
class Nearness:
    """What an edition calls near, and the points of each reason."""

    weights: Mapping[str, int]
    near_rows: int
    journey_rows: int
    long_minutes: int


@dataclass(frozen=True, slots=True)
class Reason:
    """An encounter with its points and the seats that lie between, ready to be said in words."""

    kind: str
    name: str
    points: int
    times: int
    minutes: int
    apart: int | None
    last_on: date

    def to_plain(self) -> dict[str, Any]:
        return {
            "kind": self.kind, "name": self.name, "points": self.points, "times": self.times,
            "minutes": self.minutes, "apart": self.apart, "last_on": self.last_on.isoformat(),
        }  # fmt: skip

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Reason:
        return cls(**{**plain, "last_on": date.fromisoformat(plain["last_on"])})


@dataclass(frozen=True, slots=True)
class Candidate:
    person: int
    score: int
    reasons: tuple[Reason, ...]
    first_on: date
    last_on: date


def serial_weight(days: int, *, mean: float, sd: float) -> float:
    """How well a gap between two onsets fits the serial interval; 1 at its likeliest, 0 before it.

    >>> serial_weight(0, mean=7.5, sd=3.4), round(serial_weight(6, mean=7.5, sd=3.4), 2)
    (0.0, 1.0)
    >>> round(serial_weight(20, mean=7.5, sd=3.4), 2)
    0.01
    """
    if days <= 0:
        return 0.0
    shape, rate = (mean / sd) ** 2, mean / sd**2
    top = max(shape - 1, 0.0) / rate or float(days)
    return math.exp((shape - 1) * (math.log(days) - math.log(top)) - rate * (days - top))


def window_from(anchor_on: date, days_before: int) -> date:
    return anchor_on - timedelta(days=days_before)


def rank(encounters: Iterable[Encounter], nearness: Nearness) -> list[Candidate]:
    """Everybody who was near, the likeliest first; equals by the last day, then by person."""
    met: dict[int, list[Encounter]] = {}
    for one in encounters:
        met.setdefault(one.person, []).append(one)
    found = []
    for person, ways in met.items():
        reasons = [reason for way in ways if (reason := reason_of(way, nearness)) is not None]
        if not reasons:
            continue
        reasons.sort(key=lambda reason: (-reason.points, reason.kind, reason.name))
        found.append(
            Candidate(
                person=person,
                score=sum(reason.points for reason in reasons),
                reasons=tuple(reasons),
                first_on=min(way.first_on for way in ways),
                last_on=max(way.last_on for way in ways),
            )
        )
    return sorted(found, key=lambda one: (-one.score, -one.last_on.toordinal(), one.person))


def reason_of(way: Encounter, nearness: Nearness) -> Reason | None:
    """The points of one encounter; None for a gathering too short to count."""
    short = 0 < way.minutes < nearness.long_minutes
    if short and way.kind not in {"ROOM", "HOME", "JOURNEY", "VEHICLE"}:
        return None
    apart = seats_apart(way.seat_of_case, way.seat)
    points = _place_points(way, nearness.weights) + _seat_points(way, apart, nearness)
    return Reason(way.kind, way.name, points, way.times, way.minutes, apart, way.last_on)


def _place_points(way: Encounter, weights: Mapping[str, int]) -> int:
    if way.kind in {"ROOM", "HOME", "FLOOR", "CLASS"}:
        return weights[way.kind]
    if way.kind in {"JOURNEY", "VEHICLE"}:
        return weights["JOURNEY"]
    if way.kind == "UNIT":
        return weights["CLASS"]
    if way.kind == "ACTIVITY":
        return weights["GATHERING"]
    if not way.minutes:
        return weights["LESSONS_MOST"]  # one office, one workshop: no timetable says how long
    return min(weights["LESSON"] * (way.minutes // LESSON_MINUTES), weights["LESSONS_MOST"])


def _seat_points(way: Encounter, apart: int | None, nearness: Nearness) -> int:
    weights = nearness.weights
    if way.kind == "CANTEEN":
        here, there = seat_at(way.seat_of_case), seat_at(way.seat)
        return weights["TABLE"] if here and there and here[0] == there[0] else 0
    if way.kind == "JOURNEY" and not same_coach(way.seat_of_case, way.seat):
        return 0
    if apart is None:
        return 0
    if apart <= 1:
        return weights["NEXT_SEAT"]
    if way.kind in {"JOURNEY", "VEHICLE"}:  # whole rows before and behind count, window to window
        here, there = seat_at(way.seat_of_case), seat_at(way.seat)
        apart = abs(here[0] - there[0]) if here and there else apart
        return weights["NEAR_SEAT"] if apart <= nearness.journey_rows else 0
    return weights["NEAR_SEAT"] if apart <= nearness.near_rows else 0


def same_coach(one: str, other: str) -> bool:
    """Whether two seats may lie in one coach; a seat without a coach (a plane) may.

    >>> same_coach("03车12F", "3车厢11A"), same_coach("03车12F", "04车12F"), same_coach("12F", "11A")
    (True, False, True)
    """
    here, there = _COACH.search(one), _COACH.search(other)
    return not (here and there) or int(here[1]) == int(there[1])


def vehicle_number(text: str) -> str:
    """The number of a train or flight, made comparable; "" where there is none.

    >>> vehicle_number("g 1234次"), vehicle_number("3U-8633"), vehicle_number("自驾")
    ('G1234', '3U8633', '')
    """
    found = _NUMBER.search(re.sub(r"[\s\-]", "", text.upper()))
    return found[0] if found else ""


def home_key(address: str) -> str:
    """An address exact enough to be one household; "" where it is not.

    >>> home_key("达州市通川区 西外镇 龙泉路12号3栋502"), home_key("达州市通川区")
    ('达州市通川区西外镇龙泉路12号3栋502', '')
    """
    plain = re.sub(r"[\s,，。.、;；]", "", address)
    return plain if len(plain) >= 8 and re.search(r"\d", plain) else ""


# ---------------------------------------------------------------- sharing out


def share_out(
    waiting: Sequence[int], team: Sequence[int], held: Mapping[int, int]
) -> dict[int, int]:
    """Each contact with one of the team, fair to one more or less.

    `held` says who has whom now: that stays wherever fairness allows it, so that a person hears
    the same voice every day. Whoever is new goes to whoever has fewest.

    >>> share_out([1, 2, 3, 4], [10, 20], {1: 10, 2: 10, 3: 10})
    {1: 10, 2: 10, 4: 20, 3: 20}
    """
    if not team:
        return {}
    members = list(dict.fromkeys(team))
    least, more = divmod(len(waiting), len(members))
    counts = {one: sum(1 for item in waiting if held.get(item) == one) for one in members}
    fullest = sorted(members, key=lambda one: (-counts[one], members.index(one)))
    room = {one: least + (place < more) for place, one in enumerate(fullest)}
    given: dict[int, int] = {}
    for item in waiting:
        owner = held.get(item)
        if owner is not None and room.get(owner, 0) > 0:
            given[item] = owner
            room[owner] -= 1
    left = [item for item in waiting if item not in given]
    # those without anybody first: whoever must change hands changes as late as possible
    for item in sorted(left, key=lambda item: held.get(item) in counts):
        owner = max(members, key=lambda one: (room[one], -members.index(one)))
        given[item] = owner
        room[owner] -= 1
    return given
