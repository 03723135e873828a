"""An outside list of contacts becomes rows, and everything that is wrong with it. Pure.

Identity numbers are checked, hashed by whoever calls, and kept nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports import values
from lianfang.roster.imports.columns import Titles, header_of, rows_below
from lianfang.roster.imports.phones import phone as phone_of
from lianfang.roster.imports.problems import Problem, Unreadable, Wrong, shown
from lianfang.roster.imports.sheets import Cell, Line, NamedFile, Sheet, read_file

Value = TypeVar("Value")

TITLES: Titles = {
    "name": "姓名/密接姓名/密切接触者姓名/接触者姓名/名字/name/fullname",
    "identity": "身份证号/身份证/身份证号码/证件号码/证件号/公民身份号码/idnumber/identity",
    "phone": "手机号/手机/手机号码/联系电话/电话/电话号码/联系方式/phone/mobile",
    "phone2": "备用电话/其他电话/家属电话/紧急联系电话/第二电话/otherphone/phone2",
    "number": "学号/工号/学工号/编号/number/studentnumber",
    "last_on": "末次接触时间/末次接触日期/最后接触日期/最后接触时间/末次暴露时间/接触日期/lastcontact",
    "place": "现住址/隔离地点/目前所在地/住址/地址/place/address",
    "words": "备注/接触方式/关系/与病例关系/说明/remark/note/relation",
}
_IDENTITY = re.compile(r"\A\d{17}[\dX]\Z")
_OTHER_PAPER = re.compile(r"\A[A-Z0-9()]{6,20}\Z")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_BUDDHIST = range(2500, 2700)


@dataclass(frozen=True, slots=True)
class ListRow:
    """Somebody on the list. `identity` is in the clear here and must not be stored."""

    row: int
    sheet: str
    name: str
    identity: str
    phones: tuple[str, ...]
    number: str
    last_on: date | None
    place: str
    words: str


@dataclass(slots=True)
class OutsideList:
    rows: list[ListRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)


def read_list(file: NamedFile, *, today: date, since: date) -> OutsideList:
    """Every row of a list; a contact lies between `since` and `today`."""
    found = OutsideList()
    try:
        sheets = [sheet for sheet in read_file(file) if sheet.lines]
    except Unreadable as error:
        found.problems += error.problems
        return found
    for sheet in sheets:
        try:
            _Reading(found, sheet, today, since).read()
        except Unreadable as error:
            found.problems += error.problems
    if not (found.rows or found.problems):
        text = _("There are no rows below the header.")
        found.problems.append(Problem(file.name, 0, "", "", text, _("One row for each contact.")))
    return found


class _Reading:
    def __init__(self, found: OutsideList, sheet: Sheet, today: date, since: date) -> None:
        self.found = found
        self.sheet = sheet
        self.today, self.since = today, since
        self.header = header_of(sheet, TITLES, needs=("name",))
        found.titles |= self.header.titles

    def read(self) -> None:
        for line in rows_below(self.sheet, self.header):
            before = len(self.found.problems)
            row = self._row(line)
            if len(self.found.problems) == before:
                self.found.rows.append(row)

    def _row(self, line: Line) -> ListRow:
        name = self._cell(line, "name", _name_of, "")
        identity = self._cell(line, "identity", identity_of, "")
        phones = [self._cell(line, column, phone_of, "") for column in ("phone", "phone2")]
        number = self._cell(line, "number", _number_of, "")
        if name and not (identity or any(phones) or number) and self._is_sound(line):
            self._wrong(
                line, "phone", _("Nothing tells this person from others of the same name."),
                _("Add the identity number, a phone, or the student number."),
            )  # fmt: skip
        return ListRow(
            row=line.number,
            sheet=self.sheet.name,
            name=name,
            identity=identity,
            phones=tuple(dict.fromkeys(phone for phone in phones if phone)),
            number=number,
            last_on=self._last_on(line),
            place=self._cell(line, "place", values.text, ""),
            words=self._cell(line, "words", values.text, ""),
        )

    def _is_sound(self, line: Line) -> bool:
        last = self.found.problems[-1] if self.found.problems else None
        return last is None or (last.sheet, last.row) != (self.sheet.name, line.number)

    def _last_on(self, line: Line) -> date | None:
        day = self._cell(line, "last_on", day_of, None)
        if day is not None and day > self.today:
            self._wrong(
                line, "last_on", _("This contact lies in the future."),
                _("Write the day of the last contact, today at the latest."),
            )  # fmt: skip
        elif day is not None and day < self.since:
            self._wrong(
                line, "last_on", _("This contact lies before the days that count (from %(since)s)."),
                _("Correct the day, or leave the row out."), since=self.since.isoformat(),
            )  # fmt: skip
        return day

    def _cell(self, line: Line, name: str, reader: Callable[[Cell], Value], usual: Value) -> Value:
        try:
            return reader(self.header.cell(line, name))
        except Wrong as wrong:
            self._wrong(line, name, wrong.text, wrong.cure, **wrong.context)
            return usual

    def _wrong(self, line: Line, name: str, text: str, cure: str, **context: object) -> None:
        title = self.header.title(name) or TITLES[name].partition("/")[0]
        value = shown(self.header.cell(line, name))
        if name == "identity":
            value = hidden(value)
        self.found.problems.append(
            Problem(self.sheet.name, line.number, title, value, text, cure, context)
        )


def hidden(value: str) -> str:
    """An identity number as it may be quoted back: enough to find it in the file."""
    return f"{value[:3]}…{value[-2:]}" if len(value) > 6 else "…"


def _name_of(cell: Cell) -> str:
    name = values.text(cell, longest=60)
    if not name:
        raise Wrong(_("The name is empty."), _("Every row needs a name."))
    return name


def _number_of(cell: Cell) -> str:
    return values.number(cell) if values.text(cell) else ""


def identity_of(cell: Cell) -> str:
    """An identity number whose check digit is right, or another paper's; "" for none.

    >>> identity_of("11010519491231002x")
    '11010519491231002X'
    """
    plain = values.text(cell).replace(" ", "").upper()
    if plain in {"", "-", "无"}:
        return ""
    if values.SCIENTIFIC.match(plain) or (isinstance(cell, float) and cell >= values.EXACT):
        raise Wrong(_("Excel has written this number in powers of ten: digits are lost."), values.AS_TEXT)  # fmt: skip
    if _IDENTITY.match(plain):
        total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, plain, strict=False))
        if plain[17] != "10X98765432"[total % 11]:
            raise Wrong(
                _("The last digit does not fit the others: a digit was mistyped."),
                _("Compare it with the paper."),
            )
        return plain
    if plain.isdecimal() or not _OTHER_PAPER.match(plain):
        raise Wrong(
            _("This is no identity number."),
            _("Write all eighteen characters, or the number of a passport."),
        )
    return plain


def day_of(cell: Cell) -> date | None:
    """A day; one in the calendar of Thailand is named as such."""
    plain = values.text(cell)
    year = re.match(r"\A(\d{4})[-/.年]", plain) or re.match(
        r"\A\d{1,2}[-/.]\d{1,2}[-/.](\d{4})", plain
    )
    if year and int(year[1]) in _BUDDHIST:
        raise Wrong(
            _("This year is of the Buddhist calendar."),
            _("Take 543 from it: %(year)s."), year=int(year[1]) - 543,
        )  # fmt: skip
    return values.day(cell)
