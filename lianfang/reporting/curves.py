"""The last days of some units as one line each: what is not known is None and never 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum

from lianfang.reporting.models import UnitDay
from lianfang.reporting.rules import Ledger
from lianfang.roster.models import Unit, UnitLink
from lianfang.roster.queries import held_on
from lianfang.rulebook.queries import Rules

CURVE_DAYS = 14


@dataclass(frozen=True, slots=True)
class CurveDay:
    """One day of the college. Rates are shares of 1; all is None on a day that nobody counted."""

    day: date
    completeness: float | None
    timeliness: float | None
    events: int | None
    is_known: bool

    @property
    def shown_events(self) -> int | None:
        return self.events if self.is_known else None


def curve_of(tops: Sequence[Unit], *, until: date, rules: Rules) -> list[CurveDay]:
    """The last fourteen days of these units with everything below them, oldest first."""
    first = until - timedelta(days=CURVE_DAYS - 1)
    below = UnitLink.objects.filter(held_on(until), ancestor__in=tops).values("descendant_id")
    sums: dict[date, dict[str, Any]] = {
        row["day"]: dict(row)
        for row in UnitDay.objects.filter(
            day__gte=first, day__lte=until, counted_at__isnull=False, unit_id__in=below
        )
        .values("day")
        .annotate(
            expected_sum=Sum("expected"),
            exempt_sum=Sum("exempt"),
            zero_sum=Sum("zero"),
            events_sum=Sum("with_events"),
            late_sum=Sum("late"),
        )
        .order_by()
    }
    threshold = float(rules.settings["completeness_threshold"])
    days = [first + timedelta(days=n) for n in range(CURVE_DAYS)]
    return [_curve_day(day, sums.get(day), threshold) for day in days]


def _curve_day(day: date, row: dict[str, Any] | None, threshold: float) -> CurveDay:
    if row is None:
        return CurveDay(day, None, None, None, is_known=False)
    ledger = Ledger(
        expected=row["expected_sum"],
        exempt=row["exempt_sum"],
        zero=row["zero_sum"],
        with_events=row["events_sum"],
        late=row["late_sum"],
    )
    return CurveDay(
        day,
        ledger.completeness,
        ledger.timeliness,
        ledger.with_events,
        is_known=ledger.is_known(threshold),
    )
