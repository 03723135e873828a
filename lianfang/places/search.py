"""Which place somebody means who types 通川区, 达州通川 or 511702. Pure.

Short names count at every level here, because whatever is found is shown to the one who
typed it; in addresses, which nobody sees again, they do not (`addresses`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lianfang.kernel.texts import tidy
from lianfang.places import divisions
from lianfang.places.addresses import match_address
from lianfang.places.gazetteer import short_forms

LONGEST = 40
MOST_CHOICES = 24
_SEPARATORS = re.compile(r"[\s,，、·.\-—/>]+")


@dataclass(frozen=True, slots=True)
class Found:
    """The places that fit. `within` is the city or province when only that was named."""

    codes: tuple[str, ...] = ()
    within: str = ""

    @property
    def is_certain(self) -> bool:
        return len(self.codes) == 1


def places_named(text: str, *, on: date) -> Found:
    """Places in use on the day that the text may mean, best first; nothing where none fits.

    Six digits are a code and are followed through renamings; `RenamedDivision` and
    `UnknownDivision` say what is wrong with a code.
    """
    plain = _SEPARATORS.sub("", tidy(text[: LONGEST * 4]))[:LONGEST]
    if re.fullmatch(r"\d{6}", plain):
        return _of_code(plain, on)
    if not plain:
        return Found()
    exact = match_address(plain, on=on)
    if exact and not divisions.get(exact.code).is_in_use(on):
        exact = None
    if exact and not exact.rest and exact.is_place:
        return Found((exact.code,))
    named = _by_name(plain, on)
    if named:
        return Found(named[:MOST_CHOICES])
    if exact and exact.is_place:
        return Found((exact.code,))
    above = exact.code if exact else _above(plain)
    return _below(above, on) if above else Found()


def _below(code: str, on: date) -> Found:
    """The places of a city; a province has too many to choose from."""
    places = divisions.county_codes(code, on=on)
    return Found(places if len(places) <= MOST_CHOICES else (), within=code)


def _of_code(code: str, on: date) -> Found:
    division = divisions.get(code)
    if not division.is_in_use(on):
        division = divisions.resolve(code, on=on)
    if divisions.is_place(division.code):
        return Found((division.code,))
    return _below(division.code, on)


def _by_name(text: str, on: date) -> tuple[str, ...]:
    """Every split of the text into what stands before and the name of a place."""
    index = _index()
    found = {
        code
        for split in range(len(text) - 1)
        for code in index.get(text[split:], ())
        if text[:split] in _befores(code) and divisions.get(code).is_in_use(on)
    }
    return tuple(sorted(found))


def _befores(code: str) -> frozenset[str]:
    """What may stand before a place: its city, its province, both, or nothing."""
    city = divisions.city_of(code)
    cities = {"", *(short_forms(city) if city and city != code else ())}
    provinces = {"", *short_forms(divisions.province_of(code))}
    return frozenset(province + middle for province in provinces for middle in cities)


@lru_cache(maxsize=1)
def _index() -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = defaultdict(list)
    for division in divisions.every():
        if divisions.is_place(division.code):
            for name in short_forms(division.code):
                names[name].append(division.code)
    return {name: tuple(codes) for name, codes in names.items()}


def _above(text: str) -> str:
    """The city, else the province, that the text names and nothing more."""
    return next((code for name, code in _headings() if name == text), "")


@lru_cache(maxsize=1)
def _headings() -> tuple[tuple[str, str], ...]:
    return tuple(_every_heading("city")) + tuple(_every_heading("province"))


def _every_heading(level: str) -> Iterator[tuple[str, str]]:
    for division in divisions.every():
        if division.level == level and not division.is_placeholder:
            befores = {""}
            if level == "city":
                befores |= short_forms(division.parent_code)
            for name in short_forms(division.code):
                for before in befores:
                    yield before + name, division.code
