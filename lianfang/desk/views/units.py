"""Units: all that are in sight, and one of them down to the people whom the viewer may see."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lianfang.desk.frame import answer, day_asked, page_number
from lianfang.desk.ledgers import children_of, unit_rows
from lianfang.desk.views.home import watched_units
from lianfang.directives import access as directives
from lianfang.portal.edge import Visit, for_desk
from lianfang.reporting.people import PLAIN_STATES, STATES, people_in, person_rows
from lianfang.roster import queries as roster
from lianfang.roster.access import may_have_phone
from lianfang.roster.models import Unit
from lianfang.rulebook.queries import rules_in_force

PEOPLE_PER_PAGE = 50


@for_desk
@require_GET
def units(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The topmost units in sight with those below that sign: expected, received, missing …"""
    rules = rules_in_force(visit.now)
    day = day_asked(request, visit)
    rows = unit_rows(
        watched_units(visit, rules),
        day=day,
        rules=rules,
        now=visit.now,
        event_units=visit.sight.event_figure_units,
    )
    return answer(
        request,
        visit,
        "desk/units.html",
        here="desk-units",
        rows=rows,
        may_matter=_may_matter(visit, day),
        **days(visit, day),
    )


def _may_matter(visit: Visit, day: date) -> frozenset[int]:
    """Units whose unsigned report of a past day this viewer may make a matter to settle."""
    return directives.supervised_units(visit.sight) if day < visit.today else frozenset()


@for_desk
@require_GET
def unit(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """One unit: its figures, the units below it, and its people where their names are open."""
    node = visit.sight.unit(pk)
    day = day_asked(request, visit)
    rules = rules_in_force(visit.now)
    below = children_of(node, day=day)
    rows = unit_rows(
        [node, *below],
        day=day,
        rules=rules,
        now=visit.now,
        event_units=visit.sight.event_figure_units,
    )
    return answer(
        request,
        visit,
        "desk/unit.html",
        here="desk-units",
        unit=node,
        row=rows[0],
        children=rows[1:],
        crumbs=_crumbs(visit, node),
        may_sign=node.pk in visit.sight.sign_units and rows[0].due_at is not None,
        may_phone=may_have_phone(node.pk, sight=visit.sight),
        may_matter=_may_matter(visit, day),
        may_give=node.pk in directives.supervised_units(visit.sight),
        people=_people(request, visit, node, day),
        **days(visit, day),
    )


def _people(request: HttpRequest, visit: Visit, node: Unit, day: Any) -> dict[str, Any] | None:
    """The people of a unit by state; None where names are not open to this viewer."""
    if node.pk not in visit.sight.name_units or node.tree != Unit.Tree.ADMINISTRATIVE:
        return None
    plain = node.pk not in visit.sight.event_units
    states = PLAIN_STATES if plain else STATES
    asked = request.GET.get("state", "missing")
    state = asked if asked in states else "missing"
    found = people_in(roster.subtree_ids(node, day=day), day=day, state=state)
    page = Paginator(found.defer("phone", "email", "address"), PEOPLE_PER_PAGE).get_page(
        page_number(request)
    )
    return {
        "plain": plain,
        "state": state,
        "states": [(name, words) for name, words in state_words() if name in states],
        "page": page,
        "rows": person_rows(list(page), day=day, shown_in=node.pk),
        "query": f"state={state}&day={day.isoformat()}",
    }


def state_words() -> list[tuple[str, str]]:
    return [
        ("missing", _("not reported")),
        ("unreachable", _("not reached")),
        ("events", _("with something to follow up")),
        ("late", _("late")),
        ("proxy", _("by proxy")),
        ("zero", _("nothing to report")),
        ("reported", _("reported")),
        ("exempt", _("exempt")),
        ("all", _("all")),
    ]


def days(visit: Visit, day: Any) -> dict[str, Any]:
    """The day of the page and its neighbours."""
    return {
        "on": day,
        "is_today": day == visit.today,
        "day_before": day - timedelta(days=1),
        "day_after": day + timedelta(days=1) if day < visit.today else None,
    }


def _crumbs(visit: Visit, node: Unit) -> list[Unit]:
    line = roster.line_of_superiors(node, day=visit.today)
    return [above for above in reversed(line) if above.pk in visit.sight.figure_units]
