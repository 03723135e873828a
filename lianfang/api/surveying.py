"""Surveys between the API and their room: coverage by unit, an answer and what is wrong in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.utils.translation import gettext as _

from lianfang.api.access import Caller
from lianfang.api.shapes.surveys import CoverageOut, MeetingOut, SaidOut, SurveyAnswersIn, TripOut
from lianfang.api.shifts import named
from lianfang.kernel.refusals import Invalid
from lianfang.roster.access import View
from lianfang.roster.models import Unit, UnitLink
from lianfang.roster.queries import held_on
from lianfang.surveys import queries
from lianfang.surveys.models import SurveyResponse
from lianfang.surveys.queries import Coverage
from lianfang.surveys.rules import Meeting, Said, Trip
from lianfang.usecases.surveys import ContradictoryAnswer

_ENTRY = re.compile(r"(trip|meeting)-(\d+)-(\w+)")
_FIELDS = {"place_text": "county_code", "has_trips": "trips", "has_meetings": "meetings"}
_OF_ENTRY = {"trip.place": "county_code", "meeting.from": "from_code",
             "meeting.still": "still_in_contact"}  # fmt: skip


def coverage_rows(unit: Unit, *, sight: View, day: date) -> list[CoverageOut]:
    """The unit and those in sight right below it, each with everything below."""
    children = Unit.objects.filter(
        parent=unit, closed_on__isnull=True, pk__in=sight.figure_units
    ).order_by("position", "code")
    units = [unit, *children]
    below: dict[int, list[int]] = {one.pk: [] for one in units}
    links = UnitLink.objects.filter(held_on(day), ancestor_id__in=below)
    for above, under in links.values_list("ancestor_id", "descendant_id"):
        below[above].append(under)
    own = queries.coverage(day=day, unit_ids={under for those in below.values() for under in those})
    rows = [
        (one, sum((own[under] for under in below[one.pk] if under in own), Coverage()))
        for one in units
    ]
    return [_row(one, sums, one.pk in sight.event_figure_units) for one, sums in rows]


def _row(unit: Unit, sums: Coverage, knows_events: bool) -> CoverageOut:
    names = (
        "nothing", "with_trips", "with_meetings", "refused", "unreachable", "moved", "missing",
    )  # fmt: skip
    return CoverageOut(
        unit=unit.code,
        expected=sums.expected,
        answered=sums.answered,
        without_answer=sums.without_answer,
        **{name: getattr(sums, name) if knows_events else None for name in names},
    )


def said_in(body: SurveyAnswersIn) -> Said:
    return Said(
        county_code="" if body.abroad else body.county_code,
        place=body.place,
        is_abroad=body.abroad,
        since_on=body.since_on,
        has_trips=bool(body.trips),
        trips=tuple(Trip(**trip.dict()) for trip in body.trips),
        has_meetings=bool(body.meetings),
        meetings=tuple(Meeting(**meeting.dict()) for meeting in body.meetings),
        community_told=body.community_told,
        community=body.community,
    )


@contextmanager
def with_field_names() -> Iterator[None]:
    """What contradicts is told beside the fields of the request: `trips.0.left_on`."""
    try:
        yield
    except ContradictoryAnswer as refusal:
        told = {_field(fault.where): _(fault.text) % fault.context for fault in refusal.faults}
        raise Invalid(told) from refusal


def _field(where: str) -> str:
    entry = _ENTRY.fullmatch(where)
    if entry is None:
        return _FIELDS.get(where, where)
    kind, number, name = entry.groups()
    return f"{kind}s.{number}.{_OF_ENTRY.get(f'{kind}.{name}', name)}"


def said_out(one: SurveyResponse, caller: Caller) -> SaidOut:
    said = queries.said_of(one)
    return SaidOut(
        revision=one.revision,
        is_current=one.is_current,
        answered_at=one.answered_at,
        confirmed_at=one.confirmed_at,
        source=one.source,
        entered_by=named(one.entered_by, caller),
        county_code=said.county_code,
        place=said.place,
        abroad=said.is_abroad,
        since_on=said.since_on,
        trips=[TripOut.model_validate(trip) for trip in said.trips],
        meetings=[MeetingOut.model_validate(meeting) for meeting in said.meetings],
        community_told=said.community_told,
        community=said.community,
    )
