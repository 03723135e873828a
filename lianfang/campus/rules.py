"""Tables of gate passages and of evening checks, read into facts with every problem. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, TypeVar

from lianfang.kernel.clock import SHANGHAI
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.roster.imports.columns import Header, Titles, header_of, rows_below
from lianfang.roster.imports.problems import Problem, Unreadable, Wrong, shown
from lianfang.roster.imports.sheets import Cell, Line, Sheet

GATE: Titles = {
    "number": "学号/工号/编号/学号/工号/学工号/人员编号/卡号/number/personnumber/person",
    "gate": "门岗/校门/闸机/通道/位置/大门/gate/door",
    "direction": "方向/进出/出入/进出方向/通行方向/direction/inout",
    "at": "时间/通行时间/刷卡时间/进出时间/记录时间/at/time/passedat",
}
DORM: Titles = {
    "number": "学号/工号/编号/学工号/人员编号/number/personnumber/person",
    "room": "房间/寝室/宿舍/房间号/寝室号/宿舍号/room/dorm",
    "present": "在寝/是否在寝/查寝结果/状态/结果/present/presence/status",
    "at": "时间/查寝时间/检查时间/记录时间/at/time/checkedat",
}
_IN = {"进", "入", "进入", "进校", "入校", "进门", "in", "enter", "entry", "1"}
_OUT = {"出", "离", "离开", "出校", "离校", "出门", "out", "exit", "leave", "0"}
_PRESENT = {"在", "在寝", "是", "正常", "归寝", "present", "yes", "y", "true", "1", "√"}
_ABSENT = {
    "不在",
    "不在寝",
    "否",
    "缺",
    "缺寝",
    "未归",
    "未归寝",
    "晚归未到",
    "absent",
    "no",
    "n",
    "false",
    "0",
    "×",
}
_MOMENTS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y.%m.%d %H:%M:%S",
    "%Y.%m.%d %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M",
)


@dataclass(frozen=True, slots=True)
class Passage:
    number: str
    gate: str
    direction: str
    at: datetime
    row: int


@dataclass(frozen=True, slots=True)
class EveningCheck:
    number: str
    room: str
    is_present: bool
    at: datetime
    row: int

    @property
    def day(self) -> date:
        """A check after midnight belongs to the evening before."""
        local = self.at.astimezone(SHANGHAI)
        return local.date() - timedelta(days=1) if local.time() < time(6, 0) else local.date()


Row = TypeVar("Row", Passage, EveningCheck)


@dataclass(slots=True)
class Read(Generic[Row]):
    """What a file says, with everything that is wrong with it."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    repeated: int = 0


def read_passages(sheets: Iterable[Sheet], *, now: datetime, keep_days: int) -> Read[Passage]:
    """Gate passages: person number, gate, in or out, when."""

    def row(header: Header, line: Line, cell: Callable[[str], Cell]) -> Passage:
        return Passage(
            number=_number(cell("number")),
            gate=_short(cell("gate"), 40),
            direction=_choice(cell("direction"), {"IN": _IN, "OUT": _OUT}, _CURE_DIRECTION),
            at=_moment(cell("at"), now, keep_days),
            row=line.number,
        )

    return _read(sheets, GATE, ("number", "direction", "at"), row)


def read_evening_checks(
    sheets: Iterable[Sheet], *, now: datetime, keep_days: int
) -> Read[EveningCheck]:
    """Evening checks of the dormitory: person number, room, there or not, when."""

    def row(header: Header, line: Line, cell: Callable[[str], Cell]) -> EveningCheck:
        there = _choice(cell("present"), {"IN": _PRESENT, "OUT": _ABSENT}, _CURE_PRESENT)
        return EveningCheck(
            number=_number(cell("number")),
            room=_short(cell("room"), 40),
            is_present=there == "IN",
            at=_moment(cell("at"), now, keep_days),
            row=line.number,
        )

    return _read(sheets, DORM, ("number", "present", "at"), row)


_CURE_DIRECTION = _("Write 进 or 出 (in or out).")
_CURE_PRESENT = _("Write 在 or 不在 (present or absent).")


def _read(
    sheets: Iterable[Sheet],
    titles: Titles,
    needs: tuple[str, ...],
    make: Callable[[Header, Line, Callable[[str], Cell]], Row],
) -> Read[Row]:
    found: Read[Row] = Read()
    seen: set[tuple[Any, ...]] = set()
    for sheet in [one for one in sheets if one.lines]:
        try:
            header = header_of(sheet, titles, needs=needs)
        except Unreadable as error:
            found.problems += error.problems
            continue
        for line in rows_below(sheet, header):
            _read_row(sheet.name, header, line, make, found, seen)
    if not found.rows and not found.problems:
        text, cure = _("The file has no row below its header."), _("Choose the export of one day.")
        found.problems.append(Problem("", 0, "", "", text, cure))
    return found


def _read_row(
    sheet: str,
    header: Header,
    line: Line,
    make: Callable[[Header, Line, Callable[[str], Cell]], Row],
    found: Read[Row],
    seen: set[tuple[Any, ...]],
) -> None:
    at = ""

    def cell(name: str) -> Cell:
        nonlocal at
        at = name
        return header.cell(line, name)

    try:
        row = make(header, line, cell)
    except Wrong as wrong:
        found.problems.append(
            Problem(
                sheet,
                line.number,
                header.title(at),
                shown(header.cell(line, at)),
                wrong.text,
                wrong.cure,
                wrong.context,
            )
        )
        return
    key = (row.number, row.at, getattr(row, "direction", ""), getattr(row, "gate", ""))
    if key in seen:
        found.repeated += 1  # a reader that sends a passage twice is no fault of the file
        return
    seen.add(key)
    found.rows.append(row)


def _number(cell: Cell) -> str:
    text = tidy(str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell))
    if not text:
        raise Wrong(_("There is no number of a person."), _("Write the number of the roster."))
    if len(text) > 32:
        raise Wrong(_("This is no number of a person."), _("Write the number of the roster."))
    return text


def _short(cell: Cell, longest: int) -> str:
    text = tidy(str(cell))
    if len(text) > longest:
        raise Wrong(
            _("This is longer than %(longest)s characters."),
            _("Write a short name."),
            longest=longest,
        )
    return text


def _choice(cell: Cell, choices: Mapping[str, set[str]], cure: str) -> str:
    text = tidy(str(cell)).lower()
    for code, words in choices.items():
        if text in words:
            return code
    raise Wrong(_("This word is not known here."), cure)


def _moment(cell: Cell, now: datetime, keep_days: int) -> datetime:
    moment = _as_moment(cell)
    if moment is None:
        raise Wrong(_("This is no moment."), _("Write it as 2020-02-01 22:30:05."))
    local = moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment
    if local > now:
        raise Wrong(_("This moment has not come yet."), _("Look at the clock of the reader."))
    if now - local > timedelta(days=keep_days):
        raise Wrong(
            _("This is older than %(days)s days and would be deleted at once."),
            _("Leave these rows out: they are kept no longer."),
            days=keep_days,
        )
    return local


def _as_moment(cell: Cell) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    text = tidy(str(cell))
    for form in _MOMENTS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=SHANGHAI)
        except ValueError:
            continue
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed if len(text) > 10 else None
