"""A criterion as a table: what holds, what is malformed, what it says."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lianfang.rulebook.operations import SHIPPED, faults_of
from lianfang.rulebook.rules import CHINESE, ENGLISH, Facts, check, describe, matches

DAY = date(2020, 2, 1)
WELL = Facts(day=DAY)
CODES = ("fever", "fatigue", "dry_cough")
HOT = {"temperature_at_least": {"axilla": 37.3, "forehead": 36.8}}


@pytest.mark.parametrize(
    "tree, facts, holds",
    [
        ({"symptom": "fever"}, replace(WELL, symptoms=frozenset({"fever"})), True),
        ({"symptom": "fever"}, WELL, False),
        (HOT, replace(WELL, temperature=37.3, site="axilla"), True),
        (HOT, replace(WELL, temperature=37.2, site="axilla"), False),
        (HOT, replace(WELL, temperature=36.8, site="forehead"), True),
        (HOT, replace(WELL, temperature=37.3, site="ear"), True),
        (HOT, replace(WELL, temperature=37.2, site="ear"), False),
        (HOT, WELL, False),
        ({"visited_listed_area_within_days": 14}, replace(WELL, visited_listed_area_on=date(2020, 1, 18)), True),
        ({"visited_listed_area_within_days": 14}, replace(WELL, visited_listed_area_on=date(2020, 1, 17)), False),
        ({"visited_listed_area_within_days": 14}, replace(WELL, visited_listed_area_on=date(2020, 2, 2)), False),
        ({"met_from_listed_area_within_days": 14}, replace(WELL, met_from_listed_area_on=DAY), True),
        ({"met_case": True}, replace(WELL, met_case=True), True),
        ({"met_case": True}, WELL, False),
        ({"any_of": [{"symptom": "fever"}, {"symptom": "fatigue"}]}, replace(WELL, symptoms=frozenset({"fatigue"})), True),
        ({"all_of": [{"symptom": "fever"}, {"symptom": "fatigue"}]}, replace(WELL, symptoms=frozenset({"fatigue"})), False),
        ({"at_least": 2, "of": [{"symptom": c} for c in CODES]}, replace(WELL, symptoms=frozenset({"fever", "dry_cough"})), True),
        ({"at_least": 2, "of": [{"symptom": c} for c in CODES]}, replace(WELL, symptoms=frozenset({"fever"})), False),
    ],
)  # fmt: skip
def test_a_criterion_holds(tree: dict[str, Any], facts: Facts, holds: bool) -> None:
    assert check(tree, CODES) == []
    assert matches(tree, facts) is holds


@pytest.mark.parametrize(
    "tree, fault",
    [
        ({"symptom": "plague"}, "no such symptom in this edition: plague"),
        ({"any_of": []}, "an empty list of branches"),
        ({"at_least": 3, "of": [{"symptom": "fever"}]}, "at_least 3 of 1 can never vary"),
        ({"temperature_at_least": {"axilla": 37.3, "knee": 36.0}}, "no such thermometer site: knee"),
        ({"visited_listed_area_within_days": 0}, "a look-back of 0 days never holds"),
        ({"eval": "os.system"}, "not a criterion: {'eval': 'os.system'}"),
        (["fever"], "not a criterion: ['fever']"),
        ({"symptom": "fever", "met_case": True}, "not a criterion: {'symptom': 'fever', 'met_case': True}"),
    ],
)  # fmt: skip
def test_a_malformed_criterion_is_named(tree: Any, fault: str) -> None:
    assert check(tree, CODES) == [fault]


def test_a_criterion_tells_itself_in_both_languages() -> None:
    tree = {"any_of": [{"symptom": "fever"}, HOT, {"visited_listed_area_within_days": 14}]}
    assert (
        describe(tree, {"fever": "发热"}, CHINESE)
        == "发热 或 体温腋下≥37.3℃、额温≥36.8℃ 或 14天内到过疫情高发地区"
    )
    assert describe(tree, {"fever": "Fever"}, ENGLISH) == (
        "Fever or temperature armpit≥37.3℃, forehead≥36.8℃ or "
        "in a high-incidence area within 14 days"
    )
    both = {"any_of": [{"all_of": [{"symptom": "fever"}, {"met_case": True}]}, HOT]}
    assert describe(both, {"fever": "发热"}, CHINESE).startswith(
        "（发热 且 接触过疑似、确诊病例或无症状感染者） 或 体温"
    )


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.name)
def test_a_shipped_edition_may_be_published(path: Any) -> None:
    assert faults_of(tomllib.loads(path.read_text())) == []


def test_every_fault_of_a_drafted_edition_is_listed_at_once() -> None:
    data = tomllib.loads((SHIPPED / "2020-01-30.toml").read_text())
    del data["texts"]["en"]["summons"]
    data["deadlines"] = data["deadlines"][1:]
    data["ladders"]["SYMPTOM"][0]["role"] = "JANITOR"
    data["rules"][0]["criterion"] = {"symptom": "plague"}
    assert faults_of(data) == [
        "rule key_symptom: no such symptom in this edition: plague",
        "no deadline for PERSON",
        "SYMPTOM: no such role: JANITOR",
        "text summons is missing in en",
    ]
