"""From what a gateway answered to a receipt: one table of codes for each gateway."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lianfang.notifications.channels.base import (
    NotSent,
    Receipt,
    accepted,
    failed_for_good,
    failed_for_now,
)
from lianfang.notifications.channels.letters import readable
from lianfang.notifications.channels.wire import Reply

MAX_DETAIL = 200
MAX_ID = 120
SHORTEST_HIDDEN = 4  # a shorter word is no secret, and hiding it would hide the sentence
_LONG_NUMBER = re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)")


@dataclass(frozen=True, slots=True)
class Codes:
    """What the codes of one gateway mean for the next attempt.

    A name that ends in `.*` stands for all codes that begin so; the exact name wins. A code that
    stands nowhere is a failure for now: giving up on an alert needs a known reason.
    """

    success: frozenset[str]
    wait_s: Mapping[str, float] = field(default_factory=dict)
    for_good: frozenset[str] = frozenset()
    wrong_address: frozenset[str] = frozenset()

    def receipt(self, code: str, *, detail: str, provider_id: str = "") -> Receipt:
        if code in self.success:
            return accepted(provider_id, code=code)
        for name in _exact_then_family(code):
            if name in self.wrong_address:
                return failed_for_good(code, detail, address_is_wrong=True)
            if name in self.wait_s:
                return failed_for_now(code, detail, retry_after_s=self.wait_s[name])
            if name in self.for_good:
                return failed_for_good(code, detail)
        return failed_for_now(code, detail)


def _exact_then_family(code: str) -> Iterable[str]:
    return (code, code.partition(".")[0] + ".*")


def answered(reply: Reply) -> dict[str, Any]:
    """The JSON object of the answer; a refusal at the door without one ends here."""
    if reply.status in (401, 403) and not reply.body.lstrip().startswith((b"<", b"{")):
        raise NotSent(failed_for_good("gateway.not-allowed", f"HTTP {reply.status}"))
    return reply.json_object()


def judge(
    reply: Reply,
    codes: Codes,
    *,
    code: str,
    message: str = "",
    provider_id: str = "",
    hidden: Iterable[str] = (),
) -> Receipt:
    """The receipt for an answer whose code has been found; an empty code means: none was there."""
    detail = tell(message, hidden=hidden)
    if not code:
        return _without_a_code(reply)
    if code in codes.success and not reply.is_ok:
        return failed_for_now("gateway.unexpected-answer", f"HTTP {reply.status}")
    return codes.receipt(code[:MAX_ID], detail=detail, provider_id=provider_id[:MAX_ID])


def _without_a_code(reply: Reply) -> Receipt:
    if reply.status in (401, 403):
        return failed_for_good("gateway.not-allowed", f"HTTP {reply.status}")
    code = "gateway.unexpected-answer" if reply.is_ok else "gateway.refused"
    return failed_for_now(code, f"HTTP {reply.status}")


def tell(message: str, *, hidden: Iterable[str] = ()) -> str:
    """A gateway's own words for the operator: one short line, no address, no secret, no mobile."""
    line = " ".join(readable(message[:4000]).split())
    for word in sorted(hidden, key=len, reverse=True):
        if len(word) >= SHORTEST_HIDDEN:
            line = line.replace(word, "•••")
    return _LONG_NUMBER.sub("•••", line)[:MAX_DETAIL]


def as_code(value: object) -> str:
    """A code as text, however the gateway spelled it: 0, 0.0, "0", true. Anything else is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return as_code(int(value)) if math.isfinite(value) and value.is_integer() else str(value)
    if isinstance(value, (str, int)):
        return readable(str(value)).strip()
    return ""


def as_text(value: object) -> str:
    return readable(str(value)).strip() if isinstance(value, (str, int, float)) else ""


def at(value: object, *path: str) -> object:
    """What lies at the path in decoded JSON, or None: `at(answer, "data", "0", "id")`."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step[:6]) < len(value):
            value = value[int(step[:6])]
        else:
            return None
    return value
