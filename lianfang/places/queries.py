"""Which areas were listed, and which hospital is near. Every question takes the day it means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.db.models import Case, Max, Q, QuerySet, When

from lianfang.kernel.memory import remembered
from lianfang.places import divisions
from lianfang.places.models import AreaImport, DesignatedHospital, RiskArea

# ---------------------------------------------------------------- areas of high incidence


def listings(*, known_at: datetime | None = None) -> QuerySet[RiskArea]:
    """What is known now, or what was known at a moment."""
    if known_at is None:
        return RiskArea.objects.filter(known_until_at__isnull=True)
    return RiskArea.objects.filter(
        Q(known_until_at__isnull=True) | Q(known_until_at__gt=known_at), known_from_at__lte=known_at
    )


def _between(first: date, last: date) -> Q:
    """Listed on at least one day from `first` to `last`, both included."""
    return Q(listed_on__lte=last) & (Q(delisted_on__isnull=True) | Q(delisted_on__gt=first))


def risk_areas_on(day: date, *, known_at: datetime | None = None) -> frozenset[str]:
    """The codes on the list of a day, as listed: a city stands for all its counties."""
    found = listings(known_at=known_at).filter(_between(day, day))
    return frozenset(found.values_list("area_code", flat=True))


@remembered(seconds=2)
def listed_now(day: date) -> frozenset[str]:
    """`risk_areas_on`, kept for a moment: every report asks it."""
    return risk_areas_on(day)


def listings_covering(
    code: str, *, first: date, last: date, known_at: datetime | None = None
) -> QuerySet[RiskArea]:
    """Why somebody who was at `code` on a day from `first` to `last` was in a listed area.

    A county is in when it, its city or its province is listed. Codes out of use are followed;
    raises `UnknownDivision` for what never was one.
    """
    return (
        listings(known_at=known_at)
        .filter(_between(first, last), area_code__in=divisions.containing(code, on=last))
        .order_by("listed_on", "area_code")
    )


def is_within(code: str, listed: frozenset[str], *, on: date) -> bool:
    """Whether a place lies in one of the listed areas of a day, without asking the database.

    For many reports of one day: `listed` is `risk_areas_on(day)`, asked once.
    """
    return not listed.isdisjoint(divisions.containing(code, on=on))


def was_listed(code: str, *, on: date, known_at: datetime | None = None) -> bool:
    return listings_covering(code, first=on, last=on, known_at=known_at).exists()


def was_listed_between(
    code: str, *, first: date, last: date, known_at: datetime | None = None
) -> bool:
    """Whether the place was listed on any day from `first` to `last`, both included."""
    return listings_covering(code, first=first, last=last, known_at=known_at).exists()


def latest_list_day() -> date | None:
    """The day of the newest list that was read: before it, nobody can say "not listed"."""
    day: date | None = AreaImport.objects.filter(layout=AreaImport.Layout.BY_DAY).aggregate(
        day=Max("last_day")
    )["day"]
    return day


# ---------------------------------------------------------------- hospitals

Nearness = Literal["county", "city", "province", "none"]


@dataclass(frozen=True, slots=True)
class Nearest:
    """`level` says how near they are; "none": say so, and name 120 and the health commission."""

    level: Nearness
    hospitals: tuple[DesignatedHospital, ...]

    def __bool__(self) -> bool:
        return bool(self.hospitals)


def hospitals_near(county_code: str, *, on: date) -> Nearest:
    """The hospitals named in the county, else in its city, else in its province, on a day.

    Never another province, and never a guess. Codes out of use are followed; raises
    `UnknownDivision` for what never was one.
    """
    county_code = divisions.resolve(county_code).code
    city = divisions.city_of(county_code)
    named = _named_on(on).filter(province_code=divisions.province_of(county_code))
    steps: Iterable[tuple[Nearness, Q | None]] = (
        ("county", Q(county_code=county_code)),
        ("city", Q(city_code=city) if city else None),
        ("province", Q()),
    )
    for level, where in steps:
        hospitals = tuple(named.filter(where)) if where is not None else ()
        if hospitals:
            return Nearest(level, hospitals)
    return Nearest("none", ())


def _named_on(day: date) -> QuerySet[DesignatedHospital]:
    """Those with a phone first: somebody is about to call."""
    return DesignatedHospital.objects.filter(
        Q(delisted_on__isnull=True) | Q(delisted_on__gt=day), listed_on__lte=day
    ).order_by(Case(When(phone="", then=1), default=0), "pk")
