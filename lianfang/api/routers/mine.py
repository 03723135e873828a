"""What is one's own: letters, questions that wait for an answer, who looked at one's record."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Router

from lianfang.api.access import caller_of, number_in_address
from lianfang.api.once import once
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.schemas import Strict
from lianfang.api.shapes.messages import (
    LetterOut,
    LettersOut,
    LookOut,
    LooksOut,
    ReadOut,
    WaitingListOut,
    WaitingOut,
)
from lianfang.escalation import queries as escalation
from lianfang.escalation.models import Summons
from lianfang.kernel.refusals import NotYours
from lianfang.notifications.queries import inbox
from lianfang.portal.looks_at_me import acts_about, in_words
from lianfang.usecases import acknowledge_incident, read_messages

router = Router(tags=["mine"])


@router.get("/me/messages", response=answers(200, LettersOut), url_name="my_messages")
def my_messages(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> LettersOut:
    """What was written to me, newest first. Session only."""
    person = caller_of(request).person_visit.person
    found = inbox(person)
    return LettersOut(
        total=found.count(),
        unread=found.filter(read_at__isnull=True).count(),
        letters=[
            LetterOut(
                id=one.pk,
                subject=one.subject,
                body=one.body,
                link=one.link,
                urgent=one.is_urgent,
                created_at=one.created_at,
                read_at=one.read_at,
            )
            for one in found[offset : offset + limit]
        ],
    )


@router.post("/me/messages/read", response=answers(200, ReadOut), url_name="my_messages_read")
def mark_messages_read(request: HttpRequest) -> ReadOut:
    """I have read what was written to me; that answers nothing. Session only."""
    caller = caller_of(request)
    person = caller.person_visit.person
    return ReadOut(marked=read_messages.mark_all_read(person=person, now=caller.now))


@router.get("/me/looks", response=answers(200, LooksOut), url_name="my_looks")
def looks_at_me(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> LooksOut:
    """Everything that others did with my record, newest first. Session only."""
    found = acts_about(caller_of(request).person_visit.person)
    acts = in_words(found[offset : offset + limit])
    return LooksOut(
        total=found.count(),
        looks=[LookOut(at=a.at, by=a.by, words=a.words, look=a.is_look) for a in acts],
    )


class AnswerIn(Strict):
    answer: Literal["MINE", "PASSED_ON"]


@router.get("/me/summonses", response=answers(200, WaitingListOut), url_name="my_summonses")
def my_summonses(request: HttpRequest) -> WaitingListOut:
    """Alerts that wait for my answer, oldest first. Session only."""
    person = caller_of(request).person_visit.person
    return WaitingListOut(summonses=[_waiting(one) for one in escalation.waiting_for(person)])


@router.post(
    "/me/summonses/{summons_id}/answer", response=answers(200, WaitingListOut), url_name="my_answer"
)
@once
def answer_summons(request: HttpRequest, summons_id: str, body: AnswerIn) -> WaitingListOut:
    """I take it over, or pass it on to the next; then what still waits for me. Session only."""
    caller = caller_of(request)
    person = caller.person_visit.person
    one = (
        Summons.objects.filter(pk=number_in_address(summons_id), person=person)
        .select_related("escalation__incident__person", "escalation__unit", "person", "rung")
        .first()
    )
    if one is None:
        raise NotYours
    acknowledge_incident.answer_summons(
        summons=one, what=Summons.Answer(body.answer), now=caller.now
    )
    return WaitingListOut(summonses=[_waiting(one) for one in escalation.waiting_for(person)])


def _waiting(one: Summons) -> WaitingOut:
    climb = one.escalation
    return WaitingOut(
        id=one.pk,
        kind=climb.ladder,
        incident=climb.incident_id,
        unit=climb.unit.code,
        summoned_at=one.summoned_at,
    )
