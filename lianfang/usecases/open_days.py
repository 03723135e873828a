"""Whether a day still takes reports, asked before anybody fills in a form for it."""

from __future__ import annotations

from datetime import date, datetime

from lianfang.kernel.clock import reporting_day
from lianfang.reporting.receiving import check_day_is_open
from lianfang.rulebook.queries import rules_in_force


def check_open(*, day: date, now: datetime) -> None:
    """Raises `DayHasNotBegun` or `DayIsOver`."""
    check_day_is_open(day=day, rules=rules_in_force(now), today=reporting_day(now))
