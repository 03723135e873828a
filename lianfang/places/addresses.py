"""Which place an address such as 四川省达州市宣汉县君塘镇新凰村2组11号 names. Pure.

Any level may be missing (四川省宣汉县…, 达州市宣汉县…) and old names are understood (宜宾县).
A short name (四川, 达州) counts only when a full name below confirms it, and a county needs its
full name: 通川大道 is a road, not 通川区.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lianfang.places import divisions
from lianfang.places.divisions import UnknownDivision
from lianfang.places.gazetteer import NO_NAMES, Names, gazetteer

_SEPARATORS = " \t\r\n\u3000,，、·-"
_FILLERS = ("市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖行政单位", "县")


@dataclass(frozen=True, slots=True)
class AddressMatch:
    """The deepest division that the address names for certain, and what follows it."""

    code: str
    rest: str

    @property
    def is_place(self) -> bool:
        """False when only a city or province was named: then the county is not known."""
        return divisions.is_place(self.code)


@dataclass(frozen=True, slots=True)
class _Step:
    code: str
    end: int
    is_full: bool


Score = tuple[int, int, int]  # how deep, how many full names, how far into the text


def match_address(text: str, *, on: date | None = None) -> AddressMatch | None:
    """The place with which an address begins, and the rest; None where it names none.

    With `on`, an old name answers with the code in use on that day.
    """
    best: Score = (0, 0, 0)
    answer: _Step | None = None
    for score, step in _readings(text):
        if score > best:
            best, answer = score, step
    code = _in_use(answer.code, on) if answer else None
    if answer is None or code is None:
        return None
    return AddressMatch(code, text[answer.end :])


def _readings(text: str) -> Iterator[tuple[Score, _Step]]:
    """Every way to read the beginning of the address, with or without each level."""
    names = gazetteer()
    start = _skip(text, 0)
    provinces = _levels(names.provinces, names.short_provinces, "", text, start)
    for province in (*provinces, None):
        above = province.code if province else ""
        after = province.end if province else start
        cities = _levels(names.cities, names.short_cities, above, text, after)
        for city in (*cities, None):
            named = [step for step in (province, city) if step]
            last = named[-1] if named else _Step("", start, False)
            full = sum(step.is_full for step in named)
            county = _county(names.counties.get(last.code, NO_NAMES), last.code, text, last.end)
            if county:
                yield (3, full, county.end), county
            elif last.is_full:
                yield (len(named), full, last.end), last


def _levels(
    full: dict[str, Names], short: dict[str, Names], above: str, text: str, start: int
) -> Iterator[_Step]:
    for names, is_full in ((full, True), (short, False)):
        found = names.get(above, NO_NAMES).at(text, start)
        if found:
            yield _Step(found[0], _skip(text, found[1]), is_full)


def _county(below: Names, above: str, text: str, start: int) -> _Step | None:
    """A county at this point, or behind what forms put in between (重庆市市辖区渝中区)."""
    repeated = divisions.name(above) if above else ""
    for _filler in range(3):
        found = below.at(text, start)
        if found:
            return _Step(found[0], _skip(text, found[1]), True)
        between = next((f for f in (repeated, *_FILLERS) if f and text.startswith(f, start)), None)
        if between is None or not above:
            return None
        start = _skip(text, start + len(between))
    return None


def _skip(text: str, start: int) -> int:
    while start < len(text) and text[start] in _SEPARATORS:
        start += 1
    return start


def _in_use(code: str, on: date | None) -> str | None:
    """The code in use on the day; of an area divided since, the city that holds it."""
    try:
        return divisions.resolve(code, on=on).code
    except UnknownDivision:
        return divisions.city_of(code)
