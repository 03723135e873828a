"""From addressees to units: who is reached directly, and through whom the others are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from lianfang.roster import queries as roster
from lianfang.roster.models import Exemption, Membership, Person, Post, Unit, UnitLink
from lianfang.roster.queries import held_on

# Who answers for a unit: the first role that somebody holds.
ANSWERABLE = (
    Post.Role.RESPONSIBLE_HEAD,
    Post.Role.SECRETARY,
    Post.Role.COUNSELOR,
    Post.Role.LIAISON,
    Post.Role.LEADER,
)
# Units that pass nothing on because nobody answers for them: they are seen through.
_SEEN_THROUGH = (Unit.Kind.MAJOR,)


@dataclass(frozen=True, slots=True)
class Target:
    """Whom one receipt is for. `parent` is the unit above it in this audience, or None."""

    unit_id: int
    role: str = ""
    person_id: int | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One addressee as drafted."""

    unit: Unit | None = None
    with_below: bool = False
    role: str = ""
    person: Person | None = None


def units_within_reach(issuer: Unit, *, day: date) -> frozenset[int]:
    """Whom a unit may direct: all below it, and what answers to a Party organisation below it."""
    below = set(roster.subtree_ids(issuer, day=day))
    if issuer.tree != Unit.Tree.PARTY:
        return frozenset(below)
    if issuer.parent_id is None or issuer.kind in {Unit.Kind.COMMITTEE, Unit.Kind.LEADING_GROUP}:
        return frozenset(Unit.objects.filter(closed_on__isnull=True).values_list("pk", flat=True))
    tops = Unit.objects.filter(answers_to_id__in=below).values("pk")
    answering = UnitLink.objects.filter(held_on(day), ancestor_id__in=tops)
    return frozenset(below | set(answering.values_list("descendant_id", flat=True)))


def targets_of(asked: Iterable[Asked], *, issuer: Unit, day: date) -> list[Target]:
    """Every receipt that this audience makes, parents before those below them."""
    asked = list(asked)
    by_hand = {one.unit.pk for one in asked if one.unit and not one.role}
    spread = [one.unit.pk for one in asked if one.unit and one.with_below and not one.role]
    depth, nearest = _below(spread, by_hand, issuer, day)
    units = [
        Target(pk, parent=None if pk in by_hand else nearest.get(pk))
        for pk in sorted(depth, key=lambda pk: depth[pk])
    ]
    return units + _of_roles(asked, day) + _of_people(asked, day)


def _below(
    spread: Collection[int], by_hand: set[int], issuer: Unit, day: date
) -> tuple[dict[int, int], dict[int, int]]:
    """Units of the audience with their depth in the tree, and the nearest one above each."""
    reached = set(
        UnitLink.objects.filter(held_on(day), ancestor_id__in=spread)
        .exclude(descendant__kind__in=_SEEN_THROUGH)
        .exclude(descendant__closed_on__lte=day)
        .values_list("descendant_id", flat=True)
    )
    units = (reached | by_hand) - {issuer.pk}
    links = list(
        UnitLink.objects.filter(held_on(day), descendant_id__in=units).values_list(
            "descendant_id", "ancestor_id", "depth"
        )
    )
    depth = dict.fromkeys(units, 0)
    nearest: dict[int, tuple[int, int]] = {}
    for unit, above, steps in links:
        depth[unit] = max(depth[unit], steps)
        if steps and above in units and (unit not in nearest or steps < nearest[unit][0]):
            nearest[unit] = (steps, above)
    return depth, {unit: above for unit, (_, above) in nearest.items()}


def _of_roles(asked: Iterable[Asked], day: date) -> list[Target]:
    """One receipt for each unit in which somebody holds the role."""
    found: set[Target] = set()
    for one in asked:
        if one.unit is None or not one.role:
            continue
        where = roster.subtree_ids(one.unit, day=day) if one.with_below else [one.unit.pk]
        holding = Post.objects.filter(held_on(day), role=one.role, unit_id__in=where)
        found |= {Target(pk, role=one.role) for pk in holding.values_list("unit_id", flat=True)}
    return sorted(found, key=lambda target: (target.unit_id, target.role))


def _of_people(asked: Iterable[Asked], day: date) -> list[Target]:
    """One receipt for each person, kept under the unit that answers for them."""
    wanted = {one.person.pk for one in asked if one.person}
    rows = Membership.objects.filter(
        held_on(day), kind=Membership.Kind.REPORTING, person_id__in=wanted
    ).values_list("unit_id", "person_id")
    return [Target(unit, person_id=person) for unit, person in sorted(rows)]


def answerable(unit_ids: Iterable[int], *, day: date) -> dict[tuple[int, str], list[Person]]:
    """Who answers, in two queries for any number of units: `(unit, "")` and `(unit, role)`.

    Who is exempt that day is passed over; deputies stand in where no principal is left.
    """
    posts = (
        Post.objects.filter(held_on(day), unit_id__in=list(unit_ids))
        .exclude(person__in=Exemption.objects.filter(held_on(day)).values("person_id"))
        .select_related("person")
        .defer("person__phone", "person__email", "person__address")
        .order_by("is_deputy", "held_from", "id")
    )
    held: dict[tuple[int, str], list[Post]] = {}
    for post in posts:
        held.setdefault((post.unit_id, post.role), []).append(post)
    found = {key: _principals(rows) for key, rows in held.items()}
    for unit in {unit for unit, _ in held}:
        roles = [role for role in ANSWERABLE if (unit, role) in found]
        found[unit, ""] = found[unit, roles[0]] if roles else []
    return found


def _principals(posts: list[Post]) -> list[Person]:
    principals = [post.person for post in posts if not post.is_deputy]
    return principals or [post.person for post in posts]


def is_everybody(targets: Iterable[Target], *, day: date) -> bool:
    """Whether an audience covers a whole tree: then somebody must have meant it."""
    reached = {target.unit_id for target in targets if not target.role and not target.person_id}
    for tree in Unit.Tree.values:
        every = set(
            Unit.objects.filter(
                Q(closed_on__isnull=True) | Q(closed_on__gt=day), tree=tree, parent__isnull=False
            )
            .exclude(kind__in=_SEEN_THROUGH)
            .exclude(kind=Unit.Kind.LEADING_GROUP)
            .exclude(parent__kind=Unit.Kind.LEADING_GROUP)
            .values_list("pk", flat=True)
        )
        if every and every <= reached:
            return True
    return False
