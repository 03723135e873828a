"""What the desk can do over the API: people, posts, codes, calls, the board, the post office."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianfang.accounts.models import ActivationCode
from lianfang.api.models import Scope
from lianfang.audit.models import Entry
from lianfang.notifications.models import ParkedAnswer
from lianfang.roster.models import Post
from lianfang.screening.models import Finding
from tests.api import Caller, integration, logged_in, operator, problem
from tests.cast import FEVER, College

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(college: College) -> Caller:
    return integration(*Scope, name="综合系统", college=college)


# ---------------------------------------------------------------- people


def test_the_people_of_a_unit_by_state(college: College) -> None:
    college.report("小明", FEVER)
    college.report("小红")
    me = logged_in(college, "辅导员")
    names = {
        state: [one["name"] for one in me.get("/units/U007/people", state=state).json()["people"]]
        for state in ("missing", "events", "zero", "all")
    }
    assert names == {
        "missing": ["小刚"], "events": ["小明"], "zero": ["小红"], "all": ["小刚", "小红", "小明"],
    }  # fmt: skip


def test_who_has_something_to_follow_up_is_health(college: College) -> None:
    """A class reporter, and a token without `answers:read`, know who has reported and no more."""
    college.report("小明", FEVER)
    college.appoint("小红", "网络1班", "CLASS_REPORTER")
    little = integration(Scope.PEOPLE_READ, name="宿管", college=college)
    for caller in (logged_in(college, "小红"), little):
        people = caller.get("/units/U007/people").json()["people"]
        assert {one["follow_up"] for one in people} == {None}
        answer = caller.get("/units/U007/people", state="events")
        assert problem(answer) == (422, "invalid", {"state"})
        assert problem(caller.get(f"/people/{college['小明'].number}/answers"))[0] == 403


def test_a_person_without_and_with_the_answers(college: College) -> None:
    college.report("小明", FEVER)
    me, path = logged_in(college, "辅导员"), f"/people/{college['小明'].number}"
    record = me.get(path).json()
    assert [len(day["reports"]) for day in record["days"]] == [1]
    assert "38.2" not in str(record)
    seen = me.get(f"{path}/answers").json()
    assert seen["everything"] is True
    assert seen["reports"][0]["answers"]["temperature"] == "38.2"
    entry = Entry.objects.get(verb="reporting.answers.seen")
    assert (entry.actor_id, entry.concerns) == (college["辅导员"].pk, college["小明"].pk)
    for name in ("外辅导员", "组长", "小红"):
        assert problem(logged_in(college, name).get(f"{path}/answers"))[0] in {403, 404}


def test_a_number_is_told_after_the_look_was_written_down(college: College, token: Caller) -> None:
    path, why = f"/people/{college['小明'].number}/phone", {"reason": "missing"}
    told = logged_in(college, "辅导员").post(path, why)
    assert told.json()["phone"] == college["小明"].phone
    assert token.acting_for(college["主任"].number).post(path, why).status_code == 200
    looks = Entry.objects.filter(verb="roster.phone.revealed").order_by("id")
    assert [one.actor_label for one in looks] == ["辅导员", "综合系统 (主任)"]
    assert problem(logged_in(college, "外辅导员").post(path, why))[0] == 404
    assert problem(logged_in(college, "辅导员").post(path, {"reason": "x"}))[2] == {"reason"}
    assert problem(operator(college).post(path, why))[0] in {403, 404}


# ---------------------------------------------------------------- posts and codes


def test_posts_are_given_seen_and_ended(college: College, token: Caller) -> None:
    body = {"person": college["小红"].number, "role": "CLASS_REPORTER"}
    for caller in (logged_in(college, "主任"), token):
        made = caller.post("/units/U007/posts", body)
        assert made.status_code == 201
        shown = caller.get("/units/U007/posts").json()["posts"]
        assert {"小红", "辅导员"} <= {post["name"] for post in shown}
        assert problem(caller.post("/units/U007/posts", body))[0] == 409
        path = f"/posts/{made.json()['id']}/end"
        ended = caller.post(path, {})
        assert ended.json()["held_until"] == "2020-02-01"
        assert problem(caller.post(path, {}))[0] in {404, 409, 422}
    assert not Post.objects.filter(role="CLASS_REPORTER", held_until__isnull=True).exists()


def test_posts_are_kept_by_whoever_governs_and_by_nobody_for_themselves(
    college: College, token: Caller
) -> None:
    body = {"person": college["小红"].number, "role": "CLASS_REPORTER"}
    assert problem(logged_in(college, "辅导员").post("/units/U007/posts", body))[0] == 403
    assert problem(logged_in(college, "外辅导员").post("/units/U007/posts", body))[0] == 404
    mine = body | {"person": college["主任"].number}
    for caller in (logged_in(college, "主任"), token.acting_for(college["主任"].number)):
        assert problem(caller.post("/units/U007/posts", mine))[:2] == (403, "roster.not-oneself")
    strange = body | {"person": college["外人"].number}
    assert problem(logged_in(college, "主任").post("/units/U007/posts", strange))[0] == 404
    bound = integration(*Scope, name="护理", unit=college.unit("护理系"), college=college)
    assert problem(bound.post("/units/U007/posts", body))[0] == 404


def test_candidates_are_sought_among_ones_own_people(college: College) -> None:
    me = logged_in(college, "主任")
    assert [one["unit"] for one in me.get("/people", q="小").json()["people"]] == ["U007"] * 3
    assert me.get("/people", q="外").json() == {"people": [], "more": False}
    assert problem(logged_in(college, "小明").get("/people", q="小"))[0] == 403
    lacking = {one["name"] for one in me.get("/vacancies").json()["units"]}
    assert "网络1班" in lacking
    assert "护理1班" not in lacking


def test_codes_are_shown_once_and_only_for_ones_own_people(college: College, token: Caller) -> None:
    path, body = "/units/U007/codes", {"people": [college["小明"].number]}
    for caller in (logged_in(college, "辅导员"), token):
        made = caller.post(path, body)
        assert made.status_code == 201
        (slip,) = made.json()["slips"]
        assert (slip["name"], bool(slip["code"])) == ("小明", True)
    assert ActivationCode.objects.filter(used_at__isnull=True).exists()
    strange = {"people": [college["小明"].number, college["外人"].number]}
    assert problem(token.post(path, strange)) == (422, "invalid", {"people.1"})
    assert problem(logged_in(college, "外辅导员").post(path, body))[0] == 404
    holder = {"people": [college["辅导员"].number]}
    answer = problem(token.post("/units/U005/codes", holder))
    assert answer[:2] == (403, "accounts.holds-a-post")
    accounts = logged_in(college, "辅导员").get("/units/U007/accounts").json()
    assert (accounts["total"], accounts["active"]) == (3, 0)
    assert [one["name"] for one in accounts["accounts"] if one["has_code"]] == ["小明"]


# ---------------------------------------------------------------- calls


def test_a_call_back_is_seen_and_settled(college: College, token: Caller) -> None:
    college.report("小明", FEVER)
    me = logged_in(college, "辅导员")
    (waiting,) = me.get("/call-backs").json()["call_backs"]
    assert (waiting["person"]["name"], waiting["urgent"]) == ("小明", True)
    path = f"/call-backs/{waiting['receipt']}"
    seen = me.get(path).json()
    assert seen["answers"]["symptoms"] == ["fever", "dry_cough"]
    assert all(one["words"] for one in seen["findings"])
    assert problem(logged_in(college, "外辅导员").get(path))[0] == 404
    settled = token.acting_for(college["辅导员"].number).post(path, {"verdict": "TRUE"})
    assert settled.json()["settled"] is True
    assert set(Finding.objects.values_list("verdict", flat=True)) == {"TRUE"}
    assert me.get("/call-backs").json()["total"] == 0
    assert me.post(path, {"verdict": "MISTAKE"}).json()["findings"][0]["verdict"] == "TRUE"


# ---------------------------------------------------------------- a signed day, the board


def test_a_frozen_version_keeps_its_words_for_those_who_may_read_them(college: College) -> None:
    college.report("小明", FEVER)
    draft = logged_in(college, "辅导员").get("/units/U007/draft").json()
    assert (draft["declaration"], draft["signed_version"]) == ("WITH_EVENTS", None)
    body = {"declaration": "WITH_EVENTS", "narrative": "一名学生发热"}
    assert logged_in(college, "辅导员").post("/units/U007/reports", body).status_code == 201
    path = "/units/U007/reports/1"
    seen = logged_in(college, "主任").get(path).json()
    assert seen["narrative"] == "一名学生发热"
    assert {one["name"] for one in seen["not_reached"]} == {"小红", "小刚"}
    leader = logged_in(college, "组长").get(path).json()
    assert (leader["narrative"], leader["not_reached"]) == (None, None)
    little = integration(Scope.LEDGER_READ, name="大屏", college=college)
    told = little.get(path).json()
    assert (told["narrative"], told["not_reached"], told["version"]) == (None, None, 1)
    assert problem(logged_in(college, "外辅导员").get(path))[0] == 404
    for version in ("2", "0", "99999999", "x"):
        assert problem(little.get(f"/units/U007/reports/{version}"))[0] == 404


def test_the_board_is_for_whoever_sees_the_college(college: College) -> None:
    college.report("小明", FEVER)
    little = integration(Scope.LEDGER_READ, name="大屏", college=college)
    for caller in (logged_in(college, "组长"), little):
        board = caller.get("/board").json()
        assert (board["incidents_open"], board["incidents_waiting"]) == (1, 1)
        assert board["ledger"]["zero"] is None
        assert len(board["curve"]) == 14
        where = caller.get("/where").json()
        assert (where["people"], where["known"]) == (1, False)
        assert [spot["people"] for spot in where["spots"]] == [None]
        county = caller.get("/where", province="510000").json()
        assert len(county["spots"]) == 1
    bound = integration(Scope.LEDGER_READ, name="系", unit=college.unit("信息系"), college=college)
    for caller in (logged_in(college, "主任"), bound):
        assert problem(caller.get("/board"))[0] == 403
        assert len(caller.get("/units/U005/curve").json()["days"]) == 14
    assert problem(little.get("/where", province="990000"))[2] == {"province"}


# ---------------------------------------------------------------- the post office, one's own


def test_letters_in_trouble_are_told_without_their_text(college: College) -> None:
    college.report("小明", FEVER)
    parked = ParkedAnswer.objects.create(
        channel="sms_http", phone="+8614200000001", phone_index="x", text="收到吗",
        reason="UNCLEAR", received_at=college.now,
    )  # fmt: skip
    little = integration(Scope.MESSAGES_READ, name="网络中心", college=college)
    for caller in (logged_in(college, "组长"), little, operator(college)):
        state = caller.get("/gateways").json()
        assert state["parked"] == 1
        assert caller.get("/gateways/letters").json()["total"] == 0
        shown = caller.get("/gateways/parked").json()["answers"]
        assert [one["text"] for one in shown] == ["收到吗"]
        assert "142" not in str(shown)
    path = f"/gateways/parked/{parked.pk}/settle"
    assert problem(little.post(path, {}))[:2] == (403, "api.scope-missing")
    assert problem(logged_in(college, "辅导员").post(path, {}))[0] == 403
    leader = logged_in(college, "书记")
    assert [leader.post(path, {}).json()["settled"] for _turn in range(2)] == [True, False]


def test_ones_own_letters_looks_and_questions(college: College) -> None:
    college.report("小明", FEVER)
    me = logged_in(college, "辅导员")
    assert me.get("/me/messages").json()["unread"] == 1
    assert me.post("/me/messages/read", {}).json() == {"marked": 1}
    (asked,) = me.get("/me/summonses").json()["summonses"]
    path = f"/me/summonses/{asked['id']}/answer"
    assert problem(logged_in(college, "主任").post(path, {"answer": "MINE"}))[0] == 404
    assert me.post(path, {"answer": "MINE"}).json() == {"summonses": []}
    assert me.get("/incidents").json()["incidents"][0]["acknowledged_by"] == "辅导员"
    looks = logged_in(college, "小明").get("/me/looks").json()["looks"]
    assert "辅导员" in {one["by"] for one in looks}


def test_no_list_asks_more_for_more_people(college: College, token: Caller) -> None:
    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert token.get(path).status_code == 200
        return len(queries)

    paths = ["/units/U007/people", "/units/U007/accounts", "/call-backs", "/units/U007/posts"]
    college.report("小明", FEVER)
    before = {path: asked(path) for path in paths * 2}
    for name in ("小红", "小刚"):
        college.report(name, FEVER)
        college.appoint(name, "网络1班", "CLASS_REPORTER")
    for number in range(5):
        college.enrol(f"新{number}", "网络1班")
    assert {path: asked(path) for path in paths} == before
