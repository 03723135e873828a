"""Where people are now, for the map. Small numbers leave the house as "fewer than five"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from lianfang.places import divisions, maps
from lianfang.reporting.figures import whereabouts


@dataclass(frozen=True, slots=True)
class Spot:
    """One area. `count` is None where it is small; the exact number never reaches a browser."""

    code: str
    name: str
    count: int | None
    has_map: bool
    on_shape: str

    @property
    def is_small(self) -> bool:
        return self.count is None


@dataclass(frozen=True, slots=True)
class Where:
    """`province` is empty for the country. `elsewhere` are spots that the map does not draw."""

    province: str
    name: str
    spots: list[Spot]
    people: int
    small_cell: int

    @property
    def elsewhere(self) -> list[Spot]:
        return [spot for spot in self.spots if not spot.on_shape]

    def for_chart(self) -> dict[str, Any]:
        """What the script of the map needs: by the shape's code, small numbers as null."""
        drawn: dict[str, list[Spot]] = defaultdict(list)
        for spot in self.spots:
            if spot.on_shape:
                drawn[spot.on_shape].append(spot)
        return {
            "province": self.province,
            "smallCell": self.small_cell,
            "data": [_of_shape(code, spots) for code, spots in drawn.items()],
        }


def _of_shape(code: str, spots: list[Spot]) -> dict[str, Any]:
    """Several counties of today may lie in one shape of then: small ones are not added up."""
    counts = [spot.count for spot in spots if spot.count is not None]
    return {
        "code": code,
        "name": "、".join(spot.name for spot in spots),
        "count": sum(counts) if counts else None,
        "hasMap": spots[0].has_map,
    }


def where_people_are(
    province: str, *, day: date, unit_ids: Iterable[int] | None, small_cell: int
) -> Where:
    """By province, or within one by county, from the current reports of the day."""
    counts: defaultdict[str, int] = defaultdict(int)
    for county, n in whereabouts(day=day, unit_ids=unit_ids).items():
        if not divisions.is_known(county):
            continue
        above = divisions.province_of(county)
        if not province:
            counts[above] += n
        elif above == province:
            counts[county] += n
    spots = [_spot(code, n, bool(province), small_cell) for code, n in counts.items()]
    return Where(
        province=province,
        name=divisions.name(province) if province else "",
        spots=sorted(spots, key=lambda spot: (-(spot.count or 0), spot.code)),
        people=sum(counts.values()),
        small_cell=small_cell,
    )


def _spot(code: str, n: int, in_province: bool, small_cell: int) -> Spot:
    return Spot(
        code=code,
        name=_name(code) if in_province else divisions.name(code),
        count=n if n >= small_cell else None,
        has_map=not in_province and _has_map(code),
        on_shape=(maps.drawn_as(code) or "") if in_province else code,
    )


def _name(code: str) -> str:
    """City and county: names of counties repeat within a province."""
    parts = divisions.parts(code)
    return f"{parts.city}{parts.county}" if parts.county else parts.city


def _has_map(province: str) -> bool:
    try:
        maps.map_file(province)
    except divisions.UnknownDivision:
        return False
    return True
