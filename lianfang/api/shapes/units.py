"""Units: their ledgers, who is missing, what was signed."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import (
    Day,
    Moment,
    Strict,
)


class UnitOut(Schema):
    code: str
    name: str
    tree: str
    kind: str
    parent: str | None
    signs: bool = Field(description="Whether it signs a report of its own.")


class UnitsOut(Schema):
    total: int
    units: list[UnitOut]


class LedgerOut(Schema):
    """The day of a unit with those below it.

    `known` is false while too few have reported; then everything that would read as a zero
    is null. Silence is never exported as zero.
    """

    unit: str
    name: str
    day: date
    known: bool
    threshold: float
    expected: int
    received: int
    zero: int | None
    with_events: int | None
    missing: int
    exempt: int
    late: int | None
    unreachable: int
    proxy: int | None
    completeness: float | None
    timeliness: float | None


class LedgersOut(LedgerOut):
    below: list[LedgerOut] = Field(description="The units directly below, where asked for.")


class MissingOut(Schema):
    number: str
    name: str
    unit: str
    unreachable: bool = Field(description="The last call of the day reached nobody.")


class MissingListOut(Schema):
    unit: str
    day: date
    total: int
    people: list[MissingOut]


class SignIn(Strict):
    """The numbers are computed; the signer declares, and answers for it."""

    day: Day | None = None
    declaration: Literal["ZERO_FULL", "ZERO_PARTIAL", "WITH_EVENTS"]
    narrative: str = Field(default="", max_length=2000)
    correction_reason: str = Field(default="", max_length=200)


class SignedOut(Schema):
    """A frozen version; `figures` as they were signed."""

    unit: str
    day: date
    version: int
    declaration: str
    signed_by: str
    signed_at: Moment
    due_at: Moment
    late: bool
    correction_reason: str
    digest: str
    known: bool
    figures: dict[str, Any] = Field(
        description="As signed; what would read as a zero is null where too few had reported."
    )


class BelowOut(Schema):
    unit: str
    name: str
    state: Literal["SIGNED", "SIGNED_LATE", "NOT_SIGNED", "OVERDUE"]
    due_at: Moment
    signed_at: Moment | None


class UnitReportsOut(Schema):
    unit: str
    day: date
    signed: list[SignedOut] = Field(description="Every version, the one in force last.")
    below: list[BelowOut] = Field(description="The nearest units below that have to sign.")
