"""Lists from outside: areas of high incidence, designated hospitals."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Moment, Strict


class RowProblemOut(Schema):
    row: int
    column: str
    value: str
    problem: str
    cure: str


class AreaImportForm(Strict):
    """Beside the file."""

    dry_run: bool = True
    rule: str = Field(default="", max_length=40, description="The column that decides, as R1.")
    source: str = Field(default="", max_length=200, description="The paper that it comes from.")
    skip_unknown: bool = Field(default=False, description="Leave out codes that nobody knows.")


class UnitEffectOut(Schema):
    unit: str
    people: int


class AreaEffectOut(Schema):
    """Whom a list that was tried would bring up, in figures; nobody was told."""

    people: int = Field(description="To be rung about an exposure that is new.")
    extended: int = Field(description="Exposures with more days.")
    changed: int = Field(description="Exposures whose record says something else by now.")
    unlisted: int = Field(description="Exposures whose area is not on the list.")
    units: list[UnitEffectOut]


class AreaImportOut(Schema):
    """What changed, or would change; with `problems` nothing was stored."""

    applied: bool
    first_day: date | None
    last_day: date | None
    listed: list[str]
    delisted: list[str]
    changed: list[str]
    effect: AreaEffectOut | None = Field(description="Of a list that is tried without problems.")
    problems: list[RowProblemOut]
    warnings: list[RowProblemOut]


class AreaEditionOut(Schema):
    """One list as it was read."""

    number: int
    layout: Literal["BY_DAY", "PERIODS"]
    rule: str
    source: str
    digest: str
    first_day: date
    last_day: date
    imported_at: Moment


class AreaEditionsOut(Schema):
    total: int
    editions: list[AreaEditionOut]


class HospitalImportForm(Strict):
    dry_run: bool = True


class HospitalImportOut(Schema):
    applied: bool
    added: list[str]
    changed: list[str]
    delisted: list[str]
    unchanged: int
    problems: list[RowProblemOut]
    warnings: list[RowProblemOut]


class ListedHospitalOut(Schema):
    name: str
    kind: str
    phone: str = Field(description="Empty where none is known: ask 120.")
    address: str
    county_code: str
    county_name: str
    city_code: str
    province_code: str
    listed_on: date
    source: str


class HospitalsOut(Schema):
    """`nearness` says how near they are; none: ask 120 or the local health commission."""

    county: str
    day: date
    nearness: Literal["county", "city", "province", "none"]
    hospitals: list[ListedHospitalOut]


class AreaOut(Schema):
    code: str
    name: str


class AreasOut(Schema):
    """`known` is false where no list reaches that day: then `areas` is null, not empty."""

    day: date
    known: bool
    listed_until: date | None
    areas: list[AreaOut] | None
