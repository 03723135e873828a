"""What all channels over HTTP have in common: check, ask, judge."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

import httpx

from lianfang.notifications.channels import letters
from lianfang.notifications.channels.base import Letter, NotSent, Receipt
from lianfang.notifications.channels.deadline import Deadline, wall_clock
from lianfang.notifications.channels.wire import Limits, Reply, Wire

Clock = Callable[[], datetime]


class HttpChannel(ABC):
    """Checks the letter, keeps the time, and turns every trouble on the way into a receipt."""

    code: ClassVar[str]

    def __init__(self, *, limits: Limits, clock: Clock = wall_clock) -> None:
        self._limits = limits
        self._wire = Wire(limits=limits)
        self._clock = clock

    def send(self, letter: Letter) -> Receipt:
        """One attempt within the time limit; repeating is the queue's business."""
        try:
            letters.check(letter)
            return self._attempt(letter, Deadline(self._limits.total_s))
        except NotSent as not_sent:
            return not_sent.receipt

    @abstractmethod
    def _attempt(self, letter: Letter, deadline: Deadline) -> Receipt:
        """Raises NotSent for an address that is not of this channel's kind."""


class OneRequestChannel(HttpChannel):
    """A channel that needs one request for a letter: it names the request and reads the answer."""

    def _attempt(self, letter: Letter, deadline: Deadline) -> Receipt:
        request = self._request(letter)
        return self._receipt(self._wire.exchange(request, deadline=deadline), letter)

    @abstractmethod
    def _request(self, letter: Letter) -> httpx.Request: ...

    @abstractmethod
    def _receipt(self, reply: Reply, letter: Letter) -> Receipt: ...


def post_json(
    base_url: str,
    path: str,
    payload: Mapping[str, Any],
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Request:
    """A POST with the payload in readable UTF-8 and each query value encoded exactly once."""
    return httpx.Request(
        "POST",
        url_of(base_url, path, query),
        headers={
            "Content-Type": "application/json; charset=utf-8",
            **COMMON_HEADERS,
            **(headers or {}),
        },
        content=compact(payload),
    )


COMMON_HEADERS: Mapping[str, str] = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "lianfang",
}


def url_of(base_url: str, path: str, query: Mapping[str, str] | None = None) -> str:
    url = base_url.rstrip("/") + path
    return f"{url}?{urlencode(query)}" if query else url


def compact(payload: Mapping[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
