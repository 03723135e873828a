"""The verbs of the survey: open and close a round, take an answer, note that none came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster import queries as roster
from lianfang.roster.models import Person
from lianfang.surveys import queries
from lianfang.surveys.models import Attempt, Meeting, Source, Survey, SurveyResponse, Trip
from lianfang.surveys.rules import Fault, Said, faults_of


class SurveyIsOpen(Refused):
    code = "surveys.already-open"
    message = _("A survey is open already. Close it before you open another.")
    status = 409


class NoSurveyIsOpen(Refused):
    code = "surveys.none-open"
    message = _("No survey is open.")
    status = 409


class ContradictoryAnswer(Refused):
    """The answer cannot be so; `faults` says everything at once, nothing was stored."""

    code = "surveys.contradictory-answer"
    message = _("Please look at the marked answers.")

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(count=len(self.faults))


class AnsweredMeanwhile(Refused):
    code = "surveys.answered-meanwhile"
    message = _("Another answer came in at the same moment. Please look at it first.")
    status = 409


class NothingToConfirm(Refused):
    code = "surveys.nothing-to-confirm"
    message = _("There is no answer yet that could still hold.")
    status = 409


class OnNoRoll(Refused):
    code = "surveys.not-on-the-roll"
    message = _("%(name)s is on the roll of no unit on %(day)s.")


class HasAnswered(Refused):
    code = "surveys.has-answered"
    message = _("%(name)s has answered; there is nothing to note.")
    status = 409


# ---------------------------------------------------------------- rounds


@transaction.atomic
def open_survey(
    *, period_from: date, asks_anew: bool, by: Person | None, actor: Actor, now: datetime
) -> Survey:
    """Ask everybody. Raises `SurveyIsOpen` when a round is open."""
    try:
        with transaction.atomic():
            survey = Survey.objects.create(
                period_from=period_from, asks_anew=asks_anew, opened_at=now, opened_by=by
            )
    except IntegrityError as error:
        raise SurveyIsOpen from error
    queries.asked_now.forget()
    audit.record(
        verb="surveys.survey.opened", actor=actor, subject=survey, now=now, asks_anew=asks_anew
    )
    return survey


@transaction.atomic
def close_survey(*, survey: Survey, by: Person | None, actor: Actor, now: datetime) -> None:
    """Nobody is asked any more; answers stay, and whoever has something to add still can."""
    closed = Survey.objects.filter(pk=survey.pk, state=Survey.State.OPEN).update(
        state=Survey.State.CLOSED, closed_at=now, closed_by=by
    )
    if closed != 1:
        raise NoSurveyIsOpen
    queries.asked_now.forget()
    audit.record(verb="surveys.survey.closed", actor=actor, subject=survey, now=now)


# ---------------------------------------------------------------- answers


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as somebody hands it in. `key` is 64 hex digits at most; twice is once."""

    person: Person
    said: Said
    source: Source
    actor: Actor
    entered_by: Person | None
    key: str
    told_by: str = ""


def receive(answer: Answer, *, now: datetime) -> SurveyResponse:
    """Store the next revision. Raises `ContradictoryAnswer` with everything that cannot be so."""
    today, person = reporting_day(now), answer.person
    faults = faults_of(answer.said, today=today, own_names=(person.name, person.number))
    if faults:
        raise ContradictoryAnswer(faults)
    before = SurveyResponse.objects.filter(submission_key=answer.key).first()
    if before is not None:
        return before
    try:
        with transaction.atomic():
            return _store(answer, today, now)
    except IntegrityError as error:  # two at once: both would be the same revision
        raise AnsweredMeanwhile from error


def _store(answer: Answer, today: date, now: datetime) -> SurveyResponse:
    person, said = answer.person, answer.said
    unit = roster.reporting_unit_of(person, day=today)
    if unit is None:
        raise OnNoRoll(name=person.name, day=today.isoformat())
    mine = SurveyResponse.objects.filter(person=person)
    last = mine.aggregate(last=Max("revision"))["last"] or 0
    mine.filter(is_current=True).update(is_current=False)
    response = SurveyResponse.objects.create(
        person=person,
        survey=queries.open_survey(),
        unit=unit,
        revision=last + 1,
        is_current=True,
        answered_at=now,
        confirmed_at=now,
        county_code="" if said.is_abroad else said.county_code,
        since_on=_sure(said.since_on),
        has_trips=bool(said.has_trips),
        has_meetings=bool(said.has_meetings),
        community_told=bool(said.community_told),
        words=_words(place=said.place if said.is_abroad else "", community=said.community),
        source=answer.source,
        told_by=answer.told_by[:60],
        entered_by=answer.entered_by,
        submission_key=answer.key,
    )
    _store_segments(response, said, today)
    audit.record(
        verb="surveys.response.received",
        actor=answer.actor,
        subject=response,
        now=now,
        concerns=person.pk,
        revision=response.revision,
        source=str(answer.source),
    )
    return response


def _sure(day: date | None) -> date:
    """A day that `faults_of` has asked for already."""
    if day is None:
        raise ContradictoryAnswer(())
    return day


def _words(**words: str) -> dict[str, str]:
    return {name: text[:200] for name, text in words.items() if text}


def _store_segments(response: SurveyResponse, said: Said, today: date) -> None:
    Trip.objects.bulk_create(
        Trip(
            response=response,
            position=number,
            county_code=trip.county_code,
            arrived_on=_sure(trip.arrived_on),
            left_on=_sure(trip.left_on),
            kind=trip.kind,
            way=trip.way,
            companions=trip.companions,
            words=_words(
                place="" if trip.county_code else trip.place, number=trip.number, seat=trip.seat
            ),
        )
        for number, trip in enumerate(said.trips)
    )
    Meeting.objects.bulk_create(
        Meeting(
            response=response,
            position=number,
            met_on=_sure(one.met_on),
            last_met_on=one.last_met_on or (today if one.still_in_contact else _sure(one.met_on)),
            kind=one.kind,
            from_code=one.from_code,
            still_in_contact=bool(one.still_in_contact),
            words=_words(who=one.who, closeness=one.closeness, place=one.place),
        )
        for number, one in enumerate(said.meetings)
    )


@transaction.atomic
def confirm(*, person: Person, actor: Actor, now: datetime) -> SurveyResponse:
    """Nothing has changed since: the answer holds, and counts for the round that is open."""
    changed = SurveyResponse.objects.filter(person=person, is_current=True).update(confirmed_at=now)
    if changed != 1:
        raise NothingToConfirm
    response = SurveyResponse.objects.get(person=person, is_current=True)
    audit.record(
        verb="surveys.response.confirmed",
        actor=actor,
        subject=response,
        now=now,
        concerns=person.pk,
    )
    return response


@transaction.atomic
def record_attempt(
    *,
    person: Person,
    outcome: Attempt.Outcome,
    note: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Attempt:
    """Asked, and no answer: refused, unreachable, moved. Raises `HasAnswered`."""
    survey = queries.open_survey()
    if survey is None:
        raise NoSurveyIsOpen
    if queries.counted_answers(survey).filter(person=person).exists():
        raise HasAnswered(name=person.name)
    attempt = Attempt.objects.create(
        person=person, survey=survey, outcome=outcome, note=note.strip()[:500], at=now, by=by
    )
    audit.record(
        verb="surveys.attempt.recorded",
        actor=actor,
        subject=attempt,
        now=now,
        concerns=person.pk,
        outcome=str(outcome),
    )
    return attempt
