"""Surveys: who has answered, what somebody said of trips and meetings."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StrictBool

from lianfang.api.schemas import Day, Moment, Strict
from lianfang.api.shapes.duty import PersonNameOut

Line = Annotated[str, Field(max_length=200)]
Code = Annotated[
    str, Field(max_length=6, description="GB/T 2260, six digits; empty where it is not known.")
]


class RoundOut(Schema):
    """A round of asking; at most one is open."""

    id: int
    state: str
    period_from: date
    asks_anew: bool
    opened_at: Moment
    closed_at: Moment | None


class RoundsOut(Schema):
    """`first_day` is the first day that a round of today would ask about."""

    first_day: date
    total: int
    rounds: list[RoundOut]


class RoundIn(Strict):
    period_from: Day | None = Field(default=None, description="`first_day` if not given.")
    asks_anew: StrictBool = Field(
        default=False, description="Answers of earlier rounds have to be confirmed."
    )


class CoverageOut(Schema):
    """A unit with everything below it. What was answered is null where only the figure is open."""

    unit: str
    expected: int
    answered: int
    without_answer: int
    nothing: int | None
    with_trips: int | None
    with_meetings: int | None
    refused: int | None
    unreachable: int | None
    moved: int | None
    missing: int | None


class UnitSurveyOut(Schema):
    """`missing` is null where names are not the caller's to know; empty while no round is open."""

    round: RoundOut | None
    units: list[CoverageOut]
    total_missing: int | None
    missing: list[PersonNameOut] | None


class TripOut(Schema):
    county_code: str
    place: str = Field(description="The country, where `county_code` is empty.")
    arrived_on: date | None
    left_on: date | None
    kind: str
    way: str
    number: str
    seat: str
    companions: int | None


class MeetingOut(Schema):
    met_on: date | None
    last_met_on: date | None
    kind: str
    from_code: str
    who: str
    closeness: str
    place: str
    still_in_contact: bool | None


class SaidOut(Schema):
    revision: int
    is_current: bool
    answered_at: Moment
    confirmed_at: Moment
    source: str
    entered_by: PersonNameOut | None
    county_code: str
    place: str
    abroad: bool
    since_on: date | None
    trips: list[TripOut]
    meetings: list[MeetingOut]
    community_told: bool | None
    community: str


class PersonSurveyOut(Schema):
    """Every revision, the newest first."""

    person: PersonNameOut | None
    asked: bool = Field(description="The open round still waits for this person.")
    revisions: list[SaidOut]


class TripIn(Strict):
    """A place that was left again; empty `county_code` and a country in `place` is abroad."""

    county_code: Code = ""
    place: Line = ""
    arrived_on: Day
    left_on: Day
    kind: Literal["STAY", "VISIT", "PASSING", "CHANGE"]
    way: Literal["", "TRAIN", "COACH", "PLANE", "CAR", "SHIP", "OTHER"] = ""
    number: Line = ""
    seat: Line = ""
    companions: Annotated[int, Field(ge=0, le=999)] | None = None


class MeetingIn(Strict):
    met_on: Day
    last_met_on: Day | None = None
    kind: Literal["FROM_AREA", "SUSPECTED", "CONFIRMED"]
    from_code: Code = ""
    who: Line
    closeness: Literal["LIVED", "CARED", "ONE_METRE", "SAME_ROOM", "SAME_VEHICLE", "BRIEFLY"]
    place: Line = ""
    still_in_contact: StrictBool


class SurveyAnswersIn(Strict):
    county_code: Code = ""
    abroad: StrictBool = False
    place: Line = Field(default="", description="The country, with `abroad`.")
    since_on: Day
    trips: list[TripIn] = Field(max_length=30)
    meetings: list[MeetingIn] = Field(max_length=30)
    community_told: StrictBool
    community: Line = ""


class SurveyIn(SurveyAnswersIn):
    """What somebody told. Empty lists are an answer: nothing to declare."""

    source: Literal["PHONE", "PROXY"]
    told_by: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        description="Who told it: the person, the mother, a room-mate."
    )


class SurveyDoneOut(Schema):
    revision: int
    answered_at: Moment


class AttemptIn(Strict):
    outcome: Literal["REFUSED", "UNREACHABLE", "MOVED"]
    note: Annotated[str, Field(max_length=500)] = ""


class AttemptOut(Schema):
    outcome: str
    at: Moment
