"""What the group robots of WeCom, DingTalk and Feishu share: a robot is addressed by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from lianfang.notifications.channels.base import Letter, NotSent, failed_for_good

Robot = TypeVar("Robot")


def robot_of(letter: Letter, robots: Mapping[str, Robot]) -> Robot:
    """The robot that `to` names. Raises NotSent when the settings know none of that name."""
    robot = robots.get(letter.to)
    if robot is None:
        raise NotSent(failed_for_good("letter.unknown-robot", address_is_wrong=True))
    return robot
