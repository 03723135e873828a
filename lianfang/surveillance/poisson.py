"""Many log-linear Poisson regressions at once, all on one design matrix.

The fits follow R `glm` to the step, because the reference stops before full convergence and its
thresholds show it: start at mu = y + 0.1, stop when the deviance changes by less than 1e-8 of
(|deviance| + 0.1), at most 25 steps; standard errors come from the weights of the last step.

McCullagh P, Nelder JA (1989). Generalized Linear Models, 2nd ed., chapter 2.5. Chapman & Hall.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from lianfang.surveillance.detection import Floats

_MAX_STEPS: Final = 25
_TOLERANCE: Final = 1e-8
_TINY: Final = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, eq=False)
class PoissonFits:
    """N fits of p coefficients to n observations each.

    coefficients (N, p); mean (N, n); weight (N, n), the working weights of the last step;
    covariance (N, p, p), unscaled: multiply by a dispersion; leverage (N, n), the diagonal of the
    hat matrix; freedom (N,), residual degrees of freedom; converged (N,).  A fit that failed is
    NaN throughout and not converged.
    """

    coefficients: Floats
    mean: Floats
    weight: Floats
    covariance: Floats
    leverage: Floats
    freedom: Floats
    converged: npt.NDArray[np.bool_]


def fit_poisson(
    design: Floats,
    counts: Floats,
    *,
    prior: Floats | None = None,
    offset: Floats | None = None,
) -> PoissonFits:
    """Fit log E[counts] = design @ coefficients + offset, one fit per row of `counts`.

    design (n, p), of full rank; counts (N, n), NaN = leave the observation out;
    prior (N, n) observation weights, default 1; offset (N, n), default 0.
    """
    present = ~np.isnan(counts)
    y = np.where(present, counts, 0.0)
    prior = present.astype(np.float64) if prior is None else np.where(present, prior, 0.0)
    shift = np.zeros_like(y) if offset is None else np.where(present, offset, 0.0)
    size, terms = len(y), design.shape[1]
    # Levels of a factor exclude each other: most products of columns are 0 throughout.
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), terms * terms)
    filled = np.flatnonzero(products.any(axis=0))
    products = products[:, filled]

    coefficients = np.full((size, terms), np.nan)
    mean, weight = np.full_like(y, np.nan), np.full_like(y, np.nan)
    information = np.full((size, terms, terms), np.nan)
    converged = np.zeros(size, dtype=np.bool_)

    rows = np.arange(size)
    mu = y + 0.1
    eta = np.log(mu)
    deviance = _deviance(y, mu, prior)
    for step in range(_MAX_STEPS):
        w = prior * mu
        working = eta - shift + (y - mu) / mu
        normal = np.zeros((len(y), terms * terms))
        normal[:, filled] = w @ products
        normal = normal.reshape(-1, terms, terms)
        beta = _solve(normal, ((w * working) @ design)[:, :, None])[:, :, 0]
        eta = beta @ design.T + shift
        with np.errstate(over="ignore"):
            mu = np.maximum(np.exp(eta), _TINY)
        before, deviance = deviance, _deviance(y, mu, prior)
        sound = np.isfinite(deviance)
        done = sound & (np.abs(deviance - before) / (np.abs(deviance) + 0.1) < _TOLERANCE)
        going = sound & ~done & (step < _MAX_STEPS - 1)
        at, over = rows[~going], ~going
        coefficients[at] = np.where(sound[over, None], beta[over], np.nan)
        mean[at], weight[at], information[at] = mu[over], w[over], normal[over]
        converged[rows[done]] = True
        if not going.any():
            break
        rows, y, prior, shift = rows[going], y[going], prior[going], shift[going]
        mu, eta, deviance = mu[going], eta[going], deviance[going]

    covariance = _solve(information, np.broadcast_to(np.eye(terms), information.shape))
    leverage = weight * (covariance.reshape(size, terms * terms)[:, filled] @ products.T)
    used = (weight > 0).sum(axis=1)
    return PoissonFits(
        coefficients=coefficients,
        mean=mean,
        weight=weight,
        covariance=covariance,
        leverage=leverage,
        freedom=(used - terms).astype(np.float64),
        converged=converged,
    )


def dispersion(fits: PoissonFits, counts: Floats, *, weight: Floats) -> Floats:
    """Pearson's estimate of the dispersion, (N,): sum of weight * ((y - mu) / mu)^2 over freedom."""
    residual = np.where(np.isnan(counts), 0.0, (counts - fits.mean) / fits.mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        share: Floats = (np.where(weight > 0, weight, 0.0) * residual**2).sum(axis=1) / fits.freedom
    return share


def _deviance(y: Floats, mu: Floats, prior: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        surprise = np.where(y > 0, y * np.log(y / mu), 0.0) - (y - mu)
        total: Floats = 2.0 * (prior * surprise).sum(axis=1)
    return total


def _usable(matrices: Floats) -> npt.NDArray[np.bool_]:
    """Finite, and no empty row: a level of the design without a single observation is unsolvable."""
    diagonal = np.einsum("npp->np", matrices)
    usable: npt.NDArray[np.bool_] = np.isfinite(matrices).all(axis=(1, 2)) & (diagonal > 0).all(
        axis=1
    )
    return usable


def _solve(matrices: Floats, right: Floats) -> Floats:
    """matrices (N, p, p) x = right (N, p, k), solved for x; NaN where there is no solution."""
    answer = np.full(right.shape, np.nan)
    usable = _usable(matrices)
    try:
        answer[usable] = np.linalg.solve(matrices[usable], right[usable])
    except np.linalg.LinAlgError:  # one singular matrix among them: ask each by itself
        for i in np.flatnonzero(usable):
            with suppress(np.linalg.LinAlgError):
                answer[i] = np.linalg.solve(matrices[i], right[i])
    return answer
