"""The Party organisation: a table of units with the code of the unit above. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports import columns, values
from lianfang.roster.imports.columns import Header
from lianfang.roster.imports.problems import Problem, Unreadable, Wrong, shown
from lianfang.roster.imports.sheets import Line, Sheet

KINDS = {
    "党委": "COMMITTEE",
    "党总支": "GENERAL_BRANCH",
    "总支": "GENERAL_BRANCH",
    "直属党支部": "DIRECT_BRANCH",
    "党支部": "BRANCH",
    "支部": "BRANCH",
    "党小组": "GROUP",
}


class Place(NamedTuple):
    """Where a row stands, so that a later finding can still be told."""

    sheet: str
    row: int
    header: Header

    def problem(self, column: str, value: str, text: str, cure: str, **context: object) -> Problem:
        title = self.header.title(column) or column
        return Problem(self.sheet, self.row, title, shown(value), text, cure, context)


@dataclass(frozen=True, slots=True)
class PartyUnit:
    code: str
    name: str
    kind: str
    parent: str
    place: Place = field(repr=False)


@dataclass(slots=True)
class Party:
    units: list[PartyUnit] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_party(sheets: Iterable[Sheet]) -> Party:
    """The organisations, each below its own superior; every problem at once."""
    party = Party()
    for sheet in [sheet for sheet in sheets if sheet.lines][:1]:
        try:
            header = columns.header_of(
                sheet, columns.PARTY, needs=("code", "name", "kind", "parent")
            )
        except Unreadable as error:
            party.problems += error.problems
            return party
        for line in columns.rows_below(sheet, header):
            _read_row(Place(sheet.name, line.number, header), line, party)
    if not party.units and not party.problems:
        text, cure = _("The sheet is empty."), _("Choose the file that lists the organisations.")
        party.problems.append(Problem("", 0, "", "", text, cure))
    party.problems += _tree_problems(party.units)
    return party


def _read_row(place: Place, line: Line, party: Party) -> None:
    told: dict[str, str] = {}
    for column, longest in (("code", 30), ("name", 120), ("kind", 20), ("parent", 30)):
        cell = place.header.cell(line, column)
        try:
            told[column] = values.short(cell, longest=longest)
        except Wrong as wrong:
            party.problems.append(
                place.problem(column, str(cell), wrong.text, wrong.cure, **wrong.context)
            )
            return
    for column in ("code", "name"):
        if not told[column]:
            text, cure = _("This is empty."), _("Every organisation needs a code and a name.")
            party.problems.append(place.problem(column, "", text, cure))
            return
    kind = KINDS.get(told["kind"], "")
    if not kind:
        party.problems.append(
            place.problem(
                "kind", told["kind"],
                _("This kind of organisation is not known."),
                _("Write one of: %(known)s."),
                known=", ".join(KINDS),
            )
        )  # fmt: skip
        return
    party.units.append(PartyUnit(told["code"], told["name"], kind, told["parent"], place))


def _tree_problems(units: list[PartyUnit]) -> list[Problem]:
    by_code: dict[str, PartyUnit] = {}
    problems = []
    for unit in units:
        first = by_code.setdefault(unit.code, unit)
        if first is not unit:
            text = _("This code stands in row %(row)s already.")
            cure = _("Give each organisation a code of its own.")
            problems.append(unit.place.problem("code", unit.code, text, cure, row=first.place.row))
    roots = [unit for unit in units if not unit.parent]
    if units and not roots:
        text = _("No organisation stands at the top.")
        cure = _("Leave the superior of the college's Party committee empty.")
        problems.append(Problem(units[0].place.sheet, 0, "", "", text, cure))
    for extra in roots[1:]:
        text = _("There is a second organisation without a superior; the first is %(first)s.")
        cure = _("Write the code of its superior.")
        problems.append(extra.place.problem("parent", extra.name, text, cure, first=roots[0].name))
    problems += [_no_such_parent(u) for u in units if u.parent and u.parent not in by_code]
    return problems + [_own_superior(unit) for unit in units if _is_below_itself(unit, by_code)]


def _no_such_parent(unit: PartyUnit) -> Problem:
    return unit.place.problem(
        "parent",
        unit.parent,
        _("No organisation has this code."),
        _("Write the code of the organisation above %(name)s, as it stands in this file."),
        name=unit.name,
    )


def _is_below_itself(unit: PartyUnit, by_code: dict[str, PartyUnit]) -> bool:
    seen = set()
    step = by_code.get(unit.parent)
    while step is not None and step.code not in seen:
        if step.code == unit.code:
            return True
        seen.add(step.code)
        step = by_code.get(step.parent)
    return False


def _own_superior(unit: PartyUnit) -> Problem:
    return unit.place.problem(
        "parent",
        unit.parent,
        _("%(name)s would be its own superior."),
        _("Write the code of the organisation that really stands above it."),
        name=unit.name,
    )
