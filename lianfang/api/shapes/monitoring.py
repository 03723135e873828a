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
    Moment,
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
