"""Format D, 异常个案日报: one line for each incident of a day, names masked, as a sheet.

The names of those whose answers the reader may not see read as the code of their incident.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianfang.audit import operations as audit
from lianfang.incidents.models import Incident
from lianfang.installation.queries import is_exercise
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import at_local
from lianfang.roster.models import Person
from lianfang.usecases import summary_files
from lianfang.usecases.incident_words import InWords, stamp
from lianfang.usecases.summaries import EXERCISE, Export
from lianfang.usecases.summary_tables import Cell, Table

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def cases_of(
    *, units: Collection[int], day: date, reader: Person | None, now: datetime
) -> list[Incident]:
    """What was open at any moment of the day, the oldest first; never the reader's own."""
    begins, ends = at_local(day, time.min), at_local(day + timedelta(days=1), time.min)
    return list(
        Incident.objects.filter(
            Q(closed_at__isnull=True) | Q(closed_at__gte=begins),
            unit_id__in=units,
            opened_at__lt=min(ends, now + timedelta(seconds=1)),
        )
        .exclude(person=reader)
        .select_related("person", "unit", "acknowledged_by", "first_report")
        .order_by("opened_at", "id")
    )


def columns() -> list[str]:
    return [
        pgettext("case list", "Name (masked)"), pgettext("case list", "Unit"),
        pgettext("case list", "Found at"), pgettext("case list", "Symptoms"),
        pgettext("case list", "Temperature"), pgettext("case list", "Epidemiological history"),
        pgettext("case list", "Hospital"), pgettext("case list", "Result"),
        pgettext("case list", "Search for close contacts"),
        pgettext("case list", "Told: departments and times"),
        pgettext("case list", "Present state"), pgettext("case list", "Next step"),
    ]  # fmt: skip


def row_of(incident: Incident, *, named: bool, now: datetime) -> list[str]:
    """The twelve official columns; without the name, what is health stays out as well."""
    told = InWords(incident, now)
    head = [incident.person.masked_name if named else incident.code, incident.unit.name]
    health = [
        told.symptoms, told.temperature, told.history, told.hospital(named=True), told.result,
    ] if named else [""] * 5  # fmt: skip
    tail = [told.contacts(named=False), told.told_shortly, told.state, told.next]
    return [*head, stamp(incident.opened_at), *health, *tail]


def table_of(
    *, units: Collection[int], named_units: Collection[int], day: date, reader: Person | None,
    now: datetime,
) -> Table:  # fmt: skip
    """The sheet of a day, in the language of the moment."""
    rows: list[list[Cell]] = [
        [n, *row_of(one, named=one.unit_id in named_units, now=now)]
        for n, one in enumerate(cases_of(units=units, day=day, reader=reader, now=now), start=1)
    ]
    return Table(
        tab="D",
        title=pgettext("case list", "Daily report of unusual cases"),
        facts=[
            (pgettext("case list", "Day"), day.isoformat()),
            (pgettext("case list", "As of"), stamp(now)),
            (pgettext("case list", "Cases"), str(len(rows))),
        ],
        columns=[pgettext("summary", "No."), *columns()],
        rows=rows,
        is_prose=True,
        notes=[] if rows else [_("No unusual case on this day in these units.")],
    )


@transaction.atomic
def export(
    *, units: Collection[int], named_units: Collection[int], day: date, language: str,
    reader: Person | None, actor: Actor, now: datetime,
) -> Export:  # fmt: skip
    """The sheet as a file; each case in it is a look that is written down."""
    with translation.override("en" if language == "en" else "zh-hans"):
        table = table_of(units=units, named_units=named_units, day=day, reader=reader, now=now)
    note_looks(units=units, named_units=named_units, day=day, reader=reader, actor=actor, now=now)
    if is_exercise():
        table.title, table.tab = f"{EXERCISE} {table.title}", f"{EXERCISE} D"
    return Export(f"D-{day}.xlsx", _XLSX, summary_files.xlsx([table], now=now))


def note_looks(
    *, units: Collection[int], named_units: Collection[int], day: date,
    reader: Person | None, actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Everybody on the list can see that it was looked at."""
    audit.record_many(
        audit.entry(
            verb="incidents.case-list.seen", actor=actor, subject=one, now=now,
            concerns=one.person_id, named=one.unit_id in named_units, day=day.isoformat(),
        )
        for one in cases_of(units=units, day=day, reader=reader, now=now)
    )  # fmt: skip
