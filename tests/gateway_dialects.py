"""How each message gateway reads a request and words its answers, for the loopback gateway.

Written from the gateways' public documentation, apart from the channels that they test.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request as it came over the wire. Header names are in small letters."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return _single(parse_qs(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return _single(parse_qs(self.body.decode(), keep_blank_values=True))


def _single(values: dict[str, list[str]]) -> dict[str, str]:
    return {name: found[0] for name, found in values.items()}


@dataclass(frozen=True, slots=True)
class Message:
    """A message that the gateway took: for whom, and what it says."""

    dialect: str
    to: str
    text: str
    reference: str
    provider_id: str


@dataclass(frozen=True, slots=True)
class Dialect:
    name: str
    belongs: Callable[[Recorded], bool]
    read: Callable[[Recorded], tuple[str, str, str]]  # to, text, reference
    ok: Callable[[str], Any]  # provider id -> body
    error: Any
    rate_limited: Any
    rate_limited_status: int = 200
    # The gateway drops a second message with the same key; most do not.
    key: Callable[[Recorded], str] = lambda _request: ""


def _generic(request: Recorded) -> tuple[str, str, str]:
    values = (
        request.query
        if request.method == "GET"
        else request.form
        if "form" in request.headers.get("content-type", "")
        else request.json
    )
    reference = request.headers.get("idempotency-key", values.get("reference", ""))
    return str(values.get("phone", "")), str(values.get("text", "")), reference


def _aliyun(request: Recorded) -> tuple[str, str, str]:
    form = request.form
    return form["PhoneNumbers"], form["TemplateParam"], form["OutId"]


def _tencent(request: Recorded) -> tuple[str, str, str]:
    body = request.json
    return body["PhoneNumberSet"][0], body["TemplateParamSet"][0], body["SessionContext"]


def _onebot(request: Recorded) -> tuple[str, str, str]:
    body = request.json
    to = f"group:{body['group_id']}" if "group_id" in body else f"user:{body['user_id']}"
    return to, body["message"], ""


def _tencent_answer(code: str, message: str, serial: str = "") -> Any:
    status = {"SerialNo": serial, "PhoneNumber": "", "Fee": 1, "Code": code, "Message": message}
    return {"Response": {"SendStatusSet": [status], "RequestId": "r-1"}}


DIALECTS = (
    Dialect(
        "wecom",
        lambda r: r.path == "/cgi-bin/webhook/send",
        lambda r: (r.query["key"], r.json["text"]["content"], ""),
        lambda _id: {"errcode": 0, "errmsg": "ok"},
        {"errcode": 93000, "errmsg": "invalid webhook url, hint: [1], more info at x"},
        {"errcode": 45009, "errmsg": "api freq out of limit"},
    ),
    Dialect(
        "wecom_app",
        lambda r: r.path == "/cgi-bin/message/send",
        lambda r: (r.json["touser"], r.json["text"]["content"], ""),
        lambda id_: {"errcode": 0, "errmsg": "ok", "invaliduser": "", "msgid": id_},
        {"errcode": 81013, "errmsg": "user & party & tag all invalid"},
        {"errcode": 45009, "errmsg": "api freq out of limit"},
    ),
    Dialect(
        "dingtalk",
        lambda r: r.path == "/robot/send",
        lambda r: (r.query["access_token"], r.json["text"]["content"], ""),
        lambda _id: {"errcode": 0, "errmsg": "ok"},
        {"errcode": 310000, "errmsg": "sign not match"},
        {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"},
    ),
    Dialect(
        "feishu",
        lambda r: r.path.startswith("/open-apis/bot/v2/hook/"),
        lambda r: (r.path.rpartition("/")[2], r.json["content"]["text"], ""),
        lambda _id: {"code": 0, "msg": "success", "data": {}},
        {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"},
        {"code": 11232, "msg": "frequency limited psm"},
    ),
    Dialect(
        "onebot",
        lambda r: r.path in ("/send_group_msg", "/send_private_msg"),
        _onebot,
        lambda id_: {"status": "ok", "retcode": 0, "data": {"message_id": int(id_)}},
        {"status": "failed", "retcode": 1400, "data": None, "wording": "bad request"},
        {"status": "failed", "retcode": 100, "data": None, "wording": "too frequent"},
    ),
    Dialect(
        "sms_aliyun",
        lambda r: b"Action=SendSms" in r.body,
        _aliyun,
        lambda id_: {"Message": "OK", "RequestId": "r-1", "Code": "OK", "BizId": id_},
        {"Message": "手机号码格式错误", "RequestId": "r-1", "Code": "isv.MOBILE_NUMBER_ILLEGAL"},
        {
            "Message": "触发小时级流控Permits:5",
            "RequestId": "r-1",
            "Code": "isv.BUSINESS_LIMIT_CONTROL",
        },
    ),
    Dialect(
        "sms_tencent",
        lambda r: r.headers.get("x-tc-action") == "SendSms",
        _tencent,
        lambda id_: _tencent_answer("Ok", "send success", id_),
        _tencent_answer("InvalidParameterValue.IncorrectPhoneNumber", "incorrect phone number"),
        _tencent_answer("LimitExceeded.PhoneNumberThirtySecondLimit", "too often"),
    ),
    Dialect(
        "voice_http",
        lambda r: r.path == "/call",
        _generic,
        lambda id_: {"result": {"ok": True}, "call": {"id": id_}},
        {"result": {"ok": False}, "why": "no-such-number", "msg": "no such number"},
        {"result": {"ok": False}, "why": "busy-lines", "msg": "all lines are busy"},
        key=lambda r: r.headers.get("idempotency-key", ""),
    ),
    # Whatever else comes is an SMS for a gateway of the plain kind.
    Dialect(
        "sms_http",
        lambda _request: True,
        _generic,
        lambda id_: {"code": 0, "msg": "queued", "data": {"id": id_}},
        {"code": 1004, "msg": "no such number"},
        {"code": 1029, "msg": "slow down"},
        rate_limited_status=429,
        key=lambda r: r.headers.get("idempotency-key", ""),
    ),
)


def dialect_of(request: Recorded) -> Dialect:
    return next(dialect for dialect in DIALECTS if dialect.belongs(request))


def delivery_report(message: Message, *, delivered: bool = True, at: str = "") -> bytes:
    """What the gateway of this message pushes when the phone has, or has not, got it."""
    if message.dialect == "sms_aliyun":
        return _json(
            [
                {
                    "phone_number": message.to,
                    "send_time": at,
                    "report_time": at,
                    "success": delivered,
                    "err_code": "DELIVERED" if delivered else "MK:0001",
                    "err_msg": "",
                    "sms_size": "1",
                    "biz_id": message.provider_id,
                    "out_id": message.reference,
                }
            ]
        )
    if message.dialect == "sms_tencent":
        return _json(
            [
                {
                    "user_receive_time": at,
                    "nationcode": "86",
                    "mobile": message.to.removeprefix("+86"),
                    "report_status": "SUCCESS" if delivered else "FAIL",
                    "errmsg": "DELIVRD" if delivered else "UNDELIV",
                    "description": "",
                    "sid": message.provider_id,
                }
            ]
        )
    report = {
        "id": message.provider_id,
        "reference": message.reference,
        "status": "delivered" if delivered else "failed",
        "code": "" if delivered else "switched-off",
        "at": at,
    }
    return _json({"reports": [report]})


def call_report(call: Message, status: str = "answered", at: str = "") -> bytes:
    """What a gateway for calls pushes when a call has ended."""
    report = {"id": call.provider_id, "reference": call.reference, "status": status, "at": at}
    return _json({"reports": [report]})


def key_press(call: Message, key: str = "1", at: str = "", **changes: str) -> bytes:
    """What it pushes when a key was pressed during the call."""
    press = {
        "id": call.provider_id,
        "reference": call.reference,
        "phone": call.to,
        "key": key,
        "at": at,
        **changes,
    }
    return _json({"answers": [press]})


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
