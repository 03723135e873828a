"""Reading .xlsx from a stranger: checked first, and only what was checked is read. Pure.

A workbook is a zip of XML. Before a reader sees it, its size when unpacked is known, every
part has been unpacked and parsed by us, its farthest cell is known (a reader lays out the
whole rectangle in memory), and a new zip of exactly those parts is what the reader is given.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from xml.parsers import expat

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports import sheets
from lianfang.roster.imports.problems import Unreadable, file_problem
from lianfang.roster.imports.sheets import SAVE_AS, Cell, NamedFile, Sheet

MAX_ENTRIES = 200
MAX_UNPACKED = 50 * 1024 * 1024
MAX_RATIO = 100
_RATIO_FROM = 64 * 1024  # a small part may well shrink to almost nothing
_MAX_FILLED = 2_000_000
_REFERENCE = re.compile(r"\A([A-Z]{1,3})([0-9]{1,7})\Z")
_SHEET_TARGET = re.compile(r"/worksheet\Z")


@dataclass(slots=True)
class Bounds:
    """How far a sheet reaches. Rows count also when they are empty, cells only with a value."""

    rows: int = 0
    last_row: int = 0
    last_column: int = 0


def read(file: NamedFile) -> list[Sheet]:
    """The visible sheets of a workbook. Raises `Unreadable`."""
    parts = _unpacked(file)
    scans = _checked(file.name, parts)
    paths = _sheet_paths(file.name, parts, scans)
    workbook = _opened(file.name, parts)
    found = []
    for meta in workbook.sheets_metadata:
        visible = meta.visible == SheetVisibleEnum.Visible
        if not visible or meta.typ != SheetTypeEnum.WorkSheet:
            continue
        if meta.name not in paths:
            raise _damaged(file.name)
        _check_reach(meta.name, scans[paths[meta.name]].bounds)
        found.append(Sheet(meta.name, sheets.numbered(_rows(workbook, meta.name, file.name))))
    return found


def _damaged(name: str) -> Unreadable:
    return Unreadable(file_problem(name, _("The workbook is damaged."), SAVE_AS))


# ---------------------------------------------------------------- the zip


def _unpacked(file: NamedFile) -> dict[str, bytes]:
    """Every part by its name, after its sizes were looked at."""
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check_sizes(file, entries)
            _check_kind(file.name, {entry.filename for entry in entries})
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _damaged(file.name) from error
    except Exception as error:  # zlib.error, and what a crafted header makes of struct
        if isinstance(error, Unreadable):
            raise
        raise _damaged(file.name) from error


def _check_sizes(file: NamedFile, entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    names = {entry.filename for entry in entries}
    swollen = any(
        entry.file_size > _RATIO_FROM and entry.file_size > MAX_RATIO * max(1, entry.compress_size)
        for entry in entries
    )
    if any(entry.flag_bits & 1 for entry in entries) or len(names) != len(entries):
        raise _damaged(file.name)
    if (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or unpacked > MAX_RATIO * len(file.data)
        or swollen
    ):
        raise Unreadable(
            file_problem(
                file.name,
                _("Unpacked, the file would be %(size)s MB in %(parts)s parts: too much to open."),
                _("Copy the roster into a new workbook and save that."),
                size=-(-unpacked // (1024 * 1024)),
                parts=len(entries),
            )
        )


def _check_kind(name: str, parts: set[str]) -> None:
    macros = any(part.lower().endswith("vbaproject.bin") for part in parts)
    if macros or name.lower().endswith(".xlsm"):
        text = _("The workbook carries macros (.xlsm).")
    elif "xl/workbook.bin" in parts:
        text = _("This is a binary workbook (.xlsb).")
    elif "mimetype" in parts:
        text = _("This is a document of LibreOffice or OpenOffice.")
    elif "xl/workbook.xml" not in parts:
        text = _("This is an archive or another kind of document, not a workbook.")
    else:
        return
    raise Unreadable(file_problem(name, text, SAVE_AS))


# ---------------------------------------------------------------- the XML


class _Scan:
    """One walk through a part: how far its cells reach, and to which parts it relates."""

    def __init__(self) -> None:
        self.bounds = Bounds()
        self.relations: dict[str, str] = {}
        self.sheets: dict[str, str] = {}
        self._at = (0, 0)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._cell(attributes.get("r", ""))
        elif name in {"v", "is", "t", "f"}:
            self.bounds.last_row = max(self.bounds.last_row, self._at[0])
            self.bounds.last_column = max(self.bounds.last_column, self._at[1])
        elif name == "row":
            self.bounds.rows += 1
            given = attributes.get("r", "")
            self._at = (int(given) if given.isdecimal() else self._at[0] + 1, 0)
        elif name == "Relationship" and _SHEET_TARGET.search(attributes.get("Type", "")):
            self.relations[attributes.get("Id", "")] = attributes.get("Target", "")
        elif name == "sheet":
            key = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
            self.sheets[attributes.get("name", "")] = key

    def _cell(self, reference: str) -> None:
        match = _REFERENCE.match(reference)
        if match:
            column = 0
            for letter in match[1]:
                column = column * 26 + ord(letter) - 64
            self._at = (int(match[2]), column)
        elif reference:
            raise ValueError(reference)
        else:
            self._at = (self._at[0], self._at[1] + 1)


def _scan(data: bytes) -> _Scan:
    """Parse a part. Raises ExpatError or ValueError for what is no sound XML."""
    scan = _Scan()
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = scan.start
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.XmlDeclHandler = _only_utf_8
    parser.Parse(data, True)
    return scan


def _only_utf_8(_version: str, encoding: str | None, _standalone: int) -> None:
    """In another encoding we might read one thing and the reader another."""
    if encoding is not None and encoding.lower() not in {"utf-8", "us-ascii"}:
        raise ValueError(encoding)


def _no_doctype(*_arguments: object) -> None:
    raise ValueError("a workbook declares no document type")


def _checked(name: str, parts: dict[str, bytes]) -> dict[str, _Scan]:
    """A scan of every part that is XML. Parts that are not (pictures) are taken out."""
    scans = {}
    for path in list(parts):
        is_xml = path.lower().endswith((".xml", ".rels"))
        if not is_xml:
            del parts[path]
            continue
        try:
            scans[path] = _scan(parts[path])
        except (expat.ExpatError, ValueError) as error:
            raise _damaged(name) from error
    return scans


def _sheet_paths(name: str, parts: dict[str, bytes], scans: dict[str, _Scan]) -> dict[str, str]:
    """Sheet name -> the part that holds it; every one must be a part that we have scanned."""
    relations = scans.get("xl/_rels/workbook.xml.rels", _Scan()).relations
    paths = {}
    for sheet, key in scans["xl/workbook.xml"].sheets.items():
        if key not in relations:
            continue  # a chart sheet or a dialog
        target = relations[key]
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path not in parts:
            raise _damaged(name)
        paths[sheet] = path
    return paths


def _check_reach(sheet: str, reach: Bounds) -> None:
    if reach.last_column > sheets.MAX_COLUMNS:
        raise sheets.too_wide(sheet, reach.last_column)
    rows = max(reach.rows, reach.last_row)
    if rows > sheets.MAX_ROWS:
        raise sheets.too_long(sheet, rows)


# ---------------------------------------------------------------- the reader


@contextmanager
def _guarded(name: str) -> Iterator[None]:
    """The reader is written in Rust: where it panics, what comes up here is no Exception."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise _damaged(name) from error


def _opened(name: str, parts: dict[str, bytes]) -> CalamineWorkbook:
    clean = io.BytesIO()
    with zipfile.ZipFile(clean, "w", zipfile.ZIP_STORED) as archive:
        for path, data in parts.items():
            archive.writestr(path, data)
    clean.seek(0)
    with _guarded(name):
        return CalamineWorkbook.from_filelike(clean)


def _rows(
    workbook: CalamineWorkbook, sheet_name: str, file_name: str
) -> Iterator[tuple[Cell, ...]]:
    with _guarded(file_name):
        sheet = workbook.get_sheet_by_name(sheet_name)
        rows: list[list[Cell]] = sheet.to_python(skip_empty_area=False)
    _fill_merged(sheet, rows)
    yield from map(tuple, rows)


def _fill_merged(sheet: CalamineSheet, rows: list[list[Cell]]) -> None:
    """A value that stands in merged cells stands in each of them: 院系 over forty rows."""
    budget = _MAX_FILLED
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for row in rows[top : bottom + 1]:
            for column in range(left, min(right + 1, len(row))):
                row[column] = value
                budget -= 1
            if budget < 0:
                return
