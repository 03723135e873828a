"""Units: their ledgers, who is missing, what they signed, and the files that go upward."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Query, Router

from lianfang.api import units
from lianfang.api.access import caller_of
from lianfang.api.models import Scope
from lianfang.api.routers.common import DayAsked, Limit, Offset, answers, day_asked
from lianfang.api.shapes.units import LedgersOut, MissingListOut, MissingOut, UnitsOut
from lianfang.kernel.refusals import Forbidden
from lianfang.reporting import queries
from lianfang.roster import queries as roster
from lianfang.roster.models import Membership, Unit
from lianfang.roster.queries import held_on
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import summaries, traces

router = Router(tags=["units"])


@router.get("/units", response=answers(200, UnitsOut), url_name="units")
def list_units(request: HttpRequest, limit: Limit = 200, offset: Offset = 0) -> UnitsOut:
    """The units of today whose figures the caller may see. Token: `ledger:read`."""
    caller = caller_of(request)
    caller.needs(Scope.LEDGER_READ)
    found = (
        Unit.objects.filter(
            pk__in=caller.figure_units, opened_on__lte=caller.today, closed_on__isnull=True
        )
        .select_related("parent")
        .order_by("tree", "position", "code")
    )
    rules = rules_in_force(caller.now)
    page = found[offset : offset + limit]
    return UnitsOut(total=found.count(), units=[units.unit_out(unit, rules) for unit in page])


@router.get("/units/{code}/ledger", response=answers(200, LedgersOut), url_name="ledger")
def ledger(
    request: HttpRequest, code: str, day: DayAsked = None, below: bool = False
) -> LedgersOut:
    """The day of a unit with everything below it; `below=true` adds the units directly below.

    Token: `ledger:read`.
    """
    caller = caller_of(request)
    caller.needs(Scope.LEDGER_READ)
    unit = caller.unit(code)
    asked = day_asked(day, today=caller.today)
    threshold = units.threshold_of(rules_in_force(caller.now))
    own = units.ledger_out(
        unit,
        queries.ledger(unit, day=asked),
        day=asked,
        threshold=threshold,
        sees_events=unit.pk in caller.event_figure_units,
    )
    children = (
        units.ledgers_below(unit, day=asked, threshold=threshold, caller=caller) if below else []
    )
    return LedgersOut(**own.model_dump(), below=children)


@router.get("/units/{code}/missing", response=answers(200, MissingListOut), url_name="missing")
def missing(
    request: HttpRequest,
    code: str,
    day: DayAsked = None,
    limit: Limit = 200,
    offset: Offset = 0,
) -> MissingListOut:
    """Who has not reported, by name. Token: `people:read`. That it was asked is written down."""
    caller = caller_of(request)
    caller.needs(Scope.PEOPLE_READ)
    unit = caller.unit(code)
    if unit.pk not in caller.name_units:
        raise Forbidden
    asked = day_asked(day, today=caller.today)
    found = queries.missing_reporters(roster.subtree_ids(unit, day=asked), day=asked)
    people = list(found[offset : offset + limit])
    unreachable = queries.unreachable_ids(day=asked)
    members = Membership.objects.filter(
        held_on(asked), kind=Membership.Kind.REPORTING, person__in=people
    )
    codes = dict(members.values_list("person_id", "unit__code"))
    traces.leave(
        verb="reporting.missing.seen",
        actor=caller.actor,
        subject=unit,
        now=caller.now,
        day=asked.isoformat(),
        people=len(people),
    )
    return MissingListOut(
        unit=unit.code,
        day=asked,
        total=found.count(),
        people=[
            MissingOut(
                number=person.number,
                name=person.name,
                unit=codes.get(person.pk, ""),
                unreachable=person.pk in unreachable,
            )
            for person in people
        ],
    )


@router.get(
    "/units/{code}/summaries/{kind}",
    response=answers(200, None),
    url_name="summary",
    openapi_extra={
        "responses": {
            200: {
                "description": "xlsx or CSV for A, B, E and F; a line of text for H.",
                "content": {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {},
                    "text/csv": {},
                    "text/plain": {},
                },
            }
        }
    },
)
def summary(
    request: HttpRequest,
    code: str,
    kind: str,
    day: DayAsked = None,
    file: Annotated[Literal["xlsx", "csv"], Query(alias="format")] = "xlsx",
    language: Annotated[Literal["zh", "en"], Query()] = "zh",
) -> HttpResponse:
    """Format A, B, E, F or H from the signed reports, as a file. Token: `ledger:read`."""
    caller = caller_of(request)
    caller.needs(Scope.LEDGER_READ)
    made = summaries.export(
        unit=caller.unit_with_events(code),
        day=day_asked(day, today=caller.today),
        kind=summaries.kind_of(kind),
        actor=caller.actor,
        now=caller.now,
        as_csv=file == "csv",
        language="en" if language == "en" else "zh-hans",
    )
    answer = HttpResponse(made.content, content_type=made.content_type)
    answer.headers["Content-Disposition"] = (
        content_disposition_header(True, made.name) or "attachment"
    )
    return answer
