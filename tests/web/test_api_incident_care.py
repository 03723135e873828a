"""An incident over the API: reached, checked, housed, cleared; its clocks, reports and the sheet."""

from __future__ import annotations

import pytest

from lianfang.api.models import Scope
from lianfang.audit.models import Entry
from lianfang.incidents.models import CaseReport, Disinfection, LegalClock
from tests.api import acting, answered, logged_in, operator, problem
from tests.cast import College
from tests.flow.incident_cast import fever, said, verified

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_person_is_reached_checked_housed_and_cleared(college: College) -> None:
    path = f"/incidents/{fever(college).pk}"
    me = acting(college, "值班员")
    asked = {"ring": "ROOMMATE", "answer": "KNOWS", "text": "在图书馆"}
    assert answered(me.post(f"{path}/reach", asked))["reached"][0]["text"] == "在图书馆"
    assert problem(me.post(f"{path}/check", {"what": "体温"}))[2] == {"due_at"}
    past = {"what": "体温", "due_at": "2020-01-01T08:00:00+08:00"}
    assert problem(me.post(f"{path}/check", past))[2] == {"due_at"}
    far = past | {"due_at": "9999-12-31T23:59:59-12:00"}  # no such moment in UTC
    assert problem(me.post(f"{path}/check", far)) == (422, "invalid", {"due_at"})
    due = past | {"due_at": "2020-02-20T08:00:00+08:00"}
    (check,) = answered(me.post(f"{path}/check", due))["checks"]
    assert check["done_at"] is None
    assert problem(me.post(f"{path}/check", {}))[2] == {"found"}
    (done,) = answered(me.post(f"{path}/check", {"found": "36.8,无不适"}))["checks"]
    assert done["found"] == "36.8,无不适"
    assert answered(me.post(f"{path}/room", {"room": "观察室1"}))["rooms"][0]["ended_at"] is None
    assert answered(me.post(f"{path}/room", {"room": None}))["rooms"][0]["ended_at"]
    mates = {"names": [college["小红"].number, "表哥张三"], "note": "同车"}
    told = answered(me.post(f"{path}/companions", mates, Idempotency_Key="c"))["companions"]
    assert answered(me.post(f"{path}/companions", mates, Idempotency_Key="c"))["companions"] == told
    assert {(one["person"] or {}).get("name") or one["name"] for one in told} == {
        "小红",
        "表哥张三",
    }
    (task,) = answered(me.post(f"{path}/disinfections", {"place": "6栋101"}))["disinfections"]
    after = answered(me.post(f"/disinfections/{task['id']}/done", {"done_by": "后勤王师傅"}))
    assert after["disinfections"][0]["done_at"]
    paper = {"paper": "EXAMINED", "checked_by": college["小红"].number}
    assert problem(me.post(f"{path}/clearance", paper))[2] == {"checked_by"}
    college.appoint("主任", "学院", "DOCTOR")
    doctor = college["主任"].number
    paper |= {"checked_by": doctor, "returns_on": "2020-02-03"}
    assert problem(me.post(f"{path}/clearance", paper))[:2] == (409, "incidents.not-so-ended")
    verified(college)
    answered(me.post(f"{path}/outcome", {"outcome": "RECOVERED", "text": "连续三天正常"}))
    (cleared,) = answered(me.post(f"{path}/clearance", paper))["clearances"]
    assert (cleared["checked_by"], cleared["returns_on"]) == ("主任", "2020-02-03")


def test_a_clock_is_ended_with_a_reason_by_whoever_handles_it(college: College) -> None:
    fever(college)
    verified(college)
    said(college, "SUSPECTED")
    clock = LegalClock.objects.filter(ended_at__isnull=True, met_at__isnull=True)[0]
    path = f"/clocks/{clock.pk}/end"
    me = acting(college, "值班员")
    assert problem(me.post(path, {"reason": ""}))[2] == {"reason"}
    for name in ("外辅导员", "小红"):
        assert problem(logged_in(college, name).post(path, {"reason": "误"}))[0] == 404
    ended = answered(me.post(path, {"reason": "疾控已直接通知"}))["clocks"]
    assert next(one for one in ended if one["id"] == clock.pk)["ended_at"]
    assert problem(me.post("/clocks/99999/end", {"reason": "误"}))[0] == 404


def test_a_report_is_frozen_read_with_the_name_or_as_a_copy_and_taken_out(college: College) -> None:
    incident = fever(college)
    verified(college)
    path = f"/incidents/{incident.pk}/reports"
    me = acting(college, "值班员")
    assert problem(me.post(path, {"kind": "FINAL"}))[2] == {"words"}
    first = answered(me.post(path, {"kind": "FIRST"}, Idempotency_Key="r"))
    assert answered(me.post(path, {"kind": "FIRST"}, Idempotency_Key="r"))["id"] == first["id"]
    assert CaseReport.objects.count() == 1
    one = f"{path}/{first['id']}"
    text = answered(me.get(one))
    assert text["named"] is True
    assert "小明" in me.get(one).content.decode()
    assert "小明" not in me.get(one, copy="true").content.decode()
    leader = logged_in(college, "组长").get(one)
    assert answered(leader)["named"] is False
    assert "38.2" not in leader.content.decode()
    assert "小明" not in leader.content.decode()
    file = me.get(f"{one}/file", format="txt", language="en")
    assert file.status_code == 200
    assert "小明" in file.content.decode()
    assert (
        Entry.objects.filter(verb="incidents.report.taken", concerns=college["小明"].pk).count()
        == 1
    )
    some = acting(college, "值班员", Scope.INCIDENTS_READ, token="大屏").get(one)
    assert answered(some)["named"] is False
    assert "小明" not in some.content.decode()
    for name in ("外辅导员", "小红", "小明"):
        assert problem(logged_in(college, name).get(f"{one}/file"))[0] == 404
    assert problem(me.get(f"{one}/file", format="pdf"))[2] == {"format"}


def test_the_list_of_cases_masks_names_and_writes_down_every_look(college: College) -> None:
    fever(college)
    me = acting(college, "值班员")
    table = answered(me.get("/cases"))
    assert len(table["columns"]) == len(table["rows"][0]) == 13
    assert "小明" not in me.get("/cases").content.decode()
    assert Entry.objects.filter(verb="incidents.case-list.seen", concerns=college["小明"].pk)
    some = acting(college, "值班员", Scope.INCIDENTS_READ, token="大屏").get("/cases")
    assert "38.2" not in some.content.decode()
    sheet = me.get("/cases/file")
    assert sheet.content[:2] == b"PK"
    assert answered(logged_in(college, "外辅导员").get("/cases"))["rows"] == []
    assert problem(operator(college).get("/cases"))[0] == 403
    assert problem(logged_in(college, "小红").get("/cases"))[0] == 403


def test_what_is_done_for_a_person_is_nobody_elses(college: College) -> None:
    incident = fever(college)
    task = Disinfection.objects.create(
        incident=incident, place="6栋101", asked_at=college.now, asked_by=college["值班员"]
    )
    path = f"/incidents/{incident.pk}"
    for name in ("外辅导员", "小红", "小明", "组长"):
        me = logged_in(college, name)
        for address, body in (
            (f"{path}/reach", {"ring": "POLICE", "answer": "LOOKING"}),
            (f"{path}/room", {"room": "观察室"}),
            (f"{path}/companions", {"names": ["张三"]}),
            (f"{path}/clearance", {"paper": "DIAGNOSIS", "checked_by": "1"}),
            (f"/disinfections/{task.pk}/done", {"done_by": "我"}),
        ):
            answer = me.post(address, body)
            assert problem(answer)[0] in {403, 404}, (name, address)
            assert "6栋101" not in answer.content.decode()
