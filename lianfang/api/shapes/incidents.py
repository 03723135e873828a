"""Incidents: never a health answer."""

from __future__ import annotations

from typing import Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import (
    Moment,
    Number,
    PersonOut,
    Strict,
)


class IncidentOut(Schema):
    """Never a health answer. `person` is null where the name is not the caller's to see."""

    id: int
    code: str
    state: str
    unit: str
    person: PersonOut | None
    opened_at: Moment
    acknowledged_at: Moment | None
    acknowledged_by: str | None
    unanswered_at: Moment | None
    closed_at: Moment | None
    closing: str


class IncidentsOut(Schema):
    total: int
    incidents: list[IncidentOut]


class AcknowledgeIn(Strict):
    """From an integration: the number of the person who takes it over."""

    by: Number | None = None


class FactIn(Strict):
    kind: Literal["CALLED", "HOSPITAL", "OUTSIDE", "NOTE"]
    text: str = Field(min_length=1, max_length=2000)


class CloseIn(Strict):
    closing: Literal[
        "", "RECOVERED", "RULED_OUT", "OTHER_DIAGNOSIS", "HANDED_OVER", "DIED", "LOST", "MISTAKE"
    ] = Field(default="", description="Empty: the outcome that stands.")
    text: str = Field(min_length=1, max_length=2000)
