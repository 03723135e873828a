"""Files of gate, dormitory and groups over the API; an event in words, a clinic visit; texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from lianfang.api.models import Scope
from lianfang.campus.models import GatePassage
from lianfang.clusters.models import Alert
from lianfang.groups.models import Group
from tests.api import acting, answered, integration, logged_in, operator, problem
from tests.cast import College
from tests.flow.cluster_cast import falls_ill, house, the_alert

pytestmark = pytest.mark.django_db(transaction=True)
COURSES = "课程,班级,星期,节次\n数学,网络1班,一,1-2\n英语,网络1班,二,1-2\n"


def test_a_file_of_the_gate_is_tried_and_stored_once(college: College) -> None:
    college.appoint("值班员", "学院党委", "DUTY_OFFICER")
    me = acting(college, "值班员")
    good = f"学号,方向,时间\n{college['小明'].number},进,2020-02-01 07:30\n"
    broken = f"{good}999,进,2020-02-01 07:31\n{college['小明'].number},上,昨晚\n"
    gate = {"kind": "GATE"}
    wrong = answered(
        me.upload("/records/import", gate | {"dry_run": "false"}, file=broken.encode())
    )
    assert wrong["applied"] is False
    assert {one["value"] for one in wrong["problems"]} >= {"999", "上"}
    assert all(one["cure"] for one in wrong["problems"])
    tried = answered(me.upload("/records/import", gate, file=good.encode()))
    assert (tried["applied"], tried["days"]) == (False, ["2020-02-01"])
    assert not GatePassage.objects.exists()
    real = gate | {"dry_run": "false"}
    assert answered(me.upload("/records/import", real, file=good.encode()))["applied"] is True
    assert problem(me.upload("/records/import", real, file=good.encode()))[0] == 409
    assert problem(me.upload("/records/import", gate))[2] == {"file"}
    assert problem(me.upload("/records/import", {"kind": "BUS"}, file=b"x"))[2] == {"kind"}
    assert answered(operator(college).get("/records"))["files"][0]["rows"] == 1
    bound = integration(*Scope, name="信息系", unit=college.unit("信息系"), college=college)
    assert problem(bound.acting_for(college["值班员"].number).get("/records"))[0] == 403
    for name in ("主任", "辅导员", "组长", "小红"):
        assert problem(logged_in(college, name).get("/records"))[0] == 403, name
        assert (
            problem(logged_in(college, name).upload("/records/import", gate, file=b"x"))[0] == 403
        )


def test_groups_are_taken_in_by_an_operator(college: College) -> None:
    admin = operator(college)
    form = {"kind": "COURSE", "since": "2020-01-27", "until": "2020-02-09"}
    tried = answered(admin.upload("/groups/import", form, file=COURSES.encode()))
    assert (tried["applied"], tried["counts"]["groups_added"]) == (False, 2)
    broken = COURSES + "体育,没有这个班,八,1-2\n"
    wrong = answered(
        admin.upload("/groups/import", form | {"dry_run": "false"}, file=broken.encode())
    )
    assert (wrong["applied"], {one["row"] for one in wrong["problems"]}) == (False, {4})
    assert not Group.objects.exists()
    real = form | {"dry_run": "false"}
    assert answered(admin.upload("/groups/import", real, file=COURSES.encode()))["applied"] is True
    (kind,) = answered(admin.get("/groups"))["kinds"]
    assert (kind["kind"], kind["groups"]) == ("COURSE", 2)
    assert problem(admin.upload("/groups/import", form | {"kind": "X"}, file=b"x"))[0] == 422
    for caller in (logged_in(college, "书记"), acting(college, "书记")):
        assert problem(caller.get("/groups"))[0] == 403
        assert problem(caller.upload("/groups/import", form, file=COURSES.encode()))[0] == 403


def test_what_was_heard_is_an_alert_to_be_verified_and_never_two(college: College) -> None:
    me = acting(college, "主任")
    circles = answered(me.get("/circles"))["circles"]
    where = next(one for one in circles if one["name"] == "网络1班")
    body = {"kind": where["kind"], "code": where["code"], "text": "三个人没来上课,都在发烧"}
    assert problem(me.post("/clusters", body | {"code": "没有"}))[2] == {"code"}
    first = answered(me.post("/clusters", body, Idempotency_Key="h"))
    assert answered(me.post("/clusters", body, Idempotency_Key="h"))["id"] == first["id"]
    assert answered(me.post("/clusters", body | {"text": "又一个"}))["id"] == first["id"]
    assert Alert.objects.count() == 1
    listed = answered(me.get("/clusters"))
    assert (listed["known"], listed["total"]) == (False, 1)
    outside = logged_in(college, "外辅导员")
    assert problem(outside.post("/clusters", body))[2] == {"code"}
    assert problem(logged_in(college, "小红").get("/circles"))[0] == 403
    assert problem(logged_in(college, "小红").post("/clusters", body))[0] == 403
    rules = answered(me.get("/cluster-rules"))["rules"]
    assert all(one["source"] for one in rules)
    assert problem(logged_in(college, "小红").get("/cluster-rules"))[0] == 403


def test_an_alert_is_noted_drafted_and_a_mistake_taken_back(
    it_is: Callable[[datetime], None],
) -> None:
    college = house()
    it_is(college.now)
    for number in (2, 3, 4):
        falls_ill(college, f"{number}班1号")
    one = the_alert()
    me = acting(college, "值班员")
    path = f"/clusters/{one.pk}"
    seen = answered(me.post(f"{path}/note", {"text": "宿管说昨晚聚餐"}))
    draft = me.get(f"{path}/draft")
    assert draft.status_code == 200
    assert "2班1号" not in draft.content.decode()
    row = seen["people"][0]
    after = answered(me.post(f"{path}/people/{row['id']}/mistake", {}))
    assert [person["withdrawn"] for person in after["people"]].count(True) == 1
    assert problem(me.post(f"{path}/people/99999/mistake", {}))[0] == 404
    for name in ("外辅导员", "组长", "小红"):
        other = logged_in(college, name)
        assert problem(other.get(f"{path}/draft"))[0] in {403, 404}, name
        assert problem(other.post(f"{path}/note", {"text": "看看"}))[0] in {403, 404}, name


def test_a_visit_to_the_clinic_is_counted(college: College) -> None:
    college.appoint("主任", "学院", "DOCTOR")
    me = acting(college, "主任")
    body = {"person": college["小明"].number, "symptoms": ["fever"], "temperature": 38.1}
    wrong = {"person": "没有", "symptoms": ["hiccup"], "onset_on": "2021-01-01"}
    assert problem(me.post("/clinic-visits", wrong))[2] == {"person", "symptoms", "onset_on"}
    assert answered(me.post("/clinic-visits", body))["signs"] >= 1
    for name in ("辅导员", "组长", "小红"):
        assert problem(logged_in(college, name).post("/clinic-visits", body))[0] == 403


def test_text_messages_are_wanted_again_and_chat_groups_listed(college: College) -> None:
    me = logged_in(college, "小明")
    assert answered(me.post("/me/texts", {}))["changed"] is False
    path = f"/people/{college['小明'].number}/texts"
    assert answered(logged_in(college, "辅导员").post(path, {}))["changed"] is False
    assert problem(logged_in(college, "外辅导员").post(path, {}))[0] in {403, 404}
    head = logged_in(college, "主任")
    code = college.unit("网络1班").code
    answered(head.post(f"/units/{code}/group", {"number": "123456789"}))
    groups = {one["unit"]: one["number"] for one in answered(head.get("/chat-groups"))["groups"]}
    assert groups[code] == "123456789"
    assert problem(me.get("/chat-groups"))[0] == 403
