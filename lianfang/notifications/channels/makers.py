"""One function for each channel: from its table of settings to the channel.

What is wrong is noted in the table; the caller throws the channel away if anything was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications.channels.base import Channel
from lianfang.notifications.channels.dingtalk import (
    DingTalkChannel,
    DingTalkRobot,
    DingTalkSettings,
)
from lianfang.notifications.channels.email import EmailChannel, EmailSettings, Security
from lianfang.notifications.channels.feishu import FeishuChannel, FeishuRobot, FeishuSettings
from lianfang.notifications.channels.letters import is_mailbox
from lianfang.notifications.channels.onebot import OneBotChannel, OneBotSettings
from lianfang.notifications.channels.reading import Table
from lianfang.notifications.channels.sms_aliyun import AliyunSettings, AliyunSmsChannel
from lianfang.notifications.channels.sms_http import Format, HttpSmsChannel, HttpSmsSettings
from lianfang.notifications.channels.sms_tencent import TencentSettings, TencentSmsChannel
from lianfang.notifications.channels.templates import DEFAULT_MAX_BYTES
from lianfang.notifications.channels.voice_http import HttpVoiceChannel
from lianfang.notifications.channels.wecom import WeComChannel, WeComRobot, WeComSettings
from lianfang.notifications.channels.wecom_app import WeComAppChannel, WeComAppSettings
from lianfang.notifications.channels.wire import Limits

Robot = TypeVar("Robot")


def _limits(table: Table) -> Limits:
    return Limits(
        connect_s=table.number("connect_timeout_s", 3.0, least=0.1, most=10),
        total_s=table.number("total_timeout_s", 10.0, least=0.2, most=30),
        ca_file=table.text("ca_file", ""),
    )


def _email(table: Table) -> Channel:
    settings = EmailSettings(
        host=table.text("host"),
        sender=_mailbox(table, "sender"),
        sender_name=table.text("sender_name", ""),
        port=table.whole("port", 0, least=0, most=65535),
        security=cast(Security, table.choice("security", ("none", "starttls", "ssl"), "starttls")),
        username=_ascii(table, "username"),
        password=_ascii(table, "password"),
        reply_to=_mailbox(table, "reply_to", ""),
        limits=_limits(table),
    )
    if settings.username and not settings.password:
        table.missing("password")
    return EmailChannel(settings)


def _mailbox(table: Table, name: str, default: str | None = None) -> str:
    value = table.text(name, default)
    if value and not is_mailbox(value):
        table.note(name, _("This must be an e-mail address such as duty@example.edu.cn."))
    return value


def _sms_http(table: Table) -> Channel:
    settings = _http_gateway(table)
    if not settings.success_values:
        table.note("success_values", _("Without a value that means success, every SMS would fail."))
    return HttpSmsChannel(settings)


def _voice_http(table: Table) -> Channel:
    settings = _http_gateway(table)
    if not settings.success_values:
        table.note(
            "success_values", _("Without a value that means success, every call would fail.")
        )
    return HttpVoiceChannel(settings)


def _http_gateway(table: Table) -> HttpSmsSettings:
    form = cast(Format, table.choice("format", ("json", "form", "query"), "json"))
    method = table.choice("method", ("POST", "PUT", "GET"), "GET" if form == "query" else "POST")
    if method == "GET" and form != "query":
        table.note("format", _("A GET carries no body: the format must be query."))
    template = table.templates("template", flat=form != "json")
    return HttpSmsSettings(
        url=table.url("url"),
        template=template,
        success_path=table.text("success_path"),
        success_values=frozenset(table.words("success_values")),
        method=method,
        format=form,
        headers=_headers(table),
        idempotency_header=_header_name(table, "idempotency_header", "Idempotency-Key"),
        code_path=table.text("code_path", ""),
        message_path=table.text("message_path", ""),
        id_path=table.text("id_path", ""),
        wait_codes=_waits(table),
        for_good_codes=frozenset(table.words("for_good_codes")),
        wrong_address_codes=frozenset(table.words("wrong_address_codes")),
        max_bytes=table.whole("max_bytes", DEFAULT_MAX_BYTES, least=60, most=10_000),
        limits=_limits(table),
    )


def _headers(table: Table) -> dict[str, str]:
    inner = table.table("headers")
    headers = {name: inner.text(name) for name in inner.values}
    for name, value in headers.items():
        if not _is_token(name) or not value.isascii():
            inner.note(name, _("A header has a plain English name and a value in ASCII."))
    return headers


def _header_name(table: Table, name: str, default: str) -> str:
    value = table.text(name, default)
    if table.values.get(name) == "":
        return ""
    if value and not _is_token(value):
        table.note(name, _("A header has a plain English name and a value in ASCII."))
    return value


def _is_token(name: str) -> bool:
    return name.isascii() and name.replace("-", "").replace("_", "").isalnum()


def _waits(table: Table) -> dict[str, float]:
    inner = table.table("wait_codes")
    return {name: inner.number(name, 60, least=0, most=86_400) for name in inner.values}


def _sms_aliyun(table: Table) -> Channel:
    return AliyunSmsChannel(
        AliyunSettings(
            access_key_id=table.text("access_key_id"),
            access_key_secret=table.text("access_key_secret"),
            sign_name=table.text("sign_name"),
            template_code=table.text("template_code"),
            template_params=table.templates("template_params", flat=True),
            base_url=table.base_url(default="https://dysmsapi.aliyuncs.com"),
            limits=_limits(table),
        )
    )


def _sms_tencent(table: Table) -> Channel:
    return TencentSmsChannel(
        TencentSettings(
            secret_id=table.text("secret_id"),
            secret_key=table.text("secret_key"),
            sdk_app_id=table.text("sdk_app_id"),
            sign_name=table.text("sign_name"),
            template_id=table.text("template_id"),
            template_params=table.template_list("template_params"),
            region=table.text("region", "ap-guangzhou"),
            base_url=table.base_url(default="https://sms.tencentcloudapi.com"),
            limits=_limits(table),
        )
    )


def _robots(table: Table, make: Callable[[Table], Robot]) -> dict[str, Robot]:
    inner = table.table("robots", required=True)
    robots = {}
    for name in inner.values:
        robot_table = inner.table(name)
        robots[name] = make(robot_table)
        robot_table.finish()
    if not robots and not inner.is_blank:
        table.note("robots", _("At least one robot must be named."))
    return robots


def _wecom(table: Table) -> Channel:
    robots = _robots(
        table,
        lambda robot: WeComRobot(
            key=robot.text("key"),
            urgent_mentions_all=robot.flag("urgent_mentions_all", False),
        ),
    )
    base_url = table.base_url(default="https://qyapi.weixin.qq.com")
    return WeComChannel(WeComSettings(robots, base_url, _limits(table)))


def _dingtalk(table: Table) -> Channel:
    robots = _robots(
        table,
        lambda robot: DingTalkRobot(
            access_token=robot.text("access_token"),
            secret=robot.text("secret", ""),
            urgent_mentions_all=robot.flag("urgent_mentions_all", False),
        ),
    )
    base_url = table.base_url(default="https://oapi.dingtalk.com")
    return DingTalkChannel(DingTalkSettings(robots, base_url, _limits(table)))


def _feishu(table: Table) -> Channel:
    robots = _robots(
        table,
        lambda robot: FeishuRobot(
            token=robot.text("token"),
            secret=robot.text("secret", ""),
            urgent_mentions_all=robot.flag("urgent_mentions_all", False),
        ),
    )
    base_url = table.base_url(default="https://open.feishu.cn")
    return FeishuChannel(FeishuSettings(robots, base_url, _limits(table)))


def _wecom_app(table: Table) -> Channel:
    return WeComAppChannel(
        WeComAppSettings(
            corp_id=table.text("corp_id"),
            agent_id=table.whole("agent_id", None, least=0, most=2**31 - 1),
            secret=table.text("secret"),
            base_url=table.base_url(default="https://qyapi.weixin.qq.com"),
            limits=_limits(table),
        )
    )


def _onebot(table: Table) -> Channel:
    return OneBotChannel(
        OneBotSettings(
            base_url=table.base_url(),
            access_token=_ascii(table, "access_token"),
            limits=_limits(table),
        )
    )


def _ascii(table: Table, name: str) -> str:
    value = table.text(name, "")
    if not value.isascii():
        table.note(name, _("This must be in ASCII."))
        return ""
    return value


MAKERS: Mapping[str, Callable[[Table], Channel]] = {
    "email": _email,
    "sms_http": _sms_http,
    "sms_aliyun": _sms_aliyun,
    "sms_tencent": _sms_tencent,
    "voice_http": _voice_http,
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "feishu": _feishu,
    "wecom_app": _wecom_app,
    "onebot": _onebot,
}
