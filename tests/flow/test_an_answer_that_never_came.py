"""No answer came, so the sender asks again, after the day has closed: the old receipt comes back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from lianfang.api.models import Scope
from lianfang.reporting.models import DailyReport
from lianfang.reporting.receiving import DayIsOver, KeyReused
from lianfang.usecases import submission_desk
from lianfang.usecases.daily_report import Filing, submit_daily_report
from tests.api import FEVER, FINE, integration, problem
from tests.cast import FINE as FINE_ANSWERS
from tests.cast import College
from tests.web.portal import FINE_FORM, client_of

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AFTER = timedelta(days=10)


def test_one_report_gets_its_receipt_again_after_the_day_has_closed(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    caller = integration(Scope.REPORTS_WRITE, college=college)
    body = {"person": college["小明"].number, "day": "2020-02-01", "answers": FINE}
    first = caller.report(body, key="one")
    it_is(college.now + LONG_AFTER)
    again = caller.report(body, key="one")
    assert (again.status_code, again.json()) == (201, first.json())
    assert DailyReport.objects.count() == 1
    assert problem(caller.report(body, key="two"))[:2] == (409, "reporting.day-is-closed")
    other = caller.report(body | {"answers": FEVER}, key="one")
    assert problem(other)[:2] == (409, "reporting.key-reused")


def test_a_batch_gets_its_receipts_again_and_only_for_what_was_stored(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    caller = integration(Scope.REPORTS_WRITE, college=college)

    def entry(name: str, answers: Any = FINE) -> dict[str, Any]:
        number = college[name].number
        return {"key": name, "person": number, "day": "2020-02-01", "answers": answers}

    first = caller.post("/reports/batch", {"reports": [entry("小明"), entry("小红", FEVER)]})
    it_is(college.now + LONG_AFTER)
    many = [entry("小明"), entry("小刚"), entry("小红", FEVER), entry("小红")]
    told = caller.post("/reports/batch", {"reports": many}).json()["results"]
    assert [one["status"] for one in told] == [201, 409, 201, 409]
    receipts = [one["report"]["receipt"] for one in first.json()["results"]]
    assert [told[0]["report"]["receipt"], told[2]["report"]["receipt"]] == receipts
    assert told[1]["problem"]["code"] == "reporting.day-is-closed"
    assert told[3]["problem"]["code"] == "reporting.key-reused"
    assert DailyReport.objects.count() == 2


@pytest.mark.parametrize("later", [timedelta(days=1), LONG_AFTER])
def test_a_form_that_is_sent_again_on_a_later_day_comes_to_its_receipt(
    college: College, it_is: Callable[[datetime], None], later: timedelta
) -> None:
    sent = FINE_FORM | {"opened_on": "2020-02-01"}
    first = client_of(college, "小明").post("/report/", sent)
    it_is(college.now + later)
    client = client_of(college, "小明")
    again = client.post("/report/", sent)
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert client.post("/report/2020-02-01/", sent)["Location"] == first["Location"]
    assert DailyReport.objects.count() == 1
    # Another form of that day is another report: asked back, or too late for it.
    assert client.post("/report/", sent | {"key": "another"}).status_code == 422
    stranger = client_of(college, "小红").post("/report/", sent)
    assert stranger.status_code == 422


@pytest.mark.parametrize("submit", [submit_daily_report, submission_desk.submit])
def test_every_way_in_remembers_its_answer(college: College, submit: Any) -> None:
    def filing(key: str, **more: Any) -> Filing:
        return Filing(
            person=college["小明"],
            day=college.today,
            answers=more.get("answers", FINE_ANSWERS),
            source=DailyReport.Source.PROXY,
            actor=college.actor("辅导员"),
            submitted_by=college["辅导员"],
            key=key,
            proxy_reason=more.get("reason", "PHONE"),
            told_by="本人",
        )

    mine = filing("a")
    first = submit(mine, now=college.now)
    assert submit(mine, now=college.now + LONG_AFTER) == first
    with pytest.raises(DayIsOver):
        submit(filing(uuid.uuid4().hex), now=college.now + LONG_AFTER)
    with pytest.raises(KeyReused):
        submit(Filing(**{**_fields(mine), "proxy_reason": "PAPER"}), now=college.now + LONG_AFTER)


def _fields(filing: Filing) -> dict[str, Any]:
    return {name: getattr(filing, name) for name in Filing.__dataclass_fields__}
