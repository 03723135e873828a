"""Packages of contacts for the CDC or the community: asked for, approved, handed over, answered."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Moment, Short, Strict
from lianfang.api.shapes.duty import PersonNameOut

Paper = Annotated[str, Field(max_length=80)]


class PackageOut(Schema):
    """Where it stands; what is in it is in its file alone."""

    id: int
    state: str
    organisation: str
    receiver: str
    request_number: str
    rows: int
    asked_at: Moment
    asked_by: PersonNameOut | None
    approved_at: Moment | None
    approved_by: PersonNameOut | None
    handed_over_at: Moment | None
    received_at: Moment | None
    answered_at: Moment | None


class PackagesOut(Schema):
    total: int
    packages: list[PackageOut]


class PackageAskIn(Strict):
    """Without `fields`: the least with which a contact can be found."""

    organisation: Paper
    receiver: Paper = Field(description="Who receives it there, by name.")
    purpose: Annotated[str, Field(max_length=200)]
    request_number: Paper
    fields: list[Short] = Field(default=["code", "name", "phone", "last_on"], max_length=20)
    states: list[Literal["CONFIRMED", "DETERMINED", "CASUAL"]] = Field(
        default=["CONFIRMED", "DETERMINED"], max_length=3
    )
    layout: Literal["XLSX", "CSV"] = "XLSX"


class PackageStepIn(Strict):
    """A second person approves or refuses; then handed over, receipt, answer, each with words."""

    step: Literal["approve", "refuse", "hand-over", "receipt", "answer"]
    text: Annotated[str, Field(max_length=1000)] = ""


class PackageFactOut(Schema):
    kind: str
    at: Moment
    by: PersonNameOut | None
    text: str


class PackageSeenOut(PackageOut):
    """`fetchable`: the file is there, for whoever asked for it."""

    purpose: str
    fields: list[str]
    states: list[str]
    layout: str
    expires_at: Moment | None
    fetchable: bool
    facts: list[PackageFactOut]
