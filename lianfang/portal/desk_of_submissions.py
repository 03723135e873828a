"""The one way by which a page hands in a report."""

from __future__ import annotations

from datetime import datetime

from lianfang.reporting.models import DailyReport
from lianfang.usecases import submission_desk
from lianfang.usecases.daily_report import Filing


def submit(filing: Filing, now: datetime) -> DailyReport:
    """The stored report; raises the refusals of `daily_report.submit_daily_report`."""
    return submission_desk.submit(filing, now=now)
