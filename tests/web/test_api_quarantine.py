"""Quarantine over the API: an order is recorded, looked after and lifted; rooms and their names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from lianfang.api.models import Scope
from lianfang.quarantine.models import Bed, Check, Order
from tests.api import acting, answered, integration, logged_in, operator, problem
from tests.cast import FINE, College
from tests.flow.quarantine_cast import bed, house, live_through, move_in, order

pytestmark = pytest.mark.django_db(transaction=True)
END = date(2020, 2, 14)
PAPER: dict[str, Any] = {
    "kind": "FACILITY", "place": "示例大酒店隔离点", "reason": "与确诊患者同桌吃饭",
    "authority": "CDC", "authority_name": "通川区疾控中心", "officer": "周科长",
    "document_no": "通疾控〔2020〕12号", "document_on": "2020-02-01", "held_from": "2020-02-01",
    "last_contact_on": "2020-01-30", "county_code": "511702",
}  # fmt: skip
FINE_LOOK = {"temperature": 36.5, "site": "axilla", "unwell": False, "kept": True}


def test_an_order_is_recorded_out_of_its_document_once(college: College) -> None:
    me = acting(college, "辅导员")
    body = PAPER | {"person": college["小明"].number}
    assert problem(me.post("/quarantine", body | {"person": "nobody"})) == (
        422, "invalid", {"person"},
    )  # fmt: skip
    told = {"how": "PHONE", "by": "刘医生", "to": "本人", "at": "2020-12-01T08:00:00+08:00"}
    assert problem(me.post("/quarantine", body | {"service": told}))[2] == {"served_at"}
    assert answered(me.post("/quarantine", body))["served_at"] is None
    assert problem(me.post("/quarantine", body))[0] == 409
    assert Order.objects.get().person == college["小明"]
    stranger = logged_in(college, "外辅导员")
    assert problem(stranger.post("/quarantine", body))[2] == {"person"}
    college_orders = body | {"person": college["小红"].number, "authority": "SCHOOL"}
    assert problem(me.post("/quarantine", college_orders))[0] in {403, 409, 422}


def test_a_check_is_noted_and_a_fever_there_asks_for_an_answer(college: College) -> None:
    college.report("小明", FINE)
    one = order(college)
    me, path = acting(college, "辅导员"), f"/quarantine/{one.pk}"
    seen = answered(me.post(f"{path}/check", FINE_LOOK))
    assert (seen["revision"], seen["answer"]) == (1, False)
    ill = FINE_LOOK | {"temperature": 38.3, "unwell": True, "symptoms": ["fever"]}
    assert answered(me.post(f"{path}/check", ill)) == seen | {"revision": 2, "answer": True}
    wrong = FINE_LOOK | {"unwell": True, "symptoms": ["hiccup"]}
    assert problem(me.post(f"{path}/check", wrong)) == (422, "invalid", {"symptoms"})
    tomorrow = FINE_LOOK | {"day": "2020-03-01"}
    assert problem(me.post(f"{path}/check", tomorrow)) == (422, "invalid", {"day"})
    assert Check.objects.count() == 2


def test_a_need_has_an_owner_and_is_settled_once(college: College) -> None:
    one = order(college)
    me = acting(college, "辅导员")
    asked = answered(me.post(f"/quarantine/{one.pk}/needs", {"kind": "MEALS", "text": "清淡饮食"}))
    assert (asked["state"], asked["owner"]["name"]) == ("OPEN", "辅导员")
    path = f"/needs/{asked['id']}/step"
    assert problem(logged_in(college, "外辅导员").post(path, {"step": "take"}))[0] == 404
    assert answered(me.post(path, {"step": "take"}))["state"] == "TAKEN"
    assert answered(me.post(path, {"step": "done", "answer": "已送到"}))["state"] == "DONE"
    assert problem(me.post(path, {"step": "done"}))[0] in {404, 409}


def test_a_release_is_decided_above_the_class_with_the_whole_checklist(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    one = order(college)
    live_through(college, one, until=END)
    college.now = college.at("09:00")
    it_is(college.now)
    path = f"/quarantine/{one.pk}"
    carer, head = logged_in(college, "辅导员"), logged_in(college, "主任")
    open_still = answered(head.get(f"{path}/release"))
    assert (open_still["is_ready"], open_still["may_decide"]) == (False, True)
    words = {"words": "观察期满"}
    assert problem(head.post(f"{path}/release", words))[1] == "quarantine.not-ready-for-release"
    answered(carer.post(f"{path}/paper", {"paper": "解字12号"}))
    answered(carer.post(f"{path}/check", FINE_LOOK))
    assert answered(carer.get(f"{path}/release"))["may_decide"] is False
    assert problem(carer.post(f"{path}/release", words))[:2] == (403, "forbidden")
    assert answered(head.post(f"{path}/release", words))["state"] == "RELEASED"


def test_a_bed_is_given_left_and_cleaned(college: College) -> None:
    one = order(college)
    house(college)
    me = acting(college, "值班员")
    (shown,) = answered(me.get("/houses"))["houses"]
    key = shown["rooms"][0]["beds"][0]["id"]
    path = f"/quarantine/{one.pk}/bed"
    answered(me.post(path, {"bed": key}))
    other = order(college, "小红")
    taken = me.post(f"/quarantine/{other.pk}/bed", {"bed": key})
    assert problem(taken)[0] == 409
    (shown,) = answered(me.get("/houses"))["houses"]
    assert (shown["free"], shown["rooms"][0]["beds"][0]["person"]["name"]) == (1, "小明")
    answered(me.post(path, {"bed": None}))
    assert answered(me.post(f"/beds/{key}/step", {"step": "cleaned"}))["state"] == "FREE"
    assert Bed.objects.get(pk=key).order is None


def test_rooms_are_seen_without_names_by_whoever_may_not_know_them(college: College) -> None:
    one = order(college)
    house(college)
    move_in(college, one, "101")
    leader = logged_in(college, "组长").get("/houses")
    assert answered(leader)["houses"][0]["occupied"] == 1
    bare = acting(college, "辅导员", Scope.CARE_READ, token="屏").get("/houses")
    bound = integration(*Scope, name="护理", unit=college.unit("护理系"), college=college)
    apart = bound.acting_for(college["值班员"].number).get("/houses")
    for answer in (leader, bare, apart):
        assert "小明" not in answer.content.decode()
    path = f"/quarantine/{one.pk}"
    for name in ("外辅导员", "小红", "小明"):
        me = logged_in(college, name)
        assert problem(me.get(f"{path}/release"))[0] in {403, 404}
        assert problem(me.post(f"{path}/check", FINE_LOOK))[0] in {403, 404}
        assert problem(me.post(f"{path}/bed", {"bed": bed("102").pk}))[0] in {403, 404}
    assert problem(operator(college).get("/houses"))[0] == 403


def test_an_order_is_served_moved_explained_and_ended_otherwise(college: College) -> None:
    me, head = acting(college, "辅导员"), logged_in(college, "主任")
    body = PAPER | {"person": college["小明"].number, "held_from": "2020-01-30"}
    path = f"/quarantine/{answered(me.post('/quarantine', body))['id']}"
    told = {"how": "PHONE", "by": "刘医生", "to": "本人", "at": "2020-12-01T08:00:00+08:00"}
    assert problem(me.post(f"{path}/served", told)) == (422, "invalid", {"at"})
    told["at"] = "2020-02-01T08:00:00+08:00"
    served = answered(me.post(f"{path}/served", told, Idempotency_Key="s"))
    assert answered(me.post(f"{path}/served", told, Idempotency_Key="s")) == served
    assert served["served_at"] == "2020-02-01T00:00:00Z"
    moved = {"until": "2020-02-16", "why": "又有接触", "document_no": ""}
    assert problem(me.post(f"{path}/end-day", moved))[2] == {"document_no"}
    moved["document_no"] = "通疾控〔2020〕15号"
    assert answered(me.post(f"{path}/end-day", moved))["held_until"] == "2020-02-16"
    days = {"first": "2020-01-31", "last": "2020-03-01", "text": "停电,问过本人"}
    assert problem(me.post(f"{path}/explain", days))[2] == {"first"}
    answered(me.post(f"{path}/explain", days | {"last": "2020-01-31"}))
    gone = {"state": "MOVED_ON", "words": "转市中心医院"}
    assert problem(me.post(f"{path}/end", gone))[:2] == (403, "forbidden")
    assert problem(head.post(f"{path}/end", gone | {"state": "RELEASED"}))[2] == {"state"}
    for what, said in (("served", told), ("end-day", moved), ("explain", days), ("end", gone)):
        answer = logged_in(college, "外辅导员").post(f"{path}/{what}", said)
        assert problem(answer)[0] == 404, what
        assert PAPER["reason"] not in answer.content.decode()
    assert answered(head.post(f"{path}/end", gone))["state"] == "MOVED_ON"
    again = moved | {"until": "2020-02-20"}
    assert problem(me.post(f"{path}/end-day", again))[:2] == (409, "quarantine.order-has-ended")


def test_a_house_is_opened_and_its_keeper_named_and_dismissed(college: College) -> None:
    me = acting(college, "值班员")
    body = {"name": "5栋", "rooms": "101-103", "beds": 2}
    assert problem(me.post("/houses", body | {"rooms": "、"}))[2] == {"rooms"}
    made_house = answered(me.post("/houses", body, Idempotency_Key="h"))
    assert answered(me.post("/houses", body, Idempotency_Key="h"))["id"] == made_house["id"]
    assert (made_house["free"], len(made_house["rooms"])) == (6, 3)
    path = f"/houses/{made_house['id']}/keepers"
    assert problem(me.post(path, {"person": "没有"}))[2] == {"person"}
    keeper = answered(me.post(path, {"person": college["副主任"].number}))
    assert (
        answered(logged_in(college, "副主任").get("/houses"))["houses"][0]["id"] == made_house["id"]
    )
    assert [one["id"] for one in answered(me.get("/keepers"))["keepers"]] == [keeper["id"]]
    assert answered(me.post(f"/keepers/{keeper['id']}/end", {}))["keepers"] == []
    for name in ("主任", "组长", "小红"):
        other = logged_in(college, name)
        assert problem(other.post("/houses", body))[0] == 403, name
        assert problem(other.get("/keepers"))[0] == 403, name
        assert problem(other.post(path, {"person": college["小红"].number}))[0] == 403, name


def test_a_person_in_quarantine_checks_asks_and_is_not_released_early(college: College) -> None:
    college.report("小明", FINE)
    order(college)
    me = logged_in(college, "小明")
    mine = answered(me.get("/me/quarantine"))
    assert (mine["place"], mine["is_ready"]) == ("示例大酒店隔离点", False)
    wrong = FINE_LOOK | {"unwell": True}
    assert problem(me.post("/me/quarantine/check", wrong))[2] == {"symptoms"}
    assert len(answered(me.post("/me/quarantine/check", FINE_LOOK))["checks"]) == 1
    need = {"kind": "MEALS", "text": "清淡饮食"}
    assert answered(me.post("/me/quarantine/needs", need))["needs"][0]["text"] == "清淡饮食"
    early = problem(me.post("/me/quarantine/release", {"paper": "解字12号"}))
    assert early[1] == "quarantine.not-ready-for-release"
    other = logged_in(college, "小红")
    assert problem(other.get("/me/quarantine"))[0] == 404
    assert problem(other.post("/me/quarantine/check", FINE_LOOK))[0] == 404
    assert problem(acting(college, "小明").get("/me/quarantine"))[1] == "api.for-people-only"
