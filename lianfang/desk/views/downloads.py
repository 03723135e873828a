"""The summaries that go upward, one link each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lianfang.desk.frame import answer, day_asked
from lianfang.desk.ledgers import unit_rows
from lianfang.desk.views.home import watched_units
from lianfang.desk.views.units import days
from lianfang.kernel.refusals import Forbidden
from lianfang.portal.edge import Visit, for_desk
from lianfang.roster.models import Unit
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases.summaries import KINDS


def kind_words() -> dict[str, tuple[str, str]]:
    """Format: what it is, and for whom."""
    return {
        "A": (_("Daily statistics by class or office"), _("for the department or general branch")),
        "B": (_("Daily report of the whole college"), _("for the office of the leading group")),
        "E": (_("Not reported and late, by unit"), _("for whoever reminds the units")),
        "F": (
            _("Rounds of the classes on campus"),
            _("for the school doctor and the health office"),
        ),
        "H": (_("One line of text"), _("for a group chat or the telephone")),
    }


@for_desk
@require_GET
def downloads(request: HttpRequest, visit: Visit) -> HttpResponse:
    """For each unit in sight the formats that exist in this installation."""
    if not visit.sight.event_figure_units:
        raise Forbidden
    rules = rules_in_force(visit.now)
    day = day_asked(request, visit)
    tops = [
        unit
        for unit in watched_units(visit, rules)
        if unit.pk in visit.sight.event_figure_units and unit.tree == Unit.Tree.ADMINISTRATIVE
    ]
    return answer(
        request,
        visit,
        "desk/downloads.html",
        here="desk-downloads",
        kinds=[(kind, *kind_words()[kind]) for kind in KINDS],
        units=unit_rows(
            tops,
            day=day,
            rules=rules,
            now=visit.now,
            event_units=visit.sight.event_figure_units,
        ),
        **days(visit, day),
    )
