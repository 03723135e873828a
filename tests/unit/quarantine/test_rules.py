"""Days, slots and the checklist of a release, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from lianfang.kernel.clock import SHANGHAI
from lianfang.quarantine.rules import (
    Entry,
    Facts,
    Slot,
    checklist,
    is_ill,
    missing_slots,
    planned_end,
    slot_at,
    slots_due,
)
from lianfang.rulebook.quarantine_policy import QuarantinePolicy, faults_of
from lianfang.usecases.quarantine_rooms import room_names

ENDS = {"MORNING": time(12), "EVENING": time(22)}
FIRST, UNTIL = date(2020, 2, 1), date(2020, 2, 4)


def at(day: int, hour: int) -> datetime:
    return datetime(2020, 2, day, hour, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "day_zero, days, end",
    [
        (date(2020, 1, 30), 14, date(2020, 2, 14)),
        (date(2020, 2, 15), 14, date(2020, 3, 1)),  # 2020 is a leap year
        (date(2020, 1, 1), 1, date(2020, 1, 3)),
    ],
)
def test_the_first_day_of_a_release(day_zero: date, days: int, end: date) -> None:
    assert planned_end(day_zero=day_zero, days=days) == end


@pytest.mark.parametrize(
    "begun, now, due",
    [
        (at(1, 8), at(1, 8), []),
        (at(1, 8), at(1, 12), ["01M"]),
        (at(1, 8), at(1, 23), ["01M", "01E"]),
        (at(1, 13), at(2, 8), ["01E"]),  # the morning was over before it was recorded
        (at(1, 8), at(2, 12), ["01M", "01E", "02M"]),
        (at(1, 8), at(9, 8), ["01M", "01E", "02M", "02E", "03M", "03E"]),  # not beyond the end
    ],
)
def test_slots_that_are_over(begun: datetime, now: datetime, due: list[str]) -> None:
    found = slots_due(
        held_from=FIRST, held_until=UNTIL, begun_at=begun, now=now,
        slots=("MORNING", "EVENING"), ends=ENDS,
    )  # fmt: skip
    assert [f"{slot.day:%d}{slot.slot[0]}" for slot in found] == due


def test_a_slot_without_an_entry_is_missing_until_its_day_is_explained() -> None:
    due = [Slot(FIRST, "MORNING"), Slot(FIRST, "EVENING"), Slot(date(2020, 2, 2), "MORNING")]
    entry = Entry(FIRST, "MORNING", Decimal("36.5"), is_unwell=False, is_kept=True)
    assert missing_slots(due, [entry], []) == due[1:]
    assert missing_slots(due, [entry], [FIRST]) == due[2:]


GOOD = Facts(
    today=date(2020, 2, 14), held_until=date(2020, 2, 14), last_ill_on=None, well_days=14,
    missing=0, kept_broken=0, open_incident=False, paper_needed=True, paper="12号",
)  # fmt: skip


@pytest.mark.parametrize(
    "change, open_items",
    [
        ({}, []),
        ({"today": date(2020, 2, 13)}, ["days"]),
        ({"last_ill_on": date(2020, 2, 1)}, ["well"]),
        ({"last_ill_on": date(2020, 1, 31)}, []),
        ({"open_incident": True}, ["well"]),
        ({"missing": 1}, ["no_gap"]),
        ({"paper": "  "}, ["paper"]),
        ({"paper": "", "paper_needed": False}, []),
        ({"today": FIRST, "missing": 3, "paper": "", "open_incident": True},
         ["days", "well", "no_gap", "paper"]),
    ],
)  # fmt: skip
def test_what_is_open_before_a_release(change: dict[str, Any], open_items: list[str]) -> None:
    items = checklist(replace(GOOD, **change))
    assert [item.code for item in items if not item.is_met] == open_items


@pytest.mark.parametrize(
    "heat, unwell, ill",
    [("37.2", False, False), ("37.3", False, True), ("36.5", True, True), (None, False, False)],
)
def test_fever_or_a_symptom_is_ill(heat: str | None, unwell: bool, ill: bool) -> None:
    entry = Entry(FIRST, "MORNING", Decimal(heat) if heat else None, unwell, is_kept=True)
    assert is_ill(entry, fever=37.3) is ill


def test_the_slot_of_a_moment() -> None:
    assert [slot_at(at(1, hour)) for hour in (7, 14, 15, 23)] == [
        "MORNING", "MORNING", "EVENING", "EVENING",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text, names",
    [
        ("101-103", ["101", "102", "103"]),
        ("008—010，A1", ["008", "009", "010", "A1"]),
        ("１０１、102\n103", ["101", "102", "103"]),
        ("", []),
        ("5-1", []),
    ],
)
def test_rooms_as_people_write_them(text: str, names: list[str]) -> None:
    assert room_names(text) == names


@pytest.mark.parametrize(
    "table, part",
    [
        ({"days": 0}, "days"),
        ({"school_kinds": ["PRISON"]}, "PRISON"),
        ({"slots": ["NOON"]}, "NOON"),
        ({"propose_at": "8 Uhr"}, "propose_at"),
        ({"needs_minutes": {"WINE": 5}}, "WINE"),
        ({"needs_minutes": {"MEALS": 0}}, "MEALS"),
        ({"needs_climb": [{"role": "OWNER", "minutes": 0}]}, "reach"),
        ({"needs_climb": [{"role": "A", "reach": "OWN", "minutes": 5},
                          {"role": "B", "reach": "OWN", "minutes": 5}]}, "rise"),
    ],
)  # fmt: skip
def test_a_faulty_policy_is_named(table: dict[str, Any], part: str) -> None:
    assert any(part in fault for fault in faults_of(table))


def test_an_edition_that_says_nothing_means_the_fourteen_days_of_2020() -> None:
    usual = QuarantinePolicy.from_settings({})
    assert (usual.days, usual.slots, usual.school_kinds) == (
        14, ("MORNING", "EVENING"), ("CAMPUS", "SELF"),
    )  # fmt: skip
    assert faults_of({}) == []
