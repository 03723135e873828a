"""Who infected whom, in codes: a graph, the same as a table, and the measures with intervals."""

from __future__ import annotations

import math
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lianfang.contacts import access
from lianfang.desk.care import care_answer
from lianfang.groups.queries import names_of_kinds
from lianfang.kernel.refusals import Forbidden
from lianfang.portal.edge import Visit, for_desk
from lianfang.usecases import contact_chains
from lianfang.usecases.contact_chains import Case, Chains, GroupRate


@for_desk
@require_GET
def chain(request: HttpRequest, visit: Visit) -> HttpResponse:
    if not access.may_open_page(visit.sight):
        raise Forbidden
    found = contact_chains.chains_of(access.coded_investigations(visit.sight), now=visit.now)
    led = set(access.led_investigations(visit.sight).values_list("pk", flat=True))
    return care_answer(
        request, visit, "desk/care/contacts/chain.html", page="desk-contacts", chains=found,
        led=led, rates=_rates(found, visit), serial=_serial(found), graph=_graph(found),
        reversed=", ".join(found.measures.serial.reversed) if found.measures else "",
    )  # fmt: skip


def _rates(found: Chains, visit: Visit) -> list[dict[str, Any]]:
    """Rooms and floors tell who is ill to whoever knows the house: for those who see all."""
    if not access.sees_all(visit.sight):
        return []
    kinds = names_of_kinds()
    return [_rate(one, kinds) for one in found.rates]


def _rate(one: GroupRate, kinds: dict[str, str]) -> dict[str, Any]:
    rate, table = one.rate, one.rate.table
    return {
        "kind": kinds.get(one.ref.kind, one.ref.kind),
        "name": one.ref.name,
        "ill": table.exposed_ill,
        "size": table.exposed,
        "rate": f"{rate.rate_exposed:.0%} ({rate.rate_exposed_interval[0]:.0%}–{rate.rate_exposed_interval[1]:.0%})",
        "ratio": _ratio(rate.risk_ratio, rate.risk_ratio_interval),
    }  # fmt: skip


def _ratio(ratio: float, interval: tuple[float, float]) -> str:
    if math.isinf(ratio):
        return _("nobody ill elsewhere")
    if math.isnan(ratio):
        return _("not known")
    return f"{ratio:.1f} ({interval[0]:.1f}–{interval[1]:.1f})"


def _serial(found: Chains) -> dict[str, str] | None:
    if found.measures is None or not found.measures.serial.days:
        return None
    serial = found.measures.serial
    low, high = serial.interval
    return {
        "n": str(len(serial.days)),
        "mean": f"{serial.mean:.1f}",
        "median": f"{serial.median:g}",
        "interval": f"{low:.1f}–{high:.1f}" if not math.isnan(low) else _("not known"),
    }


def _graph(found: Chains) -> dict[str, Any]:
    """Nodes in their place: days from left to right, those of one day below each other."""
    days = sorted({case.anchor_on for case in found.cases})
    rows: dict[Any, int] = {}
    nodes = []
    for case in found.cases:
        row = rows.get(case.anchor_on, 0)
        rows[case.anchor_on] = row + 1
        nodes.append(_node(case, days.index(case.anchor_on), row))
    links = [{"source": one.source, "target": one.code} for one in found.cases if one.source]
    maybe = [
        {"source": code, "target": one.code, "maybe": True}
        for one in found.cases
        for code in one.maybe
    ]
    words = {"day": _("onset"), "infected": _("infected"), "maybe": _("was a contact before")}
    return {"nodes": nodes, "links": [*links, *maybe], "words": words,
            "days": [day.isoformat() for day in days]}  # fmt: skip


def _node(case: Case, column: int, row: int) -> dict[str, Any]:
    return {"name": case.code, "day": case.anchor_on.isoformat(), "column": column, "row": row,
            "infected": case.infected, "generation": case.generation}  # fmt: skip
