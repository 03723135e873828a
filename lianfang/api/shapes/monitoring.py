"""Key monitoring: files, their checks, what people do with them.

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
    Temperature,
    Text,
    Words,
)
from lianfang.api.shapes.duty import PersonNameOut


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


class FileNeedOut(Schema):
    """`text` and `answer` are null for a token without `answers:read`."""

    id: int
    text: str | None
    asked_at: Moment
    due_at: Moment
    owner: PersonNameOut | None
    done_at: Moment | None
    answer: str | None


class ContestOut(Schema):
    """The person said that it is wrong, and what was answered."""

    id: int
    text: str | None
    filed_at: Moment
    due_at: Moment
    done_at: Moment | None
    outcome: str
    answer: str | None


class FileSeenOut(FileRowOut):
    category: str | None
    reason: str | None
    isolation: str
    isolation_place: str | None
    isolation_from: date | None
    is_ordered: bool
    last_exposure_on: date | None
    carer: PersonNameOut | None
    deputy: PersonNameOut | None
    told_at: Moment | None
    slots: list[SlotOut]
    needs: list[FileNeedOut]
    contests: list[ContestOut]
    lacking: list[str] = Field(
        description="What a release still asks for: days, no_symptom, no_gap, proof."
    )
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


Category = Literal[
    "LIVED_WUHAN", "LIVED_HUBEI", "LIVED_AREA", "PASSED", "MET_FROM_AREA", "MET_CASE",
    "SHARED_HOME", "FEVER", "NAMED",
]  # fmt: skip


class FileIn(Strict):
    """A notice from outside, or a decision of the leading group."""

    person: Annotated[str, Field(min_length=1, max_length=60)] = Field(description="Their number.")
    category: Category
    reason: Words
    evidence: Text = ""
    last_exposure_on: Day


class FileAgainIn(Strict):
    reason: Words
    last_exposure_on: Day


class FileReasonIn(Strict):
    reason: Words


class FileLostIn(Strict):
    text: Words = Field(description="What was tried to find the person.")


class FilePlaceIn(Strict):
    """Where the person keeps to themself; an order of an authority asks for proof at the end."""

    isolation: Literal["NONE", "SELF", "AT_HOME", "ON_CAMPUS", "FACILITY", "HOSPITAL"]
    isolation_place: Annotated[str, Field(max_length=200)] = ""
    isolation_from: Day | None = None
    is_ordered: bool = False
    supervisor: Short = ""
    supervisor_phone: Annotated[str, Field(max_length=40)] = ""


class FileStateIn(Strict):
    to: Literal["WATCHED", "AS_CONTACT", "IN_HOSPITAL"]
    text: Words


class FileCarerIn(Strict):
    """Numbers of people whose posts care for the unit."""

    carer: Annotated[str, Field(min_length=1, max_length=60)]
    deputy: Annotated[str, Field(max_length=60)] = ""


class FileExtendIn(Strict):
    days: Annotated[int, Field(ge=1, le=60)]
    reason: Words


class FileCorrectIn(Strict):
    category: Category
    reason: Words


class FileAdoptIn(Strict):
    """The edition of the rules by which its end is counted from now on."""

    edition: Key
    reason: Words


class FileSettleIn(Strict):
    answer: Words


class EditionOut(Schema):
    id: int
    number: str
    in_force_from: Moment


class ChangedEndOut(Schema):
    """A file whose end another edition would change."""

    file: int
    number: str
    unit: str
    person: PersonNameOut | None
    eligible_on: date
    would_be_on: date


class PoliciesOut(Schema):
    edition: int | None
    days: int | None = Field(description="How long that edition watches over somebody.")
    editions: list[EditionOut]
    changes: list[ChangedEndOut]
