"""Who may see and do what about the survey. Deny by default; pages ask here.

Coverage is a figure; what came of it (trips, meetings, refusals) belongs to those who may know
of events; names of the missing to those who see names; answers to those who read them.
"""

from __future__ import annotations

from lianfang.kernel.refusals import Forbidden
from lianfang.roster import queries as roster
from lianfang.roster.access import View
from lianfang.roster.models import Person


def may_open_rounds(sight: View) -> bool:
    """Whoever answers for the college asks everybody, or stops asking."""
    return sight.sees_college or sight.is_operator


def asked_person(pk: int, *, sight: View) -> Person:
    """Somebody whom this viewer may ask: on a roll where they may ring. Raises `NotYours`."""
    person = sight.named_person(pk)
    unit = roster.reporting_unit_of(person, day=sight.day)
    if unit is None or unit.pk not in sight.event_units:
        raise Forbidden
    return person


def may_read(person: Person, *, sight: View, has_hits: bool) -> bool:
    """The answers themselves: own people, and where something is to be followed up the head's."""
    if sight.person is not None and sight.person.pk == person.pk:
        return False  # one's own answer stands on one's own page
    return sight.may_see_answers(person, has_events=has_hits)
