"""The legal clock of an alert: by when outside must have been told."""

from __future__ import annotations

from datetime import datetime, timedelta

from lianfang.clusters.models import Alert, AlertRule
from lianfang.clusters.rules import due_of, next_moment
from lianfang.rulebook.cluster_policy import ClusterPolicy, policy_of
from lianfang.rulebook.queries import Rules, rules_of


def set_clock(alert: Alert, rules: Rules, now: datetime) -> None:
    """The shortest clock of the rules that hold; one that was met, or has run out, stands."""
    if alert.told_at is not None or alert.missed_at is not None:
        return
    policy = policy_of(rules.settings)
    due_at = clock_of(alert, policy)
    alert.clock_due_at = due_at
    alert.next_due_at = (
        next_moment(due_at, before=policy.remind_before_minutes, after=now) or due_at
    )
    alert.save(update_fields=["clock_due_at", "next_due_at"])


def clock_of(alert: Alert, policy: ClusterPolicy) -> datetime | None:
    """By when outside must have been told; the rules are those of the edition it was opened by."""
    own = policy_of(rules_of(alert.edition_id).settings)
    codes = AlertRule.objects.filter(alert=alert).values_list("code", flat=True)
    moments = []
    for code in set(codes):
        rule = policy.rule(code) or own.rule(code)
        if rule is not None:
            moments.append(due_of(rule, opened_at=alert.opened_at, verified_at=alert.verified_at))
    if alert.is_urgent_kind and alert.verified_at is not None:
        moments.append(alert.verified_at + timedelta(hours=policy.urgent_hours))
    return min((moment for moment in moments if moment is not None), default=None)
