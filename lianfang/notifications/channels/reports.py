"""Delivery reports and answers as gateways push them, in their dialects, as plain data.

Reports come late, twice, out of order and for messages that nobody sent: this module only reads.
Alibaba Cloud and Tencent Cloud do not sign what they push; give them an address with a secret in
its path. `lianfang` is our own dialect, signed as `callbacks.py` says, and so is `voice`: what became of a call, and which key was pressed in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NoReturn

from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications.channels.base import Outcome
from lianfang.notifications.channels.verdicts import MAX_ID, as_code, as_text, tell

MAX_BYTES = 1024 * 1024
MAX_ITEMS = 1000
CHINA = timezone(timedelta(hours=8))


class UnreadableReport(Refused):
    code = "callback.unreadable"
    message = _("The body is not what this gateway sends.")
    status = 400


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """Delivered, or not. `provider_id` or `reference` names the message; either may be empty."""

    outcome: Outcome
    provider_id: str
    reference: str
    code: str
    detail: str
    reported_at: datetime | None


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """What a phone wrote back. `phone` is E.164; `answers.parse_answer` reads the text."""

    phone: str
    text: str
    written_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeyPress:
    """A key that was pressed during a call. It is about this call, whoever else has the phone."""

    reference: str
    provider_id: str
    phone: str  # E.164, or empty where the gateway does not say it
    key: str
    pressed_at: datetime | None


def parse_delivery_reports(dialect: str, body: bytes) -> list[DeliveryReport]:
    """Raises UnreadableReport, also for an unknown dialect; takes all of the body or nothing."""
    return [_REPORT[dialect](item) for item in _items(dialect, body, key="reports")]


def parse_text_answers(dialect: str, body: bytes) -> list[TextAnswer]:
    """Raises UnreadableReport, also for an unknown dialect; takes all of the body or nothing."""
    return [_ANSWER[dialect](item) for item in _items(dialect, body, key="answers")]


def parse_key_presses(body: bytes) -> list[KeyPress]:
    """Raises UnreadableReport; takes all of the body or nothing."""
    return [_key_press(item) for item in _items("voice", body, key="answers")]


# What each gateway wants to hear, or it sends the same again.
THANKS: Mapping[str, Mapping[str, Any]] = {
    "aliyun": {"code": 0, "msg": "OK"},
    "tencent": {"result": 0, "errmsg": "OK"},
    "lianfang": {"code": 0},
    "voice": {"code": 0},
}


SIGNED = ("lianfang", "voice")


def _items(dialect: str, body: bytes, *, key: str) -> Iterator[dict[str, Any]]:
    """The entries of the body: a list; ours lie under a key; Tencent's answer is a single one."""
    value = _decoded(body)
    if dialect not in THANKS:
        raise UnreadableReport
    if dialect in SIGNED:
        value = value.get(key) if isinstance(value, dict) else None
    items = [value] if isinstance(value, dict) else value
    if not isinstance(items, list) or len(items) > MAX_ITEMS:
        raise UnreadableReport
    if not all(isinstance(item, dict) for item in items):
        raise UnreadableReport
    return iter(items)


def _decoded(body: bytes) -> Any:
    if len(body) > MAX_BYTES:
        raise UnreadableReport
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise UnreadableReport from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _report(
    item: Mapping[str, Any],
    *,
    delivered: bool,
    provider_id: str,
    reference: str,
    code: str,
    detail: str,
    at: str,
) -> DeliveryReport:
    return DeliveryReport(
        outcome=Outcome.DELIVERED if delivered else Outcome.FAILED_FOR_NOW,
        provider_id=as_text(item.get(provider_id))[:MAX_ID],
        reference=as_text(item.get(reference))[:MAX_ID],
        code=as_code(item.get(code))[:MAX_ID],
        detail=tell(as_text(item.get(detail))),
        reported_at=_moment(item.get(at)),
    )


def _aliyun_report(item: dict[str, Any]) -> DeliveryReport:
    return _report(
        item,
        delivered=item.get("success") is True or as_code(item.get("success")) == "true",
        provider_id="biz_id",
        reference="out_id",
        code="err_code",
        detail="err_msg",
        at="report_time",
    )


def _tencent_report(item: dict[str, Any]) -> DeliveryReport:
    return _report(
        item,
        delivered=as_code(item.get("report_status")) == "SUCCESS",
        provider_id="sid",
        reference="ext",
        code="errmsg",
        detail="description",
        at="user_receive_time",
    )


def _own_report(item: dict[str, Any]) -> DeliveryReport:
    status = as_code(item.get("status"))
    if status not in ("delivered", "failed"):
        raise UnreadableReport
    return _report(
        item,
        delivered=status == "delivered",
        provider_id="id",
        reference="reference",
        code="code",
        detail="detail",
        at="at",
    )


# How a call ended. Only a phone that was picked up has got the message.
_CALL_ENDED: Mapping[str, tuple[Outcome, str]] = {
    "answered": (Outcome.DELIVERED, ""),
    "busy": (Outcome.FAILED_FOR_NOW, "voice.busy"),
    "no-answer": (Outcome.FAILED_FOR_NOW, "voice.no-answer"),
    "rejected": (Outcome.FAILED_FOR_NOW, "voice.rejected"),
    "unreachable": (Outcome.FAILED_FOR_NOW, "voice.unreachable"),
    "failed": (Outcome.FAILED_FOR_NOW, "voice.failed"),
    "wrong-number": (Outcome.FAILED_FOR_GOOD, "voice.wrong-number"),
}


def _call_report(item: dict[str, Any]) -> DeliveryReport:
    ended = _CALL_ENDED.get(as_code(item.get("status")).lower().replace("_", "-"))
    if ended is None:
        raise UnreadableReport
    return DeliveryReport(
        outcome=ended[0],
        provider_id=as_text(item.get("id"))[:MAX_ID],
        reference=as_text(item.get("reference"))[:MAX_ID],
        code=ended[1],
        detail=tell(
            " ".join(filter(None, (as_code(item.get("code")), as_text(item.get("detail")))))
        ),
        reported_at=_moment(item.get("at")),
    )


def _key_press(item: dict[str, Any]) -> KeyPress:
    key, reference = as_code(item.get("key")), as_text(item.get("reference"))
    phone = as_text(item.get("phone"))
    if not key or len(key) > 20 or not reference:
        raise UnreadableReport
    if phone and not phone.removeprefix("+").isdecimal():
        raise UnreadableReport
    return KeyPress(
        reference=reference[:MAX_ID],
        provider_id=as_text(item.get("id"))[:MAX_ID],
        phone=_e164(phone) if phone else "",
        key=key,
        pressed_at=_moment(item.get("at")),
    )


def _aliyun_answer(item: dict[str, Any]) -> TextAnswer:
    phone = as_text(item.get("phone_number"))
    return _answer(_e164(phone), item.get("content"), item.get("send_time"))


def _tencent_answer(item: dict[str, Any]) -> TextAnswer:
    phone = f"+{as_text(item.get('nationcode'))}{as_text(item.get('mobile'))}"
    return _answer(phone, item.get("text"), item.get("time"))


def _own_answer(item: dict[str, Any]) -> TextAnswer:
    return _answer(_e164(as_text(item.get("phone"))), item.get("text"), item.get("at"))


def _answer(phone: str, text: object, written_at: object) -> TextAnswer:
    if not phone.removeprefix("+").isdecimal() or not isinstance(text, str):
        raise UnreadableReport
    return TextAnswer(phone, text, _moment(written_at))


def _e164(phone: str) -> str:
    """Gateways write a Chinese mobile bare, with 86, 0086 or +86."""
    digits = phone.removeprefix("+").removeprefix("00")
    return f"+86{digits}" if len(digits) == 11 and digits.startswith("1") else f"+{digits}"


def _moment(value: object) -> datetime | None:
    """ISO 8601, `2020-02-01 08:00:00` in China, or seconds since 1970; nonsense is no moment."""
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None
    return moment.replace(tzinfo=CHINA) if moment and moment.tzinfo is None else moment


_REPORT: Mapping[str, Callable[[dict[str, Any]], DeliveryReport]] = {
    "aliyun": _aliyun_report,
    "tencent": _tencent_report,
    "lianfang": _own_report,
    "voice": _call_report,
}
_ANSWER: Mapping[str, Callable[[dict[str, Any]], TextAnswer]] = {
    "aliyun": _aliyun_answer,
    "tencent": _tencent_answer,
    "lianfang": _own_answer,
}
