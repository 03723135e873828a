"""What a unit would sign, and what it signed."""

from __future__ import annotations

from ninja import Schema
from pydantic import Field

from lianfang.api.schemas import Moment
from lianfang.api.shapes.units import LedgerOut, SignedOut


class DraftOut(Schema):
    """`declaration` is the one that these numbers allow."""

    ledger: LedgerOut
    declaration: str = Field(description="ZERO_FULL, ZERO_PARTIAL or WITH_EVENTS.")
    due_at: Moment
    signed_version: int | None
    changed_since: bool = Field(description="More is known now than when it was signed.")


class NotReachedOut(Schema):
    number: str
    name: str


class FrozenOut(SignedOut):
    """With the list of people and the words, where they are open to the caller; else null."""

    not_reached: list[NotReachedOut] | None
    narrative: str | None
