"""How long it took, with the number of cases; and few cases of others stay unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from lianfang.incidents.models import Incident
from lianfang.notifications.models import Attempt, Delivery
from lianfang.usecases import acknowledge_incident, handle_incident, response_times
from lianfang.usecases.response_times import UnitTimes
from tests.cast import FEVER, College

pytestmark = pytest.mark.django_db(transaction=True)


def times(college: College, *, own: list[str] | None = None) -> dict[str, UnitTimes]:
    units = {unit.pk: name for name, unit in college.units.items()}
    mine = list(units) if own is None else [college.unit(name).pk for name in own]
    rows = response_times.incident_times(
        units=list(units), own=mine, since=date(2020, 1, 30), until=date(2020, 2, 3),
        now=college.now,
    )  # fmt: skip
    return {units[row.unit.pk] if row.unit else "": row for row in rows}


def fevers(college: College, n: int, unit: str = "网络1班") -> None:
    for number in range(n):
        name = f"{unit}{number}"
        college.enrol(name, unit)
        college.report(name, replace(FEVER, onset_on=date(2020, 1, 31)))


def answer(college: College, name: str) -> None:
    one = Incident.objects.get(person=college[name])
    by: dict[str, Any] = {"by": college["主任"], "actor": college.actor("主任"), "now": college.now}
    acknowledge_incident.acknowledge(incident=one, **by)


def test_from_the_symptom_to_the_result(college: College) -> None:
    fevers(college, 1)
    college.work()
    turn = Delivery.objects.filter(message__recipient=college["辅导员"]).first()
    assert turn is not None
    handed = college.now + timedelta(seconds=20)
    Attempt.objects.create(
        delivery=turn, number=1, started_at=handed, ended_at=handed, provider="x",
        outcome="ACCEPTED",
    )  # fmt: skip
    college.now += timedelta(minutes=3)
    answer(college, "网络1班0")
    college.now += timedelta(minutes=57)
    one = Incident.objects.get()
    by: dict[str, Any] = {"by": college["主任"], "actor": college.actor("主任"), "now": college.now}
    handle_incident.verify(incident=one, verdict="TRUE", method="PHONE", **by)
    handle_incident.write_down(incident=one, kind="HOSPITAL", text="已就诊", **by)
    college.now += timedelta(hours=5)
    one.refresh_from_db()
    by["now"] = college.now
    handle_incident.close(incident=one, closing="RECOVERED", text="感冒", **by)
    figures = times(college)["信息系"].figures
    assert {span: (f.n, f.median) for span, f in figures.items()} == {
        "symptom_report": (1, timedelta(days=1)),
        "report_handover": (1, timedelta(seconds=20)),
        "report_answer": (1, timedelta(minutes=3)),
        "report_hospital": (1, timedelta(hours=1)),
        "report_result": (1, timedelta(hours=6)),
    }


def test_median_and_p90_stand_with_the_number_of_cases(college: College) -> None:
    fevers(college, 5)
    for number in range(5):
        college.now += timedelta(minutes=10)
        answer(college, f"网络1班{number}")
    figure = times(college, own=[])["信息系"].figures["report_answer"]
    assert (figure.n, figure.median, figure.p90) == (
        5, timedelta(minutes=30), timedelta(minutes=46),
    )  # fmt: skip


def test_fewer_than_five_cases_of_others_are_not_told(college: College) -> None:
    fevers(college, 4)
    others = times(college, own=["护理系", "护理1班"])["信息系"].figures["symptom_report"]
    assert (others.n, others.median, others.is_hidden) == (None, None, True)
    own = times(college, own=["信息系", "网络1班"])["信息系"].figures["symptom_report"]
    assert own.n == 4


def test_no_cases_and_few_cases_of_others_look_alike(college: College) -> None:
    fevers(college, 4)
    rows = times(college, own=[])
    assert rows["信息系"].figures == rows["护理系"].figures


def test_a_hidden_unit_is_not_reckoned_back_from_the_sum(college: College) -> None:
    fevers(college, 6)
    fevers(college, 1, "护理1班")
    own = [name for name in college.units if name not in {"护理系", "护理1班"}]
    rows = times(college, own=own)
    assert rows["护理系"].figures["symptom_report"].is_hidden
    assert rows[""].figures["symptom_report"].is_hidden


def test_units_stand_in_the_order_of_the_college_not_of_their_illness(college: College) -> None:
    fevers(college, 1, "护理1班")
    fevers(college, 6)
    assert list(times(college)) == ["", "信息系", "护理系", "党政办"]
