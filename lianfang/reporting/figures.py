"""The figures of a unit's day as they go upward: computed from the reports, never typed.

One row per unit with people of its own, and their total. A row of a unit whose day is not
complete still says so (`completeness`): the reader sees the share beside the number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count

from lianfang.reporting.models import DailyReport
from lianfang.reporting.queries import current_reports, own_ledgers
from lianfang.reporting.rules import Answers, Ledger
from lianfang.roster import queries as roster
from lianfang.roster.models import Unit

WUHAN, HUBEI = "4201", "42"
PLACES = (
    "on_campus", "in_city", "in_province", "other_province", "hubei", "wuhan", "abroad",
    "travelling",
)  # fmt: skip
EXPOSURES = ("visited_wuhan", "visited_other", "met_from_area", "met_case", "close_contact")
HEALTH = ("fever", "dry_cough", "fatigue", "other_symptoms")
MEASURES = ("hospital", "quarantine")
INDICATORS = PLACES + EXPOSURES + HEALTH + MEASURES


def place_of(county_code: str, presence: str, home_city: str) -> str:
    """The column of the summary in which somebody's whereabouts count; each person in one."""
    if presence == "ON_CAMPUS":
        return "on_campus"
    if presence == "ABROAD":
        return "abroad"
    if presence == "TRAVELLING":
        return "travelling"
    if county_code.startswith(WUHAN):
        return "wuhan"
    if county_code.startswith(HUBEI):
        return "hubei"
    if county_code[:4] == home_city[:4]:
        return "in_city"
    return "in_province" if county_code[:2] == home_city[:2] else "other_province"


def signs_of(answers: Answers) -> Counter[str]:
    """What a report with events adds to the columns of exposure and health."""
    codes = set(answers.symptoms)
    counted: Counter[str] = Counter()
    for code in ("fever", "dry_cough", "fatigue"):
        counted[code] = int(code in codes)
    counted["other_symptoms"] = int(bool(codes - {"fever", "dry_cough", "fatigue"}))
    if answers.visited:
        key = "visited_wuhan" if "武汉" in answers.visited_area else "visited_other"
        counted[key if not answers.visited_area.startswith(WUHAN) else "visited_wuhan"] += 1
    counted["met_from_area"] = int(bool(answers.met))
    counted["met_case"] = int(answers.met_case)
    counted["close_contact"] = int(answers.told_close_contact)
    return counted


def figures_of(unit: Unit, *, day: date, home_city: str) -> dict[str, Any]:
    """`{"rows": [...], "total": {...}}`; every row holds the ledger and the indicators."""
    below = set(roster.subtree_ids(unit, day=day))
    own = {pk: ledger for pk, ledger in own_ledgers(day=day).items() if pk in below}
    counts = _indicators(own, day=day, home_city=home_city)
    units = {u.pk: u for u in Unit.objects.filter(pk__in=own).order_by("position", "code")}
    rows = [
        {"code": u.code, "name": u.name, "kind": u.kind, **_row(own[pk], counts[pk])}
        for pk, u in units.items()
    ]
    total_counts = sum(counts.values(), Counter())
    return {"rows": rows, "total": _row(sum(own.values(), Ledger()), total_counts)}


def _row(ledger: Ledger, counted: Counter[str]) -> dict[str, Any]:
    return {**ledger.to_plain(), **{name: counted.get(name, 0) for name in INDICATORS}}


def _indicators(unit_ids: Iterable[int], *, day: date, home_city: str) -> dict[int, Counter[str]]:
    """Whereabouts by a GROUP BY; answers are opened only where there is something to follow up."""
    counts: dict[int, Counter[str]] = {pk: Counter() for pk in unit_ids}
    reports = current_reports(day=day).filter(unit_id__in=list(counts))
    places = reports.values("unit_id", "county_code", "presence").annotate(n=Count("id"))
    for row in places.order_by():
        column = place_of(row["county_code"], row["presence"], home_city)
        mine = counts[row["unit_id"]]
        mine[column] += row["n"]
        mine["hospital"] += row["n"] if row["presence"] == "HOSPITAL" else 0
        mine["quarantine"] += row["n"] if row["presence"] == "QUARANTINE" else 0
    for report in reports.filter(has_events=True).only("id", "unit_id", "answers"):
        counts[report.unit_id] += signs_of(Answers.from_plain(report.answers))
    return counts


def whereabouts(*, day: date, unit_ids: Iterable[int] | None = None) -> dict[str, int]:
    """People per county code today, for the map."""
    reports: Any = current_reports(day=day)
    if unit_ids is not None:
        reports = reports.filter(unit_id__in=list(unit_ids))
    return dict(
        reports.values("county_code")
        .annotate(n=Count("id"))
        .order_by()
        .values_list("county_code", "n")
    )


def events_of(unit_ids: Iterable[int], *, day: date) -> Any:
    """Current reports with something to follow up, of these units."""
    return (
        DailyReport.objects.filter(
            day=day, is_current=True, has_events=True, unit_id__in=list(unit_ids)
        )
        .select_related("person", "unit")
        .order_by("-received_at")
    )
