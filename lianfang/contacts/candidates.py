"""Whom the campus lets a case have met: one walk over rooms, classes, meetings, journeys, homes.

Few statements whatever the size of the college; nothing is written here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from lianfang.contacts.journeys import fellow_travellers
from lianfang.contacts.rules import Encounter, home_key
from lianfang.groups.models import Attendance, Group, GroupMember, Session
from lianfang.groups.queries import known_floors
from lianfang.groups.rules import CLASS, FLOOR, ROOM, UNIT, floor_of
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.roster.models import Lodging, Membership, Person, Unit


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a window, half-open."""

    since: date
    until: date

    @property
    def begins_at(self) -> datetime:
        return at_local(self.since, time.min)

    @property
    def ends_at(self) -> datetime:
        return at_local(self.until, time.min)

    def held(self) -> Q:
        """Rows whose half-open period touches the window."""
        open_ended = Q(held_until__isnull=True) | Q(held_until__gt=self.since)
        return Q(held_from__lt=self.until) & open_ended

    def shared(
        self, one: tuple[date, date | None], other: tuple[date, date | None]
    ) -> tuple[date, date] | None:
        """First and last day on which two periods and the window hold; None if on no day."""
        first = max(self.since, one[0], other[0])
        ends = [end for end in (self.until, one[1], other[1]) if end is not None]
        last = min(ends) - timedelta(days=1)
        return (first, last) if first <= last else None


def encounters_of(person: Person, *, span: Span) -> list[Encounter]:
    """Every way in which somebody was near this person in the window."""
    found = [
        *_lodging(person, span),
        *_classes(person, span),
        *_meetings(person, span),
        *fellow_travellers(person, since=span.since, until=span.until),
        *_homes(person, span),
    ]
    return [one for one in found if one.person != person.pk]


# ---------------------------------------------------------------- rooms and classes


def _lodging(person: Person, span: Span) -> Iterator[Encounter]:
    floors = known_floors()
    mine = list(Lodging.objects.filter(span.held(), person=person))
    buildings = {lodging.building for lodging in mine}
    rows = Lodging.objects.filter(span.held(), building__in=buildings)
    names = ("person_id", "building", "room", "held_from", "held_until")
    theirs = list(rows.values_list(*names))
    for lodging in mine:
        floor = floor_of(lodging.building, lodging.room, floors)
        for other, building, room, since, until in theirs:
            days = span.shared((lodging.held_from, lodging.held_until), (since, until))
            if building != lodging.building or days is None:
                continue
            if room == lodging.room:
                yield Encounter(other, ROOM, f"{building} {room}", *days)
            elif floor and floor_of(building, room, floors) == floor:
                yield Encounter(other, FLOOR, f"{building} {floor}", *days)


def _classes(person: Person, span: Span) -> Iterator[Encounter]:
    reporting = Q(kind=Membership.Kind.REPORTING)
    mine = {
        member.unit_id: member
        for member in Membership.objects.filter(span.held(), reporting, person=person)
    }
    rows = Membership.objects.filter(span.held(), reporting, unit_id__in=list(mine))
    for other, unit, kind, name, since, until in rows.values_list(
        "person_id", "unit_id", "unit__kind", "unit__name", "held_from", "held_until"
    ):
        days = span.shared((mine[unit].held_from, mine[unit].held_until), (since, until))
        if days is not None:
            yield Encounter(other, CLASS if kind == Unit.Kind.CLASS else UNIT, name, *days)


# ---------------------------------------------------------------- meetings of groups


@dataclass(slots=True)
class _Shared:
    """What somebody shared with the case in one group, added up."""

    times: int = 0
    minutes: int = 0
    first_on: date = date.max
    last_on: date = date.min
    seats: tuple[str, str] = ("", "")

    def add(self, day: date, minutes: int, seats: tuple[str, str]) -> None:
        self.times += 1
        self.minutes += minutes
        self.first_on, self.last_on = min(self.first_on, day), max(self.last_on, day)
        if any(seats):
            self.seats = seats


@dataclass(frozen=True, slots=True)
class _Meeting:
    pk: int
    group: int
    day: date
    minutes: int


@dataclass(slots=True)
class _Company:
    """Meetings at which the case was, and who else was there."""

    person: Person
    span: Span
    found: dict[tuple[int, int], _Shared] = field(default_factory=lambda: defaultdict(_Shared))

    def meetings(self, groups: Iterable[int], sessions: Iterable[int]) -> list[_Meeting]:
        rows = Session.objects.filter(
            Q(group_id__in=list(groups)) | Q(pk__in=list(sessions)),
            begins_at__gte=self.span.begins_at,
            begins_at__lt=self.span.ends_at,
        )
        return [
            _Meeting(pk, group, reporting_day(begins), int((ends - begins).total_seconds() // 60))
            for pk, group, begins, ends in rows.values_list(
                "pk", "group_id", "begins_at", "ends_at"
            )
        ]

    def gather(self) -> dict[tuple[int, int], _Shared]:
        mine: dict[int, list[GroupMember]] = defaultdict(list)
        for member in GroupMember.objects.filter(self.span.held(), person=self.person):
            mine[member.group_id].append(member)
        signed = dict(
            Attendance.objects.filter(
                person=self.person,
                session__begins_at__gte=self.span.begins_at,
                session__begins_at__lt=self.span.ends_at,
            ).values_list("session_id", "seat")
        )
        meetings = self.meetings(mine, signed)
        listed = set(
            Attendance.objects.filter(session_id__in=[one.pk for one in meetings])
            .values_list("session_id", flat=True)
            .distinct()
        )
        self._signed_in({one.pk: one for one in meetings if one.pk in signed}, signed)
        by_group: dict[int, list[_Meeting]] = defaultdict(list)
        for one in meetings:
            if one.pk not in listed:
                by_group[one.group].append(one)
        self._expected(mine, by_group, {one.group for one in meetings})
        return self.found

    def _signed_in(self, meetings: dict[int, _Meeting], seats: dict[int, str]) -> None:
        """Where somebody signed in, only those who did were there."""
        rows = Attendance.objects.filter(session_id__in=list(meetings))
        for session, other, seat in rows.values_list("session_id", "person_id", "seat"):
            one = meetings[session]
            self.found[other, one.group].add(one.day, one.minutes, (seats[session], seat))

    def _expected(
        self,
        mine: dict[int, list[GroupMember]],
        by_group: dict[int, list[_Meeting]],
        meeting: set[int],
    ) -> None:
        """Where nobody signed in, whoever belongs to the group was there."""
        rows = GroupMember.objects.filter(self.span.held(), group_id__in=list(mine))
        for other, group, seat, since, until in rows.values_list(
            "person_id", "group_id", "seat", "held_from", "held_until"
        ):
            for member in mine[group]:
                days = self.span.shared((member.held_from, member.held_until), (since, until))
                if days is None:
                    continue
                if group not in meeting:  # an office, a workshop without a timetable
                    shared = self.found[other, group]
                    shared.add(days[0], 0, (member.seat, seat))
                    shared.times, shared.last_on = 0, days[1]
                for one in by_group[group]:
                    if days[0] <= one.day <= days[1]:
                        self.found[other, group].add(one.day, one.minutes, (member.seat, seat))


def _meetings(person: Person, span: Span) -> Iterator[Encounter]:
    found = _Company(person, span).gather()
    groups = Group.objects.in_bulk({group for _person, group in found})
    for (other, group), shared in found.items():
        yield Encounter(
            other, groups[group].kind, groups[group].name, shared.first_on, shared.last_on,
            shared.times, shared.minutes, *shared.seats,
        )  # fmt: skip


# ---------------------------------------------------------------- homes


def _homes(person: Person, span: Span) -> Iterator[Encounter]:
    """People who gave the same exact address; addresses are sealed, so each is opened."""
    home = home_key(person.address)
    if not home:
        return
    on_roll = Membership.objects.filter(span.held(), kind=Membership.Kind.REPORTING)
    people = Person.objects.filter(pk__in=on_roll.values("person_id")).exclude(pk=person.pk)
    for other, address in people.values_list("pk", "address"):
        if address and home_key(address) == home:
            yield Encounter(other, "HOME", "", span.since, span.until - timedelta(days=1))
