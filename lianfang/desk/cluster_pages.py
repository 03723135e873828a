"""One alert on its page: who, by which rule, how fast; and the draft report out of the facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lianfang.clusters import access
from lianfang.clusters.access import AlertSight
from lianfang.clusters.figures import Attack, Curve
from lianfang.clusters.models import (
    Alert,
    AlertPerson,
    AlertRule,
    AlertStep,
)
from lianfang.desk.cluster_words import kind_names, said, syndrome_name
from lianfang.escalation.models import Summons
from lianfang.incidents.models import Incident
from lianfang.installation.queries import installation
from lianfang.kernel.clock import SHANGHAI
from lianfang.portal.edge import Visit
from lianfang.portal.templatetags.lianfang import day as day_in_words
from lianfang.rulebook.cluster_policy import ClusterPolicy, policy_of
from lianfang.rulebook.queries import rules_of

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


@dataclass(frozen=True, slots=True)
class RuleRow:
    code: str
    name: str
    source: str
    circle: str
    people: int


def rules_held(alert: Alert, seen: AlertSight, policy: ClusterPolicy) -> list[RuleRow]:
    """Each rule with its legal source, in the words of the edition the alert was opened by."""
    own = policy_of(rules_of(alert.edition_id).settings)
    kinds, found = kind_names(), []
    for row in AlertRule.objects.filter(alert=alert).select_related("group").order_by("id"):
        rule = own.rule(row.code) or policy.rule(row.code)
        kind = kinds.get(row.group.kind, row.group.kind)
        circle = f"{kind} {row.group.name}" if seen.knows_circle else kind
        source = rule.source if rule else _("EARS, CUSUM and Farrington flexible on rates")
        found.append(RuleRow(row.code, said(rule, row.code), source, circle, row.people))
    return found


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


# ---------------------------------------------------------------- the draft report


def draft_of(
    alert: Alert,
    *,
    rules: Sequence[RuleRow],
    attacks: Sequence[Attack],
    by_unit: Sequence[Attack],
    curve: Curve,
    syndromes: dict[str, int],
    policy: ClusterPolicy,
    visit: Visit,
) -> str:
    """The report to CDC and education authority, out of the facts; no name stands in it."""
    home = installation()
    lines = [
        _("Report of a possible cluster (initial report)"),
        _("From: %(college)s") % {"college": home.name if home else ""},
        _("Number: %(code)s; noticed: %(at)s")
        % {"code": alert.code, "at": _moment(alert.opened_at)},
    ]
    lines += [
        _("Basis: %(rule)s (%(source)s)") % {"rule": row.name, "source": row.source}
        for row in rules
    ]
    kinds = kind_names()
    for one in attacks:
        where = f"{kinds.get(one.kind, one.kind)} {one.name}"
        size = one.size or "?"
        words = _("Where: %(where)s; ill: %(ill)s of %(size)s")
        lines.append(words % {"where": where, "ill": one.ill, "size": size})
    if len(by_unit) > 1:
        spread = "、".join(f"{one.name} {one.ill}/{one.size or '?'}" for one in by_unit[:20])
        lines.append(_("By class or office: %(spread)s") % {"spread": spread})
    shown = "、".join(f"{syndrome_name(policy, c)} {n}" for c, n in syndromes.items())
    lines.append(_("Symptoms: %(shown)s") % {"shown": shown})
    if curve.first_on is not None and curve.last_on is not None:
        lines.append(
            _("First onset: %(first)s; last onset: %(last)s")
            % {"first": curve.first_on.isoformat(), "last": curve.last_on.isoformat()}
        )
    lines += [
        _("Diagnosis: not known yet. Severe or in hospital: please fill in."),
        _("Measures so far: please fill in."),
        _("Reported by: %(name)s, phone: please fill in; %(at)s")
        % {"name": visit.person.name, "at": _moment(visit.now)},
    ]
    return "\n".join(lines)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def steps_of(alert: Alert) -> list[AlertStep]:
    return list(alert.steps.select_related("by").order_by("at", "id"))


def withdrawn_in(rows: Sequence[PersonRow]) -> int:
    return sum(one.row.sign.withdrawn_at is not None for one in rows)
