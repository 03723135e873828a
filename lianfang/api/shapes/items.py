"""Matters to settle: who owes what by when, and how it was checked."""

from __future__ import annotations

from typing import Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Moment, Number, Strict
from lianfang.api.shapes.directives import Due, FileIn, FileOut, Key


class ItemRowOut(Schema):
    id: int
    number: str
    source: str
    title: str
    unit: str
    owner: str | None
    assigned_by: str
    assigned_at: Moment
    due_at: Moment
    state: str
    late: bool
    closed_at: Moment | None


class ItemsOut(Schema):
    total: int
    items: list[ItemRowOut]


class EntryOut(Schema):
    kind: str
    text: str
    by: str | None
    at: Moment
    files: list[FileOut]


class ItemOut(ItemRowOut):
    text: str
    entries: list[EntryOut]
    may: list[str] = Field(description="What the caller may do: report, check, extend, reopen.")


class ItemIn(Strict):
    """A matter by hand; or from what is overdue: a receipt, or a unit's report of a day."""

    title: str = Field(max_length=100)
    text: str = Field(default="", max_length=4000)
    due_at: Due
    unit: Key | None = None
    owner: Number | None = Field(default=None, description="Else whoever answers for the unit.")
    source: Literal["INSPECTION", "COMPLAINT", "TASK"] | None = None
    receipt: int | None = Field(default=None, ge=1, le=2**62)
    report_of: Key | None = None
    report_on: str | None = Field(default=None, max_length=10)
    files: list[FileIn] = Field(default=[], max_length=10)


class ItemReportIn(Strict):
    text: str = Field(max_length=4000)
    done: bool
    files: list[FileIn] = Field(default=[], max_length=10)


class ItemCheckIn(Strict):
    accept: bool
    text: str = Field(default="", max_length=4000)


class ItemDueIn(Strict):
    text: str = Field(max_length=4000)
    due_at: Due
