"""Exposures: somebody to be rung because a list names where they were."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import (
    Day,
    Moment,
    Strict,
    Text,
)
from lianfang.api.shapes.duty import PersonNameOut


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


class ExposureSeenOut(ExposureOut):
    """Why one person was found, in words, and what stands behind it."""

    why: str
    listing: str
    evidence: list[str]
    listed: bool = Field(description="False once the area is on no list any more.")
    reason: str = Field(description="Of the verdict.")
    file: int | None = Field(description="The file of key monitoring that it opened.")


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
