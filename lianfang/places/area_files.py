"""Two layouts of a list of areas, read into listings. Pure.

By day: `date, area_code` and, where a file offers several rules, a column `in_R1…` with 0 or 1
for each; `area` is the printed name. Such a file speaks for every area on each of its days.

Periods: `area_code, from, until` with `area`, `level`, `source` if known; `until` is the first
day on which the area is no longer listed, empty while it is. Such a file speaks only for the
areas that it names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lianfang.kernel.texts import gettext_noop as _
from lianfang.places import divisions
from lianfang.places.addresses import match_address
from lianfang.places.divisions import RenamedDivision, UnknownDivision
from lianfang.places.rules import Period, Problem, overlap, runs
from lianfang.places.tables import FileProblems, Row, Table, read_day

_TAILS = ("", "市", "县", "区")  # 韩城 may mean 韩城市
_RULE_COLUMN = re.compile(r"^in_([A-Za-z0-9]+)(?:_|$)")


@dataclass(frozen=True, slots=True)
class Listing:
    """One area's period as the file tells it; `row` is where it begins."""

    code: str
    name: str
    period: Period
    level: str = ""
    source: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class AreaFile:
    """`first` and `last` are the days that a by-day file covers, or of the periods named."""

    is_by_day: bool
    first: date
    last: date
    listings: tuple[Listing, ...]
    warnings: tuple[Problem, ...]


def read_areas(table: Table, *, rule: str = "", skip_unknown: bool = False) -> AreaFile:
    """The listings of a table. Raises `FileProblems` with everything that is wrong.

    A code that was renamed counts as the code of today. With `skip_unknown` rows of unknown
    codes are left out and warned of.
    """
    reader = _Reader(skip_unknown)
    if "date" in table.columns:
        table.require("date", "area_code")
        return reader.by_day(table, rule_column(table, rule))
    table.require("area_code", "from", "until")
    return reader.periods(table)


def rule_column(table: Table, rule: str) -> str | None:
    """The column that says whether a row is on the list; None where every row is."""
    offered = {
        match[1].upper(): column
        for column in table.columns
        if (match := _RULE_COLUMN.match(column))
    }
    if rule.upper() in offered or not (offered or rule):
        return offered.get(rule.upper())
    names = ", ".join(sorted(offered)) or "-"
    text = _("The file has no rule of this name.") if rule else _("The file offers several rules.")
    cure = _("Choose one of its rules: %(rules)s")
    raise FileProblems([Problem(1, "rule", rule, text, cure, {"rules": names})])


class _Reader:
    def __init__(self, skip_unknown: bool) -> None:
        self.skip_unknown = skip_unknown
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._codes: dict[str, str | None] = {}
        self._named: set[tuple[str, str]] = set()
        self._told: set[tuple[str, bool]] = set()

    # ------------------------------------------------------------ layouts

    def by_day(self, table: Table, column: str | None) -> AreaFile:
        days: set[date] = set()
        listed: dict[str, dict[date, Row]] = defaultdict(dict)
        for row in table.rows:
            day = read_day(row, "date", self.problems.append)
            is_on = self._is_on(row, column)
            code = self._code(row, matters=is_on)
            if day:
                days.add(day)
            if day and code and is_on:
                self._add(listed[code], day, row)
        self._refuse()
        if not any(self._codes.values()):
            raise FileProblems(self.warnings)  # else the whole list would be emptied by mistake
        order = sorted(days)
        listings = tuple(
            Listing(code, _name(rows[period.start], code), period, row=rows[period.start].number)
            for code, rows in sorted(listed.items())
            for period in runs(rows, order)
        )
        return AreaFile(True, order[0], order[-1], listings, tuple(self.warnings))

    def periods(self, table: Table) -> AreaFile:
        listings = [listing for row in table.rows if (listing := self._listing(row))]
        self.problems.extend(_overlaps(listings))
        self._refuse()
        if not listings:
            raise FileProblems(self.warnings)
        starts = [listing.period.start for listing in listings]
        ends = [listing.period.end or listing.period.start for listing in listings]
        return AreaFile(False, min(starts), max(ends), tuple(listings), tuple(self.warnings))

    def _refuse(self) -> None:
        if self.problems:
            raise FileProblems(sorted(self.problems, key=lambda problem: problem.row))

    # ------------------------------------------------------------ rows

    def _add(self, days: dict[date, Row], day: date, row: Row) -> None:
        if day in days:
            text = _("This area is on the list of this day twice; the first time in row %(row)s.")
            cure = _("Keep one of the two rows.")
            self.problems.append(row.problem("area_code", text, cure, row=days[day].number))
        else:
            days[day] = row

    def _is_on(self, row: Row, column: str | None) -> bool:
        if column is None:
            return True
        if row[column] not in {"0", "1"}:
            text, cure = _("This is neither 0 nor 1."), _("1: on the list; 0: not on it.")
            self.problems.append(row.problem(column, text, cure))
        return row[column] == "1"

    def _listing(self, row: Row) -> Listing | None:
        code = self._code(row)
        start = read_day(row, "from", self.problems.append)
        end = read_day(row, "until", self.problems.append, optional=True)
        if start and end and end <= start:
            text = _("The end is not after the beginning.")
            cure = _("Write the first day on which the area is no longer listed.")
            self.problems.append(row.problem("until", text, cure))
        if not (code and start):
            return None
        period = Period(start, end)
        name = _name(row, code)
        return Listing(code, name, period, row["level"][:20], row["source"][:200], row.number)

    def _code(self, row: Row, *, matters: bool = True) -> str | None:
        """The code of today for a row's area; what is wrong with it is told once per code.

        An unknown code in a row that puts nothing on the list (`matters` is false: a table of
        all cities, with a 0 under the rule) is a warning, and no reason to refuse the list.
        """
        printed = row["area_code"]
        if self._codes.get(printed) is None and (printed, matters) not in self._told:
            self._told.add((printed, matters))
            self._codes[printed] = self._resolved(row, matters)
        code = self._codes[printed]
        if code and (printed, row["area"]) not in self._named:
            self._named.add((printed, row["area"]))
            self._compare_name(row, printed)
        return code

    def _resolved(self, row: Row, matters: bool) -> str | None:
        printed = row["area_code"]
        try:
            division = divisions.resolve(printed)
        except UnknownDivision as error:
            self._unknown(row, error, is_fault=matters and not self.skip_unknown)
            return None
        if division.is_placeholder:
            text = _("This is a heading of the code list, not an area.")
            self.problems.append(row.problem("area_code", text, _("List its counties one by one.")))
            return None
        if division.code != printed:
            text = _("This code is out of use; it was read as %(code)s %(name)s.")
            cure = _("Write %(code)s.")
            self.warnings.append(
                row.problem("area_code", text, cure, code=division.code, name=division.name)
            )
        return division.code

    def _unknown(self, row: Row, error: UnknownDivision, *, is_fault: bool) -> None:
        if is_fault:
            text = _("No division has this code.")
        else:
            text = _("No division has this code; every row with it was left out.")
        known = next(filter(None, (match_address(row["area"] + tail) for tail in _TAILS)), None)
        context: dict[str, object] = {"area": row["area"]}
        cure = _("Find the six digits of GB/T 2260 for %(area)s.")
        if isinstance(error, RenamedDivision):
            cure = _("The area was divided; list what it became: %(now)s")
            context["now"] = error.context["now"]
        elif row["area"] and known:
            cure = _("Did you mean %(code)s %(name)s?")
            context |= {"code": known.code, "name": divisions.full_name(known.code)}
        problem = row.problem("area_code", text, cure, **context)
        (self.problems if is_fault else self.warnings).append(problem)

    def _compare_name(self, row: Row, printed: str) -> None:
        """A slip of the pen in a code lists the wrong city: the printed name tells."""
        known = {divisions.name(printed)} if divisions.is_known(printed) else set()
        if renamed := divisions.rename_of(printed):
            known.add(renamed.old_name)
        area = row["area"]
        if area and not any(_agree(area, name) for name in known):
            text = _("The file calls %(code)s %(area)s; the code belongs to %(name)s.")
            cure = _("Look which of the two is meant.")
            context = {"code": printed, "area": area, "name": "、".join(sorted(known))}
            self.warnings.append(row.problem("area", text, cure, **context))


def _agree(printed: str, name: str) -> bool:
    """Whether two spellings can be one place: 恩施州 and 恩施土家族苗族自治州, 四川省达州市 and 达州市."""
    return printed[:2] == name[:2] or name in printed


def _name(row: Row, code: str) -> str:
    return (row["area"] or divisions.name(code))[:60]


def _overlaps(listings: list[Listing]) -> Iterator[Problem]:
    by_code: dict[str, list[Listing]] = defaultdict(list)
    for listing in listings:
        for earlier in by_code[listing.code]:
            if overlap(earlier.period, listing.period):
                yield Problem(
                    listing.row,
                    "from",
                    listing.period.start.isoformat(),
                    _("The days of %(area)s overlap with those in row %(row)s."),
                    _("End the earlier period before the later one begins."),
                    {"area": f"{listing.code} {listing.name}", "row": earlier.row},
                )
        by_code[listing.code].append(listing)
