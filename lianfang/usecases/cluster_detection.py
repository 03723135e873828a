"""The detectors, once a day after the college's own deadline; nothing is quiet that is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.clusters import operations, queries
from lianfang.clusters.counting import Day, days_until, units_watched, weeks_until
from lianfang.clusters.detecting import ALARM, SMALL, Judgement, judge, judge_weeks
from lianfang.clusters.models import DetectionDay, IllDay
from lianfang.clusters.rules import COLLEGE, DEPARTMENT, Hit, Ill, Key
from lianfang.escalation import operations as escalation
from lianfang.installation.due import when_due
from lianfang.kernel.actors import SYSTEM
from lianfang.roster import queries as roster
from lianfang.roster.models import Unit
from lianfang.rulebook.cluster_policy import ClusterPolicy, CountRule, policy_of
from lianfang.rulebook.queries import Rules, rules_in_force

STATISTICS = "STAT"  # the code under which an alarm of the detectors stands on an alert
_LATE_DAYS = 3


def ensure_day(*, day: date, now: datetime) -> None:
    """The detectors have their moment today; a worker that slept over it strikes it late."""
    if DetectionDay.objects.filter(day=day).exists() or roster.college() is None:
        return
    rules = rules_in_force(now)
    wait = timedelta(minutes=policy_of(rules.settings).detectors.minutes_after_college)
    DetectionDay.objects.get_or_create(
        day=day, defaults={"due_at": rules.deadlines["COLLEGE"].moment(day) + wait}
    )


@when_due(lambda now: DetectionDay.objects.filter(done_at__isnull=True, due_at__lte=now))
@transaction.atomic
def strike_next(*, now: datetime) -> DetectionDay | None:
    """The worker's move: judge a day whose moment has come, and set the next one."""
    due = DetectionDay.objects.filter(done_at__isnull=True, due_at__lte=now).order_by("day").first()
    if due is None:
        return None
    claimed = DetectionDay.objects.filter(pk=due.pk, done_at__isnull=True).update(done_at=now)
    if claimed != 1:
        return due
    detect(day=due.day, now=now)
    ensure_day(day=due.day + timedelta(days=1), now=now)
    return due


def postpone_next(*, now: datetime, to: datetime) -> None:
    due = DetectionDay.objects.filter(done_at__isnull=True, due_at__lte=now).order_by("day")
    DetectionDay.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:1])).update(due_at=to)


def detect(*, day: date, now: datetime) -> list[IllDay]:
    """Judge the college and each department, keep what was seen, and open what is an alarm."""
    rules = rules_in_force(now)
    policy = policy_of(rules.settings)
    detectors, units = policy.detectors, units_watched(day=day)
    threshold = float(rules.settings["completeness_threshold"])
    series = days_until(
        units, until=day, days=detectors.history_days, syndromes=detectors.syndromes
    )
    rows = _keep(series, day=day, now=now)
    weeks = weeks_until(
        units, until=day, years=detectors.farrington_years, syndromes=detectors.syndromes
    )
    for row in rows:
        days = series[row.unit_id, row.syndrome]
        said = judge(_plain(days), detectors=detectors, threshold=threshold)
        _write(row, _with_years(said, weeks.get((row.unit_id, row.syndrome)), policy))
    IllDay.objects.bulk_update(rows, ["verdict", "alarms", "bounds", "suppressed"])
    audit.record(
        verb="clusters.day.judged", actor=SYSTEM, subject=None, now=now, day=day.isoformat(),
        alarms=sum(row.verdict == ALARM for row in rows),
    )  # fmt: skip
    _open(rows, units, rules, policy, now)
    return rows


def _plain(days: Sequence[Day]) -> tuple[list[float], list[float], list[float]]:
    return (
        [float(one.ill) for one in days],
        [float(one.reporters) for one in days],
        [float(one.expected) for one in days],
    )


def _keep(series: dict[tuple[int, str], list[Day]], *, day: date, now: datetime) -> list[IllDay]:
    """Today's row of each series, and the figures of the last days as late reports left them."""
    found = []
    for back in range(min(_LATE_DAYS, min((len(s) for s in series.values()), default=1) - 1), -1, -1):  # fmt: skip
        rows = [
            IllDay(
                day=day - timedelta(days=back), unit_id=unit, syndrome=syndrome,
                ill=days[-1 - back].ill, reporters=days[-1 - back].reporters,
                expected=days[-1 - back].expected, verdict=IllDay.Verdict.UNKNOWN, counted_at=now,
            )
            for (unit, syndrome), days in series.items()
        ]  # fmt: skip
        IllDay.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["day", "unit", "syndrome"],
            update_fields=["ill", "reporters", "expected"],
        )  # fmt: skip
    found = list(IllDay.objects.filter(day=day).order_by("unit__position", "syndrome"))
    return [row for row in found if (row.unit_id, row.syndrome) in series]


def _with_years(
    said: Judgement, weeks: tuple[list[float], list[float]] | None, policy: ClusterPolicy
) -> Judgement:
    """Farrington flexible joins the other methods where there are years to read."""
    if weeks is None or said.verdict == SMALL:
        return said
    bound, above = judge_weeks(*weeks, detectors=policy.detectors)
    bounds = said.bounds | {"FARRINGTON": bound}
    if not above:
        return Judgement(said.verdict, said.alarms, said.suppressed, bounds)
    alarms = (*said.alarms, "FARRINGTON")
    if said.verdict in {ALARM, "QUIET"}:
        verdict = ALARM if len(alarms) >= policy.detectors.agree else "QUIET"
        return Judgement(verdict, alarms, False, bounds)
    return Judgement(said.verdict, alarms, True, bounds)


def _write(row: IllDay, said: Judgement) -> None:
    row.verdict, row.alarms = IllDay.Verdict(said.verdict), list(said.alarms)
    row.bounds, row.suppressed = said.bounds, said.suppressed


def _open(
    rows: Iterable[IllDay],
    units: Sequence[Unit],
    rules: Rules,
    policy: ClusterPolicy,
    now: datetime,
) -> None:
    """An alarm of the detectors is an alert to be verified; it has no legal clock until then."""
    by_pk = {unit.pk: unit for unit in units}
    loud = [row for row in rows if row.verdict == IllDay.Verdict.ALARM]
    if not loud:
        return
    today = loud[0].day
    hits: dict[Key, list[Hit]] = {}
    ill_of: dict[Key, list[Ill]] = {}
    for row in sorted(loud, key=lambda one: by_pk[one.unit_id].kind == Unit.Kind.COLLEGE):
        unit = by_pk[row.unit_id]
        group = (COLLEGE if unit.kind == Unit.Kind.COLLEGE else DEPARTMENT, unit.code)
        ill = queries.ill_of_unit(unit, syndrome=row.syndrome, day=today)
        judged = queries.judged_in([group], signs=[one.sign for one in ill]).get(group, set())
        ill = [one for one in ill if one.sign not in judged]
        if ill:
            ill_of.setdefault(group, []).extend(ill)
            hits.setdefault(group, []).append(_hit(row, group, ill))
    done = operations.apply_hits(_merged(hits), by_group=ill_of, rules=rules, now=now)
    for alert in done.opened:
        escalation.start_for_alert(alert=alert, now=now)


def _hit(row: IllDay, group: Key, ill: Sequence[Ill]) -> Hit:
    rule = CountRule(
        code=STATISTICS, active=True, n=len(ill), days=1, kinds=(group[0],),
        syndromes=(row.syndrome,), name_zh="", name_en="", source="",
    )  # fmt: skip
    return Hit(
        rule, group, (row.syndrome,), frozenset(one.sign for one in ill),
        frozenset(one.person for one in ill),
    )  # fmt: skip


def _merged(hits: dict[Key, list[Hit]]) -> dict[Key, list[Hit]]:
    """Several syndromes of one unit are one line of its alert."""
    found = {}
    for group, several in hits.items():
        first = several[0]
        found[group] = [
            Hit(
                first.rule, group, tuple(s for hit in several for s in hit.syndromes),
                frozenset(s for hit in several for s in hit.signs),
                frozenset(p for hit in several for p in hit.people),
            )
        ]  # fmt: skip
    return found
