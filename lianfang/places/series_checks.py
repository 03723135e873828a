"""What a file of numbers by area and day gives away about itself. Pure.

A list of areas is made from totals, and totals have their own traps: a total that falls was
corrected in silence; a day on which nearly every area repeats the day before is the day on which
a source changed from the day of counting to the day of printing; two files that agree only when
one is moved by a day tell of different days. Each is named with its row, column and value, and
with what would be right; nothing is mended.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from lianfang.kernel.texts import gettext_noop as _
from lianfang.places import divisions
from lianfang.places.addresses import match_address
from lianfang.places.rules import ONE_DAY, Problem
from lianfang.places.tables import Row, Table, parse_day

_DAY_COLUMNS = ("date", "as_of", "as_of_24h")
_COLUMNS_OF = {"province": ("province_code", "province"), "city": ("city_code", "city")}
_OTHERWISE = (("area_code", "area"), ("city_code", "city"), ("province_code", "province"))
_TAILS = ("", "市", "县", "区", "州")
_TOTAL = re.compile(r"(?:confirmed|cured|dead|suspected)_cum")
_WINDOW = re.compile(r"new_(\d+)d")
_FLAG = re.compile(r"in_([A-Za-z0-9]+)_([a-z]+)(\d*)_ge_(\d+)")
_REPEATS, _TIMES, _AROUND = 0.8, 1.5, 3  # share of areas, times its neighbours, days either side
_MANY = 30  # areas of a day before their repeating means anything
_FEWEST, _AGREE = 8, 0.6  # areas of a day, share that agrees, before two files are compared


@dataclass(frozen=True, slots=True)
class Remark:
    """A problem with the file in which it stands."""

    file: str
    problem: Problem


@dataclass(slots=True)
class Series:
    """A file by area and day. `cells[column][area][day]` is the number and the row it stands in."""

    file: str
    cells: dict[str, dict[str, dict[date, tuple[int, Row]]]]
    rows: dict[tuple[str, date], Row] = field(default_factory=dict)
    days: list[date] = field(default_factory=list)
    levels: dict[str, str] = field(default_factory=dict)


def remarks_on(tables: Sequence[tuple[str, Table]]) -> list[Remark]:
    """Everything that is odd in these files, each by itself and then each two of them together."""
    found: list[Remark] = []
    read: list[Series] = []
    for name, table in tables:
        problems: list[Problem] = []
        series = read_series(name, table, problems)
        if series is not None:
            read.append(series)
            problems += [*_gaps(series), *_falls(series), *_repeated_days(series)]
            problems += [*_windows(series), *_flags(series)]
        found += [Remark(name, one) for one in sorted(problems, key=lambda one: one.row)]
    for number, one in enumerate(read):
        for other in read[number + 1 :]:
            found += _moved(one, other)
    return found


# ---------------------------------------------------------------- reading


def read_series(name: str, table: Table, problems: list[Problem]) -> Series | None:
    """The table as numbers; None where it has no day or no totals (then there is nothing to say)."""
    day_column = next((one for one in _DAY_COLUMNS if one in table.columns), "")
    numbers = [one for one in table.columns if _TOTAL.fullmatch(one) or _WINDOW.fullmatch(one)]
    if not day_column or not numbers:
        return None
    series = Series(name, {column: defaultdict(dict) for column in numbers})
    told: set[str] = set()
    for row in table.rows:
        day = parse_day(row[day_column][:10])
        area = _area(row, told, problems)
        if day is None:
            problems.append(
                row.problem(day_column, _("This is not a day."), _("Write it like 2020-01-31."))
            )
        if day is None or not area:
            continue
        if (area, day) in series.rows:
            text = _("This area stands twice on this day; the first time in row %(row)s.")
            cure = _("Keep one of the two rows.")
            first = series.rows[area, day].number
            problems.append(row.problem(day_column, text, cure, row=first))
            continue
        series.rows[area, day] = row
        series.levels[area] = row["level"]
        for column in numbers:
            _number(series, column, area, day, row, problems)
    series.days = sorted({day for _area, day in series.rows})
    return series


def _number(
    series: Series, column: str, area: str, day: date, row: Row, problems: list[Problem]
) -> None:
    text = row[column]
    if re.fullmatch(r"-?\d{1,9}", text):
        series.cells[column][area][day] = int(text), row
    elif text:
        problems.append(row.problem(column, _("This is not a number."), _("Write digits only.")))


def _area(row: Row, told: set[str], problems: list[Problem]) -> str:
    """What an area is called in every file alike: its code of today, else what stands there."""
    pairs = (_COLUMNS_OF[row["level"]],) if row["level"] in _COLUMNS_OF else _OTHERWISE
    column, code = next(((c, row[c]) for c, _n in pairs if row[c]), ("", ""))
    name = next((row[n] for _c, n in pairs if row[n]), "")
    if not code:
        if not name:
            return row["level"]  # the whole country
        found = next(filter(None, (match_address(name + tail) for tail in _TAILS)), None)
        return found.code if found and not found.rest else f"{row['province']} {name}".strip()
    if row["level"] == "city" and code.endswith("0000"):
        return ""  # a province without cities, told a second time
    try:
        return divisions.resolve(code).code
    except divisions.UnknownDivision:
        if code not in told:
            told.add(code)
            text = _(
                "No division has this code (%(area)s): a heading of a statistics, not a place."
            )
            cure = _("Leave it out of a list, or write the six digits of GB/T 2260.")
            problems.append(row.problem(column, text, cure, area=name))
        return f"{code} {name}"


# ---------------------------------------------------------------- one file


def _gaps(series: Series) -> Iterator[Problem]:
    for before, after in pairwise(series.days):
        if after - before > ONE_DAY and after - before < timedelta(days=4):
            row = min(row.number for (_area, day), row in series.rows.items() if day == after)
            yield Problem(
                row, "date", after.isoformat(), _("Nothing stands for the days after %(day)s."),
                _("Add the missing days, or say that there was no list."),
                {"day": before.isoformat()},
            )  # fmt: skip


def _falls(series: Series) -> Iterator[Problem]:
    """A total of everything until a day is never smaller than that of a day before."""
    for column, areas in series.cells.items():
        if not _TOTAL.fullmatch(column):
            continue
        for area, days in areas.items():
            order = sorted(days)
            for before, after in pairwise(order):
                (was, earlier), (now, row) = days[before], days[after]
                if now < was:
                    yield row.problem(
                        column,
                        _("The total of %(area)s falls from %(was)s (%(day)s, row %(row)s) to %(now)s."),
                        _("A total cannot fall: at least %(was)s here, or correct the days before."),
                        area=_name(area), was=was, now=now, day=before.isoformat(),
                        row=earlier.number,
                    )  # fmt: skip


def _repeated_days(series: Series) -> Iterator[Problem]:
    """A day that repeats the day before for nearly all areas at once: the dates moved."""
    for column, areas in series.cells.items():
        if _TOTAL.fullmatch(column):
            for level in sorted(set(series.levels.values())):
                group = {a: days for a, days in areas.items() if series.levels[a] == level}
                yield from _repeats(series, column, group)


def _repeats(
    series: Series, column: str, areas: Mapping[str, Mapping[date, tuple[int, Row]]]
) -> Iterator[Problem]:
    same, both = Counter[date](), Counter[date]()
    first: dict[date, Row] = {}
    for days in areas.values():
        for day, (value, row) in days.items():
            before = days.get(day - ONE_DAY)
            if before is not None and max(value, before[0]) > 0:
                both[day] += 1
                same[day] += value == before[0]
                if day not in first or row.number < first[day].number:
                    first[day] = row
    for day in series.days:
        around = [day + n * ONE_DAY for n in range(-_AROUND, _AROUND + 1) if n]
        shares = [same[one] / both[one] for one in around if both[one] >= _MANY]
        if both[day] < _MANY or len(shares) < 2:
            continue
        share, usual = same[day] / both[day], sum(shares) / len(shares)
        if share >= _REPEATS and share >= _TIMES * usual:
            yield first[day].problem(
                column,
                _(
                    "On %(day)s %(same)s of %(all)s areas repeat the day before (around it"
                    " %(usual)s of 100 do): from here the dates are moved by a day."
                ),
                _("Before it the day of counting stands here, after it the day of printing."
                  " Take a day off from %(day)s on, and look at a second source."),
                day=day.isoformat(), same=same[day], all=both[day], usual=round(usual * 100),
            )  # fmt: skip


def _windows(series: Series) -> Iterator[Problem]:
    """`new_14d` is what the total grew by in 14 days; a fall that was cut to 0 is named."""
    totals = series.cells.get("confirmed_cum", {})
    for column, areas in series.cells.items():
        match = _WINDOW.fullmatch(column)
        if match is None:
            continue
        days_back = timedelta(days=int(match[1]))
        for area, days in areas.items():
            known = totals.get(area, {})
            for day, (value, row) in sorted(days.items()):
                if day not in known or day - days_back not in known:
                    continue
                grew = known[day][0] - known[day - days_back][0]
                if value != max(0, grew):
                    text = _("%(area)s grew by %(grew)s in these days, not by %(value)s.")
                    cure = _("Write %(right)s.")
                elif grew < 0:
                    text = _(
                        "%(area)s: the total fell by %(fell)s in these days; here stands %(value)s."
                    )
                    cure = _("Look which of the two totals was corrected.")
                else:
                    continue
                yield row.problem(
                    column, text, cure, area=_name(area), grew=grew, fell=-grew, value=value,
                    right=max(0, grew),
                )  # fmt: skip


def _flags(series: Series) -> Iterator[Problem]:
    """`in_R1_cum_ge_100` says whether the total is at least 100."""
    for row in series.rows.values():
        for column, printed in row.cells.items():
            match = _FLAG.fullmatch(column)
            if match is None or printed not in {"0", "1"}:
                continue
            source = "confirmed_cum" if match[2] == "cum" else f"{match[2]}_{match[3]}d"
            value, least = row[source], int(match[4])
            if value.isascii() and value.isdecimal() and (int(value) >= least) != (printed == "1"):
                text = _("%(source)s is %(value)s, and the rule counts from %(least)s.")
                cure = _("Write %(right)s.")
                right = int(int(value) >= least)
                yield row.problem(
                    column, text, cure, source=source, value=value, least=least, right=right
                )


# ---------------------------------------------------------------- two files


def _moved(one: Series, other: Series) -> Iterator[Remark]:
    """Days on which two files agree only when one of them is moved by a day."""
    few, many = sorted((one, other), key=lambda series: len(series.rows))
    mine, theirs = few.cells.get("confirmed_cum", {}), many.cells.get("confirmed_cum", {})
    for day in few.days:
        shared = [area for area in mine if day in mine[area] and area in theirs]
        agree = {lag: _agreeing(mine, theirs, shared, day, lag) for lag in (0, 1, -1)}
        best = max(agree, key=lambda lag: agree[lag])
        enough = len(shared) >= _FEWEST and agree[best] >= _AGREE * len(shared)
        if best == 0 or not enough or agree[best] <= agree[0]:
            continue
        row = min((mine[area][day][1] for area in shared), key=lambda row: row.number)
        moved = day + best * ONE_DAY
        yield Remark(few.file, row.problem(
            "confirmed_cum",
            _(
                "%(agree)s of %(all)s areas have here the total that %(file)s gives for"
                " %(moved)s; for %(day)s only %(plain)s agree."
            ),
            _("The two files mean different days: move %(file)s by %(lag)s day(s) around here."),
            agree=agree[best], all=len(shared), file=many.file, moved=moved.isoformat(),
            day=day.isoformat(), plain=agree[0], lag=-best,
        ))  # fmt: skip


def _agreeing(
    mine: Mapping[str, Mapping[date, tuple[int, Row]]],
    theirs: Mapping[str, Mapping[date, tuple[int, Row]]],
    areas: Iterable[str],
    day: date,
    lag: int,
) -> int:
    moved = day + lag * ONE_DAY
    return sum(
        moved in theirs[area] and theirs[area][moved][0] == mine[area][day][0] for area in areas
    )


def _name(area: str) -> str:
    return f"{area} {divisions.full_name(area)}" if divisions.is_known(area) else area
