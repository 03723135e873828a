"""WeCom (企业微信) group robot.

POST /cgi-bin/webhook/send?key=KEY; the answer's errcode decides, HTTP is 200 either way.
Limits of the gateway: 20 messages a minute for each robot, 2,048 bytes of text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import httpx

from lianfang.notifications.channels.base import Letter, Receipt
from lianfang.notifications.channels.deadline import wall_clock
from lianfang.notifications.channels.http_channel import Clock, OneRequestChannel, post_json
from lianfang.notifications.channels.letters import text_of
from lianfang.notifications.channels.robots import robot_of
from lianfang.notifications.channels.verdicts import Codes, answered, as_code, as_text, judge
from lianfang.notifications.channels.wire import USUAL_LIMITS, Limits, Reply

MAX_TEXT_BYTES = 2048

CODES = Codes(
    success=frozenset({"0"}),
    wait_s={
        "-1": 5.0,  # busy
        "45009": 60.0,  # called too often
        "45033": 5.0,  # too many calls at the same time
    },
    for_good=frozenset(
        {
            "93000",  # no such robot: the key is wrong, or the robot was taken out of the group
            "93004",  # the robot was switched off
            "93008",  # the robot is not in this group
            "40008",  # kind of message
            "40058",  # parameter
            "44004",  # empty text
            "45002",  # text too long
            "301019",  # content refused
        }
    ),
)


@dataclass(frozen=True, slots=True)
class WeComRobot:
    key: str = field(repr=False)
    urgent_mentions_all: bool = False


@dataclass(frozen=True, slots=True)
class WeComSettings:
    robots: Mapping[str, WeComRobot]
    base_url: str = "https://qyapi.weixin.qq.com"
    limits: Limits = USUAL_LIMITS


class WeComChannel(OneRequestChannel):
    code: ClassVar[str] = "wecom"

    def __init__(self, settings: WeComSettings, *, clock: Clock = wall_clock) -> None:
        super().__init__(limits=settings.limits, clock=clock)
        self._settings = settings

    def _request(self, letter: Letter) -> httpx.Request:
        robot = robot_of(letter, self._settings.robots)
        text: dict[str, object] = {"content": text_of(letter, max_bytes=MAX_TEXT_BYTES)}
        if letter.urgent and robot.urgent_mentions_all:
            text["mentioned_list"] = ["@all"]
        return post_json(
            self._settings.base_url,
            "/cgi-bin/webhook/send",
            {"msgtype": "text", "text": text},
            query={"key": robot.key},
        )

    def _receipt(self, reply: Reply, letter: Letter) -> Receipt:
        answer = answered(reply)
        return judge(
            reply,
            CODES,
            code=as_code(answer.get("errcode")),
            message=as_text(answer.get("errmsg")),
            hidden=(robot_of(letter, self._settings.robots).key,),
        )
