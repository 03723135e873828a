"""Chains of transmission: worked out by hand, and Hagelloch's measles."""

from __future__ import annotations

import csv
import math
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from lianfang.surveillance import BadParameter, ChainFaults, chain_measures


def day(number: int) -> date:
    return date(2020, 2, number)


def test_generations_offspring_and_intervals_by_hand() -> None:
    """a infects b and c, b infects d; e came alone."""
    found = chain_measures(
        ["d", "a", "b", "c", "e"],
        ["b", None, "a", "a", None],
        [day(12), day(1), day(5), day(7), None],
    )
    assert found.cases == 5
    assert found.cases_with_infector == 3
    assert found.roots == ("a", "e")
    assert found.generation == {"d": 2, "a": 0, "b": 1, "c": 1, "e": 0}
    assert found.generations == 3
    assert found.offspring == {"d": 0, "a": 2, "b": 1, "c": 0, "e": 0}
    assert found.max_offspring == 2
    assert found.serial.days == {"d": 7, "b": 4, "c": 6}
    assert found.serial.median == 6
    assert found.serial.mean == pytest.approx(17 / 3)
    assert found.serial.reversed == ()
    # sd of 4, 6, 7 is sqrt(7/3); t of 2 degrees of freedom at 97.5 % is 4.3027.
    reach = 4.302652729911275 * math.sqrt(7 / 3) / math.sqrt(3)
    assert found.serial.interval == pytest.approx((17 / 3 - reach, 17 / 3 + reach))


def test_an_interval_that_runs_backwards_is_kept_and_pointed_out() -> None:
    found = chain_measures(["a", "b", "c"], [None, "a", "a"], [day(5), day(3), day(5)])
    assert found.serial.days == {"b": -2, "c": 0}
    assert found.serial.reversed == ("b", "c")


def test_without_links_there_are_no_intervals() -> None:
    found = chain_measures(["a"], [None], [day(1)])
    assert math.isnan(found.serial.mean)
    assert math.isnan(found.serial.median)
    assert all(map(math.isnan, found.serial.interval))
    assert chain_measures([], [], []).generations == 0


def test_all_culprits_are_named_at_once() -> None:
    with pytest.raises(ChainFaults) as refusal:
        chain_measures(
            ["a", "b", "c", "d", "e", "f", "f"],
            ["b", "c", "a", "d", "x", None, "e"],
            [None] * 7,
        )
    assert refusal.value.faults == (
        "case f is listed 2 times",
        "case d is infected by itself",
        "case e is infected by x, who is not on the list",
        "a ring: a <- b <- c <- a",
    )


def test_a_case_that_hangs_on_a_ring_is_no_ring_of_its_own() -> None:
    with pytest.raises(ChainFaults) as refusal:
        chain_measures(["t", "a", "b"], ["a", "b", "a"], [None] * 3)
    assert refusal.value.faults == ("a ring: a <- b <- a",)


def test_lists_of_unequal_length_are_refused() -> None:
    with pytest.raises(BadParameter):
        chain_measures(["a"], [], [])


def test_a_chain_of_thousands_needs_no_recursion() -> None:
    cases = [str(i) for i in range(5000)]
    found = chain_measures(cases, [None, *cases[:-1]], [None] * 5000)
    assert found.generation["4999"] == 4999


def test_hagelloch_is_as_in_the_reference(shared: Path) -> None:
    with (shared / "outbreaks" / "measles_hagelloch_1861.csv").open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    with (shared / "methods" / "hagelloch_chain_measures_R.csv").open(encoding="utf-8") as text:
        reference = {row["measure"]: float(row["value"]) for row in csv.DictReader(text)}
    found = chain_measures(
        [row["case_ID"] for row in rows],
        [row["infector"] or None for row in rows],
        [date.fromisoformat(row["date_of_prodrome"]) for row in rows],
    )
    assert reference == {
        "cases": found.cases,
        "cases_with_infector": found.cases_with_infector,
        "mean_serial_interval_days": pytest.approx(found.serial.mean, rel=1e-12),
        "median_serial_interval_days": found.serial.median,
        "max_secondary_cases": found.max_offspring,
    }
    # The other copy of the outbreak carries the intervals themselves.
    other = shared / "outbreaks" / "measles_hagelloch_1861_surveillance.csv"
    with other.open(encoding="utf-8") as text:
        theirs = {row["PN"]: row["SI"] for row in csv.DictReader(text) if row["IFTO"]}
    assert found.serial.days == {case: int(days) for case, days in theirs.items()}


def test_the_simulated_ebola_tree_has_the_generations_of_its_line_list(shared: Path) -> None:
    folder = shared / "outbreaks"
    with (folder / "ebola_sim_clean_linelist.csv").open(encoding="utf-8") as text:
        generation = {row["case_id"]: int(row["generation"]) for row in csv.DictReader(text)}
    with (folder / "ebola_sim_clean_contacts.csv").open(encoding="utf-8") as text:
        source = {row["case_id"]: row["infector"] for row in csv.DictReader(text)}
    # Some infectors were never seen themselves; whoever links them puts them on the list.
    listed = [case for case in generation if case in source]
    with pytest.raises(ChainFaults, match=r"who is not on the list; and \d+ more"):
        chain_measures(listed, [source[case] for case in listed], [None] * len(listed))
    cases = sorted(set(source) | set(source.values()))
    found = chain_measures(cases, [source.get(case) for case in cases], [None] * len(cases))
    listed_ids = set(generation)
    seen = {case: who for case, who in source.items() if {case, who} <= listed_ids}
    assert {found.generation[case] - found.generation[who] for case, who in seen.items()} == {1}
    steps = Counter(generation[case] - generation[who] for case, who in seen.items())
    assert steps == {1: 2114, 4: 2}  # two links of the file leave three generations out
