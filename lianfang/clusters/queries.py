"""Questions about signs and alerts. Few statements for any number of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from lianfang.clusters.models import Alert, AlertGroup, AlertPerson, Sign, SignGroup
from lianfang.clusters.rules import COLLEGE, Ill, Key
from lianfang.roster import queries as roster
from lianfang.roster.models import Unit
from lianfang.rulebook.cluster_policy import ClusterPolicy

_FACTS = ("id", "person_id", "syndrome", "onset_on", "known_on", "linked")


def college_key() -> Key | None:
    """The circle that everybody is in."""
    root = roster.college()
    return (COLLEGE, root.code) if root else None


def ill_in(
    groups: Collection[Key], *, policy: ClusterPolicy, today: date, everybody: bool
) -> dict[Key, list[Ill]]:
    """Who is ill in each of these circles, within the longest window of the rules.

    `everybody`: also the whole college, for the rules about a school. Three statements.
    """
    since = today - timedelta(days=policy.longest_days - 1)
    found: dict[int, tuple[int, str, date, date, bool]] = {}
    members: dict[Key, set[int]] = defaultdict(set)
    rows = SignGroup.objects.filter(
        _any_of(groups), known_on__gte=since, sign__withdrawn_at__isnull=True
    ).values_list("kind", "code", *(f"sign__{name}" for name in _FACTS))
    for kind, code, sign, *facts in rows if groups else ():
        found[sign] = (facts[0], facts[1], facts[2], facts[3], facts[4])
        members[kind, code].add(sign)
    root = college_key()
    if everybody and root is not None:
        for sign, *facts in _ill_of_college(policy, since):
            found[sign] = (facts[0], facts[1], facts[2], facts[3], facts[4])
            members[root].add(sign)
    apart = _groups_of(found, {rule.apart for rule in policy.active if rule.apart})
    shown: dict[int, set[str]] = defaultdict(set)
    for person, syndrome, *_rest in found.values():
        shown[person].add(syndrome)
    ill = {
        sign: Ill(
            sign,
            *facts,
            groups=frozenset(apart.get(sign, ())),
            others=frozenset(shown[facts[0]]),
        )
        for sign, facts in found.items()
    }
    return {group: [ill[sign] for sign in sorted(signs)] for group, signs in members.items()}


def _any_of(groups: Iterable[Key], prefix: str = "") -> Q:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, code in groups:
        by_kind[kind].append(code)
    wanted = Q()
    for kind, codes in by_kind.items():
        wanted |= Q(**{f"{prefix}kind": kind, f"{prefix}code__in": codes})
    return wanted


def _ill_of_college(policy: ClusterPolicy, since: date) -> Iterable[tuple[int, int, str, date, date, bool]]:  # fmt: skip
    codes = {s for rule in policy.active if COLLEGE in rule.kinds for s in (*rule.syndromes, *rule.also)}  # fmt: skip
    return Sign.objects.filter(
        known_on__gte=since, syndrome__in=codes, withdrawn_at__isnull=True
    ).values_list(*_FACTS)


def _groups_of(signs: Collection[int], kinds: set[str]) -> dict[int, list[Key]]:
    """The circles of these kinds that each sign's person is in, for rules that ask for two."""
    found: dict[int, list[Key]] = defaultdict(list)
    if not signs or not kinds:
        return found
    rows = SignGroup.objects.filter(sign_id__in=list(signs), kind__in=kinds)
    for sign, kind, code in rows.values_list("sign_id", "kind", "code"):
        found[sign].append((kind, code))
    return found


def open_alert_of(groups: Collection[Key]) -> dict[Key, AlertGroup]:
    """The open alert of each circle that has one."""
    if not groups:
        return {}
    rows = AlertGroup.objects.filter(_any_of(groups), is_open=True).select_related("alert")
    return {(one.kind, one.code): one for one in rows}


def judged_in(groups: Collection[Key], *, signs: Collection[int]) -> dict[Key, set[int]]:
    """Signs that a closed alert of the circle has dealt with: they make no new one."""
    found: dict[Key, set[int]] = defaultdict(set)
    if not groups or not signs:
        return found
    closed = AlertGroup.objects.filter(
        _any_of(groups), is_open=False, alert__people__person__signs__in=list(signs)
    ).values_list(
        "kind", "code", "alert__closed_at", "alert__people__person__signs__id",
        "alert__people__person__signs__made_at",
    )  # fmt: skip
    for kind, code, closed_at, sign, made_at in closed.distinct():
        if closed_at is not None and made_at <= closed_at:
            found[kind, code].add(sign)
    return found


def people_of(alerts: Iterable[int]) -> dict[int, dict[int, int]]:
    """Alert → person → sign."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = AlertPerson.objects.filter(alert_id__in=list(alerts))
    for alert, person, sign in rows.values_list("alert_id", "person_id", "sign_id"):
        found[alert][person] = sign
    return found


def ill_of_unit(unit: Unit, *, syndrome: str, day: date) -> list[Ill]:
    """Who became known that day in a unit with everything below it."""
    below = roster.subtree_ids(unit, day=day)
    rows = Sign.objects.filter(
        unit_id__in=below, syndrome=syndrome, known_on=day, withdrawn_at__isnull=True
    ).values_list(*_FACTS)
    return [
        Ill(sign, person, code, onset, known, linked, frozenset())
        for sign, person, code, onset, known, linked in rows
    ]


def open_alerts_in(unit_ids: Collection[int]) -> QuerySet[Alert]:
    """Open alerts whose ladder begins in one of these units, or that speak of their people."""
    of_people = AlertPerson.objects.filter(sign__unit_id__in=unit_ids).values("alert_id")
    return (
        Alert.objects.exclude(stage=Alert.Stage.CLOSED)
        .filter(Q(unit_id__in=unit_ids) | Q(pk__in=of_people))
        .order_by("opened_at", "id")
    )


def open_alerts_of(person_id: int) -> list[Alert]:
    """The open alerts in which this person counts, the newest first. One statement."""
    rows = Alert.objects.filter(
        people__person_id=person_id, people__sign__withdrawn_at__isnull=True
    ).exclude(stage=Alert.Stage.CLOSED)
    return list(rows.exclude(outcome=Alert.Outcome.DISCARD).order_by("-opened_at", "-id"))
