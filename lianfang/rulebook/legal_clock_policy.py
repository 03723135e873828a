"""Who outside must be told of what, and how soon: rows R1 to R13 as data of an edition.

A row that binds hospitals or governments starts no clock of ours; it stands there so that
nobody takes their limit for the school's. Pure: the edition's settings in, frozen rows out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lianfang.rulebook.rules import Criterion, check

BINDS = ("SCHOOL", "HOSPITAL", "GOVERNMENT")
# What starts a clock: a verified incident, a classification, a group of people, or nothing.
STARTS = ("VERIFIED", "CLASSIFIED", "GROUP", "NOTHING")
ORGANISATIONS = ("CDC", "EDUCATION", "HEALTH", "COMMUNITY", "HOSPITAL", "PARENTS")


@dataclass(frozen=True, slots=True)
class LegalRule:
    """One row. `tells`: each inner tuple is one duty; any organisation in it meets that duty."""

    code: str
    binds: str
    starts: str
    kinds: tuple[str, ...]  # classifications that start it
    signs: Criterion | None  # of the report, for a clock that a verification starts
    tells: tuple[tuple[str, ...], ...]
    limit: timedelta  # zero: at once
    remind_after: timedelta
    name_zh: str
    name_en: str
    source: str

    @property
    def is_at_once(self) -> bool:
        return not self.limit

    @property
    def is_ours(self) -> bool:
        return self.binds == "SCHOOL" and self.starts != "NOTHING" and bool(self.tells)


@dataclass(frozen=True, slots=True)
class CaseDefinition:
    """Which text decided, from which day on, what a suspected or a confirmed case is."""

    held_from: date
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class ClinicalDiagnosis:
    """Where and when "clinically diagnosed" was a classification; `held_until` is exclusive."""

    provinces: tuple[str, ...]
    held_from: date
    held_until: date

    def holds(self, *, county_code: str, day: date) -> bool:
        here = county_code.startswith(self.provinces) if self.provinces else False
        return here and self.held_from <= day < self.held_until


def legal_rules(settings: Mapping[str, Any]) -> tuple[LegalRule, ...]:
    return tuple(_rule(row) for row in settings.get("legal_clocks") or ())


def _rule(row: Mapping[str, Any]) -> LegalRule:
    return LegalRule(
        code=row["code"],
        binds=row["binds"],
        starts=row["starts"],
        kinds=tuple(row.get("kinds", ())),
        signs=row.get("signs"),
        tells=tuple(tuple(one) for one in row.get("tells", ())),
        limit=timedelta(minutes=int(row.get("minutes", 0))),
        remind_after=timedelta(minutes=int(row.get("remind_minutes", 0))),
        name_zh=row["zh"],
        name_en=row["en"],
        source=row["source"],
    )


def definition_in_force(settings: Mapping[str, Any], *, day: date) -> CaseDefinition | None:
    """The case definition by which something said on that day is to be read."""
    known = [
        CaseDefinition(date.fromisoformat(row["held_from"]), row["name"], row["source"])
        for row in settings.get("case_definitions") or ()
    ]
    past = [one for one in known if one.held_from <= day]
    return max(past, key=lambda one: one.held_from, default=None)


def clinical_diagnosis(settings: Mapping[str, Any]) -> ClinicalDiagnosis | None:
    row = settings.get("clinical_diagnosis")
    if not row:
        return None
    return ClinicalDiagnosis(
        provinces=tuple(row["provinces"]),
        held_from=date.fromisoformat(row["held_from"]),
        held_until=date.fromisoformat(row["held_until"]),
    )


def faults_of(settings: Mapping[str, Any], *, symptoms: Collection[str]) -> list[str]:
    """Everything that is wrong with the clocks and definitions of a drafted edition."""
    rows = settings.get("legal_clocks") or []
    codes = [str(row.get("code", "?")) for row in rows]
    faults = [
        f"legal clock {code} stands twice" for code in sorted(set(codes)) if codes.count(code) > 1
    ]
    for row in rows:
        faults += [
            f"legal clock {row.get('code', '?')}: {f}" for f in _faults_of_row(row, symptoms)
        ]
    for row in settings.get("case_definitions") or []:
        faults += [f"case definition {row.get('name', '?')}: {f}" for f in _faults_of_day(row)]
    return faults


def _faults_of_row(row: Mapping[str, Any], symptoms: Collection[str]) -> list[str]:
    faults = [f"{name} is missing" for name in ("code", "zh", "en", "source") if not row.get(name)]
    if row.get("binds") not in BINDS:
        faults.append(f"binds nobody known: {row.get('binds')}")
    if row.get("starts") not in STARTS:
        faults.append(f"starts by nothing known: {row.get('starts')}")
    faults += [
        f"no such organisation: {name}"
        for group in row.get("tells", [])
        for name in group
        if name not in ORGANISATIONS
    ]
    limit, remind = row.get("minutes", 0), row.get("remind_minutes", 0)
    if not isinstance(limit, int) or not isinstance(remind, int) or limit < 0 or remind < 0:
        faults.append("minutes are whole numbers from 0 on")
    elif remind > limit:
        faults.append(f"a reminder after {remind} minutes comes after the limit of {limit}")
    if row.get("starts") == "CLASSIFIED" and not row.get("kinds"):
        faults.append("names no classification that starts it")
    if row.get("signs") is not None:
        faults += check(row["signs"], symptoms)
    return faults


def _faults_of_day(row: Mapping[str, Any]) -> list[str]:
    try:
        date.fromisoformat(row["held_from"])
    except (KeyError, TypeError, ValueError):
        return [f"held_from is no day such as 2020-01-27: {row.get('held_from')}"]
    return []
