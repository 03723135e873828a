"""The policy of key monitoring: read from an edition, and refused with every fault at once."""

from __future__ import annotations

import tomllib
from datetime import date, time
from typing import Any

import pytest

from lianfang.rulebook.monitor_policy import faults_of, policy_from, round_slots_from
from lianfang.rulebook.operations import SHIPPED


def shipped() -> dict[str, Any]:
    settings: dict[str, Any] = tomllib.loads(
        (SHIPPED / "2020-01-30.toml").read_text(encoding="utf-8")
    )["settings"]
    return settings


def test_the_shipped_edition_has_fourteen_days_two_slots_and_no_fault() -> None:
    policy = policy_from(shipped())
    assert policy.days == 14
    assert [(slot.code, slot.due_at) for slot in policy.slots] == [
        ("am", time(10)), ("pm", time(21)),
    ]  # fmt: skip
    assert policy.eligible_on(date(2020, 2, 1)) == date(2020, 2, 16)  # 00:00 of day 15
    assert policy.eligible_on(date(2020, 2, 1), extra_days=7) == date(2020, 2, 23)
    assert faults_of(shipped()) == []


def test_an_edition_that_says_nothing_is_as_it_was_usual() -> None:
    assert policy_from({}) == policy_from(shipped())
    assert faults_of({}) == []
    assert [slot.zh for slot in round_slots_from({})] == ["晨检", "午检", "晚检"]


SLOT = {"code": "am", "zh": "早", "en": "morning", "opens_at": "06:00", "due_at": "10:00"}


@pytest.mark.parametrize(
    "monitor,fault",
    [
        ({"days": 0}, "monitor: days is a whole number from 1, not 0"),
        ({"days": "14"}, "monitor: days is a whole number from 1, not '14'"),
        ({"day": 14}, "monitor: nothing is called day"),
        ({"anchor": "onset"}, "monitor: days are counted from last_exposure, not 'onset'"),
        ({"release_requires": ["luck"]}, "monitor: release cannot require 'luck'"),
        ({"slots": []}, "monitor: a day needs at least one slot"),
        ({"slots": [SLOT, SLOT]}, "monitor: two slots are called am"),
        ({"slots": [SLOT | {"due_at": "05:00"}]}, "monitor: slot am ends before it begins"),
        ({"slots": [SLOT | {"due_at": "late"}]}, "monitor: slot am needs opens_at and due_at such as 06:00"),
        ({"slots": [SLOT | {"en": ""}]}, "monitor: slot am needs a name in both languages"),
        ({"lost_told": [{"reach": "MOON", "role": "X"}]}, "monitor: no such reach: MOON"),
    ],
)  # fmt: skip
def test_a_fault_is_named(monitor: dict[str, Any], fault: str) -> None:
    assert fault in faults_of({"monitor": monitor})
