"""Outreach over the API: articles, a campaign with the state of each person, the callers' list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from lianfang.api.models import Scope
from lianfang.audit.models import Entry
from lianfang.outreach.models import CallTask, Campaign
from tests.api import Caller, answered, integration, logged_in, made, problem
from tests.cast import FEVER, College

pytestmark = pytest.mark.django_db(transaction=True)
ARTICLE = {
    "title_zh": "怎样正确佩戴口罩",
    "text_zh": "先洗手,再佩戴。",
    "source": "国家卫生健康委",
    "valid_until": "2020-03-01",
}


@pytest.fixture
def token(college: College) -> Caller:
    return integration(*Scope, name="宣传系统", college=college)


def started(caller: Caller, **audience: Any) -> dict[str, Any]:
    article = made(caller.post("/articles", ARTICLE))["version"]["id"]
    body = {"article": article, "subject": "请戴口罩", "audience": audience}
    return made(caller.post("/campaigns", body))


def test_an_article_has_versions_with_what_changed(college: College, token: Caller) -> None:
    first = made(token.post("/articles", ARTICLE))["version"]
    path = f"/articles/{first['id']}/versions"
    bare = token.post(path, ARTICLE)
    assert problem(bare) == (422, "invalid", {"what_changed"})
    again = made(token.post(path, ARTICLE | {"what_changed": "补充来源"}))
    assert ([one["number"] for one in again["older"]], again["version"]["number"]) == ([1], 2)
    assert token.get("/articles").json()["total"] == 1
    assert problem(logged_in(college, "辅导员").post("/articles", ARTICLE))[0] == 403
    bound = integration(*Scope, name="系", unit=college.unit("信息系"), college=college)
    assert problem(bound.post("/articles", ARTICLE))[0] == 403


def test_an_audience_is_counted_before_anybody_is_told(college: College, token: Caller) -> None:
    preview = token.post("/campaigns/preview", {"units": ["U007"]})
    counted = answered(preview)
    assert (counted["people"], counted["by_unit"]) == (3, {"U007": 3})
    assert counted["ways"]["sms"] == {"reached": 3, "without": 0, "set_up": False}
    assert [one["unit"] for one in counted["groups"]] == ["U007"]
    assert answered(token.post("/campaigns/preview", {}))["people"] == 0
    bad = {"units": ["U999"], "places": ["999999"], "categories": ["X"], "silent_of": 9}
    assert problem(token.post("/campaigns/preview", bad))[2] == {
        "units.0", "places.0", "categories.0", "silent_of",
    }  # fmt: skip
    bound = integration(*Scope, name="护理", unit=college.unit("护理系"), college=college)
    assert problem(bound.post("/campaigns/preview", {"units": ["U007"]}))[2] == {"units.0"}
    everybody = answered(bound.post("/campaigns/preview", {"everybody": True}))
    assert set(everybody["by_unit"]) <= {"U008", "U009"}
    assert not Campaign.objects.exists()


def test_a_campaign_shows_where_each_person_stands_by_each_way(
    college: College, token: Caller
) -> None:
    campaign = started(token, units=["U007"])
    assert (campaign["people"], campaign["standings"]["waiting"]) == (3, 3)
    college.work()
    path = f"/campaigns/{campaign['id']}"
    people = token.get(f"{path}/people").json()["people"]
    assert {one["person"]["name"] for one in people} == {"小明", "小红", "小刚"}
    assert {one["standing"] for one in people} == {"queued"}
    little = integration(Scope.OUTREACH_READ, name="大屏", college=college)
    assert {one["person"] for one in little.get(f"{path}/people").json()["people"]} == {None}
    assert little.get(path).json()["units"] == [{"unit": "U007", "people": 3, "settled": 0}]
    for name in ("外辅导员", "小明"):
        assert problem(logged_in(college, name).get(path))[0] in {403, 404}
    assert problem(logged_in(college, "辅导员").post(f"{path}/end", {}))[0] == 403
    assert answered(token.post(f"{path}/end", {}))["ended_at"]


def test_a_draft_is_kept_changed_previewed_and_sent_once(college: College, token: Caller) -> None:
    article = made(token.post("/articles", ARTICLE))["version"]["id"]
    draft = made(token.post("/campaigns/drafts", {"subject": "还没想好"}))
    path = f"/campaigns/drafts/{draft['id']}"
    content = {"article": article, "words": "今晚读完", "audience": {"units": ["U007"]},
               "steps": [{"ways": ["sms"], "wait_minutes": 30}]}  # fmt: skip
    changed = answered(token.post(path, content | {"edition": draft["edition"]}))
    assert (changed["edition"], changed["steps"]) == (2, content["steps"])
    assert (
        problem(token.post(path, content | {"edition": 1}))[1] == "outreach.draft-changed-meanwhile"
    )
    assert problem(token.post(path, content | {"edition": 2, "article": 99}))[2] == {"article"}
    assert answered(token.get(f"{path}/preview"))["people"] == 3
    assert problem(logged_in(college, "辅导员").get(path))[0] == 404
    assert problem(token.post("/campaigns/drafts", {"subject": "通知\nBcc: x"}))[0] == 422
    assert not Campaign.objects.exists()
    sent = made(token.post(f"{path}/send", {"edition": 2}))
    assert (sent["words"], sent["people"]) == ("今晚读完", 3)
    assert problem(token.post(f"{path}/send", {"edition": 2}))[1] == "outreach.draft-is-sent"
    assert token.get(path).json()["campaign"] == sent["id"]
    other = made(token.post("/campaigns/drafts", content))
    away = token.post(f"/campaigns/drafts/{other['id']}/discard", {"edition": 1})
    assert answered(away)["discarded_at"]
    assert token.get("/campaigns/drafts").json()["total"] == 0
    (gone,) = answered(token.get("/campaigns/drafts", state="discarded"))["drafts"]
    assert (gone["id"], gone["closed_by"]) == (other["id"], None)


def test_everybody_is_told_only_when_it_was_chosen(college: College, token: Caller) -> None:
    article = made(token.post("/articles", ARTICLE))["version"]["id"]
    body = {"article": article, "subject": "通知", "audience": {"units": ["U004"]}}
    assert problem(token.post("/campaigns", body))[1] == "outreach.everybody-not-chosen"
    nobody = body | {"audience": {}}
    assert problem(token.post("/campaigns", nobody))[1] == "outreach.empty-audience"
    lines = body | {"subject": "通知\nBcc: x"}
    assert problem(token.post("/campaigns", lines))[2] <= {"subject", "body.subject"}
    assert problem(token.post("/campaigns", body | {"article": 99}))[2] == {"article"}
    assert not Campaign.objects.exists()


def test_the_next_to_ring_the_number_on_record_and_what_came_of_it(
    college: College, it_is: Callable[[datetime], None], token: Caller
) -> None:
    article = made(token.post("/articles", ARTICLE))["version"]["id"]
    body = {
        "article": article, "subject": "请戴口罩", "audience": {"units": ["U007"]},
        "steps": [{"ways": ["callers"], "wait_minutes": 0}],
    }  # fmt: skip
    made(token.post("/campaigns", body))
    college.fast_forward(hours=2)
    it_is(college.now)
    me = token.acting_for(college["辅导员"].number)
    following = me.get("/call-list/next").json()
    assert following["call"]["person"]["name"] in {"小明", "小红", "小刚"}
    assert "国家卫生健康委" in following["text"]
    path = f"/call-list/{following['call']['id']}"
    assert me.post(f"{path}/phone", {}).json()["phone"].startswith("+86142")
    assert Entry.objects.filter(verb="roster.phone.revealed").exists()
    told = answered(me.post(f"{path}/outcome", {"outcome": "TOLD"}))
    assert told["closing"] == "TOLD"
    assert problem(me.post(f"{path}/outcome", {"outcome": "TOLD"}))[0] == 409
    wrong = me.get("/call-list/next").json()["call"]
    answered(me.post(f"/call-list/{wrong['id']}/outcome", {"outcome": "WRONG_NUMBER"}))
    (correction,) = token.get("/corrections").json()["corrections"]
    assert correction["person"]["number"] == wrong["person"]["number"]
    answered(token.post(f"/corrections/{correction['id']}/right", {}))
    assert token.get("/corrections").json()["total"] == 0
    assert problem(logged_in(college, "外辅导员").post(f"{path}/phone", {}))[0] == 404
    assert CallTask.objects.filter(next_try_at__isnull=False).count() == 1


def test_the_group_of_a_unit_is_noted_and_ended(college: College, token: Caller) -> None:
    assert answered(token.post("/units/U007/group", {"number": "123456"}))["number"] == "123456"
    assert problem(token.post("/units/U007/group", {"number": "12"}))[2] == {"number"}
    assert answered(token.post("/units/U007/group", {}))["number"] == ""
    assert problem(logged_in(college, "外辅导员").post("/units/U007/group", {}))[0] == 404


def test_times_are_told_with_their_cases_and_few_cases_are_not(college: College) -> None:
    college.report("小明", FEVER)
    mine = logged_in(college, "主任").get("/times").json()
    own = next(row for row in mine["incidents"] if row["unit"] == "U005")
    assert own["spans"]["symptom_report"]["cases"] == 1
    little = integration(Scope.LEDGER_READ, name="大屏", college=college)
    told = little.get("/times").json()
    assert {row["spans"]["symptom_report"]["cases"] for row in told["incidents"]} == {None}
    assert problem(little.get("/times", days=0))[2] == {"days"}
