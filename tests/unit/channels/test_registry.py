"""From settings to channels; every problem of the settings at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from lianfang.notifications.channels.base import AddressKind
from lianfang.notifications.channels.registry import (
    ADDRESS_KIND,
    BadChannelSettings,
    channels_from_settings,
    robots_from_settings,
    usable_channels,
)
from lianfang.notifications.outlets import OTHER_TABLES
from tests.gateways import HttpGateway, SmtpGateway, all_channels
from tests.unit.channels.samples import ADDRESSES, letter_for

DOCS = Path(__file__).resolve().parents[3] / "docs" / "channels.md"


def problems(settings: Any, **options: Any) -> dict[str, str]:
    with pytest.raises(BadChannelSettings) as caught:
        channels_from_settings(settings, **options)
    return {p.where: p.message % p.context for p in caught.value.problems}


def test_no_settings_make_no_channels():
    assert channels_from_settings({}) == {}


def test_all_channels_of_the_loopback_settings_work(gateway, smtp):
    channels = channels_from_settings(all_channels(http=gateway, smtp=smtp))

    assert sorted(channels) == sorted(ADDRESSES) == sorted(ADDRESS_KIND)
    for code, channel in channels.items():
        assert channel.code == code
        assert not channel.send(letter_for(code)).outcome.is_failure
    assert len(gateway.accepted) == 8
    assert len(smtp.mails) == 1


def test_a_channel_that_is_switched_off_is_absent(gateway):
    settings = all_channels(http=gateway)
    settings["wecom"]["enabled"] = False

    assert "wecom" not in channels_from_settings(settings)


def test_each_channel_says_which_address_it_needs():
    assert ADDRESS_KIND["sms_aliyun"] is AddressKind.PHONE
    assert ADDRESS_KIND["wecom"] is AddressKind.ROBOT
    assert ADDRESS_KIND["onebot"] is AddressKind.QQ


def test_the_robots_of_each_channel_can_be_listed(gateway):
    settings = all_channels(http=gateway)
    settings["wecom"]["robots"]["cs"] = {"key": "k2"}

    assert robots_from_settings(settings) == {
        "wecom": ["committee", "cs"],
        "dingtalk": ["committee"],
        "feishu": ["committee"],
    }


@pytest.mark.parametrize(
    "table", [5, None, [], {}, {"robots": 5}, {"robots": {"a": {}}, "enabled": False}]
)
def test_settings_with_problems_do_not_stop_the_list_of_robots(table):
    assert robots_from_settings({"wecom": table}).get("wecom", []) == []


def test_one_mistyped_robot_does_not_silence_the_other_channels(gateway):
    settings = all_channels(http=gateway)
    settings["wecom"]["robots"]["committee"] = {"kee": "x"}

    channels, found = usable_channels(settings)

    assert "wecom" not in channels
    assert len(channels) == len(settings) - 1
    assert {p.where for p in found} == {
        "wecom.robots.committee.key",
        "wecom.robots.committee.kee",
    }


def test_every_problem_is_listed_at_once_with_its_place():
    found = problems(
        {
            "email": {"host": "", "sender": "not an address", "port": 70000, "securty": "ssl"},
            "wecom": {"robots": {"committee": {"kee": "x"}, "cs": "key"}},
            "dingtalk": {},
            "feishu": {"robots": {}},
            "sms_http": {
                "url": "ftp://x",
                "template": {"to": "{phon}", "deep": [{"t": "{0}"}]},
                "total_timeout_s": 3600,
                "headers": {"X\nY": "a", "Ok": "张"},
                "success_values": [],
            },
            "sms_tencent": {"secret_id": 5, "template_params": "{text}"},
            "wechat": {},
        }
    )

    assert found == {
        "email.host": "This setting is missing.",
        "email.sender": "This must be an e-mail address such as duty@example.edu.cn.",
        "email.port": "This must be a whole number from 0 to 65535.",
        "email.securty": "There is no setting of this name here.",
        "wecom.robots.committee.key": "This setting is missing.",
        "wecom.robots.committee.kee": "There is no setting of this name here.",
        "wecom.robots.cs": "This must be a table of settings.",
        "dingtalk.robots": "This setting is missing.",
        "feishu.robots": "At least one robot must be named.",
        "sms_http.url": "This must be an address such as https://sms.example.edu.cn/send.",
        "sms_http.template": found["sms_http.template"],
        "sms_http.total_timeout_s": "This must be a number from 0.2 to 30.",
        "sms_http.headers.X\nY": "A header has a plain English name and a value in ASCII.",
        "sms_http.headers.Ok": "A header has a plain English name and a value in ASCII.",
        "sms_http.success_path": "This setting is missing.",
        "sms_http.success_values": "Without a value that means success, every SMS would fail.",
        "sms_tencent.secret_id": "This must be a text in quotation marks.",
        "sms_tencent.secret_key": "This setting is missing.",
        "sms_tencent.sdk_app_id": "This setting is missing.",
        "sms_tencent.sign_name": "This setting is missing.",
        "sms_tencent.template_id": "This setting is missing.",
        "sms_tencent.template_params": 'This must be a list of texts such as ["{link}"].',
        "wechat": found["wechat"],
    }
    assert "{phone}, {national}, {text}" in found["sms_http.template"]
    assert "Possible are: email, sms_http" in found["wechat"]


@pytest.mark.parametrize(
    "channel, changes, where",
    [
        ("wecom", {"base_url": "qyapi.weixin.qq.com"}, "base_url"),
        ("wecom", {"base_url": "https://a:b@qyapi.weixin.qq.com"}, "base_url"),
        ("wecom", {"base_url": "https://qyapi.weixin.qq.com/?key=1"}, "base_url"),
        ("wecom", {"base_url": "https://qyapi weixin.qq.com"}, "base_url"),
        ("wecom", {"base_url": "https://x:99999"}, "base_url"),
        ("wecom", {"base_url": "http://[::1"}, "base_url"),
        ("wecom", {"base_url": "https://x/\nHost: y"}, "base_url"),
        ("wecom", {"base_url": 5}, "base_url"),
        ("wecom", {"ca_file": "/no/such/file.pem"}, "ca_file"),
        ("wecom", {"ca_file": __file__}, "ca_file"),
        ("wecom", {"total_timeout_s": True}, "total_timeout_s"),
        ("wecom", {"total_timeout_s": float("nan")}, "total_timeout_s"),
        ("wecom", {"connect_timeout_s": 0}, "connect_timeout_s"),
        ("wecom", {"enabled": "no"}, "enabled"),
        ("wecom", {"robots": {"committee": {"key": "k", "urgent_mentions_all": 1}}}, "robots"),
        ("wecom_app", {"agent_id": "1000002"}, "agent_id"),
        ("wecom_app", {"agent_id": None}, "agent_id"),
        ("onebot", {"access_token": "密"}, "access_token"),
        ("sms_http", {"format": "xml"}, "format"),
        ("sms_http", {"method": "GET"}, "format"),
        ("sms_http", {"method": "DELETE"}, "method"),
        ("sms_http", {"format": "form", "template": {"a": ["{text}"]}}, "template"),
        ("sms_http", {"success_values": "0"}, "success_values"),
        ("sms_http", {"wait_codes": {"5": "soon"}}, "wait_codes"),
        ("sms_http", {"idempotency_header": "Bad Header"}, "idempotency_header"),
        ("sms_aliyun", {"template_params": {"a": 5}}, "template_params"),
        ("sms_aliyun", {"template_params": {"a": "{name}"}}, "template_params"),
        ("sms_tencent", {"template_params": [5]}, "template_params"),
        ("email", {"security": "tls"}, "security"),
        ("email", {"username": "duty"}, "password"),
        ("email", {"password": "密码"}, "password"),
        ("email", {"reply_to": "a@b\r\nBcc: c@d"}, "reply_to"),
        ("email", {"sender_name": "a\nb"}, "sender_name"),
        ("email", {"sender": "联防 <a@b.cn>"}, "sender"),
    ],
)
def test_one_wrong_setting_is_named(channel, changes, where):
    with HttpGateway() as gateway, SmtpGateway() as smtp:
        settings = all_channels(http=gateway, smtp=smtp)[channel] | changes

    found = problems({channel: settings})

    assert len(found) == 1
    assert next(iter(found)).startswith(f"{channel}.{where}")


@pytest.mark.parametrize("settings", [{"wecom": 5}, {"wecom": []}, {"wecom": "key"}])
def test_a_channel_that_is_no_table_is_a_problem(settings):
    assert problems(settings) == {"wecom": "This must be a table of settings."}


def test_tables_of_somebody_else_may_stand_in_the_same_file():
    assert channels_from_settings({"order": {}}, other_tables={"order", *OTHER_TABLES}) == {}


def test_no_problem_repeats_a_secret():
    settings = {
        "email": {"host": "h", "sender": "a@b.cn", "password": ["s3cret-1"]},
        "wecom": {"robots": {"x": {"key": "s3cret-2\n"}}},
        "onebot": {"base_url": "http://u:s3cret-3@x", "access_token": "密s3cret-4"},
    }
    with pytest.raises(BadChannelSettings) as caught:
        channels_from_settings(settings)

    assert len(caught.value.problems) == 4
    assert "s3cret" not in str(caught.value)


def test_settings_do_not_show_their_secrets():
    from lianfang.notifications.channels.wecom import WeComRobot, WeComSettings

    assert "s3cret" not in repr(WeComSettings({"committee": WeComRobot("s3cret")}))


def test_an_unset_idempotency_header_is_not_sent(gateway):
    settings = all_channels(http=gateway)["sms_http"] | {"idempotency_header": ""}
    channels_from_settings({"sms_http": settings})["sms_http"].send(letter_for("sms_http"))

    assert "idempotency-key" not in gateway.requests[0].headers


def examples() -> list[str]:
    text = DOCS.read_text(encoding="utf-8")
    return [block.split("```")[0] for block in text.split("```toml\n")[1:]]


def test_the_documentation_has_an_example_for_every_channel():
    documented = {name for example in examples() for name in tomllib.loads(example)}

    assert documented >= set(ADDRESS_KIND)


@pytest.mark.parametrize("example", examples())
def test_every_example_in_the_documentation_is_accepted(example):
    others = {"order", *OTHER_TABLES}
    values = tomllib.loads(example)
    assert set(channels_from_settings(values, other_tables=others)) == set(values) - others
