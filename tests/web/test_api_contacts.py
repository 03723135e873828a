"""Contacts over the API: candidates, what people decide, calls of the day, a list that is tried."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lianfang.api.models import Scope
from lianfang.audit.models import Entry
from lianfang.contacts.models import ContactList, Investigation, Visit
from lianfang.incidents.models import Incident
from lianfang.monitoring.models import MonitoringFile
from lianfang.usecases import contact_packages, contact_tracing, contact_visits
from tests.api import Caller, acting, answered, integration, logged_in, operator, problem
from tests.cast import FINE, College

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def college(college: College) -> College:
    college.lodge(小明="101", 小红="101", 小刚="102")
    return college


@pytest.fixture
def case(college: College) -> Investigation:
    return contact_tracing.open_for(
        person=college["小明"], incident=None, anchor_on=date(2020, 1, 31), by=college["值班员"],
        actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip


def keys(me: Caller, path: str, state: str = "PROPOSED") -> dict[str, int]:
    rows = answered(me.get(path, state=state))["contacts"]
    return {one["person"]["name"]: one["id"] for one in rows}


def test_candidates_are_seen_with_their_reasons_decided_and_determined(
    college: College, case: Investigation
) -> None:
    me = acting(college, "值班员")
    path = f"/investigations/{case.pk}"
    (row,) = answered(me.get("/investigations"))["investigations"]
    assert (row["code"], row["counts"]["PROPOSED"], row["may_lead"]) == (case.code, 2, True)
    seen = answered(me.get(path))
    assert [one["person"]["name"] for one in seen["contacts"]] == ["小红", "小刚"]
    assert "6栋 101" in seen["contacts"][0]["reasons"][0]["text"]
    looks = Entry.objects.filter(verb="contacts.contact.seen", concerns=college["小红"].pk)
    assert looks.count() == 1
    found = keys(me, path)
    body = {"contacts": [found["小刚"]], "state": "DISMISSED"}
    assert problem(me.post(f"{path}/decide", body)) == (422, "invalid", {"text"})
    assert answered(me.post(f"{path}/decide", body | {"text": "上周已回家"}))["decided"] == 1
    gone = {"contacts": [found["小红"], 10**9], "state": "CONFIRMED"}
    assert problem(me.post(f"{path}/decide", gone))[0] == 404
    word: dict[str, Any] = {"contacts": [found["小红"]]}
    wrong = problem(me.post(f"{path}/determine", word))
    assert wrong[1] == "contacts.only-the-cdc-determines"
    word |= {"document": "达疾控函〔2020〕7号", "document_on": "2020-02-01"}
    assert answered(me.post(f"{path}/determine", word, Idempotency_Key="d"))["decided"] == 1
    assert answered(me.post(f"{path}/determine", word, Idempotency_Key="d"))["decided"] == 1
    assert MonitoringFile.objects.get().person == college["小红"]
    assert keys(me, path, "DETERMINED").keys() == {"小红"}


def test_an_investigation_is_a_code_for_the_leading_group_and_nothing_for_others(
    college: College, case: Investigation
) -> None:
    path = f"/investigations/{case.pk}"
    leader = logged_in(college, "组长")
    seen = leader.get(path)
    assert answered(seen)["contacts"] == []
    assert "小红" not in seen.content.decode()
    assert seen.json()["anchor_on"] is None
    assert problem(leader.get(f"{path}/packages"))[0] == 404
    assert problem(leader.post(f"{path}/decide", {"contacts": [1], "state": "CASUAL"}))[0] == 404
    for name in ("外辅导员", "小红", "小明"):
        assert problem(logged_in(college, name).get(path))[0] == 404
    assert problem(operator(college).get(path))[0] == 403
    bound = integration(*Scope, name="护理", unit=college.unit("护理系"), college=college)
    assert problem(bound.acting_for(college["值班员"].number).get(path))[0] == 404
    little = acting(college, "值班员", Scope.CARE_READ, token="屏").get(path)
    rows = answered(little)["contacts"]
    assert {(one["person"], one["reasons"]) for one in rows} == {(None, None)}
    assert "小红" not in little.content.decode()


def test_carers_get_their_own_people_without_the_case(
    college: College, case: Investigation
) -> None:
    contact_tracing.decide(
        investigation=case, contacts=list(case.contacts.filter(person=college["小红"])),
        state="CONFIRMED", text="", by=college["值班员"], actor=college.actor("值班员"),
        now=college.now,
    )  # fmt: skip
    answer = logged_in(college, "辅导员").get("/contacts")
    (row,) = answered(answer)["contacts"]
    assert (row["person"]["name"], row["reasons"]) == ("小红", None)
    assert "小明" not in answer.content.decode()
    assert answered(logged_in(college, "外辅导员").get("/contacts"))["total"] == 0


def test_a_call_of_the_day_is_settled_and_symptoms_open_an_incident(
    college: College, case: Investigation
) -> None:
    college.report("小红", FINE)
    who: dict[str, Any] = {"actor": college.actor("值班员"), "now": college.now}
    contact_tracing.decide(
        investigation=case, contacts=list(case.contacts.all()), state="CONFIRMED", text="",
        by=college["值班员"], **who,
    )  # fmt: skip
    contact_visits.join_team(investigation=case, person=college["辅导员"], **who)
    me = acting(college, "辅导员")
    rows = {one["person"]["name"]: one["id"] for one in answered(me.get("/visits"))["visits"]}
    assert rows.keys() == {"小红", "小刚"}
    path = f"/visits/{rows['小红']}/outcome"
    assert problem(me.post(path, {"outcome": "SYMPTOMS"})) == (422, "invalid", {"symptoms"})
    half = {"outcome": "SYMPTOMS", "temperature": 38.1, "symptoms": ["hiccup"]}
    assert problem(me.post(path, half)) == (422, "invalid", {"symptoms", "site"})
    ill = {"outcome": "SYMPTOMS", "temperature": 38.1, "site": "axilla"}
    assert answered(me.post(path, ill))["outcome"] == "SYMPTOMS"
    assert Incident.objects.get().person == college["小红"]
    assert problem(me.post(path, {"outcome": "WELL"}))[:2] == (409, "contacts.visit-settled")
    other = f"/visits/{rows['小刚']}/outcome"
    assert problem(logged_in(college, "外辅导员").post(other, {"outcome": "WELL"}))[0] == 404
    assert Visit.objects.get(pk=rows["小刚"]).is_open


def test_a_list_from_outside_is_tried_and_a_package_is_a_state(
    college: College, case: Investigation
) -> None:
    me = acting(college, "值班员")
    path = f"/investigations/{case.pk}"
    head = "姓名,身份证号,手机号,备用电话,学号,末次接触时间,备注"
    row = f"小刚,,,,{college['小刚'].number},2020-02-01,同桌"
    tried = answered(me.upload(f"{path}/list", {}, file=f"{head}\n{row}\n".encode()))
    assert (tried["counts"]["rows"], tried["counts"]["of_college"]) == (1, 1)
    assert not ContactList.objects.exists()
    wrong = answered(me.upload(f"{path}/list", {}, file=f"{head}\n,,,,,13月,\n".encode()))
    assert {one["severity"] for one in wrong["problems"]}
    assert problem(me.upload(f"{path}/list", {})) == (422, "invalid", {"file"})
    head_of_unit = logged_in(college, "主任")
    assert problem(head_of_unit.upload(f"{path}/list", {}, file=head.encode()))[0] == 403
    contact_tracing.decide(
        investigation=case, contacts=list(case.contacts.all()), state="CONFIRMED", text="",
        by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    contact_packages.ask(
        investigation=case, organisation="通川区疾控中心", receiver="李科长", purpose="流调",
        request_number="7号", fields=["name"], states=["CONFIRMED"], layout="CSV",
        by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    (package,) = answered(me.get(f"{path}/packages"))["packages"]
    assert (package["state"], package["asked_by"]["name"]) == ("ASKED", "值班员")
