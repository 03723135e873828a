"""Phone calls by machine: the step between a silent text and a human (OUT-03, OUT-05, DU-05)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from lianfang.audit.models import Entry
from lianfang.duty.models import DrillCall, RosterFinding
from lianfang.escalation.models import Escalation, Summons
from lianfang.incidents.models import Incident
from lianfang.kernel import clock
from lianfang.kernel.clock import parse_moment
from lianfang.notifications import operations as notifications
from lianfang.notifications import stopping
from lianfang.notifications.models import Delivery, Message, ProviderState
from lianfang.notifications.queries import parked_answers
from lianfang.outreach.models import CallTask, PhoneCorrection, Recipient
from lianfang.outreach.rules import Step
from lianfang.roster.models import Person
from lianfang.usecases import acknowledge_incident, drills, workers
from tests.cast import FEVER, College
from tests.flow.outreach_cast import QUIZ, article, campaign, standing
from tests.gateway_dialects import Message as Taken
from tests.gateway_dialects import call_report, key_press
from tests.gateways import HttpGateway, all_channels, signed_headers
from tests.post_office import SECRET, channels_file, draft, person, turn_of, work_off

pytestmark = pytest.mark.django_db(transaction=True)

NIGHT = parse_moment("2020-02-01T23:40+08:00")


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[HttpGateway]:
    """Texts and calls through one gateway that reports back on both."""
    with HttpGateway() as gateway:
        everything = all_channels(http=gateway)
        tables = {code: everything[code] for code in ("sms_http", "voice_http")}
        tables["callbacks"] = {"sms_http": SECRET, "voice_http": SECRET}
        with channels_file(tmp_path / "channels.toml", tables):
            yield gateway


_nonces = iter(f"nonce-of-a-call-{number:06}" for number in range(10**6))


def push(what: str, body: bytes, *, secret: str = SECRET, nonce: str = "") -> Any:
    headers = signed_headers(
        body,
        secret=secret,
        timestamp=int(datetime.now(UTC).timestamp()),
        nonce=nonce or next(_nonces),
    )
    return Client().post(
        f"/hooks/voice_http/{what}", body, content_type="application/json", headers=headers
    )


def calls(gateway: HttpGateway) -> list[Taken]:
    return [taken for taken in gateway.accepted if taken.dialect == "voice_http"]


def later(college: College, **time: Any) -> None:
    """Time passes, and whatever became due is handed over at the college's own time."""
    college.fast_forward(**time)
    clock.follow(lambda: college.now)
    work_off(college.now)


def fever_at_night(college: College, gateway: HttpGateway) -> Taken:
    """小明 reports a fever; group and text stay silent; the call to 值班员."""
    college.now = NIGHT
    college.report("小明", FEVER)
    later(college, minutes=0)
    assert calls(gateway) == []
    later(college, minutes=3)
    [call] = [one for one in calls(gateway) if one.to == college["值班员"].phone]
    return call


# ---------------------------------------------------------------- alerts


def test_a_fever_at_night_rings_the_phone_and_key_1_stops_the_climb(
    college: College, gateway: HttpGateway
) -> None:
    call = fever_at_night(college, gateway)
    assert {one.to for one in calls(gateway)} == {
        college[name].phone for name in ("辅导员", "主任", "值班员")
    }
    assert push("receipt", call_report(call)).status_code == 200
    turn = Delivery.objects.get(channel="voice", message__recipient=college["值班员"])
    assert (turn.state, Incident.objects.get().state) == ("DELIVERED", "OPEN")  # heard, no answer
    assert push("answer", key_press(call)).status_code == 200
    incident = Incident.objects.get()
    assert (incident.state, incident.acknowledged_by) == ("ACKNOWLEDGED", college["值班员"])
    assert Escalation.objects.get(incident=incident).state == "ANSWERED"
    noted = Entry.objects.get(verb="escalation.summons.answered")
    assert noted.detail["how"] == "PHONE_KEY"
    later(college, hours=2)
    assert len(calls(gateway)) == 3
    assert Summons.objects.filter(escalation__incident=incident).count() == 3


def test_what_is_spoken_names_nobody_no_illness_and_no_link(
    college: College, gateway: HttpGateway
) -> None:
    call = fever_at_night(college, gateway)
    assert call.text == "联防：有事需要您处理。 按1表示由您处理；按2再听一遍。"
    [request] = [r for r in gateway.requests if r.path == "/call" and r.json["phone"] == call.to]
    assert request.json["lang"] == "zh-CN"
    for word in ("小明", "发热", "38.2", "值班员", "http:"):
        assert word not in request.body.decode()


def test_a_text_that_gets_lost_rings_the_phone_at_once(
    college: College, gateway: HttpGateway
) -> None:
    college.report("小明", FEVER)
    later(college, minutes=0)
    later(college, seconds=61)  # no receipt of the text for a minute
    assert len(calls(gateway)) == 3


def test_whoever_has_answered_or_passed_it_on_is_not_rung(
    college: College, gateway: HttpGateway
) -> None:
    college.report("小明", FEVER)
    later(college, minutes=0)
    for name, what in (("主任", Summons.Answer.PASSED_ON), ("值班员", Summons.Answer.MINE)):
        acknowledge_incident.answer_summons(
            summons=Summons.objects.get(person=college[name]), what=what, now=college.now
        )
        turn = Delivery.objects.get(channel="voice", message__recipient=college[name])
        assert turn.state == "CANCELLED"
    later(college, minutes=20)
    assert calls(gateway) == []


def test_a_key_belongs_to_its_call_and_counts_once(college: College, gateway: HttpGateway) -> None:
    call = fever_at_night(college, gateway)
    body = key_press(call)
    assert push("answer", body, secret="another-secret-of-16").status_code == 403
    strangers: list[dict[str, str]] = [
        {"reference": "999999:escalation:1:round:0:summons:1:voice"},
        {"reference": call.reference.removesuffix("voice") + "sms"},
        {"phone": college["主任"].phone},
    ]
    for changed in strangers:
        assert push("answer", key_press(call, **changed)).status_code == 404
    for unreadable in (b"[]", b"{}", b'{"answers": [{"key": "1"}]}'):
        assert push("answer", unreadable).status_code == 400
    assert Incident.objects.get().state == "OPEN"
    assert push("answer", body, nonce="n" * 16).status_code == 200
    assert push("answer", body, nonce="n" * 16).status_code == 403
    assert push("answer", body).status_code == 200  # pushed once more by a gateway in doubt
    assert push("answer", key_press(call, at="2020-02-02T00:00:00+08:00")).status_code == 200
    assert Entry.objects.filter(verb="escalation.summons.answered").count() == 1
    assert not parked_answers().exists()


def test_other_keys_only_prove_that_somebody_picked_up(
    college: College, gateway: HttpGateway
) -> None:
    call = fever_at_night(college, gateway)
    for key in ("2", "5", "*", "#"):
        assert push("answer", key_press(call, key)).status_code == 200
    assert Incident.objects.get().state == "OPEN"
    turn = Delivery.objects.get(channel="voice", message__recipient=college["值班员"])
    assert (turn.state, turn.code == "voice.key-1") == ("DELIVERED", False)
    assert not parked_answers().exists()


def test_a_key_after_somebody_else_took_it_over_waits_for_a_human(
    college: College, gateway: HttpGateway
) -> None:
    call = fever_at_night(college, gateway)
    [other] = [one for one in calls(gateway) if one.to == college["主任"].phone]
    push("answer", key_press(other))
    push("answer", key_press(call))
    assert Incident.objects.get().acknowledged_by == college["主任"]
    assert [(one.reason, one.phone) for one in parked_answers()] == [("TOO_LATE", call.to)]


def test_a_dead_number_of_somebody_on_the_ladder_is_a_task_until_a_key_is_pressed(
    college: College, gateway: HttpGateway
) -> None:
    call = fever_at_night(college, gateway)
    [head] = [one for one in calls(gateway) if one.to == college["主任"].phone]
    for _twice in range(2):
        assert push("receipt", call_report(head, "wrong-number")).status_code == 200
    push("receipt", call_report(call, "no-answer"))
    task = RosterFinding.objects.get(kind="WRONG_NUMBER")
    assert (task.person, task.unit.name, task.gone_at) == (college["主任"], "信息系", None)
    push("answer", key_press(head))
    task.refresh_from_db()
    assert task.gone_at == college.now


# ---------------------------------------------------------------- how a call ends


def ring(college: College, *references: str, to: Person | None = None) -> list[Message]:
    """Calls that are due at once, to somebody with nothing but a phone."""
    clock.follow(lambda: college.now)
    someone = to or person("某人", 1)
    drafts = [
        draft(reference, someone, is_urgent=True, wants_answer=True, channels=("voice",), matter=f"0201-{n}")
        for n, reference in enumerate(references, start=1)
    ]  # fmt: skip
    messages = notifications.queue(drafts, now=college.now)
    work_off(college.now)
    return messages


@pytest.mark.parametrize("status, code, minutes", [
    ("busy", "voice.busy", 1), ("no_answer", "voice.no-answer", 2),
    ("rejected", "voice.rejected", 2), ("unreachable", "voice.unreachable", 5),
])  # fmt: skip
def test_a_call_that_nobody_takes_is_made_again_three_times_at_most(
    college: College, gateway: HttpGateway, status: str, code: str, minutes: int
) -> None:
    [message] = ring(college, "a:1")
    for times in (1, 2, 3):
        assert len(calls(gateway)) == times
        assert push("receipt", call_report(calls(gateway)[-1], status)).status_code == 200
        assert turn_of(message, "voice").code == code
        later(college, minutes=minutes)
    assert push("receipt", call_report(calls(gateway)[0], "busy")).status_code == 200  # once more
    assert (turn_of(message, "voice").state, len(calls(gateway))) == ("FAILED", 3)
    push("receipt", call_report(calls(gateway)[1]))  # out of order: it was picked up after all
    assert turn_of(message, "voice").state == "DELIVERED"


def test_an_earlier_ring_that_is_reported_again_does_not_end_the_present_one(
    college: College, gateway: HttpGateway
) -> None:
    [message] = ring(college, "a:1")
    first = calls(gateway)[0]
    push("receipt", call_report(first, "busy"))
    later(college, minutes=1)
    push("receipt", call_report(first, "wrong-number"))
    assert (turn_of(message, "voice").state, len(calls(gateway))) == ("SENT", 2)


def test_a_number_that_nobody_has_is_not_rung_again(college: College, gateway: HttpGateway) -> None:
    [message] = ring(college, "a:1")
    push("receipt", call_report(calls(gateway)[0], "wrong-number"))
    later(college, hours=1)
    turn = turn_of(message, "voice")
    assert (turn.state, turn.code, len(calls(gateway))) == ("FAILED", "voice.wrong-number", 1)


def test_three_calls_in_a_quarter_of_an_hour_are_enough_each_ring_counted(
    college: College, gateway: HttpGateway
) -> None:
    """The fourth and fifth matter become one call, and its key answers both."""
    someone = person("某人", 1)
    ring(college, "a:1", to=someone)
    push("receipt", call_report(calls(gateway)[0], "busy"))
    later(college, minutes=1)
    ring(college, "a:2", "a:3", "a:4", to=someone)
    assert len(calls(gateway)) == 3
    later(college, minutes=13)
    assert len(calls(gateway)) == 3
    later(college, minutes=1)
    assert calls(gateway)[3].text == "联防：有2件事需要您处理。 按1表示都由您处理；按2再听一遍。"


def test_key_1_in_a_call_about_several_alerts_answers_each(
    college: College, gateway: HttpGateway
) -> None:
    college.report("小明", FEVER)
    college.report("小红", FEVER)
    college.report("小刚", FEVER)
    college.report("小明", FEVER)
    ring(college, "a:1", "a:2", to=college["主任"])
    later(college, minutes=0)
    later(college, minutes=3)
    later(college, minutes=15)
    mine = [one for one in calls(gateway) if one.to == college["主任"].phone]
    several = mine[-1]
    assert "2件事" in several.text
    push("answer", key_press(several))
    assert Incident.objects.filter(acknowledged_by=college["主任"]).count() == 2


def test_a_call_about_several_alerts_is_not_made_again_once_all_are_answered(
    college: College, gateway: HttpGateway
) -> None:
    someone = person("某人", 1)
    ring(college, "a:1", "a:2", "a:3", "a:4", "a:5", to=someone)
    later(college, minutes=15)
    several = calls(gateway)[3]
    assert "2件事" in several.text
    push("receipt", call_report(several, "busy"))
    together = Message.objects.filter(deliveries__state="BUNDLED").values_list(
        "reference", flat=True
    )
    for answered in list(together):
        notifications.cancel(reference_prefix=answered, now=college.now)
    later(college, minutes=15)
    assert len(calls(gateway)) == 4
    assert not Delivery.objects.filter(next_due_at__isnull=False).exists()


# ---------------------------------------------------------------- campaigns


def steps_with_a_call() -> list[Step]:
    return [
        Step(("in_app",), timedelta(0)),
        Step(("sms",), timedelta(hours=2)),
        Step(("voice",), timedelta(hours=2)),
        Step(("callers",), timedelta(hours=2)),
    ]


def test_a_campaign_rings_before_a_human_does(college: College, gateway: HttpGateway) -> None:
    campaign(college, steps=steps_with_a_call())
    later(college, minutes=0)
    later(college, hours=2)
    assert calls(gateway) == []
    later(college, hours=2)
    by_phone = {one.to: one for one in calls(gateway)}
    assert set(by_phone) == {college[name].phone for name in ("小明", "小红", "小刚")}
    ming, hong, gang = (by_phone[college[name].phone] for name in ("小明", "小红", "小刚"))
    assert ming.text == "联防：您有一条消息，请登录后查看。 已经阅读请按1；按2再听一遍。"
    push("receipt", call_report(ming))
    assert standing(college, "小明") == "delivered"  # picked up, not confirmed
    push("answer", key_press(ming))
    assert standing(college, "小明") == "confirmed"
    assert Recipient.objects.get(person=college["小明"]).how == "KEY"
    push("receipt", call_report(hong, "no-answer"))
    push("receipt", call_report(gang, "wrong-number"))
    later(college, hours=2)
    tasks = CallTask.objects.values_list("recipient__person__name", flat=True)
    assert set(tasks) == {"小红", "小刚"}
    assert [one.person.name for one in PhoneCorrection.objects.all()] == ["小刚"]


def test_a_campaign_rings_nobody_at_night_nor_whoever_said_td(
    college: College, gateway: HttpGateway
) -> None:
    stopping.stop(phone_index=college["小红"].phone_index, now=college.now)
    college.now = NIGHT
    campaign(college, steps=[Step(("voice",), timedelta(0))])
    later(college, minutes=0)
    assert calls(gateway) == []
    later(college, hours=8)
    assert {one.to for one in calls(gateway)} == {college[name].phone for name in ("小明", "小刚")}
    turn = Delivery.objects.get(channel="voice", message__recipient=college["小红"])
    assert (turn.state, turn.code) == ("CANCELLED", "stopped-by-phone")


def test_no_key_confirms_what_asks_a_question(college: College, gateway: HttpGateway) -> None:
    campaign(
        college, version=article(college, **QUIZ), asks_question=True,
        steps=[Step(("voice",), timedelta(0))],
    )  # fmt: skip
    college.work()
    later(college, minutes=0)
    call = calls(gateway)[0]
    assert call.text == "联防：您有一条消息，请登录后查看。 请查看短信或登录处理。"
    assert push("answer", key_press(call)).status_code == 200
    assert not Recipient.objects.filter(confirmed_at__isnull=False).exists()


# ---------------------------------------------------------------- drills


def drill_by_phone(college: College, minutes: int = 10) -> None:
    unit = college.unit("学院党委")
    drills.start(
        unit=unit,
        channel="VOICE",
        minutes=minutes,
        posts=drills.candidates(unit=unit, who=drills.EVERYBODY, now=college.now),
        at_night=False,
        by=college["组长"],
        actor=college.actor("组长"),
        now=college.now,
    )
    later(college, minutes=0)


def state(college: College, name: str) -> tuple[str, str]:
    one = DrillCall.objects.get(person=college[name])
    return one.state, one.how


def test_a_drill_by_phone_is_answered_by_a_key(college: College, gateway: HttpGateway) -> None:
    drill_by_phone(college)
    by_phone = {one.to: one for one in calls(gateway)}
    head, deputy, secretary, officer = (
        by_phone[college[name].phone] for name in ("主任", "副主任", "书记", "值班员")
    )
    assert (
        head.text == "联防：这是通讯演练，没有发生任何事情。 按1表示这部电话能找到您；按2再听一遍。"
    )
    push("receipt", call_report(head))
    assert state(college, "主任") == ("WAITING", "")  # picked up is no answer
    push("answer", key_press(head))
    assert state(college, "主任") == ("ANSWERED", "KEY")
    assert Person.objects.get(pk=college["主任"].pk).phone_verified_at == college.now
    push("receipt", call_report(deputy, "no-answer"))
    push("receipt", call_report(secretary, "wrong-number"))
    later(college, minutes=9)
    push("receipt", call_report(calls(gateway)[-1], "no-answer"))
    later(college, minutes=1)
    rung = len(calls(gateway))
    assert [state(college, name)[0] for name in ("副主任", "书记", "值班员")] == [
        "NO_ANSWER", "FAILED", "NO_ANSWER",
    ]  # fmt: skip
    found = RosterFinding.objects.filter(kind="WRONG_NUMBER")
    assert [one.person for one in found] == [college["书记"]]
    push("answer", key_press(officer))
    assert state(college, "值班员") == ("LATE", "KEY")
    later(college, hours=1)
    assert len(calls(gateway)) == rung  # nobody is rung for a drill that is over


def test_without_a_gateway_there_is_no_call_and_no_drill_by_phone(college: College) -> None:
    college.report("小明", FEVER)
    assert not Delivery.objects.filter(channel="voice").exists()
    with pytest.raises(drills.NoVoice):
        drill_by_phone(college)


# ---------------------------------------------------------------- probes


def test_the_gateway_for_calls_is_tried_every_hour(
    college: College, gateway: HttpGateway, tmp_path: Path
) -> None:
    tables = {"voice_http": all_channels(http=gateway)["voice_http"]}
    probes = {"probe_call": "+8613800138001"}
    callbacks = {"voice_http": SECRET}
    with channels_file(
        tmp_path / "probed.toml", {**tables, "probes": probes, "callbacks": callbacks}
    ):
        workers.sweep(college.now, "test")
        later(college, minutes=0)
        [call] = calls(gateway)
        assert call.to == "+8613800138001"
        push("receipt", call_report(call))
        assert ProviderState.objects.get().arrived_at is not None
        later(college, minutes=59)
        assert len(calls(gateway)) == 1
        later(college, minutes=1)
        later(college, hours=1)
        later(college, hours=1)
        assert ProviderState.objects.get().degraded_at is not None  # two were not picked up
