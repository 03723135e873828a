"""How long it took: from the symptom to the result, and from a directive to its feedback.

Facts with the number of cases behind them, unit by unit in the order of the college: nobody is
ranked by illness. A unit that is not the reader's own shows figures only from five cases on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from lianfang.directives.models import DirectiveReceipt
from lianfang.escalation.models import Escalation
from lianfang.incidents.models import Incident, IncidentFact
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.notifications.channels.base import Outcome
from lianfang.notifications.models import Attempt
from lianfang.roster.models import Unit, UnitLink
from lianfang.roster.queries import held_on

SMALL = 5
_SHOWN_AS_UNITS = (Unit.Kind.DEPARTMENT, Unit.Kind.OFFICE)
_HANDED_OVER = (Outcome.ACCEPTED, Outcome.DELIVERED)

# What is measured, in the order of events. The onset is known as a day: counted from its start.
INCIDENT_SPANS = {
    "symptom_report": _("symptom → report (whole days)"),
    "report_handover": _("report → first message handed over"),
    "report_answer": _("report → taken over"),
    "report_hospital": _("report → hospital"),
    "report_result": _("report → result"),
}
DIRECTIVE_SPANS = {
    "published_acknowledged": _("published → acknowledged"),
    "published_fed_back": _("published → fed back"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One time of one unit. `n` is None where it must not be known: fewer than five cases."""

    n: int | None
    median: timedelta | None
    p90: timedelta | None

    @property
    def is_hidden(self) -> bool:
        return self.n is None


@dataclass(frozen=True, slots=True)
class UnitTimes:
    """A unit, or everything together (`unit` None), with a figure for each span."""

    unit: Unit | None
    figures: Mapping[str, Figure]


def quantile(ordered: Sequence[timedelta], share: float) -> timedelta:
    """By linear interpolation between the neighbours (type 7, as spreadsheets do).

    >>> hours = [timedelta(hours=n) for n in (1, 2, 4, 8)]
    >>> str(quantile(hours, 0.5))
    '3:00:00'
    """
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def figure(times: Iterable[timedelta], *, is_own: bool) -> Figure:
    """The figure of these times; hidden below five cases unless the unit is the reader's own."""
    ordered = sorted(times)
    if len(ordered) < SMALL and not is_own:
        return Figure(None, None, None)
    if not ordered:
        return Figure(0, None, None)
    return Figure(len(ordered), quantile(ordered, 0.5), quantile(ordered, 0.9))


# ---------------------------------------------------------------- incidents


def incident_times(
    *, units: Collection[int], own: Collection[int], since: date, until: date, now: datetime
) -> list[UnitTimes]:
    """Of the incidents opened from `since` until before `until`, in these units and together.

    `own` are units whose cases the reader may see one by one anyway. Departments and offices
    speak for everything below them.
    """
    incidents = list(
        Incident.objects.filter(
            unit_id__in=units,
            opened_at__gte=at_local(since, time.min),
            opened_at__lt=at_local(until, time.min),
        ).select_related("first_report")
    )
    spans = _spans_of(incidents)
    shown = _shown_units({one.unit_id for one in incidents}, within=units, day=reporting_day(now))
    by_unit: dict[int, dict[str, list[timedelta]]] = {}
    total: dict[str, list[timedelta]] = {}
    # A unit without any case stands there too: no row at all would say that it had none.
    is_own = {pk: pk in own for pk in _standing_units(units)}
    for one in incidents:
        unit = shown.get(one.unit_id, one.unit_id)
        is_own[unit] = is_own.get(unit, True) and one.unit_id in own
        for span, took in spans[one.pk].items():
            by_unit.setdefault(unit, {}).setdefault(span, []).append(took)
            total.setdefault(span, []).append(took)
    rows = [
        UnitTimes(unit, _figures(by_unit.get(unit.pk, {}), INCIDENT_SPANS, is_own[unit.pk]))
        for unit in _in_order(is_own)
    ]
    return [_together(rows, total, INCIDENT_SPANS, all(is_own.values())), *rows]


def _figures(
    times: Mapping[str, list[timedelta]], spans: Iterable[str], is_own: bool
) -> dict[str, Figure]:
    return {span: figure(times.get(span, []), is_own=is_own) for span in spans}


def _together(
    rows: Sequence[UnitTimes],
    total: Mapping[str, list[timedelta]],
    spans: Iterable[str],
    is_own: bool,
) -> UnitTimes:
    """All units together; hidden where one hidden unit alone could be reckoned back from it."""
    figures = _figures(total, spans, is_own)
    for span in figures:
        if sum(row.figures[span].is_hidden for row in rows) == 1:
            figures[span] = Figure(None, None, None)
    return UnitTimes(None, figures)


def _spans_of(incidents: Sequence[Incident]) -> dict[int, dict[str, timedelta]]:
    """What is known of each incident; a step that did not happen is no time at all."""
    handed = _first_hand_over([one.pk for one in incidents])
    hospital = dict(
        IncidentFact.objects.filter(
            incident__in=[one.pk for one in incidents], kind=IncidentFact.Kind.HOSPITAL
        )
        .values("incident_id")
        .annotate(first=Min("at"))
        .values_list("incident_id", "first")
    )
    found: dict[int, dict[str, timedelta]] = {}
    for one in incidents:
        reported = one.opened_at
        ends = {
            "report_handover": handed.get(one.pk),
            "report_answer": one.acknowledged_at,
            "report_hospital": hospital.get(one.pk),
            "report_result": one.closed_at,
        }
        times = {
            span: max(at - reported, timedelta(0)) for span, at in ends.items() if at is not None
        }
        onset = _onset(one)
        if onset is not None:
            times["symptom_report"] = max(reporting_day(reported) - onset, timedelta(0))
        found[one.pk] = times
    return found


def _onset(one: Incident) -> date | None:
    answers = one.first_report.answers
    said = answers.get("onset_on") if isinstance(answers, dict) else None
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        return None


def _first_hand_over(incidents: Collection[int]) -> dict[int, datetime]:
    """When a gateway first took a letter of the ladder of each incident."""
    climbs = dict(
        Escalation.objects.filter(incident_id__in=incidents).values_list("pk", "incident_id")
    )
    rows = (
        Attempt.objects.filter(
            delivery__message__topic__in=[f"escalation:{pk}" for pk in climbs],
            outcome__in=_HANDED_OVER,
        )
        .values("delivery__message__topic")
        .annotate(first=Min("ended_at"))
    )
    found: dict[int, datetime] = {}
    for row in rows:
        incident = climbs[int(row["delivery__message__topic"].partition(":")[2])]
        found[incident] = min(found.get(incident, row["first"]), row["first"])
    return found


# ---------------------------------------------------------------- directives


def directive_times(
    *, units: Collection[int], since: date, until: date, now: datetime
) -> list[UnitTimes]:
    """Of the directives published from `since` until before `until`: a duty, not an illness, so
    every number may be known."""
    receipts = DirectiveReceipt.objects.filter(
        unit_id__in=units,
        version__published_at__gte=at_local(since, time.min),
        version__published_at__lt=at_local(until, time.min),
    ).select_related("version")
    by_unit: dict[int, dict[str, list[timedelta]]] = {}
    total: dict[str, list[timedelta]] = {}
    for receipt in receipts:
        published = receipt.version.published_at
        if published is None:
            continue
        ends = {
            "published_acknowledged": receipt.acknowledged_at,
            "published_fed_back": receipt.fed_back_at,
        }
        mine = by_unit.setdefault(receipt.unit_id, {})
        for span, at in ends.items():
            if at is not None:
                mine.setdefault(span, []).append(at - published)
                total.setdefault(span, []).append(at - published)
    rows = [
        UnitTimes(unit, _figures(by_unit[unit.pk], DIRECTIVE_SPANS, is_own=True))
        for unit in _in_order(by_unit)
    ]
    return [UnitTimes(None, _figures(total, DIRECTIVE_SPANS, is_own=True)), *rows]


def _in_order(units: Iterable[int]) -> list[Unit]:
    return list(Unit.objects.filter(pk__in=list(units)).order_by("tree", "position", "code"))


def _standing_units(units: Collection[int]) -> list[int]:
    shown = Unit.objects.filter(pk__in=units, kind__in=_SHOWN_AS_UNITS, closed_on__isnull=True)
    return list(shown.values_list("pk", flat=True))


def _shown_units(units: Collection[int], *, within: Collection[int], day: date) -> dict[int, int]:
    """The department or office that stands for a unit, where the reader sees that far."""
    links = UnitLink.objects.filter(
        held_on(day),
        descendant_id__in=units,
        ancestor_id__in=within,
        ancestor__kind__in=_SHOWN_AS_UNITS,
    ).order_by("-depth")
    return dict(links.values_list("descendant_id", "ancestor_id"))
