"""Files that are taken in: records of gate and dormitory, groups of people."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Day, FileProblemOut, Moment, Strict


class RecordsForm(Strict):
    """GATE: who went in or out. DORM: the evening check."""

    kind: Literal["GATE", "DORM"]
    dry_run: bool = True


class RecordsOut(Schema):
    """`days` are those that the file speaks of: once stored, they are compared with the reports."""

    applied: bool
    rows: int
    repeated: int = Field(description="Rows that stand in the file twice.")
    days: list[date]
    problems: list[FileProblemOut]


class BatchOfRecordsOut(Schema):
    kind: str
    file_name: str
    rows: int
    imported_at: Moment


class RecordFilesOut(Schema):
    keep_days: int = Field(description="After so many days the records are deleted.")
    total: int
    files: list[BatchOfRecordsOut]


class GroupsForm(Strict):
    """`until` is the last day. Nothing is written while `dry_run` is true."""

    kind: str = Field(min_length=1, max_length=12)
    since: Day | None = None
    until: Day | None = None
    dry_run: bool = True


class GroupsImportOut(Schema):
    applied: bool
    counts: dict[str, int]
    problems: list[FileProblemOut]


class GroupKindOut(Schema):
    kind: str
    groups: int
    people: int
    meetings: int


class GroupsOut(Schema):
    total: int
    kinds: list[GroupKindOut]
