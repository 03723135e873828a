"""One person, many groups: class, room, floor, course, sitting, activity."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianfang.groups import queries as groups
from lianfang.groups.models import Attendance, Group, GroupMember, RoomFloor, Session
from lianfang.groups.rules import GroupRef
from lianfang.kernel.clock import parse_moment
from lianfang.roster.models import Lodging, Membership, Person
from tests.cast import FIRST_DAY, College

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2020, 2, 1)


@pytest.fixture
def college(college: College) -> College:
    college.lodge(小明="101", 小红="102", 小刚="201", 外人="101")
    return college


def keys(refs: list[GroupRef]) -> list[tuple[str, str]]:
    return [ref.key for ref in refs]


def of(college: College, name: str, on: date = TODAY) -> list[tuple[str, str]]:
    person = college[name].pk
    return keys(groups.groups_of([person], on=on)[person])


def test_class_room_and_floor_come_from_the_roster(college: College) -> None:
    unit = college.unit("网络1班").code
    assert of(college, "小明") == [("CLASS", unit), ("FLOOR", "6栋/1"), ("ROOM", "6栋/101")]
    assert [kind for kind, _code in of(college, "辅导员")] == ["UNIT"]


def test_who_shares_a_group_is_whoever_says_so_of_themself(college: College) -> None:
    """Both directions give the same answer, for every group of everybody."""
    course = Group.objects.create(kind="COURSE", code="C1", name="高等数学")
    for name in ("小明", "外人"):
        GroupMember.objects.create(person=college[name], group=course, held_from=FIRST_DAY)
    everybody = list(Person.objects.values_list("pk", flat=True))
    of_each = groups.groups_of(everybody, on=TODAY)
    refs = {ref for refs in of_each.values() for ref in refs}
    shared = groups.members_of_all(refs, on=TODAY)
    assert shared == {
        ref: {person for person, refs in of_each.items() if ref in refs} for ref in refs
    }
    assert groups.members_of(GroupRef("ROOM", "6栋/101", ""), on=TODAY) == {
        college["小明"].pk, college["外人"].pk,
    }  # fmt: skip
    assert groups.sizes_of([GroupRef("FLOOR", "6栋/1", "")], on=TODAY) == {
        GroupRef("FLOOR", "6栋/1", ""): 3
    }


def test_periods_are_half_open(college: College) -> None:
    course = Group.objects.create(kind="COURSE", code="C1", name="高等数学")
    GroupMember.objects.create(
        person=college["小明"], group=course, held_from=TODAY, held_until=TODAY + timedelta(days=1)
    )
    days = [TODAY + timedelta(days=n) for n in (-1, 0, 1)]
    assert [("COURSE", "C1") in of(college, "小明", day) for day in days] == [False, True, False]


def test_an_activity_binds_its_people_for_fourteen_days(college: College) -> None:
    concert = Group.objects.create(kind="ACTIVITY", code="A1", name="迎新晚会")
    session = Session.objects.create(
        group=concert,
        begins_at=parse_moment("2020-02-01T19:00+08:00"),
        ends_at=parse_moment("2020-02-01T21:00+08:00"),
    )
    Attendance.objects.create(session=session, person=college["小明"])
    bound = [
        ("ACTIVITY", "A1") in of(college, "小明", TODAY + timedelta(days=n))
        for n in (-1, 0, 13, 14)
    ]
    assert bound == [False, True, True, False]
    ref = GroupRef("ACTIVITY", "A1", "")
    assert groups.members_of(ref, on=TODAY + timedelta(days=13)) == {college["小明"].pk}


def test_a_room_without_a_floor_in_its_number_has_the_stored_one(college: College) -> None:
    Lodging.objects.filter(person=college["小刚"]).update(room="东一")
    assert not [key for key in of(college, "小刚") if key[0] == "FLOOR"]
    RoomFloor.objects.create(building="6栋", room="东一", floor="1")
    assert ("FLOOR", "6栋/1") in of(college, "小刚")


def test_a_group_that_nobody_knows_has_no_members(college: College) -> None:
    refs = [GroupRef(kind, "x/y", "") for kind in ("ROOM", "FLOOR", "CLASS", "COURSE", "MOON")]
    assert groups.members_of_all(refs, on=TODAY) == {ref: set() for ref in refs}
    assert groups.groups_of([], on=TODAY) == {}


def test_three_thousand_people_take_as_many_statements_as_three(college: College) -> None:
    unit = college.unit("网络1班")
    Person.objects.bulk_create(
        Person(number=f"x{n}", name="某人", name_key="mouren", category="STUDENT")
        for n in range(3000)
    )
    people = list(Person.objects.filter(number__startswith="x").values_list("pk", flat=True))
    Membership.objects.bulk_create(
        Membership(person_id=pk, unit=unit, kind="REPORTING", held_from=FIRST_DAY) for pk in people
    )
    Lodging.objects.bulk_create(
        Lodging(person_id=pk, building="7栋", room=f"{n // 6 + 101}", held_from=FIRST_DAY)
        for n, pk in enumerate(people)
    )
    asked = []
    for some in (people[:3], people):
        with CaptureQueriesContext(connection) as few:
            of_each = groups.groups_of(some, on=TODAY)
        with CaptureQueriesContext(connection) as back:
            sizes = groups.sizes_of({ref for refs in of_each.values() for ref in refs}, on=TODAY)
        asked.append((len(few), len(back)))
        assert sizes[GroupRef("CLASS", unit.code, unit.name)] == 3003
    assert asked[0] == asked[1]
    assert asked[1] <= (5, 5)
