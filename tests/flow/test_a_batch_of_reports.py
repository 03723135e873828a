"""Another system brings many reports at once: each is answered, one that is wrong refuses no other."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianfang.api.models import Scope
from lianfang.incidents.models import Incident
from lianfang.reporting import queries
from lianfang.reporting.models import DailyReport
from tests.api import FEVER, FINE, Caller, integration, problem
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def caller(college: College) -> Caller:
    return integration(Scope.REPORTS_WRITE, college=college)


def entry(college: College, name: str, answers: Any = FINE, **more: Any) -> dict[str, Any]:
    return {"key": f"k-{name}", "person": college[name].number, "answers": answers, **more}


def send(caller: Caller, *entries: Any) -> dict[str, Any]:
    answer = caller.post("/reports/batch", {"reports": list(entries)})
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def test_everybody_of_a_batch_is_counted(college: College, caller: Caller) -> None:
    told = send(caller, *(entry(college, name) for name in college.people))
    assert (told["stored"], told["refused"]) == (len(college.people), 0)
    ledger = queries.ledger(college.unit("学院"), day=college.today)
    assert (ledger.zero, ledger.missing) == (len(college.people), 0)
    assert set(DailyReport.objects.values_list("source", flat=True)) == {"API"}


def test_each_entry_is_answered_by_itself(college: College, caller: Caller) -> None:
    told = send(
        caller,
        entry(college, "小明", FEVER),
        entry(college, "小红", FINE | {"temperature": 45}),
        {"key": "k", "person": "nobody", "answers": FINE},
        entry(college, "小刚", {}),
        "not an object",
        entry(college, "外人", FINE, role="admin"),
        entry(college, "主任", FINE, day="2020-02-02"),
        entry(college, "书记", FINE, day="2020-01-31"),
    )
    assert [one["status"] for one in told["results"]] == [201, 422, 404, 422, 422, 422, 422, 201]
    problems = [one["problem"] for one in told["results"]]
    assert set(problems[1]["fields"]) == {"answers.temperature"}
    assert "answers.unwell" in problems[3]["fields"]
    assert set(problems[5]["fields"]) == {"role"}
    assert problems[6]["code"] == "reporting.day-has-not-begun"
    assert (told["stored"], told["refused"]) == (2, 6)
    assert Incident.objects.get().person == college["小明"]


def test_the_same_batch_again_gives_the_same_answer(college: College, caller: Caller) -> None:
    entries = [entry(college, name, FEVER) for name in ("小明", "小红")]
    first = send(caller, *entries)
    assert send(caller, *entries) == first
    assert DailyReport.objects.count() == 2
    assert Incident.objects.count() == 2


def test_a_person_twice_in_a_batch_is_two_revisions(college: College, caller: Caller) -> None:
    told = send(
        caller,
        entry(college, "小明"),
        entry(college, "小明", FINE | {"note": "补充"}, key="k2"),
    )
    assert [one["report"]["revision"] for one in told["results"]] == [1, 2]


def test_a_key_that_was_used_for_something_else_refuses_only_itself(
    college: College, caller: Caller
) -> None:
    told = send(
        caller,
        entry(college, "小明"),
        entry(college, "小红", key="k-小明"),
        entry(college, "小刚"),
    )
    assert [one["status"] for one in told["results"]] == [201, 409, 201]
    assert told["results"][1]["problem"]["code"] == "reporting.key-reused"


def test_a_bound_system_brings_reports_of_its_own_people_only(college: College) -> None:
    bound = integration(Scope.REPORTS_WRITE, unit=college.unit("信息系"), college=college)
    told = send(bound, entry(college, "小明"), entry(college, "外人"))
    assert [one["status"] for one in told["results"]] == [201, 404]


def test_more_than_500_are_refused_whole(college: College, caller: Caller) -> None:
    entries = [entry(college, "小明", key=str(n)) for n in range(501)]
    answer = caller.post("/reports/batch", {"reports": entries})
    assert problem(answer) == (422, "invalid", {"reports"})
    assert problem(caller.post("/reports/batch", {"reports": []}))[0] == 422
    assert not DailyReport.objects.exists()


def test_more_than_a_megabyte_is_refused_unread(caller: Caller) -> None:
    answer = caller.post("/reports/batch", {"reports": ["x" * 1024 * 1024]})
    assert problem(answer) == (413, "api.too-large", set())


def test_five_batches_of_the_same_people_at_once_are_stored_once(
    college: College, caller: Caller
) -> None:
    entries = [entry(college, name, FEVER) for name in ("小明", "小红", "小刚", "外人")]
    together = threading.Barrier(5)

    def one(_turn: int) -> dict[str, Any]:
        try:
            together.wait(timeout=20)
            return send(caller, *entries)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        told = list(pool.map(one, range(5)))
    assert [answer["stored"] for answer in told] == [4] * 5
    assert all(answer == told[0] for answer in told)
    assert DailyReport.objects.count() == 4
    assert Incident.objects.count() == 4
    counted = queries.own_ledgers(day=college.today)
    assert counted == queries.recounted(day=college.today) | {
        unit: ledger for unit, ledger in counted.items() if not ledger.expected
    }


def test_a_batch_costs_no_query_per_person(college: College, caller: Caller) -> None:
    """People, their units and the areas of the day are asked for together."""
    few, many = ["小明", "小红"], ["小刚", "外人", "辅导员", "主任", "副主任", "书记"]
    costs = []
    for names in (few, many):
        with CaptureQueriesContext(connection) as queries_of:
            told = send(caller, *(entry(college, name) for name in names))
        assert told["stored"] == len(names)
        costs.append(len(queries_of))
    assert costs[1] <= costs[0]
