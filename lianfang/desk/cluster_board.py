"""The board of early warning: what is on alarm, what is unknown, and what may be called as usual."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from lianfang.clusters import queries
from lianfang.clusters.models import (
    Alert,
    AlertGroup,
    AlertPerson,
    AlertRule,
    IllDay,
    SignGroup,
)
from lianfang.clusters.words import kind_names, rule_name, syndrome_name
from lianfang.escalation.models import Summons
from lianfang.portal.edge import Visit
from lianfang.reporting import queries as reporting
from lianfang.reporting.rules import Ledger
from lianfang.roster.models import Unit, UnitLink
from lianfang.roster.queries import held_on
from lianfang.rulebook.cluster_policy import ClusterPolicy, CountRule, policy_of
from lianfang.rulebook.queries import rules_in_force

MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert on a list: its circles, how many people, which rules, and its clock."""

    alert: Alert
    circles: tuple[str, ...]
    rules: tuple[str, ...]
    people: int


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit that detectors watch. `verdict` is what may be said; never quiet when unknown.

    Nor while an alert with people of the unit is open (after some days the baseline has learned
    the outbreak), nor today by yesterday's judgement.
    """

    unit: Unit
    syndrome: str
    row: IllDay | None
    verdict: str
    words: str
    is_struck: bool = False
    is_today: bool = True

    @property
    def is_quiet(self) -> bool:
        return self.verdict == IllDay.Verdict.QUIET and self.is_today and not self.is_struck


@dataclass(frozen=True, slots=True)
class Near:
    """A circle on the way to a rule: so many ill of so many that make an alert."""

    name: str
    kind: str
    syndrome: str
    ill: int
    needed: int
    days: int


@dataclass(frozen=True, slots=True)
class Board:
    alerts: list[AlertRow]
    closed: list[AlertRow]
    units: list[UnitRow]
    small: list[UnitRow]
    near: list[Near]
    ledger: Ledger
    is_known: bool
    unknown_units: int
    watched_units: int
    judged_on: date | None

    @property
    def waiting(self) -> int:
        return sum(one.alert.waits for one in self.alerts)

    @property
    def sentence(self) -> list[tuple[str, str]]:
        """What is on alarm, what is not known; “no circle has reached a rule” only if it is known."""
        parts = []
        if self.waiting:
            parts.append(("now", _("alerts that nobody has answered: %(n)s") % {"n": self.waiting}))
        in_hand = len(self.alerts) - self.waiting
        if in_hand:
            parts.append(("today", _("alerts in hand: %(n)s") % {"n": in_hand}))
        share = _percent(self.ledger.completeness)
        if not self.is_known:
            words = _("unknown – data incomplete, %(share)s reported") % {"share": share}
            parts.append(("unknown", words))
        elif not self.alerts:
            words = _("no circle has reached a rule, %(share)s reported") % {"share": share}
            parts.append(("done", words))
        return parts


def _percent(share: float | None) -> str:
    return "0%" if share is None else f"{int(share * 100)}%"


# ---------------------------------------------------------------- the board


def board_of(visit: Visit) -> Board:
    """A number of statements that does not grow with alerts, people or units."""
    rules = rules_in_force(visit.now)
    policy = policy_of(rules.settings)
    threshold = float(rules.settings["completeness_threshold"])
    sight = visit.sight
    own = reporting.own_ledgers(day=visit.today)
    mine = {unit: figures for unit, figures in own.items() if unit in sight.event_figure_units}
    asked = [figures for figures in mine.values() if figures.owed]
    ledger = sum(mine.values(), Ledger())
    units, judged_on = _unit_rows(visit, policy)
    return Board(
        alerts=alert_rows(visit, policy, open_ones=True),
        closed=alert_rows(visit, policy, open_ones=False),
        units=[one for one in units if one.verdict != IllDay.Verdict.SMALL],
        small=[one for one in units if one.verdict == IllDay.Verdict.SMALL],
        near=_near(visit, policy) if sight.sees_college else [],
        ledger=ledger,
        is_known=ledger.is_known(threshold),
        unknown_units=sum(not figures.is_known(threshold) for figures in asked),
        watched_units=len(asked),
        judged_on=judged_on,
    )


def visible_alerts(visit: Visit) -> Any:
    """Alerts of which this viewer may know: of their units, or that they were called for."""
    units = visit.sight.event_figure_units
    ours = AlertPerson.objects.filter(sign__unit_id__in=units).values("alert_id")
    called = Summons.objects.filter(person=visit.account.person, escalation__alert__isnull=False)
    return (
        Alert.objects.filter(pk__in=ours)
        | Alert.objects.filter(unit_id__in=units)
        | Alert.objects.filter(pk__in=called.values("escalation__alert_id"))
    )


def waiting_alerts(visit: Visit) -> int:
    if visit.account.person is None:
        return 0
    return int(visible_alerts(visit).filter(taken_at=None).exclude(stage="CLOSED").count())


def alert_rows(visit: Visit, policy: ClusterPolicy, *, open_ones: bool) -> list[AlertRow]:
    found = visible_alerts(visit).select_related("unit", "taken_by", "closed_by")
    if open_ones:
        found = found.exclude(stage="CLOSED").order_by("taken_at", "clock_due_at", "opened_at")
    else:
        found = found.filter(stage="CLOSED").order_by("-closed_at")
    alerts = list(found[: MOST_ROWS if open_ones else 10])
    circles: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rules: dict[int, list[str]] = defaultdict(list)
    kinds = kind_names()
    for row in AlertGroup.objects.filter(alert__in=alerts).order_by("size", "id"):
        circles[row.alert_id].append((row.kind, f"{kinds.get(row.kind, row.kind)} {row.name}"))
    for rule in AlertRule.objects.filter(alert__in=alerts).order_by("id"):
        name = rule_name(policy, rule.code)
        if name not in rules[rule.alert_id]:
            rules[rule.alert_id].append(name)
    people = dict(
        AlertPerson.objects.filter(alert__in=alerts, sign__withdrawn_at__isnull=True)
        .values_list("alert_id")
        .annotate(n=Count("id"))
    )
    return [
        AlertRow(
            alert,
            tuple(_circle_words(alert, circles[alert.pk], visit)),
            tuple(rules[alert.pk]),
            people.get(alert.pk, 0),
        )
        for alert in alerts
    ]


def _circle_words(alert: Alert, circles: list[tuple[str, str]], visit: Visit) -> list[str]:
    """Whose room it is is open to whoever answers for where the alert lies."""
    if alert.unit_id in visit.sight.event_figure_units:
        return [words for _kind, words in circles]
    kinds = kind_names()
    return [kinds.get(kind, kind) for kind, _words in circles]


def _unit_rows(visit: Visit, policy: ClusterPolicy) -> tuple[list[UnitRow], date | None]:
    """Today's judgement, or until it was made the last one, with its day."""
    units = visit.sight.event_figure_units
    rows = IllDay.objects.filter(unit_id__in=units, day__lte=visit.today)
    last = rows.order_by("-day").values_list("day", flat=True).first()
    if last is None or last < visit.today - timedelta(days=7):
        return [], None
    struck = _units_of_open_alerts(visit.today)
    shown = [
        UnitRow(
            row.unit,
            syndrome_name(policy, row.syndrome),
            row,
            row.verdict,
            str(IllDay.Verdict(row.verdict).label),
            is_struck=row.unit_id in struck,
            is_today=last == visit.today,
        )
        for row in rows.filter(day=last).select_related("unit").order_by("unit__position", "id")
        if row.syndrome in policy.detectors.syndromes
    ]
    order = {"ALARM": 0, "UNKNOWN": 1, "LEARNING": 2, "SMALL": 3, "QUIET": 4}
    return sorted(shown, key=lambda one: order[one.verdict]), last


def _units_of_open_alerts(day: date) -> set[int]:
    """Every unit above somebody who is in an open alert."""
    people = AlertPerson.objects.exclude(alert__stage="CLOSED").filter(
        sign__withdrawn_at__isnull=True
    )
    above = UnitLink.objects.filter(held_on(day), descendant_id__in=people.values("sign__unit_id"))
    return set(above.values_list("ancestor_id", flat=True))


def _near(visit: Visit, policy: ClusterPolicy) -> list[Near]:
    """Circles with at least two ill and no alert: rooms and classes on the way to one.

    Who was counted in an alert that is closed makes no new one, and is on the way to none.
    """
    since = visit.today - timedelta(days=2)
    counted = (
        SignGroup.objects.filter(
            known_on__gte=since, sign__withdrawn_at__isnull=True, kind__in=["ROOM", "CLASS", "UNIT"]
        )
        .exclude(sign__alerts__alert__stage=Alert.Stage.CLOSED)
        .values("kind", "code", "name", "sign__syndrome")
        .annotate(n=Count("sign__person", distinct=True))
        .filter(n__gte=2)
        .order_by("-n", "kind", "code")[: MOST_ROWS * 4]
    )
    standing = queries.open_alert_of({(row["kind"], row["code"]) for row in counted})
    kinds, found = kind_names(), []
    for row in counted:
        if (row["kind"], row["code"]) in standing:
            continue
        rule = _nearest(policy, row["kind"], row["sign__syndrome"])
        if rule is not None:
            name = f"{kinds.get(row['kind'], '')} {row['name']}"
            words = syndrome_name(policy, row["sign__syndrome"])
            found.append(Near(name, row["kind"], words, row["n"], rule.n, rule.days))
    return found[:MOST_ROWS]


def _nearest(policy: ClusterPolicy, kind: str, syndrome: str) -> CountRule | None:
    rules = [
        rule
        for rule in policy.active
        if kind in rule.kinds and syndrome in rule.syndromes and not rule.linked and rule.days <= 3
    ]
    return min(rules, key=lambda rule: rule.n, default=None)
