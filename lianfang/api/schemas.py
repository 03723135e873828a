"""What goes in and out. Nothing is guessed: a field that is not here is refused.

Days are ISO dates, moments ISO 8601 in UTC, shares between 0 and 1. A number that is not
known is null; it is never a zero.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema
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


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # at either end of time another zone has no such moment
        raise asked_back(_("This moment lies too far away.")) from error


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
Moment = Annotated[datetime, AfterValidator(_in_utc)]
Text = Annotated[str, Field(max_length=2000)]
Words = Annotated[str, Field(min_length=1, max_length=2000)]
Short = Annotated[str, Field(max_length=100)]
Key = Annotated[int, Field(ge=1, le=2**62)]
Number = Annotated[str, Field(min_length=1, max_length=32, description="Student or staff number.")]


class Strict(Schema):
    """Input: a field that is not described is refused."""

    model_config = ConfigDict(extra="forbid")


class ProblemOut(Schema):
    code: str
    message: str
    fields: dict[str, str]


class PersonOut(Schema):
    number: str
    name: str


class FileProblemOut(Schema):
    sheet: str
    row: int
    column: str
    value: str
    problem: str
    cure: str
    severity: str
