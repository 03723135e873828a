"""The workers' poll looks at what is due and at nothing else (both databases say so)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianfang.notifications import delivering
from lianfang.notifications import operations as notifications
from lianfang.notifications.models import Delivery, Message
from tests.post_office import draft, person

pytestmark = pytest.mark.django_db(transaction=True)
DUE_INDEX = "notifications_due"


def fill(count: int, now: datetime) -> None:
    """So many letters that wait: a third for their channel, a third for tomorrow, a third sent."""
    someone = person("某人", 1)
    messages = Message.objects.bulk_create(
        [
            Message(
                reference=f"note:{n}", topic=f"note:{n}", recipient=someone, subject="s", body="b",
                created_at=now,
            )
            for n in range(count)
        ]
    )  # fmt: skip
    kinds = [("WAITING", None), ("HELD", now + timedelta(days=1)), ("SENT", None)]
    Delivery.objects.bulk_create(
        [
            Delivery(
                message=message, channel="sms", position=0, state=kinds[n % 3][0],
                next_due_at=kinds[n % 3][1], rank=n % 4 % 3,
            )
            for n, message in enumerate(messages)
        ]
    )  # fmt: skip


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_the_poll_reads_the_partial_index_and_stops_at_the_first_row(now: datetime) -> None:
    fill(3000, now)
    analyze()
    with CaptureQueriesContext(connection) as asked:
        assert delivering._claim(now=now, lease=timedelta(seconds=15)) is None
    assert len(asked) == 3, "one look for each rank"
    for query in asked.captured_queries:
        plan = plan_of(query["sql"])
        assert DUE_INDEX in plan
        assert "Seq Scan" not in plan
        assert "SCAN " not in plan
        assert "TEMP B-TREE" not in plan, "the index gives the order"
        if connection.vendor == "postgresql":
            assert "rows=0" in plan
            assert "Rows Removed by Filter" not in plan


def plan_of(sql: str) -> str:
    explain = "EXPLAIN (ANALYZE, TIMING OFF)" if connection.vendor == "postgresql" else (
        "EXPLAIN QUERY PLAN"
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {sql}")
        return "\n".join(str(row) for row in cursor.fetchall())


def test_what_is_due_is_found_among_thousands_that_are_not(now: datetime) -> None:
    fill(3000, now)
    analyze()
    notifications.queue([draft("alert:1", person("值班", 2), is_urgent=True)], now=now)
    found = delivering._claim(now=now, lease=timedelta(seconds=15))
    assert found is not None
    assert found[0].message.reference == "alert:1"
