"""From the report's transaction to a real gateway on loopback (OUT-02, ES-09, RELIABILITY 3, 6)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from lianfang.escalation import operations as escalation
from lianfang.escalation.models import Escalation
from lianfang.installation import queries as installation
from lianfang.installation.models import Installation
from lianfang.notifications import delivering
from lianfang.notifications import operations as notifications
from lianfang.notifications.models import Attempt, Delivery, Message
from lianfang.notifications.queries import gateway_states, inbox, troubled
from lianfang.usecases import workers
from tests.cast import FEVER, College
from tests.gateways import Behaviour, HttpGateway, SmtpBehaviour, SmtpGateway, all_channels
from tests.post_office import channels_file, draft, later, person, states, work_off

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def smtp() -> Iterator[SmtpGateway]:
    with SmtpGateway() as smtp:
        yield smtp


@pytest.fixture
def gateway(smtp: SmtpGateway, tmp_path: Path) -> Iterator[HttpGateway]:
    """A text gateway, a mail server and a robot, as channels.toml names them."""
    with HttpGateway() as gateway:
        everything = all_channels(http=gateway, smtp=smtp, total_timeout_s=0.5)
        tables = {code: everything[code] for code in ("sms_http", "email", "wecom")}
        with channels_file(tmp_path / "channels.toml", tables):
            yield gateway


def test_letters_wait_in_the_outbox_until_a_worker_comes(
    college: College, gateway: HttpGateway
) -> None:
    with transaction.atomic():
        college.report("小明", FEVER)
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    college.report("小明", FEVER)
    assert gateway.requests == []
    work_off(college.now)
    told = {m.to for m in gateway.wait_for_accepted(4) if m.dialect == "sms_http"}
    assert told == {college[name].phone for name in ("辅导员", "主任", "值班员")}
    assert [m.to for m in gateway.accepted if m.dialect == "wecom"] == ["wecom-key-1"]


def test_nothing_is_sent_inside_a_transaction(
    college: College, gateway: HttpGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lianfang.notifications.channels.sms_http import HttpSmsChannel

    send, inside = HttpSmsChannel.send, []

    def watched(self: HttpSmsChannel, letter: Any) -> Any:
        inside.append(connection.in_atomic_block)
        return send(self, letter)

    monkeypatch.setattr(HttpSmsChannel, "send", watched)
    college.report("小明", FEVER)
    work_off(college.now)
    assert inside == [False, False, False]


def test_a_letter_on_the_wire_carries_no_health_content_and_no_mark(
    college: College, gateway: HttpGateway
) -> None:
    college.report("小明", FEVER)
    work_off(college.now)
    for message in gateway.wait_for_accepted(4):
        assert "请打开链接" in message.text
        assert "演练" not in message.text
        for word in ("小明", "发热", "咳", "38.2", "网络1班", "fever"):
            assert word not in message.text


def test_a_letter_of_an_exercise_says_so(college: College, gateway: HttpGateway) -> None:
    Installation.objects.update(is_exercise=True)
    installation.forget()
    college.report("小明", FEVER)
    work_off(college.now)
    assert all("【演练 EXERCISE】" in m.text for m in gateway.wait_for_accepted(4))


def test_handed_over_is_not_delivered(college: College, gateway: HttpGateway) -> None:
    gateway.behave(Behaviour.ACCEPT_NEVER_DELIVER)
    college.report("小明", FEVER)
    work_off(college.now)
    turns = Delivery.objects.filter(channel="sms")
    assert {turn.state for turn in turns} == {"SENT"}
    assert {turn.delivered_at for turn in turns} == {None}
    assert {turn.provider for turn in turns} == {"sms_http"}
    assert all(turn.provider_id for turn in turns)


def test_a_gateway_that_is_down_turns_to_the_next_channel_and_is_tried_again(
    college: College, gateway: HttpGateway, smtp: SmtpGateway
) -> None:
    gateway.behave(Behaviour.REFUSE)
    college.report("小明", FEVER)
    work_off(college.now)
    carer = Delivery.objects.get(message__recipient=college["辅导员"], channel="sms")
    assert (carer.state, carer.code, carer.attempts) == ("RETRYING", "gateway.unreachable", 1)
    assert carer.next_due_at == college.now + timedelta(seconds=2)
    assert [mail.recipients for mail in smtp.wait_for(1)] == [("fudaoyuan@example.org",)]
    assert troubled(since=college.now - timedelta(days=1)).count() == 4
    [sms] = [s for s in gateway_states(since=college.at("00:00")) if s["channel"] == "sms"]
    assert (sms["retrying"], sms["sent"]) == (3, 0)
    later(college, seconds=1)
    assert Attempt.objects.filter(delivery=carer).count() == 1
    later(college, seconds=1)
    carer.refresh_from_db()
    assert carer.next_due_at == college.now + timedelta(seconds=4)
    gateway.behave(Behaviour.OK)
    later(college, seconds=4)
    carer.refresh_from_db()
    assert (carer.state, carer.attempts) == ("SENT", 3)
    assert len(smtp.mails) == 1


def test_an_alert_outlives_a_gateway_that_is_down_for_two_days(
    college: College, gateway: HttpGateway
) -> None:
    alert, note = person("值班", 1), person("同学", 2)
    notifications.queue([draft("a:1", alert, is_urgent=True), draft("b:1", note)], now=college.now)
    gateway.behave(Behaviour.SERVER_ERROR)
    work_off(college.now)
    for _hour in range(16):
        later(college, hours=3)
    assert states() == [("sms", "RETRYING"), ("sms", "FAILED")]
    gateway.behave(Behaviour.OK)
    later(college, minutes=10)
    assert [m.to for m in gateway.wait_for_accepted(1)] == [alert.phone]


@pytest.mark.parametrize("behaviour", [
    Behaviour.ERROR_IN_200, Behaviour.HTML, Behaviour.SERVER_ERROR, Behaviour.BLACKHOLE,
    Behaviour.TEN_MEGABYTES, Behaviour.RESET, Behaviour.REDIRECT,
])  # fmt: skip
def test_every_misbehaviour_is_a_state_and_the_mail_goes(
    college: College, gateway: HttpGateway, smtp: SmtpGateway, behaviour: Behaviour
) -> None:
    someone = person("某人", 1, email="someone@example.org")
    gateway.behave(behaviour)
    notifications.queue([draft("a:1", someone, is_urgent=True)], now=college.now)
    work_off(college.now)
    [(_, sms), mail] = states()
    assert sms == ("FAILED" if behaviour is Behaviour.ERROR_IN_200 else "RETRYING")
    assert mail == ("email", "SENT")
    assert len(smtp.wait_for(1)) == 1
    assert Attempt.objects.exclude(code="").filter(delivery__channel="sms").count() == 1


def test_a_late_answer_costs_a_repeat_that_the_gateway_can_recognise(
    college: College, gateway: HttpGateway
) -> None:
    gateway.script(Behaviour.LATE)
    notifications.queue([draft("a:1", person("某人", 1), is_urgent=True)], now=college.now)
    work_off(college.now)
    assert states() == [("sms", "RETRYING")]
    later(college, seconds=2)
    assert states() == [("sms", "SENT")]
    first, second = gateway.wait_for(2)
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert len(gateway.accepted) == 1


def test_mail_down_too_and_nothing_is_lost(
    college: College, gateway: HttpGateway, smtp: SmtpGateway
) -> None:
    gateway.behave(Behaviour.REFUSE)
    smtp.behave(SmtpBehaviour.REFUSE)
    someone = person("某人", 1, email="someone@example.org")
    notifications.queue([draft("a:1", someone, is_urgent=True)], now=college.now)
    work_off(college.now)
    assert states() == [("sms", "RETRYING"), ("email", "RETRYING")]
    gateway.behave(Behaviour.OK)
    smtp.behave(SmtpBehaviour.OK)
    later(college, seconds=5)
    assert states() == [("sms", "SENT"), ("email", "SENT")]


def test_many_workers_never_hand_one_letter_over_twice(
    college: College, gateway: HttpGateway
) -> None:
    people = [person(f"某{number}", number) for number in range(60)]
    drafts = [draft(f"a:{one.pk}", one, is_urgent=one.pk % 2 == 0) for one in people]
    notifications.queue(drafts, now=college.now)

    def sender() -> None:
        try:
            work_off(college.now)
        finally:
            connection.close()

    threads = [threading.Thread(target=sender) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    keys = Counter(r.headers["idempotency-key"] for r in gateway.wait_for(60))
    assert len(keys) == 60
    assert set(keys.values()) == {1}
    assert Delivery.objects.filter(state="SENT").count() == 60


def test_the_same_reference_is_queued_once(college: College, gateway: HttpGateway) -> None:
    someone = person("某人", 1)
    for _ in range(3):
        notifications.queue([draft("a:1", someone)], now=college.now)
    work_off(college.now)
    assert len(gateway.wait_for(1)) == 1


def test_an_answer_stops_the_ringing(college: College, gateway: HttpGateway) -> None:
    gateway.behave(Behaviour.REFUSE)
    college.report("小明", FEVER)
    work_off(college.now)
    climbing = Escalation.objects.get()
    escalation.stop(escalation=climbing, state=climbing.State.ANSWERED, now=college.now)
    assert not Delivery.objects.filter(state__in=["RETRYING", "QUEUED", "WAITING"]).exists()
    gateway.behave(Behaviour.OK)
    later(college, minutes=5)
    assert gateway.requests == []
    assert inbox(college["值班员"]).count() == 1


def test_a_claim_of_a_clock_that_ran_ahead_is_cut_short(
    college: College, gateway: HttpGateway
) -> None:
    notifications.queue([draft("a:1", person("某人", 1), is_urgent=True)], now=college.now)
    Delivery.objects.update(state="SENDING", claims=1, next_due_at=college.now + timedelta(days=2))
    work_off(college.now)
    assert gateway.requests == []
    workers.sweep(college.now, "test")
    work_off(college.now)
    assert states() == [("sms", "SENT")]


def test_an_old_owner_does_not_overwrite_the_new_one(college: College) -> None:
    from lianfang.notifications.channels.base import accepted, failed_for_now

    notifications.queue([draft("a:1", person("某人", 1), is_urgent=True)], now=college.now)
    old = delivering._claim(now=college.now, lease=timedelta(seconds=15))
    college.now += timedelta(seconds=16)
    new = delivering._claim(now=college.now, lease=timedelta(seconds=15))
    assert old is not None
    assert new is not None
    for (claim, _goes), receipt in ((new, accepted("7")), (old, failed_for_now("late"))):
        notifications.settle(
            delivery=claim, receipt=receipt, started_at=college.now, now=college.now
        )
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.provider_id) == ("SENT", "7")
    assert Attempt.objects.count() == 2
