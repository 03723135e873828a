"""Directives: their words, who has them, where they stopped, what came back."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Moment, Number, Strict
from lianfang.api.shapes.people import Role

Key = Annotated[str, Field(min_length=1, max_length=60)]
Due = Annotated[Moment, Field(description="With its offset, as 2020-02-01T18:00+08:00.")]


class FileIn(Strict):
    """PDF, PNG, JPEG, docx or xlsx; over the API 3 MB altogether."""

    name: str = Field(min_length=1, max_length=120)
    content: str = Field(description="base64")


class FileOut(Schema):
    id: int
    name: str
    kind: str
    size: int


class AddresseeIn(Strict):
    """A unit (with all below it, or a role in them), or a person."""

    unit: Key | None = None
    below: bool = False
    role: Role | Literal[""] = ""
    person: Number | None = None


class AddresseeOut(Schema):
    unit: str | None
    below: bool
    role: str
    person: str | None = Field(description="A number; null where the name is not yours to see.")


class WordingIn(Strict):
    title: str = Field(max_length=100)
    body: str = Field(max_length=20_000)
    urgency: Literal["EXTRA_URGENT", "URGENT", "ORDINARY"]
    acknowledge_due_at: Due
    feedback_due_at: Due | None = None
    asks: list[Annotated[str, Field(min_length=1, max_length=60)]] = Field(
        default=[], max_length=20, description="Names of the numbers that feedback has to give."
    )
    everybody: bool = False
    audience: list[AddresseeIn] = Field(default=[], max_length=500)
    files: list[FileIn] = Field(default=[], max_length=10)


class DraftIn(WordingIn):
    issuer: Key
    number: str = Field(min_length=1, max_length=40)


class SignDraftIn(Strict):
    """`drafted_at` of the draft that was read: a later one is not signed unread."""

    drafted_at: Due


class ReasonIn(Strict):
    reason: str = Field(min_length=1, max_length=200)


class DirectiveRowOut(Schema):
    id: int
    number: str
    issuer: str
    title: str
    urgency: str
    version: int | None = Field(description="The version in force; null: only a draft so far.")
    published_at: Moment | None
    withdrawn_at: Moment | None
    has_draft: bool


class DirectivesOut(Schema):
    total: int
    directives: list[DirectiveRowOut]


class VersionOut(Schema):
    number: int
    title: str
    body: str
    urgency: str
    acknowledge_due_at: Moment
    feedback_due_at: Moment | None
    asks: list[str]
    everybody: bool
    drafted_by: str
    drafted_at: Moment
    signed_by: str | None
    published_at: Moment | None
    superseded_at: Moment | None
    audience: list[AddresseeOut]
    files: list[FileOut]


class FeedbackOut(Schema):
    id: int
    number: int
    text: str
    figures: dict[str, int | float | str]
    given_by: str
    given_at: Moment
    accepted: bool | None = Field(description="null: nobody has looked yet.")
    reviewed_by: str | None
    reviewed_at: Moment | None
    reason: str
    files: list[FileOut]


class TotalOut(Schema):
    """A number that was asked for, over the units that gave it; null when none has."""

    name: str
    total: int | None
    gave: int
    asked: int


class AnswerOut(Schema):
    """One unit's last feedback; null: none yet, and `state` says how far it is."""

    receipt: int
    unit: str
    state: str
    feedback: FeedbackOut | None


class AnswersOut(Schema):
    """`first` adds up the units right below the issuer, `last` those with nobody below them: a
    unit's number often holds those of the units below it. What was returned does not count."""

    directive: int
    version: int
    given: int
    first: list[TotalOut]
    last: list[TotalOut]
    answers: list[AnswerOut]


class ReceiptPartOut(Schema):
    """One unit's (or person's) part in a version. `owes` is what is asked of it next."""

    id: int
    directive: int
    title: str
    unit: str
    role: str
    person: str | None
    state: str
    owes: str | None
    due_at: Moment | None
    delivered_at: Moment | None
    acknowledged_at: Moment | None
    relayed_at: Moment | None
    fed_back_at: Moment | None
    accepted_at: Moment | None
    returned_at: Moment | None
    has_below: bool
    own_words: str
    own_due_at: Moment | None
    words_from_above: str


class ReceiptOut(ReceiptPartOut):
    feedbacks: list[FeedbackOut]


class WaitingReceiptsOut(Schema):
    receipts: list[ReceiptPartOut]


class DirectiveOut(Schema):
    """The words in force, and the parts in it for which the caller answers."""

    id: int
    number: str
    issuer: str
    withdrawn_at: Moment | None
    withdrawn_why: str
    version: VersionOut
    draft: VersionOut | None
    parts: list[ReceiptPartOut]
    to_judge: list[int] = Field(description="Feedback that waits for the caller's word.")


class NodeOut(Schema):
    """A unit of the relay, and those right below it. `turn`: who must act, by name."""

    receipt: int
    unit: str
    name: str
    role: str
    state: str
    owes: str | None
    since: Moment | None
    turn: list[str]
    below: list[NodeOut]


class StopOut(Schema):
    receipt: int
    unit: str
    name: str
    owes: str
    since: Moment | None
    turn: list[str]
    holds_up: int = Field(description="Units behind it that have not been reached.")


class RelayOut(Schema):
    directive: int
    version: int
    total: int
    reached: int
    acknowledged: int
    states: dict[str, int]
    stops: list[StopOut] = Field(description="Worst first, of the units in sight.")
    tree: list[NodeOut]


class RelayIn(Strict):
    words: str = Field(default="", max_length=2000)
    own_due_at: Due | None = None
    more: list[Key] = Field(default=[], max_length=500, description="Units of one's own, by code.")


class RelayedOut(Schema):
    reached: int
    receipt: ReceiptPartOut


class FeedBackIn(Strict):
    text: str = Field(max_length=4000)
    figures: dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=40)]] = (
        Field(default={}, description="A number for each name that was asked for, as text.")
    )
    files: list[FileIn] = Field(default=[], max_length=10)


class JudgeIn(Strict):
    accept: bool
    reason: str = Field(default="", max_length=300)


# ---------------------------------------------------------------- matters to settle
