"""From the channel settings (docs/channels.md) to the channels of this installation.

A channel without settings does not exist. A channel whose settings have a problem is not made;
every problem is listed at once, and the caller decides whether to go on with the others.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Collection, Mapping
from typing import Any

from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications.channels.base import AddressKind, Channel
from lianfang.notifications.channels.makers import MAKERS
from lianfang.notifications.channels.reading import Problem, Table

ADDRESS_KIND: Mapping[str, AddressKind] = {
    "email": AddressKind.EMAIL,
    "sms_http": AddressKind.PHONE,
    "sms_aliyun": AddressKind.PHONE,
    "sms_tencent": AddressKind.PHONE,
    "voice_http": AddressKind.PHONE,
    "wecom": AddressKind.ROBOT,
    "dingtalk": AddressKind.ROBOT,
    "feishu": AddressKind.ROBOT,
    "wecom_app": AddressKind.WECOM_USER,
    "onebot": AddressKind.QQ,
}


class BadChannelSettings(Refused):
    """`problems` holds all of them; nothing was set up."""

    code = "notifications.bad-channel-settings"
    message = _("The channel settings have %(count)s problems.")

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(count=len(problems))
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join((super().__str__(), *map(str, self.problems)))


def channels_from_settings(
    settings: Mapping[str, Any], *, other_tables: Collection[str] = ()
) -> dict[str, Channel]:
    """The channels by code. Raises BadChannelSettings.

    `other_tables` may stand in the same file and are somebody else's to read.
    """
    channels, problems = usable_channels(settings, other_tables=other_tables)
    if problems:
        raise BadChannelSettings(problems)
    return channels


def usable_channels(
    settings: Mapping[str, Any], *, other_tables: Collection[str] = ()
) -> tuple[dict[str, Channel], list[Problem]]:
    """The channels without a problem, and all problems of the others.

    For a worker that has to go on: one mistyped robot must not silence the mail.
    """
    problems: list[Problem] = []
    channels: dict[str, Channel] = {}
    everything = Table.of("", settings, problems)
    for code, make in MAKERS.items():
        table = everything.table(code)
        if table.is_blank or not table.flag("enabled", True):
            continue
        channel = _made(make, table)
        if channel is not None:
            channels[code] = channel
    for name in everything.unasked():
        if name not in other_tables:
            everything.note(
                name,
                _("There is no channel of this name. Possible are: %(options)s."),
                options=", ".join(MAKERS),
            )
    return channels, problems


def robots_from_settings(settings: Mapping[str, Any]) -> dict[str, list[str]]:
    """Which robots each channel knows, for a form that lets one be chosen.

    Asked while an alert is written, so settings with problems must not stop it.
    """
    found = {}
    for code, kind in ADDRESS_KIND.items():
        table = settings.get(code)
        if kind is not AddressKind.ROBOT or not isinstance(table, Mapping):
            continue
        robots = table.get("robots")
        if table.get("enabled", True) is True and isinstance(robots, Mapping):
            found[code] = sorted(map(str, robots))
    return found


def _made(make: Callable[[Table], Channel], table: Table) -> Channel | None:
    known = len(table.problems)
    try:
        channel = make(table)
    except (OSError, ssl.SSLError):
        table.note("ca_file", _("This file cannot be read as PEM certificates."))
        return None
    table.finish()
    return channel if len(table.problems) == known else None
