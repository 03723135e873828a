"""A timetable, a seating plan or a sign-in sheet becomes lines, and everything wrong in it. Pure.

A row names a person by number, or a whole class. With a day it says who was at one meeting;
without, who belongs to the group, and with times when the group meets, week after week.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from lianfang.groups.columns import FLOORS, TITLES
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports import values
from lianfang.roster.imports.columns import Header, Titles, header_of, rows_below
from lianfang.roster.imports.problems import Problem, Unreadable, Wrong, shown
from lianfang.roster.imports.sheets import Cell, Line, NamedFile, Sheet, read_file

Value = TypeVar("Value")
Lessons = Sequence[tuple[time, time]]
FLOOR_LIST = "FLOORS"
KINDS = (*TITLES, FLOOR_LIST)

_CODE_LENGTH, _NAME_LENGTH = 80, 120
_WEEKDAYS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7} | {
    name: number
    for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), start=1)
}
_PARITIES = {"": "", "全": "", "每": "", "every": "", "单": "odd", "odd": "odd", "双": "even", "even": "even"}  # fmt: skip
_SLOT = re.compile(r"\A第?(\d{1,2})(?:\s*[-~至、,]\s*(\d{1,2}))?节?\Z")


@dataclass(frozen=True, slots=True)
class Meeting:
    """When a group meets: on one day, or on a weekday (0: every day), each or every other week."""

    begins: time
    ends: time
    place: str = ""
    day: date | None = None
    weekday: int = 0
    parity: str = ""


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One row: who, in which group, from when to when (`until` is exclusive), meeting when."""

    row: int
    sheet: str
    code: str
    name: str
    number: str
    person_name: str
    class_name: str
    seat: str
    since: date | None
    until: date | None
    meeting: Meeting | None


@dataclass(frozen=True, slots=True)
class FloorLine:
    row: int
    sheet: str
    building: str
    room: str
    floor: str


@dataclass(slots=True)
class GroupFile:
    kind: str
    lines: list[GroupLine] = field(default_factory=list)
    broken: list[GroupLine] = field(default_factory=list)  # their people are looked up all the same
    floors: list[FloorLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)


def read_groups(
    file: NamedFile, *, kind: str, lessons: Lessons = (), since: date | None, until: date | None
) -> GroupFile:
    """The lines of a file with all that is wrong in it; `since`, `until` (exclusive) stand in
    where a row says no days."""
    found = GroupFile(kind)
    try:
        sheets = [sheet for sheet in read_file(file) if sheet.lines]
    except Unreadable as error:
        found.problems += error.problems
        return found
    for sheet in sheets:
        try:
            _Reading(found, sheet, lessons, since, until).read()
        except Unreadable as error:
            found.problems += error.problems
    if not (found.lines or found.floors or found.problems):
        text, cure = (
            _("There are no rows below the header."),
            _("One row for each person or class."),
        )
        found.problems.append(Problem(file.name, 0, "", "", text, cure))
    return found


class _Reading:
    """One sheet; a cell that will not do is noted and the row goes on, so that all is said."""

    def __init__(
        self,
        found: GroupFile,
        sheet: Sheet,
        lessons: Lessons,
        since: date | None,
        until: date | None,
    ) -> None:
        self.found = found
        self.sheet = sheet
        self.lessons = lessons
        self.since, self.until = since, until
        self.titles: Titles = FLOORS if found.kind == FLOOR_LIST else TITLES[found.kind]
        needs = tuple(FLOORS) if found.kind == FLOOR_LIST else ("group",)
        self.header: Header = header_of(sheet, self.titles, needs=needs)
        found.titles |= self.header.titles

    def read(self) -> None:
        if self.found.kind != FLOOR_LIST and not {"number", "class_name"} & set(self.header.at):
            self._miss("number")
        for line in rows_below(self.sheet, self.header):
            before = len(self.found.problems)
            made = self._floor(line) if self.found.kind == FLOOR_LIST else self._line(line)
            is_sound = len(self.found.problems) == before
            if isinstance(made, GroupLine):
                (self.found.lines if is_sound else self.found.broken).append(made)
            elif is_sound:
                self.found.floors.append(made)

    # ------------------------------------------------------------ rows

    def _floor(self, line: Line) -> FloorLine:
        building, room, floor = (
            self._needed(line, name, longest)
            for name, longest in (("building", 20), ("room", 20), ("floor", 10))
        )
        return FloorLine(line.number, self.sheet.name, building, room, floor)

    def _line(self, line: Line) -> GroupLine:
        name = self._needed(line, "group", _NAME_LENGTH)
        number = self._cell(line, "number", _number, "")
        class_name = self._text(line, "class_name")
        if not number and not class_name:
            self._wrong(
                line, "number" if "number" in self.header else "class_name",
                _("This row names neither a person nor a class."),
                _("Write the student or staff number, or the class."),
            )  # fmt: skip
        since, until = self._days(line)
        meeting = self._meeting(line, since, until)
        return GroupLine(
            row=line.number,
            sheet=self.sheet.name,
            code=self._code(line, name, meeting),
            name=self._name(name, meeting),
            number=number,
            person_name=self._text(line, "person_name"),
            class_name=class_name if not number else "",
            seat=self._text(line, "seat", 30),
            since=since,
            until=until,
            meeting=meeting,
        )

    def _code(self, line: Line, name: str, meeting: Meeting | None) -> str:
        """The code of the file; else the name, with the sitting or the day that makes it one."""
        code = self._text(line, "code", _CODE_LENGTH) or name[:_CODE_LENGTH]
        if meeting and self.found.kind == "CANTEEN":
            code = f"{code} {meeting.begins:%H:%M}"
        if meeting and meeting.day and self.found.kind in {"ACTIVITY", "VEHICLE"}:
            code = f"{code} {meeting.day.isoformat()}"
        return code[:_CODE_LENGTH]

    def _name(self, name: str, meeting: Meeting | None) -> str:
        if meeting and self.found.kind == "CANTEEN":
            return f"{name} {meeting.begins:%H:%M}–{meeting.ends:%H:%M}"[:_NAME_LENGTH]
        return name

    def _days(self, line: Line) -> tuple[date | None, date | None]:
        since = self._cell(line, "since", values.day, None) or self.since
        last = self._cell(line, "until", values.day, None)
        until = last + timedelta(days=1) if last else self.until
        if since and until and until <= since:
            self._wrong(
                line, "until" if last else "since",
                _("The end is before the beginning (%(since)s)."),
                _("Write the last day of the term, such as 2020-06-30."), since=since.isoformat(),
            )  # fmt: skip
        return since, until

    def _meeting(self, line: Line, since: date | None, until: date | None) -> Meeting | None:
        day = self._cell(line, "day", values.day, None)
        begins, ends = self._hours(line)
        if begins is None or ends is None:
            if day and "day" in self.header:
                self._wrong(
                    line, "begins", _("A day needs its times."),
                    _("Write beginning and end like 08:00, or the lessons like 1-2."),
                )  # fmt: skip
            return None
        weekday = self._cell(line, "weekday", weekday_of, 0)
        if day is None and (since is None or until is None):
            self._wrong(
                line, "since", _("It is not said from when to when this is repeated."),
                _("Add the columns %(since)s and %(until)s, or say the term beside the file."),
                since=self._title("since"), until=self._title("until"),
            )  # fmt: skip
        return Meeting(
            begins=begins,
            ends=ends,
            place=self._text(line, "place", 60),
            day=day,
            weekday=0 if day else weekday,
            parity="" if day else self._cell(line, "parity", parity_of, ""),
        )

    def _hours(self, line: Line) -> tuple[time | None, time | None]:
        slot = self._cell(line, "slot", self._lessons, None)
        begins = self._cell(line, "begins", time_of, None)
        ends = self._cell(line, "ends", time_of, None)
        if slot and begins is None:
            return slot
        if begins and ends and ends <= begins:
            self._wrong(
                line, "ends", _("The end is before the beginning (%(since)s)."),
                _("Write beginning and end like 08:00 and 09:40."), since=f"{begins:%H:%M}",
            )  # fmt: skip
        if (begins is None) != (ends is None):
            self._wrong(
                line, "ends" if ends is None else "begins", _("One of the two times is missing."),
                _("Write beginning and end like 08:00 and 09:40."),
            )  # fmt: skip
        return begins, ends

    def _lessons(self, cell: Cell) -> tuple[time, time] | None:
        plain = _plain(cell)
        if not plain:
            return None
        found = _SLOT.match(plain)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last <= len(self.lessons):
            raise Wrong(
                _("These are no lessons of the day."),
                _("Write them like 1-2; the day has %(lessons)s lessons."),
                lessons=len(self.lessons),
            )
        return self.lessons[first - 1][0], self.lessons[last - 1][1]

    # ------------------------------------------------------------ cells

    def _cell(self, line: Line, name: str, reader: Callable[[Cell], Value], usual: Value) -> Value:
        try:
            return reader(self.header.cell(line, name))
        except Wrong as wrong:
            self._wrong(line, name, wrong.text, wrong.cure, **wrong.context)
            return usual

    def _text(self, line: Line, name: str, longest: int = 120) -> str:
        return self._cell(line, name, lambda cell: values.text(cell, longest=longest), "")

    def _needed(self, line: Line, name: str, longest: int) -> str:
        before = len(self.found.problems)
        text = self._text(line, name, longest)
        if not text and len(self.found.problems) == before:
            self._wrong(line, name, _("This cell is empty."), _("Every row needs it."))
        return text

    def _title(self, name: str) -> str:
        return self.header.title(name) or self.titles[name].partition("/")[0]

    def _miss(self, name: str) -> None:
        text, cure = _("This column is missing."), _("Name the people by number, or the class.")
        raise Unreadable(
            Problem(self.sheet.name, self.header.number, self._title(name), "", text, cure)
        )

    def _wrong(self, line: Line, name: str, text: str, cure: str, **context: object) -> None:
        value = shown(self.header.cell(line, name))
        self.found.problems.append(
            Problem(self.sheet.name, line.number, self._title(name), value, text, cure, context)
        )


# ---------------------------------------------------------------- values


def _number(cell: Cell) -> str:
    return values.number(cell) if _plain(cell) else ""


def _plain(cell: Cell) -> str:
    return values.text(cell).replace(" ", "")


def weekday_of(cell: Cell) -> int:
    """1 to 7 of 3, 周三, 星期三, Wed; 0 for an empty cell."""
    plain = re.sub(r"\A(星期|周|礼拜)", "", _plain(cell).lower())
    if not plain:
        return 0
    number = int(plain) if plain.isdecimal() and len(plain) == 1 else _WEEKDAYS.get(plain[:3], 0)
    if not 1 <= number <= 7:
        raise Wrong(_("This is no day of the week."), _("Write it like 3, 周三 or Wed."))
    return number


def parity_of(cell: Cell) -> str:
    plain = _plain(cell).lower().removesuffix("周")
    if plain not in _PARITIES:
        raise Wrong(_("This says neither odd nor even weeks."), _("Write 单周, 双周, or nothing."))
    return _PARITIES[plain]


def time_of(cell: Cell) -> time | None:
    """08:00, 8:00:00, a time of Excel or its fraction of a day; None for an empty cell."""
    if isinstance(cell, datetime):
        return cell.time().replace(second=0, microsecond=0)
    if isinstance(cell, time):
        return cell.replace(second=0, microsecond=0)
    if isinstance(cell, float) and 0 < cell < 1:
        minutes = round(cell * 1440)
        return time(*divmod(min(minutes, 1439), 60))
    plain = _plain(cell).replace("：", ":")
    if not plain:
        return None
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?", plain)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise Wrong(_("This is no time of the day."), _("Write it like 08:00."))
    return time(int(found[1]), int(found[2]))


def days_of(meeting: Meeting, *, since: date, until: date) -> Iterator[date]:
    """The days on which a repeated meeting falls; odd and even weeks count from that of `since`."""
    monday = since - timedelta(days=since.weekday())
    day = since
    while day < until:
        week = (day - monday).days // 7 + 1
        fits = meeting.parity in {"", "odd" if week % 2 else "even"}
        if fits and meeting.weekday in {0, day.isoweekday()}:
            yield day
        day += timedelta(days=1)
