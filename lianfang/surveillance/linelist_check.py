"""What cannot be so in a line list: one row per case, every culprit with row, column and cure.

Looked for: two cases of one number, days that are none or of the Buddhist calendar, days in an
order that cannot be (infection, onset, hospital, outcome; onset after the report), an infector who
is not on the list or the case itself, and several spellings of one hospital.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

from lianfang.surveillance.detection import gettext_noop
from lianfang.surveillance.faults import Collector, Fault
from lianfang.surveillance.tables import CELLS, HEADER, PLAIN_CSV, opened

# The usual headings of each column, lower case; the first is how it is spoken of.
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "case": ("case_id", "case id", "case_no", "id", "pn", "病例编号", "编号", "序号"),
    "infection": ("date_of_infection", "infection_date", "感染日期", "暴露日期"),
    "onset": ("date_of_onset", "date_onset", "onset_date", "symptom_onset", "date_of_prodrome",
              "发病日期", "发病时间"),
    "hospital_day": ("date_of_hospitalisation", "date_of_hospitalization", "admission_date",
                     "住院日期", "入院日期"),
    "report": ("date_of_report", "report_date", "confirm_date", "date_confirmation", "报告日期",
               "确诊日期"),
    "outcome_day": ("date_of_outcome", "outcome_date", "date_of_death", "结局日期"),
    "hospital": ("hospital", "hospital_name", "医院", "收治医院", "就诊医院"),
    "infector": ("infector", "source_case_id", "infected_by", "感染来源编号"),
}  # fmt: skip
DAYS: Final = ("infection", "onset", "hospital_day", "report", "outcome_day")
# What cannot come before what; a report may come before or after the hospital.
ORDER: Final = (
    ("infection", "onset"), ("onset", "hospital_day"), ("onset", "report"),
    ("onset", "outcome_day"), ("hospital_day", "outcome_day"), ("infection", "hospital_day"),
    ("infection", "report"), ("infection", "outcome_day"),
)  # fmt: skip
UNKNOWN: Final = frozenset({"", "na", "n/a", "nan", "null", "-", "?", "不详", "无"})
ALIKE: Final = 0.9  # of the letters of two names, so many in the same order
_BUDDHIST: Final = range(2450, 2700)

ONE_NUMBER: Final = gettext_noop("a number of its own; row %(earlier)s has this one too")
A_NUMBER: Final = gettext_noop("the number of the case")
A_DAY: Final = gettext_noop("a day such as 2020-01-31")
CHRISTIAN: Final = gettext_noop("a year of the common calendar: %(year)s, 543 less")
DAY_OR_MONTH: Final = gettext_noop(
    "a day whose month is certain: other rows write the day first, this one the month"
)
NOT_BEFORE: Final = gettext_noop("a day not before %(earlier)s %(day)s")
AFTER: Final = gettext_noop(
    "a day after %(earlier)s %(day)s: nobody falls ill on the day of infection"
)
NOT_LATER: Final = gettext_noop("a day not after %(day)s")
ON_THE_LIST: Final = gettext_noop("the number of a case on this list")
SOMEBODY_ELSE: Final = gettext_noop("another case than itself")
ONE_SPELLING: Final = gettext_noop(
    "%(usual)s, as in %(count)s other rows (%(rows)s rows like this)"
)

_PATTERNS: Final = (
    (re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\Z"), "ymd"),
    (re.compile(r"(\d{4})(\d{2})(\d{2})\Z"), "ymd"),
    (re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\Z"), "?"),
)


class _Everything(Collector):
    """A line list is put right by hand, row by row: all is told, however much it is."""

    def add(
        self, row: int | None, column: str | None, value: object, expected: str, **details: object
    ) -> None:
        said = {name: str(detail) for name, detail in details.items()}
        self.faults.append(Fault(self.file, row, column, str(value), expected, said))


@dataclass(frozen=True, slots=True)
class Checked:
    """rows: cases read; columns: our name of a column -> its heading; faults: all of them."""

    rows: int
    columns: Mapping[str, str]
    faults: tuple[Fault, ...]

    @property
    def refused_rows(self) -> set[int]:
        return {fault.row for fault in self.faults if fault.row is not None}


@dataclass(slots=True)
class _Case:
    row: int
    cells: dict[str, str]
    days: dict[str, date] = field(default_factory=dict)


def check_linelist(path: str | Path, *, today: date | None = None) -> Checked:
    """Everything that is wrong with a line list.

    path: CSV in UTF-8 whose header names at least the number of a case; other columns are found
    by their usual headings in English or Chinese and left alone where they are missing.  today:
    no day may lie after it.

    Raises FileFaults for a file that is no such table.
    """
    source = Path(path)
    faults = _Everything(str(source))
    with opened(source, faults) as text:
        reader = csv.reader(text, strict=True)
        try:
            header = [cell.strip() for cell in next(reader, [])]
            places = _places(header, faults)
            cases = list(_cases(reader, header, places, faults))
        except csv.Error as error:
            faults.stop(reader.line_num, None, "", PLAIN_CSV, reason=error)
    titles = {name: header[place] for name, place in places.items()}
    _check_numbers(cases, titles, faults)
    _check_days(cases, titles, faults, today)
    _check_infectors(cases, titles, faults)
    _check_hospitals(cases, titles, faults)
    order = sorted(faults.faults, key=lambda fault: fault.row or 0)
    return Checked(rows=len(cases), columns=titles, faults=tuple(order))


def _places(header: list[str], faults: Collector) -> dict[str, int]:
    lower = [cell.lower() for cell in header]
    found = {}
    for name, headings in HEADINGS.items():
        place = next((lower.index(heading) for heading in headings if heading in lower), None)
        if place is not None:
            found[name] = place
    if "case" not in found:
        faults.stop(1, None, ",".join(header), HEADER, columns=HEADINGS["case"][0])
    return found


def _cases(
    reader: Iterator[list[str]], header: list[str], places: Mapping[str, int], faults: Collector
) -> Iterator[_Case]:
    for number, cells in enumerate(reader, start=2):
        if len(cells) == len(header):
            yield _Case(number, {name: cells[place].strip() for name, place in places.items()})
        elif cells:
            faults.add(number, None, f"{len(cells)} cells", CELLS, number=len(header))


def _check_numbers(cases: list[_Case], titles: Mapping[str, str], faults: Collector) -> None:
    first: dict[str, int] = {}
    for case in cases:
        number = case.cells["case"]
        if number.lower() in UNKNOWN:
            faults.add(case.row, titles["case"], number, A_NUMBER)
        elif first.setdefault(number, case.row) != case.row:
            faults.add(case.row, titles["case"], number, ONE_NUMBER, earlier=first[number])


def _check_days(
    cases: list[_Case], titles: Mapping[str, str], faults: Collector, today: date | None
) -> None:
    for name in (name for name in DAYS if name in titles):
        day_first = _day_comes_first([case.cells[name] for case in cases])
        for case in cases:
            _read_day(case, name, titles[name], day_first, faults, today)
    for case in cases:
        for after in DAYS:
            _check_order(case, after, titles, faults)


def _check_order(case: _Case, after: str, titles: Mapping[str, str], faults: Collector) -> None:
    """One fault for a day: against the latest of those that must lie before it."""
    then = case.days.get(after)
    earlier = [(case.days[one], one) for one, two in ORDER if two == after and one in case.days]
    if then is None or not earlier:
        return
    latest, name = max(earlier)
    if after == "onset" and then == latest:
        faults.add(
            case.row, titles[after], case.cells[after], AFTER,
            earlier=titles[name], day=latest.isoformat(),
        )  # fmt: skip
    elif then < latest:
        faults.add(
            case.row, titles[after], case.cells[after], NOT_BEFORE,
            earlier=titles[name], day=latest.isoformat(),
        )  # fmt: skip


def _day_comes_first(cells: list[str]) -> bool | None:
    """Whether 03/04/2020 is the third of April; None where no row tells."""
    pairs = [
        (int(found[1]), int(found[2])) for cell in cells if (found := _PATTERNS[2][0].match(cell))
    ]
    firsts = any(one > 12 for one, _two in pairs)
    seconds = any(two > 12 for _one, two in pairs)
    if firsts == seconds:
        return True if firsts else None
    return firsts


def _read_day(
    case: _Case, name: str, title: str, day_first: bool | None, faults: Collector,
    today: date | None,
) -> None:  # fmt: skip
    cell = case.cells[name]
    if cell.lower() in UNKNOWN:
        return
    parts = _parts(cell, day_first)
    if parts is None:
        faults.add(case.row, title, cell, A_DAY)
        return
    year, month, day = parts
    if year in _BUDDHIST:
        faults.add(case.row, title, cell, CHRISTIAN, year=year - 543)
        return
    if month > 12 and day_first and day <= 12:
        faults.add(case.row, title, cell, DAY_OR_MONTH)
        return
    try:
        found = datetime(year, month, day).date()  # noqa: DTZ001 - a day, no moment
    except ValueError:
        faults.add(case.row, title, cell, A_DAY)
        return
    if today is not None and found > today:
        faults.add(case.row, title, cell, NOT_LATER, day=today.isoformat())
    case.days[name] = found


def _parts(cell: str, day_first: bool | None) -> tuple[int, int, int] | None:
    for pattern, order in _PATTERNS:
        found = pattern.match(cell)
        if found is None:
            continue
        one, two, three = (int(part) for part in found.groups())
        if order == "ymd":
            return one, two, three
        return (three, two, one) if day_first else (three, one, two)
    return None


def _check_infectors(cases: list[_Case], titles: Mapping[str, str], faults: Collector) -> None:
    if "infector" not in titles:
        return
    known = {case.cells["case"] for case in cases}
    for case in cases:
        infector = case.cells["infector"]
        if infector.lower() in UNKNOWN:
            continue
        if infector == case.cells["case"]:
            faults.add(case.row, titles["infector"], infector, SOMEBODY_ELSE)
        elif infector not in known:
            faults.add(case.row, titles["infector"], infector, ON_THE_LIST)


def _check_hospitals(cases: list[_Case], titles: Mapping[str, str], faults: Collector) -> None:
    """A rare name that is almost a frequent one is told once, at its first row."""
    if "hospital" not in titles:
        return
    names = Counter(case.cells["hospital"] for case in cases)
    first = {case.cells["hospital"]: case.row for case in reversed(cases)}
    common = [name for name, _count in names.most_common()]
    for place, name in enumerate(common):
        usual = next((one for one in common[:place] if _are_alike(one, name)), None)
        if usual is not None:
            faults.add(
                first[name], titles["hospital"], name, ONE_SPELLING, usual=usual,
                count=names[usual], rows=names[name],
            )  # fmt: skip


def _are_alike(one: str, other: str) -> bool:
    """Spaces, case and marks do not tell two hospitals apart; a number does (第一, 第二, 301)."""
    if not one or not other:
        return False
    here, there = (re.sub(r"[\W_]", "", name.casefold()) for name in (one, other))
    if here == there:
        return True
    if re.findall(r"\d|[一二三四五六七八九十]", here) != re.findall(
        r"\d|[一二三四五六七八九十]", there
    ):
        return False
    if min(len(here), len(there)) < 6:
        return False
    return SequenceMatcher(None, here, there).ratio() >= ALIKE
