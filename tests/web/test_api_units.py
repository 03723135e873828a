"""Ledgers in which silence is null, who is missing, signing, and the files that go upward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from lianfang.api.models import Scope
from lianfang.audit.models import Entry
from lianfang.reporting.models import UnitReport
from tests.api import Caller, integration, logged_in, problem
from tests.cast import FEVER, College

pytestmark = pytest.mark.django_db(transaction=True)
READ_AS_ZERO = ("zero", "with_events", "late", "proxy")


@pytest.fixture
def caller(college: College) -> Caller:
    return integration(Scope.LEDGER_READ, Scope.PEOPLE_READ, college=college)


# ---------------------------------------------------------------- ledgers


def test_a_ledger_has_every_figure_of_the_day(college: College, caller: Caller) -> None:
    college.everybody_reports("小刚")
    college.report("小明", FEVER)
    ledger = caller.get("/units/U007/ledger").json()
    assert ledger | {"threshold": 0.5} == {
        "unit": "U007",
        "name": "网络1班",
        "day": "2020-02-01",
        "known": False,
        "threshold": 0.5,
        "expected": 3,
        "received": 2,
        "zero": 1,
        "with_events": 1,
        "missing": 1,
        "exempt": 0,
        "late": None,
        "unreachable": 0,
        "proxy": None,
        "completeness": pytest.approx(2 / 3),
        "timeliness": pytest.approx(2 / 3),
        "below": [],
    }


def test_silence_is_null_and_a_complete_zero_is_a_zero(college: College, caller: Caller) -> None:
    silent = caller.get("/units/U004/ledger").json()
    assert silent["known"] is False
    assert {silent[name] for name in READ_AS_ZERO} == {None}
    assert (silent["received"], silent["missing"], silent["completeness"]) == (0, 11, 0.0)
    college.everybody_reports()
    full = caller.get("/units/U004/ledger").json()
    assert full["known"] is True
    assert [full[name] for name in READ_AS_ZERO] == [11, 0, 0, 0]


def test_drop_forty_percent_and_no_zero_is_left(college: College, caller: Caller) -> None:
    college.everybody_reports("小明", "小红", "小刚", "外人", "书记")
    for unit in caller.get("/units").json()["units"]:
        ledger = caller.get(f"/units/{unit['code']}/ledger").json()
        if not ledger["known"]:
            assert 0 not in [ledger[name] for name in READ_AS_ZERO]


def test_the_units_directly_below_are_given_where_asked_for(
    college: College, caller: Caller
) -> None:
    college.everybody_reports("外人")
    below = caller.get("/units/U004/ledger", below="true").json()["below"]
    assert [(one["name"], one["missing"]) for one in below] == [
        ("信息系", 0),
        ("护理系", 1),
        ("党政办", 0),
    ]


def test_a_party_unit_counts_its_members(college: College, caller: Caller) -> None:
    college.report("小红")
    ledger = caller.get("/units/U003/ledger").json()
    assert (ledger["name"], ledger["expected"], ledger["zero"]) == ("学生党支部", 1, 1)


def test_a_class_reporter_learns_who_reported_and_not_that_somebody_is_ill(
    college: College,
) -> None:
    college.everybody_reports("小明")
    college.report("小明", FEVER)
    college.appoint("小红", "网络1班", "CLASS_REPORTER")
    me = logged_in(college, "小红")
    ledger = me.get("/units/U007/ledger").json()
    assert (ledger["received"], ledger["zero"], ledger["with_events"]) == (3, None, None)
    for path in ("reports", "summaries/A"):
        assert problem(me.get(f"/units/U007/{path}"))[:2] == (403, "forbidden")


# ---------------------------------------------------------------- the missing


def test_the_missing_are_named_to_who_may_see_them_and_it_is_written_down(
    college: College, caller: Caller
) -> None:
    college.everybody_reports("小刚", "外人")
    told = caller.get("/units/U004/missing").json()
    assert (told["total"], {one["name"] for one in told["people"]}) == (2, {"小刚", "外人"})
    mine = logged_in(college, "辅导员").get("/units/U007/missing").json()
    assert [(one["name"], one["unit"]) for one in mine["people"]] == [("小刚", "U007")]
    assert Entry.objects.filter(verb="reporting.missing.seen").count() == 2


def test_the_leading_group_sees_how_many_and_not_who(college: College) -> None:
    me = logged_in(college, "组长")
    assert me.get("/units/U004/ledger").json()["missing"] == 11
    assert problem(me.get("/units/U004/missing"))[:2] == (403, "forbidden")


def test_a_long_list_comes_in_pieces_and_costs_no_query_per_person(
    college: College, caller: Caller
) -> None:
    first = caller.get("/units/U004/missing", limit=6).json()
    rest = caller.get("/units/U004/missing", limit=6, offset=6).json()
    numbers = [one["number"] for one in first["people"] + rest["people"]]
    assert (first["total"], len(numbers), len(set(numbers))) == (11, 11, 11)


@pytest.mark.parametrize("path", ["/units/U007/missing", "/units/U004/missing"])
def test_the_list_costs_the_same_for_three_people_and_for_eleven(
    college: College, caller: Caller, path: str, django_assert_max_num_queries: Any
) -> None:
    caller.get("/me")
    with django_assert_max_num_queries(16):
        assert caller.get(path).status_code == 200


# ---------------------------------------------------------------- signing


def sign(caller: Caller, code: str, **body: str) -> Any:
    return caller.post(f"/units/{code}/reports", body)


def test_a_counselor_signs_and_the_next_level_sees_it(college: College) -> None:
    college.everybody_reports()
    answer = sign(logged_in(college, "辅导员"), "U007", declaration="ZERO_FULL")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["version"], told["signed_by"], told["known"]) == (1, "辅导员", True)
    assert told["figures"]["total"]["with_events"] == 0
    assert told["digest"] == UnitReport.objects.get().digest
    seen = logged_in(college, "主任").get("/units/U005/reports").json()
    assert seen["signed"] == []
    assert [(one["name"], one["state"]) for one in seen["below"]] == [("网络1班", "SIGNED")]


def test_a_full_zero_report_is_refused_while_anyone_is_missing(college: College) -> None:
    college.everybody_reports("小刚")
    me = logged_in(college, "辅导员")
    assert problem(sign(me, "U007", declaration="ZERO_FULL"))[:2] == (
        409,
        "reporting.still-missing",
    )
    partial = sign(me, "U007", declaration="ZERO_PARTIAL")
    assert partial.status_code == 201
    total = partial.json()["figures"]["total"]
    assert (total["with_events"], total["fever"], total["missing"]) == (None, None, 1)
    assert "小刚" not in partial.content.decode()


def test_a_correction_needs_its_reason(college: College) -> None:
    college.everybody_reports()
    me = logged_in(college, "辅导员")
    sign(me, "U007", declaration="ZERO_FULL")
    again = sign(me, "U007", declaration="ZERO_FULL")
    assert problem(again)[:2] == (409, "reporting.say-why-corrected")
    told = sign(me, "U007", declaration="ZERO_FULL", correction_reason="补报").json()
    assert told["version"] == 2


@pytest.mark.parametrize(
    "body,fields",
    [
        ({}, {"declaration"}),
        ({"declaration": "ZERO"}, {"declaration"}),
        ({"declaration": "ZERO_FULL", "expected": "3"}, {"expected"}),
        ({"declaration": "ZERO_FULL", "narrative": "x" * 2001}, {"narrative"}),
        ({"declaration": "ZERO_FULL", "day": "2020年2月1日"}, {"day"}),
    ],
)
def test_a_signature_that_says_something_else_is_refused(
    college: College, body: dict[str, str], fields: set[str]
) -> None:
    me = logged_in(college, "辅导员")
    assert problem(sign(me, "U007", **body)) == (422, "invalid", fields)


def test_who_does_not_answer_for_the_unit_does_not_sign(college: College) -> None:
    college.everybody_reports()
    assert problem(sign(logged_in(college, "组长"), "U007", declaration="ZERO_FULL"))[0] == 403
    assert problem(sign(logged_in(college, "外人"), "U007", declaration="ZERO_FULL"))[0] == 404
    token = integration(*Scope, name="x", college=college)
    answer = sign(token, "U007", declaration="ZERO_FULL")
    assert problem(answer)[:2] == (422, "api.say-who-acts")
    assert not UnitReport.objects.exists()


def test_a_unit_that_is_overdue_says_so(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    it_is(college.at("13:30"))
    seen = logged_in(college, "主任").get("/units/U005/reports").json()
    assert [one["state"] for one in seen["below"]] == ["OVERDUE"]


# ---------------------------------------------------------------- files


def test_the_files_of_the_api_and_of_the_desk_are_the_same(
    college: College, caller: Caller
) -> None:
    college.everybody_reports()
    sign(logged_in(college, "主任"), "U005", declaration="ZERO_FULL")
    desk = logged_in(college, "主任").client
    unit = college.unit("信息系").pk
    for kind in ("A", "B", "E", "H"):
        query = {"format": "csv"}
        here = caller.get(f"/units/U005/summaries/{kind}", **query)
        there = desk.get(f"/desk/summaries/{unit}/2020-02-01/{kind}/", query)
        assert (here.status_code, there.status_code) == (200, 200)
        assert here.content == there.content
    xlsx = desk.get(f"/desk/summaries/{unit}/2020-02-01/A/")
    assert xlsx.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert xlsx.content.startswith(b"PK")
    assert "attachment" in xlsx.headers["Content-Disposition"]
    assert Entry.objects.filter(verb="reporting.summary.exported").count() == 9


@pytest.mark.parametrize(
    "path,status",
    [
        ("{unit}/2020-02-01/C/", 404),
        ("{unit}/2020-02-02/A/", 404),
        ("{unit}/yesterday/A/", 404),
        ("{unit}/0001-01-01/B/", 404),
        ("1180591620717411303424/2020-02-01/A/", 404),
    ],
)
def test_a_summary_that_does_not_exist_is_404(college: College, path: str, status: int) -> None:
    desk = logged_in(college, "主任").client
    address = path.format(unit=college.unit("信息系").pk)
    assert desk.get(f"/desk/summaries/{address}").status_code == status


@pytest.mark.parametrize("name,status", [("外辅导员", 404), ("小明", 403), ("书记", 200)])
def test_a_summary_is_opened_by_a_post(college: College, name: str, status: int) -> None:
    desk = logged_in(college, name).client
    unit = college.unit("信息系").pk
    assert desk.get(f"/desk/summaries/{unit}/2020-02-01/A/").status_code == status
