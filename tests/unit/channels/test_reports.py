"""Delivery reports and answers as gateways push them."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.notifications.channels.base import Outcome
from lianfang.notifications.channels.reports import (
    TextAnswer,
    UnreadableReport,
    parse_delivery_reports,
    parse_key_presses,
    parse_text_answers,
)
from tests.gateway_dialects import call_report, key_press
from tests.gateways import Behaviour, delivery_report
from tests.unit.channels.samples import LETTER, channel, letter_for

EIGHT = datetime(2020, 2, 1, 0, 0, tzinfo=UTC)  # 08:00 in China
CALLS_END = [
    # status as the gateway spells it, outcome, our code
    ("answered", Outcome.DELIVERED, ""),
    ("busy", Outcome.FAILED_FOR_NOW, "voice.busy"),
    ("NO_ANSWER", Outcome.FAILED_FOR_NOW, "voice.no-answer"),
    ("rejected", Outcome.FAILED_FOR_NOW, "voice.rejected"),
    ("unreachable", Outcome.FAILED_FOR_NOW, "voice.unreachable"),
    ("failed", Outcome.FAILED_FOR_NOW, "voice.failed"),
    ("wrong-number", Outcome.FAILED_FOR_GOOD, "voice.wrong-number"),
]
DIALECT = {"sms_http": "lianfang", "sms_aliyun": "aliyun", "sms_tencent": "tencent"}


@pytest.mark.parametrize("code", DIALECT)
@pytest.mark.parametrize(
    "delivered, outcome", [(True, Outcome.DELIVERED), (False, Outcome.FAILED_FOR_NOW)]
)
def test_a_report_leads_back_to_its_letter(code, delivered, outcome, gateway):
    receipt = channel(code, gateway).send(letter_for(code))
    body = delivery_report(gateway.accepted[0], delivered=delivered, at="2020-02-01 08:00:00")

    (report,) = parse_delivery_reports(DIALECT[code], body)

    assert report.outcome is outcome
    assert report.provider_id == receipt.provider_id
    assert report.reference == ("" if code == "sms_tencent" else LETTER.reference)
    assert report.reported_at == EIGHT
    assert report.code or code == "sms_http"


@pytest.mark.parametrize("status, outcome, code", CALLS_END)
def test_how_a_call_ended_leads_back_to_its_letter(status, outcome, code, gateway):
    channel("voice_http", gateway).send(letter_for("voice_http"))
    (report,) = parse_delivery_reports("voice", call_report(gateway.accepted[0], status))

    assert (report.outcome, report.code, report.reference) == (outcome, code, LETTER.reference)


def test_a_key_leads_back_to_its_call(gateway):
    channel("voice_http", gateway).send(letter_for("voice_http"))
    (press,) = parse_key_presses(key_press(gateway.accepted[0], "1", at="2020-02-01 08:00:00"))

    assert (press.reference, press.key, press.phone) == (LETTER.reference, "1", LETTER.to)
    assert press.pressed_at == EIGHT


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"key": "1"},
        {"reference": "r:1"},
        {"reference": "r:1", "key": ""},
        {"reference": "r:1", "key": "1" * 21},
        {"reference": "r:1", "key": ["1"]},
        {"reference": "r:1", "key": "1", "phone": "call me"},
        {"reference": ["r:1"], "key": "1"},
    ],
)
def test_a_key_that_is_none_is_unreadable(item):
    with pytest.raises(UnreadableReport):
        parse_key_presses(json.dumps({"answers": [item]}).encode())
    with pytest.raises(UnreadableReport):
        parse_delivery_reports("voice", json.dumps({"reports": [item | {"status": "?"}]}).encode())


def test_a_report_that_is_due_is_known_to_the_gateway(gateway):
    tried = channel("sms_http", gateway)
    tried.send(letter_for("sms_http", reference="r:1"))
    gateway.behave(Behaviour.ACCEPT_NEVER_DELIVER)
    tried.send(letter_for("sms_http", reference="r:2"))

    assert [m.reference for m in gateway.unreported] == ["r:1"]


def test_reports_in_one_body_keep_their_order_also_when_they_repeat():
    body = json.dumps(
        {"reports": [{"id": i, "status": "delivered"} for i in ("9", "7", "9")]}
    ).encode()

    assert [r.provider_id for r in parse_delivery_reports("lianfang", body)] == ["9", "7", "9"]


@pytest.mark.parametrize(
    "dialect, item",
    [
        (
            "aliyun",
            {"phone_number": "13800138000", "content": "收到", "send_time": "2020-02-01 08:00:00"},
        ),
        (
            "aliyun",
            {
                "phone_number": "8613800138000",
                "content": "收到",
                "send_time": "2020-02-01 08:00:00",
            },
        ),
        (
            "tencent",
            {
                "nationcode": "86",
                "mobile": "13800138000",
                "text": "收到",
                "time": int(EIGHT.timestamp()),
            },
        ),
        (
            "lianfang",
            {"phone": "+8613800138000", "text": "收到", "at": "2020-02-01T08:00:00+08:00"},
        ),
        ("lianfang", {"phone": "008613800138000", "text": "收到", "at": "2020-02-01T00:00:00Z"}),
    ],
)
def test_an_answer_has_a_phone_a_text_and_a_moment(dialect, item):
    items = (
        {"answers": [item]} if dialect == "lianfang" else item if dialect == "tencent" else [item]
    )

    (answer,) = parse_text_answers(dialect, json.dumps(items).encode())

    assert answer == TextAnswer("+8613800138000", "收到", EIGHT)


@pytest.mark.parametrize("parse", [parse_delivery_reports, parse_text_answers])
@pytest.mark.parametrize("dialect", ["aliyun", "tencent", "lianfang", "unknown"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b"5",
        b'"x"',
        b"[5]",
        b"[null]",
        b"[NaN]",
        b"[" * 100_000,
        b"\xff\xff",
        b"[" + b"{}," * 1000 + b"{}]",
        b" " * (1024 * 1024 + 1),
    ],
)
def test_what_no_gateway_sends_is_refused(parse, dialect, body):
    with pytest.raises(UnreadableReport):
        parse(dialect, body)


@pytest.mark.parametrize("parse", [parse_delivery_reports, parse_text_answers])
@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"reports": 5, "answers": 5}', b'{"reports": [[]], "answers": [[]]}']
)
def test_our_own_dialect_has_its_list_under_its_key(parse, body):
    with pytest.raises(UnreadableReport):
        parse("lianfang", body)


def test_one_unreadable_report_among_many_refuses_all():
    body = b'{"reports": [{"id": "1", "status": "delivered"}, {"id": "2", "status": "maybe"}]}'
    with pytest.raises(UnreadableReport):
        parse_delivery_reports("lianfang", body)


@pytest.mark.parametrize("status", ["success", "true", 1, None, "DELIVERED", []])
def test_only_the_documented_word_means_delivered(status):
    body = json.dumps([{"success": status, "report_status": status}]).encode()

    assert parse_delivery_reports("tencent", body)[0].outcome is Outcome.FAILED_FOR_NOW
    if status != "true":
        assert parse_delivery_reports("aliyun", body)[0].outcome is Outcome.FAILED_FOR_NOW


names = st.sampled_from(
    [
        "phone_number",
        "success",
        "err_code",
        "biz_id",
        "report_time",
        "nationcode",
        "mobile",
        "report_status",
        "sid",
        "text",
        "time",
        "reports",
        "answers",
        "status",
        "id",
        "at",
        "phone",
    ]
)
values = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=12))


@given(
    st.sampled_from(["aliyun", "tencent", "lianfang"]),
    st.lists(st.dictionaries(names, values, max_size=5), max_size=3),
)
def test_any_entries_are_read_or_refused(dialect, items):
    body = json.dumps({"reports": items, "answers": items} if dialect == "lianfang" else items)
    for parse in (parse_delivery_reports, parse_text_answers):
        with contextlib.suppress(UnreadableReport):
            assert len(parse(dialect, body.encode())) == len(items)
