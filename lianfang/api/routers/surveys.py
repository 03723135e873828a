"""Surveys of trips and meetings: rounds, coverage, what somebody said, and whoever was asked."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.http import HttpRequest
from ninja import Router

from lianfang.api.access import Caller, caller_of, person_of_number
from lianfang.api.caring import reader, writer
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.duty import PersonNameOut
from lianfang.api.shapes.surveys import (
    AttemptIn,
    AttemptOut,
    PersonSurveyOut,
    RoundIn,
    RoundOut,
    RoundsOut,
    SurveyDoneOut,
    SurveyIn,
    UnitSurveyOut,
)
from lianfang.api.shifts import named
from lianfang.api.surveying import coverage_rows, said_in, said_out, with_field_names
from lianfang.kernel.refusals import Forbidden
from lianfang.roster import queries as roster
from lianfang.roster.models import Person
from lianfang.screening import queries as screening
from lianfang.surveys import access, queries
from lianfang.surveys.models import Source, Survey
from lianfang.usecases import exposures
from lianfang.usecases import surveys as usecase

router = Router(tags=["surveys"])


@router.get("/surveys", response=answers(200, RoundsOut), url_name="surveys")
def list_surveys(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> RoundsOut:
    """Rounds of asking, the newest first. Token: `care:read`, for a person."""
    caller = reader(request)
    if not caller.sight.figure_units:
        raise Forbidden
    found = Survey.objects.order_by("-opened_at", "-id")
    return RoundsOut(
        first_day=exposures.policy_at(caller.now).first_day(caller.today),
        total=found.count(),
        rounds=[_round(one) for one in found[offset : offset + limit]],
    )


@router.post("/surveys", response=answers(200, RoundOut), url_name="surveys")
@once
def open_survey(request: HttpRequest, body: RoundIn) -> RoundOut:
    """Ask everybody; 409 while a round is open. Token: `care:write`, for a person of the college.

    Session: an operator as well.
    """
    caller = _of_the_college(request)
    first = body.period_from or exposures.policy_at(caller.now).first_day(caller.today)
    made = usecase.open_survey(
        period_from=min(first, caller.today - timedelta(days=1)),
        asks_anew=body.asks_anew,
        by=caller.person,
        actor=caller.actor,
        now=caller.now,
    )
    return _round(made)


@router.post("/surveys/close", response=answers(200, RoundOut), url_name="survey_close")
@once
def close_survey(request: HttpRequest) -> RoundOut:
    """Stop asking; what was answered stays. Token: `care:write`, for a person of the college.

    Session: an operator as well.
    """
    caller = _of_the_college(request)
    survey = queries.open_survey()
    if survey is None:
        raise usecase.NoSurveyIsOpen
    usecase.close_survey(survey=survey, by=caller.person, actor=caller.actor, now=caller.now)
    survey.refresh_from_db()
    return _round(survey)


@router.get("/units/{code}/survey", response=answers(200, UnitSurveyOut), url_name="unit_survey")
def unit_survey(
    request: HttpRequest, code: str, limit: Limit = 50, offset: Offset = 0
) -> UnitSurveyOut:
    """How many answered: a unit, then those right below it; by name whoever did not.

    Token: `care:read`, for a person. Names need `people:read` as well.
    """
    caller = reader(request)
    unit = caller.unit(code)
    below = frozenset(roster.subtree_ids(unit, day=caller.today))
    names = caller.name_units & below
    people = queries.missing(names, day=caller.today).only("id", "name", "number", "name_key")
    survey = queries.open_survey()
    return UnitSurveyOut(
        round=_round(survey) if survey else None,
        units=coverage_rows(unit, sight=caller.sight, day=caller.today),
        total_missing=people.count() if names else None,
        missing=[
            PersonNameOut(number=one.number, name=one.name)
            for one in people[offset : offset + limit]
        ]
        if names
        else None,
    )


@router.get(
    "/people/{number}/survey", response=answers(200, PersonSurveyOut), url_name="person_survey"
)
def person_survey(request: HttpRequest, number: str) -> PersonSurveyOut:
    """Everything that a person said, every revision; the look is written down.

    Token: `care:read` and `answers:read`, for a person.
    """
    caller = reader(request)
    caller.needs(Scope.ANSWERS_READ)
    one = caller.named(number)
    hits = screening.has_open_hits(one)
    if not access.may_read(one, sight=caller.sight, has_hits=hits):
        raise Forbidden
    revisions = queries.revisions_of(one)
    usecase.look(person=one, revisions=len(revisions), actor=caller.actor, now=caller.now)
    return PersonSurveyOut(
        person=named(one, caller),
        asked=queries.is_asked(one),
        revisions=[said_out(answer, caller) for answer in revisions],
    )


@router.post(
    "/people/{number}/survey", response=answers(200, SurveyDoneOut), url_name="person_survey"
)
@once
def hand_in_survey(request: HttpRequest, number: str, body: SurveyIn) -> SurveyDoneOut:
    """What somebody told, written down for them, and compared with the lists at once.

    Token: `care:write`, for a person who may ask them. Everything that cannot be so is named.
    """
    caller, one = _to_ask(request, number)
    if not access.may_read(one, sight=caller.sight, has_hits=True):
        raise Forbidden
    with with_field_names():
        made = usecase.answer(
            person=one,
            said=said_in(body),
            source=Source(body.source),
            told_by=body.told_by,
            entered_by=caller.doer,
            actor=caller.actor,
            page=uuid.uuid4().hex,  # what is sent again is known by its Idempotency-Key
            now=caller.now,
        )
    return SurveyDoneOut(revision=made.revision, answered_at=made.answered_at)


@router.post(
    "/people/{number}/survey/attempt", response=answers(200, AttemptOut), url_name="survey_attempt"
)
@once
def note_survey_attempt(request: HttpRequest, number: str, body: AttemptIn) -> AttemptOut:
    """Asked, and no answer came; 409 once they have answered. Token: `care:write`, for a person."""
    caller, one = _to_ask(request, number)
    made = usecase.record_attempt(
        person=one,
        outcome=body.outcome,
        note=body.note,
        by=caller.doer,
        actor=caller.actor,
        now=caller.now,
    )
    return AttemptOut(outcome=made.outcome, at=made.at)


def _of_the_college(request: HttpRequest) -> Caller:
    """Whoever answers for the college; an operator too, as on the page."""
    caller = caller_of(request)
    caller.needs(Scope.CARE_WRITE)
    if caller.integration is not None:
        caller.needs_somebody()
    if not access.may_open_rounds(caller.sight):
        raise Forbidden
    return caller


def _to_ask(request: HttpRequest, number: str) -> tuple[Caller, Person]:
    caller = writer(request)
    one = person_of_number(number)
    return caller, access.asked_person(one.pk, sight=caller.sight)


def _round(one: Survey) -> RoundOut:
    return RoundOut(
        id=one.pk,
        state=one.state,
        period_from=one.period_from,
        asks_anew=one.asks_anew,
        opened_at=one.opened_at,
        closed_at=one.closed_at,
    )
