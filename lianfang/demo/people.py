"""The people of the demonstration college, their posts, and who is on duty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from lianfang.demo.names import a_name, a_phone
from lianfang.demo.units import FIRST_DAY, Tree
from lianfang.duty import operations as duty
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.clock import at_local, parse_moment, reporting_day
from lianfang.roster import operations as roster
from lianfang.roster.models import Exemption, Lodging, Membership, Person, Unit
from lianfang.roster.names import name_key

SEED = 20200130
STAFF = 220
CLASSES_PER_COUNSELOR = 4
PROVED_AT = parse_moment("2020-01-31T10:00+08:00")  # when most numbers of staff were tried
_HOMES = (  # counties in which people spend the holiday, and how many of a hundred
    ("511702", 14), ("511703", 16), ("511722", 14), ("511723", 8), ("511724", 12), ("511725", 12),
    ("511781", 7), ("511602", 3), ("511902", 3), ("510104", 3), ("510107", 2), ("500101", 2),
    ("510703", 1), ("440305", 1), ("330304", 1), ("420111", 1),
)  # fmt: skip


@dataclass
class Cast:
    """Everybody, and those whom the demonstration accounts belong to."""

    tree: Tree
    random: Random
    people: list[Person] = field(default_factory=list)
    unit_of: dict[int, Unit] = field(default_factory=dict)
    home_of: dict[int, str] = field(default_factory=dict)
    roles: dict[str, Person] = field(default_factory=dict)
    counselor_of: dict[int, Person] = field(default_factory=dict)

    def students_of(self, unit: Unit) -> list[Person]:
        return [p for p in self.people if self.unit_of[p.pk].pk == unit.pk]


def enrol(tree: Tree, *, number: int, now: datetime) -> Cast:
    cast = Cast(tree=tree, random=Random(SEED))
    staff = _staff(cast, max(60, round(number * STAFF / 3000)))
    _students(cast, number - len(staff))
    _write(cast)
    _appoint(cast, staff, now)
    _exempt(cast, now)
    _duty(cast, staff, now)
    return cast


def _person(cast: Cast, number: str, category: str, unit: Unit, **extra: Any) -> Person:
    name = a_name(cast.random)
    phone = a_phone(len(cast.people) + 1)
    person = Person(
        number=number,
        name=name,
        name_key=name_key(name),
        category=category,
        sex=cast.random.choice("男女"),
        phone=phone,
        phone_index=roster.phone_index(phone),
        **extra,
    )
    cast.people.append(person)
    cast.unit_of[id(person)] = unit
    return person


def _staff(cast: Cast, number: int) -> list[Person]:
    units = cast.tree.departments * 3 + cast.tree.offices
    return [
        _person(
            cast,
            f"T{20001 + position}",
            "STAFF",
            units[position % len(units)],
            political_status="中共党员" if cast.random.random() < 0.45 else "群众",
            phone_verified_at=PROVED_AT if position % 9 else None,
            email=f"t{20001 + position}@example.org",
        )
        for position in range(number)
    ]


def _students(cast: Cast, number: int) -> None:
    classes = cast.tree.classes
    seats: dict[int, int] = {}
    for position in range(number):
        unit = classes[position % len(classes)]
        seats[unit.pk] = seats.get(unit.pk, 0) + 1
        grade = unit.name[:4]
        serial = f"{grade}{unit.position:04d}{seats[unit.pk]:02d}"
        member = cast.random.random() < 0.03
        _person(
            cast,
            serial,
            "STUDENT",
            unit,
            grade=grade,
            political_status="中共预备党员" if member else "共青团员",
        )


def _write(cast: Cast) -> None:
    """Store people, memberships and lodgings; keys exist only from here on."""
    units = dict(cast.unit_of)
    Person.objects.bulk_create(cast.people, batch_size=1000)
    cast.unit_of = {person.pk: units[id(person)] for person in cast.people}
    codes = [code for code, weight in _HOMES for _each in range(weight)]
    cast.home_of = {person.pk: cast.random.choice(codes) for person in cast.people}
    Membership.objects.bulk_create(
        [
            Membership(
                person=person,
                unit=cast.unit_of[person.pk],
                kind=Membership.Kind.REPORTING,
                held_from=FIRST_DAY,
            )
            for person in cast.people
        ]
        + [
            Membership(
                person=person,
                unit=_branch(cast, person),
                kind=Membership.Kind.PARTY,
                held_from=FIRST_DAY,
            )
            for person in cast.people
            if person.political_status.startswith("中共")
        ],
        batch_size=1000,
    )
    Lodging.objects.bulk_create(
        [
            Lodging(
                person=person,
                building=str(1 + position // 400),
                room=f"{1 + position % 400 // 66}{position % 66 // 6 + 1:02}",
                held_from=FIRST_DAY,
            )
            for position, person in enumerate(p for p in cast.people if p.category == "STUDENT")
        ],
        batch_size=1000,
    )


def _branch(cast: Cast, person: Person) -> Unit:
    unit = cast.unit_of[person.pk]
    department = unit
    while department.pk not in cast.tree.branches:
        assert department.parent is not None
        department = department.parent
    branches = cast.tree.branches[department.pk]
    return branches[-1] if person.category == "STUDENT" else branches[0]


def _appoint(cast: Cast, staff: list[Person], now: datetime) -> None:
    def give(person: Person, unit: Unit, role: str, *, is_deputy: bool = False) -> None:
        roster.appoint(
            person=person, unit=unit, role=role, is_deputy=is_deputy, day=FIRST_DAY,
            actor=OPERATOR, now=now,
        )  # fmt: skip

    of_unit: dict[int, list[Person]] = {}
    for person in staff:
        of_unit.setdefault(cast.unit_of[person.pk].pk, []).append(person)
    for unit in cast.tree.departments + cast.tree.offices:
        head, deputy = of_unit[unit.pk][:2]
        give(head, unit, "RESPONSIBLE_HEAD")
        if unit.name != "图书馆":  # one office without a deputy: the board warns
            give(deputy, unit, "RESPONSIBLE_HEAD", is_deputy=True)
    for department in cast.tree.departments:
        _counselors(cast, of_unit[department.pk][2:], department, give)
    _secretaries(cast, of_unit, give)
    office = of_unit[cast.tree.offices[0].pk]
    rest = of_unit[cast.tree.offices[1].pk]
    give(office[0], cast.tree.college, "RESPONSIBLE_HEAD")
    give(rest[0], cast.tree.college, "RESPONSIBLE_HEAD", is_deputy=True)
    for person in (office[1], rest[1]):
        give(person, cast.tree.committee, "LEADER")
    first = cast.tree.departments[0]
    cast.roles |= {
        "head": of_unit[first.pk][0],
        "secretary": office[0],
        "leader": office[1],
        "student": cast.students_of(cast.tree.classes[0])[0],
        "counselor": cast.counselor_of[cast.tree.classes[0].pk],
    }


def _counselors(
    cast: Cast, candidates: list[Person], department: Unit, give: Callable[..., None]
) -> None:
    classes = [
        unit
        for unit in cast.tree.classes
        if unit.parent is not None and unit.parent.parent_id == department.pk
    ]
    for position, unit in enumerate(classes):
        counselor = candidates[position // CLASSES_PER_COUNSELOR % len(candidates)]
        give(counselor, unit, "COUNSELOR")
        stand_in = candidates[(position // CLASSES_PER_COUNSELOR + 1) % len(candidates)]
        give(stand_in, unit, "COUNSELOR", is_deputy=True)
        cast.counselor_of[unit.pk] = counselor


def _secretaries(cast: Cast, of_unit: dict[int, list[Person]], give: Callable[..., None]) -> None:
    """Every Party organisation below the committee has its secretary and a deputy."""
    for department in cast.tree.departments:
        first, second, third = of_unit[department.pk][:3]
        general = department.answers_to
        assert general is not None
        give(first, general, "SECRETARY")
        give(second, general, "SECRETARY", is_deputy=True)
        for branch in cast.tree.branches[department.pk]:
            give(second, branch, "SECRETARY")
            give(third, branch, "SECRETARY", is_deputy=True)
    for office in cast.tree.offices[:2]:
        branch = cast.tree.branches[office.pk][0]
        give(of_unit[office.pk][0], branch, "SECRETARY")
        give(of_unit[office.pk][1], branch, "SECRETARY", is_deputy=True)


def _exempt(cast: Cast, now: datetime) -> None:
    students = [person for person in cast.people if person.category == "STUDENT"]
    today = reporting_day(now)
    for person, reason in zip(
        cast.random.sample(students[50:], 24), ["ARMY"] * 15 + ["LEAVE"] * 8 + ["HOSPITAL"], strict=True
    ):  # fmt: skip
        Exemption.objects.create(
            person=person,
            reason=reason,
            held_from=today - timedelta(days=40 if reason == "ARMY" else 2),
            granted_at=now,
        )


def _duty(cast: Cast, staff: list[Person], now: datetime) -> None:
    """Two shifts a day for the committee's duty officer, and a leader on duty, for two weeks."""
    officers, leaders = staff[40:46], staff[46:49]
    first = reporting_day(now) - timedelta(days=1)
    for offset in range(15):
        day = first + timedelta(days=offset)
        eight, twenty = at_local(day, time(8, 0)), at_local(day, time(20, 0))
        morrow = eight + timedelta(days=1)
        for post, person, starts, ends in (
            ("OFFICER", officers[offset * 2 % 6], eight, twenty),
            ("OFFICER", officers[(offset * 2 + 1) % 6], twenty, morrow),
            ("LEADER", leaders[offset % 3], eight, morrow),
        ):
            duty.add_shift(
                unit=cast.tree.committee, post=post, person=person, starts_at=starts, ends_at=ends,
                actor=OPERATOR, now=now,
            )  # fmt: skip
    cast.roles["officer"] = officers[2]
