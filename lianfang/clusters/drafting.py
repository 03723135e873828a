"""The draft report about an alert, out of its facts, and the rules that held with their sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from lianfang.clusters import figures
from lianfang.clusters.access import AlertSight
from lianfang.clusters.figures import Attack, Curve
from lianfang.clusters.models import Alert, AlertRule
from lianfang.clusters.words import kind_names, said, syndrome_name
from lianfang.installation.queries import installation
from lianfang.kernel.clock import SHANGHAI, reporting_day
from lianfang.roster.models import Person
from lianfang.rulebook.cluster_policy import ClusterPolicy, policy_of
from lianfang.rulebook.queries import rules_in_force, rules_of


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


def draft_now(alert: Alert, seen: AlertSight, *, by: Person, now: datetime) -> str:
    """The draft for whoever sees the whole alert."""
    policy = policy_of(rules_in_force(now).settings)
    signs = figures.signs_in(alert)
    today = reporting_day(now)
    return draft_of(
        alert,
        rules=rules_held(alert, seen, policy),
        attacks=figures.attacks_of(alert, signs),
        by_unit=figures.attacks_by_unit(signs, today=today),
        curve=figures.curve_of(signs, today=today),
        syndromes=figures.syndromes_in(alert),
        policy=policy,
        by=by,
        now=now,
    )


def draft_of(
    alert: Alert,
    *,
    rules: Sequence[RuleRow],
    attacks: Sequence[Attack],
    by_unit: Sequence[Attack],
    curve: Curve,
    syndromes: dict[str, int],
    policy: ClusterPolicy,
    by: Person,
    now: datetime,
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
        % {"name": by.name, "at": _moment(now)},
    ]
    return "\n".join(lines)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
