"""Every HTTP channel against everything that a gateway may do to it, on real sockets."""

from __future__ import annotations

import time

import pytest

from lianfang.notifications.channels.base import Outcome
from tests.gateway_dialects import DIALECTS
from tests.gateways import Behaviour, HttpGateway
from tests.unit.channels.samples import (
    ADDRESSES,
    HTTP_CHANNELS,
    channel,
    letter_for,
    mail_channel,
)

FOR_NOW, FOR_GOOD = Outcome.FAILED_FOR_NOW, Outcome.FAILED_FOR_GOOD

# What no gateway may get away with, whatever its dialect.
MISBEHAVIOUR = [
    (Behaviour.HTML, FOR_NOW, "gateway.not-json"),
    (Behaviour.EMPTY, FOR_NOW, "gateway.not-json"),
    (Behaviour.LIST, FOR_NOW, "gateway.unexpected-answer"),
    (Behaviour.TEN_MEGABYTES, FOR_NOW, "gateway.too-large"),
    (Behaviour.ENDLESS, FOR_NOW, "gateway.too-large"),
    (Behaviour.RESET, FOR_NOW, "gateway.broken-off"),
    (Behaviour.REFUSE, FOR_NOW, "gateway.unreachable"),
    (Behaviour.SERVER_ERROR, FOR_NOW, "gateway.server-error"),
    (Behaviour.REDIRECT, FOR_NOW, "gateway.redirected"),
    (Behaviour.NOT_ALLOWED, FOR_GOOD, "gateway.not-allowed"),
]
SLOWNESS = [Behaviour.SLOW, Behaviour.SLOW_BODY, Behaviour.BLACKHOLE, Behaviour.LATE]

# An error inside HTTP 200, and the rate limit, in each gateway's own words.
REFUSALS = [
    # channel, code, outcome, is the address wrong?
    ("sms_http", "1004", FOR_GOOD, True),
    ("sms_aliyun", "isv.MOBILE_NUMBER_ILLEGAL", FOR_GOOD, True),
    ("sms_tencent", "InvalidParameterValue.IncorrectPhoneNumber", FOR_GOOD, True),
    ("voice_http", "no-such-number", FOR_GOOD, True),
    ("wecom", "93000", FOR_GOOD, False),
    ("dingtalk", "310000", FOR_GOOD, False),
    ("feishu", "19001", FOR_GOOD, False),
    ("wecom_app", "81013", FOR_GOOD, True),
    ("onebot", "1400", FOR_GOOD, False),
]
RATE_LIMITS = [
    # channel, code, seconds to wait
    ("sms_http", "gateway.too-many-requests", 17),  # HTTP 429 with Retry-After
    ("sms_aliyun", "isv.BUSINESS_LIMIT_CONTROL", 3600),  # the words say: per hour
    ("sms_tencent", "LimitExceeded.PhoneNumberThirtySecondLimit", 30),
    ("voice_http", "busy-lines", 30),
    ("wecom", "45009", 60),
    ("dingtalk", "130101", 600),
    ("feishu", "11232", 60),
    ("wecom_app", "45009", 60),
    ("onebot", "100", None),
]


@pytest.mark.parametrize("code", HTTP_CHANNELS)
def test_a_letter_that_the_gateway_takes_is_accepted_and_not_yet_delivered(code, gateway):
    receipt = channel(code, gateway).send(letter_for(code))

    assert receipt.outcome is Outcome.ACCEPTED
    assert len(gateway.accepted) == 1
    if code in ("sms_http", "sms_aliyun", "sms_tencent", "voice_http", "wecom_app", "onebot"):
        assert receipt.provider_id == gateway.accepted[0].provider_id


@pytest.mark.parametrize("code", HTTP_CHANNELS)
@pytest.mark.parametrize("behaviour, outcome, reason", MISBEHAVIOUR)
def test_a_gateway_that_misbehaves_is_a_receipt(code, behaviour, outcome, reason, gateway):
    gateway.behave(behaviour)

    receipt = channel(code, gateway).send(letter_for(code))

    assert (receipt.outcome, receipt.code) == (outcome, reason)
    assert receipt.outcome.is_failure
    assert not receipt.address_is_wrong
    assert gateway.accepted == []


@pytest.mark.parametrize("code", HTTP_CHANNELS)
@pytest.mark.parametrize("behaviour", SLOWNESS)
def test_a_gateway_that_takes_its_time_is_left_at_the_deadline(code, behaviour, gateway):
    # A token may be fetched first: the limit holds for both together.
    slow_to = channel(code, gateway, total_timeout_s=0.5)
    gateway.behave(behaviour)
    began = time.monotonic()

    receipt = slow_to.send(letter_for(code))

    assert (receipt.outcome, receipt.code) == (FOR_NOW, "gateway.timed-out")
    assert 0.4 < time.monotonic() - began < 2.5
    if behaviour is Behaviour.LATE:
        gateway.wait_for_accepted(1)
    else:
        assert gateway.accepted == []


@pytest.mark.parametrize("code, reason, outcome, address_is_wrong", REFUSALS)
def test_an_error_inside_http_200_is_a_failure_with_its_code(
    code, reason, outcome, address_is_wrong, gateway
):
    gateway.behave(Behaviour.ERROR_IN_200)

    receipt = channel(code, gateway).send(letter_for(code))

    assert (receipt.code, receipt.outcome) == (reason, outcome)
    assert receipt.address_is_wrong is address_is_wrong


@pytest.mark.parametrize("code, reason, seconds", RATE_LIMITS)
def test_a_rate_limit_is_for_now_and_says_how_long(code, reason, seconds, gateway):
    gateway.behave(Behaviour.RATE_LIMITED)

    receipt = channel(code, gateway).send(letter_for(code))

    assert (receipt.code, receipt.outcome) == (reason, FOR_NOW)
    assert receipt.outcome.may_retry
    assert receipt.retry_after_s == seconds


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
@pytest.mark.parametrize("code", HTTP_CHANNELS)
def test_a_success_inside_an_http_refusal_is_no_success(code, status, gateway):
    dialect = next(d for d in DIALECTS if d.name == code)
    gateway.say(dialect.ok("7"), status=status)

    receipt = channel(code, gateway).send(letter_for(code))

    assert (receipt.outcome, receipt.code) == (FOR_NOW, "gateway.unexpected-answer")


@pytest.mark.parametrize("code", HTTP_CHANNELS)
def test_a_refusal_is_read_whatever_its_http_status(code, gateway):
    """The clouds answer a wrong key with 400 or 403 and say why in the body."""
    dialect = next(d for d in DIALECTS if d.name == code)
    gateway.say(dialect.error, status=400)

    receipt = channel(code, gateway).send(letter_for(code))

    assert receipt.outcome is FOR_GOOD
    assert not receipt.code.startswith("gateway.")


@pytest.mark.parametrize("code", HTTP_CHANNELS)
def test_a_redirect_is_not_followed(code, gateway):
    gateway.behave(Behaviour.REDIRECT)

    channel(code, gateway).send(letter_for(code))

    assert len(gateway.requests) == 1
    assert gateway.requests[0].path != "/elsewhere"


@pytest.mark.parametrize("code", HTTP_CHANNELS)
def test_a_channel_works_again_as_soon_as_its_gateway_does(code, gateway):
    tried = channel(code, gateway)
    outcomes = []
    for behaviour in (Behaviour.OK, Behaviour.REFUSE, Behaviour.RESET, Behaviour.OK):
        gateway.behave(behaviour)
        outcomes.append(tried.send(letter_for(code)).outcome)

    assert outcomes == [Outcome.ACCEPTED, FOR_NOW, FOR_NOW, Outcome.ACCEPTED]


WRONG_KINDS = [
    (code, address)
    for code in ADDRESSES
    for address in (
        "",
        "13800138000",  # no country
        "+861012345678",  # a desk in Beijing
        "+8613800138000\r\nX: y",
        "a@b@c",
        "a@b.cn, c@d.cn",
        "nobody-knows-this-robot",
        "@all",
        "ZhangWei|LiNa",
        "group:12",
        "group:12345678;user:1",
    )
    if not (code == "wecom_app" and address in ("13800138000", "nobody-knows-this-robot"))
]


@pytest.mark.parametrize("code, address", WRONG_KINDS)
def test_an_address_of_the_wrong_kind_is_refused_before_anything_is_sent(
    code, address, gateway, smtp
):
    tried = mail_channel(smtp) if code == "email" else channel(code, gateway)

    receipt = tried.send(letter_for(code, to=address))

    if code == "wecom_app" and address == "a@b@c":  # a UserID may look like this
        assert receipt.outcome is Outcome.ACCEPTED
        return
    assert receipt.outcome is FOR_GOOD
    assert receipt.code in ("letter.bad-address", "letter.unknown-robot", "letter.line-break")
    assert gateway.requests == []
    assert smtp.mails == []


def test_a_gateway_that_accepts_and_never_delivers_looks_like_any_other(gateway):
    """Only a report that does not come tells them apart, never the receipt."""
    gateway.behave(Behaviour.ACCEPT_NEVER_DELIVER)

    receipt = channel("sms_http", gateway).send(letter_for("sms_http"))

    assert receipt.outcome is Outcome.ACCEPTED
    assert gateway.unreported == []


def test_a_second_attempt_after_a_lost_answer_is_the_same_letter_for_the_gateway(gateway):
    impatient = channel("sms_http", gateway, total_timeout_s=0.5)
    gateway.script(Behaviour.LATE)

    first = impatient.send(letter_for("sms_http"))
    second = impatient.send(letter_for("sms_http"))

    assert (first.outcome, second.outcome) == (FOR_NOW, Outcome.ACCEPTED)
    assert len(gateway.requests) == 2
    assert len(gateway.accepted) == 1


@pytest.mark.parametrize("code", HTTP_CHANNELS)
def test_neither_secrets_nor_the_address_stand_in_what_the_operator_reads(code):
    """A gateway that repeats the request in its error would carry them onto a page."""
    secrets = (
        "wecom-key-1 ding-token-1 SECding feishu-token-1 feishu-secret app-secret onebot-token "
        "voice-token "
        "aliyun-secret tencent-secret 13800138000 +8613800138000 8613912345678"
    )
    said = {
        "errcode": 5,
        "errmsg": secrets,
        "code": 5,
        "msg": secrets,
        "retcode": 5,
        "wording": secrets,
        "result": {"ok": False},
        "why": "X",
        "Code": "X",
        "Message": secrets,
        "Response": {"Error": {"Code": "X", "Message": secrets}},
    }
    with HttpGateway() as echo:
        echo.say(said)
        receipt = channel(code, echo).send(letter_for(code))

    own = {
        "wecom": "wecom-key-1",
        "dingtalk": "ding-token-1",
        "feishu": "feishu-token-1",
        "wecom_app": "app-secret",
        "onebot": "onebot-token",
        "sms_aliyun": "aliyun-secret",
        "sms_tencent": "tencent-secret",
        "voice_http": "voice-token",
    }
    assert receipt.outcome is FOR_NOW
    assert receipt.detail
    assert "138001" not in receipt.detail
    assert "139123" not in receipt.detail
    assert own.get(code, "13800") not in receipt.detail
