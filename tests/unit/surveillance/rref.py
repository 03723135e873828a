"""Reading the R reference: what R says, by series and parameter set."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-9


def number(cell: str) -> float:
    return float("nan") if cell in ("", "NA", "NaN") else float(cell)


@dataclass(frozen=True)
class Series:
    freq: int
    counts: Floats


@dataclass(frozen=True)
class Reference:
    """Rows of one series and set: `t` from 1, the other columns as they stand in the file."""

    series_id: str
    rows: tuple[Mapping[str, str], ...]

    @property
    def at(self) -> npt.NDArray[np.intp]:
        return np.array([int(row["t"]) - 1 for row in self.rows])

    def column(self, name: str) -> Floats:
        return np.array([number(row[name]) for row in self.rows])


@cache
def all_series(path: Path) -> dict[str, Series]:
    counts: dict[str, list[float]] = defaultdict(list)
    freq: dict[str, int] = {}
    with path.open(encoding="utf-8") as text:
        for row in csv.DictReader(text):
            counts[row["series_id"]].append(number(row["observed"]))
            freq[row["series_id"]] = int(row["freq"])
    return {name: Series(freq[name], np.array(values)) for name, values in counts.items()}


@cache
def _tables(path: Path) -> dict[str, dict[str, list[dict[str, str]]]]:
    found: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
    with path.open(encoding="utf-8") as text:
        for row in csv.DictReader(text):
            found[row["param_set"]][row["series_id"]].append(row)
    return found


def references(path: Path, param_set: str) -> Iterator[Reference]:
    """What R says with this set, series by series."""
    tables = _tables(path)[param_set]
    assert tables, f"{path.name} has no rows of {param_set}"
    for series_id, rows in tables.items():
        yield Reference(series_id, tuple(rows))


def assert_as_r(ours: Any, theirs: Iterable[float], about: str) -> None:
    """Equal to 1e-9 (relative above 1), NaN and infinity exactly where R has them."""
    mine, r = np.asarray(ours, dtype=np.float64), np.asarray(list(theirs), dtype=np.float64)
    np.testing.assert_allclose(
        mine, r, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True, err_msg=about
    )
