"""Questions about units and people. Every one takes the day it is asked about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Count, Q, QuerySet

from lianfang.roster.models import Exemption, Membership, Person, Post, Unit, UnitLink
from lianfang.vault.rows import stored


def held_on(day: date, prefix: str = "") -> Q:
    """The half-open period of a row covers `day`; `prefix` reaches it over a relation."""
    begun = Q(**{f"{prefix}held_from__lte": day})
    not_ended = Q(**{f"{prefix}held_until__isnull": True}) | Q(**{f"{prefix}held_until__gt": day})
    return begun & not_ended


def subtree_ids(unit: Unit, *, day: date) -> list[int]:
    """The unit itself and every unit below it on that day."""
    return list(
        UnitLink.objects.filter(held_on(day), ancestor=unit).values_list("descendant_id", flat=True)
    )


def line_of_superiors(unit: Unit, *, day: date) -> list[Unit]:
    """The unit itself first, then its superiors up to the root of its tree."""
    links = (
        UnitLink.objects.filter(held_on(day), descendant=unit)
        .select_related("ancestor")
        .order_by("depth")
    )
    return [link.ancestor for link in links]


def root(tree: str) -> Unit | None:
    return Unit.objects.filter(tree=tree, parent__isnull=True, closed_on__isnull=True).first()


def college() -> Unit | None:
    return root(Unit.Tree.ADMINISTRATIVE)


def committee() -> Unit | None:
    return root(Unit.Tree.PARTY)


_UNIT = ["id", "tree", "kind", "code", "name", "parent_id", "answers_to_id", "position"]
_REPORTING_UNIT = (
    f"SELECT {', '.join(f'u.{name}' for name in _UNIT)}"
    " FROM roster_membership m JOIN roster_unit u ON u.id = m.unit_id"
    " WHERE m.person_id = %s AND m.kind = %s AND m.held_from <= %s"
    " AND (m.held_until IS NULL OR m.held_until > %s)"
)


def reporting_unit_of(person: Person, *, day: date) -> Unit | None:
    """The one unit that answers for this person on that day; None when not on the roster.

    One plain statement: every report asks it (docs/performance.md).
    """
    with connection.cursor() as cursor:
        cursor.execute(_REPORTING_UNIT, [person.pk, Membership.Kind.REPORTING, day, day])
        found = cursor.fetchone()
    return stored(Unit, _UNIT, found) if found else None


def roll(unit_ids: Iterable[int], *, day: date) -> QuerySet[Person]:
    """The people for whom these units answer on that day."""
    return Person.objects.filter(
        pk__in=Membership.objects.filter(
            held_on(day), unit_id__in=list(unit_ids), kind=Membership.Kind.REPORTING
        ).values("person_id")
    )


def head_count(*, day: date) -> dict[int, int]:
    """People on the roll of each reporting unit (its own, not those below it)."""
    return dict(
        Membership.objects.filter(held_on(day), kind=Membership.Kind.REPORTING)
        .values("unit_id")
        .annotate(n=Count("id"))
        .values_list("unit_id", "n")
    )


def exempt_person_ids(*, day: date) -> set[int]:
    return set(Exemption.objects.filter(held_on(day)).values_list("person_id", flat=True))


def exempt_count(*, day: date) -> dict[int, int]:
    """Exempt people of each reporting unit; a person with two exemptions counts once."""
    return dict(
        Membership.objects.filter(
            held_on(day),
            kind=Membership.Kind.REPORTING,
            person_id__in=Exemption.objects.filter(held_on(day)).values("person_id"),
        )
        .values("unit_id")
        .annotate(n=Count("id"))
        .values_list("unit_id", "n")
    )


def holders(*, unit: Unit, role: str, day: date, include_deputies: bool = True) -> list[Person]:
    """Who holds a post in a unit on that day: principals first, then deputies."""
    posts = Post.objects.filter(held_on(day), unit=unit, role=role).select_related("person")
    if not include_deputies:
        posts = posts.filter(is_deputy=False)
    return [post.person for post in posts.order_by("is_deputy", "held_from", "id")]


def posts_of(person: Person, *, day: date) -> list[Post]:
    return list(
        Post.objects.filter(held_on(day), person=person)
        .select_related("unit")
        .order_by("unit__tree", "unit__position", "unit_id")
    )


def carers_of(person: Person, *, day: date) -> list[Person]:
    """The counselors (or the office's liaison) of the person's own reporting unit."""
    unit = reporting_unit_of(person, day=day)
    if unit is None:
        return []
    return holders(unit=unit, role=Post.Role.COUNSELOR, day=day) or holders(
        unit=unit, role=Post.Role.LIAISON, day=day
    )


def units_without_head(*, kinds: Iterable[str], day: date) -> QuerySet[Unit]:
    """Open units of these kinds where nobody (no deputy either) answers on that day."""
    return Unit.objects.filter(kind__in=list(kinds), closed_on__isnull=True).exclude(
        pk__in=Post.objects.filter(
            held_on(day), role__in=[Post.Role.RESPONSIBLE_HEAD, Post.Role.COUNSELOR]
        ).values("unit_id")
    )
