"""What an edition says of close contacts: the window before onset, nearness, clocks. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

WEIGHTS: Mapping[str, int] = {
    "ROOM": 100,
    "HOME": 100,
    "NEXT_SEAT": 60,
    "TABLE": 60,
    "NEAR_SEAT": 40,
    "JOURNEY": 30,
    "LESSON": 1,
    "LESSONS_MOST": 30,
    "GATHERING": 20,
    "FLOOR": 10,
    "CLASS": 10,
}
_USUAL: dict[str, Any] = {
    "window": [
        {"held_from": "2020-01-01", "days_before_onset": 0, "source": "防控方案第三版及以前"},
        {"held_from": "2020-02-06", "days_before_onset": 2, "source": "防控方案第五、六版"},
    ],
    "class_hours": [],
    "near_rows": 2,
    "journey_rows": 3,
    "long_minutes": 15,
    "answer_hours": 24,
    "package_days": 7,
    "keep_years": 3,
    "visit_due": "18:00",
    "follow_days": 14,
    "serial": {"mean": 7.5, "sd": 3.4},
}


@dataclass(frozen=True, slots=True)
class Window:
    """From how many days before the onset on contacts count, and which text says so."""

    held_from: date
    days_before_onset: int
    source: str


@dataclass(frozen=True, slots=True)
class Serial:
    """Days from one onset to the next in a chain, as a gamma distribution."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class ContactPolicy:
    """The numbers of one edition. An investigation keeps the window it was opened with."""

    windows: tuple[Window, ...]
    class_hours: tuple[tuple[time, time], ...]
    near_rows: int
    journey_rows: int
    long_minutes: int
    answer_within: timedelta
    package_lives: timedelta
    keep_years: int
    visit_due: time
    follow_days: int
    weights: Mapping[str, int]
    serial: Serial

    def window_on(self, day: date) -> Window:
        """The window of the text in force on a day; before the first text, the first."""
        held = [window for window in self.windows if window.held_from <= day]
        return max(held or self.windows[:1], key=lambda window: window.held_from)


def policy_from(settings: Mapping[str, Any]) -> ContactPolicy:
    """The policy of an edition; what it does not say is as it was usual in 2020."""
    said = {**_USUAL, **(settings.get("contacts") or {})}
    return ContactPolicy(
        windows=tuple(
            Window(
                date.fromisoformat(str(row["held_from"])),
                int(row["days_before_onset"]),
                str(row["source"]),
            )
            for row in said["window"]
        ),
        class_hours=hours_from(said["class_hours"]),
        near_rows=int(said["near_rows"]),
        journey_rows=int(said["journey_rows"]),
        long_minutes=int(said["long_minutes"]),
        answer_within=timedelta(hours=int(said["answer_hours"])),
        package_lives=timedelta(days=int(said["package_days"])),
        keep_years=int(said["keep_years"]),
        visit_due=time.fromisoformat(said["visit_due"]),
        follow_days=int(said["follow_days"]),
        weights={**WEIGHTS, **said.get("weights", {})},
        serial=Serial(float(said["serial"]["mean"]), float(said["serial"]["sd"])),
    )


def hours_from(rows: Sequence[Sequence[str]]) -> tuple[tuple[time, time], ...]:
    return tuple((time.fromisoformat(begins), time.fromisoformat(ends)) for begins, ends in rows)


def faults_of(settings: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with the drafted `contacts`, in words."""
    said = settings.get("contacts") or {}
    known = {*_USUAL, "weights"}
    faults = [f"contacts: nothing is called {name}" for name in sorted(set(said) - known)]
    faults += _faults_of_windows(said.get("window", _USUAL["window"]))
    faults += _faults_of_hours(said.get("class_hours", []))
    for name, usual in _USUAL.items():
        value = said.get(name, usual)
        if isinstance(usual, int) and not _is_count(value):
            faults.append(f"contacts: {name} is a whole number from 0, not {value!r}")
    for name, points in said.get("weights", {}).items():
        if name not in WEIGHTS or not _is_count(points):
            faults.append(f"contacts: no weight {name} of {points!r}")
    serial = said.get("serial", _USUAL["serial"])
    if not isinstance(serial, Mapping) or not all(
        isinstance(serial.get(name), int | float) and serial[name] > 0 for name in ("mean", "sd")
    ):
        faults.append(f"contacts: serial is a mean and a sd in days above 0, not {serial!r}")
    try:
        time.fromisoformat(str(said.get("visit_due", _USUAL["visit_due"])))
    except ValueError:
        faults.append(f"contacts: visit_due is a time of day, not {said['visit_due']!r}")
    return faults


def _faults_of_windows(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    faults = [] if rows else ["contacts: a window needs at least one row"]
    last = date.min
    for row in rows:
        try:
            begins = date.fromisoformat(str(row.get("held_from")))
        except ValueError:
            faults.append(f"contacts: held_from of a window is a day, not {row.get('held_from')!r}")
            continue
        if begins <= last:
            faults.append(f"contacts: the windows stand in order of time, {begins} does not")
        last = begins
        if not _is_count(row.get("days_before_onset")):
            faults.append(f"contacts: the window of {begins} needs days_before_onset from 0")
        if not row.get("source"):
            faults.append(f"contacts: the window of {begins} needs its source")
    return faults


def _faults_of_hours(rows: Sequence[Sequence[str]]) -> list[str]:
    faults: list[str] = []
    before = ""
    for row in rows:
        try:
            begins, ends = (time.fromisoformat(str(part)).isoformat() for part in row)
        except ValueError:
            faults.append(f"contacts: a lesson is a pair such as 08:00, 08:45, not {row!r}")
            continue
        if not before <= begins < ends:
            faults.append(f"contacts: the lesson {row!r} does not follow the one before")
        before = ends
    return faults


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1000
