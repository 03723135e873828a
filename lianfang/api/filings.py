"""From what came over the wire to filings, and from stored reports to receipts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from lianfang.api.access import Caller, person_of_number
from lianfang.api.shapes.reports import AnswersIn, OwnReportIn, ProxyReportIn, ReceiptOut, ReportOut
from lianfang.kernel.clock import SHANGHAI
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.reporting.models import DailyReport
from lianfang.reporting.rules import Answers
from lianfang.roster import queries as roster
from lianfang.roster.models import Membership, Person, Unit
from lianfang.roster.queries import held_on
from lianfang.usecases import submission_desk
from lianfang.usecases.daily_report import Filing

_MOST_SECONDS = 2**31 - 1


class ReportForYourself(Refused):
    """Said before anybody is looked up: it tells nothing about the other number."""

    code = "api.report-for-yourself"
    message = _("Here you report for yourself. For somebody else there is the proxy report.")
    status = 403


class SayWhoReports(Refused):
    code = "api.say-who-reports"
    message = _("Give the number of the person who reports.")


def answers_of(given: AnswersIn) -> Answers:
    return Answers(**{**given.model_dump(), "symptoms": tuple(given.symptoms)})


def filing_of(given: OwnReportIn, *, key: str, caller: Caller) -> Filing:
    """One's own report, or one that an integration brings. Raises `NotYours`."""
    day = given.day or caller.today
    if caller.visit is not None:
        person: Person = caller.person_visit.person
        if given.person not in (None, person.number):
            raise ReportForYourself
        unit = None
    else:
        if given.person is None:
            raise SayWhoReports
        person = person_of_number(given.person)
        unit = roster.reporting_unit_of(person, day=day)
        if not caller.covers(unit):
            raise NotYours
    return Filing(
        person=person,
        day=day,
        answers=answers_of(given.answers),
        source=DailyReport.Source.WEB if caller.visit else DailyReport.Source.API,
        actor=caller.actor,
        submitted_by=person if caller.visit else None,
        key=key,
        client_skew_s=skew_of(given.client_time, caller.now),
        unit=unit,
    )


def proxy_filing(given: ProxyReportIn, *, key: str, caller: Caller) -> Filing:
    """Whoever may read the answers of a person may write down what they told."""
    by = caller.doer
    person = caller.named(given.person)
    day = given.day or caller.today
    unit = roster.reporting_unit_of(person, day=caller.today)
    if unit is None or unit.pk not in caller.sight.event_units:
        raise Forbidden
    return Filing(
        person=person,
        day=day,
        answers=answers_of(given.answers),
        source=DailyReport.Source.PROXY,
        actor=caller.actor,
        submitted_by=by,
        key=key,
        proxy_reason=given.proxy_reason,
        told_by=given.told_by,
    )


def submit(filing: Filing, *, now: datetime) -> DailyReport:
    """Stored, with all that it calls for, when this returns."""
    with places_named_in_full():
        return submission_desk.submit(filing, now=now)


@contextmanager
def places_named_in_full() -> Iterator[None]:
    """What is wrong with an answer is said of `answers.…`, as the caller sent it."""
    try:
        yield
    except Invalid as error:
        raise Invalid({f"answers.{name}": text for name, text in error.problems.items()}) from error


def skew_of(text: str | None, now: datetime) -> int | None:
    """How far the sender's clock is from ours, in seconds; None where it says nothing.

    A strange clock never refuses a report: what cannot be read is left out.
    """
    moment = _moment(text or "")
    if moment is None:
        return None
    return max(-_MOST_SECONDS - 1, min(round((moment - now).total_seconds()), _MOST_SECONDS))


def _moment(text: str) -> datetime | None:
    """ISO 8601, with an offset, with a named zone in brackets, or (Shanghai is meant) without."""
    text, _bracket, zone = text.strip().partition("[")
    with suppress(ValueError, KeyError, OSError):  # KeyError: a zone that no file describes
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(zone.rstrip("]")) if zone else SHANGHAI)
        return moment
    return None


def people_of(numbers: Iterable[str]) -> dict[str, Person]:
    return {person.number: person for person in Person.objects.filter(number__in=list(numbers))}


def units_of(people: Iterable[Person], *, day: date) -> dict[int, Unit]:
    """The reporting unit of each person on a day, in one query."""
    members = Membership.objects.filter(
        held_on(day), kind=Membership.Kind.REPORTING, person__in=list(people)
    )
    return {m.person_id: m.unit for m in members.select_related("unit")}


def receipt_of(report: DailyReport, *, number: str) -> ReceiptOut:
    return ReceiptOut(**_receipt(report, number))


def report_of(report: DailyReport, *, number: str) -> ReportOut:
    return ReportOut(
        **_receipt(report, number),
        current=report.is_current,
        source=report.source,
        answers=report.answers,
    )


def _receipt(report: DailyReport, number: str) -> dict[str, Any]:
    return {
        "receipt": report.receipt,
        "person": number,
        "day": report.day,
        "revision": report.revision,
        "received_at": report.received_at,
        "late": report.is_late,
        "follow_up": report.has_events,
    }
