"""The channels of this installation, from its channels.toml (docs/channels.md)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from lianfang.notifications.channels.base import Channel
from lianfang.notifications.channels.registry import channels_from_settings, robots_from_settings

SMS_PROVIDERS = ("sms_http", "sms_aliyun", "sms_tencent")


def configured_channels() -> dict[str, Channel]:
    """Code to channel; empty when there is no file. Raises the registry's error in words."""
    return channels_from_settings(_settings())


def configured_groups() -> list[str]:
    """Group robots as `channel:robot`, such as `wecom:duty-room`."""
    robots = robots_from_settings(_settings())
    return [f"{channel}:{robot}" for channel, names in robots.items() for robot in names]


def provider_for(kind: str, *, attempt: int, channels: Mapping[str, Channel]) -> Channel | None:
    """Who hands a letter over. Text messages turn to the next provider with each attempt."""
    if kind != "sms":
        return channels.get(kind)
    providers = [channels[code] for code in SMS_PROVIDERS if code in channels]
    return providers[(attempt - 1) % len(providers)] if providers else None


def _settings() -> Mapping[str, Any]:
    path: Path = settings.CHANNELS_FILE
    try:
        changed_ns = path.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    return _read(path, changed_ns)


@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int) -> Mapping[str, Any]:
    """Read again only when the file has changed: the web process asks on every alert."""
    with path.open("rb") as file:
        return tomllib.load(file)
