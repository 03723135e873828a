"""Duty over the API: who stands where, rosters, swaps, the book, drills, feeds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lianfang.api.models import Scope
from lianfang.audit.models import Entry
from lianfang.duty.models import DrillCall, DutyShift, FeedAddress
from tests.api import Caller, answered, integration, logged_in, made, problem
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)
NIGHT = {"starts_at": "2020-02-01T20:00+08:00", "ends_at": "2020-02-02T08:00+08:00"}


@pytest.fixture
def token(college: College) -> Caller:
    return integration(*Scope, name="排班系统", college=college)


def night_shift(college: College, name: str = "主任") -> dict[str, Any]:
    body = NIGHT | {"post": "UNIT", "person": college[name].number}
    return made(logged_in(college, "主任").post("/units/U005/shifts", body))


def test_who_is_on_duty_now_next_and_this_week(college: College, token: Caller) -> None:
    night_shift(college)
    units = {unit["name"]: unit for unit in token.get("/duty/now").json()["units"]}
    (officer,) = units["学院党委"]["now"]
    assert (officer["standing"]["name"], officer["post"]) == ("值班员", "OFFICER")
    assert units["信息系"]["gap"] is True
    assert [one["person"]["name"] for one in units["信息系"]["next"]] == ["主任"]
    little = integration(Scope.DUTY_READ, name="大屏", college=college)
    assert little.get("/duty/now").json()["units"][0]["now"][0]["standing"] is None
    bound = integration(*Scope, name="系", unit=college.unit("信息系"), college=college)
    assert {unit["name"] for unit in bound.get("/duty/now").json()["units"]} == {"信息系"}
    assert problem(logged_in(college, "小明").get("/duty/now"))[0] == 403


def test_a_roster_is_written_by_whoever_keeps_it(college: College, token: Caller) -> None:
    shift = night_shift(college)
    path = f"/shifts/{shift['id']}"
    for name in ("外辅导员", "辅导员"):
        other = logged_in(college, name)
        assert problem(other.post(f"{path}/remove", {}))[0] == 403
    odd = NIGHT | {"post": "UNIT", "person": college["主任"].number, "ends_at": NIGHT["starts_at"]}
    assert problem(token.post("/units/U005/shifts", odd))[1].startswith("duty.")
    nobody = NIGHT | {"post": "UNIT", "person": "1"}
    assert problem(token.post("/units/U005/shifts", nobody))[2] == {"person"}
    taken = token.post(
        f"{path}/stand-in",
        {"person": college["副主任"].number, "starts_at": "2020-02-02T00:00+08:00",
         "ends_at": "2020-02-02T08:00+08:00", "reason": "开会"},
    )  # fmt: skip
    assert [one["person"]["name"] for one in answered(taken)["shifts"]] == ["副主任"]
    week = token.get("/units/U005/shifts", first="2020-02-01", last="2020-02-02").json()["shifts"]
    assert [one["person"]["name"] for one in week] == ["主任", "副主任"]
    moved = token.post(f"{path}/move", NIGHT | {"ends_at": "2020-02-01T23:00+08:00"})
    assert answered(moved)["changes"]
    assert answered(token.post(f"{path}/remove", {})) == {"id": shift["id"]}
    assert DutyShift.objects.filter(unit=college.unit("信息系")).count() == 1
    wide = token.get("/units/U005/shifts", first="2020-01-01", last="2020-12-31")
    assert problem(wide)[2] == {"last"}


def test_turns_covers_and_what_is_lacking(college: College) -> None:
    me = logged_in(college, "主任")
    cover = made(me.post("/units/U005/covers", {"post": "UNIT", "times": "22:00-06:00"}))
    assert (cover["begins"], cover["ends"]) == ("22:00", "06:00")
    assert problem(me.post("/units/U005/covers", {"post": "UNIT", "times": "25-26"}))[2] == {
        "times"
    }
    faults = me.get("/duty/check").json()["faults"]
    assert {"GAP"} <= {one["kind"] for one in faults}
    body = {
        "post": "UNIT", "times": "22:00-06:00", "held_from": "2020-02-01",
        "people": [{"person": college["主任"].number}, {"person": college["副主任"].number}],
    }  # fmt: skip
    turns = made(me.post("/units/U005/rotations", body))
    assert [one["person"]["name"] for one in turns["people"]] == ["主任", "副主任"]
    plan = me.get("/units/U005/duty-plan").json()
    assert (len(plan["covers"]), len(plan["rotations"])) == (1, 1)
    assert not [f for f in me.get("/duty/check").json()["faults"] if f["kind"] == "GAP"
                and f["unit"] == "U005"]  # fmt: skip
    strange = body | {"people": [{"person": "1"}]}
    assert problem(me.post("/units/U005/rotations", strange))[2] == {"people.0.person"}
    ended = answered(me.post(f"/rotations/{turns['id']}/end", {}))
    assert ended["held_until"] == "2020-02-02"
    answered(me.post(f"/covers/{cover['id']}/end", {}))
    assert problem(logged_in(college, "外辅导员").get("/units/U005/duty-plan"))[0] == 403


def test_a_swap_is_asked_accepted_and_approved(college: College, token: Caller) -> None:
    shift = night_shift(college, "辅导员")
    asker, other = logged_in(college, "辅导员"), logged_in(college, "副主任")
    body = {"asked_of": college["副主任"].number, "reason": "有课"}
    assert problem(other.post(f"/shifts/{shift['id']}/swap", body))[0] == 403
    swap = made(asker.post(f"/shifts/{shift['id']}/swap", body))
    path = f"/swaps/{swap['id']}/settle"
    assert problem(asker.post(path, {"what": "accept"}))[0] == 403
    assert answered(other.post(path, {"what": "accept"}))["state"] == "ACCEPTED"
    head = token.acting_for(college["主任"].number)
    assert [one["id"] for one in head.get("/swaps").json()["to_approve"]] == [swap["id"]]
    assert answered(head.post(path, {"what": "approve"}))["state"] == "APPROVED"
    assert DutyShift.objects.get(pk=shift["id"]).person == college["副主任"]


def test_the_book_is_read_by_those_who_stand_there_and_each_look_is_written_down(
    college: College, token: Caller
) -> None:
    officer = token.acting_for(college["值班员"].number)
    line = {"at": "2020-02-01T07:50+08:00", "source": "PHONE", "content": "家长来电询问"}
    entry = made(officer.post("/units/U001/book", line))
    assert (entry["written_by"], entry["settled_at"]) == ("值班员", None)
    book = officer.get("/units/U001/book").json()
    assert (book["open"], [one["content"] for one in book["entries"]]) == (1, ["家长来电询问"])
    assert Entry.objects.filter(verb="duty.log.seen", actor_label="排班系统 (值班员)").exists()
    assert problem(token.get("/units/U001/book"))[:2] == (422, "api.say-who-acts")
    for name in ("主任", "外辅导员"):
        assert problem(logged_in(college, name).get("/units/U001/book"))[0] == 403
    settled = answered(officer.post(f"/book/{entry['id']}/settle", {"handling": "已答复"}))
    assert settled["settled_at"]


def test_a_shift_is_taken_and_handed_over_with_both_signatures(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    night_shift(college)
    body = {
        "post": "UNIT", "person": college["副主任"].number,
        "starts_at": NIGHT["ends_at"], "ends_at": "2020-02-02T20:00+08:00",
    }  # fmt: skip
    made(logged_in(college, "主任").post("/units/U005/shifts", body))
    mine = logged_in(college, "主任").get("/duty/mine").json()["shifts"]
    path = f"/shifts/{mine[0]['id']}"
    assert problem(logged_in(college, "主任").post(f"{path}/check-in", {}))[1].startswith("duty.")
    it_is(datetime.fromisoformat("2020-02-01T20:05+08:00"))
    me = logged_in(college, "主任")
    assert answered(me.post(f"{path}/check-in", {}))["checked_in_at"]
    assert problem(logged_in(college, "副主任").post(f"{path}/hand-over", {}))[0] == 403
    begun = made(me.post(f"{path}/hand-over", {}))
    sign = f"/handovers/{begun['id']}/sign"
    answered(me.post(sign, {"remarks": "无事"}))
    both = answered(logged_in(college, "副主任").post(sign, {}))
    assert both["out_signed_at"]
    assert both["in_signed_at"]
    assert problem(logged_in(college, "外辅导员").get(f"/handovers/{begun['id']}"))[0] == 404


def test_a_drill_rings_and_the_board_shows_the_last_proof(college: College, token: Caller) -> None:
    body = {"unit": "U005", "channel": "CALLS", "who": ["HEADS", "DEPUTIES"], "minutes": 30}
    assert problem(logged_in(college, "外辅导员").post("/drills", body))[0] == 403
    drill = made(token.post("/drills", body))
    assert {one["person"]["name"] for one in drill["calls"]} >= {"主任", "副主任"}
    mine = next(one for one in drill["calls"] if one["person"]["name"] == "副主任")
    path = f"/drill-calls/{mine['id']}"
    assert problem(token.post(f"{path}/rang", {"reached": True}))[:2] == (422, "api.say-who-acts")
    himself = token.acting_for(college["副主任"].number)
    assert problem(himself.post(f"{path}/rang", {"reached": True}))[0] in {403, 404}
    head = token.acting_for(college["主任"].number)
    assert head.post(f"{path}/phone", {}).json()["phone"] == college["副主任"].phone
    assert answered(head.post(f"{path}/rang", {"reached": True}))["state"] == "ANSWERED"
    assert DrillCall.objects.get(pk=mine["id"]).heard_by == college["主任"]
    board = head.get("/reach", unit="U005").json()
    proofs = {row["person"]["name"]: row["how"] for row in board["rows"]}
    assert (proofs["副主任"], proofs["主任"]) == ("drill", None)
    assert board["rows"][0]["proved_at"] is None
    assert token.get("/drills").json()["drills"][0]["states"]["ANSWERED"] == 1


def test_a_calendar_address_works_until_it_is_revoked(college: College) -> None:
    night_shift(college)
    me = logged_in(college, "主任")
    feed = made(me.post("/duty/feeds", {}))
    address = feed["address"].removeprefix("http://testserver")
    assert "BEGIN:VEVENT" in Client().get(address).content.decode()
    assert (
        problem(logged_in(college, "副主任").post(f"/duty/feeds/{feed['id']}/revoke", {}))[0] == 404
    )
    answered(me.post(f"/duty/feeds/{feed['id']}/revoke", {}))
    assert Client().get(address).status_code in {404, 410}
    assert me.get("/duty/feeds").json() == {"feeds": []}
    assert FeedAddress.objects.count() == 1


def test_duty_now_asks_no_more_for_more_shifts(college: College, token: Caller) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert token.get("/duty/now").status_code == 200
        return len(queries)

    night_shift(college)
    asked()
    before = asked()
    night_shift(college, "副主任")
    night_shift(college, "辅导员")
    assert asked() == before
