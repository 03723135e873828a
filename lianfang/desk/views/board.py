"""The committee's page, its living part, the map, and the shapes of the map."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lianfang.desk.board import board_of, open_in_subtrees
from lianfang.desk.frame import answer
from lianfang.desk.ledgers import children_of, unit_rows
from lianfang.installation.heartbeat import workers_are_silent
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.places import divisions, maps
from lianfang.portal.edge import Visit, for_desk
from lianfang.portal.templatetags.lianfang import day as day_in_words
from lianfang.reporting import queries
from lianfang.reporting.curves import CurveDay
from lianfang.reporting.whereabouts import Where, where_people_are
from lianfang.roster import queries as roster
from lianfang.roster.models import Unit
from lianfang.rulebook.queries import rules_in_force

SHAPES_KEPT = int(timedelta(days=30).total_seconds())


@for_desk
@require_GET
def board(request: HttpRequest, visit: Visit) -> HttpResponse:
    college = _college(visit)
    rules = rules_in_force(visit.now)
    shown = board_of(college, sight=visit.sight, day=visit.today, rules=rules, now=visit.now)
    return answer(
        request,
        visit,
        "desk/board.html",
        here="desk-board",
        board=shown,
        curve=for_chart(shown.curve),
        silent_workers=workers_are_silent(now=visit.now),
        threshold=rules.settings["completeness_threshold"],
    )


@for_desk
@require_GET
def live(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The sentence, the incidents and the tree again."""
    shown = board_of(
        _college(visit),
        sight=visit.sight,
        day=visit.today,
        rules=rules_in_force(visit.now),
        now=visit.now,
    )
    silent = workers_are_silent(now=visit.now)
    return answer(request, visit, "desk/_board_live.html", board=shown, silent_workers=silent)


def _college(visit: Visit) -> Unit:
    college = roster.college()
    if college is None or not visit.sight.sees_college:
        raise Forbidden
    return college


@for_desk
@require_GET
def branch(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The units below one unit of the tree, fetched when somebody opens it."""
    node = visit.sight.unit(pk)
    children = children_of(node, day=visit.today)
    rows = unit_rows(
        children,
        day=visit.today,
        rules=rules_in_force(visit.now),
        now=visit.now,
        event_units=visit.sight.event_figure_units,
        incidents=open_in_subtrees(children, sight=visit.sight, day=visit.today),
    )
    rows.sort(key=lambda row: row.attention)
    return answer(request, visit, "desk/_branch.html", rows=rows)


def for_chart(curve: list[CurveDay]) -> dict[str, Any]:
    """The curves for the script; what is not known is null and never 0."""
    return {
        "days": [day_in_words(one.day) for one in curve],
        "completeness": [_per_cent(one.completeness) for one in curve],
        "timeliness": [_per_cent(one.timeliness) for one in curve],
        "events": [one.shown_events for one in curve],
        "known": [one.is_known for one in curve],
        "words": {
            "completeness": _("reported"),
            "timeliness": _("in time"),
            "events": _("people with something to follow up"),
            "unknown": _("not yet known"),
            "people": _("people"),
        },
    }


def _per_cent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


@for_desk
@require_GET
def where(request: HttpRequest, visit: Visit, province: str = "") -> HttpResponse:
    """Where people are: a block of the board, and a page of its own with the same table."""
    college = _college(visit)
    if province and (divisions.find(province) is None or not province.endswith("0000")):
        raise NotYours
    rules = rules_in_force(visit.now)
    found = where_people_are(
        province,
        day=visit.today,
        unit_ids=None,
        small_cell=int(rules.settings["small_cell"]),
    )
    ledger = queries.ledger(college, day=visit.today)
    return answer(
        request,
        visit,
        "desk/_where.html" if request.headers.get("HX-Request") else "desk/where.html",
        here="desk-board",
        where=found,
        chart=_for_map(found),
        ledger=ledger,
        is_known=ledger.is_known(float(rules.settings["completeness_threshold"])),
        sources=maps.sources(),
    )


def _for_map(found: Where) -> dict[str, Any]:
    words = {
        "people": _("people"),
        "fewer": _("fewer than %(n)s") % {"n": found.small_cell},
        "nobody": _("nobody known here"),
    }
    return found.for_chart() | {"words": words}


@for_desk
@require_GET
def shapes(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """A map of the country or of one province, kept by the browser for a month."""
    try:
        path = maps.map_file("" if code == "china" else code)
    except divisions.UnknownDivision as error:
        raise NotYours from error
    body, tag = _shape(path)
    kept = {"ETag": tag, "Cache-Control": f"private, max-age={SHAPES_KEPT}"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers=kept)
    return HttpResponse(body, content_type="application/json", headers=kept)


@lru_cache(maxsize=40)
def _shape(path: Path) -> tuple[bytes, str]:
    body = path.read_bytes()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'
