"""Fever, verified, suspected, told outside in time, reported, confirmed, recovered, closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from lianfang.audit.models import Entry
from lianfang.incidents.classifying import NotTheirsToSay, OnlyInHubei, VerifyFirst
from lianfang.incidents.ending import (
    ClearFirst,
    NotSoEnded,
    TellOutsideFirst,
    VerifyBeforeClosing,
)
from lianfang.incidents.models import Classification, Incident, LegalClock, OutsideNotice
from lianfang.incidents.moments import InTheFuture
from lianfang.incidents.operations import AcknowledgeFirst, IncidentIsClosed
from lianfang.incidents.queries import course_of, signals_between
from lianfang.incidents.rules import ClockState, Next, next_of
from lianfang.incidents.verifying import DiagnosedAlready, TakeItOverFirst
from lianfang.kernel.refusals import Invalid
from lianfang.notifications.models import Message
from lianfang.usecases import handle_incident
from tests.cast import FEVER, College
from tests.flow.incident_cast import fever, said, the_incident, told, verified, who

pytestmark = pytest.mark.django_db(transaction=True)


def step(college: College) -> Next:
    return next_of(course_of(the_incident(), now=college.now))


def clocks() -> dict[tuple[str, str], LegalClock]:
    return {(clock.rule, clock.first_tell): clock for clock in LegalClock.objects.all()}


def test_a_suspected_case_is_told_outside_before_its_two_hours_are_over(college: College) -> None:
    college.appoint("主任", "学院", "DOCTOR")  # the school doctor is the reporting officer
    fever(college)
    verified(college, has_history=True)
    assert the_incident().illness == "KEY_SYMPTOM"
    assert clocks()["H1", "CDC"].due_at == college.now + timedelta(hours=24)
    college.fast_forward(hours=3)
    asked = college.now
    said(college, "SUSPECTED")
    suspected = clocks()["R11", "CDC"]
    assert suspected.due_at == asked + timedelta(hours=2)
    assert step(college) is Next.TELL
    college.work()  # "at once" is told at once
    college.fast_forward(minutes=59)
    assert not Message.objects.filter(reference=f"clock:{suspected.pk}:reminder").exists()
    college.fast_forward(minutes=1)
    letters = Message.objects.filter(reference=f"clock:{suspected.pk}:reminder")
    assert sorted(letters.values_list("recipient__name", flat=True)) == ["主任", "值班员"]
    assert all("小明" not in one.body and "疑似" not in one.body for one in letters)
    college.fast_forward(minutes=20)
    notice = told(college)
    suspected.refresh_from_db()
    assert (suspected.met_by, suspected.met_at) == (notice, asked + timedelta(minutes=80))
    assert suspected.state(college.now) is ClockState.MET
    assert clocks()["R8", "EDUCATION"].is_open  # the education authority is another duty
    college.fast_forward(hours=3)
    assert not Message.objects.filter(reference=f"clock:{suspected.pk}:missed").exists()


def test_a_limit_that_runs_out_is_an_alarm_and_stays_to_be_seen(college: College) -> None:
    fever(college, by="辅导员")
    verified(college)
    said(college, "CONFIRMED", "HOSPITAL")
    clock = clocks()["R11", "CDC"]
    college.fast_forward(hours=2)
    clock.refresh_from_db()
    assert clock.missed_at == clock.due_at
    letters = Message.objects.filter(reference=f"clock:{clock.pk}:missed", is_urgent=True)
    assert sorted(letters.values_list("recipient__name", flat=True)) == ["值班员", "辅导员"]
    college.fast_forward(minutes=30)
    told(college)
    clock.refresh_from_db()
    assert clock.state(college.now) is ClockState.MET_LATE
    assert Entry.objects.filter(verb="incidents.clock.missed").count() == 1


def test_what_was_told_in_time_and_written_down_late_was_told_in_time(college: College) -> None:
    fever(college)
    verified(college)
    said(college, "SUSPECTED")
    spoke = college.now + timedelta(minutes=50)
    college.fast_forward(hours=3)
    notice = told(college, at=spoke)
    clock = clocks()["R11", "CDC"]
    assert clock.state(college.now) is ClockState.MET
    assert (notice.at, notice.entered_at) == (spoke, college.now)
    with pytest.raises(InTheFuture):
        told(college, at=college.now + timedelta(minutes=1))


def test_the_order_of_writing_does_not_matter_only_what_happened_when(college: College) -> None:
    fever(college)
    verified(college)
    college.fast_forward(hours=1)
    rang = college.now - timedelta(minutes=20)
    told(college, at=rang)  # first the call is written down, then why it was made
    said(college, "SUSPECTED", at=college.now - timedelta(minutes=30))
    assert clocks()["R11", "CDC"].met_at == rang


def test_who_was_told_before_has_to_be_told_the_new_fact(college: College) -> None:
    fever(college)
    verified(college, has_history=True)
    told(college)
    assert not clocks()["H1", "CDC"].is_open
    college.fast_forward(hours=1)
    said(college, "SUSPECTED")
    assert clocks()["R11", "CDC"].is_open


def test_the_cdc_that_says_so_need_not_be_told(college: College) -> None:
    fever(college)
    verified(college)
    said(college, "CLOSE_CONTACT", "CDC", said_by="区疾控 李科长", document="〔2020〕3号")
    assert ("R11", "CDC") not in clocks()
    said(college, "CONFIRMED", "CDC", said_by="区疾控 李科长", document="〔2020〕4号")
    assert list(clocks()) == [("R8", "EDUCATION")]


def test_a_corrected_notice_keeps_the_old_one_and_the_clock_counts_again(college: College) -> None:
    fever(college)
    verified(college)
    said(college, "SUSPECTED")
    college.fast_forward(minutes=30)
    first = told(college)
    with pytest.raises(Invalid):
        told(college, "EDUCATION", replaces=first)  # without its reason
    told(college, "EDUCATION", replaces=first, reason="接电话的是教育局")
    assert OutsideNotice.objects.count() == 2
    clock = clocks()["R11", "CDC"]
    assert (clock.met_at, clock.next_due_at) == (None, clock.due_at)
    assert clocks()["R8", "EDUCATION"].met_at == college.now
    with pytest.raises(handle_incident.ReplacedAlready):
        told(college, replaces=OutsideNotice.objects.get(pk=first.pk), reason="again")


def test_only_a_hospital_or_the_cdc_diagnoses(college: College) -> None:
    fever(college)
    with pytest.raises(VerifyFirst):
        said(college, "SUSPECTED")
    verified(college)
    for source in ("SELF", "DOCTOR", "COMMUNITY"):
        for kind in ("SUSPECTED", "CONFIRMED", "ASYMPTOMATIC", "RULED_OUT"):
            with pytest.raises(NotTheirsToSay):
                said(college, kind, source)
    with pytest.raises(Invalid) as wrong:
        said(college, "SUSPECTED", said_by=" ", document="")
    assert set(wrong.value.problems) == {"said_by", "document"}
    said(college, "SUSPECTED", document="", document_follows=True)
    row = Classification.objects.get()
    assert (row.document_follows, row.definition) == (True, "诊疗方案（试行第四版）")


def test_the_database_refuses_a_diagnosis_of_the_college_and_a_changed_row(
    college: College,
) -> None:
    fever(college)
    verified(college)
    row = said(college, "SUSPECTED")
    for change in ({"kind": "CONFIRMED"}, {"said_by": "somebody else"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Classification.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Classification.objects.create(
            incident=the_incident(), kind="CONFIRMED", source="DOCTOR", at=college.now,
            entered_at=college.now, by=college["值班员"],
        )  # fmt: skip


def test_clinically_diagnosed_existed_in_hubei_for_two_weeks(college: College) -> None:
    fever(college, county_code="420106")
    verified(college)
    with pytest.raises(OnlyInHubei):
        said(college, "CLINICAL")  # on 1 February
    college.fast_forward(days=10)
    said(college, "CLINICAL")
    assert the_incident().was_diagnosed
    Incident.objects.update(county_code="511702")
    with pytest.raises(OnlyInHubei):
        said(college, "CLINICAL")


def test_the_history_decides_by_when_it_was_said(college: College) -> None:
    fever(college)
    verified(college)
    college.fast_forward(hours=6)
    late = said(college, "CONFIRMED")
    said(college, "SUSPECTED", at=college.now - timedelta(hours=2))  # entered afterwards
    assert the_incident().illness == "CONFIRMED"
    said(college, "RULED_OUT", replaces=late)
    one = the_incident()
    assert (one.illness, one.outcome, one.was_diagnosed) == ("RULED_OUT", "RULED_OUT", True)
    assert Classification.objects.count() == 3


def test_after_a_diagnosis_the_hospital_says_how_it_ended(college: College) -> None:
    college.appoint("副主任", "学院", "DOCTOR")
    fever(college)
    end = {"text": "痊愈", **who(college, "值班员")}
    with pytest.raises(VerifyBeforeClosing):
        handle_incident.close(incident=the_incident(), closing="RECOVERED", **end)
    verified(college)
    said(college, "SUSPECTED")
    with pytest.raises(NotSoEnded):
        handle_incident.close(incident=the_incident(), closing="RECOVERED", **end)
    with pytest.raises(NotTheirsToSay):
        said(college, "RECOVERED", "DOCTOR")
    said(college, "RECOVERED")
    with pytest.raises(TellOutsideFirst):
        handle_incident.close(incident=the_incident(), closing="", **end)
    told(college)
    told(college, "EDUCATION")
    assert step(college) is Next.REFER or the_incident().outcome
    with pytest.raises(ClearFirst):
        handle_incident.close(incident=the_incident(), closing="", **end)
    with pytest.raises(handle_incident.NotTheSchoolDoctor):
        handle_incident.clear(
            incident=the_incident(), paper="FIT_FOR_CLASS", issued_by="市中心医院",
            checked_by=college["辅导员"], **who(college, "值班员"),
        )  # fmt: skip
    handle_incident.clear(
        incident=the_incident(), paper="FIT_FOR_CLASS", issued_by="市中心医院",
        document="复课〔2020〕2号", checked_by=college["副主任"], **who(college, "值班员"),
    )  # fmt: skip
    assert step(college) is Next.CLOSE
    handle_incident.close(incident=the_incident(), closing="", **end)
    assert (the_incident().state, the_incident().closing) == ("CLOSED", "RECOVERED")
    with pytest.raises(IncidentIsClosed):
        told(college)


def test_a_clock_can_be_ended_with_a_reason(college: College) -> None:
    fever(college)
    verified(college, has_history=True)
    clock = clocks()["H1", "CDC"]
    with pytest.raises(Invalid):
        handle_incident.end_clock(clock=clock, reason="", **who(college, "值班员"))
    handle_incident.end_clock(clock=clock, reason="疾控已在场", **who(college, "值班员"))
    college.fast_forward(days=2)
    assert not Message.objects.filter(reference__startswith=f"clock:{clock.pk}").exists()


def test_a_high_fever_starts_a_day_by_its_verification_a_low_one_does_not(
    college: College,
) -> None:
    fever(college)
    verified(college)
    assert clocks() == {}
    college.report("小红", FEVER)
    from decimal import Decimal

    one = fever_of(college, "小红", Decimal("39.6"))
    assert {c.rule for c in LegalClock.objects.filter(incident=one)} == {"R9"}


def fever_of(college: College, name: str, heat: Any) -> Incident:
    from dataclasses import replace

    from lianfang.usecases import acknowledge_incident

    college.report(name, replace(FEVER, temperature=heat))
    one = the_incident(name)
    acknowledge_incident.acknowledge(incident=one, **who(college, "值班员"))
    handle_incident.verify(
        incident=the_incident(name), verdict="TRUE", method="PHONE", **who(college, "值班员")
    )
    return the_incident(name)


# ---------------------------------------------------------------- false alarms


def test_a_false_alarm_is_dismissed_with_a_reason_and_keeps_its_trace(college: College) -> None:
    fever(college)
    with pytest.raises(Invalid):
        verified(college, "TYPED_WRONG", text="  ")
    verified(college, "TYPED_WRONG", text="本人说多按了一下")
    one = the_incident()
    assert (one.state, one.closing, one.verdict) == ("CLOSED", "DISMISSED", "TYPED_WRONG")
    assert [fact.kind for fact in one.facts.order_by("id")][-1] == "DISMISSED"
    assert Entry.objects.filter(verb="incidents.incident.dismissed").count() == 1


def test_a_later_sign_opens_a_new_one_that_points_at_the_dismissed(college: College) -> None:
    fever(college)
    verified(college, "MEASURED_WRONG", text="复测36.6")
    dismissed = the_incident()
    college.fast_forward(hours=5)
    college.report("小明", FEVER)
    again = the_incident()
    assert (again.follows, again.state) == (dismissed, "OPEN")
    assert len(college.told()) > 3  # its own ladder rang
    with pytest.raises(Exception, match="another-is-open"):
        handle_incident.verify(
            incident=dismissed, verdict="TRUE", method="PHONE", **who(college, "值班员")
        )


def test_a_wrong_dismissal_is_taken_back_by_verifying_again(college: College) -> None:
    fever(college)
    verified(college, "WRONG_PERSON", text="替别人填的")
    verified(college, "TRUE", text="回电确认是本人")
    one = the_incident()
    assert (one.state, one.closing, one.verdict) == ("ACKNOWLEDGED", "", "TRUE")
    assert one.verifications.count() == 2
    assert "REOPENED" in set(one.facts.values_list("kind", flat=True))


def test_a_diagnosis_is_no_false_alarm_and_nobody_verifies_what_waits(college: College) -> None:
    college.report("小明", FEVER)
    with pytest.raises(TakeItOverFirst):
        verified(college)
    with pytest.raises(AcknowledgeFirst):
        handle_incident.close(
            incident=the_incident(), closing="RECOVERED", text="ok", **who(college, "值班员")
        )
    fever(college)
    verified(college)
    said(college, "SUSPECTED")
    with pytest.raises(DiagnosedAlready):
        verified(college, "TYPED_WRONG", text="填错")


def test_how_many_signals_were_true_can_be_counted(college: College) -> None:
    fever(college)
    verified(college, "TYPED_WRONG", text="填错")
    fever(college)
    verified(college)
    college.report("小红", FEVER)
    signals = signals_between(
        units=[college.unit("网络1班").pk], since=college.now - timedelta(days=1),
        until=college.now + timedelta(days=1),
    )  # fmt: skip
    assert (signals.raised, signals.verified, signals.true) == (3, 2, 1)
    assert signals.predictive_value == 0.5
