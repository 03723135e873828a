"""WeCom (企业微信) application message: reaches one person of the college's directory.

The access token of the application lasts two hours and is shared by all letters; a token that the
gateway calls expired is renewed once within the attempt. The gateway could drop repeated texts
(enable_duplicate_check); it is not asked to, because two alerts may have the same words.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx

from lianfang.notifications.channels.base import (
    Letter,
    NotSent,
    Receipt,
    failed_for_good,
    failed_for_now,
)
from lianfang.notifications.channels.deadline import Deadline, wall_clock
from lianfang.notifications.channels.http_channel import (
    COMMON_HEADERS,
    Clock,
    HttpChannel,
    post_json,
    url_of,
)
from lianfang.notifications.channels.letters import text_of, wecom_user_of
from lianfang.notifications.channels.verdicts import Codes, answered, as_code, as_text, judge
from lianfang.notifications.channels.wire import USUAL_LIMITS, Limits, Reply

MAX_TEXT_BYTES = 2048
STALE_TOKEN = frozenset({"40014", "42001"})

CODES = Codes(
    success=frozenset({"0"}),
    wait_s={"-1": 5.0, "45009": 60.0, "45033": 5.0, "40014": 5.0, "42001": 5.0},
    for_good=frozenset(
        {
            "40001",  # secret
            "40013",  # CorpID
            "40056",  # agentid
            "60020",  # this address is not on the application's list
            "48002",  # the application may not send
            "301002",  # the agentid belongs to another application
            "44004",
            "45002",
        }
    ),
    wrong_address=frozenset({"40003", "40031", "60111", "81013", "82001"}),
)


@dataclass(frozen=True, slots=True)
class WeComAppSettings:
    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    base_url: str = "https://qyapi.weixin.qq.com"
    limits: Limits = USUAL_LIMITS


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    until: datetime


class WeComAppChannel(HttpChannel):
    """`to` is a UserID."""

    code: ClassVar[str] = "wecom_app"

    def __init__(self, settings: WeComAppSettings, *, clock: Clock = wall_clock) -> None:
        super().__init__(limits=settings.limits, clock=clock)
        self._settings = settings
        self._token: _Token | None = None
        self._token_lock = threading.Lock()

    def _attempt(self, letter: Letter, deadline: Deadline) -> Receipt:
        token = self._valid_token(deadline)
        receipt = self._once(letter, token, deadline)
        if receipt.code in STALE_TOKEN:
            self._forget(token)
            receipt = self._once(letter, self._valid_token(deadline), deadline)
        return receipt

    def _once(self, letter: Letter, token: str, deadline: Deadline) -> Receipt:
        reply = self._wire.exchange(self._message(letter, token), deadline=deadline)
        answer = answered(reply)
        if as_code(answer.get("errcode")) == "0" and as_text(answer.get("invaliduser")):
            # Nobody received it: the only reader is not in the directory.
            return failed_for_good("invaliduser", address_is_wrong=True)
        provider_id = as_text(answer.get("msgid"))
        return self._judged(reply, answer, provider_id=provider_id, token=token)

    def _message(self, letter: Letter, token: str) -> httpx.Request:
        payload = {
            "touser": wecom_user_of(letter),
            "msgtype": "text",
            "agentid": self._settings.agent_id,
            "text": {"content": text_of(letter, max_bytes=MAX_TEXT_BYTES)},
        }
        return post_json(
            self._settings.base_url,
            "/cgi-bin/message/send",
            payload,
            query={"access_token": token},
        )

    def _judged(
        self, reply: Reply, answer: dict[str, Any], *, provider_id: str = "", token: str = ""
    ) -> Receipt:
        return judge(
            reply,
            CODES,
            code=as_code(answer.get("errcode")),
            message=as_text(answer.get("errmsg")),
            provider_id=provider_id,
            hidden=(self._settings.secret, token),
        )

    def _valid_token(self, deadline: Deadline) -> str:
        """The shared token; one thread fetches a new one while the others wait."""
        if not self._token_lock.acquire(timeout=deadline.left()):
            raise NotSent(failed_for_now("gateway.timed-out"))
        try:
            if self._token is None or self._token.until <= self._clock():
                self._token = self._fetch_token(deadline)
            return self._token.value
        finally:
            self._token_lock.release()

    def _forget(self, value: str) -> None:
        with self._token_lock:
            # Another thread may have fetched a fresh one already.
            if self._token is not None and self._token.value == value:
                self._token = None

    def _fetch_token(self, deadline: Deadline) -> _Token:
        query = {"corpid": self._settings.corp_id, "corpsecret": self._settings.secret}
        url = url_of(self._settings.base_url, "/cgi-bin/gettoken", query)
        request = httpx.Request("GET", url, headers=COMMON_HEADERS)
        reply = self._wire.exchange(request, deadline=deadline)
        answer = answered(reply)
        receipt = self._judged(reply, answer)
        if receipt.outcome.is_failure:
            raise NotSent(receipt)
        value, lasts = as_text(answer.get("access_token")), answer.get("expires_in")
        if not value:
            raise NotSent(failed_for_now("gateway.unexpected-answer"))
        seconds = lasts if isinstance(lasts, int) and 0 < lasts <= 7200 else 7200
        # Renewed a little early: a token that ends on the way would cost a second attempt.
        return _Token(value, self._clock() + timedelta(seconds=seconds * 0.9))
