"""Three coughs in one dormitory room are one alert, with a legal clock on it (rows EW-01, EW-03)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from lianfang.clusters.models import Alert, AlertGroup, AlertStep, Sign
from lianfang.escalation.models import Summons
from lianfang.incidents.models import Incident
from lianfang.kernel.refusals import Invalid
from lianfang.notifications.models import Message
from lianfang.roster.models import Exemption
from lianfang.usecases import acknowledge_incident, clusters, handle_incident
from tests.cast import FINE, College
from tests.flow.cluster_cast import (
    VOMITS,
    circles,
    falls_ill,
    house,
    names_in,
    rules_of,
    the_alert,
)
from tests.flow.incident_cast import who

pytestmark = pytest.mark.django_db(transaction=True)


def three_in_a_room(college: College) -> Alert:
    for number in (2, 3, 4):
        falls_ill(college, f"{number}班1号")
    return the_alert()


def act(college: College, what: str, alert: Alert, name: str = "值班员", **words: object) -> Alert:
    verb = getattr(clusters, what)
    verb(
        alert=Alert.objects.get(pk=alert.pk), by=college[name], actor=college.actor(name),
        now=college.now, **words,
    )  # fmt: skip
    return Alert.objects.get(pk=alert.pk)


def test_three_fevers_in_one_room_are_exactly_one_alert(college_house: College) -> None:
    """Each in another class: the room alarms, and neither class nor floor does."""
    college = college_house
    falls_ill(college, "2班1号")
    falls_ill(college, "3班1号")
    assert not Alert.objects.exists()
    falls_ill(college, "4班1号")
    alert = the_alert()
    assert names_in(alert) == {"2班1号", "3班1号", "4班1号"}
    assert circles(alert) == {("ROOM", "6栋/301")}
    assert rules_of(alert) == {"A1"}
    assert alert.groups.get().size == 4
    assert alert.clock_due_at == alert.opened_at + timedelta(hours=24)
    assert AlertStep.objects.get(kind="OPENED").number == 3


def test_the_alert_is_told_at_once_and_climbs_until_somebody_answers(
    college_house: College,
) -> None:
    college = college_house
    alert = three_in_a_room(college)
    climb = alert.escalations.get()
    told = Summons.objects.filter(escalation=climb, person__isnull=False)
    assert {one.person.name for one in told if one.person} == {"值班员", "书记"}
    letters = Message.objects.filter(reference__startswith=climb.reference)
    for letter in letters:
        for word in ("发热", "301", "班1号", "宿舍", "聚集"):
            assert word not in letter.subject + letter.body
    college.fast_forward(minutes=20)
    assert "组长" in {one.person.name for one in told.all() if one.person}
    mine = told.get(person=college["值班员"])
    acknowledge_incident.answer_summons(
        summons=Summons.objects.select_related("escalation__alert", "person").get(pk=mine.pk),
        what=Summons.Answer.MINE, now=college.now,
    )  # fmt: skip
    alert.refresh_from_db()
    climb.refresh_from_db()
    assert (alert.taken_by, climb.state) == (college["值班员"], "ANSWERED")
    with pytest.raises(clusters.AlertTaken):
        act(college, "take_over", alert, "书记")


def test_nobody_answers_is_a_fact_and_is_climbed_again(college_house: College) -> None:
    college = college_house
    alert = three_in_a_room(college)
    college.fast_forward(hours=3)
    alert.refresh_from_db()
    assert alert.unanswered_at is not None
    assert alert.steps.filter(kind="UNANSWERED").exists()
    assert alert.escalations.get().round > 0


def test_one_person_who_reports_twice_is_one_person(college_house: College) -> None:
    college = college_house
    for _again in range(3):
        falls_ill(college, "2班1号")
    falls_ill(college, "3班1号")
    college.fast_forward(days=1)
    falls_ill(college, "2班1号")
    falls_ill(college, "3班1号")
    assert not Alert.objects.exists()
    assert Sign.objects.filter(person=college["2班1号"], syndrome="ILI").count() == 1


def test_other_symptoms_in_the_same_room_are_not_added_up(college_house: College) -> None:
    college = college_house
    falls_ill(college, "2班1号")
    falls_ill(college, "3班1号")
    college.report("4班1号", VOMITS)
    college.work()
    assert not Alert.objects.exists()


def test_it_grows_and_names_the_second_rule_instead_of_doubling(college_house: College) -> None:
    college = college_house
    alert = three_in_a_room(college)
    act(college, "take_over", alert)
    college.fast_forward(days=1)
    falls_ill(college, "5班1号")
    assert the_alert() == alert
    assert names_in(alert) == {"2班1号", "3班1号", "4班1号", "5班1号"}
    assert alert.steps.filter(kind="GREW").get().number == 1
    assert college.told(reference=f"cluster:{alert.pk}:grew") == ["值班员"]


def test_the_same_people_in_another_circle_are_named_on_the_same_alert(
    college_house: College,
) -> None:
    """A room of one class: room and class are both over the limit, and it is one alert."""
    college = college_house
    for seat in (2, 3, 4):
        falls_ill(college, f"2班{seat}号")
    alert = the_alert()
    assert circles(alert) == {("CLASS", college.unit("网络2班").code)}
    assert alert.unit == college.unit("网络2班")
    falls_ill(college, "2班1号")
    assert Alert.objects.count() == 1


def test_five_on_a_floor_out_of_several_rooms(college_house: College) -> None:
    college = college_house
    for name in ("2班2号", "2班3号"):
        falls_ill(college, name)
    college.fast_forward(days=2)
    for name in ("2班4号", "2班5号"):
        falls_ill(college, name)
    assert not Alert.objects.exists()
    college.enrol("同层", "护理1班")
    college.lodge(同层="210")
    falls_ill(college, "同层")
    alert = the_alert()
    assert (circles(alert), rules_of(alert)) == ({("FLOOR", "6栋/2")}, {"A2W"})


def two_more_on_the_floor(college: College) -> None:
    for name, room in (("甲", "310"), ("乙", "311")):
        college.enrol(name, "护理1班")
        college.lodge(**{name: room})
        falls_ill(college, name)


def test_what_spreads_from_a_room_to_its_floor_stays_one_alert_until_somebody_judged_it(
    college_house: College,
) -> None:
    college = college_house
    alert = three_in_a_room(college)
    two_more_on_the_floor(college)
    assert the_alert() == alert
    assert circles(alert) == {("ROOM", "6栋/301"), ("FLOOR", "6栋/3")}
    assert rules_of(alert) == {"A1", "A2W"}
    assert len(names_in(alert)) == 5
    assert alert.steps.filter(kind="GREW").get().number == 2


def test_what_was_judged_in_a_room_is_not_mixed_with_a_whole_floor(college_house: College) -> None:
    college = college_house
    alert = three_in_a_room(college)
    act(college, "verify", alert, choice="ASSESS", urgent=False, text="三人均发热")
    two_more_on_the_floor(college)
    assert Alert.objects.count() == 2
    assert len(names_in(alert)) == 3


def test_deaths_and_patients_in_hospital_are_counted_with_what_they_were_ill_of(
    college_house: College,
) -> None:
    """Rules A4 and A6: one who died after vomiting, five in hospital with influenza-like illness."""
    college = college_house
    falls_ill(college, "2班2号", symptoms=("fever", "vomiting"))
    died = Incident.objects.get(person=college["2班2号"])
    acknowledge_incident.acknowledge(incident=died, **who(college, "值班员"))
    paper: dict[str, Any] = {"said_by": "市中心医院 王医生", "document": "〔2020〕17号"}
    handle_incident.verify(
        incident=died, verdict="TRUE", method="PHONE", text="属实", **who(college, "值班员")
    )
    first = handle_incident.classify(
        incident=died, kind="DIED", source="HOSPITAL", **paper, **who(college, "值班员")
    )
    college.work()
    alert = the_alert()
    assert (rules_of(alert), names_in(alert)) == ({"A6D"}, {"2班2号"})
    handle_incident.classify(
        incident=died, kind="RULED_OUT", source="HOSPITAL", replaces=first, **paper,
        **who(college, "值班员"),
    )  # fmt: skip
    assert names_in(alert) == set()
    assert not Sign.objects.filter(syndrome="DIED", withdrawn_at__isnull=True).exists()


def test_an_exposure_makes_two_in_a_class_enough(college_house: College) -> None:
    college = college_house
    falls_ill(college, "2班2号", met_case=True)
    falls_ill(college, "2班3号")
    alert = the_alert()
    assert rules_of(alert) == {"A8"}
    assert alert.clock_due_at is None  # it begins when the alert is verified
    done = act(college, "verify", alert, choice="ASSESS", urgent=False, text="两人均发热")
    assert done.clock_due_at == college.now + timedelta(hours=2)


def test_a_correction_takes_the_sign_back(college_house: College) -> None:
    college = college_house
    falls_ill(college, "2班1号")
    falls_ill(college, "3班1号")
    college.report("3班1号", FINE)
    falls_ill(college, "4班1号")
    assert not Alert.objects.exists()
    assert Sign.objects.filter(person=college["3班1号"], withdrawn_at__isnull=True).count() == 0


def test_an_onset_of_yesterday_counts_where_it_belongs(college_house: College) -> None:
    """Known on one day, or fallen ill on one day: either is enough, and a wide spread is not."""
    college = college_house
    yesterday = date(2020, 1, 31)
    for name in ("2班1号", "3班1号"):
        college.report(name, replace(VOMITS, onset_on=yesterday))
    college.fast_forward(days=1)
    college.report("4班1号", replace(VOMITS, onset_on=yesterday))
    college.work()
    assert names_in(the_alert()) == {"2班1号", "3班1号", "4班1号"}


def test_the_workflow_has_an_author_a_moment_and_words_for_each_step(
    college_house: College,
) -> None:
    college = college_house
    alert = three_in_a_room(college)
    with pytest.raises(clusters.NotThisStage):
        act(college, "assess", alert, text="太早")
    with pytest.raises(Invalid):
        act(college, "verify", alert, choice="ASSESS", urgent=False, text="  ")
    act(college, "verify", alert, choice="ASSESS", urgent=False, text="电话核实三人均发热")
    act(college, "assess", alert, text="同住一室，两天内发病")
    act(college, "characterise", alert, risk="HIGH", text="可能扩散到同层")
    done = act(college, "decide", alert, outcome="RESPOND", text="全室转移，通知疾控")
    assert (done.stage, done.risk, done.outcome) == ("OUTCOME", "HIGH", "RESPOND")
    with pytest.raises(clusters.ClockStillRuns):
        act(college, "close", alert, text="结束")
    act(college, "tell_outside", alert, whom="CDC", told_at=college.now, text="电话报告")
    closed = act(college, "close", alert, text="全部退热")
    assert (closed.stage, closed.told_in_time) == ("CLOSED", True)
    steps = AlertStep.objects.filter(alert=alert, by=college["值班员"]).order_by("id")
    kinds = [one.kind for one in steps]
    assert kinds == [
        "TAKEN", "VERIFIED", "ASSESSED", "CHARACTER", "DECIDED", "TOLD", "CLOSED",
    ]  # fmt: skip
    assert all(one.text for one in steps if one.kind != "TAKEN")


def test_after_closing_only_new_people_make_a_new_alert(college_house: College) -> None:
    college = college_house
    alert = three_in_a_room(college)
    act(college, "verify", alert, choice="DISCARD", urgent=False, text="体温计坏了")
    clusters.recount(now=college.now)
    falls_ill(college, "2班1号")
    falls_ill(college, "5班1号")
    assert Alert.objects.count() == 1
    for name in ("甲", "乙"):
        college.enrol(name, "护理1班")
        college.lodge(**{name: "301"})
        falls_ill(college, name)
    assert Alert.objects.count() == 2
    assert names_in(Alert.objects.latest("id")) == {"5班1号", "甲", "乙"}


def test_a_missed_deadline_is_a_fact_and_is_told(college_house: College) -> None:
    college = college_house
    alert = three_in_a_room(college)
    act(college, "take_over", alert)
    college.fast_forward(to=alert.opened_at + timedelta(hours=19, minutes=59))
    assert college.told(reference=f"cluster:{alert.pk}:clock") == []
    college.fast_forward(minutes=2)
    assert "值班员" in college.told(reference=f"cluster:{alert.pk}:clock")
    college.fast_forward(to=alert.opened_at + timedelta(hours=24))
    alert.refresh_from_db()
    assert alert.missed_at is not None
    assert {"组长", "书记"} <= set(college.told(reference=f"cluster:{alert.pk}:missed"))
    college.fast_forward(minutes=1)
    late = act(college, "tell_outside", alert, whom="CDC", told_at=college.now, text="补报")
    assert late.told_in_time is False
    for letter in Message.objects.filter(reference__startswith=f"cluster:{alert.pk}"):
        assert "301" not in letter.body
        assert "发热" not in letter.body


def test_whoever_tells_outside_in_time_meets_the_clock(college_house: College) -> None:
    college = college_house
    alert = three_in_a_room(college)
    college.fast_forward(hours=1)
    with pytest.raises(Invalid):
        act(
            college, "tell_outside", alert, whom="CDC", text="",
            told_at=college.now + timedelta(minutes=5),
        )  # fmt: skip
    told = act(college, "tell_outside", alert, whom="CDC", told_at=college.now, text="已电话报告")
    assert told.told_in_time is True
    college.fast_forward(days=2)
    assert college.told(reference=f"cluster:{alert.pk}:missed") == []


def test_two_in_hospital_out_of_one_class(college_house: College) -> None:
    """Nobody in hospital is asked for a report: the absence itself is the sign (row EW-04)."""
    college = college_house
    for name in ("2班2号", "2班3号"):
        Exemption.objects.create(
            person=college[name], reason="HOSPITAL", held_from=college.today,
            granted_at=college.now,
        )  # fmt: skip
    assert clusters.recount_next(now=college.now)
    college.work()
    alert = the_alert()
    assert (rules_of(alert), names_in(alert)) == ({"H1"}, {"2班2号", "2班3号"})
    assert not clusters.recount_next(now=college.now + timedelta(minutes=59))


def test_the_clinic_and_words_of_a_teacher_are_signals_too(college_house: College) -> None:
    college = college_house
    falls_ill(college, "2班1号")
    falls_ill(college, "3班1号")
    clusters.note_visit(
        number=college["4班1号"].number, symptoms=["fever"], temperature=38.4, onset_on=None,
        by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    college.work()
    alert = the_alert()
    again = clusters.note_heard(
        text="三个人都在咳", kind="ROOM", code="6栋/301", name="6栋 301", by=college["辅导员"],
        actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip
    assert again == alert
    other = clusters.note_heard(
        text="食堂二楼有人呕吐", kind="CANTEEN", code="二食堂", name="二食堂",
        by=college["辅导员"], actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip
    assert other != alert
    assert other.escalations.exists()


def test_the_database_holds_one_open_alert_per_circle(college_house: College) -> None:
    college = college_house
    alert = three_in_a_room(college)
    other = Alert.objects.create(
        edition=alert.edition, unit=college.unit("学院"), opened_at=college.now
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        AlertGroup.objects.create(alert=other, kind="ROOM", code="6栋/301", name="x")


@pytest.fixture
def college_house() -> College:
    return house()
