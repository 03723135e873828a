"""Fellow travellers: the same number in the same way, on stretches that overlap.

A trip of the survey says where somebody arrived, when, and how; the stretch they rode begins where
the place before ended. So a night train is one journey for who leaves it before midnight and who
stays on, and for who gets in on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lianfang.contacts.rules import Encounter, vehicle_number
from lianfang.roster.models import Person
from lianfang.surveys.models import Trip

_SHARED_WAYS = (Trip.Way.TRAIN, Trip.Way.PLANE, Trip.Way.COACH, Trip.Way.SHIP)
_CHUNK = 10_000  # SQLite takes 32,766 values in one statement
_LONGEST = timedelta(days=2)  # nobody rides longer in one go; a gap in the answers is no journey


_Place = tuple[date, int, date]  # reached on, position in the answers, left on


@dataclass(frozen=True, slots=True)
class Leg:
    """Somebody rode, from one day to another, both included."""

    person: int
    way: str
    number: str
    seat: str
    left_on: date
    arrived_on: date

    def overlaps(self, other: Leg) -> bool:
        same = (self.way, self.number) == (other.way, other.number)
        return same and self.left_on <= other.arrived_on and other.left_on <= self.arrived_on


def fellow_travellers(person: Person, *, since: date, until: date) -> Iterator[Encounter]:
    """Everybody who told of a stretch that overlaps one of this person's, in days half-open."""
    told = Trip.objects.filter(
        response__is_current=True, way__in=_SHARED_WAYS, arrived_on__gte=since
    ).select_related("response")
    mine = _legs(told.filter(response__person=person, arrived_on__lt=until))
    if not mine:
        return
    others = told.filter(
        way__in={leg.way for leg in mine},
        arrived_on__gte=min(leg.left_on for leg in mine),
        arrived_on__lte=max(leg.arrived_on for leg in mine) + _LONGEST,
    ).exclude(response__person=person)
    numbers = {leg.number for leg in mine}
    theirs = [leg for leg in _legs(others) if leg.number in numbers]
    for leg in mine:
        for other in theirs:
            if leg.overlaps(other):
                first = max(leg.left_on, other.left_on, since)
                last = min(leg.arrived_on, other.arrived_on)
                yield Encounter(
                    other.person, "JOURNEY", leg.number, first, last, 1, 0, leg.seat, other.seat
                )


def _legs(trips: Iterable[Trip]) -> list[Leg]:
    found = [(trip, vehicle_number(str(trip.words.get("number", "")))) for trip in trips]
    numbered = [(trip, number) for trip, number in found if number]
    places = _places_of({trip.response_id for trip, _number in numbered})
    return [
        Leg(
            person=trip.response.person_id,
            way=trip.way,
            number=number,
            seat=str(trip.words.get("seat", "")),
            left_on=_left_on(trip, places[trip.response_id]),
            arrived_on=trip.arrived_on,
        )
        for trip, number in numbered
    ]


def _places_of(responses: Iterable[int]) -> dict[int, list[_Place]]:
    """Every place of these responses, in the order in which they were reached."""
    wanted = sorted(responses)
    found: dict[int, list[_Place]] = {pk: [] for pk in wanted}
    for start in range(0, len(wanted), _CHUNK):
        rows = Trip.objects.filter(response_id__in=wanted[start : start + _CHUNK])
        for response, reached_on, position, left_on in rows.order_by(
            "arrived_on", "position"
        ).values_list("response_id", "arrived_on", "position", "left_on"):
            found[response].append((reached_on, position, left_on))
    return found


def _left_on(trip: Trip, places: Iterable[_Place]) -> date:
    """The last day at the place before; the day of arrival where none was told of."""
    before = [place for place in places if place[:2] < (trip.arrived_on, trip.position)]
    left_on = before[-1][2] if before else trip.arrived_on
    return left_on if trip.arrived_on - _LONGEST <= left_on < trip.arrived_on else trip.arrived_on
