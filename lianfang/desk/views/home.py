"""The first page of whoever answers for others, and its living side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from lianfang.desk.care import care_rows
from lianfang.desk.frame import answer
from lianfang.desk.ledgers import signing_units_below, unit_rows
from lianfang.desk.setup import setup_of
from lianfang.desk.waiting import waiting_for
from lianfang.desk.worklist import Work, work_of
from lianfang.portal.edge import Visit, for_desk
from lianfang.roster.models import Post, Unit
from lianfang.rulebook.queries import Rules, rules_in_force


@for_desk
@require_GET
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """A sentence, then what to do, most urgent first; at the side the units with their clocks."""
    rules = rules_in_force(visit.now)
    if visit.account.person is None:
        steps = setup_of(day=visit.today, now=visit.now)
        return answer(request, visit, "desk/setup.html", here="desk-home", steps=steps)
    work = _work(visit)
    shown = side(visit, rules)
    return answer(request, visit, "desk/home.html", here="desk-home", work=work, **shown)


@for_desk
@require_GET
def live(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The sentence and the side again, for the page that stays open all morning."""
    rules = rules_in_force(visit.now)
    work = _work(visit)
    was = request.GET.get("missing", "")
    changed = was != str(work.missing)
    shown = side(visit, rules)
    return answer(request, visit, "desk/_live.html", work=work, changed=changed, **shown)


def _work(visit: Visit) -> Work:
    work = work_of(visit.sight, person=visit.account.person, day=visit.today)
    return replace(work, waiting=(*waiting_for(visit), *care_rows(visit)))


def side(visit: Visit, rules: Rules) -> dict[str, Any]:
    """The units whose day this person watches, and the deadline of every single person."""
    rows = unit_rows(
        watched_units(visit, rules),
        day=visit.today,
        rules=rules,
        now=visit.now,
        event_units=visit.sight.event_figure_units,
    )
    return {
        "rows": rows,
        "person_due": rules.deadlines["PERSON"].moment(visit.today),
        # Whoever could sign for a unit below is not asked to: its own people do.
        "signs": {post.unit_id for post in visit.sight.posts if Post.Role(post.role).signs},
    }


def watched_units(visit: Visit, rules: Rules) -> list[Unit]:
    """The topmost units in sight, each with the units below it that sign; Party units first."""
    sight = visit.sight
    mine = list(
        Unit.objects.filter(pk__in=sight.figure_units, tree=Unit.Tree.ADMINISTRATIVE).order_by(
            "position", "code"
        )
    )
    tops = [unit for unit in mine if unit.parent_id not in sight.figure_units]
    kinds = [kind for due in rules.deadlines.values() for kind in due.unit_kinds]
    below = signing_units_below(tops, day=visit.today, kinds=kinds)
    party = {p.unit.pk: p.unit for p in sight.posts if p.unit.tree == Unit.Tree.PARTY}
    return [
        *party.values(),
        *(unit for top in tops for unit in (top, *below.get(top.pk, ()))),
    ]
