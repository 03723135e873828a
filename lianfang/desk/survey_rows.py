"""The coverage of the survey, unit by unit, as far as the viewer may know it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lianfang.roster.access import View
from lianfang.roster.models import Unit, UnitLink
from lianfang.roster.queries import held_on
from lianfang.surveys import queries
from lianfang.surveys.queries import Coverage


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """`knows_events`: whether the viewer may know what was answered, not only how many did."""

    unit: Unit
    coverage: Coverage
    knows_events: bool


def topmost(sight: View) -> list[Unit]:
    """The highest units in sight, each followed by those directly below it."""
    mine = {
        unit.pk: unit
        for unit in Unit.objects.filter(
            pk__in=sight.figure_units, tree=Unit.Tree.ADMINISTRATIVE, closed_on__isnull=True
        )
    }
    tops = [unit for unit in mine.values() if unit.parent_id not in mine]
    shown: list[Unit] = []
    for top in sorted(tops, key=_order):
        shown.append(top)
        shown += sorted((one for one in mine.values() if one.parent_id == top.pk), key=_order)
    return shown


def altogether(rows: Iterable[CoverageRow]) -> CoverageRow | None:
    """The units that stand highest, added up: whoever has four classes has no unit above them."""
    rows = list(rows)
    shown = {row.unit.pk for row in rows}
    tops = [row for row in rows if row.unit.parent_id not in shown]
    if not tops:
        return None
    whole = sum((row.coverage for row in tops), Coverage())
    return CoverageRow(tops[0].unit, whole, all(row.knows_events for row in tops))


def with_children(unit: Unit, sight: View) -> list[Unit]:
    below = Unit.objects.filter(
        parent=unit, closed_on__isnull=True, pk__in=sight.figure_units
    ).order_by("position", "code")
    return [unit, *below]


def _order(unit: Unit) -> tuple[int, str]:
    return unit.position, unit.code


def coverage_rows(units: Iterable[Unit], *, sight: View, day: date) -> list[CoverageRow]:
    """Each unit with everything below it; units without people are left out."""
    units = list(units)
    below: dict[int, list[int]] = {unit.pk: [] for unit in units}
    links = UnitLink.objects.filter(held_on(day), ancestor_id__in=below)
    for above, under in links.values_list("ancestor_id", "descendant_id"):
        below[above].append(under)
    wanted = {under for unders in below.values() for under in unders}
    own = queries.coverage(day=day, unit_ids=wanted)
    rows = [
        CoverageRow(unit, _sum(own, below[unit.pk]), unit.pk in sight.event_figure_units)
        for unit in units
    ]
    return [row for row in rows if row.coverage.expected]


def _sum(own: Mapping[int, Coverage], units: Iterable[int]) -> Coverage:
    return sum((own[unit] for unit in units if unit in own), Coverage())
