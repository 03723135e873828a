"""The rows of a roster become records of people; what is wrong in a row is told. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.roster.imports import columns, phones, values
from lianfang.roster.imports.columns import Header
from lianfang.roster.imports.problems import Problem, Severity, Unreadable, Wrong, shown
from lianfang.roster.imports.sheets import Cell, Line, Sheet

STUDENT, STAFF = "STUDENT", "STAFF"
T = TypeVar("T")
_CATEGORIES = {
    "学生": STUDENT, "student": STUDENT,
    "教职工": STAFF, "教师": STAFF, "教工": STAFF, "职工": STAFF, "staff": STAFF, "teacher": STAFF,
    "外包": "CONTRACTOR", "外包人员": "CONTRACTOR", "劳务": "CONTRACTOR", "contractor": "CONTRACTOR",
    "离退休": "RETIRED", "退休": "RETIRED", "retired": "RETIRED",
    "其他": "OTHER", "other": "OTHER",
}  # fmt: skip
_PLAIN_FIELDS: dict[str, Callable[[Cell], str]] = {
    "sex": values.sex,
    "political_status": lambda cell: values.short(cell, longest=20),
    "phone": phones.phone,
    "email": values.email,
    "position": lambda cell: values.short(cell, longest=40),
}
_FOOTERS = ("合计", "总计", "小计", "共计", "备注", "注:", "说明", "制表", "填表", "审核")


@dataclass(frozen=True, slots=True)
class Record:
    """A person as the file tells. `fields` has only what the file has columns for.

    `branch` and `counselor` are None where the file has no such column; "" says "none".
    A lodging that cannot be read is not told: whatever is stored stays.
    """

    sheet: str
    row: int
    category: str
    number: str
    name: str
    department: str
    major: str
    class_name: str
    fields: dict[str, str]
    branch: str | None
    counselor: str | None
    tells_lodging: bool
    lodging: tuple[str, str] | None
    starts_on: date | None
    titles: Header = field(repr=False)

    def problem(
        self, column: str, value: str, text: str, cure: str, *,
        severity: Severity = "error", **context: object,
    ) -> Problem:  # fmt: skip
        title = self.titles.title(column) or column
        return Problem(self.sheet, self.row, title, shown(value), text, cure, context, severity)


@dataclass(slots=True)
class People:
    """Everything that the sheets said."""

    records: list[Record] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_people(sheets: Iterable[Sheet]) -> People:
    """All people of all sheets, and every problem at once."""
    people = People()
    every = list(sheets)
    given = [sheet for sheet in every if sheet.lines]
    meant = [sheet for sheet in given if columns.is_roster(sheet)] or given
    for sheet in given:
        if sheet not in meant:
            people.problems.append(_passed_over(sheet))
    for sheet in meant:
        try:
            header = columns.header_of(sheet, columns.PEOPLE, needs=("number", "name"))
        except Unreadable as error:
            people.problems += error.problems
            continue
        _read_sheet(sheet, header, people)
    if not people.records and not people.problems:
        people.problems.append(_nobody(given or every, empty=not given))
    return people


def _passed_over(sheet: Sheet) -> Problem:
    return Problem(
        sheet.name, 0, "", "",
        _("This sheet lists no people and was passed over."),
        _("Nothing needs to be done if that is right."),
        severity="warning",
    )  # fmt: skip


def _nobody(sheets: list[Sheet], *, empty: bool) -> Problem:
    text = _("The sheet is empty.") if empty else _("There is nobody below the header.")
    name = sheets[0].name if sheets else ""
    return Problem(name, 0, "", "", text, _("Choose the file that lists the people."))


def _read_sheet(sheet: Sheet, header: Header, people: People) -> None:
    people.headings.append(columns.heading_above(sheet, header))
    people.unread += [title for title in header.unread if title not in people.unread]
    for first, second in header.doubles:
        people.problems.append(
            Problem(
                sheet.name, header.number, second, "",
                _("The columns %(first)s and %(second)s mean the same; one of them is read."),
                _("Delete the one that should not count."),
                {"first": first, "second": second},
                "warning",
            )
        )  # fmt: skip
    usual = _usual_category(sheet, header)
    before = len(people.records) + len(people.problems)
    for line in columns.rows_below(sheet, header):
        if not _repeats_header(line, header) and not _is_footer(line, header):
            _Row(sheet.name, line, header, people).read(usual)
    if len(people.records) + len(people.problems) == before:
        people.problems.append(_nobody([sheet], empty=False))


def _repeats_header(line: Line, header: Header) -> bool:
    """A header that was printed on every page stands between the people again."""
    return all(
        tidy(str(header.cell(line, name))) == header.title(name) for name in ("number", "name")
    )


def _is_footer(line: Line, header: Header) -> bool:
    """合计 2780 人, 制表人: what stands below the last person."""
    first = next((tidy(str(cell)) for cell in line.cells if cell != ""), "")
    return header.cell(line, "name") == "" and first.startswith(_FOOTERS)


def _usual_category(sheet: Sheet, header: Header) -> str:
    """Students or staff: the title of the number says it, else the sheet's name, else a class."""
    number = header.title("number")
    if "学号" in number and "工" not in number:
        return STUDENT
    if "工号" in number and "学" not in number:
        return STAFF
    if "学生" in sheet.name:
        return STUDENT
    if any(word in sheet.name for word in ("教职工", "教师", "职工", "员工", "教工")):
        return STAFF
    return STUDENT if "class_name" in header else STAFF


class _Row:
    """One row being read: a wrong cell is told and read as empty, so that all are told."""

    def __init__(self, sheet: str, line: Line, header: Header, people: People) -> None:
        self.sheet = sheet
        self.line = line
        self.header = header
        self.people = people

    def read(self, usual_category: str) -> None:
        number = self._value("number", values.number, "")
        name = self._value("name", values.name, "")
        category = self._category(usual_category)
        lodging = self._lodging()
        record = Record(
            sheet=self.sheet,
            row=self.line.number,
            category=category,
            number=number,
            name=name,
            department=self._word("department"),
            major=self._word("major") if category == STUDENT else "",
            class_name=self._word("class_name") if category == STUDENT else "",
            fields=self._fields(category),
            branch=self._word("branch") if "branch" in self.header else None,
            counselor=self._counselor(category),
            tells_lodging=lodging is not None,
            lodging=lodging or None,
            starts_on=self._value("starts_on", values.day, None),
            titles=self.header,
        )
        if number and name and category:
            self.people.records.append(record)

    def _value(
        self, name: str, read: Callable[[Cell], T], otherwise: T, severity: Severity = "error"
    ) -> T:
        if name not in self.header.at:
            return otherwise
        cell = self.header.cell(self.line, name)
        try:
            return read(cell)
        except Wrong as wrong:
            self.people.problems.append(
                Problem(
                    self.sheet, self.line.number, self.header.title(name), shown(cell),
                    wrong.text, wrong.cure, wrong.context, severity,
                )
            )  # fmt: skip
            return otherwise

    def _word(self, name: str) -> str:
        return self._value(name, lambda cell: values.short(cell, longest=120), "")

    def _counselor(self, category: str) -> str | None:
        if category != STUDENT or "counselor" not in self.header:
            return None
        return self._value("counselor", lambda cell: values.short(cell, longest=60), "")

    def _category(self, usual: str) -> str:
        if "category" not in self.header:
            return usual

        def category(cell: Cell) -> str:
            given = values.text(cell).lower()
            if given and given not in _CATEGORIES:
                raise Wrong(
                    _("This is no category of people."),
                    _("Write one of: %(known)s."),
                    known="学生, 教职工, 外包人员, 退休, 其他",
                )
            return _CATEGORIES.get(given, usual)

        return self._value("category", category, "")

    def _fields(self, category: str) -> dict[str, str]:
        fields = {
            name: self._value(name, read, "")
            for name, read in _PLAIN_FIELDS.items()
            if name in self.header
        }
        grade = self._grade() if category == STUDENT else ""
        if grade or (category == STUDENT and "grade" in self.header):
            fields["grade"] = grade
        if "address" in self.header:
            fields["address"] = self._address()
        return fields

    def _grade(self) -> str:
        told = self._value("grade", values.grade, "")
        return told or values.grade_in(tidy(str(self.header.cell(self.line, "class_name"))))

    def _address(self) -> str:
        """One column, or province, city, county and the rest in four."""
        parts = ("province", "city", "county", "address")
        return "".join(
            self._value(name, lambda cell: values.text(cell, longest=200), "") for name in parts
        )

    def _lodging(self) -> tuple[str, str] | tuple[()] | None:
        """Building and room; () for nowhere on campus; None when the file does not tell."""
        if "room" in self.header:
            building = self._value("building", values.building, "")
            room = self._value("room", lambda cell: values.short(cell, longest=20), "")
            return (building, room) if building and room else ()

        def lodging(cell: Cell) -> tuple[str, str] | tuple[()] | None:
            return values.lodging(cell) or ()

        return self._value("lodging", lodging, None, "warning")
