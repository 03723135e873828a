"""Reading a CSV file from a stranger: any usual encoding, every problem at once. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.places.rules import Problem

MAX_BYTES = 32 * 1024 * 1024
MAX_COLUMNS = 100
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


class FileProblems(Refused):
    """The file was read and found wrong; `problems` lists everything, nothing was stored."""

    code = "places.file-problems"
    message = _("The file has %(count)s problems; nothing was stored.")

    def __init__(self, problems: Iterable[Problem], **context: Any) -> None:
        self.problems = tuple(problems)
        super().__init__(count=len(self.problems), **context)


class NotACsv(FileProblems):
    """The file cannot be read as a table at all; the one problem says why."""

    code = "places.not-a-csv"
    message = _("The file is not a CSV table; nothing was stored.")

    cure = _("Save it as CSV (UTF-8 or GBK, comma separated) and choose it again.")

    def __init__(self, text: str, *, row: int = 1, value: str = "") -> None:
        super().__init__([Problem(row, "", value, text, self.cure)])


class NoFile(NotACsv):
    """Nothing could be read: the path is wrong, or it may not be opened."""

    code = "places.no-file"
    message = _("No file was read; nothing was stored.")
    cure = _("Look at the path and who may read it.")


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is the line's number in the file as a spreadsheet counts it: the header is 1."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def problem(self, column: str, text: str, cure: str, **context: object) -> Problem:
        return Problem(self.number, column, self[column][:80], text, cure, context)


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def require(self, *columns: str) -> None:
        """Raise `FileProblems` naming every column that is missing."""
        missing = [column for column in columns if column not in self.columns]
        if missing:
            raise FileProblems(
                Problem(
                    1,
                    column,
                    "",
                    _("This column is missing."),
                    _("The first line must name it; it names: %(columns)s"),
                    {"columns": ", ".join(self.columns)},
                )
                for column in missing
            )


def read_table(data: bytes) -> Table:
    """The table of a CSV file; `NotACsv` when it is none."""
    text = _decoded(data)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = tuple(tidy(cell) for cell in next(lines, ()))
        _check_header(columns)
        rows = tuple(_rows(columns, lines))
    except csv.Error as error:
        raise NotACsv(_("The table breaks off here."), row=lines.line_num) from error
    if not rows:
        raise NotACsv(_("There are no rows below the header."))
    return Table(columns, rows)


def read_bytes(file: Path | bytes) -> bytes:
    """What an upload or a path holds, as far as anybody should read it."""
    if isinstance(file, bytes):
        return file
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise NoFile(_("There is no such file."), value=str(file)) from error
    except IsADirectoryError as error:
        raise NoFile(_("This is a folder, not a file."), value=str(file)) from error
    except OSError as error:
        raise NoFile(_("The file cannot be read."), value=str(file)) from error


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise NotACsv(_("The file is larger than 32 MB."))
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise NotACsv(_("This is an Excel workbook."))
    if b"\x00" in data:
        raise NotACsv(_("The file holds binary data."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotACsv(_("The text is neither UTF-8 nor GBK."))


def _check_header(columns: tuple[str, ...]) -> None:
    if sum(bool(column) for column in columns) < 2:
        raise NotACsv(_("The first line does not name columns."))
    if len(columns) > MAX_COLUMNS:
        raise NotACsv(_("There are more than 100 columns."))
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise FileProblems(
            Problem(1, column, column, _("This column occurs twice."), _("Keep one of them."))
            for column in twice
        )


def _rows(columns: tuple[str, ...], lines: Iterator[list[str]]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=2):
        cells = [tidy(cell) for cell in line]
        if any(cells):
            yield Row(number, dict(zip(columns, cells, strict=False)))


# ---------------------------------------------------------------- cells


def parse_day(text: str) -> date | None:
    """2020-01-31, 2020/1/31, 20200131 or 2020年1月31日; None when it is no day of our time."""
    for pattern in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"):
        try:
            day = datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a date, not a moment
        except ValueError:
            continue
        return day if EARLIEST <= day < LATEST else None
    return None


def read_day(
    row: Row, column: str, report: Callable[[Problem], None], *, optional: bool = False
) -> date | None:
    """The day in a cell; a cell that holds none is reported."""
    day = parse_day(row[column])
    if day is None and not (optional and not row[column]):
        report(row.problem(column, _("This is not a day."), _("Write it like 2020-01-31.")))
    return day
