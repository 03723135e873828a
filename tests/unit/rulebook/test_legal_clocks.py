"""Rows R1 to R13 as an edition carries them: whole, with sources, and faults named one by one."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from typing import Any

import pytest

from lianfang.incidents.kinds import Illness, Organisation
from lianfang.rulebook.legal_clock_policy import (
    ORGANISATIONS,
    clinical_diagnosis,
    definition_in_force,
    faults_of,
    legal_rules,
)
from lianfang.rulebook.operations import SHIPPED

EDITION = tomllib.loads((SHIPPED / "2020-01-30.toml").read_text(encoding="utf-8"))
SETTINGS: dict[str, Any] = EDITION["settings"]
RULES = {rule.code: rule for rule in legal_rules(SETTINGS)}
SYMPTOMS = [symptom["code"] for symptom in EDITION["symptoms"]]


def test_the_thirteen_rules_stand_there_with_their_sources() -> None:
    assert [code for code in RULES if code.startswith("R")] == [f"R{n}" for n in range(1, 14)]
    assert all(rule.source and rule.name_zh and rule.name_en for rule in RULES.values())


@pytest.mark.parametrize(
    "code,hours",
    [("R2", 2), ("R7", 24), ("R8", 0), ("R9", 24), ("R10", 24), ("R11", 2), ("H1", 24)],
)
def test_the_limits_of_the_school(code: str, hours: int) -> None:
    assert RULES[code].limit == timedelta(hours=hours)
    assert RULES[code].is_ours
    assert RULES[code].is_at_once is (hours == 0)


@pytest.mark.parametrize("code", ["R1", "R3", "R4", "R5", "R6", "R12", "R13"])
def test_limits_of_others_start_no_clock_here(code: str) -> None:
    assert not RULES[code].is_ours


def test_rulebook_and_rooms_know_the_same_words() -> None:
    assert set(ORGANISATIONS) == set(Organisation.values)
    assert {kind for rule in RULES.values() for kind in rule.kinds} <= set(Illness.values)


@pytest.mark.parametrize(
    "day,name",
    [
        (date(2020, 1, 14), None),
        (date(2020, 1, 26), "诊疗方案（试行）"),
        (date(2020, 1, 27), "诊疗方案（试行第四版）"),
        (date(2020, 2, 18), "诊疗方案（试行第五版）"),
        (date(2020, 2, 19), "诊疗方案（试行第六版）"),
    ],
)
def test_the_case_definition_of_a_day(day: date, name: str | None) -> None:
    found = definition_in_force(SETTINGS, day=day)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    "county,day,holds",
    [
        ("420106", date(2020, 2, 3), False),
        ("420106", date(2020, 2, 4), True),
        ("420106", date(2020, 2, 18), True),
        ("420106", date(2020, 2, 19), False),
        ("511702", date(2020, 2, 10), False),
    ],
)
def test_where_and_when_clinically_diagnosed_was_said(county: str, day: date, holds: bool) -> None:
    rule = clinical_diagnosis(SETTINGS)
    assert rule is not None
    assert rule.holds(county_code=county, day=day) is holds


def test_the_shipped_edition_has_no_fault() -> None:
    assert faults_of(SETTINGS, symptoms=SYMPTOMS) == []


@pytest.mark.parametrize(
    "change,fault",
    [
        ({"source": ""}, "source is missing"),
        ({"binds": "NOBODY"}, "binds nobody known: NOBODY"),
        ({"starts": "LATER"}, "starts by nothing known: LATER"),
        ({"tells": [["PRESS"]]}, "no such organisation: PRESS"),
        ({"minutes": "two"}, "minutes are whole numbers from 0 on"),
        ({"minutes": 30, "remind_minutes": 60}, "comes after the limit"),
        ({"starts": "CLASSIFIED", "kinds": []}, "names no classification that starts it"),
        ({"signs": {"symptom": "hiccups"}}, "no such symptom in this edition: hiccups"),
    ],
)
def test_a_fault_is_named(change: dict[str, Any], fault: str) -> None:
    row = {**SETTINGS["legal_clocks"][8], **change}
    [found] = faults_of({"legal_clocks": [row]}, symptoms=SYMPTOMS)
    assert found.startswith("legal clock R9: ")
    assert fault in found


def test_a_row_that_stands_twice_and_a_day_that_is_none_are_found() -> None:
    row = SETTINGS["legal_clocks"][1]
    wrong = {"legal_clocks": [row, row], "case_definitions": [{"name": "x", "held_from": "soon"}]}
    assert faults_of(wrong, symptoms=SYMPTOMS) == [
        "legal clock R2 stands twice",
        "case definition x: held_from is no day such as 2020-01-27: soon",
    ]
