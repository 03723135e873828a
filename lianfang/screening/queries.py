"""Questions about findings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from lianfang.screening.models import Finding


def waiting_for_call(unit_ids: Iterable[int], *, day: date) -> QuerySet[Finding]:
    """Findings of the day's current reports that nobody has called back yet, urgent first."""
    return (
        Finding.objects.filter(
            report__day=day,
            report__is_current=True,
            report__unit_id__in=list(unit_ids),
            verified_at__isnull=True,
        )
        .select_related("report__person", "report__unit", "rule")
        .order_by("rule__severity", "report__received_at", "rule__position")
    )
