"""Calls of a campaign that somebody makes, and numbers that turned out wrong."""

from __future__ import annotations

from typing import Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Moment, PersonOut, Strict


class CallTaskOut(Schema):
    id: int
    person: PersonOut | None
    unit: str
    campaign: int
    subject: str
    assigned_to: str | None
    tries: int
    last_outcome: str
    next_try_at: Moment | None
    closed_at: Moment | None
    closing: str


class CallListOut(Schema):
    total: int
    due: int
    calls: list[CallTaskOut]


class NextCallOut(Schema):
    """Null when nobody has to be rung now; `later` is when the next one is due."""

    call: CallTaskOut | None
    text: str
    later: Moment | None


class OutcomeIn(Strict):
    outcome: Literal["CONFIRMED", "TOLD", "FAMILY", "NO_ANSWER", "WRONG_NUMBER", "REFUSED", "LOST"]
    note: str = Field(default="", max_length=500)


class CorrectionOut(Schema):
    """A number that does not lead to its person, until the roster has another one."""

    id: int
    person: PersonOut | None
    unit: str
    found: str
    noted_at: Moment


class CorrectionsOut(Schema):
    total: int
    corrections: list[CorrectionOut]
