"""Reports that arrive together are stored together, and none is lost or counted twice."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from lianfang.incidents.models import Incident
from lianfang.reporting import queries
from lianfang.reporting.models import DailyReport
from lianfang.reporting.receiving import KeyReused
from lianfang.usecases import submission_desk
from lianfang.usecases.daily_report import Filing
from tests.cast import FEVER, FINE, College

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[submission_desk.SubmissionDesk]:
    opened = submission_desk.SubmissionDesk()
    monkeypatch.setattr(submission_desk, "_desk", opened)
    yield opened
    opened.close()


def filing(college: College, name: str, answers: Any = FINE, key: str = "") -> Filing:
    return Filing(
        person=college[name],
        day=college.today,
        answers=answers,
        source=DailyReport.Source.WEB,
        actor=college.actor(name),
        submitted_by=college[name],
        key=key or uuid.uuid4().hex,
    )


def all_at_once(college: College, filings: list[Filing]) -> list[DailyReport | Exception]:
    """Hand the filings in from as many threads, released in the same moment."""
    answers: list[DailyReport | Exception] = [RuntimeError()] * len(filings)
    start = threading.Barrier(len(filings))

    def hand_in(position: int, one: Filing) -> None:
        start.wait()
        try:
            answers[position] = submission_desk.submit(one, now=college.now)
        except Exception as error:
            answers[position] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=hand_in, args=(position, one))
        for position, one in enumerate(filings)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers


@pytest.mark.usefixtures("desk")
def test_everybody_at_once_and_everybody_is_counted(college: College) -> None:
    names = list(college.people)
    answers = all_at_once(college, [filing(college, name) for name in names])
    assert all(isinstance(answer, DailyReport) for answer in answers)
    assert queries.own_ledgers(day=college.today) == queries.recounted(day=college.today)
    assert queries.ledger(college.unit("学院"), day=college.today).zero == len(names)


@pytest.mark.usefixtures("desk")
def test_the_same_submission_five_times_in_parallel_is_one_report(college: College) -> None:
    answers = all_at_once(college, [filing(college, "小明", FEVER, key="same")] * 5)
    receipts = {answer.receipt for answer in answers if isinstance(answer, DailyReport)}
    assert (len(answers), len(receipts)) == (5, 1)
    assert (DailyReport.objects.count(), Incident.objects.count()) == (1, 1)


def test_the_same_submission_five_times_without_a_desk_is_one_report_too(
    college: College,
) -> None:
    answers = all_at_once(college, [filing(college, "小明", FEVER, key="same")] * 5)
    receipts = {answer.receipt for answer in answers if isinstance(answer, DailyReport)}
    assert (len(receipts), DailyReport.objects.count()) == (1, 1)


@pytest.mark.usefixtures("desk")
def test_two_phones_of_one_person_make_two_revisions_and_one_incident(college: College) -> None:
    answers = all_at_once(college, [filing(college, "小明", FINE), filing(college, "小明", FEVER)])
    revisions = sorted(a.revision for a in answers if isinstance(a, DailyReport))
    assert (revisions, Incident.objects.count()) == ([1, 2], 1)
    assert queries.own_ledgers(day=college.today) == queries.recounted(day=college.today)


@pytest.mark.usefixtures("desk")
def test_a_report_that_is_refused_harms_nobody_beside_it(college: College) -> None:
    submission_desk.submit(filing(college, "小明", FINE, key="used"), now=college.now)
    other = replace(FINE, county_code="511703")
    answers = all_at_once(
        college, [filing(college, "小明", other, key="used"), filing(college, "小红")]
    )
    assert isinstance(answers[0], KeyReused)
    assert isinstance(answers[1], DailyReport)
    assert DailyReport.objects.filter(person=college["小红"]).count() == 1
