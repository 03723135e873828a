"""Early warning: alerts of many ill at once."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import (
    Moment,
    Strict,
    Words,
)
from lianfang.api.shapes.duty import PersonNameOut


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
