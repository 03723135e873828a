"""People are not drowned (RELIABILITY row 4, OUT-09): limits per phone, bundles, quiet hours."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from lianfang.escalation import operations as escalation
from lianfang.escalation.models import Escalation
from lianfang.incidents.models import Incident
from lianfang.notifications import operations as notifications
from lianfang.notifications.models import Delivery, Message
from lianfang.notifications.queries import inbox
from tests.cast import FEVER, College
from tests.gateways import Behaviour, HttpGateway, SmtpGateway, all_channels
from tests.post_office import channels_file, draft, later, person, states, work_off

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[HttpGateway]:
    with HttpGateway() as gateway, SmtpGateway() as smtp:
        everything = all_channels(http=gateway, smtp=smtp)
        tables = {code: everything[code] for code in ("sms_http", "wecom", "email")}
        with channels_file(tmp_path / "channels.toml", tables):
            yield gateway


def texts(gateway: HttpGateway, phone: str) -> list[str]:
    return [m.text for m in gateway.accepted if m.to == phone]


# ---------------------------------------------------------------- a flood


def test_a_flood_of_reports_is_one_alert_and_bundles_that_list_every_case(
    college: College, gateway: HttpGateway
) -> None:
    """Eighty fevers of one dormitory within a minute, reported as people report."""
    began = college.now
    rang: dict[str, list[datetime]] = {}
    for number in range(80):
        college.enrol(f"生{number}", "网络1班", phone="")
    for number in range(80):
        college.now = began + timedelta(seconds=60 * number / 80)
        college.report(f"生{number}", FEVER)
        if number % 8 == 0:
            work_off(college.now)
            _listen(gateway, college.now, rang)
    _quarter_of_an_hour(college, gateway, began, rang)
    for name in ("辅导员", "主任", "值班员"):
        _is_not_drowned(rang[college[name].phone], began)
    assert "生" not in "".join(texts(gateway, college["值班员"].phone))
    codes = {incident.code for incident in Incident.objects.all()}
    _everything_was_said(college, codes, began)
    assert inbox(college["值班员"]).count() == 80


def test_a_thousand_alerts_in_a_minute_do_not_drown_the_duty_phone(
    college: College, gateway: HttpGateway
) -> None:
    began = college.now
    rang: dict[str, list[datetime]] = {}
    officer = college["值班员"]
    for second in range(0, 60, 3):
        college.now = began + timedelta(seconds=second)
        notifications.queue(
            [
                draft(f"escalation:{n}:x", officer, is_urgent=True, matter=f"0201-{n}")
                for n in range(1 + second * 1000 // 60, 1 + (second + 3) * 1000 // 60)
            ],
            now=college.now,
        )
        work_off(college.now)
        _listen(gateway, college.now, rang)
    _quarter_of_an_hour(college, gateway, began, rang)
    _is_not_drowned(rang[officer.phone], began)
    _everything_was_said(college, {f"0201-{n}" for n in range(1, 1001)}, began)


def _quarter_of_an_hour(
    college: College, gateway: HttpGateway, began: datetime, rang: dict[str, list[datetime]]
) -> None:
    while college.now < began + timedelta(minutes=15) - timedelta(seconds=20):
        later(college, seconds=20)
        _listen(gateway, college.now, rang)


def _is_not_drowned(moments: list[datetime], began: datetime) -> None:
    assert moments[0] - began <= timedelta(seconds=5)
    assert 2 <= len(moments) <= 5


def _everything_was_said(college: College, codes: set[str], began: datetime) -> None:
    """Each letter ends as sent itself, or in a bundle that was sent and that lists it."""
    while Delivery.objects.filter(next_due_at__isnull=False, is_urgent=True).exists():
        assert college.now < began + timedelta(hours=3)
        later(college, minutes=1)
    texted = Delivery.objects.filter(is_urgent=True, channel__in=["sms", "wecom"])
    ended = set(texted.values_list("state", "carried_by__state"))
    assert ended <= {("SENT", None), ("BUNDLED", "SENT")}
    to_officer = texted.filter(message__recipient=college["值班员"])
    bundles = Message.objects.filter(recipient=college["值班员"], link="/desk/", is_bundle=True)
    listed = _listed([bundle.body for bundle in bundles])
    alone = to_officer.filter(message__is_bundle=False).exclude(carried_by__message__in=bundles)
    assert listed | set(alone.values_list("message__matter", flat=True)) == codes
    assert len(listed) > len(codes) - 6


def _listen(gateway: HttpGateway, now: datetime, rang: dict[str, list[datetime]]) -> None:
    """When each phone rang: what came since the last time is noted as of now."""
    heard = sum(map(len, rang.values()))
    for message in gateway.accepted[heard:]:
        rang.setdefault(message.to, []).append(now)


def _listed(bodies: list[str]) -> set[str]:
    """The codes that the ranges of some bundles stand for."""
    found = set()
    for body in bodies:
        for part in body.partition("：")[2].split("、"):
            first, _tilde, last = part.partition("~")
            prefix, _dash, start = first.partition("-")
            for number in range(int(start), int(last or start) + 1):
                found.add(f"{prefix}-{number}")
    return found


def test_the_second_matter_within_a_minute_waits_and_keeps_its_link_when_alone(
    college: College, gateway: HttpGateway
) -> None:
    college.report("小明", FEVER)
    work_off(college.now)
    college.report("小红", FEVER)
    work_off(college.now)
    officer = college["值班员"]
    assert len(texts(gateway, officer.phone)) == 1
    later(college, seconds=59)
    assert len(texts(gateway, officer.phone)) == 1
    later(college, seconds=1)
    _first, second = texts(gateway, officer.phone)
    assert "/a/" in second


def test_a_matter_that_was_answered_meanwhile_leaves_the_bundle(
    college: College, gateway: HttpGateway
) -> None:
    for name in ("小明", "小红", "小刚", "外人"):
        college.report(name, FEVER)
        work_off(college.now)
    answered = Escalation.objects.get(incident__person=college["小红"])
    escalation.stop(escalation=answered, state=answered.State.ANSWERED, now=college.now)
    later(college, minutes=1)
    text = texts(gateway, college["值班员"].phone)[1]
    listed = _listed([text.splitlines()[1]])
    codes = {one.person.name: one.code for one in Incident.objects.select_related("person")}
    assert listed == {codes["小刚"], codes["外人"]}


def test_a_bundle_of_answered_matters_is_not_sent(college: College, gateway: HttpGateway) -> None:
    for name in ("小明", "小红", "小刚"):
        college.report(name, FEVER)
        work_off(college.now)
    for climbing in Escalation.objects.all():
        escalation.stop(escalation=climbing, state=climbing.State.ANSWERED, now=college.now)
    later(college, minutes=2)
    assert len(texts(gateway, college["值班员"].phone)) == 1
    assert Delivery.objects.filter(message__is_bundle=True, state="CANCELLED").exists()


def test_a_bundle_that_fails_gives_each_of_its_letters_the_next_channel(
    college: College, gateway: HttpGateway
) -> None:
    for name in ("小明", "小红", "小刚"):
        college.report(name, FEVER)
        work_off(college.now)
    gateway.behave(Behaviour.SERVER_ERROR)
    later(college, minutes=1)
    mails = Delivery.objects.filter(message__recipient=college["辅导员"], channel="email")
    assert next(m.state for m in mails.order_by("message_id")) == "WAITING"
    assert "WAITING" not in [m.state for m in mails.order_by("message_id")][1:]
    gateway.behave(Behaviour.OK)
    later(college, minutes=1)
    assert "0201-" in texts(gateway, college["辅导员"].phone)[1]


def test_an_alert_overtakes_a_thousand_ordinary_letters(
    college: College, gateway: HttpGateway
) -> None:
    people = [person(f"某{number}", number) for number in range(200)]
    notifications.queue([draft("note:1", one) for one in people], now=college.now)
    college.now += timedelta(seconds=1)
    alert = person("值班", 999)
    notifications.queue(
        [draft("note:2", alert), draft("alert:1", alert, is_urgent=True)], now=college.now
    )
    work_off(college.now)
    assert gateway.accepted[0].to == alert.phone
    assert "alert:1" in gateway.accepted[0].text


def test_a_one_time_code_waits_its_minute_but_is_never_bundled(
    college: College, gateway: HttpGateway
) -> None:
    someone = person("某人", 1)
    for number in (1, 2, 3):
        notifications.queue(
            [draft(f"activation:{number}", someone, body=f"code {number}", is_awaited=True)],
            now=college.now,
        )
    work_off(college.now)
    assert states() == [("sms", "SENT"), ("sms", "HELD"), ("sms", "HELD")]
    later(college, minutes=1)
    later(college, minutes=1)
    assert [text.splitlines()[1] for text in texts(gateway, someone.phone)] == [
        "code 1",
        "code 2",
        "code 3",
    ]


def test_two_people_with_one_phone_share_its_limit(college: College, gateway: HttpGateway) -> None:
    one, other = person("甲", 1), person("乙", 2)
    other.phone, other.phone_index = one.phone, one.phone_index
    other.save()
    for someone in (one, other):
        notifications.queue([draft("a:1", someone, is_urgent=True)], now=college.now)
    work_off(college.now)
    assert len(texts(gateway, one.phone)) == 1
    later(college, minutes=1)
    assert len(texts(gateway, one.phone)) == 2


def test_what_no_gateway_took_uses_up_nobodys_minute(
    college: College, gateway: HttpGateway
) -> None:
    someone = person("某人", 1)
    gateway.script(Behaviour.SERVER_ERROR)
    notifications.queue([draft("a:1", someone, is_urgent=True)], now=college.now)
    work_off(college.now)
    later(college, seconds=2)
    assert states() == [("sms", "SENT")]


# ---------------------------------------------------------------- ordinary letters


def test_an_ordinary_letter_keeps_the_quiet_hours_and_an_alert_does_not(
    college: College, gateway: HttpGateway
) -> None:
    college.now = college.at("22:30")
    asleep, on_duty, waiting = person("甲", 1), person("乙", 2), person("丙", 3)
    notifications.queue(
        [
            draft("note:1", asleep),
            draft("alert:1", on_duty, is_urgent=True),
            draft("code:1", waiting, is_awaited=True),
        ],
        now=college.now,
    )
    work_off(college.now)
    assert {m.to for m in gateway.accepted} == {on_duty.phone, waiting.phone}
    held = Delivery.objects.get(message__recipient=asleep)
    morning = college.at("07:00") + timedelta(days=1)
    assert (held.state, held.next_due_at) == ("HELD", morning)
    college.now = morning
    work_off(college.now)
    assert len(texts(gateway, asleep.phone)) == 1


def test_a_worker_that_comes_late_keeps_the_quiet_hours_too(
    college: College, gateway: HttpGateway
) -> None:
    notifications.queue([draft("note:1", person("甲", 1))], now=college.at("21:59"))
    college.now = college.at("22:01")
    work_off(college.now)
    assert states() == [("sms", "HELD")]
    assert gateway.requests == []


def test_five_ordinary_letters_at_once_become_one(college: College, gateway: HttpGateway) -> None:
    someone = person("辅导", 1)
    notifications.queue([draft(f"note:{n}", someone) for n in range(5)], now=college.now)
    work_off(college.now)
    [text] = texts(gateway, someone.phone)
    assert all(f"第 note:{n} 封" in text for n in range(5))
    assert "/messages/" in text
    assert sorted({state for _channel, state in states(message__is_bundle=False)}) == ["BUNDLED"]
    assert inbox(someone).count() == 5


def test_at_most_so_many_ordinary_letters_a_day_and_the_rest_in_the_morning(
    college: College, gateway: HttpGateway
) -> None:
    someone = person("辅导", 1)
    for number in range(8):
        notifications.queue([draft(f"note:{number}", someone)], now=college.now)
        later(college, minutes=20)
    assert len(texts(gateway, someone.phone)) == 5
    notifications.queue([draft("alert:1", someone, is_urgent=True)], now=college.now)
    work_off(college.now)
    assert len(texts(gateway, someone.phone)) == 6
    college.now = college.at("07:00") + timedelta(days=1)
    work_off(college.now)
    rest = texts(gateway, someone.phone)[6]
    assert all(f"第 note:{number} 封" in rest for number in (5, 6, 7))


def test_a_person_without_a_phone_has_the_same_cap(college: College, gateway: HttpGateway) -> None:
    someone = person("辅导", 1, email="a@example.org")
    someone.phone = someone.phone_index = ""
    someone.save()
    for number in range(7):
        notifications.queue([draft(f"note:{number}", someone)], now=college.now)
        later(college, minutes=1)
    waiting = Delivery.objects.filter(message__is_bundle=False, channel="email")
    assert sorted(t.state for t in waiting) == ["BUNDLED"] * 2 + ["SENT"] * 5


def test_many_workers_keep_the_limit_of_one_phone(college: College, gateway: HttpGateway) -> None:
    """Four senders, one flood: no second text within the minute, nothing dropped, no deadlock."""
    someone, other = person("值班", 1), person("辅导", 2)
    for number in range(150):
        alert = draft(
            f"escalation:{number}:x", someone, is_urgent=True, matter=f"0201-{number + 1}"
        )
        notifications.queue([alert, draft(f"note:{number}", other)], now=college.now)
    faults: list[BaseException] = []

    def sender() -> None:
        try:
            work_off(college.now)
        except BaseException as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=sender) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert faults == []
    assert len(texts(gateway, someone.phone)) == 1
    assert len(texts(gateway, other.phone)) == 1
    for _minute in range(3):
        later(college, minutes=1)
    assert not Delivery.objects.filter(next_due_at__isnull=False, is_urgent=True).exists()
    told = Message.objects.filter(recipient=someone, is_bundle=True)
    assert sum(len(_listed([bundle.body])) for bundle in told if bundle.link == "/desk/") >= 145
    assert set(states(message__recipient=someone)) == {("sms", "SENT"), ("sms", "BUNDLED")}
