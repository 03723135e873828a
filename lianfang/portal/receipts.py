"""What a receipt shows. Reading one's own leaves no trace; reading another's does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lianfang.escalation.models import Escalation, Summons
from lianfang.escalation.queries import summonses
from lianfang.incidents.models import Incident, IncidentFact
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.places.divisions import UnknownDivision
from lianfang.places.queries import Nearest, hospitals_near
from lianfang.reporting.access import report_of_receipt
from lianfang.reporting.forms import NOT_MEASURED_NAMES, SITE_NAMES, Place
from lianfang.reporting.models import DailyReport
from lianfang.reporting.rules import Answers
from lianfang.roster import queries as roster
from lianfang.roster.models import Person
from lianfang.rulebook.queries import Rules, rules_in_force, rules_of
from lianfang.screening.models import Finding
from lianfang.usecases import looks
from lianfang.usecases.desk_calls import reveal_phone

_MOST_HOSPITALS = 3


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody to call. `phone` is empty where none is known."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Receipt:
    report: DailyReport
    is_own: bool
    answers: Answers
    rules: Rules
    next_due_at: datetime
    next_is_tomorrow: bool
    urgent: bool
    watched: bool
    incident: Incident | None
    told: tuple[Summons, ...]
    nearest: Nearest | None
    helpers: tuple[Helper, ...]

    @property
    def needs_help(self) -> bool:
        """Whether the page says what to do now: something urgent, or any symptom."""
        return self.urgent or bool(self.answers.symptoms)

    @property
    def advice(self) -> list[str]:
        return [self.rules.text(f"advice_{number}") for number in (1, 2, 3)]

    @property
    def is_settled(self) -> bool:
        """Somebody answered: the page need not look again."""
        return self.incident is None or not self.incident.waits

    @property
    def place(self) -> str:
        return Place(self.report.county_code, self.report.presence).in_words

    @property
    def hospitals(self) -> tuple[object, ...]:
        return self.nearest.hospitals[:_MOST_HOSPITALS] if self.nearest else ()

    @property
    def hospitals_are_near(self) -> bool:
        return self.nearest is not None and self.nearest.level == "county"

    @property
    def symptom_names(self) -> list[str]:
        return [self.rules.symptom_name(code) for code in self.answers.symptoms]

    @property
    def site_name(self) -> str:
        return str(SITE_NAMES.get(self.answers.site, ""))

    @property
    def why_not_measured(self) -> str:
        return str(NOT_MEASURED_NAMES.get(self.answers.not_measured, ""))


def receipt_of(
    receipt: str, *, viewer: Person, actor: Actor, now: datetime, quiet: bool = False
) -> Receipt:
    """Raises `NotYours`. `quiet`: only what changes by itself, without a new trace."""
    report = report_of_receipt(receipt, viewer=viewer)
    is_own = report.person_id == viewer.pk
    if not is_own and not quiet:
        looks.answers_seen(person=report.person, reports=[report], actor=actor, now=now)
    answers = Answers.from_plain(report.answers)
    severities = _severities(report)
    urgent, watched = "URGENT" in severities, "WATCH" in severities
    incident = _incident_of(report)
    unwell = urgent or bool(answers.symptoms)
    due_at, is_tomorrow = _next_due(report, now)
    return Receipt(
        report=report,
        is_own=is_own,
        answers=answers,
        rules=rules_of(report.edition_id),
        next_due_at=due_at,
        next_is_tomorrow=is_tomorrow,
        urgent=urgent,
        watched=watched,
        incident=incident,
        told=_told(incident),
        nearest=_nearest(report) if unwell and not quiet else None,
        helpers=_helpers(report.person, actor, now) if incident and not quiet else (),
    )


def _severities(report: DailyReport) -> set[str]:
    if not report.has_events:
        return set()
    found = Finding.objects.filter(report=report).values_list("rule__severity", flat=True)
    return set(found)


def _incident_of(report: DailyReport) -> Incident | None:
    if not report.has_events:
        return None
    fact = (
        IncidentFact.objects.filter(report=report)
        .select_related("incident__acknowledged_by")
        .first()
    )
    return fact.incident if fact else None


def _told(incident: Incident | None) -> tuple[Summons, ...]:
    """Everybody who was told, each person once, in the order of the ladder."""
    if incident is None:
        return ()
    climbing = Escalation.objects.filter(incident=incident).first()
    if climbing is None:
        return ()
    told: dict[object, Summons] = {}
    for summons in summonses(climbing):
        who = summons.person_id or f"nobody on {summons.rung_id}"
        if who not in told or summons.answer:
            told[who] = summons
    return tuple(told.values())


def _nearest(report: DailyReport) -> Nearest | None:
    """Nothing for somebody abroad, or where an old report names a code that nobody knows."""
    if not report.county_code:
        return None
    try:
        return hospitals_near(report.county_code, on=report.day)
    except UnknownDivision:
        return None


def _helpers(person: Person, actor: Actor, now: datetime) -> tuple[Helper, ...]:
    """The carers of a person with an open matter, with their numbers; showing one is recorded."""
    return tuple(
        Helper(
            carer.name,
            reveal_phone(person=carer, reason="incident", actor=actor, now=now)
            if carer.phone
            else "",
        )
        for carer in roster.carers_of(person, day=reporting_day(now))
    )


def _next_due(report: DailyReport, now: datetime) -> tuple[datetime, bool]:
    """When the next report is due, and whether that is tomorrow.

    Who made up for yesterday may still owe today.
    """
    today = reporting_day(now)
    rules = rules_in_force(now)
    owes_today = report.day < today and not _has_reported(report.person, today)
    day = today if owes_today else today + timedelta(days=1)
    return rules.deadlines["PERSON"].moment(day), not owes_today


def _has_reported(person: Person, day: date) -> bool:
    return DailyReport.objects.filter(person=person, day=day, is_current=True).exists()
