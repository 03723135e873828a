"""Whose reports one may open through their receipt: one's own, and those one gave for others."""

from __future__ import annotations

from django.db.models import Q

from lianfang.kernel.refusals import NotYours
from lianfang.reporting.models import DailyReport
from lianfang.roster.models import Person


def report_of_receipt(receipt: str, *, viewer: Person) -> DailyReport:
    """Raises `NotYours`, also for a receipt that does not exist."""
    report = (
        DailyReport.objects.filter(
            Q(person=viewer) | Q(submitted_by=viewer), receipt=receipt.strip().upper()[:20]
        )
        .select_related("person", "unit", "submitted_by")
        .first()
    )
    if report is None:
        raise NotYours
    return report
