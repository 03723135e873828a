"""When several ill are one alert: count rules, syndromes and detectors out of an edition. Pure.

`[settings.clusters]` of the edition's file; each rule names its source. A rule that is not
active is a preset: read, checked and shown, and never counted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from lianfang.rulebook.rules import Criterion, check

BY = ("ONSET", "KNOWN", "EITHER")
CLOCKS = ("OPENED", "VERIFIED")
METHODS = ("C1", "C2", "C3", "CUSUM", "FARRINGTON")
# From the narrowest to the widest: whoever shares a room is told apart from who shares a canteen.
KINDS = (
    "ROOM", "OFFICE", "CLASS", "UNIT", "WORKSHOP", "VEHICLE", "FLOOR", "COURSE", "ACTIVITY",
    "OTHER", "CANTEEN", "DEPARTMENT", "COLLEGE",
)  # fmt: skip
# What no report tells: somebody is in hospital; a hospital or the CDC wrote that somebody died.
ABSENT_ILL, DIED = "ABSENT_ILL", "DIED"
_UNTOLD = (ABSENT_ILL, DIED)


@dataclass(frozen=True, slots=True)
class Syndrome:
    """Symptoms that count as similar; `criterion` is a tree of the screening rules."""

    code: str
    name_zh: str
    name_en: str
    criterion: Criterion | None


@dataclass(frozen=True, slots=True)
class CountRule:
    """`n` people with similar symptoms within `days` days in one group of these kinds.

    `by`: counted by the day they fell ill, by the day the college learned of it, or by whichever
    of the two reaches n. `linked`: one of them at least must have named an exposure. `apart`:
    they must come from two groups of that kind at least. `also`: each of them must have one of
    these too (in hospital, and with influenza-like illness). `hours` outside must be told within,
    from the opening of the alert or from its verification; 0 is no clock.
    """

    code: str
    active: bool
    n: int
    days: int
    kinds: tuple[str, ...]
    syndromes: tuple[str, ...]
    name_zh: str
    name_en: str
    source: str
    by: str = "EITHER"
    linked: bool = False
    apart: str = ""
    also: tuple[str, ...] = ()
    hours: int = 0
    clock: str = "OPENED"
    tell: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Detectors:
    """Parameters of the statistical detectors; counts are people a day.

    A unit whose baseline mean lies below `smallest_mean` is left to the count rules.
    `min_sigma` people is the floor of the standard deviation; `agree` methods must alarm
    before an alert is opened. `history_days` are looked back over for `baseline` known days.
    """

    syndromes: tuple[str, ...] = ()
    smallest_mean: float = 0.5
    min_sigma: float = 1.0
    baseline: int = 7
    history_days: int = 60
    agree: int = 2
    alpha: Mapping[str, float] = field(default_factory=dict)
    cusum_k: float = 1.04
    cusum_h: float = 2.26
    cusum_training: int = 14
    farrington_years: int = 2
    minutes_after_college: int = 15


@dataclass(frozen=True, slots=True)
class ClusterPolicy:
    syndromes: tuple[Syndrome, ...]
    rules: tuple[CountRule, ...]
    detectors: Detectors
    same_illness_days: int = 7
    look_minutes: int = 60
    remind_before_minutes: tuple[int, ...] = (240, 60)
    urgent_hours: int = 2

    @property
    def active(self) -> tuple[CountRule, ...]:
        return tuple(rule for rule in self.rules if rule.active)

    @property
    def longest_days(self) -> int:
        return max((rule.days for rule in self.active), default=1)

    def syndrome(self, code: str) -> Syndrome | None:
        return next((one for one in self.syndromes if one.code == code), None)

    def rule(self, code: str) -> CountRule | None:
        return next((one for one in self.rules if one.code == code), None)


def policy_of(settings: Mapping[str, Any]) -> ClusterPolicy:
    """The policy of an edition; an edition without one has no rules and alarms nobody."""
    table: Mapping[str, Any] = settings.get("clusters") or {}
    return ClusterPolicy(
        syndromes=tuple(
            Syndrome(row["code"], row["zh"], row["en"], row.get("criterion"))
            for row in table.get("syndromes", [])
        ),
        rules=tuple(_rule(row) for row in table.get("rules", [])),
        detectors=_detectors(table.get("detectors") or {}),
        same_illness_days=int(table.get("same_illness_days", 7)),
        look_minutes=int(table.get("look_minutes", 60)),
        remind_before_minutes=tuple(table.get("remind_before_minutes", (240, 60))),
        urgent_hours=int(settings.get("outside_hours_urgent", 2)),
    )


def _rule(row: Mapping[str, Any]) -> CountRule:
    said = {name: row[name] for name in ("by", "linked", "apart", "hours", "clock") if name in row}
    return CountRule(
        code=row["code"],
        active=bool(row["active"]),
        n=int(row["n"]),
        days=int(row["days"]),
        kinds=tuple(row["kinds"]),
        syndromes=tuple(row["syndromes"]),
        name_zh=row["zh"],
        name_en=row["en"],
        source=row["source"],
        tell=tuple(row.get("tell", ())),
        also=tuple(row.get("also", ())),
        **said,
    )


def _detectors(table: Mapping[str, Any]) -> Detectors:
    said = dict(table)
    said["syndromes"] = tuple(said.get("syndromes", ()))
    return Detectors(**said)


# ---------------------------------------------------------------- before an edition is published


def faults_of(table: Any, *, symptoms: Collection[str]) -> list[str]:
    """Everything that is wrong with a drafted `[settings.clusters]`, in words."""
    if table is None:
        return []
    if not isinstance(table, Mapping):
        return ["clusters: not a table"]
    faults = []
    known = set(_UNTOLD)
    for row in table.get("syndromes", []):
        code = row.get("code", "?")
        known.add(code)
        faults += [f"clusters: syndrome {code}: no {n}" for n in ("zh", "en") if not row.get(n)]
        if code not in _UNTOLD:
            faults += [
                f"clusters: syndrome {code}: {fault}"
                for fault in check(row.get("criterion"), symptoms)
            ]
    codes = [row.get("code", "?") for row in table.get("rules", [])]
    faults += [f"clusters: rule {c}: twice" for c in sorted(set(codes)) if codes.count(c) > 1]
    for row in table.get("rules", []):
        faults += [f"clusters: rule {row.get('code', '?')}: {one}" for one in _of_rule(row, known)]
    return faults + _of_detectors(table.get("detectors") or {}, known)


_NEEDED = ("n", "days", "kinds", "syndromes", "zh", "en", "source", "active")


def _of_rule(row: Mapping[str, Any], known: set[str]) -> list[str]:
    faults = [f"no {name}" for name in _NEEDED if row.get(name) in (None, "", [])]
    for name, least in (("n", 1), ("days", 1), ("hours", 0)):
        if name in row and (not isinstance(row[name], int) or row[name] < least):
            faults.append(f"{name} is a whole number from {least}")
    faults += [f"no such kind of group: {k}" for k in row.get("kinds", []) if k not in KINDS]
    named = [*row.get("syndromes", []), *row.get("also", [])]
    faults += [f"no such syndrome: {s}" for s in named if s not in known]
    for name, allowed in (("by", BY), ("clock", CLOCKS), ("apart", KINDS)):
        if row.get(name) and row[name] not in allowed:
            faults.append(f"{name} is one of {', '.join(allowed)}, not {row[name]}")
    return faults


def _of_detectors(table: Mapping[str, Any], known: set[str]) -> list[str]:
    names = set(Detectors.__dataclass_fields__)
    faults = [f"clusters: detectors: no such parameter: {n}" for n in table if n not in names]
    faults += [
        f"clusters: detectors: no such syndrome: {s}"
        for s in table.get("syndromes", ())
        if s not in known
    ]
    if float(table.get("min_sigma", 1)) < 1:
        faults.append("clusters: detectors: min_sigma below 1 makes an alarm of every single case")
    if not 1 <= int(table.get("agree", 2)) <= len(METHODS):
        faults.append(f"clusters: detectors: agree is a number of methods, 1 to {len(METHODS)}")
    return faults
