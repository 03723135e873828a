"""When two records about one person and one day cannot both be so. Pure.

Each rule names both records with their moments. It says nothing about who is right: people
change places, readers have wrong clocks, carers note a day too late. Somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

AWAY_BUT_GATE = "AWAY_BUT_GATE"
AWAY_BUT_DORM = "AWAY_BUT_DORM"
CAMPUS_BUT_NO_DORM = "CAMPUS_BUT_NO_DORM"
LEAVE_BUT_CAMPUS = "LEAVE_BUT_CAMPUS"
HOSPITAL_BUT_WELL = "HOSPITAL_BUT_WELL"
QUARANTINE_BUT_GATE = "QUARANTINE_BUT_GATE"
QUARANTINE_ELSEWHERE = "QUARANTINE_ELSEWHERE"
QUARANTINE_UNKNOWN = "QUARANTINE_UNKNOWN"

# Where a person says to stay when it is certainly not the campus.
_AWAY = {"AT_HOME", "INTERNSHIP", "VISITING", "TRAVELLING", "STRANDED", "ABROAD", "HOSPITAL"}
_SAME_CITY = 4  # digits of a division code that name the city


@dataclass(frozen=True, slots=True)
class Said:
    """One record: which kind of record, what it says, when."""

    what: str
    value: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    presence: str
    county_code: str
    at: datetime
    has_events: bool


@dataclass(frozen=True, slots=True)
class Leave:
    """An exemption that covers the day; `first` is its first day."""

    reason: str
    first: date


@dataclass(frozen=True, slots=True)
class Stay:
    """An order of quarantine that covers the day."""

    kind: str
    county_code: str
    first: date


@dataclass(frozen=True, slots=True)
class PersonDay:
    """Everything that is recorded about one person on one day."""

    day: date
    is_student: bool
    report: Report | None = None
    passages: tuple[tuple[str, datetime], ...] = ()  # ("IN" | "OUT", when), in order
    evening: tuple[bool, datetime] | None = None
    leaves: tuple[Leave, ...] = ()
    stay: Stay | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    kind: str
    left: Said
    right: Said = field(repr=False)


def conflicts_of(one: PersonDay) -> list[Conflict]:
    """At most one of a kind."""
    return [found for rule in _RULES if (found := rule(one)) is not None]


def _away_but_gate(one: PersonDay) -> Conflict | None:
    """Students only: staff go home and come to work, and both is so."""
    report = one.report
    if report is None or not one.is_student or report.presence not in _AWAY:
        return None
    came = next((at for way, at in one.passages if way == "IN"), None)
    return Conflict(AWAY_BUT_GATE, _report(report), Said("GATE", "IN", came)) if came else None


def _away_but_dorm(one: PersonDay) -> Conflict | None:
    report = one.report
    if report is None or one.evening is None or report.presence not in _AWAY:
        return None
    there, at = one.evening
    if not there or any(way == "IN" for way, _at in one.passages):
        return None  # the gate says it already, or explains it
    return Conflict(AWAY_BUT_DORM, _report(report), Said("DORM", "PRESENT", at))


def _campus_but_no_dorm(one: PersonDay) -> Conflict | None:
    """Not when the gate saw the person leave before, nor in quarantine or on leave."""
    report = one.report
    if report is None or one.evening is None or report.presence != "ON_CAMPUS":
        return None
    there, at = one.evening
    before = [way for way, moment in one.passages if moment <= at]
    if there or one.stay or one.leaves or before[-1:] == ["OUT"]:
        return None
    return Conflict(CAMPUS_BUT_NO_DORM, _report(report), Said("DORM", "ABSENT", at))


def _leave_but_campus(one: PersonDay) -> Conflict | None:
    """The way out on the first day of a leave is no contradiction."""
    leave = next((one for one in one.leaves if one.reason in {"LEAVE", "HOSPITAL", "ARMY"}), None)
    if leave is None:
        return None
    said = Said("LEAVE", leave.reason)
    for way, at in one.passages:
        if way == "IN" or one.day > leave.first:
            return Conflict(LEAVE_BUT_CAMPUS, said, Said("GATE", way, at))
    if one.evening is not None and one.evening[0]:
        return Conflict(LEAVE_BUT_CAMPUS, said, Said("DORM", "PRESENT", one.evening[1]))
    if one.report is not None and one.report.presence == "ON_CAMPUS" and one.day > leave.first:
        return Conflict(LEAVE_BUT_CAMPUS, said, _report(one.report))
    return None


def _hospital_but_well(one: PersonDay) -> Conflict | None:
    report = one.report
    in_hospital = any(leave.reason == "HOSPITAL" for leave in one.leaves)
    if report is None or not in_hospital or report.has_events or report.presence == "HOSPITAL":
        return None
    return Conflict(HOSPITAL_BUT_WELL, Said("LEAVE", "HOSPITAL"), Said("ZERO", "", report.at))


def _quarantine_but_gate(one: PersonDay) -> Conflict | None:
    """From the second day on: the way there passes the gate."""
    stay = one.stay
    if stay is None or stay.kind == "SELF" or one.day <= stay.first:
        return None
    for way, at in one.passages:
        if stay.kind != "CAMPUS" or way == "OUT":
            return Conflict(QUARANTINE_BUT_GATE, _stay(stay), Said("GATE", way, at))
    return None


def _quarantine_elsewhere(one: PersonDay) -> Conflict | None:
    """Another city than the order names, or on campus while the order says a facility."""
    stay, report = one.stay, one.report
    if stay is None or report is None or stay.kind == "SELF" or one.day <= stay.first:
        return None
    far = bool(stay.county_code and report.county_code) and (
        stay.county_code[:_SAME_CITY] != report.county_code[:_SAME_CITY]
    )
    if far:
        return Conflict(
            QUARANTINE_ELSEWHERE, _stay(stay), Said("PLACE", report.county_code, report.at)
        )
    if stay.kind in {"FACILITY", "HOSPITAL"} and report.presence == "ON_CAMPUS":
        return Conflict(QUARANTINE_ELSEWHERE, _stay(stay), _report(report))
    return None


def _quarantine_unknown(one: PersonDay) -> Conflict | None:
    report = one.report
    if report is None or report.presence != "QUARANTINE" or one.stay is not None:
        return None
    return Conflict(QUARANTINE_UNKNOWN, _report(report), Said("NO_ORDER", ""))


_RULES: tuple[Callable[[PersonDay], Conflict | None], ...] = (
    _away_but_gate,
    _away_but_dorm,
    _campus_but_no_dorm,
    _leave_but_campus,
    _hospital_but_well,
    _quarantine_but_gate,
    _quarantine_elsewhere,
    _quarantine_unknown,
)
KINDS = (
    AWAY_BUT_GATE, AWAY_BUT_DORM, CAMPUS_BUT_NO_DORM, LEAVE_BUT_CAMPUS, HOSPITAL_BUT_WELL,
    QUARANTINE_BUT_GATE, QUARANTINE_ELSEWHERE, QUARANTINE_UNKNOWN,
)  # fmt: skip


def _report(report: Report) -> Said:
    return Said("REPORT", report.presence, report.at)


def _stay(stay: Stay) -> Said:
    return Said("ORDER", stay.kind)
