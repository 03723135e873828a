"""How long things took, unit by unit, with the number of cases behind each figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from lianfang.api.access import caller_of
from lianfang.api.models import Scope
from lianfang.api.routers.common import answers
from lianfang.api.shapes.times import FigureOut, TimesOut, UnitTimesOut
from lianfang.usecases import response_times
from lianfang.usecases.response_times import Figure, UnitTimes

router = Router(tags=["board"])


@router.get("/times", response=answers(200, TimesOut), url_name="times")
def times(request: HttpRequest, days: Annotated[int, Query(ge=1, le=62)] = 14) -> TimesOut:
    """Symptom to report, to hand-over, to an answer, to the hospital, to the result; the same for
    directives: median and p90 in seconds, facts and no ranking. Token: `ledger:read`.
    """
    caller = caller_of(request)
    caller.needs(Scope.LEDGER_READ)
    until = caller.today + timedelta(days=1)
    span: dict[str, Any] = {
        "since": until - timedelta(days=days), "until": until, "now": caller.now,
    }  # fmt: skip
    own = caller.sight.event_units
    if caller.integration is not None and not caller.has(Scope.ANSWERS_READ):
        own = frozenset()  # few cases are somebody: a token sees them with `answers:read` only
    incidents = response_times.incident_times(units=caller.event_figure_units, own=own, **span)
    directives = response_times.directive_times(units=caller.figure_units, **span)
    return TimesOut(
        since=span["since"],
        until=caller.today,
        incidents=_rows(incidents),
        directives=_rows(directives),
    )


def _rows(found: Sequence[UnitTimes]) -> list[UnitTimesOut]:
    return [
        UnitTimesOut(
            unit=row.unit.code if row.unit else None,
            spans={name: _figure(figure) for name, figure in row.figures.items()},
        )
        for row in found
    ]


def _figure(one: Figure) -> FigureOut:
    return FigureOut(cases=one.n, median_s=_seconds(one.median), p90_s=_seconds(one.p90))


def _seconds(took: timedelta | None) -> float | None:
    return None if took is None else round(took.total_seconds(), 3)
