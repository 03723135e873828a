"""What comes back over HTTP: receipts and answers (OUT-03, T11, RELIABILITY row 6 and §9 row 54)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from lianfang.escalation.models import Escalation, Summons
from lianfang.incidents.models import Incident
from lianfang.notifications import delivering
from lianfang.notifications import operations as notifications
from lianfang.notifications.models import Attempt, Delivery, Message, Nonce, ParkedAnswer
from lianfang.notifications.queries import parked_answers
from lianfang.usecases import gateway_callbacks, workers
from tests.cast import FEVER, College
from tests.gateway_dialects import Message as Taken
from tests.gateways import HttpGateway, SmtpGateway, all_channels, delivery_report, signed_headers
from tests.post_office import SECRET, channels_file, draft, later, person, states, work_off

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[dict[str, Any]]:
    with HttpGateway() as gateway, SmtpGateway() as smtp:
        everything = all_channels(http=gateway, smtp=smtp)
        tables = {"sms_http": everything["sms_http"], "email": everything["email"]}
        tables["callbacks"] = {"sms_http": SECRET}
        tables["gateway"] = gateway
        yield tables


@pytest.fixture
def gateway(tables: dict[str, Any], tmp_path: Path) -> Iterator[HttpGateway]:
    gateway: HttpGateway = tables.pop("gateway")
    with channels_file(tmp_path / "channels.toml", tables):
        yield gateway


_nonces = iter(f"nonce-of-a-test-{number:06}" for number in range(10**6))


def push(
    what: str, body: bytes, *, secret: str = SECRET, skew_s: float = 0, nonce: str = "",
    channel: str = "sms_http",
) -> Any:  # fmt: skip
    """As the gateway pushes it, by the real time, whatever the clock of the college says."""
    timestamp = int((datetime.now(UTC) + timedelta(seconds=skew_s)).timestamp())
    headers = signed_headers(body, secret=secret, timestamp=timestamp, nonce=nonce or next(_nonces))
    return Client().post(
        f"/hooks/{channel}/{what}", body, content_type="application/json", headers=headers
    )


def says(phone: str, text: str, at: str = "2020-02-01T08:01:00+08:00") -> bytes:
    return json.dumps({"answers": [{"phone": phone, "text": text, "at": at}]}).encode()


def one_letter(college: College, gateway: HttpGateway) -> Taken:
    someone = person("某人", 1, email="someone@example.org")
    notifications.queue([draft("a:1", someone, is_urgent=True)], now=college.now)
    work_off(college.now)
    return gateway.wait_for_accepted(1)[-1]


# ---------------------------------------------------------------- receipts


def test_a_receipt_makes_sent_delivered(college: College, gateway: HttpGateway) -> None:
    taken = one_letter(college, gateway)
    assert states()[0] == ("sms", "SENT")
    college.now += timedelta(seconds=20)
    answer = push("receipt", delivery_report(taken))
    assert (answer.status_code, json.loads(answer.content)) == (200, {"code": 0})
    delivery = Delivery.objects.get(channel="sms")
    assert (delivery.state, delivery.delivered_at) == ("DELIVERED", college.now)
    assert delivery.next_due_at is None


def test_late_twice_and_out_of_order_delivered_stays_delivered(
    college: College, gateway: HttpGateway
) -> None:
    taken = one_letter(college, gateway)
    push("receipt", delivery_report(taken))
    before = Delivery.objects.values().get(channel="sms")
    college.now += timedelta(hours=5)
    for delivered in (True, False, True, False):
        assert push("receipt", delivery_report(taken, delivered=delivered)).status_code == 200
    assert Delivery.objects.values().get(channel="sms") == before
    assert states()[1] == ("email", "WAITING")


def test_a_text_that_did_not_arrive_lets_the_mail_go(
    college: College, gateway: HttpGateway
) -> None:
    taken = one_letter(college, gateway)
    push("receipt", delivery_report(taken, delivered=False))
    work_off(college.now)
    assert states() == [("sms", "FAILED"), ("email", "SENT")]
    undelivered = Attempt.objects.get(outcome="UNDELIVERED")
    assert undelivered.code == "switched-off"
    push("receipt", delivery_report(taken))  # it was late, not lost
    assert states()[0] == ("sms", "DELIVERED")


def test_without_a_receipt_for_a_minute_the_next_channel_tries(
    college: College, gateway: HttpGateway
) -> None:
    taken = one_letter(college, gateway)
    later(college, seconds=59)
    assert states() == [("sms", "SENT"), ("email", "WAITING")]
    later(college, seconds=1)
    assert states() == [("sms", "SENT"), ("email", "SENT")]
    push("receipt", delivery_report(taken))
    assert states()[0] == ("sms", "DELIVERED")
    assert len(gateway.accepted) == 1


def test_a_receipt_that_is_faster_than_our_own_mark_counts(
    college: College, gateway: HttpGateway
) -> None:
    notifications.queue([draft("a:1", person("某人", 1), is_urgent=True)], now=college.now)
    claimed = delivering._claim(now=college.now, lease=timedelta(seconds=15))
    assert claimed is not None
    reference = f"{claimed[0].message_id}:a:1:sms"
    report = delivery_report(Taken("sms_http", "", "", reference, "77"))
    assert push("receipt", report).status_code == 200
    assert states() == [("sms", "DELIVERED")]


@pytest.mark.parametrize("forged", [
    {"secret": "another-secret-of-16"}, {"skew_s": -301}, {"skew_s": 301}, {"nonce": "short"},
])  # fmt: skip
def test_a_forged_or_stale_receipt_changes_nothing(
    college: College, gateway: HttpGateway, forged: dict[str, Any]
) -> None:
    taken = one_letter(college, gateway)
    assert push("receipt", delivery_report(taken), **forged).status_code == 403
    assert states()[0] == ("sms", "SENT")
    assert not Nonce.objects.exists()


def test_a_replayed_push_is_refused_in_an_exercise_years_away(
    college: College, gateway: HttpGateway
) -> None:
    """The college lives in 2020; signatures are judged by the real time."""
    taken = one_letter(college, gateway)
    body = delivery_report(taken, delivered=False)
    assert push("receipt", body, nonce="n" * 16).status_code == 200
    again = push("receipt", body, nonce="n" * 16)
    assert (again.status_code, json.loads(again.content)["code"]) == (403, "callback.replayed")
    workers.sweep(college.now, "test")
    assert Nonce.objects.count() == 1, "kept until its timestamp alone would refuse it"


@pytest.mark.parametrize("reference,provider_id", [
    ("", "424242"), ("999999:a:1:sms", ""), ("1", ""), ("x:y", ""), ("9" * 200, "")
])  # fmt: skip
def test_a_receipt_for_nobody_is_not_found(
    college: College, gateway: HttpGateway, reference: str, provider_id: str
) -> None:
    one_letter(college, gateway)
    report = delivery_report(Taken("sms_http", "", "", reference, provider_id))
    assert push("receipt", report).status_code == 404
    assert states()[0] == ("sms", "SENT")


@pytest.mark.parametrize("body,status", [
    (b"", 400), (b"[]", 400), (b"\xff", 400), (b'{"reports":[{"status":"maybe"}]}', 400),
    (b"[" * 200_000, 400), (b" " * 1_100_000, 413),
])  # fmt: skip
def test_a_body_that_is_none_is_refused_in_a_word(
    college: College, gateway: HttpGateway, body: bytes, status: int
) -> None:
    assert push("receipt", body).status_code == status


def test_a_channel_without_a_secret_takes_nothing(college: College, gateway: HttpGateway) -> None:
    for channel in ("sms_aliyun", "sms_tencent", "email", "nothing"):
        for path in (f"/hooks/{channel}/receipt", f"/hooks/{channel}/{SECRET}/receipt"):
            assert Client().post(path, b"[]", content_type="application/json").status_code == 404
    assert Client().get("/hooks/sms_http/receipt").status_code == 405


@pytest.mark.parametrize("code", ["sms_aliyun", "sms_tencent"])
def test_a_cloud_signs_nothing_and_knows_a_secret_address(
    college: College, gateway: HttpGateway, tmp_path: Path, code: str
) -> None:
    secret = "secret-in-the-address"
    cloud = {code: all_channels(http=gateway)[code], "callbacks": {code: secret}}
    with channels_file(tmp_path / "cloud.toml", cloud):
        taken = one_letter(college, gateway)
        report = delivery_report(taken)

        def post(path: str) -> int:
            return Client().post(path, report, content_type="application/json").status_code

        assert post(f"/hooks/{code}/receipt") == 404
        assert post(f"/hooks/{code}/secret-in-the-addres/receipt") == 404
        assert states()[0] == ("sms", "SENT")
        assert post(f"/hooks/{code}/{secret}/receipt") == 200
        assert states()[0] == ("sms", "DELIVERED")


# ---------------------------------------------------------------- answers


def summoned(college: College, name: str) -> str:
    """A fever, and the code that this person was sent with it."""
    college.report("小明", FEVER)
    work_off(college.now)
    letter = Message.objects.get(recipient=college[name], reference__contains="summons")
    return letter.answer_code


def test_the_code_of_a_summons_is_an_answer(college: College, gateway: HttpGateway) -> None:
    code = summoned(college, "主任")
    [text] = [m.text for m in gateway.accepted if m.to == college["主任"].phone]
    assert f"回复{code}" in text
    assert push("answer", says(college["主任"].phone, code)).status_code == 200
    incident = Incident.objects.get()
    assert (incident.state, incident.acknowledged_by) == ("ACKNOWLEDGED", college["主任"])
    assert Escalation.objects.get().state == "ANSWERED"
    assert not parked_answers().exists()


@pytest.mark.parametrize("text", [
    "{code}", " {code} ", "{code}收到", "收到 {code}。", "１", "收到！", "收到 1", "好的,谢谢",
])  # fmt: skip
def test_an_answer_that_can_mean_one_thing_is_taken(
    college: College, gateway: HttpGateway, text: str
) -> None:
    code = summoned(college, "值班员")
    push("answer", says(college["值班员"].phone, text.format(code=code)))
    assert Incident.objects.get().acknowledged_by == college["值班员"]


def test_two_passes_it_on(college: College, gateway: HttpGateway) -> None:
    code = summoned(college, "值班员")
    push("answer", says(college["值班员"].phone, f"{code} 2"))
    assert Summons.objects.get(person=college["值班员"]).answer == "PASSED_ON"
    assert Incident.objects.get().state == "OPEN"


@pytest.mark.parametrize("text,reason", [
    ("", "EMPTY"), ("  ", "EMPTY"), ("没收到", "UNCLEAR"), ("x" * 500, "UNCLEAR"),
    ("收到 TD", "UNCLEAR"), ("00000", "UNKNOWN_CODE"), ("什么事", "UNCLEAR"),
])  # fmt: skip
def test_what_is_no_answer_waits_for_a_human(
    college: College, gateway: HttpGateway, text: str, reason: str
) -> None:
    summoned(college, "值班员")
    assert push("answer", says(college["值班员"].phone, text)).status_code == 200
    parked = parked_answers().get()
    assert (parked.reason, parked.phone) == (reason, college["值班员"].phone)
    assert parked.text == text.strip()
    assert Incident.objects.get().state == "OPEN"


def test_an_answer_from_a_stranger_waits_for_a_human(
    college: College, gateway: HttpGateway
) -> None:
    code = summoned(college, "值班员")
    push("answer", says("+8613999999999", code))
    assert parked_answers().get().reason == "UNKNOWN_PHONE"
    push("answer", says(college["小明"].phone, code))
    assert [p.reason for p in parked_answers()] == ["UNKNOWN_PHONE", "UNKNOWN_CODE"]
    assert Incident.objects.get().state == "OPEN"


def test_without_a_code_two_open_matters_are_ambiguous(
    college: College, gateway: HttpGateway
) -> None:
    first = summoned(college, "值班员")
    college.now += timedelta(minutes=1)
    college.report("小红", FEVER)
    work_off(college.now)
    push("answer", says(college["值班员"].phone, "收到"))
    assert parked_answers().get().reason == "AMBIGUOUS"
    assert not Incident.objects.filter(state="ACKNOWLEDGED").exists()
    push("answer", says(college["值班员"].phone, first))
    assert Incident.objects.get(state="ACKNOWLEDGED").person == college["小明"]


def test_an_expired_or_used_code_answers_nothing(college: College, gateway: HttpGateway) -> None:
    code = summoned(college, "值班员")
    phone = college["值班员"].phone
    push("answer", says(phone, code))
    push("answer", says(phone, code, at="2020-02-01T08:05:00+08:00"))
    assert [p.reason for p in parked_answers()] == ["UNKNOWN_CODE"]
    other = Message.objects.get(recipient=college["主任"], answer_code__gt="")
    Message.objects.filter(pk=other.pk).update(closed_at=None)
    college.now += timedelta(days=4)
    push("answer", says(college["主任"].phone, other.answer_code))
    assert [p.reason for p in parked_answers()] == ["UNKNOWN_CODE"] * 2


def test_the_second_to_answer_is_told_by_a_human(college: College, gateway: HttpGateway) -> None:
    code = summoned(college, "值班员")
    other = Message.objects.get(recipient=college["主任"], answer_code__gt="")
    push("answer", says(college["值班员"].phone, code))
    Message.objects.filter(pk=other.pk).update(closed_at=None)
    push("answer", says(college["主任"].phone, other.answer_code))
    assert parked_answers().get().reason == "TOO_LATE"
    assert Incident.objects.get().acknowledged_by == college["值班员"]


def test_an_answer_pushed_again_counts_once(college: College, gateway: HttpGateway) -> None:
    summoned(college, "值班员")
    body = says(college["值班员"].phone, "在开会")
    assert [push("answer", body).status_code for _ in range(3)] == [200] * 3
    assert parked_answers().count() == 1


@pytest.mark.parametrize("forged", [{"secret": "another-secret-of-16"}, {"skew_s": -301}])
def test_a_forged_answer_answers_nothing(
    college: College, gateway: HttpGateway, forged: dict[str, Any]
) -> None:
    code = summoned(college, "值班员")
    assert push("answer", says(college["值班员"].phone, code), **forged).status_code == 403
    assert Incident.objects.get().state == "OPEN"
    assert not ParkedAnswer.objects.exists()


def test_a_parked_answer_is_sealed_and_settled_once(college: College, gateway: HttpGateway) -> None:
    from django.db import connection

    summoned(college, "值班员")
    push("answer", says(college["值班员"].phone, "我发烧了"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, text FROM notifications_parkedanswer")
        assert "发烧" not in str(cursor.fetchall())
    parked = parked_answers().get()
    for is_first in (True, False):
        settled = gateway_callbacks.settle_parked_answer(
            parked=parked, by=college["值班员"], now=college.now
        )
        assert settled is is_first
    assert not parked_answers().exists()


def test_no_code_is_promised_where_answers_do_not_come_back(
    college: College, gateway: HttpGateway, tmp_path: Path
) -> None:
    tables = {"sms_http": all_channels(http=gateway)["sms_http"]}
    with channels_file(tmp_path / "silent.toml", tables):
        summoned(college, "值班员")
    assert not any("回复" in m.text for m in gateway.accepted)
