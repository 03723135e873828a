"""SMS through Tencent Cloud (腾讯云 SMS, SendSms of 2021-01-11), signed by TC3-HMAC-SHA256.

A refusal is HTTP 200 with `Response.Error`, or with a `Code` other than Ok in the status of the
number. `SessionContext` carries the reference; the gateway does not drop repetitions by it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

import httpx

from lianfang.notifications.channels.base import Letter, Receipt
from lianfang.notifications.channels.deadline import wall_clock
from lianfang.notifications.channels.http_channel import (
    COMMON_HEADERS,
    Clock,
    OneRequestChannel,
    compact,
    url_of,
)
from lianfang.notifications.channels.letters import national_digits, phone_of
from lianfang.notifications.channels.templates import fill_in
from lianfang.notifications.channels.verdicts import Codes, answered, as_code, as_text, at, judge
from lianfang.notifications.channels.wire import USUAL_LIMITS, Limits, Reply

ALGORITHM = "TC3-HMAC-SHA256"
SERVICE = "sms"
ACTION = "SendSms"
CONTENT_TYPE = "application/json; charset=utf-8"
SIGNED_HEADERS = "content-type;host"

CODES = Codes(
    success=frozenset({"Ok"}),
    wait_s={
        "LimitExceeded.*": 60.0,
        "LimitExceeded.PhoneNumberThirtySecondLimit": 30.0,
        "LimitExceeded.PhoneNumberOneHourLimit": 3600.0,
        "LimitExceeded.PhoneNumberDailyLimit": 12 * 3600.0,
        "LimitExceeded.PhoneNumberSameContentDailyLimit": 12 * 3600.0,
        "LimitExceeded.AppDailyLimit": 3600.0,
        "RequestLimitExceeded.*": 10.0,
        "InternalError.*": 5.0,
        "FailedOperation.InsufficientBalanceInSmsPackage": 600.0,
        "ResourceInsufficient.*": 600.0,
        "AuthFailure.SignatureExpire": 60.0,  # this machine's clock is off; somebody may set it
    },
    for_good=frozenset(
        {
            "AuthFailure.*",
            "UnauthorizedOperation.*",
            "UnsupportedOperation.*",
            "InvalidParameter.*",
            "InvalidParameterValue.*",
            "MissingParameter.*",
            "UnknownParameter.*",
            "InvalidAction.*",
            "FailedOperation.ContainSensitiveWord",
            "FailedOperation.FailResolvePacket",
            "FailedOperation.MissingSignature",
            "FailedOperation.MissingTemplateToModify",
            "FailedOperation.SignatureIncorrectOrUnapproved",
            "FailedOperation.TemplateIncorrectOrUnapproved",
            "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
            "FailedOperation.PhoneNumberInBlacklist",  # they do not wish it; the number is right
        }
    ),
    wrong_address=frozenset(
        {
            "InvalidParameterValue.IncorrectPhoneNumber",
            "FailedOperation.PhoneNumberParseFail",
        }
    ),
)


@dataclass(frozen=True, slots=True)
class TencentSettings:
    """`template_params` fills the numbered variables of the approved template, in order."""

    secret_id: str
    secret_key: str = field(repr=False)
    sdk_app_id: str
    sign_name: str
    template_id: str
    template_params: Sequence[str]
    region: str = "ap-guangzhou"
    base_url: str = "https://sms.tencentcloudapi.com"
    limits: Limits = USUAL_LIMITS


def authorization(
    *, secret_id: str, secret_key: str, host: str, body: bytes, at_moment: datetime
) -> str:
    """The TC3 header for a POST to `/` with this body."""
    moment = at_moment.astimezone(UTC)
    scope = f"{moment:%Y-%m-%d}/{SERVICE}/tc3_request"
    canonical = "\n".join(
        (
            "POST",
            "/",
            "",
            f"content-type:{CONTENT_TYPE}\nhost:{host}\n",
            SIGNED_HEADERS,
            hashlib.sha256(body).hexdigest(),
        )
    )
    text = "\n".join(
        (
            ALGORITHM,
            str(int(moment.timestamp())),
            scope,
            hashlib.sha256(canonical.encode()).hexdigest(),
        )
    )
    key = f"TC3{secret_key}".encode()
    for part in (f"{moment:%Y-%m-%d}", SERVICE, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signed = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return (
        f"{ALGORITHM} Credential={secret_id}/{scope}, "
        f"SignedHeaders={SIGNED_HEADERS}, Signature={signed}"
    )


class TencentSmsChannel(OneRequestChannel):
    code: ClassVar[str] = "sms_tencent"

    def __init__(self, settings: TencentSettings, *, clock: Clock = wall_clock) -> None:
        super().__init__(limits=settings.limits, clock=clock)
        self._settings = settings

    def _request(self, letter: Letter) -> httpx.Request:
        now, body = self._clock(), compact(self._payload(letter))
        request = httpx.Request(
            "POST",
            url_of(self._settings.base_url, "/"),
            headers={**COMMON_HEADERS, "Content-Type": CONTENT_TYPE, **self._common(now)},
            content=body,
        )
        # The host is signed as it is sent, port included where it is not the usual one.
        request.headers["Authorization"] = authorization(
            secret_id=self._settings.secret_id,
            secret_key=self._settings.secret_key,
            host=request.headers["Host"],
            body=body,
            at_moment=now,
        )
        return request

    def _common(self, now: datetime) -> Mapping[str, str]:
        return {
            "X-TC-Action": ACTION,
            "X-TC-Version": "2021-01-11",
            "X-TC-Region": self._settings.region,
            "X-TC-Timestamp": str(int(now.timestamp())),
        }

    def _payload(self, letter: Letter) -> dict[str, Any]:
        settings = self._settings
        return {
            "PhoneNumberSet": [phone_of(letter).e164],
            "SmsSdkAppId": settings.sdk_app_id,
            "SignName": settings.sign_name,
            "TemplateId": settings.template_id,
            "TemplateParamSet": [fill_in(text, letter) for text in settings.template_params],
            "SessionContext": letter.reference,
        }

    def _receipt(self, reply: Reply, letter: Letter) -> Receipt:
        answer = answered(reply)
        error = at(answer, "Response", "Error")
        status = at(answer, "Response", "SendStatusSet", "0")
        said = error if isinstance(error, dict) else status
        return judge(
            reply,
            CODES,
            code=as_code(at(said, "Code")),
            message=as_text(at(said, "Message")),
            provider_id=as_text(at(said, "SerialNo")),
            hidden=(self._settings.secret_key, letter.to, national_digits(letter.to)),
        )
