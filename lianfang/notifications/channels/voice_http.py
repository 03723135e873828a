"""Phone calls through any gateway that speaks HTTP and JSON, described in the settings.

The gateway rings the phone, speaks the text in the letter's language, repeats it on key 2 and
pushes back how the call ended and which key was pressed (docs/channels.md). Asking is the same
as for a text message; what is spoken has no link.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import httpx

from lianfang.notifications.channels.base import Letter
from lianfang.notifications.channels.sms_http import HttpSmsChannel


class HttpVoiceChannel(HttpSmsChannel):
    code: ClassVar[str] = "voice_http"

    def _request(self, letter: Letter) -> httpx.Request:
        return super()._request(replace(letter, link=None))
