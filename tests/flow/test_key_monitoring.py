"""Fourteen days of watching over a person: the clock moves, nothing is taken for granted."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lianfang.incidents.models import Incident
from lianfang.kernel.actors import OPERATOR, SYSTEM
from lianfang.kernel.clock import at_local
from lianfang.kernel.refusals import Invalid
from lianfang.monitoring import operations as monitoring
from lianfang.monitoring.asking import AlreadyContested
from lianfang.monitoring.changing import IncidentIsOpen
from lianfang.monitoring.checking import Findings, SlotIsOver
from lianfang.monitoring.models import CheckSlot, MonitoringFact, MonitoringFile
from lianfang.monitoring.queries import people_under_monitoring, preview
from lianfang.monitoring.releasing import ChecklistNotComplete, checklist_of
from lianfang.notifications.models import Message
from lianfang.rulebook import operations as rulebook
from lianfang.rulebook.monitor_policy import policy_from
from lianfang.rulebook.operations import SHIPPED
from lianfang.rulebook.queries import rules_of
from lianfang.usecases import acknowledge_incident, handle_incident, monitoring_checks
from lianfang.usecases import monitoring as usecase
from tests.cast import FEVER, College
from tests.flow.incident_cast import the_incident
from tests.flow.test_summaries import everybody_signs, export, rows_of

pytestmark = pytest.mark.django_db


def open_file(
    college: College, name: str = "小明", *, on: date | None = None, by: str = "主任"
) -> MonitoringFile:
    return monitoring.open_file(
        person=college[name],
        category="MET_FROM_AREA",
        reason="1月31日和从武汉回来的亲戚吃饭",
        evidence="摸排表",
        last_exposure_on=on or college.today,
        source="exposure:1",
        by=college[by],
        actor=college.actor(by),
        now=college.now,
    )


def test_the_days_count_from_the_last_exposure_and_a_carer_is_found() -> None:
    college = College.found()
    file = open_file(college)
    assert file.state == "TO_VERIFY"
    assert file.eligible_on == date(2020, 2, 16)  # exposed on 1 February: day 15
    assert file.last_day == date(2020, 2, 15)
    assert (file.carer, file.deputy) == (college["辅导员"], college["主任"])


def test_a_second_exposure_begins_the_days_anew_and_keeps_the_old_end() -> None:
    college = College.found()
    file = open_file(college)
    college.now += timedelta(days=5)
    again = open_file(college)
    assert again.pk == file.pk
    assert again.eligible_on == date(2020, 2, 21)
    [fact] = MonitoringFact.objects.filter(file=file, kind="EXPOSED_AGAIN")
    assert fact.detail["old_end_on"] == "2020-02-15"
    earlier = open_file(college, on=date(2020, 1, 20))
    assert earlier.eligible_on == date(2020, 2, 21)


def test_an_exposure_in_the_future_and_a_label_without_a_reason_are_refused_at_once() -> None:
    college = College.found()
    with pytest.raises(Invalid) as refusal:
        monitoring.open_file(
            person=college["小明"], category="?", reason=" ", evidence="",
            last_exposure_on=college.today + timedelta(days=1), source="", by=None,
            actor=SYSTEM, now=college.now,
        )  # fmt: skip
    assert set(refusal.value.problems) == {"category", "reason", "last_exposure_on"}


# ---------------------------------------------------------------- the long story


def watched(college: College, **extra: Any) -> MonitoringFile:
    file = open_file(college, **extra)
    college.work()
    usecase.verify(
        file=file, told_how="PHONE", text="本人确认", by=college["辅导员"],
        actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip
    file.refresh_from_db()
    return file


def check(
    college: College, name: str = "小明", *, degrees: str = "36.5", unwell: bool = False,
    need: str = "", by: str = "",
) -> CheckSlot:  # fmt: skip
    slot = monitoring_checks.open_slot_for(college[name], now=college.now)
    assert slot is not None
    who = by or name
    method = CheckSlot.Method.PHONE if by else CheckSlot.Method.SELF
    return monitoring_checks.check(
        slot=slot,
        found=Findings(unwell=unwell, temperature=Decimal(degrees), site="axilla"),
        need=need, method=method, by=college[who], actor=college.actor(who), now=college.now,
    )  # fmt: skip


def keep_days(college: College, days: int, *, but: Collection[tuple[int, str]] = ()) -> None:
    """Both checks of so many days from tomorrow on; `but` are (day of February, slot)."""
    for _n in range(days):
        college.fast_forward(to=next_morning(college))
        for code, hour in (("am", "08:00"), ("pm", "18:00")):
            college.fast_forward(to=college.at(hour))
            if (college.today.day, code) not in but:
                check(college)


def next_morning(college: College) -> datetime:
    return at_local(college.today + timedelta(days=1), time(7))


def test_a_check_counts_once_and_the_daily_report_counts_as_one() -> None:
    college = College.found()
    watched(college)
    college.report("小明")  # 08:00: the window of the morning is open
    [am, pm] = CheckSlot.objects.order_by("due_at")
    assert (am.state, am.method, am.temperature) == ("DONE", "REPORT", "36.5")
    assert pm.state == "DUE"
    assert monitoring_checks.open_slot_for(college["小明"], now=college.now) is None


def test_a_missed_check_is_seen_and_two_in_a_row_go_up() -> None:
    college = College.found()
    file = watched(college)
    college.fast_forward(to=college.at("10:01"))
    assert CheckSlot.objects.get(code="am").state == "MISSED"
    assert college.told(reference=f"monitoring:{file.pk}:missed") == ["辅导员", "主任"]
    assert college.told(reference=f"monitoring:{file.pk}:lost") == []
    college.fast_forward(to=college.at("21:01"))
    assert college.told(reference=f"monitoring:{file.pk}:lost") == ["主任", "值班员"]
    bodies = Message.objects.filter(reference__startswith="monitoring:").values_list(
        "body", flat=True
    )
    assert not any("小明" in body or "武汉" in body for body in bodies)


def test_fourteen_days_with_a_missed_evening_a_fever_and_a_second_exposure() -> None:
    college = College.found()
    file = watched(college)
    college.report("小明")
    college.fast_forward(to=college.at("18:00"))
    check(college)
    keep_days(college, 2, but={(3, "pm")})  # the evening of 3 February is missed
    keep_days(college, 3)
    # Day 6: a fever at the morning check opens an incident in the same transaction.
    college.fast_forward(to=next_morning(college))
    college.fast_forward(to=college.at("08:00"))
    slot = check(college, degrees="38.4", unwell=True)
    incident = Incident.objects.get(person=college["小明"])
    assert slot.result == "SYMPTOMS"
    assert incident.first_report.answers["temperature"] == "38.4"
    assert incident.first_report.answers["symptoms"] == ["fever"]
    file.refresh_from_db()
    assert file.state == "ILL"
    [climb] = incident.escalations.all()
    assert college.told(reference=climb.reference) == [
        "辅导员",
        "主任",
        "组长",
    ]  # 组长: nobody is on duty
    with pytest.raises(IncidentIsOpen):
        usecase.put_into(
            file=file, to="WATCHED", text="退烧", by=college["辅导员"],
            actor=college.actor("辅导员"), now=college.now,
        )  # fmt: skip
    head: dict[str, Any] = {"by": college["主任"], "actor": college.actor("主任")}
    acknowledge_incident.acknowledge(incident=incident, now=college.now, **head)
    handle_incident.verify(
        incident=incident, verdict="TRUE", method="PHONE", text="本人接听", now=college.now, **head
    )
    handle_incident.close(
        incident=the_incident(), closing="RECOVERED", text="次日退热", now=college.now, **head
    )
    file.refresh_from_db()
    assert file.state == "WATCHED"  # by itself: the incident ended well
    # A second exposure on day 7 begins the days anew.
    college.fast_forward(to=college.at("18:00"))
    check(college)
    college.fast_forward(to=next_morning(college))
    open_file(college)
    file.refresh_from_db()
    assert file.eligible_on == date(2020, 2, 23)
    for hour in ("08:00", "18:00"):
        college.fast_forward(to=college.at(hour))
        check(college)
    keep_days(college, 14, but={(12, "am")})
    assert college.today == date(2020, 2, 22)
    file.refresh_from_db()
    assert file.state == "WATCHED"
    college.fast_forward(to=next_morning(college))
    file.refresh_from_db()
    assert file.state == "TO_RELEASE"  # proposed at 00:00 of day 15, not released
    assert college.told(reference=f"monitoring:{file.pk}:propose") == ["主任"]
    checks = checklist_of(file, now=college.now)
    assert checks.lacking == ["no_gap"]
    assert [(gap.day.day, gap.slot) for gap in checks.gaps] == [(12, "am")]
    with pytest.raises(ChecklistNotComplete):
        usecase.release(file=file, text="", proof_number="", now=college.now, **head)
    usecase.refuse(file=file, reason="2月12日早上没有记录", now=college.now, **head)
    usecase.explain(
        file=file, first_on=date(2020, 2, 12), last_on=date(2020, 2, 12),
        text="手机没电,中午电话确认36.4,无不适", by=college["辅导员"],
        actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip
    college.fast_forward(to=next_morning(college))
    usecase.release(file=file, text="同意解除", proof_number="", now=college.now, **head)
    file.refresh_from_db()
    assert (file.state, file.closed_by) == ("RELEASED", college["主任"])
    kinds = list(file.facts.order_by("at", "id").values_list("kind", flat=True))
    assert [k for k in kinds if k in {"PROPOSED", "REFUSED", "EXPLAINED", "RELEASED"}] == [
        "PROPOSED", "REFUSED", "EXPLAINED", "PROPOSED", "RELEASED",
    ]  # fmt: skip


@pytest.mark.parametrize("closing, state", [("RULED_OUT", "WATCHED"), ("HANDED_OVER", "ILL")])
def test_a_closed_incident_gives_the_file_back_only_where_it_ended_well(
    closing: str, state: str
) -> None:
    college = College.found()
    file = watched(college)
    college.report("小明")
    college.fast_forward(to=college.at("18:00"))
    check(college, degrees="38.4", unwell=True)
    end_incident(college, closing)
    file.refresh_from_db()
    assert file.state == state


def test_a_false_alarm_gives_the_file_back_and_takes_it_when_it_proves_true() -> None:
    college = College.found()
    file = watched(college)
    college.report("小明")
    college.fast_forward(to=college.at("18:00"))
    check(college, degrees="38.4", unwell=True)
    head: dict[str, Any] = {"by": college["主任"], "actor": college.actor("主任")}
    acknowledge_incident.acknowledge(incident=the_incident(), now=college.now, **head)
    states = []
    for verdict in ("MEASURED_WRONG", "TRUE"):
        handle_incident.verify(
            incident=the_incident(), verdict=verdict, method="PHONE", text="电话复核",
            now=college.now, **head,
        )  # fmt: skip
        file.refresh_from_db()
        states.append(file.state)
    assert states == ["WATCHED", "ILL"]


def test_whoever_was_never_told_of_the_file_is_rung_after_the_incident() -> None:
    college = College.found()
    file = open_file(college)
    college.report("小明", FEVER)
    file.refresh_from_db()
    assert file.state == "ILL"
    end_incident(college, "RECOVERED")
    file.refresh_from_db()
    assert (file.state, file.next_step) == ("TO_VERIFY", "TELL")


def end_incident(college: College, closing: str) -> None:
    head: dict[str, Any] = {"by": college["主任"], "actor": college.actor("主任")}
    acknowledge_incident.acknowledge(incident=the_incident(), now=college.now, **head)
    handle_incident.verify(
        incident=the_incident(), verdict="TRUE", method="PHONE", text="", now=college.now, **head
    )
    handle_incident.close(
        incident=the_incident(), closing=closing, text="已商定", now=college.now, **head
    )


def test_days_before_the_file_are_not_good_days_by_being_over() -> None:
    college = College.found()
    file = watched(college, on=date(2020, 1, 28))
    gaps = checklist_of(file, now=college.now).gaps
    assert [gap.day.day for gap in gaps] == [29, 30, 31]
    usecase.explain(
        file=file, first_on=date(2020, 1, 29), last_on=date(2020, 1, 31), text="电话核实无不适",
        by=college["辅导员"], actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip
    assert checklist_of(file, now=college.now).gaps == ()


def test_an_ordered_quarantine_is_not_released_without_its_paper() -> None:
    college = College.found()
    file = watched(college)
    usecase.place(
        file=file, isolation="AT_HOME", isolation_place="家中", isolation_from=college.today,
        is_ordered=True, supervisor="社区王医生", supervisor_phone="0818-0000000",
        by=college["辅导员"], actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip
    file.refresh_from_db()
    assert "proof" in checklist_of(file, now=college.now).lacking


def test_a_contest_is_answered_by_the_head_and_the_label_goes_with_the_answer() -> None:
    college = College.found()
    file = watched(college)
    filed = usecase.contest(
        file=file, text="我没有见过这位亲戚", actor=college.actor("小明"), now=college.now
    )
    assert college.told(reference=f"monitoring:{file.pk}:contest") == ["主任"]
    with pytest.raises(AlreadyContested):
        usecase.contest(file=file, text="又一次", actor=college.actor("小明"), now=college.now)
    college.fast_forward(hours=41)
    college.put_on_duty("值班员")
    college.fast_forward(hours=8)  # the promise was two days: those above hear that it is late
    late = college.told(reference=f"monitoring:{file.pk}:contest:{filed.pk}:late")
    assert set(late) == {"主任", "值班员"}
    file.refresh_from_db()
    assert file.is_open
    usecase.answer_contest(
        contest=filed, outcome="CANCELLED", answer="核实后属误报", category="", reason="",
        by=college["主任"], actor=college.actor("主任"), now=college.now,
    )  # fmt: skip
    file.refresh_from_db()
    assert file.state == "CANCELLED"
    assert not CheckSlot.objects.filter(state="DUE").exists()
    assert college.told(reference=f"monitoring:{file.pk}:contest:{filed.pk}:answer") == ["小明"]


def test_a_shorter_policy_changes_nobody_until_a_person_adopts_it() -> None:
    college = College.found()
    file = watched(college)
    data = tomllib.loads((SHIPPED / "2020-01-30.toml").read_text(encoding="utf-8"))
    data |= {"number": "seven", "in_force_from": college.now - timedelta(minutes=1)}
    data["settings"]["monitor"]["days"] = 7
    edition = rulebook.publish(data=data, digest="7", actor=OPERATOR, now=college.now)
    policy = policy_from(rules_of(edition.pk).settings)
    [change] = preview(MonitoringFile.objects.all(), policy=policy)
    assert (change.file.pk, change.days, change.new_last_day) == (file.pk, -7, date(2020, 2, 8))
    college.fast_forward(days=8)
    file.refresh_from_db()
    assert file.state == "WATCHED"
    usecase.adopt_policy(
        file=file, edition_id=edition.pk, reason="按新方案", by=college["主任"],
        actor=college.actor("主任"), now=college.now,
    )  # fmt: skip
    college.work()
    file.refresh_from_db()
    assert file.state == "TO_RELEASE"
    assert preview(MonitoringFile.objects.all(), policy=policy) == []


def test_two_at_once_fill_one_check_once() -> None:
    college = College.found()
    watched(college)
    slot = monitoring_checks.open_slot_for(college["小明"], now=college.now)
    assert slot is not None
    check(college)
    with pytest.raises(SlotIsOver):
        monitoring_checks.check(
            slot=slot, found=Findings(unwell=False, temperature=Decimal("36.9"), site="axilla"),
            need="", method=CheckSlot.Method.PHONE, by=college["辅导员"],
            actor=college.actor("辅导员"), now=college.now,
        )  # fmt: skip
    slot.refresh_from_db()
    assert slot.temperature == "36.5"


def test_the_summaries_count_who_was_watched_when_the_report_was_signed() -> None:
    college = College.found()
    file = watched(college)
    everybody_signs(college)
    college.now += timedelta(hours=1)
    usecase.cancel(
        file=file, reason="误报", by=college["主任"], actor=college.actor("主任"), now=college.now
    )
    rows = rows_of(export(college, "信息系", "A"))
    assert [row["重点监测在管"] for row in rows.values()] == [0, 1, 1]  # as it was when signed
    assert [row["当日新增"] for row in rows.values()] == [0, 1, 1]
    assert list(people_under_monitoring(college.today)) == []
