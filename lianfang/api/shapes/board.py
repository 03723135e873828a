"""The college at a glance, and where people are."""

from __future__ import annotations

from datetime import date

from ninja import Schema
from pydantic import Field

from lianfang.api.shapes.units import LedgersOut


class CurveDayOut(Schema):
    """Shares between 0 and 1. Nothing is known of a day that nobody counted."""

    day: date
    known: bool
    completeness: float | None
    timeliness: float | None
    with_events: int | None


class CurveOut(Schema):
    unit: str
    days: list[CurveDayOut]


class BoardOut(Schema):
    ledger: LedgersOut
    curve: list[CurveDayOut]
    incidents_open: int
    incidents_waiting: int = Field(description="Nobody has taken them over yet.")
    without_head: int
    without_deputy: int
    without_verified_phone: int
    workers_silent: bool = Field(description="Nobody is being told anything.")


class SpotOut(Schema):
    """`people` is null where there are only a few: small numbers stay in the house."""

    code: str
    name: str
    people: int | None


class WhereOut(Schema):
    province: str
    day: date
    known: bool
    people: int
    fewer_than: int = Field(description="A null below means fewer than this.")
    spots: list[SpotOut]
