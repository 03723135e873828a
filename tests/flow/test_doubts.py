"""Copied reports become a question about help; records that contradict wait for somebody who asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lianfang.audit.models import Entry
from lianfang.campus.models import Batch, EveningCheck, GatePassage
from lianfang.doubts.models import Asked, Contradiction, DoubtMoment, Question, Trace
from lianfang.doubts.operations import ContradictionIsClosed, QuestionIsAnswered
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.clock import at_local
from lianfang.kernel.refusals import Invalid
from lianfang.notifications.models import Message
from lianfang.reporting.models import DailyReport
from lianfang.roster import operations as roster
from lianfang.roster.imports.sheets import NamedFile
from lianfang.usecases import campus_records, doubts
from lianfang.usecases.campus_records import AlreadyImported, RecordsHaveProblems
from tests.cast import FINE, College
from tests.flow.quarantine_cast import order

pytestmark = pytest.mark.django_db(transaction=True)


def days(college: College, n: int) -> Iterator[int]:
    """One morning after the other, without the workers."""
    for number in range(n):
        college.now = at_local(college.today + timedelta(days=bool(number)), time(7, 0))
        yield number


def report_at(college: College, name: str, second: int, **answers: Any) -> DailyReport:
    keep, college.now = college.now, college.now + timedelta(seconds=second)
    try:
        return college.report(name, replace(FINE, **answers))
    finally:
        college.now = keep


def night(college: College) -> None:
    """The comparison of this day, as the worker does it after two in the morning."""
    doubts.take_traces(day=college.today, now=college.now)


def bots_for_seven_days(college: College) -> None:
    for number in days(college, 7):
        report_at(college, "小明", 5)  # a timer: same second, same answers
        heat = Decimal(360 + (number * 3) % 8) / 10
        report_at(college, "小红", 60 + 97 * number, temperature=heat)
        night(college)


# ---------------------------------------------------------------- copied reports


def test_a_bot_becomes_a_question_to_the_head_and_to_nobody_else(college: College) -> None:
    bots_for_seven_days(college)
    [question] = doubts.look_for_copies(day=college.today, now=college.now)
    assert question.unit == college.unit("网络1班")
    assert [(a.person.name, a.signs) for a in Asked.objects.select_related("person")] == [
        ("小明", "SAME_SECOND,SAME_ANSWERS,COMBINED")
    ]
    assert college.told(reference="doubts-help:") == ["主任"]
    letter = Message.objects.get(reference__startswith="doubts-help:")
    assert "小明" not in letter.body
    assert "小明" not in letter.subject


def test_the_comparison_strikes_every_night_by_itself_and_twice_is_once(college: College) -> None:
    doubts.ensure_night(now=college.now)
    for _number in days(college, 7):
        report_at(college, "小明", 5)  # nobody was awake at night: it is made up, day after day
    college.fast_forward(hours=24)
    assert Question.objects.count() == 1
    assert Trace.objects.filter(person=college["小明"]).count() == 7
    moment = DoubtMoment.objects.filter(done_at__isnull=True).get()
    assert (moment.day, moment.due_at) == (college.today, college.at("02:00") + timedelta(days=1))
    assert doubts.look_for_copies(day=college.today, now=college.now) == []
    assert college.told(reference="doubts-help:") == ["主任"]


def test_a_question_is_answered_once_and_not_asked_again_for_a_while(college: College) -> None:
    bots_for_seven_days(college)
    [question] = doubts.look_for_copies(day=college.today, now=college.now)
    with pytest.raises(Invalid):
        answer(college, question, "PUNISHED")
    answer(college, question, "HELPED")
    with pytest.raises(QuestionIsAnswered):
        answer(college, question, "NOTHING")
    assert question.quiet_until == college.today + timedelta(days=14)
    assert doubts.look_for_copies(day=college.today, now=college.now) == []
    for _number in days(college, 16):
        report_at(college, "小明", 5)
        night(college)
    assert len(doubts.look_for_copies(day=college.today, now=college.now)) == 1
    told = Entry.objects.filter(verb="doubts.question.answered", concerns=college["小明"].pk)
    assert [entry.actor_label for entry in told] == ["主任"]


def answer(college: College, question: Question, what: str) -> None:
    doubts.answer_question(
        question=question, what=what, note="借了体温计", by=college["主任"],
        actor=college.actor("主任"), now=college.now,
    )  # fmt: skip


def test_whoever_reports_for_others_or_without_a_thermometer_is_no_sign(college: College) -> None:
    for _number in days(college, 8):
        report_at(
            college, "小红", 60 * _number, temperature=None, site="", not_measured="NO_THERMOMETER"
        )
        report_at(college, "小刚", 5)
        DailyReport.objects.filter(person=college["小刚"]).update(
            source=DailyReport.Source.PROXY, proxy_reason="PHONE"
        )
        night(college)
    assert not Trace.objects.filter(person=college["小刚"]).exists()
    assert doubts.look_for_copies(day=college.today, now=college.now) == []


def test_traces_open_no_answer_and_are_forgotten(college: College) -> None:
    bots_for_seven_days(college)
    marks = set(Trace.objects.values_list("mark", flat=True))
    assert all("36" not in mark or len(mark) == 16 for mark in marks)
    college.now += timedelta(days=15)
    night(college)
    assert not Trace.objects.exists()


# ---------------------------------------------------------------- records


def gate(college: College, *rows: str, name: str = "门禁.csv") -> NamedFile:
    lines = [row.replace("小明", college["小明"].number) for row in rows]
    return NamedFile(name, "\n".join(["学号,门岗,方向,时间", *lines]).encode())


def bring(college: College, file: NamedFile, kind: str = "GATE") -> Batch:
    batch, _plan = campus_records.apply(
        kind=kind, file=file, by=college["值班员"], actor=college.actor("值班员"), now=college.now
    )
    return batch


def test_at_home_and_at_the_gate_waits_for_the_carer(college: College) -> None:
    college.report("小明")  # at home
    college.now = college.at("10:00")
    bring(college, gate(college, "小明,北门,进,2020-02-01 09:12:30"))
    college.work()
    one = Contradiction.objects.get()
    assert (one.kind, one.person, one.state) == ("AWAY_BUT_GATE", college["小明"], "OPEN")
    left, right = one.records["records"]
    assert (left["what"], left["value"], right["what"], right["value"]) == (
        "REPORT", "AT_HOME", "GATE", "IN",
    )  # fmt: skip
    assert datetime.fromisoformat(right["at"]) == college.at("09:12:30")
    assert college.told(reference="doubts-records:") == ["辅导员"]
    assert "小明" not in Message.objects.get(reference__startswith="doubts-records:").body


def test_a_comparison_again_doubles_nothing_and_a_closed_one_stays_closed(college: College) -> None:
    college.report("小明")
    college.now = college.at("10:00")
    bring(college, gate(college, "小明,北门,进,2020-02-01 09:12:30"))
    college.work()
    one = Contradiction.objects.get()
    with pytest.raises(Invalid):
        close(college, one, "", "")
    close(college, one, "SECOND", "中午回校取书，已离开")
    with pytest.raises(ContradictionIsClosed):
        close(college, one, "FIRST", "记错了")
    doubts.look_for_contradictions(day=college.today, now=college.now)
    assert Contradiction.objects.get().state == "CLOSED"
    assert college.told(reference="doubts-records:") == ["辅导员"]


def close(college: College, one: Contradiction, truth: str, note: str) -> None:
    doubts.close_contradiction(
        contradiction=one, truth=truth, note=note, by=college["辅导员"],
        actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip


def test_a_corrected_report_settles_it_without_anybody(college: College) -> None:
    college.report("小明")
    college.now = college.at("10:00")
    bring(college, gate(college, "小明,北门,进,2020-02-01 09:12:30"))
    college.work()
    college.report("小明", replace(FINE, presence="ON_CAMPUS"))
    doubts.look_for_contradictions(day=college.today, now=college.now)
    assert Contradiction.objects.get().state == "SETTLED"


def test_quarantine_leave_and_dormitory_are_compared_too(college: College) -> None:
    order(college, held_from=date(2020, 1, 31))
    college.report("小明", replace(FINE, presence="QUARANTINE", county_code="420106"))
    roster.exempt(
        person=college["小红"], reason="HOSPITAL", held_from=date(2020, 1, 20), held_until=None,
        granted_by=None, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    college.report("小红")
    college.report("小刚", replace(FINE, presence="ON_CAMPUS"))
    college.now = college.at("23:00")
    dorm = f"学号,寝室,结果,时间\n{college['小刚'].number},3-101,未归,2020-02-01 22:30\n"
    bring(college, NamedFile("查寝.csv", dorm.encode()), kind="DORM")
    bring(college, gate(college, "小明,北门,出,2020-02-01 11:00"))
    college.work()
    assert sorted(Contradiction.objects.values_list("person__name", "kind")) == [
        ("小刚", "CAMPUS_BUT_NO_DORM"), ("小明", "QUARANTINE_BUT_GATE"),
        ("小明", "QUARANTINE_ELSEWHERE"), ("小红", "HOSPITAL_BUT_WELL"),
    ]  # fmt: skip


def test_a_file_with_one_broken_row_stores_nothing_and_names_it(college: College) -> None:
    college.now = college.at("10:00")
    file = gate(college, "小明,北门,进,2020-02-01 09:12", "999,北门,进,2020-02-01 09:13")
    plan = campus_records.plan(kind="GATE", file=file, now=college.now)
    assert [(p.row, p.value) for p in plan.problems] == [(3, "999")]
    with pytest.raises(RecordsHaveProblems):
        bring(college, file)
    assert not GatePassage.objects.exists()


def test_the_same_file_again_changes_nothing(college: College) -> None:
    college.now = college.at("10:00")
    bring(college, gate(college, "小明,北门,进,2020-02-01 09:12"))
    with pytest.raises(AlreadyImported):
        bring(college, gate(college, "小明,北门,进,2020-02-01 09:12"))
    bring(college, gate(college, "小明,北门,进,2020-02-01 09:12", "小明,北门,出,2020-02-01 09:40"))
    assert GatePassage.objects.count() == 2


def test_records_are_deleted_after_the_days_of_the_edition(college: College) -> None:
    college.now = college.at("10:00")
    bring(college, gate(college, "小明,北门,进,2020-02-01 09:12"))
    EveningCheck.objects.create(
        person=college["小红"], day=college.today, at=college.now, is_present=True,
        batch=Batch.objects.get(),
    )  # fmt: skip
    college.now = college.at("10:00") + timedelta(days=14)
    college.work()
    assert GatePassage.objects.count() == 1
    college.now += timedelta(days=1)
    college.work()
    assert (GatePassage.objects.count(), EveningCheck.objects.count()) == (0, 0)
    deleted = Entry.objects.get(verb="campus.records.deleted")
    assert deleted.detail["rows"] == 2
    assert "小明" not in str(deleted.detail)
