"""A token acts for a person: never more than its scopes, its units and that person's posts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from lianfang.accounts.models import Account
from lianfang.api.models import Answered, Scope
from lianfang.audit.models import Entry
from lianfang.reporting.models import CallRecord, DailyReport, UnitReport
from tests.api import FEVER, FINE, Caller, integration, logged_in, problem
from tests.cast import FEVER as FEVER_ANSWERS
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(college: College) -> Caller:
    return integration(*Scope, name="企业微信", college=college)


def acting(token: Caller, college: College, name: str) -> Caller:
    return token.acting_for(college[name].number)


CALL = {"outcome": "NO_ANSWER"}


def test_what_a_person_has_to_do_needs_the_name_of_one(college: College, token: Caller) -> None:
    body = CALL | {"person": college["小明"].number}
    assert problem(token.post("/calls", body))[:2] == (422, "api.say-who-acts")
    for number in ("20180000", "x" * 40, "２０１９"):
        assert problem(token.acting_for(number).get("/me"))[:2] == (403, "api.nobody-acts")


def test_the_posts_of_the_person_decide_and_the_trail_names_both(
    college: College, token: Caller
) -> None:
    body = CALL | {"person": college["小明"].number}
    for name in ("外辅导员", "小红"):
        assert problem(acting(token, college, name).post("/calls", body))[:2] == (404, "not-found")
    assert acting(token, college, "辅导员").post("/calls", body).status_code == 201
    assert CallRecord.objects.get().called_by == college["辅导员"]
    entry = Entry.objects.get(verb="reporting.call.recorded")
    assert (entry.actor_kind, entry.actor_label) == ("INTEGRATION", "企业微信 (辅导员)")


def test_the_units_of_the_token_bound_the_person(college: College) -> None:
    bound = integration(*Scope, unit=college.unit("护理系"), college=college)
    seen = acting(bound, college, "书记").get("/units").json()["units"]
    assert {unit["name"] for unit in seen} == {"护理系", "护理1班"}
    body = CALL | {"person": college["小明"].number}
    assert problem(acting(bound, college, "辅导员").post("/calls", body))[0] == 404
    assert acting(bound, college, "书记").get("/units/U007/ledger").status_code == 404


def test_the_scopes_of_the_token_bound_the_person(college: College) -> None:
    college.report("小明", FEVER_ANSWERS)
    little = integration(Scope.INCIDENTS_READ, name="大屏", college=college)
    mine = acting(little, college, "辅导员")
    assert [one["person"] for one in mine.get("/incidents").json()["incidents"]] == [None]
    assert problem(mine.post("/calls", CALL | {"person": "1"}))[:2] == (403, "api.scope-missing")


def test_a_person_whose_account_was_ended_acts_no_more(college: College, token: Caller) -> None:
    person = college["辅导员"]
    Account.objects.create(
        person=person, login=person.number, created_at=college.now, is_active=False
    )
    assert problem(acting(token, college, "辅导员").get("/me"))[:2] == (403, "api.nobody-acts")


def test_a_unit_is_signed_for_whoever_answers_for_it(college: College, token: Caller) -> None:
    college.everybody_reports()
    path, body = "/units/U007/reports", {"declaration": "ZERO_FULL"}
    assert problem(acting(token, college, "组长").post(path, body))[0] == 403
    signed = acting(token, college, "辅导员").post(path, body)
    assert signed.status_code == 201
    assert UnitReport.objects.get().signed_by == college["辅导员"]


def test_a_proxy_report_is_brought_for_whoever_was_told(college: College, token: Caller) -> None:
    body = {
        "person": college["小明"].number, "answers": FEVER, "proxy_reason": "PHONE",
        "told_by": "本人",
    }  # fmt: skip
    other = acting(token, college, "外辅导员").post("/reports/proxy", body, Idempotency_Key="a")
    assert problem(other)[0] == 404
    made = acting(token, college, "辅导员").post("/reports/proxy", body, Idempotency_Key="a")
    assert made.status_code == 201
    assert DailyReport.objects.get().submitted_by == college["辅导员"]


def test_an_incident_is_handled_for_whoever_was_told_of_it(college: College, token: Caller) -> None:
    college.report("小明", FEVER_ANSWERS)
    mine = acting(token, college, "辅导员")
    one = mine.get("/incidents").json()["incidents"][0]
    path = f"/incidents/{one['id']}"
    assert one["person"]["name"] == "小明"
    assert problem(acting(token, college, "外辅导员").get(path))[0] == 404
    assert mine.post(f"{path}/acknowledge", {}).json()["acknowledged_by"] == "辅导员"
    fact = mine.post(f"{path}/facts", {"kind": "CALLED", "text": "已通话"})
    assert fact.status_code == 201
    early = mine.post(f"{path}/close", {"closing": "RULED_OUT", "text": "医生排除"})
    assert problem(early)[0] == 409  # not verified yet, whoever asks


def test_what_is_a_persons_own_is_no_tokens(
    college: College, token: Caller, subtests: pytest.Subtests
) -> None:
    mine = acting(token, college, "小明")
    for path in ("/reports", "/me/messages", "/me/looks", "/me/summonses"):
        with subtests.test(path):
            assert problem(mine.get(path))[:2] == (403, "api.for-people-only")


# ---------------------------------------------------------------- a change that is sent again


def test_the_same_key_changes_once_and_is_answered_alike(college: College, token: Caller) -> None:
    body = CALL | {"person": college["小明"].number}
    mine = acting(token, college, "辅导员")
    first = mine.post("/calls", body, Idempotency_Key="k")
    again = mine.post("/calls", body, Idempotency_Key="k")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    bare = mine.post("/calls", body)
    assert (bare.status_code, bare.content) == (first.status_code, first.content)
    assert CallRecord.objects.count() == 2


def test_a_key_stands_for_one_request_of_one_caller(college: College, token: Caller) -> None:
    body = CALL | {"person": college["小明"].number}
    mine = acting(token, college, "辅导员")
    mine.post("/calls", body, Idempotency_Key="k")
    others: list[tuple[Caller, Any]] = [
        (mine, body | {"outcome": "TOLD"}),
        (acting(token, college, "主任"), body),
    ]
    for caller, sent in others:
        answer = caller.post("/calls", sent, Idempotency_Key="k")
        assert problem(answer)[:2] == (409, "api.key-reused")
    elsewhere = logged_in(college, "辅导员").post("/calls", body, Idempotency_Key="k")
    assert elsewhere.status_code == 201
    assert CallRecord.objects.count() == 2


def test_a_refusal_is_not_kept_and_what_is_kept_is_sealed(college: College, token: Caller) -> None:
    body = CALL | {"person": college["小明"].number}
    mine = acting(token, college, "辅导员")
    wrong = mine.post("/calls", body | {"day": "2020-02-09"}, Idempotency_Key="k")
    assert problem(wrong) == (422, "invalid", {"day"})
    assert not Answered.objects.exists()
    assert mine.post("/calls", body, Idempotency_Key="k").status_code == 201
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM api_answered")
        (stored,) = cursor.fetchone()
    assert college["小明"].number not in stored


def test_keys_are_forgotten_after_a_week(
    college: College, token: Caller, it_is: Callable[[datetime], None]
) -> None:
    body = CALL | {"person": college["小明"].number}
    acting(token, college, "辅导员").post("/calls", body, Idempotency_Key="k")
    it_is(college.now + timedelta(days=8))
    answer = acting(token, college, "辅导员").post("/calls", body, Idempotency_Key="k")
    assert answer.status_code == 201
    assert (CallRecord.objects.count(), Answered.objects.count()) == (2, 1)


def test_a_report_by_token_says_who_reports_and_not_who_acts(
    college: College, token: Caller
) -> None:
    answer = token.report({"person": college["小明"].number, "answers": FINE})
    assert answer.status_code == 201
