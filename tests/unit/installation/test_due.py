"""A worker's look whether anything waits: the same answer as the query, without building it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianfang.installation.due import Waiting, when_due
from lianfang.reporting.models import DueMoment

pytestmark = pytest.mark.django_db


def moment_at(due_at: datetime, **more: object) -> DueMoment:
    return DueMoment.objects.create(
        day=due_at.date(), action="CUT_OFF", level="PERSON", due_at=due_at, **more
    )


def open_moments() -> Waiting:
    return Waiting(lambda now: DueMoment.objects.filter(done_at__isnull=True, due_at__lte=now))


def test_each_asking_compares_with_its_own_moment(now: datetime) -> None:
    waiting = open_moments()
    assert not waiting.is_any(now)
    moment_at(now)
    assert not waiting.is_any(now - timedelta(microseconds=1))
    assert waiting.is_any(now)
    assert waiting.is_any(now + timedelta(days=1))


def test_what_is_done_waits_no_more(now: datetime) -> None:
    waiting = open_moments()
    moment_at(now, done_at=now)
    assert not waiting.is_any(now)


def test_rows_that_do_not_look_at_the_moment_are_refused(now: datetime) -> None:
    with pytest.raises(TypeError, match="compared with the moment"):
        Waiting(lambda _now: DueMoment.objects.filter(done_at__isnull=True)).is_any(now)


def test_a_move_is_made_only_when_its_rows_wait(now: datetime) -> None:
    made: list[datetime] = []

    @when_due(lambda now: DueMoment.objects.filter(done_at__isnull=True, due_at__lte=now))
    def move(*, now: datetime) -> bool:
        made.append(now)
        return True

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert move(now=now) is None
    assert len(asked) == 1
    assert made == []
    moment_at(now)
    assert move(now=now) is True
    assert made == [now]
