"""Letters: how they go out, and what was written to me."""

from __future__ import annotations

from typing import Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Moment


class ChannelOut(Schema):
    channel: str
    queued: int
    held: int
    retrying: int
    failed: int
    sent: int
    delivered: int
    bundled: int
    last_sent_at: Moment | None


class ProviderOut(Schema):
    code: str
    kind: Literal["sms", "voice"]
    probed: bool
    reports_back: bool
    degraded: bool
    degraded_at: Moment | None
    probed_at: Moment | None
    arrived_at: Moment | None
    misses: int


class GatewaysOut(Schema):
    """Letters of the last three days by channel, and the providers in their present order."""

    since: Moment
    workers_silent: bool
    channels: list[str] = Field(description="What is set up and sound.")
    groups: list[str]
    faults: list[str] = Field(description="What is wrong with the settings, in words.")
    states: list[ChannelOut]
    providers: list[ProviderOut]
    parked: int


class TroubledOut(Schema):
    """A letter that failed or is tried again. Never its text."""

    id: int
    channel: str
    provider: str
    state: str
    code: str
    attempts: int
    to: str | None
    urgent: bool
    created_at: Moment
    next_try_at: Moment | None


class TroublesOut(Schema):
    total: int
    letters: list[TroubledOut]


class ParkedOut(Schema):
    """A text answer that no rule could place. The phone it came from stays sealed."""

    id: int
    channel: str
    text: str
    reason: str
    received_at: Moment


class ParkedListOut(Schema):
    total: int
    answers: list[ParkedOut]


class SettledOut(Schema):
    id: int
    settled: bool = Field(description="False when somebody else was first.")


class LetterOut(Schema):
    id: int
    subject: str
    body: str
    link: str
    urgent: bool
    created_at: Moment
    read_at: Moment | None


class LettersOut(Schema):
    total: int
    unread: int
    letters: list[LetterOut]


class ReadOut(Schema):
    marked: int


class LookOut(Schema):
    """What somebody did with my record."""

    at: Moment
    by: str
    words: str
    look: bool


class LooksOut(Schema):
    total: int
    looks: list[LookOut]


class WaitingOut(Schema):
    """A question that waits for my answer: whether I take it over."""

    id: int
    kind: str
    incident: int | None
    unit: str
    summoned_at: Moment


class WaitingListOut(Schema):
    summonses: list[WaitingOut]
