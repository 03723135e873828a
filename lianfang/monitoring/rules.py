"""The arithmetic of key monitoring: which state follows which, what release still lacks. Pure.

Day 0 is the last exposure. A day without data is not a good day: it is a gap until a carer has
said, after it arose, why nothing was measured and how the person was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

# 待核实 → 监测中 → {异常处置 | 转密接管理 | 转医疗 | 待解除审核} → 已解除 | 误报撤销 (DOMAIN 3.7)
TO_VERIFY = "TO_VERIFY"
WATCHED = "WATCHED"
ILL = "ILL"
AS_CONTACT = "AS_CONTACT"
IN_HOSPITAL = "IN_HOSPITAL"
TO_RELEASE = "TO_RELEASE"
RELEASED = "RELEASED"
CANCELLED = "CANCELLED"

MOVES: dict[str, frozenset[str]] = {
    TO_VERIFY: frozenset({WATCHED, ILL, CANCELLED}),
    WATCHED: frozenset({ILL, AS_CONTACT, IN_HOSPITAL, TO_RELEASE, CANCELLED}),
    ILL: frozenset({WATCHED, TO_VERIFY, AS_CONTACT, IN_HOSPITAL}),
    AS_CONTACT: frozenset({WATCHED, IN_HOSPITAL}),
    IN_HOSPITAL: frozenset({WATCHED, AS_CONTACT}),
    TO_RELEASE: frozenset({RELEASED, WATCHED, ILL, AS_CONTACT, IN_HOSPITAL, CANCELLED}),
    RELEASED: frozenset(),
    CANCELLED: frozenset(),
}
CLOSED = frozenset({RELEASED, CANCELLED})
# Two checks a day are asked here: elsewhere a hospital or the contact's file asks.
CHECKED = frozenset({WATCHED, ILL, TO_RELEASE})


def may_move(old: str, new: str) -> bool:
    return new in MOVES[old]


def restarts(*, last_exposure_on: date, new_exposure_on: date) -> bool:
    """Only a later exposure moves the clock; one that lay before is a fact and no more."""
    return new_exposure_on > last_exposure_on


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of one watched moment: a slot, or a whole day before the file was opened."""

    day: date
    slot: str  # empty: the day as a whole
    is_measured: bool
    has_symptoms: bool
    arose_at: datetime


@dataclass(frozen=True, slots=True)
class Explained:
    """A carer's word on the days of a gap, half-open, given at a moment."""

    from_on: date
    until_on: date
    at: datetime

    def covers(self, look: Look) -> bool:
        """Nobody explains in advance: a gap that arose after the word is not covered by it."""
        return self.from_on <= look.day < self.until_on and self.at >= look.arose_at


def gaps(looks: Iterable[Look], explained: Sequence[Explained]) -> list[Look]:
    """Moments without data that nobody has explained."""
    return [
        look
        for look in looks
        if not look.is_measured and not any(word.covers(look) for word in explained)
    ]


@dataclass(frozen=True, slots=True)
class Checklist:
    """What release asks for. `lacking` names, in order, what is not there yet."""

    days_left: int
    gaps: tuple[Look, ...]
    symptom_days: tuple[date, ...]
    has_open_incident: bool
    needs_proof: bool
    requires: frozenset[str]

    @property
    def lacking(self) -> list[str]:
        lacks = {
            "days": self.days_left > 0,
            "no_symptom": bool(self.symptom_days) or self.has_open_incident,
            "no_gap": bool(self.gaps),
            "proof": self.needs_proof,
        }
        return [name for name, is_lacking in lacks.items() if is_lacking and name in self.requires]

    @property
    def is_complete(self) -> bool:
        return not self.lacking


def checklist(
    *,
    today: date,
    eligible_on: date,
    looks: Sequence[Look],
    explained: Sequence[Explained],
    symptom_free_days: int,
    has_open_incident: bool,
    needs_proof: bool,
    requires: frozenset[str],
) -> Checklist:
    """Symptoms count while they are recent: older ones belong to an incident that was closed."""
    recent = today - timedelta(days=symptom_free_days)
    return Checklist(
        days_left=max(0, (eligible_on - today).days),
        gaps=tuple(gaps(looks, explained)),
        symptom_days=tuple(
            sorted({look.day for look in looks if look.has_symptoms and look.day >= recent})
        ),
        has_open_incident=has_open_incident,
        needs_proof=needs_proof,
        requires=requires,
    )


def missed_in_a_row(outcomes: Sequence[bool]) -> int:
    """How many of the newest due slots were missed, counted back from the last; True = missed."""
    count = 0
    for missed in reversed(outcomes):
        if not missed:
            break
        count += 1
    return count
