"""A list that reaches back, or a changed answer: who has to be rung, and what a verdict begins.

Publishing a list writes the list, compares everybody with it, and tells carers how many people
to ring, in one piece of work. A large college is compared by the workers from a row that is
stored with the list: whatever dies in between, the row stays due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from lianfang.audit import operations as audit
from lianfang.installation.due import when_due
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.days import day_in_words
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring import operations as monitoring
from lianfang.monitoring.models import MonitoringFile
from lianfang.places import divisions
from lianfang.places.area_changes import AreaChanges
from lianfang.places.models import AreaImport
from lianfang.reporting.models import DailyReport
from lianfang.roster import queries as roster
from lianfang.roster.models import Person
from lianfang.rulebook.exposure_policy import ExposurePolicy, policy_from
from lianfang.rulebook.queries import Rule, rules_in_force
from lianfang.screening import comparison, exposures
from lianfang.screening import operations as findings
from lianfang.screening.comparison import Plan
from lianfang.screening.exposure_rules import TRIP, Listed
from lianfang.screening.exposures import AlreadySettled, NotAboutOneself, Written
from lianfang.screening.models import ExposureHit, Finding, Reevaluation
from lianfang.screening.queries import TO_VERIFY, is_known, open_findings_of
from lianfang.surveys.models import Trip
from lianfang.usecases.exposure_letters import tell_callers, tell_heads

_TRIES = 3
LEASE = timedelta(minutes=10)
Category = MonitoringFile.Category
_LISTED = frozenset({"visited_listed_area_within_days"})
_SAME = {
    ExposureHit.Kind.IN_AREA.value: "visited_listed_area_within_days",
    ExposureHit.Kind.FROM_AREA.value: "met_from_listed_area_within_days",
}
_AS_FINDING = {
    ExposureHit.Verdict.TRUE.value: Finding.Verdict.TRUE,
    ExposureHit.Verdict.NOT_TRUE.value: Finding.Verdict.MISTAKE,
}


class BusyComparing(Refused):
    code = "screening.busy"
    message = _("Somebody else writes about the same people just now. Please try again.")
    status = 503


def policy_at(now: datetime) -> ExposurePolicy:
    return policy_from(rules_in_force(now).settings)


# ---------------------------------------------------------------- a list


def preview(changes: AreaChanges, *, now: datetime) -> Plan:
    """What the list that was tried would bring up; nothing is written, nobody is told."""
    if not _people(now):
        return comparison.NOTHING
    rows = [
        *(Listed(one.code, *one.period, one.row, None, one.name) for one in changes.kept),
        *(Listed(one.code, *one.period, None, None, one.name) for one in changes.begun),
    ]
    return comparison.plan(policy=policy_at(now), now=now, listings=rows)


def compare_with_list(number: int, *, now: datetime) -> Reevaluation:
    """Compare everybody with a list that was just stored, in the caller's transaction.

    In a large college only the row is written; a worker finds it due at once.
    """
    area_list = AreaImport.objects.get(number=number)
    people = _people(now)
    run = Reevaluation.objects.create(
        area_list=area_list,
        asked_at=now,
        next_due_at=now if people else None,
        done_at=None if people else now,
    )
    if people and people <= policy_at(now).at_once_people:
        policy = policy_at(now)
        _finish(run, [_write(comparison.plan(policy=policy, now=now), policy, now)], now)
    return run


def _people(now: datetime) -> int:
    """How many are on the rolls; nobody before the roster was loaded."""
    return sum(roster.head_count(day=reporting_day(now)).values())


@when_due(lambda now: Reevaluation.objects.filter(next_due_at__lte=now))
def compare_next(*, now: datetime) -> Reevaluation | None:
    """The worker's move: one list that nobody was compared with yet.

    Looking stands outside of any transaction, writing goes in portions; whoever comes after a
    worker that died finds what was written and goes on, nothing is made twice.
    """
    run = Reevaluation.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id").first()
    if run is None:
        return None
    claimed = Reevaluation.objects.filter(pk=run.pk, next_due_at=run.next_due_at)
    if claimed.update(next_due_at=now + LEASE) != 1:
        return None
    policy = policy_at(now)
    written = []
    for portion in _portions(comparison.plan(policy=policy, now=now)):
        with transaction.atomic():
            written.append(_write(portion, policy, now))
    with transaction.atomic():
        _finish(run, written, now)
    return run


def _portions(whole: Plan) -> list[Plan]:
    """The first portion carries what is not new."""
    size = comparison.PORTION
    found = sorted(whole.found, key=lambda one: (whole.units[one.person], one.person))
    parts = [tuple(found[start : start + size]) for start in range(0, len(found), size)] or [()]
    nothing = replace(whole, extended=(), again=(), changed=())
    return [
        replace(whole if position == 0 else nothing, found=part)
        for position, part in enumerate(parts)
    ]


def _write(planned: Plan, policy: ExposurePolicy, now: datetime, actor: Actor = SYSTEM) -> Written:
    """What a comparison brought up; a true exposure that goes on begins its days anew."""
    written = exposures.write_down(planned, policy=policy, now=now, actor=actor)
    for hit in written.again:
        _watch(hit, by=None, actor=SYSTEM, now=now, is_verified=False)
    return written


def _finish(run: Reevaluation, written: Sequence[Written], now: datetime) -> None:
    """Letters, and the row is done. The letters are written from what stands in the tables, so
    that a second worker writes those that the first one could not."""
    run.found = sum(len(one.found) for one in written)
    run.extended = sum(len(one.extended) + len(one.again) for one in written)
    run.changed = sum(len(one.changed) for one in written)
    Reevaluation.objects.filter(pk=run.pk).update(
        next_due_at=None,
        done_at=now,
        found=F("found") + run.found,
        extended=F("extended") + run.extended,
        changed=F("changed") + run.changed,
    )
    since = Q(found_at__gte=run.asked_at) | Q(doubted_at__gte=run.asked_at)
    hits = ExposureHit.objects.filter(since, TO_VERIFY).only("id", "unit_id", "person_id")
    tell_callers(
        hits.iterator(chunk_size=2000), reference=f"exposures:list:{run.area_list_id}", now=now
    )


# ---------------------------------------------------------------- people


def compare_people(
    people: Sequence[int], *, reference: str, now: datetime, actor: Actor = SYSTEM
) -> Written:
    """These people after they said something new; their carers are told, if it calls for that."""
    policy = policy_at(now)
    for _attempt in range(_TRIES):
        planned = comparison.plan(policy=policy, now=now, people=people)
        try:
            with transaction.atomic():
                written = _write(planned, policy, now)
                tell_callers((*written.found, *written.changed), reference=reference, now=now)
                return written
        except IntegrityError:  # another worker made one of these hits in the same moment
            continue
    raise BusyComparing


def after_report(report: DailyReport, *, hits: Iterable[Rule], now: datetime) -> None:
    """A report from a listed area brings its person up at once; a corrected one may take back
    what brought them up. Nothing is asked for any other report."""
    names_area = any(_LISTED & set(rule.criterion) for rule in hits)
    corrects = report.revision > 1 and is_known(report.person_id)
    if names_area or corrects:
        reference = f"exposures:report:{report.pk}"
        compare_people([report.person_id], reference=reference, now=now)


# ---------------------------------------------------------------- the verdict


@transaction.atomic
def verify(
    *,
    hit: ExposureHit,
    verdict: str,
    reason: str,
    last_exposed_on: date | None,
    by: Person,
    actor: Actor,
    now: datetime,
) -> MonitoringFile | None:
    """What came of the call. “True” opens the file of key monitoring, or begins its days anew.

    Raises `Invalid`, `AlreadySettled`, `NotAboutOneself`, `NobodyAnswersForThem`.
    """
    settled = exposures.verify(
        hit=hit,
        verdict=verdict,
        reason=reason,
        last_exposed_on=last_exposed_on,
        by=by,
        actor=actor,
        now=now,
    )
    _settle_call_backs(settled, by=by, actor=actor, now=now)
    if settled.verdict != ExposureHit.Verdict.TRUE:
        return None
    return _watch(settled, by=by, actor=actor, now=now, is_verified=True)


def _settle_call_backs(hit: ExposureHit, *, by: Person, actor: Actor, now: datetime) -> None:
    """One call is enough: reports that asked for a call back about the same are settled by it."""
    wanted = _SAME.get(hit.kind)
    verdict = _AS_FINDING.get(hit.verdict, Finding.Verdict.NOT_RELEVANT)
    for finding in open_findings_of(hit.person).select_related("rule", "report"):
        if wanted in finding.rule.criterion:
            findings.verify(finding=finding, verdict=verdict, by=by, actor=actor, now=now)


def _watch(
    hit: ExposureHit, *, by: Person | None, actor: Actor, now: datetime, is_verified: bool
) -> MonitoringFile:
    return monitoring.open_file(
        person=hit.person,
        category=category_of(hit),
        reason=reason_of(hit),
        evidence="\n".join(
            f"{row['first']} – {row['last']} {_place(row['code'])}".strip() for row in hit.evidence
        ),
        last_exposure_on=hit.last_exposed_on,
        source=hit.reference,
        by=by,
        actor=actor,
        now=now,
        is_verified=is_verified,
    )


def file_of(hit: ExposureHit) -> MonitoringFile | None:
    """The file that this hit opened or extended last; the two know each other by a reference."""
    if hit.verdict != ExposureHit.Verdict.TRUE:
        return None
    files = MonitoringFile.objects.filter(person_id=hit.person_id)
    return files.filter(source=hit.reference).order_by("-opened_at").first() or (
        files.order_by("-opened_at").first()
    )


def category_of(hit: ExposureHit) -> Category:
    """The category of key monitoring: by where and how, never by where somebody comes from."""
    if hit.kind == ExposureHit.Kind.MET_CASE:
        return Category.MET_CASE
    if hit.kind == ExposureHit.Kind.FROM_AREA:
        return Category.MET_FROM_AREA
    if _only_passed_through(hit):
        return Category.PASSED
    if hit.area_code == "420100":
        return Category.LIVED_WUHAN
    return Category.LIVED_HUBEI if hit.area_code.startswith("42") else Category.LIVED_AREA


def _only_passed_through(hit: ExposureHit) -> bool:
    trips = [row["ref"] for row in hit.evidence if row["source"] == TRIP]
    passing = Trip.objects.filter(pk__in=trips, kind__in=[Trip.Kind.PASSING, Trip.Kind.CHANGE])
    return bool(trips) and len(trips) == len(hit.evidence) and passing.count() == len(set(trips))


def reason_of(hit: ExposureHit) -> str:
    """One line that the person will read, in the language of the college."""
    where = _place(hit.area_code)
    day = day_in_words(hit.last_exposed_on, language="zh-hans", beside=reporting_day(hit.found_at))
    if hit.kind == ExposureHit.Kind.MET_CASE:
        return f"最近一次接触病例：{day}"
    if hit.kind == ExposureHit.Kind.FROM_AREA:
        return f"接触过来自{where or '疫情高发地区'}的人员，最近一次：{day}"
    return f"到过或途经{where}（疫情高发地区），最近一天：{day}"


def _place(code: str) -> str:
    return divisions.full_name(code) if code and divisions.is_known(code) else code


def look(*, hit: ExposureHit, actor: Actor, now: datetime) -> None:
    """Somebody opens why a person was found: written down before it is shown."""
    audit.record(
        verb="screening.exposure.seen",
        actor=actor,
        subject=hit,
        now=now,
        concerns=hit.person_id,
    )


# ---------------------------------------------------------------- calls that stay out


@when_due(lambda now: ExposureHit.objects.filter(next_due_at__lte=now))
@transaction.atomic
def remind_next(*, now: datetime) -> list[ExposureHit]:
    """The worker's move: the calls of one unit that nobody made in time, told upwards once."""
    hits = exposures.claim_overdue(now=now)
    if hits:
        tell_heads(hits, now=now)
    return hits


def strike_next(*, now: datetime) -> bool:
    """One piece of clock-driven work about exposures; False when none has come."""
    return compare_next(now=now) is not None or bool(remind_next(now=now))


def postpone_next(*, now: datetime, to: datetime) -> None:
    """A comparison that fails is tried again after its lease; a letter that does, after this."""
    exposures.postpone_overdue(now=now, to=to)


__all__ = [
    "AlreadySettled", "BusyComparing", "NotAboutOneself", "after_report", "category_of", "compare_next",
    "compare_people", "compare_with_list", "file_of", "look", "policy_at", "postpone_next", "preview", "remind_next",
    "strike_next", "verify",
]  # fmt: skip
