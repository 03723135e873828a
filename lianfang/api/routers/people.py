"""The people of a unit, and one of them: when they reported, and behind a logged look what."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from lianfang.api.access import caller_of
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import DayAsked, Limit, Offset, answers, day_asked
from lianfang.api.shapes.calls import CallOut
from lianfang.api.shapes.own import TextsOut
from lianfang.api.shapes.people import (
    AnsweredOut,
    AnswersSeenOut,
    DayOfRecordOut,
    PersonRecordOut,
    PhoneIn,
    PhoneOut,
    RevisionOut,
    RollOut,
    RollsOut,
)
from lianfang.kernel.refusals import Forbidden, Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.reporting.models import CallRecord, DailyReport
from lianfang.reporting.people import PLAIN_STATES, PersonRow, people_in, person_rows, record_of
from lianfang.roster import queries as roster
from lianfang.roster.access import may_have_phone, person_with_phone
from lianfang.roster.models import Person
from lianfang.usecases import desk_calls, looks, text_messages, traces

router = Router(tags=["people"])
State = Annotated[
    Literal[
        "all", "missing", "reported", "unreachable", "zero", "events", "late", "proxy", "exempt"
    ],
    Query(description="Which people; a class reporter may ask for the first three and exempt."),
]


@router.get("/units/{code}/people", response=answers(200, RollsOut), url_name="unit_people")
def unit_people(
    request: HttpRequest,
    code: str,
    state: State = "all",
    day: DayAsked = None,
    limit: Limit = 200,
    offset: Offset = 0,
) -> RollsOut:
    """The people of a unit and of those below it, by their state of a day. `people:read`."""
    caller = caller_of(request)
    caller.needs(Scope.PEOPLE_READ)
    unit = caller.unit(code)
    if unit.pk not in caller.name_units:
        raise Forbidden
    # Who needs a call is health data in one word: a token reads it with `answers:read` only.
    plain = unit.pk not in caller.sight.event_units
    if caller.integration is not None:
        plain = plain or not caller.has(Scope.ANSWERS_READ)
    if plain and state not in PLAIN_STATES:
        raise Invalid({"state": _("This is not open to you.")})
    asked = day_asked(day, today=caller.today)
    found = people_in(roster.subtree_ids(unit, day=asked), day=asked, state=state)
    page = list(found.defer("phone", "email", "address")[offset : offset + limit])
    traces.leave(
        verb="reporting.people.seen",
        actor=caller.actor,
        subject=unit,
        now=caller.now,
        day=asked.isoformat(),
        state=state,
        people=len(page),
    )
    rows = person_rows(page, day=asked)
    return RollsOut(
        unit=unit.code,
        day=asked,
        total=found.count(),
        people=[_on_the_roll(row, plain=plain) for row in rows],
    )


def _on_the_roll(row: PersonRow, *, plain: bool) -> RollOut:
    report = row.report
    state: Literal["REPORTED", "MISSING", "EXEMPT"] = (
        "REPORTED" if report else "EXEMPT" if row.is_exempt else "MISSING"
    )
    return RollOut(
        number=row.person.number,
        name=row.person.name,
        category=row.person.category,
        unit=row.unit.code if row.unit else None,
        state=state,
        late=report.is_late if report else None,
        proxy=report.source == DailyReport.Source.PROXY if report else None,
        follow_up=report.has_events if report and not plain else None,
        unreachable=row.is_unreachable,
        last_call=_call(row.call, row.person) if row.call else None,
    )


def _call(call: CallRecord, person: Person) -> CallOut:
    return CallOut(
        person=person.number, day=call.day, outcome=call.outcome, called_at=call.called_at
    )


@router.get("/people/{number}", response=answers(200, PersonRecordOut), url_name="person")
def person(request: HttpRequest, number: str) -> PersonRecordOut:
    """The last 30 days of a person: who reported when, and who rang. Token: `people:read`."""
    caller = caller_of(request)
    caller.needs(Scope.PEOPLE_READ)
    one = caller.named(number)
    unit = roster.reporting_unit_of(one, day=caller.today)
    traces.leave(verb="reporting.record.seen", actor=caller.actor, subject=one, now=caller.now)
    days = record_of(one, until=caller.today, with_answers=False)
    return PersonRecordOut(
        number=one.number,
        name=one.name,
        category=one.category,
        unit=unit.code if unit else None,
        has_phone=bool(one.phone_index),
        days=[
            DayOfRecordOut(
                day=day.day,
                reports=[RevisionOut(**_revision(report)) for report in day.reports],
                calls=[_call(call, one) for call in day.calls],
            )
            for day in days
        ],
    )


def _revision(report: DailyReport) -> dict[str, Any]:
    by = report.submitted_by
    proxy = report.source == DailyReport.Source.PROXY
    return {
        "receipt": report.receipt,
        "revision": report.revision,
        "current": report.is_current,
        "received_at": report.received_at,
        "late": report.is_late,
        "source": report.source,
        "by": by.name if by and proxy else None,
        "unit": report.unit.code,
    }


@router.get("/people/{number}/answers", response=answers(200, AnswersSeenOut), url_name="answers")
def person_answers(request: HttpRequest, number: str) -> AnswersSeenOut:
    """What a person answered in the last 30 days, as far as posts open it. Token: `answers:read`.

    That it was looked at is written down, and the person can see it.
    """
    caller = caller_of(request)
    caller.needs(Scope.ANSWERS_READ)
    one = caller.named(number)
    if one == caller.person:
        raise Forbidden  # one's own record is at /reports
    everything = caller.sight.may_see_answers(one, has_events=False)
    if not (everything or caller.sight.may_see_answers(one, has_events=True)):
        raise Forbidden
    days = record_of(one, until=caller.today, with_answers=True)
    shown = [report for day in days for report in day.reports if everything or report.has_events]
    looks.answers_seen(person=one, reports=shown, actor=caller.actor, now=caller.now)
    return AnswersSeenOut(
        number=one.number,
        name=one.name,
        everything=everything,
        reports=[
            AnsweredOut(
                **_revision(report),
                day=report.day,
                follow_up=report.has_events,
                answers=report.answers,
            )
            for report in shown
        ],
    )


@router.post("/people/{number}/phone", response=answers(200, PhoneOut), url_name="phone")
def reveal_phone(request: HttpRequest, number: str, body: PhoneIn) -> PhoneOut:
    """The phone number, after the look was written down with its reason. Token: `phones:read`."""
    caller = caller_of(request)
    caller.needs(Scope.PHONES_READ)
    one = person_with_phone(caller.named(number).pk, sight=caller.sight)
    phone = desk_calls.reveal_phone(
        person=one, reason=body.reason, actor=caller.actor, now=caller.now
    )
    return PhoneOut(number=one.number, phone=phone)


@router.post("/people/{number}/texts", response=answers(200, TextsOut), url_name="person_texts")
@once
def want_texts_for(request: HttpRequest, number: str) -> TextsOut:
    """They told somebody who may ring them that text messages are wanted again.

    Token: `calls:write`, for a person.
    """
    caller = caller_of(request)
    caller.needs(Scope.CALLS_WRITE)
    by, one = caller.doer, caller.named(number)
    unit = roster.reporting_unit_of(one, day=caller.today)
    if not may_have_phone(unit.pk if unit else None, sight=caller.sight):
        raise Forbidden
    changed = text_messages.resume(person=one, by=by, actor=caller.actor, now=caller.now)
    return TextsOut(changed=changed)
