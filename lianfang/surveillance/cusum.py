"""CUSUM: small shifts that last, found by adding up what each moment lies above the ordinary.

The form of R `surveillance::algo.cusum` (1.20.3), agreeing with it row for row.

Rossi G, Lampugnani L, Marchi M (1999). An approximate CUSUM procedure for surveillance of health
events. Statistics in Medicine 18, 2111-2122.
Pierce DA, Schafer DW (1986). Residuals in generalized linear models. Journal of the American
Statistical Association 81, 977-986 (the Anscombe residuals).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from lianfang.surveillance.detection import (
    ABOVE,
    AT_LEAST,
    NOT_JUDGED,
    ONE_OF,
    Alarms,
    BadParameter,
    Floats,
    SeriesTooShort,
    as_series,
    gettext_noop,
)
from lianfang.surveillance.poisson import fit_poisson

Transformation = Literal["standard", "rossi", "anscombe", "anscombe2nd"]

A_YEAR: Final = gettext_noop("at least a year, %(low)s moments, because m is glm")

TRANSFORMATIONS: Final = ("standard", "rossi", "anscombe", "anscombe2nd")


@dataclass(frozen=True, slots=True, eq=False)
class Cusum:
    """Arrays of the shape of the counts; NaN (and NOT_JUDGED) before index `first`.

    mean: the ordinary level m, in counts; statistic: the sum S, in standard deviations, never
    below 0; upperbound: the count that would have been an alarm, given the sum so far;
    alarm: 1 where S >= h.
    """

    first: int
    mean: Floats
    statistic: Floats
    upperbound: Floats
    alarm: Alarms


def cusum(
    counts: npt.ArrayLike,
    *,
    training: int,
    k: float = 1.04,
    h: float = 2.26,
    trans: Transformation = "standard",
    m: npt.ArrayLike | Literal["glm"] | None = None,
    freq: int | None = None,
) -> Cusum:
    """S(t) = max(0, S(t-1) + z(t) - k) from index `training` on; an alarm where S(t) >= h.

    counts: shape (..., n), cases per moment, NaN = missing: the sum is carried over, not judged.
    training: moments at the start that teach the ordinary level and are not judged.
    k: reference value, h: decision interval, both in standard deviations.
    trans: how a count becomes the score z, with level m:
        standard     (y - m) / sqrt(m)
        rossi        (y - 3 m + 2 sqrt(m y)) / (2 sqrt(m))
        anscombe     3/2 (y^(2/3) m^(-1/6) - sqrt(m))
        anscombe2nd  (y^(2/3) - (m^(2/3) - m^(-1/3) / 9)) / (2/3 m^(1/6))
    m: the level; None takes the mean of the training, "glm" fits a Poisson regression with one
        sine and one cosine of the year to it (then `freq`, moments per year, is needed), an array
        that broadcasts to the counts is taken as it is (so may follow the number of reporters).

    As in R the sum is not set back after an alarm, the bound of `standard` is rounded up to a whole
    count and never below 0, and the bound of `anscombe2nd` corrects by m^(1/3)/9 where its score
    corrects by m^(-1/3)/9.  Where m is 0 nothing can be judged: any score would be 0/0.

    Raises BadParameter (k < 0, h <= 0, an unknown transformation, a training below 1, a glm
    without freq or with less than a year of training) and SeriesTooShort (nothing left after the training).
    Paper: Rossi et al. (1999), as R `surveillance` 1.20.3 reads it.
    """
    series = as_series(counts)
    for fault in wrong(k=k, h=h, trans=trans, training=training):
        raise fault
    if series.shape[-1] <= training:
        raise SeriesTooShort(
            values=series.shape[-1], needed=training + 1, method=f"CUSUM after {training}"
        )
    mean = _level(series, m, training=training, freq=freq)
    statistic, bound = np.full_like(series, np.nan), np.full_like(series, np.nan)
    score = _score(series, mean, trans)
    total = np.zeros(series.shape[:-1])
    for t in range(training, series.shape[-1]):
        bound[..., t] = _bound(h + k - total, mean[..., t], trans)
        risen = np.maximum(0.0, total + score[..., t] - k)
        total = np.where(np.isnan(risen), total, risen)
        statistic[..., t] = total
    missing = np.isnan(score)
    alarm = (statistic >= h).astype(np.int8)
    alarm[missing] = NOT_JUDGED
    alarm[..., :training] = NOT_JUDGED
    mean[..., :training] = np.nan
    return Cusum(first=training, mean=mean, statistic=statistic, upperbound=bound, alarm=alarm)


def wrong(
    *, k: float = 1.04, h: float = 2.26, trans: str = "standard", training: int | None = None
) -> Iterator[BadParameter]:
    """Every parameter without a meaning."""
    if not k >= 0:
        yield BadParameter("k", k, AT_LEAST, low=0)
    if not h > 0:
        yield BadParameter("h", h, ABOVE, low=0)
    if trans not in TRANSFORMATIONS:
        yield BadParameter("trans", trans, ONE_OF, choices=", ".join(TRANSFORMATIONS))
    if training is not None and training < 1:
        yield BadParameter("training", training, AT_LEAST, low=1)


def _level(
    series: Floats,
    m: npt.ArrayLike | Literal["glm"] | None,
    *,
    training: int,
    freq: int | None,
) -> Floats:
    if m is None:
        taught = series[..., :training]
        known = ~np.isnan(taught)
        with np.errstate(invalid="ignore"):
            mean = np.where(known, taught, 0.0).sum(axis=-1) / known.sum(axis=-1)
        return np.repeat(mean[..., None], series.shape[-1], axis=-1)
    if isinstance(m, str):
        return _seasonal_level(series, training=training, freq=freq)
    return np.array(np.broadcast_to(np.asarray(m, dtype=np.float64), series.shape))


def _seasonal_level(series: Floats, *, training: int, freq: int | None) -> Floats:
    if freq is None or freq < 2:
        raise BadParameter("freq", freq, "moments per year, because m is 'glm'")
    if training < freq:
        raise BadParameter("training", training, A_YEAR, low=freq)
    angle = 2 * np.pi * np.arange(1, series.shape[-1] + 1) / freq
    design = np.column_stack([np.ones_like(angle), np.sin(angle), np.cos(angle)])
    flat = series.reshape(-1, series.shape[-1])
    fits = fit_poisson(design[:training], flat[:, :training])
    with np.errstate(over="ignore"):
        level: Floats = np.exp(fits.coefficients @ design.T).reshape(series.shape)
    return level


def _score(y: Floats, m: Floats, trans: str) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        if trans == "standard":
            score = (y - m) / np.sqrt(m)
        elif trans == "rossi":
            score = (y - 3 * m + 2 * np.sqrt(y * m)) / (2 * np.sqrt(m))
        elif trans == "anscombe":
            score = 1.5 * (y ** (2 / 3) * m ** (-1 / 6) - np.sqrt(m))
        else:
            score = (y ** (2 / 3) - (m ** (2 / 3) - m ** (-1 / 3) / 9)) / (2 / 3 * m ** (1 / 6))
    score[np.isinf(score)] = np.nan
    return score


def _bound(need: Floats, m: Floats, trans: str) -> Floats:
    """The count whose score is `need`: what is still missing to h, given the sum so far."""
    with np.errstate(invalid="ignore"):
        if trans == "standard":
            return np.maximum(0.0, np.ceil(np.sqrt(m) * need + m))
        if trans == "rossi":
            square = 2 * np.sqrt(m) * need + 4 * m
            return np.where(square > 0, (np.sqrt(square) - np.sqrt(m)) ** 2, 0.0)
        if trans == "anscombe":
            power = need * 2 / 3 * m ** (1 / 6) + m ** (2 / 3)
        else:
            power = need * 2 / 3 * m ** (1 / 6) + m ** (2 / 3) - m ** (1 / 3) / 9
        raised: Floats = np.maximum(0.0, power) ** 1.5
        return raised
