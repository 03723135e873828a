"""How long it took, with the number of cases behind each figure. Facts, and no ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lianfang.desk.frame import answer
from lianfang.portal.edge import Visit, for_desk
from lianfang.usecases import response_times
from lianfang.usecases.response_times import Figure, UnitTimes

SPANS_OF_DAYS = (7, 14, 28)


@for_desk
@require_GET
def times(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Of the units in sight, over the last days."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(n) for n in SPANS_OF_DAYS} else SPANS_OF_DAYS[1]
    until = visit.today + timedelta(days=1)
    span: dict[str, Any] = {
        "since": until - timedelta(days=days), "until": until, "now": visit.now,
    }  # fmt: skip
    incidents = response_times.incident_times(
        units=visit.sight.event_figure_units, own=visit.sight.event_units, **span
    )
    directives = response_times.directive_times(units=visit.sight.figure_units, **span)
    return answer(
        request,
        visit,
        "desk/outreach/times.html",
        here="desk-times",
        days=days,
        choices=SPANS_OF_DAYS,
        since=span["since"],
        tables=[
            (
                _("From the symptom to the result"),
                list(response_times.INCIDENT_SPANS.values()),
                _rows(incidents, response_times.INCIDENT_SPANS),
            ),
            (
                _("Directives"),
                list(response_times.DIRECTIVE_SPANS.values()),
                _rows(directives, response_times.DIRECTIVE_SPANS),
            ),
        ],
        small=response_times.SMALL,
    )


def _rows(found: Sequence[UnitTimes], spans: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": row.unit.name if row.unit else _("All together"),
            "cells": [
                (label, row.figures[span], _took(row.figures[span]))
                for span, label in spans.items()
            ],
        }
        for row in found
    ]


def _took(figure: Figure) -> tuple[str, str]:
    return _words(figure.median), _words(figure.p90)


def _words(took: timedelta | None) -> str:
    """40 s, 12 min, 3 h 20 min, 2 d 4 h."""
    if took is None:
        return ""
    seconds = round(took.total_seconds())
    if seconds < 60:
        return _("%(n)s s") % {"n": seconds}
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return _("%(h)s h %(m)s min") % {"h": hours, "m": rest}
    days, hours = divmod(hours, 24)
    return _("%(d)s d %(h)s h") % {"d": days, "h": hours}
