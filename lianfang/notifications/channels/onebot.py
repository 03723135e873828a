"""OneBot v11 over HTTP, for QQ groups and people where a college runs such a server.

POST /send_group_msg or /send_private_msg with a Bearer token. `auto_escape` is always set, so
that a text with [CQ:at,qq=all] in it stays a text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx

from lianfang.notifications.channels.base import Letter, Receipt, accepted
from lianfang.notifications.channels.deadline import wall_clock
from lianfang.notifications.channels.http_channel import Clock, OneRequestChannel, post_json
from lianfang.notifications.channels.letters import qq_of, text_of
from lianfang.notifications.channels.verdicts import Codes, answered, as_code, as_text, at, judge
from lianfang.notifications.channels.wire import USUAL_LIMITS, Limits, Reply

MAX_TEXT_BYTES = 4500

CODES = Codes(
    success=frozenset({"0"}),
    for_good=frozenset(
        {
            "1400",  # parameter
            "1401",  # no token
            "1403",  # wrong token
            "1404",  # no such action
        }
    ),
)


@dataclass(frozen=True, slots=True)
class OneBotSettings:
    base_url: str
    access_token: str = field(default="", repr=False)
    limits: Limits = USUAL_LIMITS


class OneBotChannel(OneRequestChannel):
    """`to` is group:NUMBER or user:NUMBER."""

    code: ClassVar[str] = "onebot"

    def __init__(self, settings: OneBotSettings, *, clock: Clock = wall_clock) -> None:
        super().__init__(limits=settings.limits, clock=clock)
        self._settings = settings

    def _request(self, letter: Letter) -> httpx.Request:
        qq = qq_of(letter)
        action, target = (
            ("/send_group_msg", "group_id") if qq.is_group else ("/send_private_msg", "user_id")
        )
        payload = {
            target: qq.number,
            "message": text_of(letter, max_bytes=MAX_TEXT_BYTES),
            "auto_escape": True,
        }
        token = self._settings.access_token
        return post_json(
            self._settings.base_url,
            action,
            payload,
            headers={"Authorization": f"Bearer {token}"} if token else None,
        )

    def _receipt(self, reply: Reply, letter: Letter) -> Receipt:
        answer = answered(reply)
        code, status = as_code(answer.get("retcode")), as_text(answer.get("status"))
        if status == "async" and code == "1" and reply.is_ok:  # taken, will be sent later
            return accepted(code=code)
        if status == "failed" and code == "0":  # seen in the wild; a failure all the same
            code = "failed"
        return judge(
            reply,
            CODES,
            code=code,
            message=_words(answer),
            provider_id=as_text(at(answer, "data", "message_id")),
            hidden=(self._settings.access_token, letter.to.partition(":")[2]),
        )


def _words(answer: dict[str, Any]) -> str:
    found = (as_text(answer.get(name)) for name in ("wording", "message", "msg"))
    return next(filter(None, found), "")
