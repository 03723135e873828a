"""What goes in and out. Nothing is guessed: a field that is not here is refused.

Days are ISO dates, moments ISO 8601 in UTC, shares between 0 and 1. A number that is not
known is null; it is never a zero.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StrictBool, WithJsonSchema
from pydantic_core import PydanticCustomError

from lianfang.kernel.texts import gettext_noop as _
from lianfang.reporting import typed

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def asked_back(sentence: str, **given: str) -> PydanticCustomError:
    """A value that only its writer can set right, with our own sentence (a msgid)."""
    return PydanticCustomError("asked_back", "asked back", {"sentence": sentence, "given": given})


def _day(value: Any) -> Any:
    if isinstance(value, str) and _ISO_DAY.fullmatch(value) and value.isascii():
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    elif value is None or type(value) is date:
        return value
    raise asked_back(_("A day is written like this: 2020-02-01."))


def _temperature(value: Any) -> Any:
    """36.5 as a number or a text; what people write for it is read as on the form."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise asked_back(_("Please write the temperature in figures, such as 36.5."))
    try:
        return typed.temperature(value if isinstance(value, str) else f"{value}")
    except typed.AskBack as error:
        raise asked_back(error.message, **error.context) from error


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Temperature = Annotated[
    Decimal | None,
    BeforeValidator(_temperature),
    WithJsonSchema(
        {
            "anyOf": [{"type": "number"}, {"type": "string", "maxLength": 40}, {"type": "null"}],
            "description": "Degrees Celsius, 34.0 to 42.9, one decimal.",
        }
    ),
]
Moment = Annotated[datetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
Number = Annotated[str, Field(min_length=1, max_length=32, description="Student or staff number.")]


class Strict(Schema):
    """Input: a field that is not described is refused."""

    model_config = ConfigDict(extra="forbid")


# ---------------------------------------------------------------- reports


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


class ProblemOut(Schema):
    code: str
    message: str
    fields: dict[str, str]


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


# ---------------------------------------------------------------- units


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


# ---------------------------------------------------------------- calls and incidents


class CallIn(Strict):
    person: Number
    day: Day | None = None
    outcome: Literal["CONFIRMED", "TOLD", "FAMILY", "NO_ANSWER", "WRONG_NUMBER", "REFUSED", "LOST"]
    note: str = Field(default="", max_length=500)


class CallOut(Schema):
    person: str
    day: date
    outcome: str
    called_at: Moment


class PersonOut(Schema):
    number: str
    name: str


class IncidentOut(Schema):
    """Never a health answer. `person` is null where the name is not the caller's to see."""

    id: int
    code: str
    state: str
    unit: str
    person: PersonOut | None
    opened_at: Moment
    acknowledged_at: Moment | None
    acknowledged_by: str | None
    unanswered_at: Moment | None
    closed_at: Moment | None
    closing: str


class IncidentsOut(Schema):
    total: int
    incidents: list[IncidentOut]


class AcknowledgeIn(Strict):
    """From an integration: the number of the person who takes it over."""

    by: Number | None = None


class FactIn(Strict):
    kind: Literal["CALLED", "HOSPITAL", "OUTSIDE", "NOTE"]
    text: str = Field(min_length=1, max_length=2000)


class CloseIn(Strict):
    closing: Literal[
        "", "RECOVERED", "RULED_OUT", "OTHER_DIAGNOSIS", "HANDED_OVER", "DIED", "LOST", "MISTAKE"
    ] = Field(default="", description="Empty: the outcome that stands.")
    text: str = Field(min_length=1, max_length=2000)


# ---------------------------------------------------------------- roster, areas, oneself


class FileProblemOut(Schema):
    sheet: str
    row: int
    column: str
    value: str
    problem: str
    cure: str
    severity: str


class ImportOut(Schema):
    """`digest` names this plan: sent along with `dry_run=false`, another plan is refused."""

    applied: bool
    as_of: date
    digest: str
    counts: dict[str, dict[str, int]]
    problems: list[FileProblemOut]


class AreaOut(Schema):
    code: str
    name: str


class AreasOut(Schema):
    """`known` is false where no list reaches that day: then `areas` is null, not empty."""

    day: date
    known: bool
    listed_until: date | None
    areas: list[AreaOut] | None


class MeOut(Schema):
    kind: Literal["integration", "person"]
    name: str
    scopes: list[str]
    unit: str | None
    now: Moment
    today: date
    csrf_token: str | None = Field(description="For X-CSRFToken; null for an integration.")
