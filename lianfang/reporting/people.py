"""The people of a unit by their state of the day, and the record of one person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from lianfang.reporting import queries
from lianfang.reporting.models import CallRecord, DailyReport
from lianfang.roster import queries as roster
from lianfang.roster.models import Membership, Person, Unit
from lianfang.roster.queries import held_on

RECORD_DAYS = 30
# What a class reporter may ask for: who has reported, and nothing about how they are.
PLAIN_STATES = ("all", "missing", "reported", "exempt")
STATES = (
    "all", "missing", "unreachable", "zero", "events", "late", "proxy", "exempt",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person on one day. `report` is None for silence; its answers stay sealed."""

    person: Person
    unit: Unit | None
    report: DailyReport | None
    is_exempt: bool
    call: CallRecord | None
    shown_in: int | None = None

    @property
    def other_unit(self) -> Unit | None:
        """The unit, unless the page is about that very unit."""
        return self.unit if self.unit is not None and self.unit.pk != self.shown_in else None

    @property
    def is_missing(self) -> bool:
        return self.report is None and not self.is_exempt

    @property
    def is_unreachable(self) -> bool:
        call = self.call
        return (
            self.is_missing and call is not None and not CallRecord.Outcome(call.outcome).is_reached
        )


def people_in(unit_ids: Iterable[int], *, day: date, state: str) -> QuerySet[Person]:
    """The roll of these units on that day, or the part of it in one state."""
    if state == "missing":
        return queries.missing_reporters(unit_ids, day=day)
    people = roster.roll(unit_ids, day=day).order_by("name_key", "number")
    reports = queries.current_reports(day=day)
    exempt = roster.exempt_person_ids(day=day)
    match state:
        case "unreachable":
            return people.filter(pk__in=queries.unreachable_ids(day=day))
        case "exempt":
            return people.filter(pk__in=exempt).exclude(pk__in=reports.values("person_id"))
        case "reported":
            return people.filter(pk__in=reports.values("person_id"))
        case "zero":
            return people.filter(pk__in=reports.filter(has_events=False).values("person_id"))
        case "events":
            return people.filter(pk__in=reports.filter(has_events=True).values("person_id"))
        case "late":
            return people.filter(pk__in=reports.filter(is_late=True).values("person_id"))
        case "proxy":
            return people.filter(pk__in=reports.filter(source="PROXY").values("person_id"))
    return people


def person_rows(
    people: Sequence[Person], *, day: date, shown_in: int | None = None
) -> list[PersonRow]:
    """`shown_in` is the unit whose page shows them."""
    reports = {
        report.person_id: report
        for report in queries.current_reports(day=day).filter(person__in=people).defer("answers")
    }
    exempt = roster.exempt_person_ids(day=day)
    units = units_of_people(people, day=day)
    calls = last_calls(people, day=day)
    return [
        PersonRow(
            person=one,
            unit=units.get(one.pk),
            report=reports.get(one.pk),
            is_exempt=one.pk in exempt,
            call=calls.get(one.pk),
            shown_in=shown_in,
        )
        for one in people
    ]


@dataclass(frozen=True, slots=True)
class DayOfRecord:
    """One day of a person: every revision, newest first, and the calls of that day."""

    day: date
    reports: tuple[DailyReport, ...]
    calls: tuple[CallRecord, ...]

    @property
    def current(self) -> DailyReport | None:
        return self.reports[0] if self.reports else None


def record_of(person: Person, *, until: date, with_answers: bool) -> list[DayOfRecord]:
    """The last days of one person, today first; a day without a report stands there too."""
    first = until - timedelta(days=RECORD_DAYS - 1)
    reports = queries.reports_of(person).filter(day__gte=first, day__lte=until)
    reports = reports.select_related("submitted_by", "unit")
    if not with_answers:
        reports = reports.defer("answers")
    calls = CallRecord.objects.filter(person=person, day__gte=first, day__lte=until)
    by_day: dict[date, tuple[list[DailyReport], list[CallRecord]]] = {}
    for report in reports:
        by_day.setdefault(report.day, ([], []))[0].append(report)
    for call in calls.select_related("called_by").order_by("-called_at"):
        by_day.setdefault(call.day, ([], []))[1].append(call)
    by_day.setdefault(until, ([], []))
    earliest = min(by_day)
    days = [until - timedelta(days=n) for n in range((until - earliest).days + 1)]
    return [_day_of_record(day, *by_day.get(day, ([], []))) for day in days]


def _day_of_record(day: date, reports: list[DailyReport], calls: list[CallRecord]) -> DayOfRecord:
    return DayOfRecord(day, tuple(reports), tuple(calls))


def units_of_people(people: Iterable[Person], *, day: date) -> dict[int, Unit]:
    """The reporting unit of each person on that day."""
    members = Membership.objects.filter(
        held_on(day), person__in=list(people), kind=Membership.Kind.REPORTING
    ).select_related("unit")
    return {member.person_id: member.unit for member in members}


def last_calls(people: Iterable[Person], *, day: date) -> dict[int, CallRecord]:
    """The last call of the day to each of these people; the notes stay sealed."""
    calls = CallRecord.objects.filter(day=day, person__in=list(people)).defer("note")
    return {call.person_id: call for call in calls.order_by("called_at", "id")}
