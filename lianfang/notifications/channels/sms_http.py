"""SMS through any gateway that speaks HTTP and JSON, described in the settings.

What is sent, how success is recognised and what the refusals mean are data (docs/channels.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode

import httpx

from lianfang.notifications.channels.base import Letter, Receipt
from lianfang.notifications.channels.deadline import wall_clock
from lianfang.notifications.channels.http_channel import (
    COMMON_HEADERS,
    Clock,
    OneRequestChannel,
    compact,
)
from lianfang.notifications.channels.letters import national_digits, phone_of
from lianfang.notifications.channels.templates import DEFAULT_MAX_BYTES, fill_in_all
from lianfang.notifications.channels.verdicts import Codes, answered, as_code, as_text, at, judge
from lianfang.notifications.channels.wire import USUAL_LIMITS, Limits, Reply

Format = Literal["json", "form", "query"]


@dataclass(frozen=True, slots=True)
class HttpSmsSettings:
    """Paths such as `data.0.id` walk through the JSON of the answer."""

    url: str
    template: Mapping[str, Any]
    success_path: str
    success_values: frozenset[str]
    method: str = "POST"
    format: Format = "json"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    idempotency_header: str = "Idempotency-Key"
    code_path: str = ""  # where the reason of a refusal stands; empty: where success stands
    message_path: str = ""
    id_path: str = ""
    wait_codes: Mapping[str, float] = field(default_factory=dict)
    for_good_codes: frozenset[str] = frozenset()
    wrong_address_codes: frozenset[str] = frozenset()
    max_bytes: int = DEFAULT_MAX_BYTES
    limits: Limits = USUAL_LIMITS


class HttpSmsChannel(OneRequestChannel):
    code: ClassVar[str] = "sms_http"

    def __init__(self, settings: HttpSmsSettings, *, clock: Clock = wall_clock) -> None:
        super().__init__(limits=settings.limits, clock=clock)
        self._settings = settings
        self._codes = Codes(
            success=settings.success_values,
            wait_s=settings.wait_codes,
            for_good=settings.for_good_codes,
            wrong_address=settings.wrong_address_codes,
        )

    def _request(self, letter: Letter) -> httpx.Request:
        phone_of(letter)
        settings = self._settings
        values = fill_in_all(settings.template, letter, max_bytes=settings.max_bytes)
        headers = {**COMMON_HEADERS, **settings.headers}
        if settings.idempotency_header:
            headers[settings.idempotency_header] = letter.reference
        if settings.format == "query":
            url = f"{settings.url}{'&' if '?' in settings.url else '?'}{urlencode(values)}"
            return httpx.Request(settings.method, url, headers=headers)
        content_type, content = _encoded(values, settings.format)
        headers.setdefault("Content-Type", content_type)
        return httpx.Request(settings.method, settings.url, headers=headers, content=content)

    def _receipt(self, reply: Reply, letter: Letter) -> Receipt:
        answer, settings = answered(reply), self._settings
        return judge(
            reply,
            self._codes,
            code=self._code_in(answer),
            message=_text_at(answer, settings.message_path),
            provider_id=_text_at(answer, settings.id_path),
            hidden=(letter.to, national_digits(letter.to), *_secrets_in(settings.headers)),
        )

    def _code_in(self, answer: dict[str, Any]) -> str:
        """What stands where success stands; for a refusal the reason, where that stands apart."""
        found = as_code(at(answer, *self._settings.success_path.split(".")))
        if found in self._settings.success_values or not self._settings.code_path:
            return found
        reason = as_code(at(answer, *self._settings.code_path.split(".")))
        # A reason that happens to read like a success (code 0 beside success false) is none.
        return found if not reason or reason in self._settings.success_values else reason


def _encoded(values: dict[str, Any], form: Format) -> tuple[str, bytes]:
    if form == "form":
        return "application/x-www-form-urlencoded", urlencode(values).encode()
    return "application/json; charset=utf-8", compact(values)


def _secrets_in(headers: Mapping[str, str]) -> Iterator[str]:
    """A gateway may repeat a whole header, or only the token behind `Bearer`."""
    for value in headers.values():
        yield value
        yield from value.split()


def _text_at(answer: dict[str, Any], path: str) -> str:
    return as_text(at(answer, *path.split("."))) if path else ""
