"""Reading the stored roster for a comparison: five queries, whatever its size."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q

from lianfang.roster.imports.state import Held, Stored, StoredPerson, StoredPost, StoredUnit
from lianfang.roster.models import Lodging, Membership, Person, Post, Unit

FIELDS = ("sex", "grade", "position", "political_status", "phone", "email", "address")
LODGING = "LODGING"


def load(*, day: date) -> Stored:
    """The roster with every row that has not ended by `day`."""
    people = {person.pk: person for person in _people()}
    not_ended = Q(held_until__isnull=True) | Q(held_until__gt=day)
    period = ("held_from", "held_until")
    memberships = Membership.objects.filter(not_ended).order_by("held_from")
    for pk, person, kind, unit, start, end in memberships.values_list(
        "pk", "person_id", "kind", "unit_id", *period
    ):
        people[person].held.setdefault(kind, []).append(Held(pk, unit, start, end))
    lodgings = Lodging.objects.filter(not_ended).order_by("held_from")
    for pk, person, building, room, start, end in lodgings.values_list(
        "pk", "person_id", "building", "room", *period
    ):
        people[person].held.setdefault(LODGING, []).append(Held(pk, (building, room), start, end))
    posts = Post.objects.filter(not_ended).order_by("pk")
    return Stored(
        units={unit.pk: unit for unit in _units()},
        people={person.number: person for person in people.values()},
        posts=[
            StoredPost(*row)
            for row in posts.values_list("pk", "person_id", "unit_id", "role", "is_deputy", *period)
        ],
    )


def _people() -> Iterator[StoredPerson]:
    rows = Person.objects.values_list("pk", "number", "name", "category", *FIELDS)
    for pk, number, name, category, *fields in rows.iterator(chunk_size=5000):
        yield StoredPerson(pk, number, name, category, dict(zip(FIELDS, fields, strict=True)))


def _units() -> Iterator[StoredUnit]:
    for unit in Unit.objects.order_by("position", "pk"):
        yield StoredUnit(
            unit.pk, unit.tree, unit.kind, unit.code, unit.name, unit.parent_id,
            unit.answers_to_id, unit.position, unit.opened_on, unit.closed_on is None,
        )  # fmt: skip
