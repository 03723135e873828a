"""Attack rates: worked out by hand, and Oswego's church supper."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest

from lianfang.surveillance import BadParameter, TwoByTwo, attack_rate, attack_table


def test_rates_ratio_and_interval_by_hand() -> None:
    """30 of 40 who ate, 10 of 60 who did not: 0.75, 1/6, ratio 4.5."""
    found = attack_rate(TwoByTwo(30, 10, 10, 50))
    assert found.rate_exposed == 0.75
    assert found.rate_unexposed == pytest.approx(1 / 6)
    assert found.risk_ratio == pytest.approx(4.5)
    reach = 1.959963984540054 * math.sqrt(1 / 30 - 1 / 40 + 1 / 10 - 1 / 60)
    assert found.risk_ratio_interval == pytest.approx(
        (4.5 * math.exp(-reach), 4.5 * math.exp(reach))
    )
    # chi2 = n (ad - bc)^2 / margins = 100 * 1400^2 / (40 * 60 * 40 * 60) = 34.03
    assert found.p_chi2 == pytest.approx(math.erfc(math.sqrt(34.02777777777778 / 2)))


def test_wilsons_interval_of_none_in_ten_does_not_end_at_zero() -> None:
    low, high = attack_rate(TwoByTwo(0, 10, 5, 5)).rate_exposed_interval
    assert low == 0
    assert high == pytest.approx(1.96**2 / (10 + 1.96**2), abs=1e-3)


def test_fishers_test_of_the_lady_with_the_tea() -> None:
    """3 and 1 of four each way: 34 of 70 arrangements are as extreme."""
    assert attack_rate(TwoByTwo(3, 1, 1, 3)).p_fisher == pytest.approx(34 / 70)


def test_empty_cells_give_infinity_or_nothing_and_never_a_wrong_number() -> None:
    nobody_unexposed_ill = attack_rate(TwoByTwo(5, 5, 0, 10))
    assert nobody_unexposed_ill.risk_ratio == math.inf
    assert all(map(math.isnan, nobody_unexposed_ill.risk_ratio_interval))
    nobody_ill = attack_rate(TwoByTwo(0, 5, 0, 10))
    assert math.isnan(nobody_ill.risk_ratio)
    assert math.isnan(nobody_ill.p_chi2)
    assert nobody_ill.p_fisher == 1
    nobody_exposed = attack_rate(TwoByTwo(0, 0, 3, 3))
    assert math.isnan(nobody_exposed.rate_exposed)
    assert math.isnan(nobody_exposed.risk_ratio)


def test_who_does_not_remember_is_left_out_of_that_row_only() -> None:
    rows = attack_table(
        [True, True, False, False],
        {"soup": [True, None, True, False], "rice": [True, True, False, False]},
    )
    assert list(rows) == ["soup", "rice"]
    assert rows["soup"].table == TwoByTwo(1, 1, 0, 1)
    assert rows["rice"].table == TwoByTwo(2, 0, 0, 2)


def test_impossible_tables_are_refused() -> None:
    with pytest.raises(BadParameter, match="table"):
        attack_rate(TwoByTwo(-1, 1, 1, 1))
    with pytest.raises(BadParameter, match="confidence"):
        attack_rate(TwoByTwo(1, 1, 1, 1), confidence=95)
    with pytest.raises(BadParameter, match="soup"):
        attack_table([True], {"soup": [True, False]})


def test_every_food_of_the_oswego_supper_is_as_in_the_reference(shared: Path) -> None:
    with (shared / "outbreaks" / "oswego_1940_church_supper.csv").open(encoding="utf-8") as text:
        guests = list(csv.DictReader(text))
    with (shared / "methods" / "oswego_attack_rates_R.csv").open(encoding="utf-8") as text:
        reference = list(csv.DictReader(text))
    eaten = {"Y": True, "N": False}
    rows = attack_table(
        [guest["ill"] == "Y" for guest in guests],
        {row["exposure"]: [eaten.get(g[row["exposure"]]) for g in guests] for row in reference},
    )
    assert len(rows) == 14
    for row in reference:
        found = rows[row["exposure"]]
        assert found.table == TwoByTwo(
            int(row["exposed_ill"]),
            int(row["exposed_well"]),
            int(row["unexposed_ill"]),
            int(row["unexposed_well"]),
        )
        ours = (
            *(found.rate_exposed, found.rate_unexposed, found.risk_ratio),
            *(*found.risk_ratio_interval, found.p_chi2, found.p_fisher),
        )
        theirs = [float(cell) for cell in list(row.values())[5:]]
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12), row["exposure"]
