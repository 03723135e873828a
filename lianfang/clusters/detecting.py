"""What the detectors say about one series. Pure: arrays in, a verdict out.

Days on which too few reported teach nothing and are judged by nobody: the baseline is the last
known days, and rates are taken of those who reported, at the number of reporters of today.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from lianfang.rulebook.cluster_policy import Detectors
from lianfang.surveillance import (
    FarringtonParameters,
    SeriesTooShort,
    cusum,
    ears,
    farrington_flexible,
)

Series = tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]  # ill, reporters, expected

ALARM, QUIET, UNKNOWN, SMALL, LEARNING = "ALARM", "QUIET", "UNKNOWN", "SMALL", "LEARNING"
_WEEKS: Final = 52


@dataclass(frozen=True, slots=True)
class Judgement:
    """`alarms` are the methods above their bound; `suppressed`: they were, on a day that is not
    known. `bounds` are in people at today's number of reporters; None: could not judge.
    """

    verdict: str
    alarms: tuple[str, ...] = ()
    suppressed: bool = False
    bounds: dict[str, float | None] = field(default_factory=dict)


def judge(series: Series, *, detectors: Detectors, threshold: float) -> Judgement:
    """The last day of a series of days.

    Unknown where too few reported; learning where there are not enough known days; small where
    the unit has fewer ill a day than statistics can read. Only then quiet, or an alarm.
    """
    ill, reporters, expected = (np.asarray(part, dtype=np.float64) for part in series)
    known = (expected > 0) & (reporters > 0) & (reporters >= threshold * expected)
    today_known = bool(known[-1])
    known[-1] = True  # judged all the same, to say what an incomplete day would have shown
    at_hand = np.flatnonzero(known)
    scale = max(reporters[-1], 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        counts = np.where(reporters > 0, ill / reporters * scale, ill)[at_hand]
    if len(at_hand) <= detectors.baseline:
        return Judgement(UNKNOWN if not today_known else LEARNING)
    mean = float(counts[-1 - detectors.baseline : -1].mean())
    if mean < detectors.smallest_mean:
        return Judgement(UNKNOWN if not today_known else SMALL)
    bounds, alarms = _methods(counts, detectors)
    if not today_known:
        return Judgement(UNKNOWN, alarms, suppressed=bool(alarms), bounds=bounds)
    return Judgement(ALARM if len(alarms) >= detectors.agree else QUIET, alarms, bounds=bounds)


def _methods(
    counts: npt.NDArray[np.float64], detectors: Detectors
) -> tuple[dict[str, float | None], tuple[str, ...]]:
    bounds: dict[str, float | None] = {}
    alarms = []
    for method in ("C1", "C2", "C3"):
        try:
            said = ears(
                counts, method=method, baseline=detectors.baseline,
                alpha=detectors.alpha.get(method), min_sigma=detectors.min_sigma,
            )  # fmt: skip
        except SeriesTooShort:
            bounds[method] = None
            continue
        bounds[method] = _plain(said.upperbound[-1])
        if said.alarm[-1] == 1:
            alarms.append(method)
    training = min(detectors.cusum_training, len(counts) - 1)
    if training >= detectors.baseline and counts[:training].any():
        summed = cusum(
            counts, training=training, k=detectors.cusum_k, h=detectors.cusum_h, trans="rossi"
        )
        bounds["CUSUM"] = _plain(summed.upperbound[-1])
        if summed.alarm[-1] == 1:
            alarms.append("CUSUM")
    return bounds, tuple(alarms)


def judge_weeks(
    ill: Sequence[float], reporters: Sequence[float], *, detectors: Detectors
) -> tuple[float | None, bool]:
    """Farrington flexible on the weeks of years: bound of the last one, and whether it is above.

    A week in which nobody reported teaches nothing. (None, False) where there are not enough
    years, or too few ill to say anything.
    """
    years, heard = detectors.farrington_years, np.asarray(reporters, dtype=np.float64)
    if len(ill) < _WEEKS * years + 8 or heard[-1] <= 0:
        return None, False
    counts = np.where(heard > 0, np.asarray(ill, dtype=np.float64), np.nan)
    parameters = FarringtonParameters(
        b=years, w=3, no_periods=10, past_not_included=26, method="nbPlugin", alpha=0.01
    )
    last = len(counts) - 1
    try:
        said = farrington_flexible(
            counts, parameters, freq=_WEEKS, population=np.maximum(heard, 1.0), first=last,
            last=last,
        )  # fmt: skip
    except SeriesTooShort:
        return None, False
    bound = _plain(said.upperbound[-1])
    return bound, bool(bound is not None and said.alarm[-1] == 1)


def _plain(number: float) -> float | None:
    return None if np.isnan(number) else round(float(number), 3)
