"""Reports: what a person says about one day, and the receipt of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StrictBool

from lianfang.api.schemas import (
    Day,
    Moment,
    Number,
    ProblemOut,
    Strict,
    Temperature,
)


class AnswersIn(Strict):
    """What a person says about one day. The yes/no questions have no default."""

    unwell: StrictBool
    symptoms: list[Annotated[str, Field(max_length=40)]] = Field(
        default=[], max_length=30, description="Codes of the edition in force, such as fever."
    )
    onset_on: Day | None = None
    temperature: Temperature = None
    site: Literal["", "axilla", "forehead", "ear", "oral"] = ""
    not_measured: Literal["", "NO_THERMOMETER", "CANNOT_NOW", "REFUSED"] = ""
    county_code: str = Field(max_length=6, description="GB/T 2260, six digits, such as 511702.")
    presence: Literal[
        "ON_CAMPUS", "AT_HOME", "INTERNSHIP", "VISITING", "TRAVELLING", "STRANDED", "ABROAD",
        "HOSPITAL", "QUARANTINE", "OTHER",
    ]  # fmt: skip
    visited: StrictBool
    visited_area: str = Field(default="", max_length=60)
    left_on: Day | None = None
    met: StrictBool
    met_on: Day | None = None
    met_case: StrictBool = False
    told_close_contact: StrictBool = False
    household_ill: StrictBool = False
    note: str = Field(default="", max_length=200)
    truth: StrictBool


class OwnReportIn(Strict):
    """A report; `person` is needed from an integration, and only one's own from a person."""

    person: Number | None = None
    day: Day | None = Field(default=None, description="Today in Shanghai if not given.")
    answers: AnswersIn
    client_time: str | None = Field(
        default=None,
        max_length=64,
        description="The sender's clock. Kept beside the report, never used for its day.",
    )


class BatchItemIn(Strict):
    """One of many, with a key of its own."""

    key: str = Field(min_length=1, max_length=200, description="As Idempotency-Key.")
    person: Number
    day: Day | None = None
    answers: AnswersIn
    client_time: str | None = Field(default=None, max_length=64)


class ProxyReportIn(Strict):
    """A report on somebody's behalf: who told, and why the person did not write."""

    person: Number
    day: Day | None = None
    answers: AnswersIn
    proxy_reason: Literal["PHONE", "NO_PHONE", "ILL", "PARENT", "PAPER"]
    told_by: str = Field(min_length=1, max_length=60)


class ReceiptOut(Schema):
    """The same submission always gets the same receipt."""

    receipt: str
    person: str
    day: date
    revision: int
    received_at: Moment
    late: bool = Field(description="The first report of the day came after the deadline.")
    follow_up: bool = Field(description="A rule asks for a call back, or reported it at once.")


class ReportOut(ReceiptOut):
    """One of one's own reports."""

    current: bool
    source: str
    answers: dict[str, Any]


class ReportsOut(Schema):
    reports: list[ReportOut]


class ToldOut(Schema):
    name: str
    answered_at: Moment | None


class HospitalOut(Schema):
    name: str
    phone: str = Field(description="Empty where none is known: ask 120.")


class AdviceOut(Schema):
    """What the page of the receipt shows: the next report, and what to do now."""

    report: ReportOut
    next_due_at: Moment
    advice: list[str]
    told: list[ToldOut]
    hospitals: list[HospitalOut]
    hospitals_are: Literal["county", "city", "province", "none"]


class BatchResultOut(Schema):
    """`status` is what the report alone would have been answered with."""

    index: int
    status: int
    report: ReceiptOut | None = None
    problem: ProblemOut | None = None


class BatchOut(Schema):
    stored: int
    refused: int
    results: list[BatchResultOut]
