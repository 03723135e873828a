"""The figures of a unit's day as they go upward: computed from the reports, never typed.

One row per unit with people of its own, and their total. A row of a unit whose day is not
complete still says so (`completeness`): the reader sees the share beside the number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from lianfang.reporting.models import DailyReport
from lianfang.reporting.queries import current_reports, unreachable_ids
from lianfang.reporting.rules import Answers, Ledger
from lianfang.roster import queries as roster
from lianfang.roster.models import Exemption, Membership, Unit
from lianfang.roster.queries import held_on

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


def signs_of(answers: Answers, fever_from: Mapping[str, float]) -> Counter[str]:
    """What a report with events adds to the columns of exposure and health.

    A fever is what the person calls one, or what the thermometer shows.
    """
    codes = set(answers.symptoms)
    counted: Counter[str] = Counter()
    counted["fever"] = int("fever" in codes or _is_hot(answers, fever_from))
    counted["dry_cough"] = int("dry_cough" in codes)
    counted["fatigue"] = int("fatigue" in codes)
    counted["other_symptoms"] = int(bool(codes - {"fever", "dry_cough", "fatigue"}))
    if answers.visited:
        in_wuhan = "武汉" in answers.visited_area or answers.visited_area.startswith(WUHAN)
        counted["visited_wuhan" if in_wuhan else "visited_other"] += 1
    counted["met_from_area"] = int(bool(answers.met))
    counted["met_case"] = int(answers.met_case)
    counted["close_contact"] = int(answers.told_close_contact)
    return counted


def _is_hot(answers: Answers, fever_from: Mapping[str, float]) -> bool:
    if answers.temperature is None or not fever_from:
        return False
    limit = fever_from.get(answers.site, max(fever_from.values()))
    return float(answers.temperature) >= limit


@dataclass(slots=True)
class Tally:
    """The day of some people: their ledger, and how many stand in each column."""

    ledger: Ledger = field(default_factory=Ledger)
    counted: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.ledger + other.ledger, self.counted + other.counted)

    def to_plain(self) -> dict[str, Any]:
        return {
            **self.ledger.to_plain(),
            **{name: self.counted.get(name, 0) for name in INDICATORS},
        }


def figures_of(
    unit: Unit, *, day: date, home_city: str, fever_from: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """`{"rows": [...], "total": {...}, "by_category": {...}}`, each with ledger and indicators.

    A row is a unit with people of its own; `categories` says who they are. The sum of the
    places is the number received: both come from one statement.
    """
    tallies = _tallies(unit, day=day, home_city=home_city, fever_from=fever_from or {})
    units = Unit.objects.filter(pk__in={pk for pk, _category in tallies})
    rows = []
    for node in units.order_by("position", "code"):
        mine = {c: tally for (pk, c), tally in sorted(tallies.items()) if pk == node.pk}
        rows.append(
            {
                "code": node.code,
                "name": node.name,
                "kind": node.kind,
                "categories": {c: tally.ledger.expected for c, tally in mine.items()},
                **_sum(mine.values()).to_plain(),
            }
        )
    by_category = {
        category: _sum(tally for (_pk, c), tally in tallies.items() if c == category).to_plain()
        for category in sorted({category for _pk, category in tallies})
    }
    return {
        "rows": rows,
        "total": _sum(tallies.values()).to_plain(),
        "by_category": by_category,
    }


def _sum(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally())


_Key = tuple[int, str]  # unit, category of person


def _tallies(
    unit: Unit, *, day: date, home_city: str, fever_from: Mapping[str, float]
) -> dict[_Key, Tally]:
    """Everybody on the roll of the unit and below, by unit and category of person."""
    members = Membership.objects.filter(
        held_on(day),
        kind=Membership.Kind.REPORTING,
        unit_id__in=roster.subtree_ids(unit, day=day),
    )
    reported = Exists(current_reports(day=day).filter(person=OuterRef("person")))
    away = Exemption.objects.filter(held_on(day)).values("person_id")
    tallies: dict[_Key, Tally] = {
        key: Tally(Ledger(expected=n)) for key, n in _heads(members).items()
    }
    for key, n in _heads(members.filter(person_id__in=away).exclude(reported)).items():
        tallies[key] += Tally(Ledger(exempt=n))
    for key, n in _heads(members.filter(person_id__in=unreachable_ids(day=day))).items():
        tallies[key] += Tally(Ledger(unreachable=n))
    _add_received(tallies, _who_reported(members, day), home_city)
    _add_signs(tallies, _who_reported(members, day, has_events=True), fever_from)
    return tallies


def _heads(members: QuerySet[Membership]) -> dict[_Key, int]:
    rows = members.values_list("unit_id", "person__category").annotate(n=Count("id"))
    return {(unit, category): n for unit, category, n in rows.order_by()}


_REPORT = "person__daily_reports__"


def _who_reported(members: QuerySet[Membership], day: date, **which: bool) -> QuerySet[Membership]:
    """Members joined with their current report, all conditions in one join."""
    wanted = {"day": day, "is_current": True, **which}
    return members.filter(**{_REPORT + name: value for name, value in wanted.items()})


def _add_received(
    tallies: dict[_Key, Tally], received: QuerySet[Membership], home_city: str
) -> None:
    """Who reported how, and from where: one GROUP BY, no answer is opened."""
    names = ("has_events", "is_late", "source", "county_code", "presence")
    rows = received.values_list(
        "unit_id", "person__category", *(_REPORT + name for name in names)
    ).annotate(n=Count("id"))
    for unit, category, has_events, late, source, county, presence, n in rows.order_by():
        tallies[unit, category] += Tally(
            Ledger(
                zero=0 if has_events else n,
                with_events=n if has_events else 0,
                late=n if late else 0,
                proxy=n if source == DailyReport.Source.PROXY else 0,
            ),
            Counter(
                {
                    place_of(county, presence, home_city): n,
                    "hospital": n if presence == "HOSPITAL" else 0,
                    "quarantine": n if presence == "QUARANTINE" else 0,
                }
            ),
        )


def _add_signs(
    tallies: dict[_Key, Tally], received: QuerySet[Membership], fever_from: Mapping[str, float]
) -> None:
    """Answers are opened only where there is something to follow up."""
    rows = received.values_list("unit_id", "person__category", f"{_REPORT}answers")
    for unit, category, answers in rows:
        signs = signs_of(Answers.from_plain(answers), fever_from)
        tallies[unit, category] += Tally(counted=signs)


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
