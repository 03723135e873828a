"""The exact request of each channel, and its signature computed anew from the documentation."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from lianfang.notifications.channels.dingtalk import (
    DingTalkChannel,
    DingTalkRobot,
    DingTalkSettings,
)
from lianfang.notifications.channels.feishu import FeishuChannel, FeishuRobot, FeishuSettings
from lianfang.notifications.channels.registry import channels_from_settings
from lianfang.notifications.channels.sms_aliyun import AliyunSettings, AliyunSmsChannel
from lianfang.notifications.channels.sms_tencent import TencentSettings, TencentSmsChannel
from lianfang.notifications.channels.wecom import WeComChannel, WeComRobot, WeComSettings
from tests.gateways import all_channels
from tests.unit.channels.samples import LETTER, WHOLE_TEXT, channel, letter_for

NOON = datetime(2020, 2, 1, 4, 0, 0, 123456, tzinfo=UTC)
NOON_S = "1580529600"


def at_noon() -> datetime:
    return NOON


def test_wecom_robot(gateway):
    channel("wecom", gateway).send(letter_for("wecom"))

    (request,) = gateway.requests
    assert (request.method, request.target) == ("POST", "/cgi-bin/webhook/send?key=wecom-key-1")
    assert request.json == {"msgtype": "text", "text": {"content": WHOLE_TEXT}}
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert LETTER.subject.encode() in request.body  # readable, not \\u escapes


def test_dingtalk_robot_signs_with_the_documented_formula_and_encodes_it_once(gateway):
    # This secret at this moment gives a signature with both + and / in it.
    secret = "SEC0"
    robots = {"committee": DingTalkRobot("t/o+k en", secret)}
    DingTalkChannel(DingTalkSettings(robots, gateway.url), clock=at_noon).send(
        letter_for("dingtalk")
    )

    digest = hmac.new(secret.encode(), f"{NOON_S}123\n{secret}".encode(), hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    (request,) = gateway.requests
    assert request.path == "/robot/send"
    assert request.query == {
        "access_token": "t/o+k en",
        "timestamp": f"{NOON_S}123",
        "sign": signature,
    }
    assert {"+", "/", "="} <= set(signature)
    assert f"sign={quote(signature, safe='')}" in request.target
    assert "%25" not in request.target
    assert request.json == {
        "msgtype": "text",
        "text": {"content": WHOLE_TEXT},
        "at": {"isAtAll": False},
    }


def test_dingtalk_robot_without_a_secret_sends_no_signature(gateway):
    robots = {"committee": DingTalkRobot("token")}
    DingTalkChannel(DingTalkSettings(robots, gateway.url)).send(letter_for("dingtalk"))

    assert gateway.requests[0].query == {"access_token": "token"}


def test_feishu_robot_signs_nothing_with_the_text_as_the_key(gateway):
    robots = {"committee": FeishuRobot("tok/en", "s3cret")}
    FeishuChannel(FeishuSettings(robots, gateway.url), clock=at_noon).send(letter_for("feishu"))

    digest = hmac.new(f"{NOON_S}\ns3cret".encode(), digestmod=hashlib.sha256).digest()
    (request,) = gateway.requests
    assert request.target == "/open-apis/bot/v2/hook/tok%2Fen"
    assert request.json == {
        "msg_type": "text",
        "content": {"text": WHOLE_TEXT},
        "timestamp": NOON_S,
        "sign": base64.b64encode(digest).decode(),
    }


def test_onebot_group_and_person(gateway):
    tried = channel("onebot", gateway)
    tried.send(letter_for("onebot", to="group:12345678"))
    tried.send(letter_for("onebot", to="user:87654321", body="[CQ:at,qq=all] 来"))

    group, person = gateway.requests
    assert group.target == "/send_group_msg"
    assert group.headers["authorization"] == "Bearer onebot-token"
    assert group.json == {"group_id": 12345678, "message": WHOLE_TEXT, "auto_escape": True}
    assert person.target == "/send_private_msg"
    assert person.json["user_id"] == 87654321
    assert person.json["auto_escape"] is True


def test_wecom_application_message_fetches_one_token_for_many_letters(gateway):
    tried = channel("wecom_app", gateway)
    tried.send(letter_for("wecom_app"))
    tried.send(letter_for("wecom_app"))

    first, second = gateway.requests
    assert first.target == "/cgi-bin/message/send?access_token=T-1"
    assert first.json == {
        "touser": "ZhangWei",
        "msgtype": "text",
        "agentid": 1000002,
        "text": {"content": WHOLE_TEXT},
    }
    assert second.target == first.target
    assert [r.query for r in gateway.token_requests] == [
        {"corpid": "ww1", "corpsecret": "app-secret"}
    ]


def test_wecom_application_message_renews_an_expired_token_within_the_attempt(gateway):
    tried = channel("wecom_app", gateway)
    gateway.expire_token()

    receipt = tried.send(letter_for("wecom_app"))

    assert not receipt.outcome.is_failure
    assert len(gateway.token_requests) == 2
    assert len(gateway.accepted) == 1


def test_wecom_application_message_with_a_token_that_stays_expired_fails_for_now(gateway):
    tried = channel("wecom_app", gateway)
    gateway.expire_token()
    gateway.expire_token()

    receipt = tried.send(letter_for("wecom_app"))

    assert (receipt.outcome.may_retry, receipt.code) == (True, "42001")


# ---------------------------------------------------------------- SMS


def aliyun(url: str, **changes: object) -> AliyunSmsChannel:
    settings = AliyunSettings(
        access_key_id="testid",
        access_key_secret="testsecret",
        sign_name="联防 办公室",
        template_code="SMS_71390007",
        template_params={"what": "{subject}", "link": "{link}"},
        base_url=url,
    )
    return AliyunSmsChannel(settings, clock=at_noon, nonce=lambda: "45e25e9b-0a6f-4070")


def test_aliyun_sms_carries_the_documented_parameters_and_signature(gateway):
    aliyun(gateway.url).send(letter_for("sms_aliyun"))

    (request,) = gateway.requests
    form = request.form
    signature = form.pop("Signature")
    assert form == {
        "AccessKeyId": "testid",
        "Action": "SendSms",
        "Format": "JSON",
        "OutId": LETTER.reference,
        "PhoneNumbers": "13800138000",
        "SignName": "联防 办公室",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "45e25e9b-0a6f-4070",
        "SignatureVersion": "1.0",
        "TemplateCode": "SMS_71390007",
        "TemplateParam": '{"what":"有事需要您处理","link":"https://lianfang.example.edu.cn/a/K7M2"}',
        "Timestamp": "2020-02-01T04:00:00Z",
        "Version": "2017-05-25",
    }

    def percent(text: str) -> str:  # RFC 3986: space is %20, * is %2A, ~ stays
        return quote(text, safe="-_.~")

    canonical = "&".join(f"{percent(k)}={percent(form[k])}" for k in sorted(form))
    to_sign = "POST&%2F&" + percent(canonical)
    expected = base64.b64encode(hmac.digest(b"testsecret&", to_sign.encode(), "sha1")).decode()
    assert signature == expected


def test_aliyun_sms_keeps_the_phone_number_out_of_the_url(gateway):
    aliyun(gateway.url).send(letter_for("sms_aliyun"))

    assert gateway.requests[0].target == "/"


def test_aliyun_signature_of_the_published_example():
    """The worked example of the RPC signature that Alibaba Cloud publishes for SendSms."""
    from lianfang.notifications.channels.sms_aliyun import signature

    parameters = {
        "AccessKeyId": "testId",
        "Action": "SendSms",
        "Format": "XML",
        "OutId": "123",
        "PhoneNumbers": "15300000001",
        "RegionId": "cn-hangzhou",
        "SignName": "阿里云短信测试专用",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466",
        "SignatureVersion": "1.0",
        "TemplateCode": "SMS_71390007",
        "TemplateParam": '{"customer":"test"}',
        "Timestamp": "2017-07-12T02:42:19Z",
        "Version": "2017-05-25",
    }

    def signed(method: str) -> str:
        canonical = "&".join(
            f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(parameters.items())
        )
        text = f"{method}&%2F&{quote(canonical, safe='~')}"
        return base64.b64encode(hmac.digest(b"testSecret&", text.encode(), "sha1")).decode()

    # The published figure is for GET; the same formula with POST is what the channel sends.
    assert signed("GET") == "zJDF+Lrzhj/ThnlvIToysFRq6t4="
    assert signature(parameters=parameters, secret="testSecret") == signed("POST")


def test_aliyun_sms_to_another_country_carries_the_country_code(gateway):
    aliyun(gateway.url).send(letter_for("sms_aliyun", to="+85261234567"))

    assert gateway.requests[0].form["PhoneNumbers"] == "85261234567"


def test_tencent_sms_carries_the_documented_body_and_signature(gateway):
    settings = TencentSettings(
        secret_id="AKID-test",
        secret_key="tencent-key",
        sdk_app_id="1400006666",
        sign_name="联防",
        template_id="1110",
        template_params=["{subject}", "{link}"],
        base_url=gateway.url,
    )
    TencentSmsChannel(settings, clock=at_noon).send(letter_for("sms_tencent"))

    (request,) = gateway.requests
    assert (request.method, request.target) == ("POST", "/")
    assert request.json == {
        "PhoneNumberSet": ["+8613800138000"],
        "SmsSdkAppId": "1400006666",
        "SignName": "联防",
        "TemplateId": "1110",
        "TemplateParamSet": [LETTER.subject, LETTER.link],
        "SessionContext": LETTER.reference,
    }
    sent = request.headers
    assert sent["x-tc-action"] == "SendSms"
    assert sent["x-tc-version"] == "2021-01-11"
    assert sent["x-tc-timestamp"] == NOON_S
    assert sent["x-tc-region"] == "ap-guangzhou"

    canonical = (
        "POST\n/\n\n"
        f"content-type:{sent['content-type']}\nhost:{sent['host']}\n\n"
        "content-type;host\n" + hashlib.sha256(request.body).hexdigest()
    )
    to_sign = (
        f"TC3-HMAC-SHA256\n{NOON_S}\n2020-02-01/sms/tc3_request\n"
        + hashlib.sha256(canonical.encode()).hexdigest()
    )
    date = hmac.digest(b"TC3tencent-key", b"2020-02-01", "sha256")
    signing = hmac.digest(hmac.digest(date, b"sms", "sha256"), b"tc3_request", "sha256")
    assert sent["authorization"] == (
        "TC3-HMAC-SHA256 Credential=AKID-test/2020-02-01/sms/tc3_request, "
        "SignedHeaders=content-type;host, "
        f"Signature={hmac.new(signing, to_sign.encode(), hashlib.sha256).hexdigest()}"
    )


def http_sms(gateway, **changes):
    settings = all_channels(http=gateway)["sms_http"] | changes
    return channels_from_settings({"sms_http": settings})["sms_http"]


def test_a_call_speaks_the_text_in_its_language_and_has_no_link(gateway):
    channel("voice_http", gateway).send(letter_for("voice_http", language="en-US"))

    (request,) = gateway.requests
    assert (request.method, request.path) == ("POST", "/call")
    assert request.headers["authorization"] == "Bearer voice-token"
    assert request.headers["idempotency-key"] == LETTER.reference
    assert request.json == {
        "phone": "+8613800138000",
        "text": f"{LETTER.subject}\n{LETTER.body}",
        "lang": "en-US",
    }


def test_http_sms_fills_its_template_at_any_depth(gateway):
    http_sms(
        gateway,
        template={
            "phone": "{phone}",
            "bare": "{national}",
            "messages": [{"text": "【联防】{text}", "tries": 3, "flash": False}],
            "reference": "{reference}",
        },
        headers={"Authorization": "Bearer s3cret"},
    ).send(letter_for("sms_http"))

    (request,) = gateway.requests
    assert (request.method, request.path) == ("POST", "/sms")
    assert request.headers["authorization"] == "Bearer s3cret"
    assert request.headers["idempotency-key"] == LETTER.reference
    assert request.json == {
        "phone": "+8613800138000",
        "bare": "13800138000",
        "messages": [{"text": f"【联防】{WHOLE_TEXT}", "tries": 3, "flash": False}],
        "reference": LETTER.reference,
    }


def test_http_sms_does_not_fill_what_a_value_brings_along(gateway):
    http_sms(gateway).send(letter_for("sms_http", body="{phone} {reference} {0.__class__}"))

    assert "{phone} {reference} {0.__class__}" in gateway.requests[0].json["text"]


def test_http_sms_as_a_form(gateway):
    receipt = http_sms(gateway, format="form").send(letter_for("sms_http", body="a&phone=1=2"))

    (request,) = gateway.requests
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.form["phone"] == "+8613800138000"
    assert "a&phone=1=2" in request.form["text"]
    assert not receipt.outcome.is_failure


def test_http_sms_as_a_query(gateway):
    settings = {"format": "query", "url": f"{gateway.url}/sms?account=lf"}
    http_sms(gateway, **settings).send(letter_for("sms_http", body="a&phone=1"))

    (request,) = gateway.requests
    assert (request.method, request.body) == ("GET", b"")
    assert request.query["account"] == "lf"
    assert request.query["phone"] == "+8613800138000"
    assert "a&phone=1" in request.query["text"]


@pytest.mark.parametrize(
    "answer, settings, code, failed",
    [
        ({"code": "0"}, {}, "0", False),
        ({"code": 0.0}, {}, "0", False),
        ({"code": 1}, {}, "1", True),
        ({"code": None}, {}, "gateway.unexpected-answer", True),
        ({"code": [0]}, {}, "gateway.unexpected-answer", True),
        ({"code": {"0": 0}}, {}, "gateway.unexpected-answer", True),
        ({}, {}, "gateway.unexpected-answer", True),
        ({"ok": True}, {"success_path": "ok", "success_values": [True]}, "true", False),
        ({"ok": "false"}, {"success_path": "ok", "success_values": [True]}, "false", True),
        (
            {"r": [{"s": "SENT"}]},
            {"success_path": "r.0.s", "success_values": ["SENT"]},
            "SENT",
            False,
        ),
        ({"r": []}, {"success_path": "r.0.s"}, "gateway.unexpected-answer", True),
        # Success false beside a reason that looks like success stays a failure.
        (
            {"ok": False, "code": 0},
            {"success_path": "ok", "success_values": [True, 0], "code_path": "code"},
            "false",
            True,
        ),
        (
            {"ok": False, "code": 1029},
            {"success_path": "ok", "success_values": [True], "code_path": "code"},
            "1029",
            True,
        ),
    ],
)
def test_http_sms_recognises_success_only_where_the_settings_say(
    answer, settings, code, failed, gateway
):
    gateway.say(answer)

    receipt = http_sms(gateway, **settings).send(letter_for("sms_http"))

    assert (receipt.code, receipt.outcome.is_failure) == (code, failed)


# ---------------------------------------------------------------- text


@pytest.mark.parametrize("code, most", [("wecom", 2048), ("wecom_app", 2048), ("onebot", 4500)])
def test_a_long_text_is_cut_to_the_gateway_s_limit_and_keeps_its_link(code, most, gateway):
    channel(code, gateway).send(letter_for(code, body="发热门诊" * 2000))

    text = gateway.accepted[0].text
    assert most - 8 <= len(text.encode()) <= most
    assert text.startswith(LETTER.subject)
    assert text.endswith(f"……\n{LETTER.link}")


def test_a_link_that_stands_in_the_body_is_not_repeated(gateway):
    channel("wecom", gateway).send(letter_for("wecom", body=f"请点 {LETTER.link} 应答"))

    assert gateway.accepted[0].text.count(str(LETTER.link)) == 1


@pytest.mark.parametrize("urgent", [True, False])
def test_an_urgent_letter_wakes_the_group_where_the_robot_is_set_so(urgent, gateway):
    wecom = WeComChannel(WeComSettings({"committee": WeComRobot("k", True)}, gateway.url))
    ding = DingTalkChannel(
        DingTalkSettings({"committee": DingTalkRobot("t", "", True)}, gateway.url)
    )
    feishu = FeishuChannel(FeishuSettings({"committee": FeishuRobot("t", "", True)}, gateway.url))
    for tried in (wecom, ding, feishu):
        tried.send(letter_for("wecom", urgent=urgent))

    said = [json.dumps(request.json, ensure_ascii=False) for request in gateway.requests]
    assert ('"mentioned_list": ["@all"]' in said[0]) is urgent
    assert ('"isAtAll": true' in said[1]) is urgent
    assert ('<at user_id=\\"all\\">' in said[2]) is urgent


def test_a_name_cannot_wake_a_feishu_group(gateway):
    channel("feishu", gateway).send(letter_for("feishu", body='<at user_id="all">x</at>'))

    assert "<at" not in gateway.accepted[0].text
