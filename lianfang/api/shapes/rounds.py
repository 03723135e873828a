"""Rounds of the classes in the morning and at noon: who was there, and who was hot."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from ninja import Schema
from pydantic import Field, StrictBool

from lianfang.api.schemas import Moment, Number, Strict, Temperature
from lianfang.api.shapes.duty import PersonNameOut


class RoundSumOut(Schema):
    """Figures of one round of a day; format F of the forms of 2020."""

    code: str
    name_zh: str
    name_en: str
    opens_at: Moment
    due_at: Moment
    people: int
    looked_at: int
    present: int
    with_symptoms: int


class ClassRoundsOut(Schema):
    """Empty `rounds`: the class takes none."""

    unit: str
    rounds: list[RoundSumOut]


class RoundsTodayOut(Schema):
    day: date
    total: int
    classes: list[ClassRoundsOut]


class RoundRowOut(Schema):
    """Nulls: not looked at yet. What was found is null for a token without `answers:read`."""

    person: PersonNameOut | None
    present: bool | None
    temperature: str | None
    symptoms: list[str] | None
    absent_ill: bool | None


class RoundSeenOut(ClassRoundsOut):
    """`code` is the round whose rows are shown; null while none has begun."""

    day: date
    code: str | None
    every: list[str] = Field(description="Rounds that the rules in force know.")
    rows: list[RoundRowOut]


class RoundRowIn(Strict):
    """Whoever is not named was not looked at."""

    person: Number
    present: StrictBool = True
    temperature: Temperature = None
    symptoms: list[Annotated[str, Field(max_length=40)]] = Field(default=[], max_length=10)
    absent_ill: StrictBool = Field(default=False, description="Not there, because ill.")


class RoundTakenIn(Strict):
    code: Annotated[str, Field(min_length=1, max_length=12)]
    people: list[RoundRowIn] = Field(min_length=1, max_length=200)


class RoundsSetIn(Strict):
    """Empty: this class takes no rounds from today on."""

    codes: list[Annotated[str, Field(max_length=12)]] = Field(max_length=10)
