"""Whom a case met, in a college of 30,000: rooms of six, classes of forty, eight courses each (one
with seats), tables of six in the canteen, a train journey for one in ten, an address each.

True close contacts are those of whom the campus knows: the room, the home address, the table, the
next seats in the course and in the row of the train. What is measured is the product's own path,
candidates ranked and stored with their reasons; and how many of the true ones stand among the
first forty.
"""

from __future__ import annotations

import shutil
import time
from datetime import date, timedelta
from typing import Any

from tools.bench_support import DAY, NOW, Row, new_home, row, set_up

PEOPLE, CLASS, ROOM = 30_000, 40, 6
TERM = date(2020, 1, 6)
TOP = 40


def run() -> list[Row]:
    home = new_home()
    try:
        set_up()
        begun = time.perf_counter()
        people = _fill()
        filled = time.perf_counter() - begun
        return [*_measure(people), row("30,000 people, courses and tables: filling", filled, "s")]
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _fill() -> list[int]:
    from lianfang.roster.models import Lodging, Membership, Person, Unit, UnitLink

    root = Unit.objects.create(
        tree="ADMINISTRATIVE", kind="COLLEGE", code="R", name="学院", opened_on=TERM
    )
    classes = Unit.objects.bulk_create(
        Unit(tree="ADMINISTRATIVE", kind="CLASS", code=f"K{n}", name=f"{n}班", parent=root, opened_on=TERM)
        for n in range(PEOPLE // CLASS)
    )  # fmt: skip
    UnitLink.objects.bulk_create(
        [UnitLink(ancestor=unit, descendant=unit, depth=0, held_from=TERM) for unit in (root, *classes)]
        + [UnitLink(ancestor=root, descendant=unit, depth=1, held_from=TERM) for unit in classes]
    )  # fmt: skip
    Person.objects.bulk_create(
        (
            Person(number=f"s{n}", name="某人", name_key="mouren", category="STUDENT",
                   address=f"示例市示例区示例路{n // 2}号")
            for n in range(PEOPLE)
        ),
        batch_size=2000,
    )  # fmt: skip
    people = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    Membership.objects.bulk_create(
        (
            Membership(person_id=pk, unit=classes[n // CLASS], kind="REPORTING", held_from=TERM)
            for n, pk in enumerate(people)
        ),
        batch_size=2000,
    )
    Lodging.objects.bulk_create(
        (
            Lodging(person_id=pk, building=f"{n // ROOM // 200 + 1}栋",
                    room=f"{n // ROOM % 200 // 40 + 1}{n // ROOM % 40:02}", held_from=TERM)
            for n, pk in enumerate(people)
        ),
        batch_size=2000,
    )  # fmt: skip
    _fill_groups(people)
    _fill_journeys(people, classes[0].pk)
    return people


def _fill_groups(people: list[int]) -> None:
    """Courses of a hundred from all over the college (a person sits elsewhere in each), tables of six."""
    from lianfang.groups.models import Group, GroupMember, Session

    members, sessions = [], []
    for course in range(8):
        made = Group.objects.bulk_create(
            Group(kind="COURSE", code=f"C{course}-{n}", name="课") for n in range(PEOPLE // 100)
        )
        for n, pk in enumerate(people):
            place = n * (2 * course + 7) % PEOPLE
            seat = f"{place % 100 // 10 + 1}-{place % 10 + 1}" if course == 0 else ""
            members.append(
                GroupMember(group=made[place // 100], person_id=pk, seat=seat, held_from=TERM)
            )
        sessions += _sessions(made, days=range(course % 5, 28, 3), minutes=95)
    tables = Group.objects.bulk_create(
        Group(kind="CANTEEN", code=f"T{n}", name="食堂") for n in range(PEOPLE // 300)
    )
    for n, pk in enumerate(people):
        place = n * 11 % PEOPLE
        seat = f"{place % 300 // 6 + 1}-{place % 6 + 1}"
        members.append(
            GroupMember(group=tables[place // 300], person_id=pk, seat=seat, held_from=TERM)
        )
    sessions += _sessions(tables, days=range(28), minutes=30)
    GroupMember.objects.bulk_create(members, batch_size=2000)
    Session.objects.bulk_create(sessions, batch_size=2000)


def _sessions(groups: list[Any], days: range, minutes: int) -> list[Any]:
    from lianfang.groups.models import Session

    begins = [NOW + timedelta(days=day - 27) for day in days]
    return [
        Session(group=group, begins_at=at, ends_at=at + timedelta(minutes=minutes))
        for group in groups
        for at in begins
    ]


def _fill_journeys(people: list[int], unit: int) -> None:
    """One in ten came by train two days ago, sixty to a coach."""
    from lianfang.surveys.models import SurveyResponse, Trip

    day = DAY - timedelta(days=2)
    some = people[::10]
    SurveyResponse.objects.bulk_create(
        (
            SurveyResponse(
                person_id=pk, unit_id=unit, revision=1, is_current=True, answered_at=NOW,
                confirmed_at=NOW, since_on=day, has_trips=True, has_meetings=False,
                community_told=False, source="SELF", submission_key=f"b{pk}",
            )
            for pk in some
        ),
        batch_size=2000,
    )  # fmt: skip
    responses = SurveyResponse.objects.order_by("person_id").values_list("pk", flat=True)
    Trip.objects.bulk_create(
        (
            Trip(response_id=pk, position=0, arrived_on=day, left_on=day, kind="PASSING",
                 way="TRAIN", words={"number": f"G{n // 600}", "seat": f"{n % 600 // 60 + 1}车{n % 60 // 5 + 1}{'ABCDF'[n % 5]}"})
            for n, pk in enumerate(responses)
        ),
        batch_size=2000,
    )  # fmt: skip


def _measure(people: list[int]) -> list[Row]:
    from lianfang.contacts import operations
    from lianfang.kernel.actors import OPERATOR
    from lianfang.roster.models import Person
    from lianfang.rulebook.contact_policy import policy_from
    from lianfang.rulebook.queries import rules_in_force

    case = Person.objects.get(pk=people[3000])
    true = _true_contacts(people, 3000)
    policy = policy_from(rules_in_force(NOW).settings)
    found = operations.open_investigation(
        person=case, incident=None, anchor_on=DAY - timedelta(days=7), is_asymptomatic=False,
        isolated_on=None, outside_code="", policy=policy, by=None, actor=OPERATOR, now=NOW,
    )  # fmt: skip
    begun = time.perf_counter()
    ranked = operations.propose(
        investigation=found, policy=policy, by=None, actor=OPERATOR, now=NOW
    )
    taken = time.perf_counter() - begun
    top = {contact.person_id for contact in ranked[:TOP]}
    return [
        row("30,000 people: candidates of one case, proposed and stored", taken, "s"),
        row("candidates proposed", float(len(ranked)), ""),
        row(f"true close contacts ({len(true)}) among the first {TOP}", float(len(true & top)), ""),
    ]


def _true_contacts(people: list[int], at: int) -> set[int]:
    """Who shares the room, the table, or sits beside the case in a course or on the train."""
    from lianfang.groups.models import GroupMember
    from lianfang.groups.rules import seat_at, seats_apart

    true = {people[n] for n in range(at // ROOM * ROOM, at // ROOM * ROOM + ROOM)}
    for mine in GroupMember.objects.filter(person_id=people[at]).select_related("group"):
        for other in GroupMember.objects.filter(group=mine.group):
            apart = seats_apart(mine.seat, other.seat)
            same_table = (seat_at(mine.seat) or (0,))[0] == (seat_at(other.seat) or (1,))[0]
            near = same_table if mine.group.kind == "CANTEEN" else apart is not None and apart <= 1
            if near and (mine.group.kind == "CANTEEN" or mine.group.code.startswith("C0-")):
                true.add(other.person_id)
    place = at // 10
    true |= {people[10 * n] for n in range(place // 5 * 5, place // 5 * 5 + 5)}
    true.add(people[at ^ 1])  # two of one address
    return true - {people[at]}
