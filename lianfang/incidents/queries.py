"""Questions about incidents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from lianfang.incidents.kinds import Edition, Ring, Verdict
from lianfang.incidents.models import (
    Classification,
    Incident,
    LegalClock,
    NextCheck,
    OutsideNotice,
    ReachStep,
    Referral,
)
from lianfang.incidents.rules import Course
from lianfang.roster.models import Person


def open_incidents() -> QuerySet[Incident]:
    """Everything that is not closed; what nobody has answered comes first, oldest first."""
    return (
        Incident.objects.exclude(state=Incident.State.CLOSED)
        .select_related("person", "unit", "acknowledged_by")
        .order_by("-state", "opened_at")
    )


def open_in(unit_ids: Iterable[int]) -> QuerySet[Incident]:
    return open_incidents().filter(unit_id__in=list(unit_ids))


def open_of(person: Person) -> Incident | None:
    return open_incidents().filter(person=person).first()


# ---------------------------------------------------------------- the course of one incident


def standing_classifications(incident: Incident) -> QuerySet[Classification]:
    """The history without what was replaced, oldest first: the last one is in force."""
    return Classification.objects.filter(incident=incident, replaced_by__isnull=True).order_by(
        "at", "id"
    )


def standing_notices(incident: Incident) -> QuerySet[OutsideNotice]:
    return OutsideNotice.objects.filter(incident=incident, replaced_by__isnull=True).order_by(
        "at", "id"
    )


def open_clocks(incidents: Iterable[Incident]) -> dict[int, list[LegalClock]]:
    """What is still to be told outside, the tightest first, for many incidents in one query."""
    found: defaultdict[int, list[LegalClock]] = defaultdict(list)
    clocks = LegalClock.objects.filter(
        incident__in=list(incidents), met_at__isnull=True, ended_at__isnull=True
    )
    for clock in clocks.order_by("due_at", "id").defer("ended_reason"):
        found[clock.incident_id].append(clock)
    return dict(found)


def open_check(incident: Incident) -> NextCheck | None:
    return NextCheck.objects.filter(incident=incident, done_at__isnull=True).first()


def course_of(incident: Incident, *, now: datetime) -> Course:
    """Where the incident stands: the facts that decide what comes next."""
    ways = list(Referral.objects.filter(incident=incident).values("result_at", "back_at"))
    check = open_check(incident)
    reports = set(incident.case_reports.values_list("kind", flat=True))
    searched = ReachStep.objects.filter(
        incident=incident, ring__in=[Ring.COMMUNITY, Ring.POLICE]
    ).exists()
    return Course(
        is_open=incident.is_open,
        is_taken=not incident.waits,
        verdict=incident.verdict,
        kind=incident.illness,
        was_diagnosed=incident.was_diagnosed,
        clocks_open=bool(open_clocks([incident])),
        way=_way(ways),
        check_due=check is not None and check.due_at <= now,
        outcome=incident.outcome,
        is_cleared=incident.clearances.exists(),
        searched_outside=searched,
        first_report=Edition.FIRST in reports,
        final_report=Edition.FINAL in reports,
    )


def _way(ways: Sequence[Mapping[str, object]]) -> str:
    if not ways:
        return ""
    known = all(way["result_at"] or way["back_at"] for way in ways)
    return "DONE" if known else "OPEN"


# ---------------------------------------------------------------- how good the signals were


@dataclass(frozen=True, slots=True)
class Signals:
    """How many signals were verified, and how many of them were true.

    Positive predictive value = true / verified; one that could not be verified is no answer.
    """

    raised: int
    verified: int
    true: int
    by_verdict: dict[str, int]

    @property
    def predictive_value(self) -> float | None:
        return self.true / self.verified if self.verified else None


def signals_between(*, units: Collection[int], since: datetime, until: datetime) -> Signals:
    """Of the incidents opened from `since` until before `until`, in these units."""
    rows = (
        Incident.objects.filter(unit_id__in=units, opened_at__gte=since, opened_at__lt=until)
        .values_list("verdict")
        .annotate(n=Count("id"))
        .order_by()
    )
    counts = dict(rows)
    said = {Verdict(verdict): n for verdict, n in counts.items() if verdict}
    verified = sum(n for verdict, n in said.items() if verdict is not Verdict.UNREACHABLE)
    true = sum(n for verdict, n in said.items() if verdict.is_true)
    by_verdict = {str(verdict): n for verdict, n in said.items()}
    return Signals(sum(counts.values()), verified, true, by_verdict)
