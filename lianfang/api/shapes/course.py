"""The course of an incident: found, classified, told outside, cared for, ended.

What a token without `answers:read` may not read is null.
"""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import (
    Key,
    Moment,
    Short,
    Strict,
    Text,
    Words,
)


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
    number: int
    kind: str
    title: str
    made_at: Moment


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
