"""The work plan and its response levels."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Day, Moment, Strict

LevelName = Literal["I", "II", "III", "IV", "NORMAL"]


class TaskOut(Schema):
    level: str
    title: str
    unit: str
    hours: int


class TaskIn(Strict):
    level: LevelName
    title: str = Field(min_length=1, max_length=100)
    unit: str = Field(min_length=1, max_length=60)
    hours: Annotated[int, Field(ge=1, le=24 * 90)]


class PlanVersionOut(Schema):
    title: str
    number: int
    body: str
    drafted_by: str
    drafted_at: Moment
    adopted_by: str | None
    adopted_at: Moment | None
    tasks: list[TaskOut]


class ActivationOut(Schema):
    level: str
    intensity: str = Field(
        description="How much reporting is asked for: DAILY, ON_CHANGE, STOPPED."
    )
    day_from: date
    reason: str
    activated_by: str
    activated_at: Moment


class PlanOut(Schema):
    """`level` is what holds today. The draft is for those who work on the plan."""

    level: ActivationOut | None
    coming: list[ActivationOut]
    intensities: dict[str, str] = Field(description="What each level asks of reporting.")
    in_force: PlanVersionOut | None
    draft: PlanVersionOut | None
    versions: list[int]


class PlanDraftIn(Strict):
    title: str = Field(default="", max_length=100)
    body: str = Field(min_length=1, max_length=50_000)
    tasks: list[TaskIn] = Field(default=[], max_length=300)


class AdoptIn(Strict):
    """`drafted_at` of the draft that was read."""

    drafted_at: Moment


class ActivateIn(Strict):
    level: LevelName
    day_from: Day | None = None
    reason: str = Field(min_length=1, max_length=200)


class GroupsOut(Schema):
    opened: int
