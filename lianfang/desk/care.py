"""The pages that look after people, under one tab. A room adds one line to `CARE`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianfang.campus import access as campus
from lianfang.clusters import access as clusters
from lianfang.contacts import access as contacts
from lianfang.desk.cluster_board import waiting_alerts
from lianfang.desk.frame import Tab, address_of, answer
from lianfang.desk.waiting import Waiting
from lianfang.doubts import access as doubts
from lianfang.monitoring import access as monitoring
from lianfang.monitoring.queries import rows_of
from lianfang.portal.edge import Visit
from lianfang.quarantine import access as quarantine
from lianfang.screening import access as exposures
from lianfang.screening.queries import hits_to_verify
from lianfang.surveys import queries as surveys


@dataclass(frozen=True, slots=True)
class CarePage:
    """`may_open` is the door of the page itself; `waiting` counts what has to be done now."""

    name: str  # of the URL
    label: Promise | str
    sentence: Promise | str
    may_open: Callable[[Visit], bool]
    waiting: Callable[[Visit], int]


@dataclass(frozen=True, slots=True)
class Card:
    label: str
    sentence: str
    url: str
    waiting: int


CARE: list[CarePage] = [
    CarePage(
        "desk-clusters",
        _("Early warning"),
        _("Many ill at once: alerts with their clock, detectors, and what is not known."),
        may_open=lambda visit: clusters.may_look(visit.sight),
        waiting=waiting_alerts,
    ),
    CarePage(
        "desk-contacts",
        _("Close contacts"),
        _("Whom a case met, who is called every day, what went to the CDC."),
        may_open=lambda visit: contacts.may_open_page(visit.sight),
        waiting=lambda visit: contacts.waiting_for(visit.sight, day=visit.today),
    ),
    CarePage(
        "desk-groups",
        _("Groups"),
        _("Courses, canteen tables and activities: who meets whom."),
        may_open=lambda visit: visit.account.is_operator,
        waiting=lambda _visit: 0,
    ),
    CarePage(
        "desk-surveys",
        _("Survey"),
        _("Where people were and whom they met: who has answered, who has not and why."),
        may_open=lambda visit: bool(visit.sight.figure_units),
        waiting=lambda visit: surveys.missing(visit.sight.event_units, day=visit.today).count(),
    ),
    CarePage(
        "desk-exposures",
        _("Exposures"),
        _("Whom a list or an answer brings up: ring, and write down what is so."),
        may_open=lambda visit: exposures.may_open(visit.sight),
        waiting=lambda visit: hits_to_verify(visit.sight.event_units).count(),
    ),
    CarePage(
        "desk-monitoring",
        _("Key monitoring"),
        _("Who is watched over and why, two checks a day, and the release that you decide."),
        may_open=lambda visit: monitoring.may_open_files(visit.sight),
        waiting=lambda visit: monitoring_waiting(visit),
    ),
    CarePage(
        "desk-rounds",
        _("Rounds"),
        _("Morning, noon and evening checks of a class on campus."),
        may_open=lambda visit: bool(visit.sight.event_units),
        waiting=lambda _visit: 0,
    ),
    CarePage(
        "desk-quarantine",
        _("Quarantine"),
        _("Who must stay where, on whose order; rooms, checks, needs, release."),
        may_open=lambda visit: quarantine.may_open(visit.sight),
        waiting=lambda visit: quarantine.waiting(visit.sight, now=visit.now),
    ),
    CarePage(
        "desk-doubts",
        _("Records and reports"),
        _("Who may need help with reporting, and records that disagree."),
        may_open=lambda visit: doubts.may_open(visit.sight) or campus.may_import(visit.sight),
        waiting=lambda visit: doubts.waiting(visit.sight),
    ),
]


def monitoring_waiting(visit: Visit) -> int:
    files = monitoring.named_files(visit.sight).filter(closed_at__isnull=True)
    return sum(row.urgency < 4 for row in rows_of(files, now=visit.now))


def open_pages(visit: Visit) -> list[CarePage]:
    return [page for page in CARE if address_of(page.name) and page.may_open(visit)]


def cards(visit: Visit) -> list[Card]:
    """What this viewer may open, with the number of things that wait for them."""
    return [
        Card(str(page.label), str(page.sentence), address_of(page.name), page.waiting(visit))
        for page in open_pages(visit)
    ]


def care_rows(visit: Visit) -> list[Waiting]:
    """For the first page of the desk: one row for each page on which somebody waits.

    The survey is left out: its numbers are large for days, and nobody is ill of them.
    """
    found = [(page, page.waiting(visit)) for page in CARE if page.name != "desk-surveys"]
    return [
        Waiting(str(page.label), gettext("%(n)s to do") % {"n": n}, address_of(page.name))
        for page, n in found
        if n and page.may_open(visit)
    ]


def care_tabs(visit: Visit) -> list[Tab]:
    """The second row of tabs, on every page under this one."""
    return [Tab(page.name, str(page.label), address_of(page.name)) for page in open_pages(visit)]


def care_answer(
    request: HttpRequest,
    visit: Visit,
    template: str,
    *,
    page: str,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page under Care; `page` is the name of its entry in `CARE`, its template extends desk/care/frame.html."""
    frame = {"care_tabs": care_tabs(visit), "care_here": page}
    return answer(request, visit, template, here="desk-care", status=status, **(frame | context))
