"""What is watched over about oneself: the file of key monitoring, the order, the survey."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StrictBool

from lianfang.api.schemas import Day, Moment, Strict, Temperature, Words
from lianfang.api.shapes.monitoring import ContestOut, FileNeedOut, SlotOut
from lianfang.api.shapes.surveys import SaidOut, SurveyAnswersIn


class OwnFileOut(Schema):
    """Why, until when, who cares, and how to object."""

    id: int
    number: str
    state: str
    category: str
    reason: str
    day_number: int
    eligible_on: date
    carer: str | None
    closed_at: Moment | None
    open_slot: SlotOut | None
    slots: list[SlotOut]
    needs: list[FileNeedOut]
    contests: list[ContestOut]


class OwnFilesOut(Schema):
    files: list[OwnFileOut]


class OwnCheckIn(Strict):
    """The check that is open now."""

    unwell: StrictBool
    temperature: Temperature = None
    site: Literal["", "axilla", "forehead", "ear", "oral"] = ""
    symptoms: list[Annotated[str, Field(max_length=40)]] = Field(default=[], max_length=30)
    onset_on: Day | None = None
    place_kept: bool | None = None
    isolation_kept: bool | None = None
    note: Annotated[str, Field(max_length=200)] = ""
    need: Annotated[str, Field(max_length=500)] = ""


class OwnContestIn(Strict):
    text: Words


class OwnOrderCheckIn(Strict):
    """Morning or evening, whichever it is now; noted again it is a correction."""

    temperature: Temperature
    site: Literal["axilla", "forehead", "ear", "oral"]
    unwell: StrictBool
    symptoms: list[Annotated[str, Field(max_length=40)]] = Field(default=[], max_length=20)
    kept: StrictBool = Field(description="Whether one stayed there.")
    note: Annotated[str, Field(max_length=500)] = ""


class OwnSurveyOut(Schema):
    """Every revision of one's own answer, the newest first."""

    asked: bool
    revisions: list[SaidOut]


class OwnSurveyIn(SurveyAnswersIn):
    """Trips and meetings. Empty lists are an answer: nothing to declare."""


class TextsOut(Schema):
    """`changed` is false where text messages were wanted already."""

    changed: bool
