"""The arithmetic of quarantine: days, slots, the checklist of a release. Pure.

Day 0 is the day of the last contact (of the order, where no contact is known); day 1 to N are
observed, and from the beginning of day N+1 a release may be decided. A day without data is not
a good day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from lianfang.kernel.clock import at_local, reporting_day
from lianfang.kernel.texts import gettext_noop as _

MORNING, EVENING = "MORNING", "EVENING"


def planned_end(*, day_zero: date, days: int) -> date:
    """The first day on which a release may be decided.

    >>> planned_end(day_zero=date(2020, 1, 20), days=14).isoformat()
    '2020-02-04'
    """
    return day_zero + timedelta(days=days + 1)


def slot_at(now: datetime, *, evening_from: time = time(15, 0)) -> str:
    """The slot to which an entry made now belongs; `now` in local time."""
    return MORNING if now.time() < evening_from else EVENING


@dataclass(frozen=True, slots=True)
class Entry:
    """One check: what was measured in one slot of one day."""

    day: date
    slot: str
    temperature: Decimal | None
    is_unwell: bool
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Slot:
    day: date
    slot: str


def slots_due(
    *,
    held_from: date,
    held_until: date,
    begun_at: datetime,
    now: datetime,
    slots: Iterable[str],
    ends: Mapping[str, time],
) -> list[Slot]:
    """Every slot that is over, of each day of the order; none that ended before `begun_at`."""
    last = min(reporting_day(now), held_until - timedelta(days=1))
    due = []
    for n in range((last - held_from).days + 1):
        day = held_from + timedelta(days=n)
        for slot in slots:
            ended = at_local(day, ends[slot])
            if begun_at < ended <= now:
                due.append(Slot(day, slot))
    return due


def missing_slots(
    due: Iterable[Slot], entries: Iterable[Entry], explained: Iterable[date]
) -> list[Slot]:
    """Slots that are over and hold nothing; a day that somebody explained is not missing."""
    have = {(entry.day, entry.slot) for entry in entries}
    told = set(explained)
    return [slot for slot in due if (slot.day, slot.slot) not in have and slot.day not in told]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checklist looks at."""

    today: date
    held_until: date
    last_ill_on: date | None
    well_days: int
    missing: int
    kept_broken: int
    open_incident: bool
    paper_needed: bool
    paper: str


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist: a question, whether it is fulfilled, what is still to do."""

    code: str
    question: str
    is_met: bool
    todo: str


def checklist(facts: Facts) -> list[Item]:
    """What must be so before a release is decided. Texts are msgids."""
    well = facts.last_ill_on is None or (facts.today - facts.last_ill_on).days >= facts.well_days
    return [
        Item(
            "days",
            _("The days are over"),
            facts.today >= facts.held_until,
            _("Not before the planned end; an extension moves it."),
        ),
        Item(
            "well",
            _("No symptom and no fever in the last days"),
            well and not facts.open_incident,
            _("The days without symptoms are counted from the last one; a doctor may be needed."),
        ),
        Item(
            "no_gap",
            _("No check is missing"),
            facts.missing == 0,
            _("The carer asks and writes down why; a day without data is not a good day."),
        ),
        Item(
            "paper",
            _("The release document of the authority is here"),
            not facts.paper_needed or bool(facts.paper.strip()),
            _("Whoever ordered it also ends it in writing; note its number."),
        ),
    ]


def is_ready(items: Iterable[Item]) -> bool:
    return all(item.is_met for item in items)


def is_ill(entry: Entry, *, fever: float) -> bool:
    hot = entry.temperature is not None and float(entry.temperature) >= fever
    return hot or entry.is_unwell
