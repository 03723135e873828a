"""Quarantine: orders as a document says them, checks, needs, rooms and beds."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StrictBool

from lianfang.api.schemas import Day, Moment, Strict, Temperature
from lianfang.api.shapes.duty import PersonNameOut

Key = Annotated[int, Field(ge=1, le=2**62)]
Short = Annotated[str, Field(min_length=1, max_length=60)]
Line = Annotated[str, Field(min_length=1, max_length=120)]
Words = Annotated[str, Field(min_length=1, max_length=500)]


class OrderOut(Schema):
    id: int
    person: PersonNameOut | None
    unit: str
    kind: str
    authority: str | None
    held_from: date
    held_until: date
    state: str
    served_at: Moment | None
    proposed_at: Moment | None
    carer: PersonNameOut | None


class OrdersOut(Schema):
    total: int
    orders: list[OrderOut]


class NeedOut(Schema):
    id: int
    order: int
    unit: str
    text: str | None
    state: str
    due_at: Moment
    owner: PersonNameOut | None


class NeedsOut(Schema):
    total: int
    needs: list[NeedOut]


class ServiceIn(Strict):
    """How the person was told."""

    how: Literal["IN_PERSON", "PHONE", "PAPER", "MESSAGE", "FAMILY"]
    by: Short
    to: Short
    at: Moment


class OrderIn(Strict):
    """Out of the document of whoever ordered it."""

    person: Annotated[str, Field(min_length=1, max_length=60, description="Their number.")]
    kind: Literal["FACILITY", "HOME", "CAMPUS", "HOSPITAL", "SELF"]
    place: Line
    reason: Words
    authority: Literal["CDC", "HEALTH", "COMMUNITY", "HOSPITAL", "SCHOOL"]
    authority_name: Short
    officer: Short
    document_no: Short
    document_on: Day
    held_from: Day
    held_until: Day | None = Field(
        default=None, description="First day without; what the rules in force say if not given."
    )
    last_contact_on: Day | None = None
    county_code: Annotated[str, Field(max_length=6)] = ""
    service: ServiceIn | None = None


class OrderCheckIn(Strict):
    """One look, by phone or at the door; noted again it is a correction."""

    day: Day | None = Field(default=None, description="Today if not given.")
    slot: Literal["", "MORNING", "EVENING"] = Field(
        default="", description="The one of this hour if empty."
    )
    temperature: Temperature
    site: Literal["axilla", "forehead", "ear", "oral"]
    unwell: StrictBool
    symptoms: list[Annotated[str, Field(max_length=40)]] = Field(default=[], max_length=20)
    kept: StrictBool = Field(description="Whether the person stayed there.")
    note: Annotated[str, Field(max_length=500)] = ""


class OrderCheckOut(Schema):
    """`answer`: fever, a symptom, or not kept; carer and duty officer were told."""

    day: date
    slot: str
    revision: int
    answer: bool


class NeedIn(Strict):
    kind: Literal["MEALS", "MEDICINE", "STUDY", "SUPPLIES", "OTHER"]
    text: Words


class NeedStepIn(Strict):
    step: Literal["take", "done", "drop"]
    answer: Annotated[str, Field(max_length=500)] = ""


class BedIn(Strict):
    bed: Key | None = Field(description="Null: leave the bed; it waits for cleaning.")


class PaperIn(Strict):
    paper: Line


class WordsIn(Strict):
    words: Words


class ItemOut(Schema):
    code: str
    question: str
    is_met: bool
    todo: str


class ChecklistOut(Schema):
    """What has to be so before a release; `may_decide`: whether the caller decides it."""

    order: OrderOut
    day_number: int
    is_ready: bool
    may_decide: bool
    items: list[ItemOut]


class BedOut(Schema):
    """`person` is null where the bed is free, or the name not the caller's to know."""

    id: int
    name: str
    state: str
    person: PersonNameOut | None


class RoomOut(Schema):
    name: str
    beds: list[BedOut]


class HouseOut(Schema):
    id: int
    name: str
    free: int
    occupied: int
    to_clean: int
    next_free_on: date | None
    rooms: list[RoomOut]


class HousesOut(Schema):
    total: int
    houses: list[HouseOut]


class BedStepIn(Strict):
    step: Literal["cleaned", "close", "open"]


# ---------------------------------------------------------------- an order, later


class EndDayIn(Strict):
    """Whoever ordered it also extends it: the number of the document, for an authority."""

    until: Day = Field(description="First day without.")
    why: Words
    document_no: Annotated[str, Field(max_length=80)] = ""


class ExplainDaysIn(Strict):
    """Why days have no check; `last` is `first` if not given."""

    first: Day
    last: Day | None = None
    text: Words


class OrderEndIn(Strict):
    """Handed over to hospital or authority, or recorded by mistake: no release."""

    state: Literal["MOVED_ON", "MISTAKE"]
    words: Words


class AskReleaseIn(Strict):
    paper: Annotated[str, Field(max_length=120)] = Field(
        default="", description="The document that lifts the order, by its number."
    )


# ---------------------------------------------------------------- houses


class HouseIn(Strict):
    """`rooms` as people write them: 101-112, 201."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    address: Annotated[str, Field(max_length=200)] = ""
    rooms: Annotated[str, Field(min_length=1, max_length=5000)]
    beds: Annotated[int, Field(ge=1, le=12)] = 1


class KeeperIn(Strict):
    person: Annotated[str, Field(min_length=1, max_length=60)] = Field(description="Their number.")


class KeeperOut(Schema):
    """Sees names, rooms and needs of the house, never the reason."""

    id: int
    house: int
    person: PersonNameOut | None
    held_from: date


class KeepersOut(Schema):
    total: int
    keepers: list[KeeperOut]


# ---------------------------------------------------------------- one's own


class OwnOrderOut(Schema):
    """The order as its person sees it, with why, and what a release still asks for."""

    id: int
    kind: str
    place: str
    reason: str
    authority_name: str
    document_no: str
    held_from: date
    held_until: date
    day_number: int
    is_ready: bool
    proposed_at: Moment | None
    items: list[ItemOut]
    checks: list[OrderCheckOut]
    needs: list[NeedOut]
