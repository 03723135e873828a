"""What a page can do the API can do: one's own report, its receipt, one for somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from lianfang.api.models import Scope
from lianfang.audit.models import Entry
from lianfang.notifications.models import Message
from lianfang.reporting import queries
from lianfang.reporting.models import CallRecord, DailyReport
from tests.api import FEVER, FINE, integration, logged_in, problem
from tests.cast import FEVER as ILL
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_report_by_token_is_the_same_report(college: College) -> None:
    caller = integration(Scope.REPORTS_WRITE, college=college)
    body = {"person": college["小明"].number, "day": "2020-02-01", "answers": FEVER}
    answer = caller.report(body | {"client_time": "2020-02-01T08:00:05+08:00"})
    assert answer.status_code == 201
    report = DailyReport.objects.get()
    assert answer.json() == {
        "receipt": report.receipt,
        "person": college["小明"].number,
        "day": "2020-02-01",
        "revision": 1,
        "received_at": "2020-02-01T00:00:00Z",
        "late": False,
        "follow_up": True,
    }
    assert (report.source, report.client_skew_s, report.submitted_by) == ("API", 5, None)
    entry = Entry.objects.get(verb="reporting.report.received")
    assert (entry.actor_kind, entry.actor_label) == ("INTEGRATION", "教务系统")
    assert Message.objects.filter(reference__startswith="escalation:").count() == 3


def test_the_answer_about_a_fever_says_what_to_do_and_who_was_told(college: College) -> None:
    me = logged_in(college, "小明")
    receipt = me.report({"answers": FEVER}).json()["receipt"]
    told = me.get(f"/reports/{receipt}").json()
    assert [one["name"] for one in told["told"]] == ["辅导员", "主任", "值班员"]
    assert len(told["advice"]) == 3
    assert told["hospitals_are"] in {"county", "city", "province", "none"}
    assert told["next_due_at"] == "2020-02-02T04:00:00Z"
    assert told["report"]["answers"]["symptoms"] == ["fever", "dry_cough"]


def test_my_reports_are_mine_and_nobody_elses(college: College) -> None:
    college.report("小红", ILL)
    me = logged_in(college, "小明")
    first = me.report({"answers": FINE}).json()["receipt"]
    second = me.report({"answers": FEVER}).json()["receipt"]
    mine = me.get("/reports").json()["reports"]
    assert [(one["receipt"], one["current"]) for one in mine] == [(second, True), (first, False)]
    other = DailyReport.objects.get(person=college["小红"])
    assert problem(me.get(f"/reports/{other.receipt}"))[:2] == (404, "not-found")
    assert problem(logged_in(college, "辅导员").get(f"/reports/{first}"))[0] == 404


def test_a_token_has_no_reports_of_its_own(college: College) -> None:
    caller = integration(*Scope, college=college)
    assert problem(caller.get("/reports"))[:2] == (403, "api.for-people-only")
    assert problem(caller.get("/reports/0201-AAAA-AAAA"))[:2] == (403, "api.for-people-only")


def test_a_person_hands_in_no_batch(college: College) -> None:
    me = logged_in(college, "辅导员")
    answer = me.post("/reports/batch", {"reports": [{}]})
    assert problem(answer)[:2] == (403, "api.for-integrations-only")


# ---------------------------------------------------------------- on somebody's behalf


def proxy(college: College, name: str, **changes: Any) -> dict[str, Any]:
    told = {"proxy_reason": "PHONE", "told_by": "母亲", "answers": FINE}
    return told | {"person": college[name].number} | changes


def test_a_counselor_reports_for_somebody_and_it_is_marked(college: College) -> None:
    me = logged_in(college, "辅导员")
    body = proxy(college, "小明", answers=FEVER)
    first = me.post("/reports/proxy", body, Idempotency_Key="once")
    again = me.post("/reports/proxy", body, Idempotency_Key="once")
    assert (first.status_code, again.content) == (201, first.content)
    report = DailyReport.objects.get()
    assert (report.source, report.proxy_reason, report.told_by) == ("PROXY", "PHONE", "母亲")
    assert report.submitted_by == college["辅导员"]
    assert queries.ledger(college.unit("网络1班"), day=college.today).proxy == 1


@pytest.mark.parametrize("name", ["外辅导员", "小红", "组长"])
def test_only_who_may_read_the_answers_reports_for_somebody(college: College, name: str) -> None:
    me = logged_in(college, name)
    answer = me.post("/reports/proxy", proxy(college, "小明"), Idempotency_Key="k")
    assert problem(answer)[0] in {403, 404}
    assert not DailyReport.objects.exists()


def test_a_class_reporter_knows_who_reported_and_writes_for_nobody(college: College) -> None:
    college.appoint("小红", "网络1班", "CLASS_REPORTER")
    me = logged_in(college, "小红")
    answer = me.post("/reports/proxy", proxy(college, "小明"), Idempotency_Key="k")
    assert problem(answer)[:2] == (403, "forbidden")


@pytest.mark.parametrize(
    "changes,field",
    [
        ({"proxy_reason": "BORED"}, "proxy_reason"),
        ({"told_by": ""}, "told_by"),
        ({"told_by": "x" * 61}, "told_by"),
        ({"source": "WEB"}, "source"),
    ],
)
def test_a_proxy_report_says_why_and_by_whom(
    college: College, changes: dict[str, str], field: str
) -> None:
    me = logged_in(college, "辅导员")
    body = proxy(college, "小明", **changes)
    answer = me.post("/reports/proxy", body, Idempotency_Key="k")
    assert problem(answer) == (422, "invalid", {field})


# ---------------------------------------------------------------- calls


def test_a_call_is_written_down_and_decides_who_is_unreachable(college: College) -> None:
    me = logged_in(college, "辅导员")
    body = {"person": college["小刚"].number, "outcome": "NO_ANSWER", "note": "响了十声"}
    answer = me.post("/calls", body)
    assert answer.status_code == 201
    call = CallRecord.objects.get()
    assert (call.person, call.called_by, call.note) == (
        college["小刚"],
        college["辅导员"],
        "响了十声",
    )
    assert queries.ledger(college.unit("网络1班"), day=college.today).unreachable == 1
    shown = me.get("/units/U007/missing").json()["people"]
    assert [one["name"] for one in shown if one["unreachable"]] == ["小刚"]


@pytest.mark.parametrize("name", ["外辅导员", "小红", "组长"])
def test_nobody_writes_down_a_call_to_somebody_they_may_not_see(
    college: College, name: str
) -> None:
    body = {"person": college["小刚"].number, "outcome": "CONFIRMED"}
    assert problem(logged_in(college, name).post("/calls", body))[0] in {403, 404}
    assert not CallRecord.objects.exists()
