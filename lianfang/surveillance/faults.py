"""What is wrong with a file, all of it at once: row, column, value and what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn

from lianfang.surveillance.detection import SurveillanceError, gettext_noop

MOST_FAULTS: Final = 200

SENTENCE: Final = gettext_noop("%(place)s: found %(value)s, expected %(expected)s")
PLACE_CELL: Final = gettext_noop("%(file)s, row %(row)s, column %(column)s")
PLACE_ROW: Final = gettext_noop("%(file)s, row %(row)s")
PLACE_COLUMN: Final = gettext_noop("%(file)s, column %(column)s")
PLACE_FILE: Final = "%(file)s"
AND_MORE: Final = gettext_noop("reading stopped after %(number)s faults; there may be more")
NOTHING: Final = gettext_noop("nothing")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and what would be right.

    row: line of the file, the header being 1; column: its heading, or the path of a parameter.
    expected is a sentence with named places (%(name)s) that `details` fills: a program that speaks
    another language translates the sentence and fills it itself.
    """

    file: str
    row: int | None
    column: str | None
    value: str
    expected: str
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The sentence that says where, to be filled with `file`, `row` and `column`."""
        if self.row is not None:
            return PLACE_CELL if self.column else PLACE_ROW
        return PLACE_COLUMN if self.column else PLACE_FILE

    def __str__(self) -> str:
        place = self.place % {"file": self.file, "row": self.row, "column": self.column}
        expected = self.expected % self.details
        return SENTENCE % {"place": place, "value": self.value or NOTHING, "expected": expected}


class FileFaults(SurveillanceError):
    """A file cannot be used.  `stopped`: reading ended at MOST_FAULTS, there may be more."""

    def __init__(self, faults: tuple[Fault, ...], *, stopped: bool = False) -> None:
        self.faults, self.stopped = faults, stopped
        lines = [str(fault) for fault in faults]
        super().__init__(
            "\n".join([*lines, AND_MORE % {"number": len(faults)}] if stopped else lines)
        )


class Collector:
    """Gathers the faults of one file and refuses once, at the end."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def add(
        self, row: int | None, column: str | None, value: object, expected: str, **details: object
    ) -> None:
        """Note a fault; raises FileFaults at once when there are too many to be read."""
        said = {name: str(detail) for name, detail in details.items()}
        self.faults.append(Fault(self.file, row, column, str(value), expected, said))
        if len(self.faults) >= MOST_FAULTS:
            raise FileFaults(tuple(self.faults), stopped=True)

    def stop(
        self, row: int | None, column: str | None, value: object, expected: str, **details: object
    ) -> NoReturn:
        """Note a fault after which nothing else can be understood."""
        self.add(row, column, value, expected, **details)
        raise FileFaults(tuple(self.faults))

    def refuse_if_any(self) -> None:
        if self.faults:
            raise FileFaults(tuple(self.faults))
