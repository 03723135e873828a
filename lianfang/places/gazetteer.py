"""The names by which places are written in addresses, ready to be looked up. Pure.

Full names, the usual short forms (四川, 凉山州, 峨边县) and names of before (宜宾县), each below
the division in which it is unique.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from lianfang.places import divisions
from lianfang.places.divisions import Division, Renamed, UnknownDivision

_PEOPLES = (
    "藏|羌|彝|土家|苗|侗|布依|哈尼|傣|壮|白|景颇|傈僳|回|朝鲜|黎|瑶|畲|满|土|撒拉|佤|拉祜|纳西|仡佬|水"
    "|毛南|仫佬|独龙|怒|普米|布朗|保安|东乡|裕固|蒙古|达斡尔|锡伯"
)
_OF_A_PEOPLE = re.compile(
    rf"^(.{{2,}}?)(?:(?:{_PEOPLES})族|(?:蒙古|哈萨克|柯尔克孜|塔吉克|锡伯)族?|各族)+自治([州县旗])$"
)
_PROVINCE_TAIL = re.compile(r"(特别行政区|(壮族|回族|维吾尔)?自治区|省|市)$")
_CITY_TAIL = re.compile(r"(地区|市|盟)$")

Entry = tuple[str, str, str]  # the division above, the name, the code


class Names:
    """Names below one division; at one point of a text the longest wins."""

    __slots__ = ("_codes", "_lengths")

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._lengths: tuple[int, ...] = ()

    def add(self, name: str, code: str) -> None:
        """The first to bear a name keeps it."""
        if name not in self._codes:
            self._codes[name] = code
            self._lengths = tuple(sorted({*self._lengths, len(name)}, reverse=True))

    def at(self, text: str, start: int) -> tuple[str, int] | None:
        """The code of the name that stands at `start`, and where the text goes on."""
        for length in self._lengths:
            code = self._codes.get(text[start : start + length])
            if code:
                return code, start + length
        return None


NO_NAMES = Names()


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Provinces lie below ""; cities below their province and, unique as they are, below "";
    counties below their city and, where unique there, below their province and ""."""

    provinces: dict[str, Names]
    short_provinces: dict[str, Names]
    cities: dict[str, Names]
    short_cities: dict[str, Names]
    counties: dict[str, Names]


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    provinces = [division for division in divisions.every() if division.level == "province"]
    cities = [d for d in divisions.every() if d.level == "city" and not d.is_placeholder]
    counties = [division for division in divisions.every() if division.level == "county"]
    old_cities, old_counties = _old_names()
    long = [entry for city in cities for entry in _long_forms(city)] + old_cities
    return Gazetteer(
        provinces=_grouped(("", p.name, p.code) for p in provinces),
        short_provinces=_grouped(("", _PROVINCE_TAIL.sub("", p.name), p.code) for p in provinces),
        cities=_grouped([*long, *(("", name, code) for _above, name, code in long)]),
        short_cities=_grouped((c.parent_code, _short_city(c.name), c.code) for c in cities),
        counties=_county_names([entry for c in counties for entry in _long_forms(c)], old_counties),
    )


def _grouped(entries: Iterable[Entry]) -> dict[str, Names]:
    grouped: dict[str, Names] = defaultdict(Names)
    for above, name, code in entries:
        grouped[above].add(name, code)
    return dict(grouped)


def _long_forms(division: Division) -> Iterator[Entry]:
    """The full name, and 凉山州 for 凉山彝族自治州."""
    yield division.parent_code, division.name, division.code
    people = _OF_A_PEOPLE.match(division.name)
    if people:
        yield division.parent_code, f"{people[1]}{people[2]}", division.code


def _short_city(name: str) -> str:
    people = _OF_A_PEOPLE.match(name)
    return people[1] if people else _CITY_TAIL.sub("", name)


_COUNTY_TAIL = re.compile(r"(市辖区|区|县|市|旗|林区|特区)$")


@cache
def short_forms(code: str) -> frozenset[str]:
    """The names by which people call a division: 通川区 and 通川; a single character is no name."""
    division = divisions.get(code)
    names = {division.name, *(name for _above, name, _code in _long_forms(division))}
    if division.level == "province":
        names.add(_PROVINCE_TAIL.sub("", division.name))
    elif division.level == "city":
        names.add(_short_city(division.name))
    else:
        people = _OF_A_PEOPLE.match(division.name)
        names.add(people[1] if people else _COUNTY_TAIL.sub("", division.name))
    return frozenset(name for name in names if len(name) > 1)


def _old_names() -> tuple[list[Entry], list[Entry]]:
    """Names out of use whose area lives on under one code: cities, and counties."""
    cities, counties = [], []
    for renamed in divisions.every_rename():
        if not renamed.on or divisions.is_known(renamed.old_code):
            continue  # a heading of the statistics, or a name that the edition still bears
        try:
            now = divisions.resolve(renamed.old_code)
        except UnknownDivision:
            continue
        if renamed.old_code.endswith("00"):
            cities.append((now.parent_code, renamed.old_name, now.code))
        else:
            counties.append((_old_city(renamed) or now.parent_code, renamed.old_name, now.code))
            lost = divisions.rename_of(f"{renamed.old_code[:4]}00")
            if lost:  # 山东省莱芜市莱城区: neither the city nor the district is left
                province = divisions.province_of(now.code)
                counties.append((province, lost.old_name + renamed.old_name, now.code))
    return cities, counties


def _old_city(renamed: Renamed) -> str | None:
    city = divisions.find(f"{renamed.old_code[:4]}00")
    return city.code if city else None


def _county_names(current: list[Entry], old: list[Entry]) -> dict[str, Names]:
    """Below the city any name; below the province and the country those that are unique there.

    A name of two characters (北区, 郊区) is too common to be believed without its city.
    """
    wider = list(_unique(current, "province")) + list(_unique(old, "province"))
    widest = list(_unique(current, "country")) + list(_unique(old, "country"))
    return _grouped([*current, *old, *wider, *(e for e in widest if len(e[1]) > 2)])


def _unique(entries: list[Entry], within: str) -> Iterator[Entry]:
    bearers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for _above, name, code in entries:
        bearers[f"{code[:2]}0000" if within == "province" else "", name].add(code)
    for (above, name), codes in bearers.items():
        current = [code for code in codes if divisions.get(code).since is None]
        if len(current) == 1 or len(codes) == 1:
            yield above, name, (current or list(codes))[0]
