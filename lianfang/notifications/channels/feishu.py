"""Feishu (飞书) custom robot, with or without signature.

POST /open-apis/bot/v2/hook/TOKEN; `sign` is the Base64 of the HMAC-SHA256 of nothing, with
"SECONDS\\nSECRET" as the key (the other way round than DingTalk).
Limits of the gateway: 100 messages a minute, 5 a second, 20 kB for a message.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import quote

import httpx

from lianfang.notifications.channels.base import Letter, Receipt
from lianfang.notifications.channels.deadline import wall_clock
from lianfang.notifications.channels.http_channel import Clock, OneRequestChannel, post_json
from lianfang.notifications.channels.letters import text_of
from lianfang.notifications.channels.robots import robot_of
from lianfang.notifications.channels.verdicts import Codes, answered, as_code, as_text, judge
from lianfang.notifications.channels.wire import USUAL_LIMITS, Limits, Reply

MAX_TEXT_BYTES = 16_000
MENTION_ALL = '<at user_id="all">所有人</at>'

CODES = Codes(
    success=frozenset({"0"}),
    wait_s={
        "11232": 60.0,  # too often
        "11233": 60.0,  # too often for this group
        "99991400": 60.0,  # too often, at the door of the open platform
        "11219": 30.0,  # the gateway is overloaded
    },
    for_good=frozenset(
        {
            "9499",  # malformed
            "19001",  # no such token
            "19002",  # parameter
            "19021",  # signature wrong, or the clock is off by more than an hour
            "19022",  # this address is not on the robot's list
            "19023",  # keyword is missing
            "19024",  # keyword is missing
            "11246",  # content refused
        }
    ),
)


@dataclass(frozen=True, slots=True)
class FeishuRobot:
    token: str = field(repr=False)
    secret: str = field(default="", repr=False)
    urgent_mentions_all: bool = False


@dataclass(frozen=True, slots=True)
class FeishuSettings:
    robots: Mapping[str, FeishuRobot]
    base_url: str = "https://open.feishu.cn"
    limits: Limits = USUAL_LIMITS


def sign(*, secret: str, seconds: int) -> str:
    key = f"{seconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


class FeishuChannel(OneRequestChannel):
    code: ClassVar[str] = "feishu"

    def __init__(self, settings: FeishuSettings, *, clock: Clock = wall_clock) -> None:
        super().__init__(limits=settings.limits, clock=clock)
        self._settings = settings

    def _request(self, letter: Letter) -> httpx.Request:
        robot = robot_of(letter, self._settings.robots)
        payload: dict[str, Any] = {
            "msg_type": "text",
            "content": {"text": self._text(letter, robot)},
        }
        if robot.secret:
            seconds = int(self._clock().timestamp())
            payload["timestamp"] = str(seconds)
            payload["sign"] = sign(secret=robot.secret, seconds=seconds)
        path = f"/open-apis/bot/v2/hook/{quote(robot.token, safe='')}"
        return post_json(self._settings.base_url, path, payload)

    def _text(self, letter: Letter, robot: FeishuRobot) -> str:
        # Feishu reads tags in plain text: a name such as <at user_id="all"> would wake everybody.
        text = text_of(letter, max_bytes=MAX_TEXT_BYTES).replace("<", "＜")
        return f"{MENTION_ALL} {text}" if letter.urgent and robot.urgent_mentions_all else text

    def _receipt(self, reply: Reply, letter: Letter) -> Receipt:
        robot = robot_of(letter, self._settings.robots)
        answer = answered(reply)
        # Older gateways answer StatusCode instead of code.
        code = as_code(answer.get("code", answer.get("StatusCode")))
        return judge(
            reply,
            CODES,
            code=code,
            message=as_text(answer.get("msg", answer.get("StatusMessage"))),
            hidden=(robot.token, robot.secret),
        )
