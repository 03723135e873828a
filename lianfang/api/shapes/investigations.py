"""What people do with an investigation, its team, and the chains among the cases."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StrictBool

from lianfang.api.schemas import Day, Key, Short, Strict, Words
from lianfang.api.shapes.duty import PersonNameOut

Paper = Annotated[str, Field(max_length=80)]
Who = Annotated[str, Field(max_length=60)]


class InvestigationIn(Strict):
    """Of an incident, of somebody by number, or (both empty) of a case outside."""

    incident: Key | None = None
    person: Who = ""
    anchor_on: Day | None = Field(default=None, description="Onset; of whoever has none, the test.")
    is_asymptomatic: StrictBool = False
    isolated_on: Day | None = None
    outside_code: Annotated[str, Field(max_length=40)] = ""


class NameIn(Strict):
    """Somebody of the roll by number, or a name with a phone."""

    person: Who = ""
    name: Who = ""
    phone: Annotated[str, Field(max_length=30)] = ""
    last_on: Day
    mode: Literal[
        "SHARED_MEAL", "SHARED_ROOM", "SHARED_DISHES", "CARED", "VISITED", "VEHICLE", "CLASSROOM",
        "LEISURE", "OTHER",
    ]  # fmt: skip
    protection: Literal["NONE", "ONE", "BOTH", "UNKNOWN"] = "UNKNOWN"
    text: Annotated[str, Field(max_length=500)] = ""


class WindowIn(Strict):
    anchor_on: Day
    isolated_on: Day | None = None


class LinkIn(Strict):
    """`source`: the code of the case that infected this one; empty takes the belief back."""

    source: Annotated[str, Field(max_length=24)] = ""
    text: Annotated[str, Field(min_length=1, max_length=500)]


class EndingIn(Strict):
    text: Words


class ObservationEndIn(Strict):
    """A close contact is released with a paper."""

    outcome: Literal["RELEASED", "ILL", "POSITIVE", "LOST"]
    release_paper: Paper = ""
    text: Annotated[str, Field(max_length=500)] = ""


class MemberIn(Strict):
    person: Annotated[str, Field(min_length=1, max_length=60)] = Field(description="Their number.")


class MemberOut(Schema):
    """One of the team, with the calls of today."""

    id: int
    person: PersonNameOut | None
    calls: int
    open: int
    missed: int


class TeamOut(Schema):
    investigation: int
    unshared: int = Field(description="Calls of today that nobody has.")
    members: list[MemberOut]


class CaseOut(Schema):
    """One case in the chains. `maybe`: cases of which it was a contact before."""

    code: str
    anchor_on: date
    source: str
    maybe: list[str]
    generation: int
    infected: int


class SerialOut(Schema):
    """Days from onset to onset; null where too few are known."""

    n: int
    mean: float
    median: float
    low: float | None
    high: float | None


class RateOut(Schema):
    """How many of a group fell ill, with its 95 % interval, against everybody else."""

    kind: str
    name: str
    ill: int
    size: int
    rate: float
    low: float
    high: float
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None


class ChainsOut(Schema):
    """`rates` is null where rooms and floors would tell who is ill."""

    cases: list[CaseOut]
    left_out: int
    serial: SerialOut | None
    rates: list[RateOut] | None


class VisitPhoneOut(Schema):
    phone: Short
