"""A file from a stranger becomes sheets of cells, within limits. Pure.

What the file *is* decides, not what it is called: but a file that calls itself a workbook
and is none is told so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.problems import Unreadable, file_problem

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 60

Cell = str | int | float | bool | date | datetime | time | timedelta

SAVE_AS = _("Open it in Excel or WPS and save it as “Excel workbook (*.xlsx)”, or as CSV.")
_WORKBOOK_NAMES = (".xlsx", ".xls", ".xlsm", ".xlsb", ".et")


class Line(NamedTuple):
    """`number` is the row as Excel numbers it: the first is 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file as it was given: its name and all of its bytes."""

    name: str
    data: bytes


def read_file(file: NamedFile) -> list[Sheet]:
    """The sheets of a workbook, or the one sheet of a CSV file. Raises `Unreadable`."""
    from lianfang.roster.imports import csvfiles, workbook

    name, data = file.name, file.data
    if not data.strip():
        raise Unreadable(file_problem(name, _("The file is empty."), SAVE_AS))
    if len(data) > MAX_BYTES:
        raise _refused(name, _("The file is larger than %(limit)s MB."), limit=MAX_BYTES >> 20)
    if data.startswith(b"PK"):
        return workbook.read(file)
    foreign = _kind_by_content(data)
    if foreign:
        raise _refused(name, foreign)
    if name.lower().endswith(_WORKBOOK_NAMES):
        raise _refused(name, _("The file is called a workbook but is not one."))
    return csvfiles.read(file)


def _kind_by_content(data: bytes) -> str:
    """What the file is when it is certainly no table that we read; empty when it may be one."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return _("The workbook is protected by a password; take the password off first.")
        return _("This is a workbook of the old kind (.xls).")
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<head", b"<meta")):
        return _("This is a web page that only calls itself a workbook.")
    if start.startswith(b"<?xml") or start.startswith(b"<"):
        return _("This is an XML document, not a workbook.")
    if start.startswith((b"%pdf", b"\x89png", b"\xff\xd8\xff", b"gif8", b"rar!", b"7z\xbc\xaf")):
        return _("This is a picture, a PDF or an archive, not a table.")
    return ""


def _refused(name: str, text: str, *, limit: int = 0) -> Unreadable:
    return Unreadable(file_problem(name, text, SAVE_AS, limit=limit))


def too_wide(sheet: str, columns: int) -> Unreadable:
    return Unreadable(
        file_problem(
            sheet,
            _("The sheet has %(columns)s columns; %(limit)s are read."),
            _("Delete the columns at the right that do not belong to the roster."),
            columns=columns,
            limit=MAX_COLUMNS,
        )
    )


def too_long(sheet: str, rows: int) -> Unreadable:
    return Unreadable(
        file_problem(
            sheet,
            _("The sheet has %(rows)s rows; %(limit)s are read."),
            _("Select the empty rows below the last person, delete them, and save the file."),
            rows=rows,
            limit=MAX_ROWS,
        )
    )


def numbered(rows: Iterator[tuple[Cell, ...]], *, first: int = 1) -> tuple[Line, ...]:
    """The rows that hold something, each with its number in the file."""
    return tuple(
        Line(number, cells) for number, cells in enumerate(rows, start=first) if not is_blank(cells)
    )


def is_blank(cells: Iterable[Cell]) -> bool:
    return all(cell == "" or (isinstance(cell, str) and cell.isspace()) for cell in cells)
