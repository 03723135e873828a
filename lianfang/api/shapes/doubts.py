"""Doubts: questions about help, records that disagree."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Moment, Strict
from lianfang.api.shapes.duty import PersonNameOut

Note = Annotated[str, Field(max_length=500)]


class AskedOut(Schema):
    """Signs are: SAME_SECOND, SAME_ANSWERS, AT_ONCE, COMBINED."""

    person: PersonNameOut | None
    signs: list[str]


class QuestionOut(Schema):
    """Who of a unit may need help with reporting; an accusation of nobody."""

    id: int
    unit: str
    day: date
    asked_at: Moment
    state: str
    answer: str
    answered_at: Moment | None
    people: list[AskedOut]


class QuestionsOut(Schema):
    total: int
    questions: list[QuestionOut]


class QuestionAnswerIn(Strict):
    answer: Literal["ASKED", "EXPLAINED", "HELPED", "NOTHING"]
    note: Note = ""


class RecordOut(Schema):
    """One of two records: `what` it is, the value it holds, when."""

    what: str
    value: str
    at: str | None


class ContradictionOut(Schema):
    """`records` is null without `answers:read`."""

    id: int
    person: PersonNameOut | None
    unit: str
    day: date
    kind: str
    state: str
    truth: str
    found_at: Moment
    closed_at: Moment | None
    records: list[RecordOut] | None


class ContradictionsOut(Schema):
    total: int
    contradictions: list[ContradictionOut]


class ContradictionCloseIn(Strict):
    truth: Literal["FIRST", "SECOND", "BOTH", "NEITHER", "UNKNOWN"]
    note: Note = ""
