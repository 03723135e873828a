"""Duty: who stands where, what must be manned, swaps, the book, drills, proved contacts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Day, Moment, Number, Strict

PostName = Literal["LEADER", "OFFICER", "UNIT", "DOCTOR", "GATE"]
DaysName = Literal["EVERY", "WORKDAYS", "FREE"]
Code = Annotated[str, Field(min_length=1, max_length=60)]
Reason = Annotated[str, Field(max_length=200)]


class PersonNameOut(Schema):
    """Null everywhere for a token without `people:read`."""

    number: str
    name: str


class ShiftOut(Schema):
    id: int
    unit: str
    post: str
    person: PersonNameOut | None
    deputy: PersonNameOut | None
    starts_at: Moment
    ends_at: Moment
    checked_in_at: Moment | None
    by_hand: bool


class StandingOut(ShiftOut):
    standing: PersonNameOut | None = Field(
        description="Who really stands there: the deputy when the person is away, or nobody."
    )
    nobody: bool


class UnitDutyOut(Schema):
    unit: str
    name: str
    gap: bool = Field(description="Nobody stands on any post of this unit now.")
    now: list[StandingOut]
    next: list[ShiftOut]
    week: list[ShiftOut]


class DutyNowOut(Schema):
    at: Moment
    units: list[UnitDutyOut]


class ShiftsOut(Schema):
    unit: str
    shifts: list[ShiftOut]


class ChangeOut(Schema):
    kind: str
    from_person: PersonNameOut | None
    to_person: PersonNameOut | None
    reason: str
    at: Moment


class ShiftSeenOut(ShiftOut):
    changes: list[ChangeOut]


class ShiftIn(Strict):
    post: PostName
    person: Number
    deputy: Number | None = None
    starts_at: Moment
    ends_at: Moment


class MoveIn(Strict):
    starts_at: Moment
    ends_at: Moment
    reason: Reason = ""


class StandInIn(Strict):
    """Who takes over from when to when; the shift is cut where it has to be."""

    person: Number
    starts_at: Moment
    ends_at: Moment
    reason: Reason = ""


class RemovedOut(Schema):
    id: int


# ---------------------------------------------------------------- covers, rotations, check


class CoverIn(Strict):
    """A post that has to be manned from today on; without `times` around the clock."""

    post: PostName
    times: str = Field(default="", max_length=20, description="Such as 22:00-06:00.")
    days: DaysName = "EVERY"
    keeps_book: bool = False


class CoverOut(Schema):
    id: int
    post: str
    begins: str | None
    ends: str | None
    days: str
    keeps_book: bool
    opened_on: date


class TurnTakerIn(Strict):
    person: Number
    deputy: Number | None = None


class TurnTakerOut(Schema):
    person: PersonNameOut | None
    deputy: PersonNameOut | None


class RotationIn(Strict):
    post: PostName
    people: list[TurnTakerIn] = Field(min_length=1, max_length=100)
    times: str = Field(max_length=200, description="Such as 22:00-06:00, 06:00-14:00.")
    turn: Literal["SHIFT", "DAY", "WEEK"] = "SHIFT"
    days: DaysName = "EVERY"
    held_from: Day
    last_on: Day | None = None


class RotationOut(Schema):
    id: int
    post: str
    times: str
    turn: str
    days: str
    held_from: date
    held_until: date | None
    made_until: date
    people: list[TurnTakerOut]


class DutyPlanOut(Schema):
    unit: str
    covers: list[CoverOut]
    rotations: list[RotationOut]


class EndedOut(Schema):
    id: int
    held_until: date


class FaultOut(Schema):
    unit: str
    kind: str
    post: str
    person: PersonNameOut | None
    starts_at: Moment | None
    ends_at: Moment | None


class DutyCheckOut(Schema):
    """What the next days lack, found at this moment."""

    days: int
    total: int
    faults: list[FaultOut]


# ---------------------------------------------------------------- swaps


class SwapIn(Strict):
    asked_of: Number
    in_return: int | None = Field(default=None, ge=1, le=2**62, description="A shift of theirs.")
    reason: Reason = ""


class SwapOut(Schema):
    id: int
    state: str
    shift: ShiftOut
    in_return: ShiftOut | None
    asked_by: PersonNameOut | None
    asked_of: PersonNameOut | None
    reason: str
    asked_at: Moment


class SwapsOut(Schema):
    mine: list[SwapOut] = Field(description="What waits for my word, and what I asked for.")
    to_approve: list[SwapOut]


class SettleSwapIn(Strict):
    what: Literal["accept", "decline", "approve", "refuse", "withdraw"]


# ---------------------------------------------------------------- the book


class LogIn(Strict):
    at: Moment
    source: Literal["PHONE", "SYSTEM", "VISIT", "OTHER"]
    caller: str = Field(default="", max_length=120)
    content: str = Field(min_length=1, max_length=2000)
    handling: str = Field(default="", max_length=2000)
    incident: int | None = Field(default=None, ge=1, le=2**53)
    settled: bool = False


class LogOut(Schema):
    id: int
    at: Moment
    source: str
    caller: str
    content: str
    handling: str
    incident: int | None
    written_by: str | None
    settled_at: Moment | None


class BookOut(Schema):
    unit: str
    total: int
    open: int
    entries: list[LogOut]


class HandlingIn(Strict):
    handling: str = Field(default="", max_length=2000)


class HandoverOut(Schema):
    """`items` is what was open, by codes and counts; never who is ill."""

    id: int
    unit: str
    post: str
    gives: PersonNameOut | None
    takes: PersonNameOut | None
    items: list[dict[str, Any]]
    remarks: str
    opened_at: Moment
    out_signed_at: Moment | None
    in_signed_at: Moment | None


class HandoversOut(Schema):
    unit: str
    handovers: list[HandoverOut]


class RemarksIn(Strict):
    remarks: str = Field(default="", max_length=2000)
