"""Sixty posts are rung: every one ends in the state that is true (CAPABILITIES DU-05, DU-06)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from lianfang.duty.models import Drill, DrillCall, DutyFact, RosterFinding
from lianfang.duty.operations.drills import drill_token
from lianfang.duty.operations.facts import RepliedAlready, reply_to_fact
from lianfang.kernel import clock
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.refusals import NotYours
from lianfang.notifications.channels.reports import TextAnswer
from lianfang.notifications.models import Delivery, Message
from lianfang.roster import operations as roster
from lianfang.roster.models import Person
from lianfang.usecases import drills, gateway_callbacks, reachability
from tests.cast import College
from tests.flow.duty_cast import Exchange, hand_over
from tests.gateways import HttpGateway, all_channels
from tests.post_office import channels_file, work_off

pytestmark = pytest.mark.django_db(transaction=True)


def codes_in(text: str) -> list[str]:
    """Six digits that stand alone; a link may have six of its own."""
    return re.findall(r"(?<![\w-])\d{6}(?![\w-])", text, re.ASCII)


def start(
    college: College,
    *,
    minutes: int = 10,
    channel: str = "SMS",
    who: tuple[str, ...] = drills.EVERYBODY,
) -> Drill:
    unit = college.unit("学院党委")
    return drills.start(
        unit=unit,
        channel=channel,
        minutes=minutes,
        posts=drills.candidates(unit=unit, who=who, now=college.now),
        at_night=False,
        by=college["组长"],
        actor=college.actor("组长"),
        now=college.now,
    )


def sixty(college: College) -> None:
    """With 主任, 副主任, 书记 and 值班员 there are sixty people to ring."""
    for number in range(28):
        name = f"系{number:02}"
        college.open_unit(name, "DEPARTMENT", "学院")
        for role, is_deputy in (("正", False), ("副", True)):
            college.enrol(f"{name}{role}", name, "STAFF")
            college.appoint(f"{name}{role}", name, "RESPONSIBLE_HEAD", is_deputy=is_deputy)


def call(name: str) -> DrillCall:
    return DrillCall.objects.select_related("drill", "person").get(person__name=name)


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in DrillCall.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def test_a_drill_of_sixty_posts_ends_in_the_right_states(college: College) -> None:
    sixty(college)
    dead = [f"系{n:02}副" for n in range(5)]
    no_phone = college["系05副"]
    Person.objects.filter(pk=no_phone.pk).update(phone="", phone_index="")
    with Exchange(college[name].phone for name in dead) as exchange:
        drill = start(college)
        assert drill.calls.count() == 60
        hand_over(college, exchange)
        for number in range(20):  # these press the button
            drills.answer_by_link(token=drill_token(call(f"系{number:02}正")), now=college.now)
        college.fast_forward(minutes=4)
        for number in range(10, 20):  # and these type the code of their message
            person = college[f"系{number:02}副"]
            [text] = exchange.texts_to(person)
            [code] = codes_in(text)
            drills.answer_by_code(number=person.number, code=code, now=college.now)
        college.fast_forward(minutes=6)
        hand_over(college, exchange)
    assert states() == {"ANSWERED": 30, "FAILED": 6, "NO_ANSWER": 24}
    drill.refresh_from_db()
    assert drill.closed_at == drill.ends_at
    late = drills.answer_by_link(token=drill_token(call("书记")), now=college.now)
    assert late.state == "LATE"
    assert states() == {"ANSWERED": 30, "FAILED": 6, "NO_ANSWER": 23, "LATE": 1}
    tasks = RosterFinding.objects.filter(kind="WRONG_NUMBER", gone_at=None)
    assert {task.person.name for task in tasks if task.person} == set(dead)
    assert DutyFact.objects.filter(kind="DRILL_UNANSWERED").count() == 24


def test_delivered_is_never_reached(college: College) -> None:
    with Exchange() as exchange:
        start(college)
        hand_over(college, exchange)
    Delivery.objects.update(state="DELIVERED", delivered_at=college.now)
    college.fast_forward(minutes=10)
    assert states() == {"NO_ANSWER": 4}
    board = reachability.reach_board(unit=college.unit("学院党委"), now=college.now)
    assert [row.proof for row in board] == [None] * 4
    assert Person.objects.filter(phone_verified_at__isnull=False).count() == 0


def test_an_answer_proves_the_phone_and_stands_on_the_board(college: College) -> None:
    with Exchange() as exchange:
        start(college)
        hand_over(college, exchange)
    college.fast_forward(minutes=2)
    drills.answer_by_link(token=drill_token(call("主任")), now=college.now)
    assert Person.objects.get(name="主任").phone_verified_at == college.now
    board = reachability.reach_board(unit=college.unit("学院党委"), now=college.now)
    proofs = {row.rung.person.name: row.proof for row in board}
    assert proofs["主任"] == reachability.Proof(college.now, "drill")
    assert proofs["副主任"] is None


def test_an_answer_to_an_e_mail_proves_the_person_and_not_the_phone(college: College) -> None:
    start(college)
    Delivery.objects.filter(channel="sms").update(state="FAILED")
    drills.answer_by_link(token=drill_token(call("主任")), now=college.now)
    assert call("主任").state == "ANSWERED"
    assert Person.objects.get(name="主任").phone_verified_at is None


def test_an_answer_counts_once(college: College) -> None:
    start(college)
    token = drill_token(call("主任"))
    first = drills.answer_by_link(token=token, now=college.now)
    with pytest.raises(drills.DrillAnsweredAlready):
        drills.answer_by_link(token=token, now=college.now + timedelta(minutes=1))
    assert call("主任").answered_at == first.answered_at


def test_an_answer_at_the_last_moment_is_late(college: College) -> None:
    """Half-open: the ten minutes are over when the tenth has passed."""
    drill = start(college)
    token = drill_token(call("主任"))
    before = drills.answer_by_link(
        token=drill_token(call("书记")), now=drill.ends_at - timedelta(seconds=1)
    )
    assert before.state == "ANSWERED"
    assert drills.answer_by_link(token=token, now=drill.ends_at).state == "LATE"


def test_a_forged_link_answers_for_nobody(college: College) -> None:
    start(college)
    token = drill_token(call("主任"))
    for forged in (token[:-2] + "zz", "1", "", token + ":x"):
        with pytest.raises(drills.DrillLinkNotValid):
            drills.answer_by_link(token=forged, now=college.now)
    with pytest.raises(drills.DrillLinkNotValid):
        drills.answer_by_link(token=token, now=college.now + timedelta(days=8))
    assert states() == {"WAITING": 4}


def test_a_guessed_code_ends_after_a_few_tries(college: College) -> None:
    with Exchange() as exchange:
        start(college)
        hand_over(college, exchange)
        [code] = codes_in(exchange.texts_to(college["主任"])[0])
    number = college["主任"].number
    for _try in range(6):
        with pytest.raises(drills.DrillCodeNotAccepted):
            drills.answer_by_code(number=number, code="not it", now=college.now)
    with pytest.raises(drills.DrillCodeNotAccepted):
        drills.answer_by_code(number=number, code=code, now=college.now)


def test_a_code_typed_full_width_with_spaces_is_understood(college: College) -> None:
    with Exchange() as exchange:
        start(college)
        hand_over(college, exchange)
        [code] = codes_in(exchange.texts_to(college["主任"])[0])
    wide = " ".join(chr(ord(digit) + 0xFEE0) for digit in code)
    answered = drills.answer_by_text(
        phone_index=college["主任"].phone_index, text=wide, now=college.now
    )
    assert answered is not None
    assert (answered.state, answered.how) == ("ANSWERED", "CODE")


def test_somebody_elses_code_is_no_answer(college: College) -> None:
    with Exchange() as exchange:
        start(college)
        hand_over(college, exchange)
        [code] = codes_in(exchange.texts_to(college["主任"])[0])
    with pytest.raises(drills.DrillCodeNotAccepted):
        drills.answer_by_code(number=college["书记"].number, code=code, now=college.now)


def test_who_is_on_leave_is_not_rung(college: College) -> None:
    roster.exempt(
        person=college["主任"], reason="LEAVE", held_from=college.today, held_until=None,
        granted_by=None, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    unit = college.unit("学院党委")
    rung = drills.candidates(unit=unit, who=drills.EVERYBODY, now=college.now)
    assert "主任" not in {one.person.name for one in rung}


def test_a_call_list_hears_others_and_never_oneself(college: College) -> None:
    start(college, channel="CALLS")
    assert not Message.objects.filter(reference__startswith="drill:").exists()
    drills.rang(
        call=call("主任"), reached=True, by=college["值班员"],
        actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    with pytest.raises(drills.NotOnesOwnCall):
        drills.rang(
            call=call("值班员"), reached=True, by=college["值班员"],
            actor=college.actor("值班员"), now=college.now,
        )  # fmt: skip
    drills.rang(
        call=call("书记"), reached=False, by=college["值班员"],
        actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    college.fast_forward(minutes=10)
    # 副主任 was never rung: that is nobody's silence.
    assert {c.person.name: c.state for c in DrillCall.objects.select_related("person")} == {
        "主任": "ANSWERED", "副主任": "FAILED", "书记": "NO_ANSWER", "值班员": "FAILED",
    }  # fmt: skip


def test_a_robot_in_a_group_is_answered_after_logging_in(college: College) -> None:
    with pytest.raises(drills.NoRobot):
        start(college, channel="ROBOT")


def test_a_drill_by_robot_is_said_once_in_the_group_and_names_nobody(
    college: College, tmp_path: Path
) -> None:
    with HttpGateway() as gateway:
        tables = {"wecom": all_channels(http=gateway)["wecom"]}
        with channels_file(tmp_path / "channels.toml", tables):
            drill = start(college, channel="ROBOT")
            clock.follow(lambda: college.now)
            work_off(college.now)
            [said] = gateway.accepted
            assert said.dialect == "wecom"
            assert "/d/" in said.text
            for name in ("主任", "副主任", "书记", "值班员"):
                assert name not in said.text
            drills.answer_logged_in(
                call=call("主任"), by=college["主任"], actor=college.actor("主任"), now=college.now
            )
            college.fast_forward(minutes=10)
    assert Drill.objects.get(pk=drill.pk).closed_at is not None
    assert states() == {"ANSWERED": 1, "NO_ANSWER": 3}


def test_a_robot_that_is_down_accuses_nobody(college: College, tmp_path: Path) -> None:
    """What never stood in the group was missed by nobody."""
    with HttpGateway() as gateway:
        gateway.behave("error_in_200")
        tables = {"wecom": all_channels(http=gateway)["wecom"]}
        with channels_file(tmp_path / "channels.toml", tables):
            start(college, channel="ROBOT")
            clock.follow(lambda: college.now)
            work_off(college.now)
            college.fast_forward(minutes=10)
    assert states() == {"FAILED": 4}
    assert not DutyFact.objects.exists()


def test_a_code_sent_back_by_text_message_answers_the_drill(college: College) -> None:
    """The way of an answer that a gateway pushes back, in the signs that phones write."""
    with Exchange() as exchange:
        start(college)
        code = Message.objects.get(recipient=college["主任"], topic__startswith="drill").secret
        hand_over(college, exchange)
    stranger = TextAnswer(college["书记"].phone, code, college.now)
    gateway_callbacks.take_answer(stranger, channel="sms_http", now=college.now)
    assert call("主任").state == "WAITING"
    said = TextAnswer(college["主任"].phone, f" {code} 收到！", college.now)
    assert gateway_callbacks.take_answer(said, channel="sms_http", now=college.now)
    assert (call("主任").state, call("主任").how) == ("ANSWERED", "CODE")


def test_only_the_person_answers_after_logging_in(college: College) -> None:
    start(college)
    with pytest.raises(NotYours):
        drills.answer_logged_in(
            call=call("主任"), by=college["书记"], actor=college.actor("书记"), now=college.now
        )
    answered = drills.answer_logged_in(
        call=call("主任"), by=college["主任"], actor=college.actor("主任"), now=college.now
    )
    assert (answered.state, answered.how) == ("ANSWERED", "LOGIN")
    assert Person.objects.get(name="主任").phone_verified_at is None


def test_the_night_is_tried_only_when_somebody_says_so(college: College) -> None:
    college.fast_forward(to=college.at("23:00"))
    with pytest.raises(drills.DrillAtNight):
        start(college)


def test_a_missed_drill_asks_and_the_unit_answers_once(college: College) -> None:
    with Exchange() as exchange:
        start(college)
        hand_over(college, exchange)
    college.fast_forward(minutes=10)
    asked = Message.objects.filter(reference__endswith=":how-was-it")
    assert {letter.recipient.name for letter in asked if letter.recipient} == {
        "主任", "副主任", "书记", "值班员",
    }  # fmt: skip
    fact = DutyFact.objects.get(person__name="副主任")
    reply_to_fact(
        fact=fact, text="在地下车库,没有信号。", by=college["主任"],
        actor=college.actor("主任"), now=college.now,
    )  # fmt: skip
    fact.refresh_from_db()
    assert fact.reply == "在地下车库,没有信号。"
    with pytest.raises(RepliedAlready):
        reply_to_fact(
            fact=fact, text="其他", by=college["主任"], actor=college.actor("主任"), now=college.now
        )


def test_a_corrected_number_that_is_answered_closes_its_task(college: College) -> None:
    with Exchange([college["主任"].phone]) as exchange:
        start(college)
        hand_over(college, exchange)
        college.fast_forward(minutes=10)
        assert RosterFinding.objects.get(kind="WRONG_NUMBER").gone_at is None
        exchange.dead.clear()
        again = start(college)
        hand_over(college, exchange)
    second = DrillCall.objects.get(drill=again, person=college["主任"])
    drills.answer_by_link(token=drill_token(second), now=college.now)
    assert RosterFinding.objects.get(kind="WRONG_NUMBER").gone_at == college.now
