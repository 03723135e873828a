"""Reading CSV from a stranger: any usual encoding and separator, culprits by line. Pure."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports import sheets
from lianfang.roster.imports.problems import Unreadable, file_problem
from lianfang.roster.imports.sheets import SAVE_AS, Cell, Line, NamedFile, Sheet

_SEPARATORS = ",;\t|，"
_SAMPLE = 16 * 1024
_A_FEW = 4


def read(file: NamedFile) -> list[Sheet]:
    """The one sheet of a CSV file, called after the file. Raises `Unreadable`."""
    text = decoded(file)
    separator = _separator(text)
    if text.lower().startswith("sep="):  # a line that Excel writes for itself
        separator, text = text[4], "\n" + text.partition("\n")[2]
    lines = list(_lines(file.name, text, separator))
    return [Sheet(file.name, tuple(lines))]


def decoded(file: NamedFile) -> str:
    """UTF-8 with or without its mark, UTF-16, or GBK (GB 18030)."""
    data = file.data
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _tried(file, "utf-16")
    sides = Counter(at % 2 for at, byte in enumerate(data[:4096]) if byte == 0)
    if sides.total() >= _A_FEW and len(sides) == 1:  # UTF-16 without its mark: zeros on one side
        return _tried(file, "utf-16-le" if 1 in sides else "utf-16-be")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return _tried(file, "utf-8-sig")


def _tried(file: NamedFile, encoding: str) -> str:
    try:
        return file.data.decode(encoding)
    except UnicodeDecodeError as error:
        text = _("The text is in no encoding that we read (UTF-8, UTF-16 or GBK).")
        raise Unreadable(file_problem(file.name, text, SAVE_AS)) from error


def _separator(text: str) -> str:
    """The separator that occurs most in the first lines; a comma where none does."""
    sample = text[:_SAMPLE]
    return max(_SEPARATORS, key=lambda separator: (sample.count(separator), separator == ","))


def _lines(name: str, text: str, separator: str) -> Iterator[Line]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number, begins = 0, 1
    while True:
        number, begins = number + 1, rows.line_num + 1
        try:
            cells: tuple[Cell, ...] = tuple(next(rows))
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(name, number, begins, rows.line_num) from error
        while cells and cells[-1] == "":
            cells = cells[:-1]
        if len(cells) > sheets.MAX_COLUMNS:
            raise sheets.too_wide(name, len(cells))
        if number > sheets.MAX_ROWS:
            raise sheets.too_long(name, text.count("\n") + 1)
        if not sheets.is_blank(cells):
            yield Line(number, cells)


def _broken(name: str, number: int, begins: int, ends: int) -> Unreadable:
    text = _(
        "A quotation mark that opens in line %(line)s is not closed (read up to line %(end)s)."
    )
    cure = _("Close the quotation mark in line %(line)s, or take it away.")
    return Unreadable(file_problem(name, text, cure, row=number, line=begins, end=ends))
