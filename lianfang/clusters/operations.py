"""Counting the ill of a circle, and the one alert that they make. Alerts grow; they never double."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lianfang.audit import operations as audit
from lianfang.clusters import queries
from lianfang.clusters.clock import set_clock
from lianfang.clusters.models import (
    Alert,
    AlertGroup,
    AlertPerson,
    AlertRule,
    AlertStep,
    Sign,
    SignGroup,
)
from lianfang.clusters.rules import COLLEGE, DEPARTMENT, Hit, Ill, Key, hits_of
from lianfang.groups.queries import sizes_of
from lianfang.groups.rules import CLASS, UNIT, GroupRef
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import reporting_day
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.cluster_policy import policy_of
from lianfang.rulebook.queries import Rules, rules_in_force

_UNITS = {CLASS, UNIT, DEPARTMENT, COLLEGE}


@dataclass(slots=True)
class Weighed:
    """What a count changed: alerts that are new, and those that grew or got another rule."""

    opened: list[Alert] = field(default_factory=list)
    grown: list[Alert] = field(default_factory=list)


def weigh(groups: Collection[Key], *, now: datetime) -> Weighed:
    """Count the ill of these circles and of the college, and open or extend what the rules say.

    The caller holds the transaction. An alert that another worker opens in the same moment
    raises IntegrityError by the constraint; the caller tries again, and finds it.
    """
    rules, today = rules_in_force(now), reporting_day(now)
    policy = policy_of(rules.settings)
    by_group = queries.ill_in(groups, policy=policy, today=today, everybody=True)
    signs = {one.sign for ill in by_group.values() for one in ill}
    judged = queries.judged_in(list(by_group), signs=signs)
    fresh = {
        group: [one for one in ill if one.sign not in judged.get(group, ())]
        for group, ill in by_group.items()
    }
    return apply_hits(hits_of(policy.active, fresh), by_group=fresh, rules=rules, now=now)


def apply_hits(
    hits: dict[Key, list[Hit]], *, by_group: dict[Key, list[Ill]], rules: Rules, now: datetime
) -> Weighed:
    """Grow what is open, then open what is new: the narrowest circle first."""
    done = Weighed()
    standing = queries.open_alert_of(list(by_group))
    members = queries.people_of({one.alert_id for one in standing.values()})
    names = _names_of(by_group)
    for group, circle in standing.items():
        _grow(circle, by_group[group], hits.get(group, []), members, rules, done, now)
    for group, found in hits.items():
        if group in standing:
            continue
        people = {p for hit in found for p in hit.people}
        carrier = next((alert for alert, inside in members.items() if people <= set(inside)), None)
        ref = GroupRef(*group, names.get(group, group[1]))
        if carrier is not None:
            alert = Alert.objects.get(pk=carrier)
            _join(alert, ref, found, rules, now)
        elif (inner := _unjudged_inside(ref, by_group[group], people)) is not None:
            alert = inner
            _widen(alert, ref, found, by_group[group], rules, done, now)
        else:
            alert = _open(ref, found, by_group[group], rules, now)
            done.opened.append(alert)
        members[alert.pk] = queries.people_of([alert.pk])[alert.pk]
    return done


def _names_of(groups: Iterable[Key]) -> dict[Key, str]:
    wanted = set(groups)
    rows = SignGroup.objects.filter(
        kind__in={k for k, _ in wanted}, code__in={c for _, c in wanted}
    )
    found = {(kind, code): name for kind, code, name in rows.values_list("kind", "code", "name").distinct()}  # fmt: skip
    units = Unit.objects.filter(code__in={code for kind, code in wanted if kind in _UNITS})
    by_code = dict(units.values_list("code", "name"))
    found |= {key: by_code[key[1]] for key in wanted if key[0] in _UNITS and key[1] in by_code}
    return found


# ---------------------------------------------------------------- one alert


def _open(
    ref: GroupRef, hits: Sequence[Hit], ill: Sequence[Ill], rules: Rules, now: datetime
) -> Alert:
    people = {p for hit in hits for p in hit.people}
    alert = Alert.objects.create(
        edition_id=rules.edition_id, unit=_unit_of(ref, ill, people), opened_at=now
    )
    circle = _circle(alert, ref, now)
    _take_in(alert, _counted(ill, hits), now)
    for hit in hits:
        _hold(circle, hit, now)
    step(alert, AlertStep.Kind.OPENED, now, choice=hits[0].rule.code, number=len(people))
    set_clock(alert, rules, now)
    audit.record(
        verb="clusters.alert.opened", actor=SYSTEM, subject=alert, now=now,
        rules=[hit.rule.code for hit in hits], group=f"{ref.kind} {ref.code}", people=len(people),
    )  # fmt: skip
    return alert


def _unit_of(ref: GroupRef, ill: Sequence[Ill], people: Collection[int]) -> Unit:
    """Where the ladder begins: the class itself, the one unit of all the ill, or the college."""
    if ref.kind in _UNITS:
        return _unit_of_circle(ref)
    units = Unit.objects.filter(
        pk__in=Sign.objects.filter(pk__in=[o.sign for o in ill if o.person in people]).values(
            "unit_id"
        )
    )
    found = list(units[:2])
    root = roster.college()
    if root is None or len(found) == 1:
        return found[0]
    return root


def _circle(alert: Alert, ref: GroupRef, now: datetime) -> AlertGroup:
    return AlertGroup.objects.create(
        alert=alert, kind=ref.kind, code=ref.code, name=ref.name[:120], size=size_of(ref, now=now)
    )


def size_of(ref: GroupRef, *, now: datetime) -> int | None:
    """How many belong to a circle today: the denominator of its attack rate."""
    today = reporting_day(now)
    if ref.kind in {COLLEGE, DEPARTMENT}:
        heads = roster.head_count(day=today)
        below = roster.subtree_ids(_unit_of_circle(ref), day=today)
        return sum(heads.get(pk, 0) for pk in below) or None
    return sizes_of([ref], on=today).get(ref) or None


def _counted(ill: Iterable[Ill], hits: Iterable[Hit]) -> list[Ill]:
    """The illnesses that made the rules hold, not whatever else these people have."""
    signs = {sign for hit in hits for sign in hit.signs}
    return [one for one in ill if one.sign in signs]


def _take_in(alert: Alert, ill: Iterable[Ill], now: datetime) -> int:
    """Everybody once; returns how many are new."""
    signs: dict[int, int] = {}
    for one in ill:
        signs.setdefault(one.person, one.sign)
    known = set(
        AlertPerson.objects.filter(alert=alert, person_id__in=signs).values_list(
            "person_id", flat=True
        )
    )
    new = [
        AlertPerson(alert=alert, person_id=person, sign_id=sign, joined_at=now)
        for person, sign in signs.items()
        if person not in known
    ]
    AlertPerson.objects.bulk_create(new)
    return len(new)


def _hold(circle: AlertGroup, hit: Hit, now: datetime) -> bool:
    """Note that a rule holds for a circle; False when that is known."""
    _row, new = AlertRule.objects.update_or_create(
        group=circle,
        code=hit.rule.code,
        defaults={"people": len(hit.people), "syndromes": list(hit.syndromes)},
        create_defaults={
            "alert": circle.alert,
            "people": len(hit.people),
            "syndromes": list(hit.syndromes),
            "held_at": now,
        },
    )
    return new


def _grow(
    circle: AlertGroup,
    ill: Sequence[Ill],
    hits: Sequence[Hit],
    members: dict[int, dict[int, int]],
    rules: Rules,
    done: Weighed,
    now: datetime,
) -> None:
    """New people of the same illness join; a rule that holds now too is named."""
    alert = circle.alert
    named = {s for row in AlertRule.objects.filter(alert=alert) for s in row.syndromes}
    named |= {s for hit in hits for s in hit.syndromes}
    inside = members[alert.pk]
    new = _take_in(alert, [o for o in ill if o.syndrome in named and o.person not in inside], now)
    more = [hit for hit in hits if _hold(circle, hit, now)]
    if new:
        step(alert, AlertStep.Kind.GREW, now, number=new)
        members[alert.pk] = queries.people_of([alert.pk])[alert.pk]
    for hit in more:
        step(alert, AlertStep.Kind.RULE, now, choice=hit.rule.code, number=len(hit.people))
    if more:
        set_clock(alert, rules, now)
    if (new or more) and alert not in done.grown:
        done.grown.append(alert)
        audit.record(
            verb="clusters.alert.grown", actor=SYSTEM, subject=alert, now=now, people=new,
            rules=[hit.rule.code for hit in more],
        )  # fmt: skip


def _join(alert: Alert, ref: GroupRef, hits: Sequence[Hit], rules: Rules, now: datetime) -> None:
    """The same people share another circle: it is named on their alert, and no second one made."""
    circle = _circle(alert, ref, now)
    for hit in hits:
        _hold(circle, hit, now)
    step(alert, AlertStep.Kind.GROUP, now, choice=hits[0].rule.code)
    set_clock(alert, rules, now)
    audit.record(
        verb="clusters.alert.joined", actor=SYSTEM, subject=alert, now=now,
        group=f"{ref.kind} {ref.code}", rules=[hit.rule.code for hit in hits],
    )  # fmt: skip


def _unjudged_inside(ref: GroupRef, ill: Sequence[Ill], people: Collection[int]) -> Alert | None:
    """An alert of some of these people, of a narrower circle, that nobody has verified yet.

    Only where the same unit answers for both: nobody who was called for the narrow circle learns
    by that who is ill in another unit. A count of the whole school is an event of its own.
    """
    if ref.kind in {COLLEGE, DEPARTMENT}:
        return None
    rows = AlertPerson.objects.filter(
        alert__stage=Alert.Stage.VERIFICATION, alert__unit=_unit_of(ref, ill, people),
        person_id__in=people,
    )  # fmt: skip
    inside = queries.people_of(set(rows.values_list("alert_id", flat=True)))
    narrow = [pk for pk, some in inside.items() if set(some) <= set(people)]
    largest = max(narrow, key=lambda pk: (len(inside[pk]), -pk), default=None)
    return None if largest is None else Alert.objects.get(pk=largest)


def _widen(
    alert: Alert,
    ref: GroupRef,
    hits: Sequence[Hit],
    ill: Sequence[Ill],
    rules: Rules,
    done: Weighed,
    now: datetime,
) -> None:
    """What began in a room now fills a wider circle: the same alert grows, and no second one."""
    new = _take_in(alert, _counted(ill, hits), now)
    if new:
        step(alert, AlertStep.Kind.GREW, now, number=new)
    _join(alert, ref, hits, rules, now)
    if alert not in done.opened and alert not in done.grown:
        done.grown.append(alert)


def open_by_hand(
    *, kind: str, code: str, name: str, text: str, by: Person, actor: Actor, now: datetime
) -> tuple[Alert, bool]:
    """An event in words: on the open alert of its circle, or on a new one; and whether it is new."""
    ref = GroupRef(kind, code, name)
    standing = queries.open_alert_of([(kind, code)]).get((kind, code))
    if standing is not None:
        alert = standing.alert
    else:
        alert = Alert.objects.create(
            edition_id=rules_in_force(now).edition_id,
            unit=_unit_of_circle(ref),
            opened_at=now,
        )
        _circle(alert, ref, now)
    AlertStep.objects.create(
        alert=alert, kind=AlertStep.Kind.HEARD, at=now, by=by, text=text.strip()[:4000]
    )
    audit.record(
        verb="clusters.event.heard",
        actor=actor,
        subject=alert,
        now=now,
        group=f"{kind} {code}",
    )
    return alert, standing is None


def _unit_of_circle(ref: GroupRef) -> Unit:
    named = Unit.objects.filter(code=ref.code).first() if ref.kind in _UNITS else None
    unit = named or roster.college()
    assert unit is not None
    return unit


def step(
    alert: Alert,
    kind: AlertStep.Kind,
    now: datetime,
    *,
    choice: str = "",
    number: int | None = None,
) -> AlertStep:
    """A fact on the time line that no person wrote."""
    return AlertStep.objects.create(alert=alert, kind=kind, at=now, choice=choice, number=number)
