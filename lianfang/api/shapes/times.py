"""How long things took, with the number of cases behind each figure."""

from __future__ import annotations

from datetime import date

from ninja import Schema
from pydantic import Field


class FigureOut(Schema):
    """`cases` is null where there are fewer than five, in a unit that is not one's own."""

    cases: int | None
    median_s: float | None
    p90_s: float | None


class UnitTimesOut(Schema):
    unit: str | None = Field(description="Null: everything together.")
    spans: dict[str, FigureOut]


class TimesOut(Schema):
    since: date
    until: date
    incidents: list[UnitTimesOut]
    directives: list[UnitTimesOut]
