"""What is wrong in a file: where, what stands there, why it will not do, what would. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]
SHOWN = 60  # characters of a cell that are quoted back


@dataclass(frozen=True, slots=True)
class Problem:
    """`text` and `cure` are msgids with %-placeholders out of `context`.

    `row` is the number that Excel shows at the left; 0 when the problem is no single row's.
    An error forbids the whole import; a warning is told and passes.
    """

    sheet: str
    row: int
    column: str
    value: str
    text: str
    cure: str
    context: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = "error"

    @property
    def is_error(self) -> bool:
        return self.severity == "error"


class Unreadable(Exception):
    """The file, or a sheet of it, cannot be read as a table at all."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems)
        self.problems = problems


class Wrong(Exception):
    """One cell will not do; whoever reads the row says where it stands."""

    def __init__(self, text: str, cure: str, **context: object) -> None:
        super().__init__(text)
        self.text = text
        self.cure = cure
        self.context = context


def shown(value: object) -> str:
    """A cell as it can be quoted back: short, invisible characters made visible."""
    text = str(value)
    visible = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:SHOWN])
    return visible + ("…" if len(text) > SHOWN else "")


def file_problem(sheet: str, text: str, cure: str, *, row: int = 0, **context: object) -> Problem:
    """A problem of the file or sheet as a whole."""
    return Problem(sheet, row, "", "", text, cure, context)


def errors(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.is_error]
