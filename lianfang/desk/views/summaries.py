"""A summary of a signed day as a file: xlsx or CSV for A, B, E and F, a line of text for H."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from lianfang.kernel.refusals import NotYours
from lianfang.portal.edge import Visit, for_desk
from lianfang.usecases import summaries


@for_desk
@require_GET
def summary(request: HttpRequest, visit: Visit, unit: int, day: str, kind: str) -> HttpResponse:
    """`?format=csv` for a program, `?language=en` for a reader without Chinese."""
    node = summaries.unit_of_summary(unit, sight=visit.sight)
    made = summaries.export(
        unit=node,
        day=_day_of(day),
        kind=summaries.kind_of(kind),
        actor=visit.actor,
        now=visit.now,
        as_csv=request.GET.get("format") == "csv",
        language="en" if request.GET.get("language") == "en" else "zh-hans",
    )
    answer = HttpResponse(made.content, content_type=made.content_type)
    # A line of text is read on the page; a sheet is kept.
    is_sheet = not made.name.endswith(".txt")
    answer.headers["Content-Disposition"] = (
        content_disposition_header(is_sheet, made.name) or "inline"
    )
    return answer


def _day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotYours from error
