"""Which earlier moments teach Farrington's regression, and which part of the year each belongs to.

Noufaily et al. (2013), section 3.2: the window of 2w + 1 moments around the same moment of each of
the last b years is one level of a factor; the rest of the year is cut into equal further levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from lianfang.surveillance.detection import (
    AT_LEAST,
    BETWEEN,
    BadParameter,
    Floats,
    gettext_noop,
)

FEWER: Final = gettext_noop("fewer: nothing is left of some part of the year")

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The moments that teach, relative to today, the same for every today.

    offset (n,): negative numbers of moments.  level (n,): 0 for today's part of the year, 1.. for
    the others in the order of time after a reference moment.  freq: moments per year.
    """

    offset: Indices
    level: Indices
    freq: int

    @property
    def depth(self) -> int:
        """How many moments must lie before today."""
        return -int(self.offset.min())

    def design(self, *, trend: bool) -> Floats:
        """One column per level, then, with a trend, time in years before today.  Shape (n, p)."""
        levels: Floats = np.equal.outer(self.level, np.unique(self.level)).astype(np.float64)
        if not trend:
            return levels
        with_time: Floats = np.column_stack([levels, self.offset / self.freq])
        return with_time

    def today(self, *, trend: bool) -> Floats:
        """The row of the design that belongs to today.  Shape (p,)."""
        row = np.zeros(len(np.unique(self.level)) + trend)
        row[0] = 1.0
        return row


def lay_out(*, freq: int, b: int, w: int, periods: int, left_out: int) -> History:
    """The history of b years with half-windows of w moments and `periods` levels.

    left_out: the moments just before today that teach nothing, lest an outbreak that has begun
    raises its own threshold.  Today never teaches.

    Raises BadParameter where windows would overlap or a level would be empty.
    """
    _check(freq=freq, b=b, w=w, periods=periods, left_out=left_out)
    level = np.full(b * freq + w + 1, -1, dtype=np.intp)  # [-1] is today, [-1 - i] is i ago
    today = len(level) - 1
    level[today - w :] = 0
    lengths = _share(freq - 2 * w - 1, periods - 1)
    for year in range(1, b + 1):
        centre = today - year * freq
        level[centre - w : centre + w + 1] = 0
        begin = centre + w + 1
        for number, length in enumerate(lengths, start=1):
            level[begin : begin + length] = number
            begin += length
    level[today - left_out :] = -1
    (used,) = np.nonzero(level >= 0)
    if set(level[used].tolist()) != set(range(periods)):
        raise BadParameter("pastWeeksNotIncluded", left_out, FEWER)
    return History(offset=used - today, level=level[used], freq=freq)


def _share(moments: int, parts: int) -> list[int]:
    """Cut a stretch into parts as equal as can be, the longer ones first."""
    if parts == 0:
        return []
    length, rest = divmod(moments, parts)
    return [length + (part < rest) for part in range(parts)]


def _check(*, freq: int, b: int, w: int, periods: int, left_out: int) -> None:
    if freq < 2:
        raise BadParameter("freq", freq, AT_LEAST, low=2)
    if b < 1:
        raise BadParameter("b", b, AT_LEAST, low=1)
    if not 0 <= w <= (freq - 1) // 2:
        raise BadParameter("w", w, BETWEEN, low=0, high=(freq - 1) // 2)
    if not 1 <= periods <= freq - 2 * w:
        raise BadParameter("noPeriods", periods, BETWEEN, low=1, high=freq - 2 * w)
    if not 0 <= left_out < b * freq:
        raise BadParameter("pastWeeksNotIncluded", left_out, BETWEEN, low=0, high=b * freq - 1)
