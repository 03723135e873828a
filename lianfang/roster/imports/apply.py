"""Carrying out a plan: one transaction of bulk writes, each with its audit entry beside it.

Rows end as of a day; a row that began on that very day never came to be and goes. The
numbers of rows that change are counted: another hand that was here first is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from lianfang.audit import operations as audit
from lianfang.audit.models import Entry
from lianfang.kernel.actors import Actor
from lianfang.roster.imports.apply_units import UnitWriter
from lianfang.roster.imports.bulk import Plain, RosterChanged, chunks, end_rows, insert
from lianfang.roster.imports.changes import ImportPlan, Moved, PersonAdded
from lianfang.roster.imports.stored import FIELDS
from lianfang.roster.models import Lodging, Membership, Person, Post
from lianfang.roster.names import name_key
from lianfang.roster.operations import phone_index

_REPORTING, _PARTY = Membership.Kind.REPORTING.value, Membership.Kind.PARTY.value
_MEMBERSHIP = ("person_id", "unit_id", "kind", "held_from")
_LODGING = ("person_id", "building", "room", "held_from")
Progress = Callable[[int], None]


@transaction.atomic
def carry_out(
    plan: ImportPlan, *, actor: Actor, now: datetime, progress: Progress = lambda _done: None
) -> None:
    """Make the stored roster what the plan says. Raises `RosterChanged`.

    `progress` is told after each chunk how many people were written.
    """
    writer = UnitWriter(plan, actor=actor, now=now)
    writer.open_and_move()
    people = _People(plan, writer, actor, now, progress)
    people.end_rows()
    people.add()
    people.change()
    people.begin_rows()
    people.give_posts()
    writer.close()
    audit.record_many(people.entries)


class _People:
    def __init__(
        self, plan: ImportPlan, units: UnitWriter, actor: Actor, now: datetime, progress: Progress
    ) -> None:
        self.plan = plan
        self.units = units
        self.actor = actor
        self.now = now
        self.progress = progress
        self.done = 0
        self.entries: list[Entry] = []
        self.new: dict[str, int] = {}

    def _note(self, verb: str, *, subject: Model | None, concerns: int, **detail: Any) -> None:
        self.entries.append(
            audit.entry(
                verb=verb, actor=self.actor, subject=subject, now=self.now,
                concerns=concerns, **detail,
            )
        )  # fmt: skip

    def _advance(self, people: int) -> None:
        self.done += people
        self.progress(self.done)

    # ------------------------------------------------------------ what ends

    def end_rows(self) -> None:
        """Memberships, lodgings and posts that end, those of whoever is gone among them."""
        by_day: dict[tuple[type[Model], date], list[int]] = {}
        for move in self.plan.moved:
            if move.ends:
                by_day.setdefault((Membership, move.day), []).append(move.ends)
        for lodging in self.plan.relodged:
            if lodging.ends:
                by_day.setdefault((Lodging, lodging.day), []).append(lodging.ends)
        for post in self.plan.posts_ended:
            by_day.setdefault((Post, post.day), []).append(post.pk)
        for (model, day), keys in by_day.items():
            end_rows(model, keys, day=day)
        self._note_ended_posts()
        self._release()

    def _note_ended_posts(self) -> None:
        for post in self.plan.posts_ended:
            self._note(
                "roster.post.ended", subject=Post(pk=post.pk), concerns=post.person, role=post.role
            )

    def _release(self) -> None:
        day = self.plan.as_of
        for some in chunks(self.plan.gone):
            people = [person.pk for person in some]
            for model in (Membership, Lodging):
                rows = model._default_manager.filter(person_id__in=people)
                rows = rows.exclude(held_until__lte=day)
                rows.filter(held_from__gte=day).delete()
                rows.update(held_until=day)
            for pk in people:
                self._note("roster.person.released", subject=Person(pk=pk), concerns=pk)
            self._advance(len(some))

    # ------------------------------------------------------------ people

    def add(self) -> None:
        for some in chunks(self.plan.added):
            keys = insert_people(some)
            self.new |= keys
            self._begin(some, keys)
            for pk in keys.values():
                self._note("roster.person.enrolled", subject=Person(pk=pk), concerns=pk)
            self._advance(len(some))

    def _begin(self, added: Sequence[PersonAdded], keys: Mapping[str, int]) -> None:
        memberships: list[Sequence[Plain]] = []
        lodgings: list[Sequence[Plain]] = []
        for one in added:
            pk, unit = keys[one.number], self.units.pk_of[one.unit]
            memberships.append((pk, unit, _REPORTING, one.day))
            if one.branch:
                memberships.append((pk, self.units.pk_of[one.branch], _PARTY, one.day))
            if one.lodging:
                lodgings.append((pk, *one.lodging, one.day))
        insert(Membership, _MEMBERSHIP, memberships)
        insert(Lodging, _LODGING, lodgings)

    def change(self) -> None:
        """New values of people who are there; a phone that changes is no longer verified."""
        for some in chunks(self.plan.changed):
            people = Person.objects.in_bulk([changed.pk for changed in some])
            if len(people) != len(some):
                raise RosterChanged
            for changed in some:
                person = people[changed.pk]
                for name, value in changed.fields.items():
                    setattr(person, name, value)
                if "phone" in changed.fields:
                    person.phone_index = phone_index(person.phone)
                    person.phone_verified_at = None
                person.name_key = name_key(person.name)
                fields = sorted(changed.fields)
                self._note(
                    "roster.person.changed", subject=person, concerns=person.pk, fields=fields
                )
            _overwrite(list(people.values()))
            self._advance(len(some))

    # ------------------------------------------------------------ what begins

    def begin_rows(self) -> None:
        for some in chunks(self.plan.moved):
            begin = [
                (move.pk, self.units.pk_of[move.to], move.kind, move.day)
                for move in some
                if move.to
            ]
            insert(Membership, _MEMBERSHIP, begin)
            self._note_moves(some)
            self._advance(len(some))
        for lodgings in chunks(self.plan.relodged):
            insert(Lodging, _LODGING, [(one.pk, *one.to, one.day) for one in lodgings if one.to])
            for one in lodgings:
                self._note("roster.lodging.changed", subject=Person(pk=one.pk), concerns=one.pk)

    def _note_moves(self, moves: Iterable[Moved]) -> None:
        for move in moves:
            unit = self.units.pk_of[move.to] if move.to else None
            self._note(
                "roster.membership.moved", subject=Person(pk=move.pk), concerns=move.pk,
                kind=move.kind, unit=unit,
            )  # fmt: skip

    def give_posts(self) -> None:
        numbers = {post.number for post in self.plan.posts_given} - set(self.new)
        known = Person.objects.filter(number__in=numbers).values_list("number", "pk")
        keys = self.new | dict(known)
        posts = Post.objects.bulk_create(
            Post(
                person_id=keys[given.number],
                unit_id=self.units.pk_of[given.unit],
                role=given.role,
                is_deputy=given.is_deputy,
                held_from=given.day,
            )
            for given in self.plan.posts_given
        )
        for post in posts:
            self._note(
                "roster.post.given", subject=post, concerns=post.person_id, role=str(post.role)
            )


def insert_people(added: Sequence[PersonAdded]) -> dict[str, int]:
    """New people, sealed as their fields seal; gives number -> key."""
    fields = [field for field in Person._meta.concrete_fields if not field.primary_key]
    usual = {field.attname: field.get_default() for field in fields}
    rows = []
    for one in added:
        told = {
            **usual,
            **one.fields,
            "number": one.number,
            "name": one.name,
            "name_key": name_key(one.name),
            "category": one.category,
            "phone_index": phone_index(one.fields.get("phone", "")),
        }
        rows.append([field.get_prep_value(told[field.attname]) for field in fields])
    insert(Person, [str(field.column) for field in fields], rows)
    numbers = [one.number for one in added]
    return dict(Person.objects.filter(number__in=numbers).values_list("number", "pk"))


def _overwrite(people: list[Person]) -> None:
    """Write many people at once: an insert that meets its number becomes an update."""
    Person.objects.bulk_create(
        people,
        update_conflicts=True,
        unique_fields=["number"],
        update_fields=[
            "name", "name_key", "category", "phone_index", "phone_verified_at", *FIELDS,
        ],
    )  # fmt: skip
