"""What a desk page opens beyond the sight itself: incidents, phones, posts, codes. Deny by default."""

from __future__ import annotations

from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.roster import queries as roster
from lianfang.roster.access import View as Sight
from lianfang.roster.models import Membership, Person, Post, Unit
from lianfang.roster.queries import held_on

_GOVERNING = frozenset({Post.Role.RESPONSIBLE_HEAD, Post.Role.SECRETARY})


def person_with_phone(pk: int, *, sight: Sight) -> Person:
    """Somebody whose number this viewer may ask for: not a class reporter's to see."""
    person = sight.named_person(pk)
    unit = roster.reporting_unit_of(person, day=sight.day)
    if unit is None or unit.pk not in sight.event_units:
        raise Forbidden
    return person


def may_have_phone(unit_id: int | None, *, sight: Sight) -> bool:
    return unit_id is not None and unit_id in sight.event_units


def governed_units(sight: Sight) -> frozenset[int]:
    """Units whose posts this viewer keeps: an operator all, a head those below."""
    if sight.is_operator:
        return frozenset(Unit.objects.values_list("pk", flat=True))
    return sight.units_of(_GOVERNING)


def governs_anything(sight: Sight) -> bool:
    return sight.is_operator or any(post.role in _GOVERNING for post in sight.posts)


def governed_unit(pk: int, *, sight: Sight) -> Unit:
    if pk not in governed_units(sight):
        raise Forbidden if pk in sight.figure_units else NotYours
    return Unit.objects.get(pk=pk)


def code_units(sight: Sight) -> frozenset[int]:
    """Units for whose people this viewer prints codes: one's own people, or an operator all."""
    if sight.is_operator:
        return frozenset(
            Unit.objects.filter(tree=Unit.Tree.ADMINISTRATIVE).values_list("pk", flat=True)
        )
    return sight.event_units


def issues_codes(sight: Sight) -> bool:
    return sight.is_operator or bool(sight.event_units)


def candidate(number_or_pk: int, *, sight: Sight) -> Person:
    """Somebody who may be given a post by this viewer: on the roll of a governed unit."""
    units = governed_units(sight)
    if sight.is_operator:
        person = Person.objects.filter(pk=number_or_pk).first()
    else:
        members = Membership.objects.filter(
            held_on(sight.day), unit_id__in=units, kind=Membership.Kind.REPORTING
        )
        person = Person.objects.filter(pk=number_or_pk, memberships__in=members).first()
    if person is None:
        raise NotYours
    return person
