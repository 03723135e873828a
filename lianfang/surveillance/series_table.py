"""Reading a table of series: one row per series and moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from lianfang.surveillance.detection import Floats, gettext_noop
from lianfang.surveillance.faults import Collector
from lianfang.surveillance.tables import decimal_number, opened, rows, whole_number

SERIES_COLUMNS: Final = ("series_id", "freq", "t", "observed")
MISSING: Final = ("", "NA", "NaN")

A_NAME: Final = gettext_noop("a name")
FREQ: Final = gettext_noop("moments per year, a whole number from 2 to 366")
ONE_FREQ: Final = gettext_noop("%(freq)s, as in the first row of series %(series)s")
MOMENT: Final = gettext_noop("the number of the moment, a whole number from 1")
ONCE: Final = gettext_noop("each t once in series %(series)s; row %(earlier)s has it already")
NO_GAP: Final = gettext_noop(
    "t = %(missing)s too; series %(series)s must run from 1 to %(last)s without a gap"
)
A_ROW: Final = gettext_noop("at least one row below the header")
A_COUNT: Final = gettext_noop("a count, a number of 0 or more, or nothing for a missing one")

Table = dict[str, tuple[int, Floats]]


@dataclass(slots=True)
class _Series:
    """One series while it is read: counts by t, and the row each t stood in."""

    freq: int
    counts: dict[int, float] = field(default_factory=dict)
    row_of: dict[int, int] = field(default_factory=dict)


def read_series(path: Path) -> Table:
    """Moments per year and counts by series, in the order of the file.

    Raises FileFaults for rows that are wrong, a t that is there twice, gaps in t, and no row at all.
    """
    faults = Collector(str(path))
    found: dict[str, _Series] = {}
    with opened(path, faults) as text:
        for number, cells in rows(text, SERIES_COLUMNS, faults):
            _take_row(number, cells, found, faults)
    for name, series in found.items():
        _refuse_gaps(name, series, faults)
    if not found and not faults.faults:
        faults.add(None, None, "", A_ROW)
    faults.refuse_if_any()
    return {
        name: (series.freq, np.array([series.counts[t] for t in sorted(series.counts)]))
        for name, series in found.items()
    }


def _take_row(number: int, cells: list[str], found: dict[str, _Series], faults: Collector) -> None:
    name, freq_cell, t_cell, observed = cells
    freq, t, count = whole_number(freq_cell), whole_number(t_cell), decimal_number(observed)
    if observed in MISSING:
        count = float("nan")
    if not name:
        faults.add(number, "series_id", name, A_NAME)
    if freq is None or not 2 <= freq <= 366:
        faults.add(number, "freq", freq_cell, FREQ)
    if t is None or t < 1:
        faults.add(number, "t", t_cell, MOMENT)
    if count is None or count < 0:
        faults.add(number, "observed", observed, A_COUNT)
    if not name or freq is None or t is None:
        return
    series = found.setdefault(name, _Series(freq))
    if freq != series.freq:
        faults.add(number, "freq", freq_cell, ONE_FREQ, freq=series.freq, series=name)
    if t in series.row_of:
        faults.add(number, "t", t_cell, ONCE, series=name, earlier=series.row_of[t])
    series.row_of.setdefault(t, number)
    series.counts[t] = 0.0 if count is None else count


def _refuse_gaps(name: str, series: _Series, faults: Collector) -> None:
    last = max(series.counts)
    if len(series.counts) == last:
        return
    missing = next(t for t in range(1, last + 1) if t not in series.counts)
    after = min(t for t in series.counts if t > missing)
    faults.add(series.row_of[after], "t", after, NO_GAP, missing=missing, series=name, last=last)
