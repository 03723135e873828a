"""Who may see an incident and act on it. Deny by default; pages and API ask here alike."""

from __future__ import annotations

from dataclasses import dataclass

from lianfang.escalation.models import Summons
from lianfang.escalation.queries import roles_behind
from lianfang.incidents.models import Incident
from lianfang.kernel.refusals import NotYours
from lianfang.roster.access import View as Sight
from lianfang.roster.models import Person


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
    named = in_line or mine or any(_sees_events(role) for role in roles)
    seen = named or bool(roles) or incident.unit_id in sight.event_figure_units
    if not seen:
        raise NotYours
    return IncidentSight(named=named, may_act=named or bool(roles))


def _sees_events(role: str) -> bool:
    return all(post.sees_events for post in roles_behind(role))


def _summoned_as(incident: Incident, person: Person) -> set[str]:
    return set(
        Summons.objects.filter(escalation__incident=incident, person=person).values_list(
            "rung__role", flat=True
        )
    )
