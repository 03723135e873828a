"""Care: the course of an incident, key monitoring, exposures, early warning, quarantine.

What a token without `answers:read` may not read is null.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Day, Moment, Strict, Temperature
from lianfang.api.shapes.duty import PersonNameOut

Text = Annotated[str, Field(max_length=2000)]
Words = Annotated[str, Field(min_length=1, max_length=2000)]
Short = Annotated[str, Field(max_length=100)]
Key = Annotated[int, Field(ge=1, le=2**62)]


# ---------------------------------------------------------------- the course of an incident


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


# ---------------------------------------------------------------- key monitoring


class FileRowOut(Schema):
    """`person` is null where only the number of the file may be known."""

    id: int
    number: str
    person: PersonNameOut | None
    unit: str
    state: str
    day_number: int
    eligible_on: date
    opened_at: Moment
    closed_at: Moment | None
    urgency: int | None = Field(description="0 first; null for a closed file.")
    open_slot: str | None
    missed_today: int


class FilesOut(Schema):
    total: int
    files: list[FileRowOut]


class SlotOut(Schema):
    day: date
    code: str
    opens_at: Moment
    due_at: Moment
    state: str
    result: str | None
    temperature: str | None
    method: str
    checked_at: Moment | None


class FileSeenOut(FileRowOut):
    category: str | None
    reason: str | None
    isolation: str
    last_exposure_on: date | None
    carer: PersonNameOut | None
    told_at: Moment | None
    slots: list[SlotOut]
    may: list[str] = Field(description="act, decide")


class FileCheckIn(Strict):
    """One check, by phone or at a visit."""

    unwell: bool
    temperature: Temperature = None
    site: Literal["", "axilla", "forehead", "ear", "oral"] = ""
    symptoms: list[Annotated[str, Field(max_length=40)]] = Field(default=[], max_length=30)
    onset_on: Day | None = None
    place_kept: bool | None = None
    isolation_kept: bool | None = None
    note: Annotated[str, Field(max_length=200)] = ""
    need: Annotated[str, Field(max_length=500)] = ""
    method: Literal["PHONE", "VISIT"]


class FileVerifyIn(Strict):
    told_how: Literal["PHONE", "VIDEO", "VISIT", "WRITTEN"]
    text: Text = ""


class FileNoteIn(Strict):
    text: Words
    called: bool = False


class FileReleaseIn(Strict):
    text: Words
    proof_number: Annotated[str, Field(max_length=60)] = ""


class FileExplainIn(Strict):
    first_on: Day
    last_on: Day
    text: Words


class FileNeedIn(Strict):
    text: Annotated[str, Field(min_length=1, max_length=500)]


class FileContestIn(Strict):
    outcome: Literal["STANDS", "CORRECTED", "CANCELLED"]
    answer: Words
    reason: Text = Field(default="", description="The corrected reason, with CORRECTED.")


# ---------------------------------------------------------------- exposures


class ExposureOut(Schema):
    """Somebody to be rung because a list names where they were."""

    id: int
    person: PersonNameOut | None
    unit: str
    kind: str
    area: str
    last_exposed_on: date
    found_at: Moment
    list_number: int | None
    verdict: str
    verified_at: Moment | None


class ExposuresOut(Schema):
    total: int
    exposures: list[ExposureOut]


class ExposureVerdictIn(Strict):
    verdict: Literal["TRUE", "NOT_TRUE", "BEFORE", "NO_EXPOSURE"]
    reason: Text = ""
    last_exposed_on: Day | None = None


class ExposureDoneOut(Schema):
    exposure: ExposureOut
    file: int | None = Field(description="The file of key monitoring that it opened.")


# ---------------------------------------------------------------- early warning


class AlertRowOut(Schema):
    id: int
    code: str
    unit: str
    stage: str
    outcome: str
    risk: str
    opened_at: Moment
    taken_at: Moment | None
    taken_by: str | None
    clock_due_at: Moment | None
    told_at: Moment | None
    closed_at: Moment | None


class AlertsOut(Schema):
    total: int
    alerts: list[AlertRowOut]


class AlertPersonOut(Schema):
    person: PersonNameOut | None
    unit: str | None
    onset_on: date
    withdrawn: bool


class AlertOut(AlertRowOut):
    """Names of the units that are the caller's to know; the others are one more person."""

    rules: list[str]
    people: list[AlertPersonOut]
    curve: dict[str, Any]
    may_act: bool


class AlertVerifyIn(Strict):
    choice: Annotated[str, Field(min_length=1, max_length=12)]
    urgent: bool = False
    text: Words


class AlertTextIn(Strict):
    text: Words


class AlertRiskIn(Strict):
    risk: Literal["LOW", "MODERATE", "HIGH", "VERY_HIGH"]
    text: Words


class AlertDecideIn(Strict):
    outcome: Literal["DISCARD", "MONITOR", "RESPOND"]
    text: Words


class AlertToldIn(Strict):
    whom: Annotated[str, Field(min_length=1, max_length=20)]
    told_at: Moment
    text: Words


# ---------------------------------------------------------------- quarantine


class OrderOut(Schema):
    id: int
    person: PersonNameOut | None
    unit: str
    kind: str
    authority: str | None
    held_from: date
    held_until: date
    state: str
    served_at: Moment | None
    proposed_at: Moment | None
    carer: PersonNameOut | None


class OrdersOut(Schema):
    total: int
    orders: list[OrderOut]


class NeedOut(Schema):
    id: int
    order: int
    unit: str
    text: str | None
    state: str
    due_at: Moment
    owner: PersonNameOut | None


class NeedsOut(Schema):
    total: int
    needs: list[NeedOut]
