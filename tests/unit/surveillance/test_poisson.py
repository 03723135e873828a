"""The regression under Farrington and the seasonal CUSUM."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lianfang.surveillance.poisson import dispersion, fit_poisson

ONES = np.ones((4, 1))


def test_without_terms_the_fit_is_the_logarithm_of_the_mean() -> None:
    fits = fit_poisson(ONES, np.array([[1.0, 2, 3, 6], [0, 0, 0, 4]]))
    assert np.exp(fits.coefficients[:, 0]).tolist() == pytest.approx([3, 1])
    assert fits.converged.tolist() == [True, True]
    assert fits.freedom.tolist() == [3, 3]
    # The variance of the coefficient is 1 / (sum of the weights), the leverage 1 / n.
    assert fits.covariance[:, 0, 0].tolist() == pytest.approx([1 / 12, 1 / 4], rel=1e-4)
    assert fits.leverage.ravel().tolist() == pytest.approx([0.25] * 8)


def test_prior_weights_and_offsets_weigh_and_scale() -> None:
    counts = np.array([[2.0, 6, 2, 6]])
    weighted = fit_poisson(ONES, counts, prior=np.array([[3.0, 1, 3, 1]]))
    assert np.exp(weighted.coefficients[0, 0]) == pytest.approx(3)
    shifted = fit_poisson(ONES, counts, offset=np.log([[10.0, 30, 10, 30]]))
    assert np.exp(shifted.coefficients[0, 0]) == pytest.approx(0.2)
    assert shifted.mean[0].tolist() == pytest.approx([2, 6, 2, 6])


def test_a_missing_count_teaches_nothing() -> None:
    counts = np.array([[1.0, math.nan, 3, 5]])
    fits = fit_poisson(ONES, counts)
    assert np.exp(fits.coefficients[0, 0]) == pytest.approx(3)
    assert fits.freedom.tolist() == [2]


def test_an_exact_exponential_is_found() -> None:
    time = np.arange(5.0)
    design = np.column_stack([np.ones(5), time])
    fits = fit_poisson(design, np.array([2 * 3**time]))
    assert fits.coefficients[0].tolist() == pytest.approx([math.log(2), math.log(3)])


def test_pearsons_dispersion_is_the_mean_square_over_the_mean() -> None:
    counts = np.array([[1.0, 4, 10]])
    fits = fit_poisson(np.ones((3, 1)), counts)
    # mean 5: (16 + 1 + 25) / 5 over 2 degrees of freedom.
    assert dispersion(fits, counts, weight=fits.weight)[0] == pytest.approx(4.2, rel=1e-6)


def test_a_level_that_is_missing_in_one_series_leaves_the_others_alone() -> None:
    design = np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    counts = np.array([[1.0, 3, math.nan, math.nan], [1, 3, 5, 7]])
    fits = fit_poisson(design, counts)
    assert fits.converged.tolist() == [False, True]
    assert np.isnan(fits.coefficients[0]).all()
    assert np.exp(fits.coefficients[1]).tolist() == pytest.approx([2, 6])


def test_a_singular_fit_among_others_is_nan_and_alone_in_it() -> None:
    """With one observation left, constant and slope cannot both be told."""
    design = np.array([[1.0, 1], [1, 2], [1, 4]])
    counts = np.array([[math.nan, 3, math.nan], [1, 3, 9.0]])
    fits = fit_poisson(design, counts)
    assert fits.converged.tolist() == [False, True]
    assert np.isnan(fits.covariance[0]).all()
    assert np.isfinite(fits.coefficients[1]).all()
