"""How key monitoring is done, out of an edition's `[settings] monitor`. Pure: no Django, no tables.

Days are counted from the last exposure (day 0); the last watched day is day `days`, and release
may be decided from the day after it. Durations of staff are hours, because people promise hours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from lianfang.kernel.clock import at_local

ANCHORS = ("last_exposure",)
REQUIREMENTS = ("days", "no_symptom", "no_gap", "proof", "approval")
REACHES = ("OWN", "DEPARTMENT", "COLLEGE", "COMMITTEE")

_USUAL: dict[str, Any] = {
    "days": 14,
    "anchor": "last_exposure",
    "slots": [
        {"code": "am", "zh": "早", "en": "morning", "opens_at": "06:00", "due_at": "10:00"},
        {"code": "pm", "zh": "晚", "en": "evening", "opens_at": "16:00", "due_at": "21:00"},
    ],
    "remind_minutes": 60,
    "missed_in_a_row": 2,
    "symptom_free_days": 3,
    "release_requires": list(REQUIREMENTS),
    "verify_hours": 12,
    "decide_hours": 24,
    "contest_hours": 48,
    "need_hours": 24,
    "lost_told": [
        {"reach": "DEPARTMENT", "role": "RESPONSIBLE_HEAD"},
        {"reach": "COMMITTEE", "role": "DUTY_OFFICER"},
    ],
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of the day in which a check is due: from `opens_at`, missed at `due_at`."""

    code: str
    zh: str
    en: str
    opens_at: time
    due_at: time

    def opens(self, day: date) -> datetime:
        return at_local(day, self.opens_at)

    def due(self, day: date) -> datetime:
        return at_local(day, self.due_at)

    def name_in(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class MonitorPolicy:
    """The promises of one edition. A file keeps the edition under which it was opened."""

    days: int
    slots: tuple[Slot, ...]
    remind: timedelta
    missed_in_a_row: int
    symptom_free_days: int
    requires: frozenset[str]
    verify: timedelta
    decide: timedelta
    contest: timedelta
    need: timedelta
    lost_told: tuple[tuple[str, str], ...]  # (reach, role)

    def eligible_on(self, last_exposure_on: date, *, extra_days: int = 0) -> date:
        """The first day on which release may be decided, from its 00:00 on."""
        return last_exposure_on + timedelta(days=self.days + extra_days + 1)

    def slot(self, code: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.code == code), None)


def policy_from(settings: Mapping[str, Any]) -> MonitorPolicy:
    """The policy of an edition; what an older edition does not say is as it was usual in 2020."""
    said = {**_USUAL, **(settings.get("monitor") or {})}
    return MonitorPolicy(
        days=int(said["days"]),
        slots=slots_from(said["slots"]),
        remind=timedelta(minutes=int(said["remind_minutes"])),
        missed_in_a_row=int(said["missed_in_a_row"]),
        symptom_free_days=int(said["symptom_free_days"]),
        requires=frozenset(said["release_requires"]),
        verify=timedelta(hours=int(said["verify_hours"])),
        decide=timedelta(hours=int(said["decide_hours"])),
        contest=timedelta(hours=int(said["contest_hours"])),
        need=timedelta(hours=int(said["need_hours"])),
        lost_told=tuple((row["reach"], row["role"]) for row in said["lost_told"]),
    )


def slots_from(rows: Sequence[Mapping[str, Any]]) -> tuple[Slot, ...]:
    return tuple(
        Slot(
            code=row["code"],
            zh=row["zh"],
            en=row["en"],
            opens_at=time.fromisoformat(row["opens_at"]),
            due_at=time.fromisoformat(row["due_at"]),
        )
        for row in rows
    )


def faults_of(settings: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with the drafted `monitor` and `rounds`, in words."""
    said = settings.get("monitor") or {}
    faults = [f"monitor: nothing is called {name}" for name in sorted(set(said) - set(_USUAL))]
    for name, usual in _USUAL.items():
        value = said.get(name, usual)
        if isinstance(usual, int) and (
            not isinstance(value, int) or isinstance(value, bool) or value < 1
        ):
            faults.append(f"monitor: {name} is a whole number from 1, not {value!r}")
    if said.get("anchor", "last_exposure") not in ANCHORS:
        faults.append(f"monitor: days are counted from {ANCHORS[0]}, not {said['anchor']!r}")
    faults += [
        f"monitor: release cannot require {name!r}"
        for name in said.get("release_requires", [])
        if name not in REQUIREMENTS
    ]
    faults += _faults_of_slots("monitor", said.get("slots", _USUAL["slots"]))
    faults += [
        f"monitor: no such reach: {row.get('reach')}"
        for row in said.get("lost_told", [])
        if row.get("reach") not in REACHES
    ]
    rounds = settings.get("rounds") or {}
    return faults + (_faults_of_slots("rounds", rounds["slots"]) if "slots" in rounds else [])


def _faults_of_slots(name: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    faults = []
    seen: set[str] = set()
    for row in rows:
        code = str(row.get("code", "?"))
        if code in seen:
            faults.append(f"{name}: two slots are called {code}")
        seen.add(code)
        try:
            opens = time.fromisoformat(str(row.get("opens_at")))
            due = time.fromisoformat(str(row.get("due_at")))
        except ValueError:
            faults.append(f"{name}: slot {code} needs opens_at and due_at such as 06:00")
            continue
        if opens >= due:
            faults.append(f"{name}: slot {code} ends before it begins")
        if not row.get("zh") or not row.get("en"):
            faults.append(f"{name}: slot {code} needs a name in both languages")
    return faults if rows else [f"{name}: a day needs at least one slot"]


_ROUNDS = [
    {"code": "morning", "zh": "晨检", "en": "morning", "opens_at": "06:30", "due_at": "08:30"},
    {"code": "noon", "zh": "午检", "en": "noon", "opens_at": "12:00", "due_at": "14:30"},
    {"code": "evening", "zh": "晚检", "en": "evening", "opens_at": "19:00", "due_at": "22:00"},
]


def round_slots_from(settings: Mapping[str, Any]) -> tuple[Slot, ...]:
    """The rounds that a class on campus may take: 晨检, 午检, 晚检."""
    return slots_from((settings.get("rounds") or {}).get("slots") or _ROUNDS)
