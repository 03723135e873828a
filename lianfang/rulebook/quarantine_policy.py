"""What an edition says of quarantine: its length, its checks, the clocks of needs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

KINDS = ("FACILITY", "HOME", "CAMPUS", "HOSPITAL", "SELF")
NEEDS = ("MEALS", "MEDICINE", "STUDY", "SUPPLIES", "OTHER")
SLOTS = ("MORNING", "EVENING")


@dataclass(frozen=True, slots=True)
class NeedStep:
    """Who is told that a need waits; `after` counts from the moment at which it was due."""

    role: str  # OWNER is whoever sees to it
    reach: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class QuarantinePolicy:
    """The numbers of one edition. An order keeps those that were in force when it was given."""

    days: int = 14
    school_kinds: tuple[str, ...] = ("CAMPUS", "SELF")
    well_days: int = 14
    slots: tuple[str, ...] = SLOTS
    morning_until: time = time(12, 0)
    evening_until: time = time(22, 0)
    propose_at: time = time(8, 0)
    needs: Mapping[str, timedelta] | None = None
    climb: tuple[NeedStep, ...] = ()

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> QuarantinePolicy:
        """An edition that is silent about a number gets the one of 2020."""
        said = settings.get("quarantine", {})
        usual = cls()
        return cls(
            days=int(said.get("days", usual.days)),
            school_kinds=tuple(said.get("school_kinds", usual.school_kinds)),
            well_days=int(said.get("well_days", usual.well_days)),
            slots=tuple(said.get("slots", usual.slots)),
            morning_until=time.fromisoformat(said.get("morning_until", "12:00")),
            evening_until=time.fromisoformat(said.get("evening_until", "22:00")),
            propose_at=time.fromisoformat(said.get("propose_at", "08:00")),
            needs={
                kind: timedelta(minutes=int(minutes))
                for kind, minutes in said.get("needs_minutes", {}).items()
            },
            climb=tuple(
                NeedStep(row["role"], row["reach"], timedelta(minutes=int(row["minutes"])))
                for row in said.get("needs_climb", [])
            ),
        )

    def time_for(self, need: str) -> timedelta:
        """How long somebody may wait for this."""
        return (self.needs or {}).get(need, timedelta(hours=24))

    def slot_ends(self, slot: str) -> time:
        return self.morning_until if slot == "MORNING" else self.evening_until


def faults_of(table: Mapping[str, Any]) -> list[str]:
    """What is wrong with `[settings] quarantine` of a drafted edition, in words."""
    faults = [
        f"quarantine: {name} is a number of days from 1 to 60, not {table[name]!r}"
        for name in ("days", "well_days")
        if name in table and not _is_days(table[name])
    ]
    faults += [
        f"quarantine: no such kind: {k}" for k in table.get("school_kinds", []) if k not in KINDS
    ]
    faults += [f"quarantine: no such slot: {s}" for s in table.get("slots", []) if s not in SLOTS]
    faults += [
        f"quarantine: {name} is no time of day: {table[name]!r}"
        for name in ("morning_until", "evening_until", "propose_at")
        if name in table and not _is_time(table[name])
    ]
    for kind, minutes in table.get("needs_minutes", {}).items():
        if kind not in NEEDS:
            faults.append(f"quarantine: no such need: {kind}")
        if not isinstance(minutes, int) or minutes < 1:
            faults.append(f"quarantine: no minutes for the need {kind}: {minutes!r}")
    return faults + _faults_of_climb(table.get("needs_climb", []))


def _faults_of_climb(steps: list[dict[str, Any]]) -> list[str]:
    faults: list[str] = []
    last = -1
    for row in steps:
        minutes = row.get("minutes")
        if not row.get("role") or not row.get("reach"):
            faults.append(f"quarantine: a step of needs_climb has no role or no reach: {row}")
        if not isinstance(minutes, int) or minutes <= last:
            faults.append(f"quarantine: the minutes of needs_climb rise, {minutes!r} does not")
        else:
            last = minutes
    return faults


def _is_days(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 60


def _is_time(value: object) -> bool:
    try:
        time.fromisoformat(str(value))
    except ValueError:
        return False
    return True
