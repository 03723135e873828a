"""Where people were and whom they met, read out of reports and surveys as arrays.

Only places that were listed on some day are read: what the database can leave out is never
fetched. One question per day of the look-back keeps to the index of the current reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np

from lianfang.kernel.clock import reporting_day
from lianfang.places import divisions
from lianfang.places import queries as places
from lianfang.places.models import AreaImport
from lianfang.reporting.models import DailyReport
from lianfang.screening.exposure_rules import (
    PLACE,
    SOURCES,
    TRIP,
    Ints,
    Listed,
    Lists,
    Match,
    Met,
    Segments,
    joined,
    matches,
    matches_of_meetings,
    runs_of_reports,
)
from lianfang.surveys import queries as surveys
from lianfang.surveys.models import Meeting

FETCH = 20_000
People = Sequence[int] | None  # None: everybody


def listed_now() -> list[Listed]:
    """The list as known now, each entry with the number of the list that brought it."""
    numbers = dict(AreaImport.objects.values_list("pk", "number"))
    return [
        Listed(row.area_code, row.listed_on, row.delisted_on, row.pk, numbers[row.came_with_id],
               row.name)
        for row in places.listings().order_by("pk")
    ]  # fmt: skip


@lru_cache(maxsize=8)
def lists_of(listings: tuple[Listed, ...], first: date, last: date) -> Lists:
    """The lists of a look-back, kept while they stay the same: a report asks for them as well."""
    return Lists(listings, first=first, last=last)


def find(lists: Lists, *, people: People = None) -> list[Match]:
    """Everybody (or these people) whose places and meetings match the lists."""
    found = matches(segments(lists, people=people), lists)
    return found + matches_of_meetings(meetings(lists, people=people), lists)


def segments(lists: Lists, *, people: People = None) -> Segments:
    """Stays at the places of the lists: daily reports, trips, and the place of the survey."""
    parts = [_reports(lists, people), _trips(lists, people), _places(lists, people)]
    return joined(parts)


def _reports(lists: Lists, people: People) -> Segments:
    """Current daily reports of the look-back; consecutive days at one place are one segment."""
    index = lists.index
    if people is not None:
        return _reports_of(people, lists)
    columns: list[tuple[Ints, Ints, Ints]] = []
    for day in range(lists.first, lists.last + 1):
        number = day - lists.first
        codes = [code for code, row in index.items() if lists.is_listed[row, number]]
        if not codes:
            continue
        rows = DailyReport.objects.filter(
            day=date.fromordinal(day), is_current=True, county_code__in=codes
        )
        pairs = rows.values_list("person_id", "county_code")
        found = [(one, index[code]) for one, code in pairs.iterator(chunk_size=FETCH)]
        table = np.array(found, dtype=np.int64).reshape(-1, 2)
        columns.append((table[:, 0], table[:, 1], np.full(len(table), day, dtype=np.int64)))
    if not columns:
        return Segments.of(())
    person, code, days = (np.concatenate(column) for column in zip(*columns, strict=True))
    return runs_of_reports(person, code, days)


def _reports_of(people: Sequence[int], lists: Lists) -> Segments:
    """The same for a few people, in one question."""
    rows = DailyReport.objects.filter(
        person_id__in=people,
        day__range=(date.fromordinal(lists.first), date.fromordinal(lists.last)),
        is_current=True,
    ).values_list("person_id", "county_code", "day")
    found = [
        (person, lists.index[code], day.toordinal())
        for person, code, day in rows.iterator(chunk_size=FETCH)
        if code in lists.index
    ]
    table = np.array(found, dtype=np.int64).reshape(-1, 3)
    return runs_of_reports(table[:, 0], table[:, 1], table[:, 2])


def _trips(lists: Lists, people: People) -> Segments:
    first, last = date.fromordinal(lists.first), date.fromordinal(lists.last)
    rows = surveys.trips_touching(
        first=first, last=last, codes=lists.codes, people=people
    ).values_list("response__person_id", "county_code", "arrived_on", "left_on", "pk")
    source = SOURCES.index(TRIP)
    return Segments.of(
        (person, lists.index[code], arrived.toordinal(), left.toordinal(), source, pk)
        for person, code, arrived, left, pk in rows.iterator(chunk_size=FETCH)
    )


def _places(lists: Lists, people: People) -> Segments:
    """The place of an answer holds until the day on which it was given, or confirmed."""
    rows = surveys.whereabouts(
        last=date.fromordinal(lists.last), codes=lists.codes, people=people
    ).values_list("person_id", "county_code", "since_on", "confirmed_at", "pk")
    source = SOURCES.index(PLACE)
    return Segments.of(
        (person, lists.index[code], since.toordinal(), reporting_day(said).toordinal(), source, pk)
        for person, code, since, said, pk in rows.iterator(chunk_size=FETCH)
    )


def meetings(lists: Lists, *, people: People = None) -> list[Met]:
    """Meetings of the look-back; one that goes on lasts until the answer was given."""
    first = date.fromordinal(lists.first)
    rows = surveys.meetings_since(first, people=people).values_list(
        "response__person_id", "pk", "kind", "from_code", "last_met_on", "still_in_contact",
        "response__confirmed_at",
    )  # fmt: skip
    return [
        Met(
            person,
            pk,
            max(last, reporting_day(said)) if goes_on else last,
            kind != Meeting.Kind.FROM_AREA,
            code,
        )
        for person, pk, kind, code, last, goes_on, said in rows.iterator(chunk_size=FETCH)
    ]


def still_said(people: Sequence[int], *, first: date, last: date) -> list[Match]:
    """What the records of these people say at all, whatever is listed: every place counts."""
    everywhere = Lists([Listed(code, first, None) for code in _provinces()], first=first, last=last)
    return find(everywhere, people=people)


def _provinces() -> tuple[str, ...]:
    return tuple(one.code for one in divisions.every() if one.level == "province")
