"""Tables as files: xlsx in which every text is text, and CSV that a spreadsheet reads as text."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from lianfang.usecases.summary_tables import Cell, Faint, Share, Table

# What a spreadsheet may take for the beginning of a formula; some read the wide forms too.
_DANGEROUS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NARROWEST, _LINE, _FEW = 5, 14, 6
_GREY = "#737373"
_Formats = dict[str, Any]


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet could run this text, were it not marked as text."""
    return text.lstrip().startswith(_DANGEROUS)


def one_line(text: str) -> str:
    """No tab, line break or other control character hides the beginning of a cell."""
    return _CONTROL.sub(" ", text)


def lines_of(text: str) -> str:
    """A cell of prose: its lines stay, and none of them begins like a formula."""
    lines = (one_line(line) for line in text.split("\n"))
    return "\n".join(f"'{line}" if is_dangerous(line) else line for line in lines)


def xlsx(tables: Sequence[Table], *, now: datetime) -> bytes:
    """A workbook with a sheet per table. No text is ever read as a formula, link or number."""
    memory = io.BytesIO()
    never = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(memory, {"in_memory": True, **never}) as book:
        book.set_properties({"created": now.astimezone(UTC).replace(tzinfo=None)})
        formats = _formats(book)
        for table in tables:
            _sheet(book.add_worksheet(table.tab[:31]), table, formats)
    return memory.getvalue()


def _formats(book: Any) -> _Formats:
    cell = {"border": 1, "valign": "vcenter", "font_size": 10}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center"}),
        "label": book.add_format({"bold": True, "align": "right"}),
        "fact": book.add_format({"align": "left"}),
        "head": book.add_format(
            {**cell, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#EFEFEF"}
        ),
        "cell": book.add_format(cell),
        "prose": book.add_format({**cell, "text_wrap": True, "valign": "top"}),
        "sum": book.add_format({**cell, "bold": True}),
        "quoted": book.add_format({**cell, "quote_prefix": True}),
        "faint": book.add_format({**cell, "font_color": _GREY, "align": "center", "shrink": True}),
        "share": book.add_format({**cell, "num_format": "0.0%"}),
        "note": book.add_format({"font_color": _GREY, "font_size": 9}),
    }


def _sheet(sheet: Any, table: Table, formats: _Formats) -> None:
    width = max(len(table.columns), 6)
    sheet.merge_range(0, 0, 0, width - 1, "", formats["title"])
    sheet.write_string(0, 0, table.title, formats["title"])
    top = _facts(sheet, table, formats)
    top = _groups(sheet, top, table, formats)
    for column, label in enumerate(table.columns):
        sheet.write_string(top, column, label, formats["head"])
    first_sum = len(table.rows) - table.sums
    for number, row in enumerate(table.rows):
        plain = formats["sum" if number >= first_sum else "cell"]
        for column, cell in enumerate(row):
            if table.is_prose and isinstance(cell, str):
                sheet.write_string(top + 1 + number, column, lines_of(cell), formats["prose"])
            else:
                _write(sheet, top + 1 + number, column, cell, plain, formats)
    bottom = top + 2 + len(table.rows)
    for number, note in enumerate(table.notes):
        sheet.write_string(bottom + number, 0, note, formats["note"])
    _page(sheet, table, top)


def _facts(sheet: Any, table: Table, formats: _Formats) -> int:
    """Three pairs of label and value in a row; the next free row."""
    places = (1, 6, 14) if _is_wide(table) else (0, 2, 4)
    for number, (label, value) in enumerate(table.facts):
        row, column = 1 + number // 3, places[number % 3]
        sheet.write_string(row, column, label, formats["label"])
        sheet.write_string(row, column + 1, one_line(value), formats["fact"])
    return 2 + (len(table.facts) + 2) // 3


def _is_wide(table: Table) -> bool:
    return len(table.columns) > 20


def _groups(sheet: Any, top: int, table: Table, formats: _Formats) -> int:
    if not table.groups:
        return top
    column = 0
    for label, width in table.groups:
        if width > 1:
            sheet.merge_range(top, column, top, column + width - 1, "", formats["head"])
        sheet.write_string(top, column, label, formats["head"])
        column += width
    return top + 1


def _write(sheet: Any, row: int, column: int, cell: Cell, plain: Any, formats: _Formats) -> None:
    if cell == "":
        sheet.write_blank(row, column, None, plain)
    elif isinstance(cell, Faint):
        sheet.write_string(row, column, cell, formats["faint"])
    elif isinstance(cell, str):
        text = one_line(cell)
        sheet.write_string(row, column, text, formats["quoted"] if is_dangerous(text) else plain)
    else:
        sheet.write_number(
            row, column, cell, formats["share"] if isinstance(cell, Share) else plain
        )


def _page(sheet: Any, table: Table, top: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9 if table.is_prose else 8)  # A4; A3: 47 columns side by side
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, top)
    sheet.freeze_panes(top + 1, min(2, len(table.columns) - 1))
    if _is_wide(table):
        sheet.set_column(0, len(table.columns) - 2, 6.5)
        sheet.set_column(0, 0, 5)
        sheet.set_column(1, 2, 18)
        sheet.set_column(len(table.columns) - 1, len(table.columns) - 1, 24)
    else:
        sheet.set_column(0, max(len(table.columns), 6) - 1, 16)
    sheet.set_row(top, 60 if _is_wide(table) else 30)
    if table.is_prose:
        _fit_prose(sheet, table, top)


def _fit_prose(sheet: Any, table: Table, top: int) -> None:
    """Columns as wide as what stands in them, and rows as high: printed, no sentence is cut off."""
    rows = [[str(cell).split("\n") for cell in row] for row in table.rows]
    wide = [_NARROWEST] * len(table.columns)
    for row in [[[label] for label in table.columns], *rows]:
        for column, lines in enumerate(row):
            wide[column] = max(wide[column], *(_width(line) + 2 for line in lines))
    widest = 34 if len(table.columns) <= _FEW else 18  # many columns: still to be read on A4
    wide = [min(one, widest) for one in wide]
    for column, one in enumerate(wide):
        sheet.set_column(column, column, one)
    for number, row in enumerate(rows, start=top + 1):
        high = max(
            sum(math.ceil(max(_width(line), 1) / (wide[column] - 1)) for line in lines)
            for column, lines in enumerate(row)
        )
        sheet.set_row(number, min(_LINE * high + 4, 409))


def _width(text: str) -> int:
    """In letters: a Chinese character is as wide as two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def csv_text(tables: Sequence[Table]) -> str:
    """The same cells for a program: UTF-8 with its mark, every cell quoted, formulas disarmed."""
    memory = io.StringIO()
    writer = csv.writer(memory, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for table in tables:
        writer.writerow([harmless(table.title)])
        for label, value in table.facts:
            writer.writerow([harmless(label), harmless(value)])
        if table.groups:
            writer.writerow(_spread(table.groups))
        writer.writerow([harmless(cell) for cell in table.columns])
        writer.writerows([harmless(cell) for cell in row] for row in table.rows)
        writer.writerows([harmless(note)] for note in table.notes)
        writer.writerow([])
    return "\ufeff" + memory.getvalue()


def _spread(groups: Sequence[tuple[str, int]]) -> list[str]:
    return [cell for label, width in groups for cell in (label, *[""] * (width - 1))]


def harmless(cell: Cell) -> str:
    """The cell as text that no spreadsheet takes for a formula."""
    if isinstance(cell, Share):
        return f"{cell:.1%}"
    text = one_line(str(cell))
    return f"'{text}" if isinstance(cell, str) and is_dangerous(text) else text
