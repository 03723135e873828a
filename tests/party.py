"""A committee with many branches: 44 general branches, 200 branches, groups below some.

The trees of `tests.cast` are planted one unit at a time through the roster's verbs; here rows
are written at once, in the shape in which those verbs would leave them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lianfang.roster.models import Membership, Person, Post, Unit, UnitLink
from tests.cast import FIRST_DAY, College


@dataclass
class Party:
    """Units and their secretaries by name; `line[unit]` are the units above it, nearest first."""

    committee: Unit
    units: dict[str, Unit] = field(default_factory=dict)
    secretary: dict[str, Person] = field(default_factory=dict)
    line: dict[str, list[Unit]] = field(default_factory=dict)

    def below(self, name: str) -> list[str]:
        return [unit for unit, line in self.line.items() if self.units[name] in line]


def plant(
    college: College, *, generals: int = 44, branches: int = 200, groups_each: int = 0
) -> Party:
    """Level 2: general branches; level 3: branches, evenly below them; level 4: groups."""
    committee = college.unit("学院党委")
    # The cast's own two branches would be stops that no test is about.
    Unit.objects.filter(tree="PARTY", parent__isnull=False).update(closed_on=FIRST_DAY)
    party = Party(committee)
    level2 = [
        _unit(party, f"第{n:02}党总支", "GENERAL_BRANCH", committee, [committee], n)
        for n in range(1, generals + 1)
    ]
    _store(level2, party)
    level3 = [
        _unit(party, f"第{n:03}党支部", "BRANCH", above, [above, committee], 1000 + n)
        for n in range(1, branches + 1)
        for above in [level2[(n - 1) % generals]]
    ]
    _store(level3, party)
    if groups_each:
        level4 = [
            _unit(
                party,
                f"{branch.name}第{n}党小组",
                "GROUP",
                branch,
                [branch, *party.line[branch.name]],
                2000 + 10 * position + n,
            )
            for position, branch in enumerate(level3)
            for n in range(1, groups_each + 1)
        ]
        _store(level4, party)
    _appoint(college, party)
    return party


def _unit(
    party: Party, name: str, kind: str, parent: Unit, line: list[Unit], position: int
) -> Unit:
    unit = Unit(
        tree="PARTY", kind=kind, code=f"D{position:05}", name=name, parent=parent,
        position=position, opened_on=FIRST_DAY,
    )  # fmt: skip
    party.units[name] = unit
    party.line[name] = line
    return unit


def _store(units: list[Unit], party: Party) -> None:
    Unit.objects.bulk_create(units)
    UnitLink.objects.bulk_create(
        UnitLink(ancestor=above, descendant=unit, depth=depth, held_from=FIRST_DAY)
        for unit in units
        for depth, above in enumerate([unit, *party.line[unit.name]])
    )


def _appoint(college: College, party: Party) -> None:
    office = college.unit("党政办")
    people = Person.objects.bulk_create(
        Person(
            number=f"S{unit.code}", name=f"{unit.name}书记", name_key=unit.code, category="STAFF"
        )
        for unit in party.units.values()
    )
    party.secretary = dict(zip(party.units, people, strict=True))
    Membership.objects.bulk_create(
        Membership(person=person, unit=office, kind="REPORTING", held_from=FIRST_DAY)
        for person in people
    )
    Post.objects.bulk_create(
        Post(
            person=person, unit=party.units[name], held_from=FIRST_DAY,
            role="LEADER" if party.units[name].kind == "GROUP" else "SECRETARY",
        )
        for name, person in party.secretary.items()
    )  # fmt: skip
