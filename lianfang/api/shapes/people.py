"""People, posts, accounts: names, and never what somebody answered unless it says so."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import FileProblemOut, Moment, Number, Strict
from lianfang.api.shapes.calls import CallOut

Role = Literal[
    "RESPONSIBLE_HEAD", "COUNSELOR", "CLASS_REPORTER", "LIAISON", "SECRETARY", "DUTY_OFFICER",
    "LEADER", "DOCTOR",
]  # fmt: skip


class PostOut(Schema):
    id: int
    unit: str
    unit_name: str
    role: str
    deputy: bool
    number: str
    name: str
    held_from: date
    held_until: date | None


class PostsOut(Schema):
    unit: str
    posts: list[PostOut]


class AppointIn(Strict):
    person: Number
    role: Role
    deputy: bool = False


class VacancyOut(Schema):
    """What a unit lacks. A unit that lacks nothing is not listed."""

    unit: str
    name: str
    head: bool
    deputy: bool
    verified_phone: bool


class VacanciesOut(Schema):
    total: int
    units: list[VacancyOut]


class FoundOut(Schema):
    number: str
    name: str
    category: str
    position: str
    unit: str | None


class FoundPeopleOut(Schema):
    people: list[FoundOut]
    more: bool = Field(description="More were found than are told; search more narrowly.")


class RollOut(Schema):
    """One person on one day. `state` tells nothing about how they are to a class reporter."""

    number: str
    name: str
    category: str
    unit: str | None
    state: Literal["REPORTED", "MISSING", "EXEMPT"]
    late: bool | None
    proxy: bool | None
    follow_up: bool | None
    unreachable: bool
    last_call: CallOut | None


class RollsOut(Schema):
    unit: str
    day: date
    total: int
    people: list[RollOut]


class RevisionOut(Schema):
    receipt: str
    revision: int
    current: bool
    received_at: Moment
    late: bool
    source: str
    by: str | None = Field(description="Who reported on the person's behalf.")
    unit: str


class DayOfRecordOut(Schema):
    day: date
    reports: list[RevisionOut]
    calls: list[CallOut]


class PersonRecordOut(Schema):
    """The last 30 days: who reported when, and who rang. Never what was answered."""

    number: str
    name: str
    category: str
    unit: str | None
    has_phone: bool
    days: list[DayOfRecordOut]


class AnsweredOut(RevisionOut):
    day: date
    follow_up: bool
    answers: dict[str, Any]


class AnswersSeenOut(Schema):
    """`everything` is false where only the reports with something to follow up are open."""

    number: str
    name: str
    everything: bool
    reports: list[AnsweredOut]


class PhoneIn(Strict):
    reason: Literal["missing", "call-back", "incident", "other"]


class PhoneOut(Schema):
    number: str
    phone: str = Field(description="Empty where the roster has none.")


class AccountOut(Schema):
    number: str
    name: str
    active: bool = Field(description="Has been here: there is an account.")
    has_code: bool = Field(description="A code was issued that still works.")
    holds_a_post: bool


class AccountsOut(Schema):
    unit: str
    total: int
    active: int
    accounts: list[AccountOut]


class CodesIn(Strict):
    people: list[Number] = Field(min_length=1, max_length=500)
    send: bool = Field(default=False, description="To their own phones, instead of in the answer.")


class SlipOut(Schema):
    number: str
    name: str
    code: str


class CodesOut(Schema):
    """The codes stand nowhere else; asking again makes new ones and ends these."""

    sent: int
    slips: list[SlipOut]


class ImportOut(Schema):
    """`digest` names this plan: sent along with `dry_run=false`, another plan is refused."""

    applied: bool
    as_of: date
    digest: str
    counts: dict[str, dict[str, int]]
    problems: list[FileProblemOut]


class MeOut(Schema):
    kind: Literal["integration", "person"]
    name: str
    scopes: list[str]
    unit: str | None
    now: Moment
    today: date
    csrf_token: str | None = Field(description="For X-CSRFToken; null for an integration.")
