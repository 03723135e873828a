"""What a desk page opens beyond the sight itself: incidents, phones, posts, codes. Deny by default."""

from __future__ import annotations

from dataclasses import dataclass

from lianfang.escalation.models import Summons
from lianfang.incidents.models import Incident
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.roster import queries as roster
from lianfang.roster.access import View as Sight
from lianfang.roster.models import Membership, Person, Post, Unit
from lianfang.roster.queries import held_on

_GOVERNING = frozenset({Post.Role.RESPONSIBLE_HEAD, Post.Role.SECRETARY})
_KEEPS_DUTY = _GOVERNING | {Post.Role.DUTY_OFFICER}


@dataclass(frozen=True, slots=True)
class IncidentSight:
    """How much of an incident somebody sees. `named`: who it is and what was reported."""

    named: bool
    may_act: bool


def sight_of_incident(incident: Incident, *, sight: Sight) -> IncidentSight:
    """Raises `NotYours` where nothing of it may be seen.

    Names are open to the line in charge, to whoever was summoned on a post that answers for
    people, and to the one who took it over. The leading group sees the code. An operator runs
    the machine and sees neither.
    """
    person = sight.person
    if person is not None and person.pk == incident.person_id:
        raise NotYours  # one's own record is on one's own page, without the desk's words
    if person is None:
        raise NotYours
    in_line = incident.unit_id in sight.event_units
    mine = incident.acknowledged_by_id == person.pk
    roles = _summoned_as(incident, person) if incident.is_open else set()
    named = in_line or mine or any(Post.Role(role).sees_events for role in roles)
    seen = named or bool(roles) or incident.unit_id in sight.event_figure_units
    if not seen:
        raise NotYours
    return IncidentSight(named=named, may_act=named or bool(roles))


def _summoned_as(incident: Incident, person: Person) -> set[str]:
    return set(
        Summons.objects.filter(escalation__incident=incident, person=person).values_list(
            "rung__role", flat=True
        )
    )


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


def keeps_duty(sight: Sight) -> bool:
    """Whether this viewer may write the committee's duty roster."""
    if sight.is_operator:
        return True
    root = roster.college()
    return root is not None and root.pk in sight.units_of(_KEEPS_DUTY)


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
