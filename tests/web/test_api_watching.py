"""Key monitoring over the API: opened by hand, placed, lost, given on, decided; rounds of classes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from lianfang.api.models import Scope
from lianfang.incidents.models import Incident
from lianfang.monitoring import operations as monitoring
from lianfang.monitoring.models import MonitoringFile, Need, RoundCheck
from lianfang.usecases import monitoring as use_monitoring
from tests.api import acting, answered, integration, logged_in, operator, problem
from tests.cast import FINE, College

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "和从武汉回来的亲戚吃饭"
PLACE = {"isolation": "AT_HOME", "isolation_place": "红旗社区3栋", "isolation_from": "2020-02-01"}


@pytest.fixture
def file(college: College) -> MonitoringFile:
    return monitoring.open_file(
        person=college["小明"], category="MET_FROM_AREA", reason=SECRET, evidence="摸排表",
        last_exposure_on=college.today, source="exposure:1", by=college["主任"],
        actor=college.actor("主任"), now=college.now,
    )  # fmt: skip


def test_a_file_is_opened_by_hand_once(college: College) -> None:
    me = acting(college, "辅导员")
    body = {
        "person": college["小明"].number, "category": "NAMED", "reason": SECRET,
        "last_exposure_on": "2020-01-30",
    }  # fmt: skip
    assert problem(me.post("/monitoring", body | {"category": "X"}))[2] == {"category"}
    assert problem(me.post("/monitoring", body | {"person": "没有"}))[2] == {"person"}
    first = answered(me.post("/monitoring", body, Idempotency_Key="f"))
    assert answered(me.post("/monitoring", body, Idempotency_Key="f"))["id"] == first["id"]
    assert (first["reason"], first["category"]) == (SECRET, "NAMED")
    again = {"reason": "又见过一次", "last_exposure_on": "2020-02-01"}
    later = answered(me.post(f"/monitoring/{first['id']}/again", again))
    assert (later["id"], later["last_exposure_on"]) == (first["id"], "2020-02-01")
    stranger = logged_in(college, "外辅导员")
    answer = stranger.post("/monitoring", body)
    assert problem(answer)[2] == {"person"}
    assert "小明" not in answer.content.decode()
    assert problem(logged_in(college, "小红").post("/monitoring", body))[:2] == (403, "forbidden")
    assert MonitoringFile.objects.count() == 1


def test_where_somebody_is_and_that_they_cannot_be_found(
    college: College, file: MonitoringFile
) -> None:
    me, path = acting(college, "辅导员"), f"/monitoring/{file.pk}"
    assert problem(me.post(f"{path}/place", {"isolation": "AT_HOME"}))[2] == {"isolation_from"}
    seen = answered(me.post(f"{path}/place", PLACE | {"is_ordered": True}))
    assert (seen["isolation_place"], seen["is_ordered"]) == ("红旗社区3栋", True)
    assert "proof" in seen["lacking"]
    answered(me.post(f"{path}/verify", {"told_how": "PHONE"}))
    state = {"to": "IN_HOSPITAL", "text": "转诊市中心医院"}
    assert problem(me.post(f"{path}/state", state | {"to": "RELEASED"}))[2] == {"to"}
    assert answered(me.post(f"{path}/state", state))["state"] == "IN_HOSPITAL"
    assert problem(me.post(f"{path}/lost", {"text": ""}))[2] == {"text"}
    answered(me.post(f"{path}/lost", {"text": "打了五次电话"}))
    for what, body in (("place", PLACE), ("state", state), ("lost", {"text": "没有"})):
        answer = logged_in(college, "外辅导员").post(f"{path}/{what}", body)
        assert problem(answer)[0] == 404
        assert SECRET not in answer.content.decode()
    little = acting(college, "辅导员", Scope.CARE_READ, token="宿管").get(path)
    assert "红旗社区" not in little.content.decode()


def test_a_need_is_answered_by_its_number_once(college: College, file: MonitoringFile) -> None:
    me = acting(college, "辅导员")
    (need,) = answered(me.post(f"/monitoring/{file.pk}/need", {"text": "需要体温计"}))["needs"]
    path = f"/file-needs/{need['id']}/settle"
    assert problem(logged_in(college, "外辅导员").post(path, {"answer": "好"}))[0] == 404
    assert problem(me.post(path, {"answer": ""}))[2] == {"answer"}
    (done,) = answered(me.post(path, {"answer": "已送到宿舍"}))["needs"]
    assert (done["answer"], done["done_at"] is None) == ("已送到宿舍", False)
    assert problem(me.post(path, {"answer": "又一次"}))[0] == 409
    assert problem(me.post("/file-needs/99999/settle", {"answer": "好"}))[0] == 404
    assert Need.objects.get().done_by == college["辅导员"]


def test_what_is_decided_is_decided_by_the_head(college: College, file: MonitoringFile) -> None:
    token = integration(*Scope, name="校医院系统", college=college)
    carer, head = (token.acting_for(college[name].number) for name in ("辅导员", "主任"))
    path = f"/monitoring/{file.pk}"
    acts: list[tuple[str, dict[str, Any]]] = [
        ("carer", {"carer": college["辅导员"].number}),
        ("extend", {"days": 3, "reason": "再观察"}),
        ("correct", {"category": "PASSED", "reason": "只是经过"}),
        ("refuse", {"reason": "还不行"}),
        ("adopt", {"edition": 1, "reason": "新规"}),
        ("cancel", {"reason": "弄错了"}),
    ]
    for what, body in acts:
        assert problem(carer.post(f"{path}/{what}", body))[:2] == (403, "forbidden"), what
    wrong = {"carer": college["小红"].number, "deputy": "没有"}
    assert problem(head.post(f"{path}/carer", wrong))[2] == {"carer", "deputy"}
    given = answered(head.post(f"{path}/carer", acts[0][1] | {"deputy": college["主任"].number}))
    assert (given["carer"]["name"], given["deputy"]["name"]) == ("辅导员", "主任")
    answered(carer.post(f"{path}/verify", {"told_how": "PHONE"}))
    assert problem(head.post(f"{path}/extend", {"days": 99, "reason": "久"}))[2] == {"days"}
    longer = answered(head.post(f"{path}/extend", acts[1][1], Idempotency_Key="e"))
    same = head.post(f"{path}/extend", acts[1][1], Idempotency_Key="e")
    assert same.headers["Idempotency-Replayed"] == "true"
    file.refresh_from_db()
    assert longer["eligible_on"] == file.eligible_on.isoformat()
    assert problem(head.post(f"{path}/refuse", acts[3][1]))[0] == 409
    assert answered(head.post(f"{path}/correct", acts[2][1]))["category"] == "PASSED"
    assert problem(head.post(f"{path}/adopt", {"edition": 9999, "reason": "新规"}))[2] == {
        "edition"
    }
    assert answered(head.post(f"{path}/cancel", acts[5][1]))["state"] == "CANCELLED"


def test_whose_end_another_edition_would_change_is_for_whoever_decides(
    college: College, file: MonitoringFile
) -> None:
    seen = answered(logged_in(college, "主任").get("/policies"))
    assert seen["days"] == 14
    assert seen["changes"] == []
    assert problem(logged_in(college, "主任").get("/policies", edition="9999"))[0] == 404
    for name in ("辅导员", "组长", "小红"):
        assert problem(logged_in(college, name).get("/policies"))[0] == 403


# ---------------------------------------------------------------- one's own


def test_a_person_sees_checks_and_contests_their_own_file(
    college: College, file: MonitoringFile, it_is: Callable[[datetime], None]
) -> None:
    college.report("小明", FINE)
    use_monitoring.verify(
        file=file, told_how="PHONE", text="", by=college["辅导员"],
        actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip
    me = logged_in(college, "小明")
    (mine,) = answered(me.get("/me/monitoring"))["files"]
    assert (mine["reason"], mine["state"]) == (SECRET, "WATCHED")
    college.now += timedelta(hours=22)
    it_is(college.now)
    college.work()
    me = logged_in(college, "小明")
    body = {"unwell": False, "temperature": 36.4, "site": "axilla"}
    if answered(me.get("/me/monitoring"))["files"][0]["open_slot"] is None:
        assert problem(me.post("/me/monitoring/check", body))[0] == 404
    else:
        done = answered(me.post("/me/monitoring/check", body))
        assert "DONE" in {slot["state"] for slot in done["slots"]}
    assert problem(me.post("/me/monitoring/contest", {"text": ""}))[2] == {"text"}
    told = answered(me.post("/me/monitoring/contest", {"text": "我没有去过"}))
    assert told["contests"][0]["text"] == "我没有去过"
    other = logged_in(college, "小红")
    assert answered(other.get("/me/monitoring"))["files"] == []
    assert problem(other.post("/me/monitoring/contest", {"text": "不是我"}))[0] == 404
    assert problem(acting(college, "小明").get("/me/monitoring"))[1] == "api.for-people-only"


# ---------------------------------------------------------------- rounds


def test_a_round_is_set_taken_and_a_fever_goes_the_way_of_every_fever(college: College) -> None:
    code = college.unit("网络1班").code
    path = f"/units/{code}/rounds"
    me, head = acting(college, "辅导员"), logged_in(college, "主任")
    assert problem(me.post(f"{path}/set", {"codes": ["morning"]}))[:2] == (403, "forbidden")
    assert problem(head.post(f"{path}/set", {"codes": ["midnight"]}))[2] == {"codes"}
    assert len(answered(head.post(f"{path}/set", {"codes": ["morning", "evening"]}))["rounds"]) == 2
    hot, fine = college["小明"].number, college["小红"].number
    twice = {"code": "morning", "people": [{"person": fine}, {"person": fine}, {"person": "没有"}]}
    assert problem(me.post(path, twice))[2] == {"people.1.person", "people.2.person"}
    absent = {"person": fine, "present": False, "temperature": 36.4}
    assert problem(me.post(path, {"code": "morning", "people": [absent]}))[2] == {"people.0"}
    assert not RoundCheck.objects.exists()
    body = {
        "code": "morning",
        "people": [{"person": hot, "temperature": 38.1}, {"person": fine, "temperature": "36.4"}],
    }
    taken = answered(me.post(path, body, Idempotency_Key="r"))
    assert answered(me.post(path, body, Idempotency_Key="r")) == taken
    assert Incident.objects.get().person == college["小明"]
    assert taken["rounds"][0]["looked_at"] == 2
    away = {"code": "morning", "people": [{"person": fine, "absent_ill": True}]}
    rows = {one["person"]["number"]: one for one in answered(me.post(path, away))["rows"]}
    assert (rows[fine]["present"], rows[fine]["absent_ill"]) == (False, True)
    early = me.post(path, body | {"code": "evening"})
    assert problem(early)[:2] == (409, "monitoring.no-such-round")
    assert answered(me.get("/rounds"))["classes"][0]["rounds"][0]["looked_at"] == 2


def test_a_round_is_nothing_for_others(college: College) -> None:
    path = f"/units/{college.unit('网络1班').code}/rounds"
    answered(logged_in(college, "主任").post(f"{path}/set", {"codes": ["morning"]}))
    body = {"code": "morning", "people": [{"person": college["小明"].number, "temperature": 38.1}]}
    answered(logged_in(college, "辅导员").post(path, body))
    for name in ("外辅导员", "组长", "小红"):
        answer = logged_in(college, name).get(path)
        assert problem(answer)[0] in {403, 404}, name
        assert "38.1" not in answer.content.decode()
        assert problem(logged_in(college, name).post(path, body))[0] in {403, 404}, name
    little = acting(college, "辅导员", Scope.CARE_READ, token="屏").get(path)
    assert "38.1" not in little.content.decode()
    assert "小明" not in little.content.decode()
    assert problem(operator(college).get("/rounds"))[0] == 403
