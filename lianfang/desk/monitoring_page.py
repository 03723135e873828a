"""One file as a page: days with their checks, the curve, gaps, people who may care, history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language

from lianfang.kernel.clock import reporting_day
from lianfang.monitoring.forms import LONGEST
from lianfang.monitoring.models import CheckSlot, MonitoringFact, MonitoringFile
from lianfang.monitoring.queries import policy_of
from lianfang.monitoring.releasing import looks_of
from lianfang.monitoring.rules import Look
from lianfang.rulebook.monitor_policy import MonitorPolicy
from lianfang.rulebook.queries import Rules, rules_of

_LOWEST, _HIGHEST = 35.0, 41.0
_STEP, _HEIGHT, _EDGE = 24, 132, 12


@dataclass(frozen=True, slots=True)
class Mark:
    """A check on the curve, in the units of the drawing. `y` is None for a missed one."""

    x: float
    y: float | None
    is_hot: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """The temperatures of a file, drawn by the server; a gap breaks the line."""

    width: int
    height: int
    lines: tuple[str, ...]
    marks: tuple[Mark, ...]
    fever_y: float
    fever: float


def _y(degrees: float) -> float:
    share = (min(max(degrees, _LOWEST), _HIGHEST) - _LOWEST) / (_HIGHEST - _LOWEST)
    return round(_HEIGHT - _EDGE - share * (_HEIGHT - 2 * _EDGE), 1)


def curve_of(slots: Iterable[CheckSlot], *, fever: dict[str, float]) -> Curve | None:
    """None when nothing was measured yet."""
    shown = [slot for slot in slots if slot.state != CheckSlot.State.DUE]
    if not any(slot.temperature for slot in shown):
        return None
    marks: list[Mark] = []
    lines: list[list[str]] = [[]]
    for number, slot in enumerate(shown):
        x = _EDGE + number * _STEP
        if not slot.temperature:
            marks.append(Mark(x, None, False))
            lines.append([])
            continue
        degrees = float(slot.temperature)
        mark = Mark(x, _y(degrees), degrees >= fever.get(slot.site, fever["axilla"]))
        marks.append(mark)
        lines[-1].append(f"{x},{mark.y}")
    return Curve(
        width=2 * _EDGE + _STEP * max(len(shown) - 1, 12),
        height=_HEIGHT,
        lines=tuple(" ".join(line) for line in lines if len(line) > 1),
        marks=tuple(marks),
        fever_y=_y(fever["axilla"]),
        fever=fever["axilla"],
    )


def fever_of(rules: Rules) -> dict[str, float]:
    for rule in rules.screening:
        limits = rule.criterion.get("temperature_at_least")
        if limits:
            return {site: float(value) for site, value in limits.items()}
    return {"axilla": 37.3}


@dataclass(frozen=True, slots=True)
class Cell:
    """A check in the table: its slot, with the names of its symptoms."""

    slot: CheckSlot | None
    symptoms: tuple[str, ...] = ()
    is_hot: bool = False
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class DayRow:
    day: date
    number: int
    cells: tuple[Cell, ...]
    gap: bool  # somebody still has to say why there is nothing
    is_explained: bool


def rows_of(file: MonitoringFile, slots: list[CheckSlot], *, now: datetime) -> list[DayRow]:
    """Every watched day so far, the newest first; a day without slots stands there too."""
    rules = rules_of(file.edition_id)
    policy = policy_of(file)
    fever = fever_of(rules)
    by_key = {(slot.day, slot.code): slot for slot in slots}
    explanations = list(file.explanations.all())
    looks = looks_of(file, now=now)
    empty: dict[date, list[Look]] = {}
    for look in looks:
        if not look.is_measured:
            empty.setdefault(look.day, []).append(look)
    codes = [slot.code for slot in policy.slots]
    last = min(reporting_day(now), file.last_day)
    days = {look.day for look in looks} | {slot.day for slot in slots if slot.day <= last}
    rows = []
    for day in sorted(days, reverse=True):
        missing = empty.get(day, [])
        covered = [
            look
            for look in missing
            if any(
                one.held_from <= day < one.held_until and one.at >= look.arose_at
                for one in explanations
            )
        ]
        rows.append(
            DayRow(
                day=day,
                number=file.day_number(day),
                cells=tuple(_cell(by_key.get((day, code)), rules, fever) for code in codes),
                gap=len(covered) < len(missing),
                is_explained=bool(covered) and len(covered) == len(missing),
            )
        )
    return rows


def _cell(slot: CheckSlot | None, rules: Rules, fever: dict[str, float]) -> Cell:
    if slot is None:
        return Cell(None)
    codes = slot.symptoms.get("codes", []) if slot.symptoms else []
    hot = bool(slot.temperature) and float(slot.temperature) >= fever.get(
        slot.site, fever["axilla"]
    )
    return Cell(
        slot,
        tuple(rules.symptom_name(code) for code in codes),
        hot,
        slot.struck_at is not None and slot.state == CheckSlot.State.DONE,
    )


def slot_names(policy: MonitorPolicy) -> list[str]:
    return [slot.name_in(get_language() or "") for slot in policy.slots]


@dataclass(frozen=True, slots=True)
class Line:
    """A fact of the history, with what it changed in words."""

    fact: MonitoringFact
    states: tuple[str, str] | None
    ends: tuple[date, date] | None
    exposure: date | None


def history_of(file: MonitoringFile) -> list[Line]:
    return [_line(fact) for fact in file.facts.select_related("by").order_by("-at", "-id")]


def _line(fact: MonitoringFact) -> Line:
    said: dict[str, Any] = fact.detail or {}
    names = dict(MonitoringFile.State.choices)
    states = ends = exposure = None
    if "new" in said:
        states = (str(names.get(said["old"], "")), str(names.get(said["new"], "")))
    if "old_end_on" in said and "new_end_on" in said:
        ends = (date.fromisoformat(said["old_end_on"]), date.fromisoformat(said["new_end_on"]))
    if "new_exposure_on" in said:
        exposure = date.fromisoformat(said["new_exposure_on"])
    return Line(fact, states, ends, exposure)


def as_typed(posted: QueryDict) -> defaultdict[str, str]:
    """What a form sent, for the form that asks back; a field that was not sent is empty."""
    return defaultdict(str, {name: str(posted.get(name, ""))[:LONGEST] for name in posted})


def filled_in(file: MonitoringFile, typed: dict[str, str], act: str) -> dict[str, Any]:
    """The fields of the forms that begin with what the file says: as typed, where one asks back."""
    begun: dict[str, dict[str, Any]] = {
        "place": {
            "isolation": file.isolation,
            "isolation_from": file.isolation_from.isoformat() if file.isolation_from else "",
            "isolation_place": file.isolation_place,
            "supervisor": file.supervisor,
            "supervisor_phone": file.supervisor_phone,
            "is_ordered": "1" if file.is_ordered else "",
        },
        "carer": {"carer": str(file.carer_id or ""), "deputy": str(file.deputy_id or "")},
        "correct": {"category": file.category, "reason": file.reason},
        "release": {"proof_number": file.proof_number},
    }
    if act in begun:
        begun[act] = {name: typed[name] for name in begun[act]}
    return begun


def first_gap(rows: list[DayRow]) -> tuple[date, date] | None:
    """The oldest run of days that still wants a word, for the form that asks for it."""
    gaps = sorted(row.day for row in rows if row.gap)
    if not gaps:
        return None
    last = gaps[0]
    while last + timedelta(days=1) in gaps:
        last += timedelta(days=1)
    return gaps[0], last
