"""The verbs of the roster: open, move and close units; enrol, move and release people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Exemption, Membership, Person, Post, Unit, UnitLink
from lianfang.roster.names import name_key
from lianfang.roster.queries import held_on
from lianfang.vault.fields import blind_index


class UnitBelowItself(Refused):
    code = "roster.unit-below-itself"
    message = _("%(unit)s cannot be placed below %(parent)s, which is part of it.")


class UnitHasPeople(Refused):
    code = "roster.unit-has-people"
    message = _("%(unit)s still has %(people)s people or units; move them first.")
    status = 409


class AlreadyThere(Refused):
    code = "roster.already-there"
    message = _("%(name)s is there already.")
    status = 409


class NotHeld(Refused):
    code = "roster.not-held"
    message = _("This post is not held any more.")
    status = 409


def phone_index(phone: str) -> str:
    """The blind index of a phone in E.164 form; empty for none."""
    return blind_index(phone, place="roster_person.phone")


@transaction.atomic
def open_unit(
    *,
    tree: str,
    kind: str,
    code: str,
    name: str,
    parent: Unit | None,
    day: date,
    actor: Actor,
    now: datetime,
    answers_to: Unit | None = None,
    position: int = 0,
) -> Unit:
    """A new unit below its parent (or a root), with its links from `day` on."""
    unit = Unit.objects.create(
        tree=tree,
        kind=kind,
        code=code,
        name=name,
        parent=parent,
        answers_to=answers_to,
        position=position,
        opened_on=day,
    )
    links = [UnitLink(ancestor=unit, descendant=unit, depth=0, held_from=day)]
    if parent is not None:
        above = UnitLink.objects.filter(descendant=parent, held_until__isnull=True)
        links += [
            UnitLink(
                ancestor_id=link.ancestor_id,
                descendant=unit,
                depth=link.depth + 1,
                held_from=day,
            )
            for link in above
        ]
    UnitLink.objects.bulk_create(links)
    audit.record(verb="roster.unit.opened", actor=actor, subject=unit, now=now, code=code)
    return unit


@transaction.atomic
def move_unit(*, unit: Unit, parent: Unit, day: date, actor: Actor, now: datetime) -> None:
    """Place a unit with everything below it under another parent, as of a day.

    Links that ended stay: a past day is counted by the tree of that day.
    """
    below = UnitLink.objects.filter(ancestor=unit, held_until__isnull=True)
    inside = {link.descendant_id: link.depth for link in below}
    if parent.pk in inside:
        raise UnitBelowItself(unit=unit.name, parent=parent.name)
    outer = UnitLink.objects.filter(descendant_id__in=inside, held_until__isnull=True).exclude(
        ancestor_id__in=inside
    )
    outer.filter(held_from__gte=day).delete()
    outer.update(held_until=day)
    above = UnitLink.objects.filter(descendant=parent, held_until__isnull=True)
    UnitLink.objects.bulk_create(
        UnitLink(
            ancestor_id=link.ancestor_id,
            descendant_id=descendant,
            depth=link.depth + depth + 1,
            held_from=day,
        )
        for link in above
        for descendant, depth in inside.items()
    )
    Unit.objects.filter(pk=unit.pk).update(parent=parent)
    audit.record(verb="roster.unit.moved", actor=actor, subject=unit, now=now, parent=parent.pk)


@transaction.atomic
def close_unit(*, unit: Unit, day: date, actor: Actor, now: datetime) -> None:
    """Close an empty unit as of a day. Raises `UnitHasPeople`."""
    people = Membership.objects.filter(
        Q(held_until__isnull=True) | Q(held_until__gt=day), unit=unit
    ).count()
    people += Unit.objects.filter(parent=unit, closed_on__isnull=True).count()
    if people:
        raise UnitHasPeople(unit=unit.name, people=people)
    Unit.objects.filter(pk=unit.pk).update(closed_on=day)
    UnitLink.objects.filter(descendant=unit, held_until__isnull=True, held_from__lt=day).update(
        held_until=day
    )
    audit.record(verb="roster.unit.closed", actor=actor, subject=unit, now=now)


@transaction.atomic
def enrol(
    *,
    number: str,
    name: str,
    category: str,
    unit: Unit,
    day: date,
    actor: Actor,
    now: datetime,
    phone: str = "",
    email: str = "",
    position: str = "",
) -> Person:
    """A new person with the one unit that answers for them. Phone in E.164 form."""
    person = Person.objects.create(
        number=number,
        name=name,
        name_key=name_key(name),
        category=category,
        position=position,
        phone=phone,
        phone_index=phone_index(phone),
        email=email,
    )
    Membership.objects.create(
        person=person, unit=unit, kind=Membership.Kind.REPORTING, held_from=day
    )
    audit.record(
        verb="roster.person.enrolled", actor=actor, subject=person, now=now, concerns=person.pk
    )
    return person


def _end(rows: QuerySet[Any], day: date) -> None:
    """End open rows as of `day`; a row that began on or after it never came to be."""
    rows.filter(held_from__gte=day).delete()
    rows.update(held_until=day)


@transaction.atomic
def move_person(
    *, person: Person, unit: Unit, kind: str, day: date, actor: Actor, now: datetime
) -> Membership:
    """As of `day` the person belongs to `unit`; the membership before it ends that day."""
    open_rows = Membership.objects.filter(person=person, kind=kind, held_until__isnull=True)
    if open_rows.filter(unit=unit).exists():
        raise AlreadyThere(name=person.name)
    _end(open_rows, day)
    membership = Membership.objects.create(person=person, unit=unit, kind=kind, held_from=day)
    audit.record(
        verb="roster.membership.moved",
        actor=actor,
        subject=membership,
        now=now,
        concerns=person.pk,
        unit=unit.pk,
    )
    return membership


@transaction.atomic
def release(*, person: Person, day: date, actor: Actor, now: datetime) -> None:
    """The person has left as of `day`: memberships, posts and lodging end; nothing is deleted."""
    for model in (Membership, Post):
        _end(model.objects.filter(person=person, held_until__isnull=True), day)
    _end(person.lodgings.filter(held_until__isnull=True), day)
    audit.record(
        verb="roster.person.released", actor=actor, subject=person, now=now, concerns=person.pk
    )


@transaction.atomic
def appoint(
    *,
    person: Person,
    unit: Unit,
    role: str,
    day: date,
    actor: Actor,
    now: datetime,
    is_deputy: bool = False,
) -> Post:
    """Give a person a post in a unit from `day` on."""
    held = Post.objects.filter(held_on(day), person=person, unit=unit, role=role)
    if held.exists():
        raise AlreadyThere(name=person.name)
    post = Post.objects.create(
        person=person, unit=unit, role=role, is_deputy=is_deputy, held_from=day
    )
    audit.record(
        verb="roster.post.given", actor=actor, subject=post, now=now, concerns=person.pk, role=role
    )
    return post


@transaction.atomic
def dismiss(*, post: Post, day: date, actor: Actor, now: datetime) -> None:
    """End a post as of `day`."""
    if post.held_until is not None and post.held_until <= day:
        raise NotHeld
    audit.record(
        verb="roster.post.ended", actor=actor, subject=post, now=now, concerns=post.person_id
    )
    _end(Post.objects.filter(pk=post.pk), day)


@transaction.atomic
def exempt(
    *,
    person: Person,
    reason: str,
    held_from: date,
    held_until: date | None,
    granted_by: Person | None,
    actor: Actor,
    now: datetime,
) -> Exemption:
    """Days on which nothing is expected of the person."""
    exemption = Exemption.objects.create(
        person=person,
        reason=reason,
        held_from=held_from,
        held_until=held_until,
        granted_by=granted_by,
        granted_at=now,
    )
    audit.record(
        verb="roster.exemption.granted",
        actor=actor,
        subject=exemption,
        now=now,
        concerns=person.pk,
        reason=reason,
    )
    return exemption
