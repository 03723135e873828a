"""When reports look copied, when records contradict, how long gate records are kept. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import time
from typing import Any


@dataclass(frozen=True, slots=True)
class HonestyPolicy:
    """The parameters of one edition; docs/honest_reports.md shows what they find and miss."""

    window_days: int = 14
    same_second_days: int = 7
    same_second_spread_s: int = 2
    same_answers_days: int = 7
    both_second_days: int = 4
    both_answers_days: int = 4
    bulk_seconds: int = 2
    bulk_people: int = 8
    bulk_share: float = 0.3
    bulk_days: int = 2
    quiet_days: int = 14
    at: str = "02:00"
    gate_records_days: int = 14

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> HonestyPolicy:
        """An edition that is silent about a number gets the usual one."""
        said = settings.get("honesty", {})
        return cls(**{f.name: said[f.name] for f in fields(cls) if f.name in said})

    @property
    def strikes_at(self) -> time:
        """The time of the night at which it is computed."""
        return time.fromisoformat(self.at)


_WHOLE = {f.name for f in fields(HonestyPolicy)} - {"bulk_share", "at"}


def faults_of(table: Mapping[str, Any]) -> list[str]:
    """What is wrong with `[settings] honesty` of a drafted edition, in words."""
    known = {f.name for f in fields(HonestyPolicy)}
    faults = [f"honesty: no such parameter: {name}" for name in table if name not in known]
    for name in _WHOLE & set(table):
        value = table[name]
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            faults.append(f"honesty: {name} is a whole number from 1, not {value!r}")
    share = table.get("bulk_share", 0.3)
    if not isinstance(share, int | float) or not 0 < share <= 1:
        faults.append(f"honesty: bulk_share is a share between 0 and 1, not {share!r}")
    try:
        time.fromisoformat(str(table.get("at", "02:00")))
    except ValueError:
        faults.append(f"honesty: at is no time of day: {table['at']!r}")
    if not faults:
        window = table.get("window_days", 14)
        longest = ("same_second_days", "same_answers_days", "bulk_days")
        faults += [
            f"honesty: {name} is longer than the window of {window} days"
            for name in longest
            if table.get(name, 1) > window
        ]
    return sorted(faults)
