"""The channels of this installation, from its channels.toml (docs/channels.md).

Two readers. A page that shows the settings wants every problem (`configured_channels`). An alert
that is being written, and a worker, must go on whatever the file says (`configured_groups`,
`usable`): a file that cannot be read leaves what was last read in force.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings

from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications.channels.base import Channel
from lianfang.notifications.channels.reading import Problem, Table
from lianfang.notifications.channels.registry import (
    channels_from_settings,
    robots_from_settings,
    usable_channels,
)
from lianfang.notifications.rules import LEASE

logger = logging.getLogger(__name__)

SMS_PROVIDERS = ("sms_http", "sms_aliyun", "sms_tencent")
VOICE_PROVIDERS = ("voice_http",)
# What several providers carry, and which they are; every other channel is its own provider.
PROVIDERS: Mapping[str, tuple[str, ...]] = {"sms": SMS_PROVIDERS, "voice": VOICE_PROVIDERS}
ALL_PROVIDERS = SMS_PROVIDERS + VOICE_PROVIDERS
OTHER_TABLES = ("callbacks", "probes")
_AFTER_THE_SLOWEST = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Outlets:
    """What the file allows: the channels without a problem, and all problems of the others.

    `callbacks` holds the secrets of the providers that report back; `probe_to` is the phone to
    which each SMS provider sends its probe, `probe_call` the one that is rung (empty: no probes).
    """

    channels: Mapping[str, Channel] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    callbacks: Mapping[str, str] = field(default_factory=dict, repr=False)
    probe_to: str = ""
    probe_every: timedelta = timedelta(minutes=5)
    probe_call: str = ""
    probe_call_every: timedelta = timedelta(hours=1)
    lease: timedelta = LEASE

    def probe_of(self, code: str) -> tuple[str, timedelta]:
        """Which phone gets the probes of this provider, and how often."""
        if code in VOICE_PROVIDERS:
            return self.probe_call, self.probe_call_every
        return self.probe_to, self.probe_every

    @property
    def can_ring(self) -> bool:
        """Whether a phone call can be put through."""
        return any(code in self.channels for code in VOICE_PROVIDERS)


def configured_channels() -> dict[str, Channel]:
    """Code to channel; empty when there is no file. Raises the registry's error in words."""
    return channels_from_settings(_settings(), other_tables=OTHER_TABLES)


def configured_groups() -> list[str]:
    """Group robots as `channel:robot`, such as `wecom:duty-room`.

    Asked inside the transaction of a report: no fault of the file may end it.
    """
    robots = robots_from_settings(_last_readable()[0])
    return [f"{channel}:{robot}" for channel, names in robots.items() for robot in names]


def usable() -> Outlets:
    """What can be used now. Read again when the file has changed, else the same object."""
    values, fault = _last_readable()
    outlets = _outlets_of(values)
    return replace(outlets, problems=(fault, *outlets.problems)) if fault else outlets


def provider_for(
    kind: str,
    *,
    attempt: int,
    channels: Mapping[str, Channel],
    last: Collection[str] = (),
    but: Collection[str] = (),
) -> Channel | None:
    """Who hands a letter over. Texts and calls turn to the next provider with each attempt;
    those in `last` (whose probes got lost) come after the others, and those in `but` (which
    lost this very letter) are asked only when there is nobody else.
    """
    if kind not in PROVIDERS:
        return channels.get(kind)
    codes = [code for code in PROVIDERS[kind] if code in channels]
    codes = [code for code in codes if code not in but] or codes
    codes.sort(key=lambda code: code in last)
    return channels[codes[(attempt - 1) % len(codes)]] if codes else None


# ---------------------------------------------------------------- reading

_lock = Lock()
_good: dict[Path, Mapping[str, Any]] = {}  # what each file said when it could last be read
_complained: set[tuple[Path, str]] = set()
_made: dict[int, tuple[Mapping[str, Any], Outlets]] = {}


def _settings() -> Mapping[str, Any]:
    path: Path = settings.CHANNELS_FILE
    try:
        found = path.stat()
    except FileNotFoundError:
        return {}
    return _read(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int, size: int) -> Mapping[str, Any]:
    """Read again only when the file has changed: the web process asks on every alert."""
    with path.open("rb") as file:
        return tomllib.load(file)


def _last_readable() -> tuple[Mapping[str, Any], Problem | None]:
    """The settings, or those before a fault together with the fault."""
    path: Path = settings.CHANNELS_FILE
    try:
        values = _settings()
    except (OSError, ValueError) as error:  # no right to read it, no TOML, no UTF-8
        why = f"{type(error).__name__}: {error}"[:200]
        with _lock:
            if (path, why) not in _complained:
                _complained.add((path, why))
                logger.exception("The channel settings cannot be read; the last ones stay")
            values = _good.get(path, {})
        return values, Problem(path.name, _("This file cannot be read: %(why)s"), {"why": why})
    with _lock:
        _good[path] = values
    return values, None


def _outlets_of(values: Mapping[str, Any]) -> Outlets:
    """Made once for each reading: the channels keep their connections."""
    with _lock:
        made = _made.get(id(values))
        if made is None or made[0] is not values:
            _made.clear()
            made = _made[id(values)] = (values, _make(values))
        return made[1]


def _make(values: Mapping[str, Any]) -> Outlets:
    channels, problems = usable_channels(values, other_tables=OTHER_TABLES)
    everything = Table.of("", values, problems)
    callbacks, probes = everything.table("callbacks"), everything.table("probes")
    secrets = {code: callbacks.text(code, "") for code in ALL_PROVIDERS}
    for code, secret in secrets.items():
        if secret and len(secret) < 16:
            callbacks.note(code, _("A secret has at least 16 characters."))
    callbacks.finish()
    probe_to = probes.text("probe_to", "")
    minutes = probes.number("every_minutes", 5, least=1, most=60)
    probe_call = probes.text("probe_call", "")
    # A call every few minutes would use up what one phone is asked to bear.
    call_minutes = probes.number("call_every_minutes", 60, least=15, most=1440)
    probes.finish()
    for problem in problems:
        logger.error("channel settings: %s", problem)
    return Outlets(
        channels=channels,
        problems=tuple(problems),
        callbacks={code: secret for code, secret in secrets.items() if len(secret) >= 16},
        probe_to=probe_to,
        probe_every=timedelta(minutes=minutes),
        probe_call=probe_call,
        probe_call_every=timedelta(minutes=call_minutes),
        lease=_lease(values),
    )


def _lease(values: Mapping[str, Any]) -> timedelta:
    """A claim outlives the slowest hand-over that the settings allow."""
    allowed = [
        table["total_timeout_s"]
        for table in values.values()
        if isinstance(table, Mapping)
        and isinstance(table.get("total_timeout_s"), int | float)
        and table["total_timeout_s"] <= 30
    ]
    return max([LEASE, *(timedelta(seconds=s) + _AFTER_THE_SLOWEST for s in allowed)])


def kind_of(provider: str) -> str:
    """The channel whose letters a provider carries: `sms_aliyun` texts, `voice_http` rings."""
    return next((kind for kind, codes in PROVIDERS.items() if provider in codes), provider)
