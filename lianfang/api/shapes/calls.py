"""Calls, and reports that ask for one."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Day, Moment, Number, PersonOut, Strict


class CallIn(Strict):
    person: Number
    day: Day | None = None
    outcome: Literal["CONFIRMED", "TOLD", "FAMILY", "NO_ANSWER", "WRONG_NUMBER", "REFUSED", "LOST"]
    note: str = Field(default="", max_length=500)


class CallOut(Schema):
    person: str
    day: date
    outcome: str
    called_at: Moment


class FindingOut(Schema):
    rule: str = Field(description="The code of the rule that held.")
    words: str = Field(description="The rule in words.")
    urgent: bool
    verdict: str
    verified_at: Moment | None
    verified_by: str | None


class CallBackOut(Schema):
    """A report that asks for a call. Why, and what was answered, stand one address deeper."""

    receipt: str
    person: PersonOut | None
    unit: str
    day: date
    received_at: Moment
    urgent: bool
    rules: int


class CallBacksOut(Schema):
    total: int
    call_backs: list[CallBackOut]


class CallBackSeenOut(CallBackOut):
    answers: dict[str, Any]
    findings: list[FindingOut]
    calls: list[CallOut]
    settled: bool


class SettleIn(Strict):
    verdict: Literal["TRUE", "MISTAKE", "NOT_RELEVANT"]
    note: str = Field(default="", max_length=500)
