"""The roster of a day as a table: what an import of the same table would find unchanged."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TextIO

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.places import divisions
from lianfang.places.addresses import match_address
from lianfang.roster.models import Lodging, Membership, Person, Post, Unit, UnitLink
from lianfang.roster.queries import held_on

COLUMNS = (
    "kind", "pid", "name", "sex", "dept", "role", "major", "cls", "grade", "dorm_building",
    "dorm_room", "counselor", "status", "branch", "phone", "gb", "prov", "city", "county",
    "address",
)  # fmt: skip
_DEPARTMENTS = {Unit.Kind.DEPARTMENT, Unit.Kind.OFFICE, Unit.Kind.COLLEGE, Unit.Kind.OTHER}


def write_csv(file: TextIO, *, day: date, actor: Actor, now: datetime) -> int:
    """Write everybody on the roll of a day; returns how many. Recorded: it names everybody."""
    rows = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    rows.writeheader()
    count = 0
    for row in roster_rows(day=day):
        rows.writerow({name: harmless(value) for name, value in row.items()})
        count += 1
    audit.record(
        verb="roster.exported", actor=actor, subject=None, now=now, people=count, day=str(day)
    )
    return count


def harmless(value: str) -> str:
    """A cell that a spreadsheet would take for a formula becomes text; +852… stays a phone."""
    is_formula = value[:1] in {"=", "-", "@", "\t", "\r"} or (
        value[:1] == "+" and not value[1:].isdigit()
    )
    return f"'{value}" if is_formula else value


def roster_rows(*, day: date) -> Iterator[dict[str, str]]:
    """One row per person: students class by class, then everybody else by number."""
    tables = _Tables.of(day)
    everybody = Person.objects.in_bulk(list(tables.unit))
    for person in sorted(everybody.values(), key=lambda person: _order(person, tables)):
        yield _row(person, tables)


def _order(person: Person, tables: _Tables) -> tuple[bool, str, tuple[int, ...], str]:
    is_student = person.category == Person.Category.STUDENT
    line = tables.lines[tables.unit[person.pk]].order if is_student else ()
    return not is_student, person.category, line, person.number


@dataclass(frozen=True)
class _Line:
    """What the superiors of a unit contribute to a row."""

    department: str
    major: str
    class_name: str
    order: tuple[int, ...]


@dataclass(frozen=True)
class _Tables:
    """By person, or by unit: all that a row needs, each read once."""

    unit: dict[int, int]
    branch: dict[int, str]
    lodging: dict[int, tuple[str, str]]
    counselor: dict[int, str]
    lines: dict[int, _Line]

    @classmethod
    def of(cls, day: date) -> _Tables:
        members = Membership.objects.filter(held_on(day))
        reporting = members.filter(kind=Membership.Kind.REPORTING)
        party = members.filter(kind=Membership.Kind.PARTY)
        lodgings = Lodging.objects.filter(held_on(day))
        return cls(
            unit=dict(reporting.values_list("person_id", "unit_id")),
            branch=dict(party.values_list("person_id", "unit__name")),
            lodging={
                person: (building, room)
                for person, building, room in lodgings.values_list("person_id", "building", "room")
            },
            counselor=_counselors(day),
            lines=_lines(day),
        )


def _counselors(day: date) -> dict[int, str]:
    posts = Post.objects.filter(held_on(day), role=Post.Role.COUNSELOR).order_by(
        "is_deputy", "held_from", "id"
    )
    names: dict[int, list[str]] = {}
    for unit, name in posts.values_list("unit_id", "person__name"):
        names.setdefault(unit, []).append(name)
    return {unit: "、".join(found) for unit, found in names.items()}


def _lines(day: date) -> dict[int, _Line]:
    units = Unit.objects.in_bulk()
    links = UnitLink.objects.filter(
        held_on(day), descendant__tree=Unit.Tree.ADMINISTRATIVE
    ).order_by("-depth")
    above: dict[int, list[Unit]] = {}
    for ancestor, descendant in links.values_list("ancestor_id", "descendant_id"):
        above.setdefault(descendant, []).append(units[ancestor])
    return {pk: _line(above.get(pk, [unit])) for pk, unit in units.items()}


def _line(superiors: list[Unit]) -> _Line:
    """`superiors` from the college down to the unit itself."""
    departments = [unit.name for unit in superiors if unit.kind in _DEPARTMENTS]
    majors = [unit.name for unit in superiors if unit.kind == Unit.Kind.MAJOR]
    classes = [unit.name for unit in superiors if unit.kind == Unit.Kind.CLASS]
    return _Line(
        department=departments[-1] if departments else "",
        major=majors[-1] if majors else "",
        class_name=classes[-1] if classes else "",
        order=tuple(unit.position for unit in superiors),
    )


def _row(person: Person, tables: _Tables) -> dict[str, str]:
    unit = tables.unit[person.pk]
    line = tables.lines[unit]
    building, room = tables.lodging.get(person.pk, ("", ""))
    is_student = person.category == Person.Category.STUDENT
    return {
        "kind": person.category.lower(),
        "pid": person.number,
        "name": person.name,
        "sex": person.sex,
        "dept": line.department,
        "role": person.position,
        "major": line.major,
        "cls": line.class_name,
        "grade": person.grade,
        "dorm_building": building,
        "dorm_room": room,
        "counselor": tables.counselor.get(unit, "") if is_student else "",
        "status": person.political_status,
        "branch": tables.branch.get(person.pk, ""),
        "phone": person.phone.removeprefix("+86"),
        **_place(person.address),
    }


def _place(address: str) -> dict[str, str]:
    """Where an address lies, worked out now and stored nowhere."""
    match = match_address(address) if address else None
    if match is None:
        return {"gb": "", "prov": "", "city": "", "county": "", "address": address}
    parts = divisions.parts(match.code)
    return {
        "gb": match.code,
        "prov": parts.province,
        "city": parts.city,
        "county": parts.county,
        "address": match.rest,
    }
