"""Reachability: drills, proved contacts, facts with the unit's own words, calendar addresses."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Moment, Strict
from lianfang.api.shapes.duty import Code, PersonNameOut


class DrillIn(Strict):
    unit: Code
    channel: Literal["SMS", "VOICE", "ROBOT", "CALLS"]
    who: list[Literal["HEADS", "DEPUTIES", "DUTY"]] = Field(min_length=1, max_length=3)
    minutes: Annotated[int, Field(ge=1, le=240)]
    count: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        default=None, description="So many at random; else all of them."
    )
    at_night: bool = False


class DrillCallOut(Schema):
    id: int
    person: PersonNameOut | None
    unit: str
    role: str
    deputy: bool
    state: str
    answered_at: Moment | None
    seconds: int | None
    how: str


class DrillRowOut(Schema):
    id: int
    unit: str
    channel: str
    minutes: int
    started_at: Moment
    ends_at: Moment
    closed_at: Moment | None
    states: dict[str, int]


class DrillOut(DrillRowOut):
    calls: list[DrillCallOut]


class DrillsOut(Schema):
    total: int
    drills: list[DrillRowOut]


class RangIn(Strict):
    reached: bool


class ReachRowOut(Schema):
    person: PersonNameOut | None
    unit: str
    role: str
    deputy: bool
    proved_at: Moment | None
    how: str | None = Field(description="drill, activation, call or alert.")


class ReachOut(Schema):
    """Whoever was never reached for certain comes first."""

    unit: str
    total: int
    never: int
    rows: list[ReachRowOut]


class FactOut(Schema):
    id: int
    unit: str
    kind: str
    person: PersonNameOut | None
    at: Moment
    minutes: int | None
    reply: str
    replied_by: PersonNameOut | None
    replied_at: Moment | None


class FactsOut(Schema):
    total: int
    facts: list[FactOut]


class ReplyIn(Strict):
    text: str = Field(min_length=1, max_length=2000)


class FeedIn(Strict):
    """Of one's own shifts, or of the roster of a unit."""

    unit: Code | None = None


class FeedOut(Schema):
    id: int
    of: str = Field(description="`me`, or the code of a unit.")
    address: str = Field(description="Whoever has it reads the calendar, without a log-in.")
    created_at: Moment
    last_read_at: Moment | None


class FeedsOut(Schema):
    feeds: list[FeedOut]
