"""The one way by which a page hands in a report."""

from __future__ import annotations

from datetime import datetime

from lianfang.reporting.models import DailyReport
from lianfang.usecases import daily_report
from lianfang.usecases.daily_report import Filing


def submit(filing: Filing, now: datetime) -> DailyReport:
    """The stored report; raises the refusals of `submit_daily_report`."""
    return daily_report.submit_daily_report(filing, now=now)
