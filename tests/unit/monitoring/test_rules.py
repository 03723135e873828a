"""The state machine and the checklist as tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from lianfang.monitoring import rules
from lianfang.monitoring.rules import Explained, Look

DAY0 = date(2020, 2, 1)
AT = datetime(2020, 2, 1, 9, tzinfo=UTC)


def look(day: int, *, measured: bool = True, ill: bool = False, hour: int = 1) -> Look:
    on = DAY0 + timedelta(days=day)
    return Look(on, "am", measured, ill, datetime(on.year, on.month, on.day, hour, tzinfo=UTC))


def test_every_state_is_in_the_table_and_two_of_them_are_the_end() -> None:
    assert set(rules.MOVES) == {state for ways in rules.MOVES.values() for state in ways} | {
        rules.TO_VERIFY
    }
    assert {state for state, ways in rules.MOVES.items() if not ways} == set(rules.CLOSED)


@pytest.mark.parametrize(
    "old,new,allowed",
    [
        (rules.TO_VERIFY, rules.WATCHED, True),
        (rules.TO_VERIFY, rules.RELEASED, False),
        (rules.WATCHED, rules.RELEASED, False),  # only a proposal can be decided
        (rules.WATCHED, rules.TO_RELEASE, True),
        (rules.TO_RELEASE, rules.RELEASED, True),
        (rules.TO_RELEASE, rules.WATCHED, True),
        (rules.ILL, rules.TO_RELEASE, False),
        (rules.ILL, rules.WATCHED, True),
        (rules.AS_CONTACT, rules.RELEASED, False),
        (rules.RELEASED, rules.WATCHED, False),
        (rules.CANCELLED, rules.WATCHED, False),
    ],
)
def test_a_state_follows_only_along_the_table(old: str, new: str, allowed: bool) -> None:
    assert rules.may_move(old, new) is allowed


@pytest.mark.parametrize("days,restarts", [(-1, False), (0, False), (1, True)])
def test_only_a_later_exposure_begins_the_days_anew(days: int, restarts: bool) -> None:
    assert (
        rules.restarts(last_exposure_on=DAY0, new_exposure_on=DAY0 + timedelta(days=days))
        is restarts
    )


def test_a_gap_is_explained_only_after_it_arose_and_only_on_its_days() -> None:
    gap = look(3, measured=False, hour=10)
    before = Explained(gap.day, gap.day + timedelta(days=1), gap.arose_at - timedelta(hours=1))
    after = Explained(gap.day, gap.day + timedelta(days=1), gap.arose_at)
    elsewhere = Explained(DAY0, gap.day, gap.arose_at)
    assert rules.gaps([gap], [before, elsewhere]) == [gap]
    assert rules.gaps([gap], [after]) == []
    assert rules.gaps([look(3)], []) == []


@pytest.mark.parametrize(
    "case,lacking",
    [
        ({}, []),
        ({"today": DAY0 + timedelta(days=14)}, ["days"]),
        ({"has_open_incident": True}, ["no_symptom"]),
        ({"looks": [look(14, ill=True)]}, ["no_symptom"]),
        ({"looks": [look(6, ill=True)]}, []),  # older than the days that must be free of them
        ({"looks": [look(5, measured=False)]}, ["no_gap"]),
        ({"needs_proof": True}, ["proof"]),
        ({"needs_proof": True, "requires": frozenset({"days"})}, []),
    ],
)
def test_the_checklist_names_what_is_lacking(case: dict[str, Any], lacking: list[str]) -> None:
    given: dict[str, Any] = {
        "today": DAY0 + timedelta(days=15), "eligible_on": DAY0 + timedelta(days=15), "looks": [],
        "explained": [], "symptom_free_days": 3, "has_open_incident": False, "needs_proof": False,
        "requires": frozenset({"days", "no_symptom", "no_gap", "proof", "approval"}),
    }  # fmt: skip
    assert rules.checklist(**given | case).lacking == lacking


@pytest.mark.parametrize(
    "outcomes,count",
    [([], 0), ([True], 1), ([True, False], 0), ([False, True, True], 2), ([True, True, False], 0)],
)
def test_misses_are_counted_back_from_the_last(outcomes: list[bool], count: int) -> None:
    assert rules.missed_in_a_row(outcomes) == count
