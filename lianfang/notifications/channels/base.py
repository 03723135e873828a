"""What every channel speaks: a letter goes in, a receipt comes out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """What is known after one attempt. Accepted is not delivered, delivered is not read."""

    ACCEPTED = "ACCEPTED"
    DELIVERED = "DELIVERED"
    FAILED_FOR_NOW = "FAILED_FOR_NOW"
    FAILED_FOR_GOOD = "FAILED_FOR_GOOD"

    @property
    def is_failure(self) -> bool:
        return self in (Outcome.FAILED_FOR_NOW, Outcome.FAILED_FOR_GOOD)

    @property
    def may_retry(self) -> bool:
        """Whether the same letter may be tried again on the same channel."""
        return self is Outcome.FAILED_FOR_NOW


class AddressKind(StrEnum):
    """What a channel needs in `Letter.to`."""

    PHONE = "PHONE"  # E.164, +8613800138000
    EMAIL = "EMAIL"
    ROBOT = "ROBOT"  # the name of a robot in the channel settings
    WECOM_USER = "WECOM_USER"  # the UserID of the college's WeCom directory
    QQ = "QQ"  # group:123456 or user:123456


@dataclass(frozen=True, slots=True)
class Letter:
    """One text for one address.

    `reference` must be unique for each pair of text and address: it becomes the idempotency key,
    so a gateway is right to drop a second letter with the same one. Printable ASCII, no spaces.
    `body` never carries a health answer or the name of somebody who is ill. `language` is that of
    the reader (`zh-CN`), for a gateway that speaks the text.
    """

    reference: str
    to: str
    name: str
    subject: str
    body: str
    link: str | None
    urgent: bool
    language: str = "zh-CN"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the gateway said, or what became of the attempt to ask it.

    `code` is the gateway's own code, or one of ours (with a dot, listed in `wording.py`).
    `detail` is for the operator's page: short, without the address and without secrets.
    """

    outcome: Outcome
    provider_id: str = ""
    code: str = ""
    detail: str = ""
    retry_after_s: float | None = None
    # Only where the answer says that nobody lives at this address: a task to correct it is due.
    address_is_wrong: bool = False


class Channel(Protocol):
    """A way out. Bounded in time; a gateway's misbehaviour is a receipt, never an exception."""

    @property
    def code(self) -> str: ...

    def send(self, letter: Letter) -> Receipt: ...


class NotSent(Exception):
    """Ends an attempt early, inside this package only; `send` hands the receipt out."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(receipt.code)
        self.receipt = receipt


def accepted(provider_id: str = "", *, code: str = "", detail: str = "") -> Receipt:
    return Receipt(Outcome.ACCEPTED, provider_id=provider_id, code=code, detail=detail)


def failed_for_now(code: str, detail: str = "", *, retry_after_s: float | None = None) -> Receipt:
    return Receipt(Outcome.FAILED_FOR_NOW, code=code, detail=detail, retry_after_s=retry_after_s)


def failed_for_good(code: str, detail: str = "", *, address_is_wrong: bool = False) -> Receipt:
    return Receipt(
        Outcome.FAILED_FOR_GOOD, code=code, detail=detail, address_is_wrong=address_is_wrong
    )
