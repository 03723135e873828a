"""What every detector shares: the answer it gives, and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Alarms = npt.NDArray[np.int8]

NOT_JUDGED: Final = -1
"""The alarm code of a moment about which a detector can say nothing.  Never read it as quiet."""


def gettext_noop(text: str) -> str:
    """Marks a sentence for the catalogue; whoever speaks to people translates it, then fills it."""
    return text


AT_LEAST: Final = gettext_noop("at least %(low)s")
ABOVE: Final = gettext_noop("more than %(low)s")
BETWEEN: Final = gettext_noop("%(low)s to %(high)s")
A_LEVEL: Final = gettext_noop("more than 0 and less than 1")
ONE_OF: Final = gettext_noop("one of %(choices)s")
TOO_SHORT: Final = gettext_noop("series too short: %(values)s values, %(method)s needs %(needed)s")


class SurveillanceError(ValueError):
    """A detector refused its input.  Everything this package raises on purpose is one of these."""


class SeriesTooShort(SurveillanceError):
    """No moment of the series has the history that the method asks for."""

    def __init__(self, *, values: int, needed: int, method: str) -> None:
        self.details = {"values": values, "needed": needed, "method": method}
        super().__init__(TOO_SHORT % self.details)


class BadParameter(SurveillanceError):
    """A parameter lies outside what the method is defined for.

    expected: a sentence whose named places (%(low)s) `details` fills.
    """

    def __init__(self, name: str, value: object, expected: str, **details: object) -> None:
        self.name, self.value = name, value
        self.expected, self.details = expected, details
        super().__init__(f"{name} = {value!r}: expected {expected % details}")


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One answer per series and moment.

    Arrays have the shape of the counts, (..., n).  Before index `first` nothing is judged:
    `upperbound` is NaN and `alarm` is NOT_JUDGED (-1).  From there on `alarm` is 1 (the count lies
    above the bound), 0 (it does not) or NOT_JUDGED (count or bound is missing).
    """

    first: int
    upperbound: Floats
    alarm: Alarms


def as_series(counts: npt.ArrayLike) -> Floats:
    """Counts or rates as float64 of shape (..., n); a missing value is NaN, a negative one refused."""
    series = np.asarray(counts, dtype=np.float64, order="C")
    if series.ndim == 0:
        raise BadParameter("counts", counts, "an array whose last axis is time")
    negative = series < 0
    if negative.any() or np.isinf(series).any():
        where = tuple(int(i) for i in np.argwhere(negative | np.isinf(series))[0])
        raise BadParameter(f"counts[{where}]", float(series[where]), "a finite number, 0 or more")
    return series


def judge(series: Floats, upperbound: Floats) -> Alarms:
    """1 above the bound, 0 at or below it, NOT_JUDGED where either is NaN."""
    alarm = (series > upperbound).astype(np.int8)
    alarm[np.isnan(series) | np.isnan(upperbound)] = NOT_JUDGED
    return alarm


def rates(
    cases: npt.ArrayLike,
    reporters: npt.ArrayLike,
    *,
    expected_reporters: npt.ArrayLike,
    completeness: float = 0.8,
    per: float = 1000.0,
) -> Floats:
    """Cases per `per` reporters; NaN where too few reported to say anything.

    cases, reporters, expected_reporters: shape (..., n), persons.  completeness: the share of the
    expected that must have reported, 0..1.  A day below it is NaN, so that every detector answers
    NOT_JUDGED for it: nothing is called quiet while the reports are missing.

    Raises BadParameter for a completeness outside 0..1.
    """
    if not 0 <= completeness <= 1:
        raise BadParameter("completeness", completeness, "a share between 0 and 1")
    ill, heard = as_series(cases), as_series(reporters)
    asked = as_series(expected_reporters)
    enough = (heard > 0) & (heard >= completeness * asked)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate: Floats = np.where(enough, ill / heard * per, np.nan)
    return rate
