"""The course of an incident: found, classified, told outside, cared for, ended.

What a token without `answers:read` may not read is null.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import (
    Day,
    Key,
    Moment,
    Short,
    Strict,
    Text,
    Words,
)
from lianfang.api.shapes.duty import PersonNameOut


class VerificationOut(Schema):
    verdict: str
    method: str
    at: Moment
    by: str | None


class ClassificationOut(Schema):
    id: int
    kind: str
    source: str
    definition: str
    at: Moment
    by: str | None


class ClockOut(Schema):
    """A duty to tell somebody outside by a moment."""

    id: int
    rule: str
    tells: list[str]
    name_zh: str
    name_en: str
    started_at: Moment
    due_at: Moment
    met_at: Moment | None
    missed_at: Moment | None
    ended_at: Moment | None


class NoticeOut(Schema):
    id: int
    organisation: str
    method: str
    at: Moment
    by: str | None


class WayOut(Schema):
    """The way to a hospital and back."""

    id: int
    hospital: str
    transport: str
    advised_at: Moment
    went_at: Moment | None
    seen_at: Moment | None
    result_at: Moment | None
    back_at: Moment | None


class CaseReportOut(Schema):
    """A report as it was frozen; `number` counts the interim ones."""

    id: int
    number: int
    kind: str
    title: str
    made_at: Moment


class CheckOut(Schema):
    """When the person is looked at next; `found` once somebody did."""

    id: int
    what: str
    due_at: Moment
    owner: str | None
    done_at: Moment | None
    found: str


class AskedOut(Schema):
    """One step of the path to somebody who cannot be reached."""

    ring: str
    answer: str
    at: Moment
    by: str | None
    text: str


class WaitingRoomOut(Schema):
    """Where the person waits on campus."""

    room: str
    began_at: Moment
    ended_at: Moment | None


class CompanionOut(Schema):
    """Who was with the person: somebody of the roll, or a name alone."""

    person: PersonNameOut | None
    name: str | None
    note: str
    added_at: Moment


class DisinfectionOut(Schema):
    id: int
    place: str
    asked_at: Moment
    done_at: Moment | None
    done_by: str


class ClearanceOut(Schema):
    """The paper with which a person comes back."""

    paper: str
    document: str
    issued_by: str
    checked_by: str | None
    at: Moment
    returns_on: date | None


class CourseOut(Schema):
    incident: int
    state: str
    verdict: str
    illness: str
    outcome: str
    verifications: list[VerificationOut]
    classifications: list[ClassificationOut] = Field(description="Without what was replaced.")
    clocks: list[ClockOut]
    told: list[NoticeOut]
    ways: list[WayOut]
    checks: list[CheckOut]
    reached: list[AskedOut]
    rooms: list[WaitingRoomOut]
    companions: list[CompanionOut]
    disinfections: list[DisinfectionOut]
    clearances: list[ClearanceOut]
    reports: list[CaseReportOut]


class VerifyIn(Strict):
    verdict: Literal[
        "TRUE", "OTHER_CAUSE", "TYPED_WRONG", "MEASURED_WRONG", "WRONG_PERSON", "KNOWN_ALREADY",
        "UNREACHABLE",
    ]  # fmt: skip
    method: Literal["PHONE", "VIDEO", "IN_PERSON", "DOCTOR"]
    text: Text = ""
    has_history: bool | None = Field(
        default=None, description="Told of an epidemiological history: classifies it as well."
    )
    at: Moment | None = None


class ClassifyIn(Strict):
    kind: Literal[
        "GENERAL_SYMPTOM", "KEY_SYMPTOM", "FEVER_EXAMINED", "CLOSE_CONTACT", "SUSPECTED",
        "CLINICAL", "CONFIRMED", "ASYMPTOMATIC", "RULED_OUT", "RECOVERED", "DIED",
    ]  # fmt: skip
    source: Literal["SELF", "DOCTOR", "HOSPITAL", "CDC", "COMMUNITY"]
    said_by: Short = ""
    document: Short = ""
    document_follows: bool = False
    text: Text = ""
    at: Moment | None = None
    replaces: Key | None = None


class TellIn(Strict):
    organisation: Literal["CDC", "EDUCATION", "HEALTH", "COMMUNITY", "HOSPITAL", "PARENTS"]
    method: Literal["PHONE", "IN_PERSON", "IN_WRITING", "ONLINE"]
    spoke_with: Short
    given: Text
    organisation_name: Short = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    at: Moment | None = None
    replaces: Key | None = None
    reason: Annotated[str, Field(max_length=500)] = ""


class OutcomeSetIn(Strict):
    outcome: Literal["RECOVERED", "RULED_OUT", "OTHER_DIAGNOSIS", "HANDED_OVER", "DIED", "LOST"]
    text: Words


class ReferIn(Strict):
    hospital: Annotated[str, Field(min_length=1, max_length=100)]
    transport: Literal["", "AMBULANCE", "COLLEGE_CAR", "OWN_CAR", "ON_FOOT", "PUBLIC"] = ""
    companion: Short = ""


class WayStepIn(Strict):
    step: Literal["went", "seen", "result", "back"]
    result: Text = ""


class ReachIn(Strict):
    """Community and police are asked by whoever stands for the college."""

    ring: Literal["PERSON", "ROOMMATE", "FAMILY", "COMMUNITY", "POLICE"]
    answer: Literal["REACHED", "KNOWS", "NOBODY", "LOOKING"]
    text: Annotated[str, Field(max_length=1000)] = ""
    at: Moment | None = None


class CheckIn(Strict):
    """With an open check: what it found, and when the next one is. Without: a check to come."""

    what: Annotated[str, Field(max_length=200)] = ""
    due_at: Moment | None = None
    found: Annotated[str, Field(max_length=1000)] = ""


class WaitingRoomIn(Strict):
    room: Annotated[str, Field(min_length=1, max_length=60)] | None = Field(
        description="Null: the person waits there no longer."
    )


class CompanionsIn(Strict):
    names: list[Annotated[str, Field(min_length=1, max_length=60)]] = Field(
        min_length=1, max_length=50, description="A number of the roll, or a name."
    )
    note: Annotated[str, Field(max_length=500)] = ""


class PlaceIn(Strict):
    place: Annotated[str, Field(min_length=1, max_length=200)]


class DisinfectedIn(Strict):
    done_by: Annotated[str, Field(min_length=1, max_length=100)]


class ClearIn(Strict):
    """`checked_by` is the number of the school doctor who has looked at the paper."""

    paper: Literal["DIAGNOSIS", "FIT_FOR_CLASS", "RELEASE", "TEST", "EXAMINED"]
    document: Short = ""
    issued_by: Annotated[str, Field(max_length=200)] = ""
    checked_by: Annotated[str, Field(min_length=1, max_length=60)]
    returns_on: Day | None = None


class EndClockIn(Strict):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class MakeReportIn(Strict):
    """`words`: what is new; of a final report the cause and what was learned."""

    kind: Literal["FIRST", "INTERIM", "FINAL"]
    words: Text = ""


class CaseRowOut(Schema):
    item: str
    text: str


class CaseReportTextOut(CaseReportOut):
    """`named` is false for the copy that the leading group gets: a code, no health."""

    named: bool
    digest: str
    rows: list[CaseRowOut]


class CasesOut(Schema):
    """Format D: names masked, or the code alone, and then without health."""

    day: date
    columns: list[str]
    rows: list[list[str]]
