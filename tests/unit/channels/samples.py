"""One letter for each channel, and the channels pointed at a loopback gateway."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lianfang.notifications.channels.base import Channel, Letter
from lianfang.notifications.channels.registry import channels_from_settings
from tests.gateways import HttpGateway, SmtpGateway, all_channels

HTTP_CHANNELS = (
    "sms_http",
    "sms_aliyun",
    "sms_tencent",
    "voice_http",
    "wecom",
    "dingtalk",
    "feishu",
    "wecom_app",
    "onebot",
)
ADDRESSES = {
    "email": "zhang.wei@example.edu.cn",
    "sms_http": "+8613800138000",
    "sms_aliyun": "+8613800138000",
    "sms_tencent": "+8613800138000",
    "voice_http": "+8613800138000",
    "wecom": "committee",
    "dingtalk": "committee",
    "feishu": "committee",
    "wecom_app": "ZhangWei",
    "onebot": "group:12345678",
}
LETTER = Letter(
    reference="incident:7:step:2:person:31",
    to="+8613800138000",
    name="张伟",
    subject="有事需要您处理",
    body="请在 15 分钟内应答。",
    link="https://lianfang.example.edu.cn/a/K7M2",
    urgent=False,
)
WHOLE_TEXT = f"{LETTER.subject}\n{LETTER.body}\n{LETTER.link}"


def letter_for(code: str, **changes: Any) -> Letter:
    return replace(LETTER, **{"to": ADDRESSES[code], **changes})


def channel(code: str, gateway: HttpGateway, *, total_timeout_s: float = 10.0) -> Channel:
    settings = all_channels(http=gateway, total_timeout_s=total_timeout_s)
    return channels_from_settings({code: settings[code]})[code]


def mail_channel(smtp: SmtpGateway, **changes: Any) -> Channel:
    settings = {
        "host": smtp.host,
        "port": smtp.port,
        "sender": "duty@example.edu.cn",
        "sender_name": "联防",
        "security": "none",
        **changes,
    }
    return channels_from_settings({"email": settings})["email"]
