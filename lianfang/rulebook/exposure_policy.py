"""How exposures are followed up, out of an edition's `[settings] exposure`. Pure.

A hit is verified by phone on the day on which it was found; hours, because people promise hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

_USUAL: dict[str, Any] = {"call_hours": 12, "at_once_people": 60_000}


@dataclass(frozen=True, slots=True)
class ExposurePolicy:
    """`at_once_people`: a college up to this size is compared with a new list in one piece."""

    lookback: timedelta
    call: timedelta
    at_once_people: int

    def first_day(self, today: date) -> date:
        """The first day that still counts today; today and day 14 before it are both included."""
        return today - self.lookback

    def due(self, found_at: datetime) -> datetime:
        return found_at + self.call


def policy_from(settings: Mapping[str, Any]) -> ExposurePolicy:
    said = _USUAL | dict(settings.get("exposure") or {})
    return ExposurePolicy(
        lookback=timedelta(days=int(settings["lookback_days"])),
        call=timedelta(hours=int(said["call_hours"])),
        at_once_people=int(said["at_once_people"]),
    )


def faults_of(table: Mapping[str, Any]) -> list[str]:
    """What is wrong with the table `exposure` of a drafted edition."""
    faults = [f"exposure: {name} is unknown" for name in sorted(set(table) - set(_USUAL))]
    for name, least in (("call_hours", 1), ("at_once_people", 0)):
        value = table.get(name, _USUAL[name])
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            faults.append(f"exposure: {name} must be a whole number of at least {least}")
    return faults
