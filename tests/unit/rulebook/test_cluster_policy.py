"""The rules about many ill at once, as an edition writes them: read whole, refused with a name."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from typing import Any

import pytest

from lianfang.rulebook.cluster_policy import faults_of, policy_of
from lianfang.rulebook.operations import SHIPPED


@pytest.fixture(scope="module")
def edition() -> dict[str, Any]:
    return tomllib.loads((SHIPPED / "2020-01-30.toml").read_text(encoding="utf-8"))


def symptoms(edition: dict[str, Any]) -> list[str]:
    return [one["code"] for one in edition["symptoms"]]


def test_the_shipped_edition_has_no_fault_and_every_rule_a_source(edition: dict[str, Any]) -> None:
    table = edition["settings"]["clusters"]
    assert faults_of(table, symptoms=symptoms(edition)) == []
    policy = policy_of(edition["settings"])
    assert all(rule.source for rule in policy.rules)
    assert {rule.code for rule in policy.active} >= {"A1", "A2", "A3", "A4", "A8"}
    a1 = policy.rule("A1")
    assert a1 is not None
    assert (a1.n, a1.days, a1.hours, a1.clock) == (3, 1, 24, "OPENED")


def test_an_edition_without_them_alarms_nobody() -> None:
    policy = policy_of({})
    assert (policy.active, policy.syndromes, policy.longest_days) == ((), (), 1)
    assert faults_of(None, symptoms=[]) == []


@pytest.mark.parametrize(
    "change, said",
    [
        ({"n": 0}, "n is a whole number from 1"),
        ({"days": "three"}, "days is a whole number from 1"),
        ({"kinds": ["PLANET"]}, "no such kind of group: PLANET"),
        ({"syndromes": ["BOREDOM"]}, "no such syndrome: BOREDOM"),
        ({"by": "GUESS"}, "by is one of"),
        ({"clock": "NEVER"}, "clock is one of"),
        ({"apart": "CITY"}, "apart is one of"),
        ({"source": ""}, "no source"),
    ],
)
def test_a_fault_is_named_with_its_rule(
    edition: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    table = deepcopy(edition["settings"]["clusters"])
    table["rules"][0] |= change
    faults = faults_of(table, symptoms=symptoms(edition))
    assert any(fault.startswith("clusters: rule A1:") and said in fault for fault in faults)


def test_two_rules_of_one_code_and_a_floor_below_one_are_refused(edition: dict[str, Any]) -> None:
    table = deepcopy(edition["settings"]["clusters"])
    table["rules"].append(table["rules"][0])
    table["detectors"] |= {"min_sigma": 0.5, "agree": 9, "magic": 1}
    faults = " ".join(faults_of(table, symptoms=symptoms(edition)))
    for said in ("rule A1: twice", "min_sigma", "agree", "no such parameter: magic"):
        assert said in faults
