"""Fourteen days of watching over a person: the clock moves, nothing is taken for granted."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from lianfang.kernel.actors import SYSTEM
from lianfang.kernel.clock import parse_moment
from lianfang.kernel.refusals import Invalid
from lianfang.monitoring import operations as monitoring
from lianfang.monitoring.models import MonitoringFact, MonitoringFile
from tests.cast import College

pytestmark = pytest.mark.django_db


def open_file(
    college: College, name: str = "小明", *, on: date | None = None, by: str = "主任"
) -> MonitoringFile:
    return monitoring.open_file(
        person=college[name],
        category="MET_FROM_AREA",
        reason="1月31日和从武汉回来的亲戚吃饭",
        evidence="摸排表",
        last_exposure_on=on or college.today,
        source="exposure:1",
        by=college[by],
        actor=college.actor(by),
        now=college.now,
    )


def test_the_days_count_from_the_last_exposure_and_a_carer_is_found() -> None:
    college = College.found()
    file = open_file(college)
    assert file.state == "TO_VERIFY"
    assert file.eligible_on == date(2020, 2, 16)  # exposed on 1 February: day 15
    assert file.last_day == date(2020, 2, 15)
    assert (file.carer, file.deputy) == (college["辅导员"], college["主任"])


def test_a_second_exposure_begins_the_days_anew_and_keeps_the_old_end() -> None:
    college = College.found()
    file = open_file(college)
    college.now += timedelta(days=5)
    again = open_file(college)
    assert again.pk == file.pk
    assert again.eligible_on == date(2020, 2, 21)
    [fact] = MonitoringFact.objects.filter(file=file, kind="EXPOSED_AGAIN")
    assert fact.detail["old_end_on"] == "2020-02-15"
    earlier = open_file(college, on=date(2020, 1, 20))
    assert earlier.eligible_on == date(2020, 2, 21)


def test_an_exposure_in_the_future_and_a_label_without_a_reason_are_refused_at_once() -> None:
    college = College.found()
    with pytest.raises(Invalid) as refusal:
        monitoring.open_file(
            person=college["小明"], category="?", reason=" ", evidence="",
            last_exposure_on=college.today + timedelta(days=1), source="", by=None,
            actor=SYSTEM, now=college.now,
        )  # fmt: skip
    assert set(refusal.value.problems) == {"category", "reason", "last_exposure_on"}
