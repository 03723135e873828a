"""Articles, campaigns, calls to make, and how long things took."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Day, Moment, PersonOut, Strict
from lianfang.api.shapes.people import Role

Way = Literal["in_app", "robot", "group_text", "sms", "email", "voice", "callers"]
Key = Annotated[int, Field(ge=1, le=2**62)]


class ChoiceIn(Strict):
    zh: str = Field(min_length=1, max_length=100)
    en: str = Field(default="", max_length=100)


class ArticleIn(Strict):
    title_zh: str = Field(max_length=100)
    title_en: str = Field(default="", max_length=100)
    text_zh: str = Field(max_length=20_000)
    text_en: str = Field(default="", max_length=20_000)
    source: str = Field(max_length=300)
    valid_until: Day
    what_changed: str = Field(default="", max_length=300)
    question_zh: str = Field(default="", max_length=200)
    question_en: str = Field(default="", max_length=200)
    choices: list[ChoiceIn] = Field(default=[], max_length=8)
    right_choice: Annotated[int, Field(ge=0, le=7)] | None = Field(
        default=None, description="The position of the right one, counted from 0."
    )


class ArticleVersionOut(Schema):
    """`id` is the article; a campaign sends the version in force of it."""

    id: int
    number: int
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    source: str
    valid_until: date
    what_changed: str
    question_zh: str
    question_en: str
    choices: list[list[str]]
    right_choice: int | None
    written_by: str | None
    written_at: Moment
    over: bool


class ArticlesOut(Schema):
    total: int
    articles: list[ArticleVersionOut]


class ArticleOut(Schema):
    version: ArticleVersionOut
    older: list[ArticleVersionOut]


Words = Annotated[
    str,
    Field(max_length=300, description="Of the sender, before the article; no health, no names."),
]


class AudienceIn(Strict):
    """Everything that is named narrows; nothing named is nobody, not everybody."""

    units: list[Annotated[str, Field(min_length=1, max_length=60)]] = Field(
        default=[], max_length=500
    )
    categories: list[str] = Field(default=[], max_length=10)
    places: list[Annotated[str, Field(min_length=2, max_length=6)]] = Field(
        default=[], max_length=20, description="GB/T 2260: 510000, 511700 or 511702."
    )
    roles: list[Role] = Field(default=[], max_length=10)
    silent_of: Key | None = Field(default=None, description="The unconfirmed of a campaign.")
    monitored: bool = Field(default=False, description="People under key monitoring.")
    everybody: bool = False


class StepIn(Strict):
    """The wait counts from the step before it."""

    ways: list[Way] = Field(min_length=1, max_length=6)
    wait_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)]


class CampaignIn(Strict):
    article: Key
    subject: str = Field(min_length=1, max_length=100)
    words: Words = ""
    audience: AudienceIn
    asks_question: bool = False
    steps: list[StepIn] = Field(
        default=[], max_length=6, description="Else those of the edition in force."
    )


class CampaignDraftIn(Strict):
    """What is there has to be right; anything may still be missing."""

    article: Key | None = None
    subject: str = Field(default="", max_length=100)
    words: Words = ""
    audience: AudienceIn = AudienceIn()
    asks_question: bool = False
    steps: list[StepIn] = Field(
        default=[], max_length=6, description="Empty: those of the edition in force."
    )


class EditionIn(Strict):
    edition: Key = Field(description="The edition that was read; 409 if there is a newer one.")


class CampaignDraftChangeIn(CampaignDraftIn):
    edition: Key = Field(description="The edition that was read; 409 if there is a newer one.")


class CampaignDraftOut(Schema):
    """Open while neither `sent_at` nor `discarded_at` is set; frozen afterwards."""

    id: int
    edition: int
    unit: str
    article: int | None
    subject: str
    words: str
    audience: dict[str, Any]
    steps: list[StepIn]
    asks_question: bool
    drafted_at: Moment
    drafted_by: str | None
    changed_at: Moment
    changed_by: str | None
    sent_at: Moment | None
    campaign: int | None
    discarded_at: Moment | None
    closed_by: str | None = Field(description="Who sent or discarded it.")


class CampaignDraftsOut(Schema):
    total: int
    drafts: list[CampaignDraftOut]


class WayReachOut(Schema):
    """People whom a way reaches, and those who lack a number or an address for it; `robot`
    counts group robots. Not `set_up`: this college has no such gateway."""

    reached: int
    without: int
    set_up: bool


class GroupReachOut(Schema):
    """A QQ group that would hear it once; `read_by` are units without a group of their own."""

    unit: str
    robot: bool
    read_by: list[str]


class PreviewOut(Schema):
    people: int
    by_unit: dict[str, int]
    by_category: dict[str, int]
    ways: dict[str, WayReachOut]
    groups: list[GroupReachOut]


class CampaignRowOut(Schema):
    id: int
    subject: str
    article: int
    version: int
    unit: str
    started_at: Moment
    started_by: str | None
    ended_at: Moment | None
    people: int
    settled: int = Field(description="Confirmed, or told by phone.")


class CampaignsOut(Schema):
    total: int
    campaigns: list[CampaignRowOut]


class CampaignStepOut(Schema):
    position: int
    ways: list[str]
    due_at: Moment
    struck_at: Moment | None


class UnitShareOut(Schema):
    unit: str
    people: int
    settled: int


class PostingOut(Schema):
    """`group` is the unit in whose group the people of `unit` read it: a unit above without one."""

    id: int
    unit: str
    group: str
    robot: bool
    asked_at: Moment
    posted_at: Moment | None


class CampaignOut(CampaignRowOut):
    """`standings`: confirmed, told, read, delivered, sent, queued, failed, waiting."""

    words: str
    audience: dict[str, Any]
    asks_question: bool
    standings: dict[str, int]
    steps: list[CampaignStepOut]
    units: list[UnitShareOut]
    postings: list[PostingOut]
    text: str = Field(description="What somebody copies into a group.")


class LetterStateOut(Schema):
    """One channel's turn with one letter of this person."""

    channel: str
    state: str
    attempts: int
    sent_at: Moment | None
    delivered_at: Moment | None
    code: str


class RecipientOut(Schema):
    person: PersonOut | None
    unit: str
    standing: str
    at: Moment | None
    confirmed_at: Moment | None
    how: str
    first_choice_right: bool | None
    letters: list[LetterStateOut]


class RecipientsOut(Schema):
    campaign: int
    total: int
    people: list[RecipientOut]


class GroupIn(Strict):
    number: str = Field(default="", max_length=12, description="Empty ends it.")


class GroupOut(Schema):
    unit: str
    number: str
