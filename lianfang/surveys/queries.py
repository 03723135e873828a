"""Who answered the survey, who did not and why, and what somebody said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from lianfang.kernel.memory import remembered
from lianfang.roster import queries as roster
from lianfang.roster.models import Membership, Person
from lianfang.roster.queries import held_on
from lianfang.surveys import rules
from lianfang.surveys.models import Attempt, Meeting, Survey, SurveyResponse, Trip


@dataclass(frozen=True, slots=True)
class Coverage:
    """`expected` = answered + refused + unreachable + moved + missing; the three that follow
    `answered` say what was answered, and somebody may have both trips and meetings."""

    expected: int = 0
    answered: int = 0
    nothing: int = 0
    with_trips: int = 0
    with_meetings: int = 0
    refused: int = 0
    unreachable: int = 0
    moved: int = 0

    @property
    def missing(self) -> int:
        return self.expected - self.answered - self.refused - self.unreachable - self.moved

    @property
    def without_answer(self) -> int:
        """Whatever the reason: all that a viewer learns who may not know the reasons."""
        return self.expected - self.answered

    @property
    def share(self) -> float:
        return self.answered / self.expected if self.expected else 1.0

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        )


def open_survey() -> Survey | None:
    return Survey.objects.filter(state=Survey.State.OPEN).first()


@remembered(seconds=2)
def asked_now() -> Survey | None:
    """`open_survey`, kept for a moment: every page of a report asks it."""
    return open_survey()


def counted_answers(survey: Survey | None) -> QuerySet[SurveyResponse]:
    """Current answers that count under this round; without a round every current answer."""
    answers = SurveyResponse.objects.filter(is_current=True)
    if survey is not None and survey.asks_anew:
        answers = answers.filter(confirmed_at__gte=survey.opened_at)
    return answers


def counted_attempts(survey: Survey | None) -> QuerySet[Attempt]:
    """The last attempt of each person whose answer does not count."""
    attempts = Attempt.objects.all()
    if survey is not None and survey.asks_anew:
        attempts = attempts.filter(at__gte=survey.opened_at)
    last = attempts.values("person_id").annotate(last=Max("id")).values("last")
    answered = counted_answers(survey).filter(person=OuterRef("person"))
    return Attempt.objects.filter(pk__in=last).exclude(Exists(answered))


def unanswered(unit_ids: Iterable[int], *, day: date) -> QuerySet[Person]:
    """People on the roll of these units without an answer that counts, whatever the reason.

    Empty while no round is open: then nobody is asked.
    """
    survey = open_survey()
    if survey is None:
        return Person.objects.none()
    answer = counted_answers(survey).filter(person=OuterRef("pk"))
    return roster.roll(unit_ids, day=day).exclude(Exists(answer)).order_by("name_key", "number")


def missing(unit_ids: Iterable[int], *, day: date) -> QuerySet[Person]:
    """Those of `unanswered` about whom nothing is written down yet: the list to ring."""
    tried = counted_attempts(open_survey()).filter(person=OuterRef("pk"))
    return unanswered(unit_ids, day=day).exclude(Exists(tried))


def is_asked(person: Person) -> bool:
    """Whether the open round still waits for this person."""
    survey = asked_now()
    return survey is not None and not counted_answers(survey).filter(person=person).exists()


def coverage(*, day: date, unit_ids: Iterable[int] | None = None) -> dict[int, Coverage]:
    """Each reporting unit's own people, in three questions whatever their number."""
    survey = open_survey()
    members = Membership.objects.filter(held_on(day), kind=Membership.Kind.REPORTING)
    if unit_ids is not None:
        members = members.filter(unit_id__in=list(unit_ids))
    found: dict[int, dict[str, int]] = {
        unit: {"expected": n}
        for unit, n in members.values("unit_id").annotate(n=Count("id")).values_list("unit_id", "n")
    }
    answers = counted_answers(survey)
    is_of_answer = Q(person__survey_responses__in=answers)
    said = members.filter(is_of_answer).values("unit_id")
    for row in said.annotate(
        answered=Count("id"),
        nothing=Count(
            "id",
            filter=Q(
                person__survey_responses__has_trips=False,
                person__survey_responses__has_meetings=False,
            ),
        ),
        with_trips=Count("id", filter=Q(person__survey_responses__has_trips=True)),
        with_meetings=Count("id", filter=Q(person__survey_responses__has_meetings=True)),
    ):
        found[row["unit_id"]] |= {
            name: int(row[name]) for name in ("answered", "nothing", "with_trips", "with_meetings")
        }
    tried = members.filter(person__survey_attempts__in=counted_attempts(survey))
    for unit, outcome, n in (
        tried.values("unit_id", "person__survey_attempts__outcome")
        .annotate(n=Count("id"))
        .values_list("unit_id", "person__survey_attempts__outcome", "n")
    ):
        found[unit][outcome.lower()] = n
    return {unit: Coverage(**counts) for unit, counts in found.items()}


# ---------------------------------------------------------------- what somebody said


def current_of(person: Person) -> SurveyResponse | None:
    return SurveyResponse.objects.filter(person=person, is_current=True).first()


def revisions_of(person: Person) -> list[SurveyResponse]:
    """Everything a person ever said here, newest first, with its trips and meetings."""
    return list(
        SurveyResponse.objects.filter(person=person)
        .select_related("entered_by")
        .prefetch_related("trips", "meetings")
        .order_by("-revision")
    )


def said_of(response: SurveyResponse) -> rules.Said:
    """The answer as it was given, to be shown or changed."""
    words = response.words
    return rules.Said(
        county_code=response.county_code,
        place=words.get("place", ""),
        is_abroad=not response.county_code,
        since_on=response.since_on,
        has_trips=response.has_trips,
        trips=tuple(_trip(trip) for trip in sorted(response.trips.all(), key=lambda t: t.position)),
        has_meetings=response.has_meetings,
        meetings=tuple(
            _meeting(one) for one in sorted(response.meetings.all(), key=lambda m: m.position)
        ),
        community_told=response.community_told,
        community=words.get("community", ""),
    )


def _trip(trip: Trip) -> rules.Trip:
    return rules.Trip(
        county_code=trip.county_code,
        arrived_on=trip.arrived_on,
        left_on=trip.left_on,
        kind=trip.kind,
        way=trip.way,
        companions=trip.companions,
        place=trip.words.get("place", ""),
        number=trip.words.get("number", ""),
        seat=trip.words.get("seat", ""),
    )


def _meeting(meeting: Meeting) -> rules.Meeting:
    return rules.Meeting(
        met_on=meeting.met_on,
        last_met_on=meeting.last_met_on,
        kind=meeting.kind,
        from_code=meeting.from_code,
        still_in_contact=meeting.still_in_contact,
        who=meeting.words.get("who", ""),
        closeness=meeting.words.get("closeness", ""),
        place=meeting.words.get("place", ""),
    )


# ---------------------------------------------------------------- for screening: plain rows


def trips_touching(
    *, first: date, last: date, codes: Iterable[str] | None = None, people: Iterable[int] | None
) -> QuerySet[Trip]:
    """Trips of current answers with a day from `first` to `last`, both included."""
    trips = Trip.objects.filter(response__is_current=True, left_on__gte=first, arrived_on__lte=last)
    if codes is not None:
        trips = trips.filter(county_code__in=list(codes))
    if people is not None:
        trips = trips.filter(response__person_id__in=list(people))
    return trips


def whereabouts(
    *, last: date, codes: Iterable[str] | None = None, people: Iterable[int] | None
) -> QuerySet[SurveyResponse]:
    """Current answers whose current place was reached by `last`."""
    answers = SurveyResponse.objects.filter(is_current=True, since_on__lte=last)
    if codes is not None:
        answers = answers.filter(county_code__in=list(codes))
    if people is not None:
        answers = answers.filter(person_id__in=list(people))
    return answers


def meetings_since(first: date, *, people: Iterable[int] | None) -> QuerySet[Meeting]:
    """Meetings of current answers whose last contact is not older than `first`."""
    meetings = Meeting.objects.filter(response__is_current=True, last_met_on__gte=first)
    if people is not None:
        meetings = meetings.filter(response__person_id__in=list(people))
    return meetings
