"""Who may see and keep which roster. Deny by default.

Who stands where now is for everybody who answers for somebody, or stands somewhere themself.
The roster of a unit is kept by its head or secretary and those above; the committee's also by
its duty officer and the leading group. The book is open to those who keep the roster and those
who stand on it these days.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from lianfang.duty.models import DutyFact, DutyShift, Handover
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.roster import queries as roster
from lianfang.roster.access import View as Sight
from lianfang.roster.models import Person, Post, Unit

_KEEPERS = frozenset({Post.Role.RESPONSIBLE_HEAD, Post.Role.SECRETARY})
_OF_THE_COMMITTEE = _KEEPERS | {Post.Role.DUTY_OFFICER, Post.Role.LEADER}
_AROUND = timedelta(days=40)
_SHIFT_AROUND = timedelta(hours=12)


def may_look(sight: Sight, *, at: datetime) -> bool:
    """Whether the duty pages are this person's to see at all."""
    if sight.has_desk:
        return True
    return sight.person is not None and _stands_somewhere(sight.person, at, _AROUND)


def _stands_somewhere(person: Person, at: datetime, around: timedelta) -> bool:
    return DutyShift.objects.filter(
        Q(person=person) | Q(deputy=person), starts_at__lt=at + around, ends_at__gt=at - around
    ).exists()


def kept_units(sight: Sight) -> frozenset[int]:
    """The units whose roster this person writes."""
    if sight.is_operator:
        return frozenset(Unit.objects.filter(closed_on__isnull=True).values_list("pk", flat=True))
    units = sight.units_of(_KEEPERS)
    college, committee = roster.college(), roster.committee()
    if college is not None and committee is not None:
        reach = sight.units_of(_OF_THE_COMMITTEE)
        if college.pk in reach or committee.pk in reach:
            units |= {committee.pk}
    return units


def watched_units(sight: Sight) -> frozenset[int]:
    """Units of whose rosters and facts this person may know: those kept, and for the leading
    group and the duty officer of the committee the whole college.
    """
    kept = kept_units(sight)
    college, committee = roster.college(), roster.committee()
    if college is not None and committee is not None and committee.pk in kept:
        return kept | sight.units_of(_OF_THE_COMMITTEE)
    return kept


def keeps(unit: Unit, *, sight: Sight) -> bool:
    return unit.pk in kept_units(sight)


def unit_to_keep(pk: int, *, sight: Sight) -> Unit:
    """A unit whose roster this person writes. Raises `Forbidden`, or `NotYours` for none such."""
    unit = Unit.objects.filter(pk=pk, closed_on__isnull=True).first()
    if unit is None:
        raise NotYours
    if not keeps(unit, sight=sight):
        raise Forbidden
    return unit


def unit_to_see(pk: int, *, sight: Sight, at: datetime) -> Unit:
    unit = Unit.objects.filter(pk=pk, closed_on__isnull=True).first()
    if unit is None or not may_look(sight, at=at):
        raise NotYours
    return unit


def reads_book(unit: Unit, *, sight: Sight, at: datetime) -> bool:
    """Who keeps the roster, and who stands on it: half a day before and after a shift."""
    if sight.person is None:
        return False  # an operator runs the machine and reads no book
    if keeps(unit, sight=sight):
        return True
    return DutyShift.objects.filter(
        Q(person=sight.person) | Q(deputy=sight.person),
        unit=unit,
        starts_at__lt=at + _SHIFT_AROUND,
        ends_at__gt=at - _SHIFT_AROUND,
    ).exists()


def unit_with_book(pk: int, *, sight: Sight, at: datetime) -> Unit:
    unit = unit_to_see(pk, sight=sight, at=at)
    if not reads_book(unit, sight=sight, at=at):
        raise Forbidden
    return unit


def handover_to_see(pk: int, *, sight: Sight) -> Handover:
    """Both sides, and whoever keeps the roster."""
    handover = (
        Handover.objects.filter(pk=pk).select_related("unit", "out_person", "in_person").first()
    )
    me = sight.person.pk if sight.person else None
    if handover is None or me is None:
        raise NotYours
    mine = me in {handover.out_person_id, handover.in_person_id}
    if not mine and not keeps(handover.unit, sight=sight):
        raise NotYours
    return handover


def fact_to_reply(pk: int, *, sight: Sight) -> DutyFact:
    """The person concerned, or whoever answers for the unit."""
    fact = DutyFact.objects.filter(pk=pk).select_related("unit", "person").first()
    if fact is None or sight.person is None:
        raise NotYours
    if fact.person_id != sight.person.pk and not keeps(fact.unit, sight=sight):
        raise NotYours
    return fact
