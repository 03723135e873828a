"""Reading and writing CSV: UTF-8, comma, first row = header; a written file is whole or absent."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from lianfang.surveillance.detection import gettext_noop
from lianfang.surveillance.faults import Collector

HEADER: Final = gettext_noop("the columns %(columns)s")
UTF8: Final = gettext_noop("text in UTF-8")
A_FILE: Final = gettext_noop("a file that can be read")
A_PLACE: Final = gettext_noop("a place that can be written to")
ANOTHER_FILE: Final = gettext_noop("another file than the input")
ONE_COLUMN: Final = gettext_noop("each heading once")
CELLS: Final = gettext_noop("%(number)s cells, as in the header")
PLAIN_CSV: Final = gettext_noop("a row of comma-separated values (%(reason)s)")

_LARGEST: Final = 2**62  # what an array of whole numbers holds, differences included

Row = tuple[int, list[str]]


@contextmanager
def opened(path: Path, faults: Collector) -> Iterator[TextIO]:
    """The file as text, a byte order mark skipped; refuses by name what is not there or not UTF-8."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            yield text
    except OSError as error:
        faults.stop(None, None, error.strerror or error, A_FILE)
    except UnicodeDecodeError as error:
        found = repr(error.object[error.start : error.end])
        faults.stop(_row_not_utf8(path), None, found, UTF8)


def _row_not_utf8(path: Path) -> int | None:
    """The first row of the file that is no text; the decoder reads ahead and cannot say."""
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return number
    return None


def rows(text: TextIO, columns: Sequence[str], faults: Collector) -> Iterator[Row]:
    """The line number and the cells of `columns`, in that order, of every row that is not empty.

    Rows with another number of cells than the header are noted as faults and left out.
    """
    reader = csv.reader(text, strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        places = _places(header, columns, faults)
        for cells in reader:
            if len(cells) == len(header):
                yield reader.line_num, [cells[place].strip() for place in places]
            elif cells:
                faults.add(reader.line_num, None, f"{len(cells)} cells", CELLS, number=len(header))
    except csv.Error as error:
        faults.stop(reader.line_num, None, "", PLAIN_CSV, reason=error)


def _places(header: list[str], columns: Sequence[str], faults: Collector) -> list[int]:
    if any(column not in header for column in columns):
        faults.stop(1, None, ",".join(header), HEADER, columns=",".join(columns))
    for column in columns:
        if header.count(column) > 1:
            faults.stop(1, column, f"{header.count(column)} x {column}", ONE_COLUMN)
    return [header.index(column) for column in columns]


def whole_number(cell: str) -> int | None:
    """The number, or None where the cell is no plain decimal whole number (or beyond all use)."""
    digits = cell[1:] if cell[:1] == "-" else cell
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 19:
        return None
    number = int(cell)
    return number if abs(number) < _LARGEST else None


def decimal_number(cell: str) -> float | None:
    """The finite number, or None; no thousands marks, no words."""
    try:
        number = float(cell)
    except ValueError:
        return None
    plain = cell.isascii() and "_" not in cell and number - number == 0
    return number if plain else None


def write(path: Path, header: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    """Write beside the place and move over it, so that nobody ever reads half a file."""
    faults = Collector(str(path))
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        faults.stop(None, None, error.strerror or error, A_PLACE)
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(lines)
        beside.chmod(0o666 & ~_umask())
        beside.replace(path)
    except OSError as error:
        faults.stop(None, None, error.strerror or error, A_PLACE)
    finally:
        beside.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def refuse_overwriting(out: Path, *inputs: Path) -> None:
    """An answer never replaces its question."""
    if any(out.exists() and given.exists() and out.samefile(given) for given in inputs):
        Collector(str(out)).stop(None, None, out.name, ANOTHER_FILE)
