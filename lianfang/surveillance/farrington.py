"""Farrington flexible: today against the same weeks of earlier years, with trend and season.

The form of R `surveillance::farringtonFlexible` (1.20.3), agreeing with it row for row, its
habits included; they are listed in docs/surveillance.md.

Farrington CP, Andrews NJ, Beale AD, Catchpole MA (1996). A statistical algorithm for the early
detection of outbreaks of infectious disease. Journal of the Royal Statistical Society A 159,
547-563.
Noufaily A, Enki DG, Farrington P, Garthwaite P, Andrews N, Charlett A (2013). An improved
algorithm for outbreak detection in multiple surveillance systems. Statistics in Medicine 32,
1206-1222.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

from lianfang.surveillance.detection import (
    NOT_JUDGED,
    Alarms,
    BadParameter,
    Floats,
    SeriesTooShort,
    as_series,
    gettext_noop,
)
from lianfang.surveillance.farrington_parameters import FarringtonParameters
from lianfang.surveillance.history import History
from lianfang.surveillance.poisson import PoissonFits, dispersion, fit_poisson
from lianfang.surveillance.thresholds import Forecast, thresholds

MORE_HISTORY: Final = gettext_noop("more history: a larger b or w, fewer noPeriods")

# Fits are done in blocks of this many observations: large enough that NumPy's calls cost little,
# small enough that the products stay in the cache and BLAS wakes no second thread, which on a
# machine with other work to do makes everything several times slower.
_OBSERVATIONS_AT_ONCE: Final = 12_000
_YEARS_FOR_A_TREND: Final = 3
_OUTPUTS: Final = ("expected", "upperbound", "score", "pvalue", "mu0", "phi", "trend")


@dataclass(frozen=True, slots=True, eq=False)
class Farrington:
    """Arrays of the shape of the counts; NaN (alarm: NOT_JUDGED) outside `first`..`last`.

    expected, upperbound: cases; both NaN where too few cases were seen lately (`limit54`) or the
    history says nothing about the mean.
    alarm: 1 above the bound, else 0; as in R it is 0, not NOT_JUDGED, where the bound is NaN,
    so read `upperbound` before calling a moment quiet.
    score: exceedance, 1 at the bound.  pvalue: of today's count.  phi: dispersion, at least 1.
    mu0: what R calls mu0Vector; the mean (nbPlugin) or its upper limit (muan) whose quantile is
    the bound; for delta it has no use.  trend: log-linear change per moment, NaN where left out.
    """

    first: int
    last: int
    expected: Floats
    upperbound: Floats
    alarm: Alarms
    score: Floats
    pvalue: Floats
    mu0: Floats
    phi: Floats
    trend: Floats


def farrington_flexible(
    counts: npt.ArrayLike,
    parameters: FarringtonParameters,
    *,
    freq: int,
    population: npt.ArrayLike | None = None,
    first: int | None = None,
    last: int | None = None,
) -> Farrington:
    """Upper bounds and alarms as R `surveillance::farringtonFlexible` gives them.

    counts: shape (..., n), cases per moment, NaN = missing (it teaches nothing and is not judged).
    freq: moments per year, 52 or 365.  population: persons at risk (or reporters), broadcast to
    the counts, more than 0: the regression is then on rates (R: populationOffset = TRUE).
    first, last: indices (0-based, inclusive) to judge; default all with a full history.

    Raises BadParameter (see FarringtonParameters.check and history.lay_out) and SeriesTooShort
    when no moment has b years and w moments before it.
    Papers: Farrington et al. (1996); Noufaily et al. (2013).
    """
    parameters.check()
    series = as_series(counts)
    history = parameters.history(freq=freq)
    _check_design(history, trend=parameters.trend)
    begin, end = _range(series.shape[-1], history, first=first, last=last)
    at_risk = None if population is None else _population(population, series.shape)
    result = _empty(series.shape, first=begin, last=end)
    flat = series.reshape(-1, series.shape[-1])
    people = None if at_risk is None else at_risk.reshape(flat.shape)
    judged = end + 1 - begin
    rows = np.repeat(np.arange(len(flat)), judged)
    moments = np.tile(np.arange(begin, end + 1), len(flat))
    block = max(16, _OBSERVATIONS_AT_ONCE // len(history.offset))
    for start in range(0, len(rows), block):
        part = slice(start, start + block)
        _judge(flat, people, rows[part], moments[part], history, parameters, into=result)
    return result


def _check_design(history: History, *, trend: bool) -> None:
    """The history must say more than the regression asks of it."""
    design = history.design(trend=trend)
    moments, terms = design.shape
    if moments <= terms or np.linalg.matrix_rank(design) < terms:
        asked = f"{moments} moments for {terms} terms"
        raise BadParameter("b", asked, MORE_HISTORY)


def _range(size: int, history: History, *, first: int | None, last: int | None) -> tuple[int, int]:
    depth = history.depth
    if size <= depth:
        raise SeriesTooShort(values=size, needed=depth + 1, method="farringtonFlexible")
    begin, end = depth if first is None else first, size - 1 if last is None else last
    if not depth <= begin < size:
        raise BadParameter("first", begin, f"{depth} to {size - 1}")
    if not begin <= end < size:
        raise BadParameter("last", end, f"{begin} to {size - 1}")
    return begin, end


def _population(population: npt.ArrayLike, shape: tuple[int, ...]) -> Floats:
    people = np.array(np.broadcast_to(np.asarray(population, dtype=np.float64), shape))
    if not (people > 0).all():
        raise BadParameter("population", float(people[~(people > 0)][0]), "more than 0 persons")
    return people


def _empty(shape: tuple[int, ...], *, first: int, last: int) -> Farrington:
    blank = {name: np.full(shape, np.nan) for name in _OUTPUTS}
    alarm = np.full(shape, NOT_JUDGED, dtype=np.int8)
    return Farrington(first=first, last=last, alarm=alarm, **blank)


def _judge(
    flat: Floats,
    people: Floats | None,
    rows: npt.NDArray[np.intp],
    moments: npt.NDArray[np.intp],
    history: History,
    parameters: FarringtonParameters,
    *,
    into: Farrington,
) -> None:
    """Judge flat[rows, moments] and write the answers where they belong."""
    taught = (rows[:, None], moments[:, None] + history.offset[None, :])
    offset = None if people is None else np.log(people[taught])
    now = None if people is None else np.log(people[rows, moments])
    forecast, slope = _forecast(flat[taught], offset, now, history, parameters)
    y = flat[rows, moments]
    found = thresholds(
        forecast, y, method=parameters.method, power=parameters.power, alpha=parameters.alpha
    )
    enough = _enough(flat, rows, moments, parameters.limit54)
    alarm = (enough & (y > found.upperbound)).astype(np.int8)
    alarm[np.isnan(y) | np.isnan(forecast.log_mean)] = NOT_JUDGED
    bound = np.where(enough, found.upperbound, np.nan)
    answers = {
        "expected": np.where(np.isnan(bound), np.nan, forecast.mean),
        "upperbound": bound,
        "score": found.score,
        "pvalue": found.pvalue,
        "mu0": found.mu0,
        "phi": forecast.phi,
        "trend": slope,
        "alarm": alarm,
    }
    for name, values in answers.items():
        getattr(into, name).reshape(flat.shape)[rows, moments] = values


def _enough(
    flat: Floats,
    rows: npt.NDArray[np.intp],
    moments: npt.NDArray[np.intp],
    limit54: tuple[int, int],
) -> npt.NDArray[np.bool_]:
    cases, lately = limit54
    back = np.maximum(moments[:, None] - np.arange(lately)[None, :], 0)
    recent = flat[rows[:, None], back]
    enough: npt.NDArray[np.bool_] = np.nansum(recent, axis=1) >= cases
    return enough


def _forecast(
    y: Floats,
    offset: Floats | None,
    now: Floats | None,
    history: History,
    parameters: FarringtonParameters,
) -> tuple[Forecast, Floats]:
    """Fit with a trend, keep it where it may stay, fit the others without; (N,) forecasts."""
    log_mean, se, phi, slope = (np.full(len(y), np.nan) for _ in range(4))
    left = np.ones(len(y), dtype=np.bool_)
    for trend in (True, False) if parameters.trend else (False,):
        (which,) = np.nonzero(left)
        if not len(which):
            break
        some = None if offset is None else offset[which]
        fits, scale, spread = _fit(y[which], some, history, parameters, trend=trend)
        today = history.today(trend=trend)
        foretold = fits.coefficients @ today + (0.0 if now is None else now[which])
        keep = fits.converged
        if trend:
            keep = keep & _trend_may_stay(fits, spread, foretold, y[which], parameters)
        to = which[keep]
        error = np.einsum("p,npq,q->n", today, fits.covariance, today)
        log_mean[to], phi[to] = foretold[keep], scale[keep]
        se[to] = np.sqrt(spread * error)[keep]
        if trend:
            slope[to] = fits.coefficients[keep, -1] / history.freq
        left[to] = False
    return Forecast(log_mean=log_mean, se=se, phi=phi), slope


def _fit(
    y: Floats,
    offset: Floats | None,
    history: History,
    parameters: FarringtonParameters,
    *,
    trend: bool,
) -> tuple[PoissonFits, Floats, Floats]:
    """The fits, phi (at least 1), and the dispersion that scales their standard errors.

    These two differ after reweighting: R scales by the Anscombe weights alone, and a threshold that
    takes phi in their place is another threshold.
    """
    design = history.design(trend=trend)
    first = fit_poisson(design, y, offset=offset)
    spread = dispersion(first, y, weight=first.weight)
    phi = np.maximum(spread, 1.0)
    if not parameters.reweight:
        return first, phi, spread
    omega = _anscombe_weights(first, y, phi, parameters.weights_threshold)
    again = fit_poisson(design, y, prior=omega, offset=offset)
    phi = np.maximum(dispersion(again, y, weight=again.weight), 1.0)
    # The reference asks only the first fit whether it converged.
    kept = replace(again, converged=first.converged)
    return kept, phi, dispersion(again, y, weight=omega)


def _anscombe_weights(fits: PoissonFits, y: Floats, phi: Floats, threshold: float) -> Floats:
    """Weights that sum to n and fall with the square of a residual above the threshold."""
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = 1.5 * (y ** (2 / 3) * fits.mean ** (-1 / 6) - np.sqrt(fits.mean))
        residual = residual / np.sqrt(phi[:, None] * (1 - fits.leverage))
        weight = np.where(residual > threshold, residual**-2.0, 1.0)
    present = ~np.isnan(y)
    weight[~present] = 0.0
    scaled: Floats = weight * (present.sum(axis=1) / weight.sum(axis=1))[:, None]
    return scaled


def _trend_may_stay(
    fits: PoissonFits,
    spread: Floats,
    foretold: Floats,
    y: Floats,
    parameters: FarringtonParameters,
) -> npt.NDArray[np.bool_]:
    """Significant, taught by three years or more, and not above every count of the past."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = fits.coefficients[:, -1] / np.sqrt(spread * fits.covariance[:, -1, -1])
        pvalue = 2 * scipy.stats.t.sf(np.abs(ratio), fits.freedom)
        highest = np.where(np.isnan(y), -np.inf, y).max(axis=1)
        may_stay: npt.NDArray[np.bool_] = (
            (pvalue < parameters.p_threshold_trend)
            & (np.exp(foretold) <= highest)
            & (parameters.b >= _YEARS_FOR_A_TREND)
        )
    return may_stay
