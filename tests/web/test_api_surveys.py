"""Surveys over the API: rounds, coverage, an answer written down for somebody, who may read it."""

from __future__ import annotations

from typing import Any

import pytest

from lianfang.api.models import Scope
from lianfang.audit.models import Entry
from lianfang.surveys.models import SurveyResponse
from tests.api import acting, answered, logged_in, operator, problem
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)
TRIP = {
    "county_code": "420106", "arrived_on": "2020-01-18", "left_on": "2020-01-20", "kind": "VISIT",
    "way": "TRAIN", "number": "D366",
}  # fmt: skip
TOLD: dict[str, Any] = {
    "source": "PHONE", "told_by": "本人", "county_code": "511702", "since_on": "2020-01-20",
    "trips": [TRIP], "meetings": [], "community_told": True, "community": "红旗社区",
}  # fmt: skip


def test_a_round_is_opened_answered_for_somebody_and_closed(college: College) -> None:
    head, me = logged_in(college, "书记"), acting(college, "辅导员")
    assert problem(me.post("/surveys", {}))[:2] == (403, "forbidden")
    assert answered(head.post("/surveys", {}))["state"] == "OPEN"
    assert problem(head.post("/surveys", {}))[:2] == (409, "surveys.already-open")
    unit = college.unit("网络1班").code
    before = answered(me.get(f"/units/{unit}/survey"))
    assert "小明" in {one["name"] for one in before["missing"]}
    path = f"/people/{college['小明'].number}/survey"
    assert answered(me.post(path, TOLD))["revision"] == 1
    after = answered(me.get(f"/units/{unit}/survey"))
    assert after["total_missing"] == before["total_missing"] - 1
    assert (after["units"][0]["answered"], after["units"][0]["with_trips"]) == (1, 1)
    (said,) = answered(me.get(path))["revisions"]
    assert (said["trips"][0]["number"], said["meetings"], said["source"]) == ("D366", [], "PHONE")
    seen = Entry.objects.filter(verb="surveys.response.seen", concerns=college["小明"].pk)
    assert seen.count() == 1
    attempt = {"outcome": "REFUSED", "note": "不愿说"}
    assert problem(me.post(f"{path}/attempt", attempt))[:2] == (409, "surveys.has-answered")
    other = f"/people/{college['小红'].number}/survey/attempt"
    assert answered(me.post(other, attempt))["outcome"] == "REFUSED"
    assert answered(head.post("/surveys/close", {}))["state"] == "CLOSED"
    assert problem(head.post("/surveys/close", {}))[:2] == (409, "surveys.none-open")
    assert answered(head.get("/surveys"))["total"] == 1


def test_the_same_key_is_one_answer_and_a_changed_one_is_the_next_revision(
    college: College,
) -> None:
    me = acting(college, "辅导员")
    path = f"/people/{college['小明'].number}/survey"
    for _twice in range(2):
        assert answered(me.post(path, TOLD, Idempotency_Key="a"))["revision"] == 1
    assert answered(me.post(path, TOLD | {"trips": []}))["revision"] == 2
    assert answered(me.post(path, TOLD))["revision"] == 3
    assert SurveyResponse.objects.filter(person=college["小明"]).count() == 3


def test_everything_that_cannot_be_so_is_told_beside_its_field(college: College) -> None:
    me = acting(college, "辅导员")
    path = f"/people/{college['小明'].number}/survey"
    wrong = TOLD | {
        "county_code": "999999",
        "trips": [TRIP | {"left_on": "2020-01-17"}],
        "meetings": [
            {"met_on": "2020-01-20", "kind": "FROM_AREA", "who": "小明", "closeness": "LIVED",
             "still_in_contact": False}
        ],
    }  # fmt: skip
    assert problem(me.post(path, wrong)) == (
        422, "invalid", {"county_code", "trips.0.left_on", "meetings.0.who"},
    )  # fmt: skip
    assert not SurveyResponse.objects.exists()


def test_what_somebody_said_is_nobodys_but_those_who_care(college: College) -> None:
    path = f"/people/{college['小明'].number}/survey"
    answered(acting(college, "辅导员").post(path, TOLD))
    for name in ("外辅导员", "小红", "小明", "组长"):
        answer = logged_in(college, name).get(path)
        assert problem(answer)[0] in {403, 404}
        assert "D366" not in answer.content.decode()
        assert problem(logged_in(college, name).post(path, TOLD))[0] in {403, 404}
    assert problem(operator(college).get(path))[0] == 403
    little = acting(college, "辅导员", Scope.CARE_READ, Scope.PEOPLE_READ, token="大屏")
    assert problem(little.get(path))[:2] == (403, "api.scope-missing")
    unit = college.unit("网络1班").code
    blind = acting(college, "辅导员", Scope.CARE_READ, token="屏")
    assert answered(blind.get(f"/units/{unit}/survey"))["missing"] is None
    leader = answered(logged_in(college, "组长").get(f"/units/{unit}/survey"))
    assert leader["missing"] is None


def test_a_person_answers_for_themself_and_says_that_nothing_changed(college: College) -> None:
    me = logged_in(college, "小明")
    mine = {name: value for name, value in TOLD.items() if name not in {"source", "told_by"}}
    assert problem(me.post("/me/survey/same", {}))[0] in {404, 409}
    late = mine | {"trips": [TRIP | {"left_on": "2020-01-10"}]}
    assert problem(me.post("/me/survey", late))[2] == {"trips.0.left_on"}
    assert answered(me.post("/me/survey", mine, Idempotency_Key="s"))["revision"] == 1
    assert answered(me.post("/me/survey", mine, Idempotency_Key="s"))["revision"] == 1
    assert answered(me.post("/me/survey/same", {}))["revision"] == 1
    (said,) = answered(me.get("/me/survey"))["revisions"]
    assert (said["source"], said["trips"][0]["county_code"]) == ("SELF", "420106")
    assert answered(logged_in(college, "小红").get("/me/survey"))["revisions"] == []
    assert problem(acting(college, "小明").post("/me/survey", mine))[1] == "api.for-people-only"


def test_a_round_is_opened_by_an_operator_as_on_the_page(college: College) -> None:
    admin = operator(college)
    assert answered(admin.post("/surveys", {}))["state"] == "OPEN"
    assert answered(admin.post("/surveys/close", {}))["state"] == "CLOSED"
    for name in ("辅导员", "小红"):
        assert problem(logged_in(college, name).post("/surveys", {}))[:2] == (403, "forbidden")
