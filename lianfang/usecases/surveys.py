"""The travel and contact survey: an answer is compared with the lists in the same transaction."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person
from lianfang.surveys import operations as surveys
from lianfang.surveys.models import Attempt, Source, Survey, SurveyResponse
from lianfang.surveys.operations import (
    Answer,
    AnsweredMeanwhile,
    ContradictoryAnswer,
    HasAnswered,
    NoSurveyIsOpen,
    NothingToConfirm,
    SurveyIsOpen,
)
from lianfang.surveys.rules import Said
from lianfang.usecases import exposures


def open_survey(
    *, period_from: date, asks_anew: bool, by: Person | None, actor: Actor, now: datetime
) -> Survey:
    return surveys.open_survey(
        period_from=period_from, asks_anew=asks_anew, by=by, actor=actor, now=now
    )


def close_survey(*, survey: Survey, by: Person | None, actor: Actor, now: datetime) -> None:
    surveys.close_survey(survey=survey, by=by, actor=actor, now=now)


@transaction.atomic
def answer(
    *,
    person: Person,
    said: Said,
    source: Source,
    entered_by: Person,
    actor: Actor,
    page: str,
    now: datetime,
    told_by: str = "",
) -> SurveyResponse:
    """Store the answer and compare it with the lists. `page` is the form that sent it: the same
    form with the same answers is one answer, however often it arrives.

    Raises `ContradictoryAnswer` with everything at once, `AnsweredMeanwhile`, `OnNoRoll`.
    """
    response = surveys.receive(
        Answer(
            person=person,
            said=said,
            source=source,
            actor=actor,
            entered_by=entered_by,
            key=_key(actor, person, page, said),
            told_by=told_by,
        ),
        now=now,
    )
    _compare(response, now)
    return response


def _key(actor: Actor, person: Person, page: str, said: Said) -> str:
    body = json.dumps([actor.kind, actor.id, person.pk, page, said.to_plain()], sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def _compare(response: SurveyResponse, now: datetime) -> None:
    reference = f"exposures:answer:{response.pk}"
    exposures.compare_people([response.person_id], reference=reference, now=now)


@transaction.atomic
def confirm(*, person: Person, actor: Actor, now: datetime) -> SurveyResponse:
    """“Nothing has changed”: where somebody still is, they still are exposed."""
    response = surveys.confirm(person=person, actor=actor, now=now)
    _compare(response, now)
    return response


def record_attempt(
    *, person: Person, outcome: str, note: str, by: Person, actor: Actor, now: datetime
) -> Attempt:
    """Asked, and no answer. Raises `Invalid`, `HasAnswered`, `NoSurveyIsOpen`."""
    if outcome not in Attempt.Outcome.values:
        raise Invalid({"outcome": _("Please choose what came of it.")})
    return surveys.record_attempt(
        person=person,
        outcome=Attempt.Outcome(outcome),
        note=note,
        by=by,
        actor=actor,
        now=now,
    )


def look(*, person: Person, revisions: int, actor: Actor, now: datetime) -> None:
    """Somebody opens what a person said of trips and meetings: written down before it is shown."""
    audit.record(
        verb="surveys.response.seen",
        actor=actor,
        subject=person,
        now=now,
        concerns=person.pk,
        revisions=revisions,
    )


__all__ = [
    "AnsweredMeanwhile", "ContradictoryAnswer", "HasAnswered", "NoSurveyIsOpen",
    "NothingToConfirm", "SurveyIsOpen", "answer", "close_survey", "confirm", "look",
    "open_survey", "record_attempt",
]  # fmt: skip
