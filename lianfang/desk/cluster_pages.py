"""One alert on its page: who, by which rule, how fast; and the draft report out of the facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lianfang.clusters import access, queries
from lianfang.clusters.access import AlertSight
from lianfang.clusters.figures import Curve
from lianfang.clusters.models import (
    Alert,
    AlertPerson,
    AlertStep,
)
from lianfang.clusters.words import syndrome_name
from lianfang.escalation.models import Summons
from lianfang.incidents.models import Incident
from lianfang.kernel.refusals import NotYours
from lianfang.portal.edge import Visit
from lianfang.portal.templatetags.lianfang import day as day_in_words
from lianfang.rulebook.cluster_policy import ClusterPolicy

# ---------------------------------------------------------------- one alert


@dataclass(frozen=True, slots=True)
class PersonRow:
    """`name` is empty for whoever may not see it: then it is one more person of a unit."""

    row: AlertPerson
    name: str
    unit: str
    syndrome: str
    incident: int | None


def sight_on(alert: Alert, visit: Visit) -> AlertSight:
    """Raises `NotYours`."""
    person = visit.account.person
    roles = (
        Summons.objects.filter(escalation__alert=alert, person=person).values_list(
            "rung__role", flat=True
        )
        if person
        else ()
    )
    return access.sight_of_alert(
        alert, sight=visit.sight, units=access.units_of(alert), roles=list(roles)
    )


def alerts_with(person_id: int, visit: Visit) -> list[Alert]:
    """The open alerts in which this person counts and that this visitor may open."""
    found = []
    for alert in queries.open_alerts_of(person_id):
        try:
            sight_on(alert, visit)
        except NotYours:
            continue
        found.append(alert)
    return found


def people_rows(alert: Alert, seen: AlertSight, policy: ClusterPolicy) -> list[PersonRow]:
    rows = list(
        AlertPerson.objects.filter(alert=alert)
        .select_related("person", "sign__unit")
        .defer("person__phone", "person__email", "person__address")
        .order_by("sign__onset_on", "id")
    )
    incidents = dict(
        Incident.objects.filter(person__in=[row.person_id for row in rows])
        .order_by("opened_at")
        .values_list("person_id", "pk")
    )
    return [
        PersonRow(
            row=row,
            name=row.person.name if seen.names(row.sign.unit_id) else "",
            unit=row.sign.unit.name if seen.knows_circle or seen.names(row.sign.unit_id) else "",
            syndrome=syndrome_name(policy, row.sign.syndrome)
            if seen.names(row.sign.unit_id)
            else "",
            incident=incidents.get(row.person_id) if seen.names(row.sign.unit_id) else None,
        )
        for row in rows
    ]


def chart_of(curve: Curve) -> dict[str, Any]:
    return {
        "days": [day_in_words(one.day) for one in curve.days],
        "ill": [one.ill for one in curve.days],
        "open": [one.is_open for one in curve.days],
        "words": {
            "ill": _("fell ill"),
            "open": _("reports still come in"),
            "people": _("people"),
        },
    }


def growth_words(curve: Curve) -> str:
    """How fast, with its uncertainty; or that the numbers do not tell."""
    growth = curve.growth
    if growth is None:
        return _("Too few days or people to say how fast it grows.")
    interval = growth.doubling_interval
    rate = {
        "r": f"{growth.rate:+.2f}",
        "low": f"{growth.rate_interval[0]:+.2f}",
        "high": f"{growth.rate_interval[1]:+.2f}",
    }
    said = _("Growth %(r)s a day (95 %% interval %(low)s to %(high)s).") % rate
    if interval is None:
        return said + " " + _("Whether it grows or shrinks is not certain.")
    numbers = {
        "n": f"{abs(growth.doubling_days):.1f}",
        "a": f"{interval[0]:.1f}",
        "b": f"{interval[1]:.1f}",
    }
    if growth.is_growing:
        return said + " " + _("It doubles in %(n)s days (%(a)s to %(b)s).") % numbers
    return said + " " + _("It halves in %(n)s days (%(a)s to %(b)s).") % numbers


def steps_of(alert: Alert) -> list[AlertStep]:
    return list(alert.steps.select_related("by").order_by("at", "id"))


def withdrawn_in(rows: Sequence[PersonRow]) -> int:
    return sum(one.row.sign.withdrawn_at is not None for one in rows)
