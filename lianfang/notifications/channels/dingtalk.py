"""DingTalk (钉钉) group robot, with or without the signed security setting.

POST /robot/send?access_token=TOKEN&timestamp=MS&sign=SIGN, where SIGN is the Base64 of the
HMAC-SHA256 over "MS\\nSECRET" with the secret as key, percent-encoded once.
Limit of the gateway: 20 messages a minute for each robot, then ten minutes of silence.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
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

MAX_TEXT_BYTES = 16_000  # the whole body may have 20,000

CODES = Codes(
    success=frozenset({"0"}),
    wait_s={
        "-1": 5.0,  # busy
        "130101": 600.0,  # more than 20 in a minute: silenced for ten
        "410100": 600.0,  # the same, in the newer numbering
        "90030": 3600.0,  # the robot's quota of calls is used up
    },
    for_good=frozenset(
        {
            "310000",  # signature, keyword or address does not fit the robot's security setting
            "300001",  # no such token
            "300005",  # no such token, as it was once numbered
            "400101",  # no such token
            "400102",  # the robot was stopped
            "400106",  # no such robot
            "400013",  # the group was dissolved
            "400105",  # kind of message
            "40035",  # parameter
            "43004",  # content type
            "430101",  # unsafe link
            "430102",  # unsuitable text
            "430103",  # unsuitable image
            "430104",  # unsuitable text
        }
    ),
)


@dataclass(frozen=True, slots=True)
class DingTalkRobot:
    access_token: str = field(repr=False)
    secret: str = field(
        default="", repr=False
    )  # empty: the robot is secured by a keyword or address
    urgent_mentions_all: bool = False


@dataclass(frozen=True, slots=True)
class DingTalkSettings:
    robots: Mapping[str, DingTalkRobot]
    base_url: str = "https://oapi.dingtalk.com"
    limits: Limits = USUAL_LIMITS


def sign(*, secret: str, milliseconds: int) -> str:
    """Base64, not yet percent-encoded: that happens once, when the URL is made."""
    text = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


class DingTalkChannel(OneRequestChannel):
    code: ClassVar[str] = "dingtalk"

    def __init__(self, settings: DingTalkSettings, *, clock: Clock = wall_clock) -> None:
        super().__init__(limits=settings.limits, clock=clock)
        self._settings = settings

    def _request(self, letter: Letter) -> httpx.Request:
        robot = robot_of(letter, self._settings.robots)
        payload = {
            "msgtype": "text",
            "text": {"content": text_of(letter, max_bytes=MAX_TEXT_BYTES)},
            "at": {"isAtAll": letter.urgent and robot.urgent_mentions_all},
        }
        return post_json(self._settings.base_url, "/robot/send", payload, query=self._query(robot))

    def _query(self, robot: DingTalkRobot) -> dict[str, str]:
        query = {"access_token": robot.access_token}
        if robot.secret:
            milliseconds = int(self._clock().timestamp() * 1000)
            query["timestamp"] = str(milliseconds)
            query["sign"] = sign(secret=robot.secret, milliseconds=milliseconds)
        return query

    def _receipt(self, reply: Reply, letter: Letter) -> Receipt:
        robot = robot_of(letter, self._settings.robots)
        answer = answered(reply)
        return judge(
            reply,
            CODES,
            code=as_code(answer.get("errcode")),
            message=as_text(answer.get("errmsg")),
            hidden=(robot.access_token, robot.secret),
        )
