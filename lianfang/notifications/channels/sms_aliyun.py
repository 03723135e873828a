"""SMS through Alibaba Cloud (阿里云 dysmsapi, SendSms of 2017-05-25).

Signed by the RPC scheme (HMAC-SHA1 over the sorted parameters). Everything is sent as the form of
a POST: the official package puts the phone number into the URL, where proxies write it down.
A refusal is HTTP 200 with a `Code` other than OK. `OutId` carries the reference and comes back in
the delivery report; the gateway does not drop repetitions by it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import ClassVar
from urllib.parse import quote, urlencode

import httpx

from lianfang.notifications.channels.base import Letter, Receipt
from lianfang.notifications.channels.deadline import wall_clock
from lianfang.notifications.channels.http_channel import (
    COMMON_HEADERS,
    Clock,
    OneRequestChannel,
    url_of,
)
from lianfang.notifications.channels.letters import national_digits, phone_of
from lianfang.notifications.channels.templates import fill_in
from lianfang.notifications.channels.verdicts import Codes, answered, as_code, as_text, judge
from lianfang.notifications.channels.wire import USUAL_LIMITS, Limits, Reply

CODES = Codes(
    success=frozenset({"OK"}),
    wait_s={
        "isv.BUSINESS_LIMIT_CONTROL": 60.0,  # per minute, hour or day: see _WAIT_WORDS
        "isv.DAY_LIMIT_CONTROL": 3600.0,  # the college's own limit for a day
        "isv.AMOUNT_NOT_ENOUGH": 600.0,  # the account must be topped up
        "isv.OUT_OF_SERVICE": 600.0,
        "isp.SYSTEM_ERROR": 5.0,
        "isp.GATEWAY_ERROR": 5.0,
        "SignatureNonceUsed": 1.0,
        "Throttling.*": 10.0,
        "ServiceUnavailable": 10.0,
        "InternalError": 5.0,
    },
    for_good=frozenset(
        {
            "isv.SMS_TEMPLATE_ILLEGAL",
            "isv.SMS_SIGNATURE_ILLEGAL",
            "isv.SMS_SIGNATURE_SCENE_ILLEGAL",
            "isv.SMS_TEST_SIGN_TEMPLATE_LIMIT",
            "isv.TEMPLATE_MISSING_PARAMETERS",
            "isv.TEMPLATE_PARAMS_ILLEGAL",
            "isv.INVALID_PARAMETERS",
            "isv.INVALID_JSON_PARAM",
            "isv.PARAM_LENGTH_LIMIT",
            "isv.PARAM_NOT_SUPPORT_URL",
            "isv.BLACK_KEY_CONTROL_LIMIT",
            "isv.DENY_IP_RANGE",
            "isv.ACCOUNT_NOT_EXISTS",
            "isv.ACCOUNT_ABNORMAL",
            "isv.PRODUCT_UN_SUBSCRIPT",
            "isv.PRODUCT_UNSUBSCRIBE",
            "isp.RAM_PERMISSION_DENY",
            "InvalidAccessKeyId.*",
            "SignatureDoesNotMatch",
            "IncompleteSignature",
            "InvalidTimeStamp.*",  # this machine's clock is off
            "MissingParameter",
            "Forbidden.*",
        }
    ),
    wrong_address=frozenset({"isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_COUNT_OVER_LIMIT"}),
)
# The same code for three limits; only the words tell which.
_WAIT_WORDS = (("天级", 12 * 3600.0), ("小时级", 3600.0), ("分钟级", 60.0))


@dataclass(frozen=True, slots=True)
class AliyunSettings:
    """`template_params` fills the variables of the approved template, e.g. {"url": "{link}"}."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    sign_name: str
    template_code: str
    template_params: Mapping[str, str]
    base_url: str = "https://dysmsapi.aliyuncs.com"
    limits: Limits = USUAL_LIMITS


def signature(*, parameters: Mapping[str, str], secret: str) -> str:
    """Base64 of the HMAC-SHA1 over POST&%2F&(the sorted parameters, encoded again as one)."""
    sorted_pairs = "&".join(f"{_rfc3986(k)}={_rfc3986(v)}" for k, v in sorted(parameters.items()))
    text = f"POST&{_rfc3986('/')}&{_rfc3986(sorted_pairs)}"
    return base64.b64encode(
        hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()
    ).decode()


def _rfc3986(text: str) -> str:
    return quote(text, safe="~")


def _random() -> str:
    return uuid.uuid4().hex


class AliyunSmsChannel(OneRequestChannel):
    code: ClassVar[str] = "sms_aliyun"

    def __init__(
        self,
        settings: AliyunSettings,
        *,
        clock: Clock = wall_clock,
        nonce: Callable[[], str] = _random,
    ) -> None:
        super().__init__(limits=settings.limits, clock=clock)
        self._settings = settings
        self._nonce = nonce

    def _request(self, letter: Letter) -> httpx.Request:
        parameters = self._parameters(letter)
        secret = self._settings.access_key_secret
        parameters["Signature"] = signature(parameters=parameters, secret=secret)
        return httpx.Request(
            "POST",
            url_of(self._settings.base_url, "/"),
            headers={**COMMON_HEADERS, "Content-Type": "application/x-www-form-urlencoded"},
            content=urlencode(parameters).encode(),
        )

    def _parameters(self, letter: Letter) -> dict[str, str]:
        settings = self._settings
        values = {name: fill_in(text, letter) for name, text in settings.template_params.items()}
        return {
            "AccessKeyId": settings.access_key_id,
            "Action": "SendSms",
            "Format": "JSON",
            "OutId": letter.reference,
            "PhoneNumbers": phone_of(letter).national,
            "SignName": settings.sign_name,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureNonce": self._nonce(),
            "SignatureVersion": "1.0",
            "TemplateCode": settings.template_code,
            "TemplateParam": json.dumps(values, ensure_ascii=False, separators=(",", ":")),
            "Timestamp": self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Version": "2017-05-25",
        }

    def _receipt(self, reply: Reply, letter: Letter) -> Receipt:
        answer = answered(reply)
        code, message = as_code(answer.get("Code")), as_text(answer.get("Message"))
        return judge(
            reply,
            _codes_for(message),
            code=code,
            message=message,
            provider_id=as_text(answer.get("BizId")),
            hidden=(self._settings.access_key_secret, letter.to, national_digits(letter.to)),
        )


def _codes_for(message: str) -> Codes:
    for words, seconds in _WAIT_WORDS:
        if words in message:
            wait_s = {**CODES.wait_s, "isv.BUSINESS_LIMIT_CONTROL": seconds}
            return Codes(CODES.success, wait_s, CODES.for_good, CODES.wrong_address)
    return CODES
