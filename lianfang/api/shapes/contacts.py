"""Whom a case met: investigations, contacts, packages, calls of the day, a list from outside."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Day, FileProblemOut, Key, Moment, Strict, Temperature
from lianfang.api.shapes.duty import PersonNameOut

Chosen = Annotated[list[Key], Field(min_length=1, max_length=500)]
Paper = Annotated[str, Field(max_length=80)]


class InvestigationRowOut(Schema):
    """`counts` says how many contacts stand where; `may_lead`: whether the caller decides there."""

    id: int
    code: str
    unit: str | None = Field(description="Null for a case that is not of the college.")
    state: str
    anchor_on: date | None = Field(description="Null for a caller who does not lead it.")
    window_from: date | None
    isolated_on: date | None
    opened_at: Moment
    closed_at: Moment | None
    counts: dict[str, int]
    may_lead: bool


class InvestigationsOut(Schema):
    total: int
    investigations: list[InvestigationRowOut]


class ReasonOut(Schema):
    text: str
    points: int


class ContactOut(Schema):
    """`person` is null where only the number may be known; outsiders have a `name` alone."""

    id: int
    number: int
    person: PersonNameOut | None
    name: str | None
    unit: str | None
    origin: str
    state: str
    score: int
    first_on: date | None
    last_on: date | None
    reasons: list[ReasonOut] | None = Field(description="For whoever leads the investigation.")
    decided_at: Moment | None
    ended_at: Moment | None
    outcome: str


class ContactsOut(Schema):
    total: int
    contacts: list[ContactOut]


class InvestigationOut(InvestigationRowOut):
    """Contacts of one state, the likeliest first."""

    shown: str
    total: int
    contacts: list[ContactOut]


class DecideIn(Strict):
    contacts: Chosen
    state: Literal["CONFIRMED", "CASUAL", "DISMISSED"]
    text: Annotated[str, Field(max_length=500)] = Field(
        default="", description="A dismissal needs its reason."
    )


class DetermineIn(Strict):
    """The word of the CDC: its officer, or the document with number and date."""

    contacts: Chosen
    officer: Paper = ""
    document: Paper = ""
    document_on: Day | None = None


class DecidedOut(Schema):
    decided: int


class VisitOut(Schema):
    id: int
    contact: str = Field(description="The code of the contact.")
    person: PersonNameOut | None
    name: str | None
    day: date
    due_at: Moment
    outcome: str = Field(description="Empty while it is open.")
    settled_at: Moment | None


class VisitsOut(Schema):
    total: int
    visits: list[VisitOut]


class VisitOutcomeIn(Strict):
    """SYMPTOMS needs symptoms or a temperature, and opens an incident at once."""

    outcome: Literal["WELL", "SYMPTOMS", "NOT_REACHED", "NOT_THERE", "REFUSED"]
    is_in_person: bool = False
    temperature: Temperature = None
    site: Literal["", "axilla", "forehead", "ear", "oral"] = ""
    symptoms: list[Annotated[str, Field(max_length=40)]] = Field(default=[], max_length=30)
    note: Annotated[str, Field(max_length=500)] = ""


class ContactListForm(Strict):
    """Tried unless `dry_run` is false; then the organisation, and the word of the CDC, if it is one."""

    dry_run: bool = True
    organisation: Paper = ""
    officer: Paper = ""
    document: Paper = ""
    document_on: Day | None = None


class KnownOut(Schema):
    """Somebody on the list who is known here, and the last thing that was done about them."""

    row: int
    of_college: bool
    is_contact: bool
    checked_at: Moment | None
    check: str


class ContactListOut(Schema):
    """Whom a list brings, as it was before anything was stored; `known` after a try."""

    applied: bool
    counts: dict[str, int]
    known: list[KnownOut]
    problems: list[FileProblemOut]
