"""Early warning: alerts of many ill at once."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import (
    Day,
    Moment,
    Strict,
    Temperature,
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
    """Without an alert nothing is called quiet unless `known`: enough have reported today."""

    known: bool
    completeness: float | None
    watched_units: int
    unknown_units: int = Field(description="Of those, units of which too few have reported.")
    total: int
    alerts: list[AlertRowOut]


class AlertPersonOut(Schema):
    id: int
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


class CircleOut(Schema):
    kind: str
    code: str
    name: str


class CirclesOut(Schema):
    total: int
    circles: list[CircleOut]


class HeardIn(Strict):
    """An event in words, and the circle that it speaks of: one of `/circles`."""

    kind: Annotated[str, Field(min_length=1, max_length=12)]
    code: Annotated[str, Field(min_length=1, max_length=60)]
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class ClinicVisitIn(Strict):
    """Somebody came to the school clinic."""

    person: Annotated[str, Field(min_length=1, max_length=60)] = Field(description="Their number.")
    symptoms: list[Annotated[str, Field(max_length=40)]] = Field(min_length=1, max_length=30)
    temperature: Temperature = None
    onset_on: Day | None = Field(default=None, description="Today if not given.")


class ClinicVisitOut(Schema):
    """`signs`: how many syndromes it was counted for."""

    signs: int


class CountRuleOut(Schema):
    """`n` people within `days` days in one circle of these kinds."""

    code: str
    name_zh: str
    name_en: str
    active: bool
    n: int
    days: int
    kinds: list[str]
    syndromes: list[str]
    source: str
    hours: int = Field(description="To tell somebody outside; 0 is no clock.")
    tells: list[str]


class CountRulesOut(Schema):
    edition: str
    completeness_threshold: float
    rules: list[CountRuleOut]
