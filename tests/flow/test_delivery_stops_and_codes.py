"""A phone that says TD, a text that the network lost late, and codes that nobody keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from lianfang.audit.models import Entry
from lianfang.kernel.actors import OPERATOR
from lianfang.notifications import operations as notifications
from lianfang.notifications import secrecy
from lianfang.notifications.models import Delivery, Message, SmsStop
from lianfang.notifications.queries import parked_answers
from lianfang.usecases import activation, drills, workers
from tests.cast import College
from tests.flow.test_delivery_callbacks import push, says
from tests.gateways import HttpGateway, SmtpGateway, all_channels, delivery_report
from tests.post_office import SECRET, channels_file, draft, person, states, work_off

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[HttpGateway]:
    """Two SMS providers and a mail server; both providers report back."""
    with HttpGateway() as gateway, SmtpGateway() as smtp:
        everything = all_channels(http=gateway, smtp=smtp)
        tables = {code: everything[code] for code in ("sms_http", "sms_aliyun", "email")}
        tables["callbacks"] = {"sms_http": SECRET, "sms_aliyun": SECRET}
        with channels_file(tmp_path / "channels.toml", tables):
            yield gateway


# ---------------------------------------------------------------- TD


@pytest.mark.parametrize("text", ["TD", "ｔｄ", "退订", "退订。", " 拒收 ", "unsubscribe"])
def test_a_phone_that_says_so_gets_no_ordinary_texts(
    college: College, gateway: HttpGateway, text: str
) -> None:
    someone = person("某人", 1, email="someone@example.org")
    push("answer", says(someone.phone, text))
    assert not parked_answers().exists()
    assert Entry.objects.filter(verb="notifications.sms.stopped", concerns=someone.pk).count() == 1
    notifications.queue([draft("a:1", someone)], now=college.now)
    work_off(college.now)
    assert states() == [("sms", "CANCELLED"), ("email", "SENT")]
    assert Delivery.objects.get(channel="sms").code == "stopped-by-phone"


def test_alerts_and_codes_still_go(college: College, gateway: HttpGateway) -> None:
    someone = person("某人", 1)
    push("answer", says(someone.phone, "TD"))
    notifications.queue([draft("a:1", someone, is_urgent=True)], now=college.now)
    work_off(college.now)
    college.now += timedelta(minutes=1)
    notifications.queue([draft("a:2", someone, is_awaited=True)], now=college.now)
    work_off(college.now)
    assert len(gateway.accepted) == 2


def test_what_was_queued_before_is_not_sent_any_more(
    college: College, gateway: HttpGateway
) -> None:
    someone = person("某人", 1)
    notifications.queue([draft("a:1", someone)], now=college.now)
    push("answer", says(someone.phone, "TD"))
    push("answer", says(someone.phone, "TD", at="2020-02-01T08:02:00+08:00"))
    work_off(college.now)
    assert (gateway.accepted, SmsStop.objects.count()) == ([], 1)


def test_a_stranger_who_says_so_stops_nobody(college: College, gateway: HttpGateway) -> None:
    push("answer", says("+8613999999999", "TD"))
    assert parked_answers().get().reason == "UNKNOWN_PHONE"
    assert not SmsStop.objects.exists()


# ---------------------------------------------------------------- lost late


def test_a_text_that_was_lost_late_goes_to_the_other_provider_first(
    college: College, gateway: HttpGateway
) -> None:
    someone = person("某人", 1, email="someone@example.org")
    notifications.queue([draft("a:1", someone, is_urgent=True)], now=college.now)
    work_off(college.now)
    [first] = gateway.accepted
    assert first.dialect == "sms_http"
    push("receipt", delivery_report(first, delivered=False))
    work_off(college.now)
    assert [taken.dialect for taken in gateway.accepted] == ["sms_http", "sms_aliyun"]
    assert states() == [("sms", "SENT"), ("email", "WAITING")]
    lost = delivery_report(gateway.accepted[-1], delivered=False)
    push(f"{SECRET}/receipt", lost, channel="sms_aliyun")
    work_off(college.now)
    assert states() == [("sms", "FAILED"), ("email", "SENT")]
    assert len(gateway.accepted) == 2, "no third try where both have lost it"


def test_what_was_answered_meanwhile_is_not_sent_again(
    college: College, gateway: HttpGateway
) -> None:
    notifications.queue([draft("a:1", person("某人", 1), is_urgent=True)], now=college.now)
    work_off(college.now)
    notifications.cancel(reference_prefix="a:1", now=college.now)
    push("receipt", delivery_report(gateway.accepted[0], delivered=False))
    work_off(college.now)
    assert len(gateway.accepted) == 1


# ---------------------------------------------------------------- codes


def stored(code: str) -> bool:
    """Whether the bare code stands anywhere in the outbox's tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, body, secret, link FROM notifications_message")
        return code in json.dumps(cursor.fetchall())


def test_an_activation_code_is_in_the_text_message_and_in_no_table(
    college: College, gateway: HttpGateway
) -> None:
    activation.send_codes(
        people=[college["小明"]], by=None, by_operator=True, actor=OPERATOR, now=college.now
    )
    letter = Message.objects.get(reference__startswith="activation:")
    code = letter.secret
    assert code
    assert not stored(code), "sealed while it waits"
    work_off(college.now)
    [taken] = gateway.accepted
    assert code in taken.text
    push("receipt", delivery_report(taken))
    letter.refresh_from_db()
    assert (letter.secret, letter.has_secret) == ("", False)
    assert secrecy.SECRET_PLACE in letter.body


def test_a_code_that_no_receipt_settles_is_forgotten_after_a_quarter_of_an_hour(
    college: College, gateway: HttpGateway
) -> None:
    activation.send_codes(
        people=[college["小明"]], by=None, by_operator=True, actor=OPERATOR, now=college.now
    )
    work_off(college.now)
    college.now += timedelta(minutes=14)
    workers.sweep(college.now, "test")
    assert Message.objects.filter(has_secret=True).count() == 1
    college.now += timedelta(minutes=2)
    workers.sweep(college.now, "test")
    assert not Message.objects.filter(has_secret=True).exists()
    push("receipt", delivery_report(gateway.accepted[0], delivered=False))
    work_off(college.now)
    assert len(gateway.accepted) == 1, "a letter without its code is of use to nobody"


def test_the_code_of_a_drill_goes_with_the_letter_and_is_kept_nowhere(
    college: College, gateway: HttpGateway
) -> None:
    unit = college.unit("学院党委")
    posts = drills.candidates(unit=unit, who=("HEADS",), now=college.now)
    drills.start(
        unit=unit, channel="SMS", minutes=10, posts=posts, at_night=False,
        by=college["组长"], actor=college.actor("组长"), now=college.now,
    )  # fmt: skip
    letters = Message.objects.filter(reference__startswith="drill:")
    codes = [letter.secret for letter in letters]
    assert all(codes)
    assert not any(stored(code) for code in codes)
    work_off(college.now)
    texts = " ".join(taken.text for taken in gateway.accepted)
    assert all(code in texts for code in codes)
