"""From a report, the clinic or an absence to signs: one per person, syndrome and illness."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from lianfang.audit import operations as audit
from lianfang.clusters.models import Sign
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.reporting.models import DailyReport
from lianfang.reporting.rules import Answers
from lianfang.roster.models import Exemption, Membership, Person, Unit
from lianfang.roster.queries import held_on
from lianfang.rulebook.cluster_policy import ABSENT_ILL, DIED, ClusterPolicy, policy_of
from lianfang.rulebook.queries import Rules
from lianfang.rulebook.rules import Facts, matches
from lianfang.screening.operations import facts_of

# Half the world has a day on which it fell ill wrong by more: then the report counts, not the day.
_OLDEST_ONSET = timedelta(days=14)


def syndromes_of(policy: ClusterPolicy, facts: Facts) -> list[str]:
    """Every syndrome that the answers show."""
    return [one.code for one in policy.syndromes if one.criterion and matches(one.criterion, facts)]


def has_exposure(facts: Facts) -> bool:
    """Whether an exposure within the last fortnight was named."""
    days = (facts.visited_listed_area_on, facts.met_from_listed_area_on)
    return (
        facts.met_case
        or facts.told_close_contact
        or facts.household_ill
        or any(day is not None and facts.day - day <= _OLDEST_ONSET for day in days)
    )


def note_report(
    *, report: DailyReport, answers: Answers, rules: Rules, listed: frozenset[str], now: datetime
) -> list[Sign]:
    """Keep what a report shows; the caller holds its transaction. Counting comes right after.

    A correction that takes a symptom back withdraws the sign that this day's report made.
    """
    policy = policy_of(rules.settings)
    facts = facts_of(answers, day=report.day, listed=listed)
    codes = syndromes_of(policy, facts)
    if report.revision > 1:
        _withdraw(report, but=codes, now=now)
    if not codes:
        return []
    onset = answers.onset_on or report.day
    return _keep(
        report.person,
        report.unit,
        codes,
        onset_on=min(max(onset, report.day - _OLDEST_ONSET), report.day),
        on=report.day,
        policy=policy,
        linked=has_exposure(facts),
        now=now,
        source=Sign.Source.REPORT,
        report=report,
    )


def _keep(
    person: Person,
    unit: Unit,
    codes: Sequence[str],
    *,
    onset_on: date,
    on: date,
    policy: ClusterPolicy,
    linked: bool,
    now: datetime,
    source: Sign.Source,
    report: DailyReport | None = None,
    exemption: Exemption | None = None,
) -> list[Sign]:
    """Extend the illness that somebody has already, or note a new one."""
    gap = timedelta(days=policy.same_illness_days)
    known = Sign.objects.filter(person=person, withdrawn_at__isnull=True, syndrome__in=codes)
    same = {
        sign.syndrome: sign
        for sign in known.order_by("seen_on")
        if sign.onset_on - gap <= on and onset_on <= sign.seen_on + gap
    }
    for sign in same.values():
        _extend(sign, onset_on=onset_on, on=on, linked=linked, now=now)
    return Sign.objects.bulk_create(
        Sign(
            person=person,
            unit=unit,
            syndrome=code,
            onset_on=onset_on,
            known_on=on,
            seen_on=on,
            linked=linked,
            source=source,
            report=report,
            exemption=exemption,
            made_at=now,
            next_due_at=now,
        )
        for code in codes
        if code not in same
    )


def _extend(sign: Sign, *, onset_on: date, on: date, linked: bool, now: datetime) -> None:
    """The same illness again: an earlier first day, or an exposure, is counted anew."""
    changed = []
    if on > sign.seen_on:
        sign.seen_on = on
        changed.append("seen_on")
    if onset_on < sign.onset_on:
        sign.onset_on = onset_on
        changed.append("onset_on")
    if linked and not sign.linked:
        sign.linked = True
        changed.append("linked")
    if {"onset_on", "linked"} & set(changed):
        sign.next_due_at = now
        changed.append("next_due_at")
    if changed:
        sign.save(update_fields=changed)


def _withdraw(report: DailyReport, *, but: Iterable[str], now: datetime) -> None:
    """Signs that rest on an earlier revision of this day's report alone, and are taken back."""
    Sign.objects.filter(
        person_id=report.person_id, report__day=report.day, seen_on=report.day,
        withdrawn_at__isnull=True,
    ).exclude(syndrome__in=list(but)).update(withdrawn_at=now, next_due_at=None)  # fmt: skip


def note_seen(
    *,
    person: Person,
    unit: Unit,
    symptoms: Sequence[str],
    temperature: float | None,
    onset_on: date,
    rules: Rules,
    actor: Actor,
    now: datetime,
) -> list[Sign]:
    """Somebody came to the clinic; nothing is stored but the syndromes, and who wrote it."""
    policy, today = policy_of(rules.settings), reporting_day(now)
    facts = Facts(day=today, symptoms=frozenset(symptoms), temperature=temperature, site="axilla")
    codes = syndromes_of(policy, facts)
    signs = _keep(
        person, unit, codes, onset_on=onset_on, on=today, policy=policy, linked=False, now=now,
        source=Sign.Source.CLINIC,
    )  # fmt: skip
    audit.record(
        verb="clusters.visit.noted", actor=actor, subject=person, now=now, concerns=person.pk,
        signs=len(codes),
    )  # fmt: skip
    return signs


def note_absences(*, rules: Rules, now: datetime) -> list[Sign]:
    """Who need not report because they are in hospital is a sign too, once per stay."""
    policy, today = policy_of(rules.settings), reporting_day(now)
    if policy.syndrome(ABSENT_ILL) is None:
        return []
    since = today - timedelta(days=policy.longest_days)
    new = (
        Exemption.objects.filter(
            reason=Exemption.Reason.HOSPITAL, held_from__gte=since, held_from__lte=today
        )
        .exclude(pk__in=Sign.objects.filter(exemption__isnull=False).values("exemption_id"))
        .select_related("person")
    )
    units = _units_of({one.person_id for one in new}, day=today)
    made: list[Sign] = []
    for stay in new:
        unit = units.get(stay.person_id)
        if unit is not None:
            made += _keep(
                stay.person, unit, [ABSENT_ILL], onset_on=stay.held_from, on=stay.held_from,
                policy=policy, linked=False, now=now, source=Sign.Source.ABSENCE, exemption=stay,
            )  # fmt: skip
    return made


def note_death(*, person: Person, unit: Unit, on: date, rules: Rules, now: datetime) -> None:
    """A hospital or the CDC wrote that somebody died: the rules about deaths count it."""
    policy = policy_of(rules.settings)
    if policy.syndrome(DIED) is not None:
        _keep(
            person, unit, [DIED], onset_on=on, on=on, policy=policy, linked=False, now=now,
            source=Sign.Source.INCIDENT,
        )  # fmt: skip


def take_back_death(*, person: Person, now: datetime) -> None:
    """It was written of the wrong person, or by mistake."""
    Sign.objects.filter(person=person, syndrome=DIED, withdrawn_at__isnull=True).update(
        withdrawn_at=now, next_due_at=None
    )


def _units_of(people: set[int], *, day: date) -> dict[int, Unit]:
    rows = Membership.objects.filter(
        held_on(day), person_id__in=people, kind=Membership.Kind.REPORTING
    ).select_related("unit")
    return {row.person_id: row.unit for row in rows}


def withdraw(*, sign: Sign, actor: Actor, now: datetime) -> None:
    """A call back showed that it was a mistake in the form."""
    changed = Sign.objects.filter(pk=sign.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=now, next_due_at=None
    )
    if changed == 1:
        audit.record(
            verb="clusters.sign.withdrawn", actor=actor, subject=sign, now=now,
            concerns=sign.person_id,
        )  # fmt: skip
