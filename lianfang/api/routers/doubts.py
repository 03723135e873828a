"""Doubts: who may need help with reporting, and records of a person that disagree."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from lianfang.api.access import Caller, number_in_address
from lianfang.api.caring import reader, reads_health, writer
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.doubts import (
    AskedOut,
    ContradictionCloseIn,
    ContradictionOut,
    ContradictionsOut,
    QuestionAnswerIn,
    QuestionOut,
    QuestionsOut,
    RecordOut,
)
from lianfang.api.shifts import named
from lianfang.doubts import access, queries
from lianfang.doubts.models import Contradiction, Question
from lianfang.kernel.refusals import Forbidden
from lianfang.kernel.texts import tidy
from lianfang.usecases import doubts, looks

router = Router(tags=["doubts"])


@router.get("/questions", response=answers(200, QuestionsOut), url_name="questions")
def list_questions(
    request: HttpRequest, settled: bool = False, limit: Limit = 50, offset: Offset = 0
) -> QuestionsOut:
    """Questions to the head of a unit, never one about the caller. Token: `care:read`, for a person.

    Names need `people:read` as well.
    """
    caller = reader(request)
    units = access.asked_units(caller.sight)
    if not units:
        raise Forbidden
    found = queries.questions_of(units, waiting=not settled)
    found = found.exclude(people__person=caller.doer).prefetch_related("people__person")
    return QuestionsOut(
        total=found.count(),
        questions=[_question(one, caller) for one in found[offset : offset + limit]],
    )


@router.post(
    "/questions/{question_id}/answer",
    response=answers(200, QuestionOut),
    url_name="question_answer",
)
@once
def answer_question(request: HttpRequest, question_id: str, body: QuestionAnswerIn) -> QuestionOut:
    """What came of asking; 409 once it is answered. Token: `care:write`, for the head of the unit."""
    caller = writer(request)
    found = access.question(number_in_address(question_id), sight=caller.sight)
    doubts.answer_question(
        question=found,
        what=body.answer,
        note=tidy(body.note),
        by=caller.doer,
        actor=caller.actor,
        now=caller.now,
    )
    found.refresh_from_db()
    return _question(found, caller)


@router.get("/contradictions", response=answers(200, ContradictionsOut), url_name="contradictions")
def list_contradictions(
    request: HttpRequest, settled: bool = False, limit: Limit = 50, offset: Offset = 0
) -> ContradictionsOut:
    """Two records of one person and day that cannot both be so; every look is written down.

    Token: `care:read`, for a person who cares for them. The records need `answers:read` as well.
    """
    caller = reader(request)
    units = access.caring_units(caller.sight)
    if not units:
        raise Forbidden
    found = queries.contradictions_of(units, waiting=not settled).exclude(person=caller.doer)
    page = list(found[offset : offset + limit])
    people = [one.person_id for one in page] if _tells(caller) else []
    looks.records_compared(people=people, actor=caller.actor, now=caller.now)
    return ContradictionsOut(
        total=found.count(), contradictions=[_contradiction(one, caller) for one in page]
    )


@router.post(
    "/contradictions/{contradiction_id}/close",
    response=answers(200, ContradictionOut),
    url_name="contradiction_close",
)
@once
def close_contradiction(
    request: HttpRequest, contradiction_id: str, body: ContradictionCloseIn
) -> ContradictionOut:
    """Which record is right, after asking; 409 once it is closed. Token: `care:write`, for a person."""
    caller = writer(request)
    found = access.contradiction(number_in_address(contradiction_id), sight=caller.sight)
    doubts.close_contradiction(
        contradiction=found,
        truth=body.truth,
        note=tidy(body.note),
        by=caller.doer,
        actor=caller.actor,
        now=caller.now,
    )
    found.refresh_from_db()
    if _tells(caller):
        looks.records_compared(people=[found.person_id], actor=caller.actor, now=caller.now)
    return _contradiction(found, caller)


def _tells(caller: Caller) -> bool:
    """Whether an answer says of a person what their records hold, or that they disagree."""
    return reads_health(caller) or caller.has(Scope.PEOPLE_READ)


def _question(one: Question, caller: Caller) -> QuestionOut:
    return QuestionOut(
        id=one.pk,
        unit=one.unit.code,
        day=one.day,
        asked_at=one.asked_at,
        state=one.state,
        answer=one.answer,
        answered_at=one.answered_at,
        people=[
            AskedOut(person=named(asked.person, caller), signs=asked.signs.split(","))
            for asked in one.people.all()
        ],
    )


def _contradiction(one: Contradiction, caller: Caller) -> ContradictionOut:
    return ContradictionOut(
        id=one.pk,
        person=named(one.person, caller),
        unit=one.unit.code,
        day=one.day,
        kind=one.kind,
        state=one.state,
        truth=one.truth,
        found_at=one.found_at,
        closed_at=one.closed_at,
        records=[
            RecordOut(
                what=said.get("what", ""), value=said.get("value", ""), at=said.get("at") or None
            )
            for said in one.records.get("records", [])
        ]
        if reads_health(caller)
        else None,
    )
