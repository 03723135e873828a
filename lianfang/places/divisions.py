"""Administrative divisions of China with their GB/T 2260 codes. Pure: three files, no database.

The shipped edition shows the end of 2020. `renamed.csv` says what became of codes that went
out of use, before and after it; `later.csv` adds the counties formed since. A code that was
valid once stays readable for ever: an old report keeps its place.

Codes are six digits: 510000 a province, 511700 a city, 511702 a county. Counties of the four
municipalities stand directly below the province; a few counties below a placeholder
(429000), which is no place and no city.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, cast

from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _

DATA = Path(__file__).resolve().parent / "data"

Level = Literal["province", "city", "county"]


class UnknownDivision(Refused):
    """No division has, or ever had, this code."""

    code = "places.unknown-division"
    message = _("%(code)s is not a division code (six digits of GB/T 2260).")


class RenamedDivision(UnknownDivision):
    """The code is out of use; the context names the codes that took its place."""

    code = "places.renamed-division"
    message = _("%(code)s %(name)s is out of use since %(on)s; it is now %(now)s.")


class Division(NamedTuple):
    """`since` and `until` are the half-open period of use, None where it has no known end."""

    code: str
    name: str
    level: Level
    parent_code: str
    since: date | None
    until: date | None

    @property
    def is_placeholder(self) -> bool:
        """A heading for counties that a province rules directly; nobody can be there."""
        return self.code[2:] == "9000"

    def is_in_use(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class Renamed:
    """What became of a code. `on` is a year, month or day, or empty when it was never a place."""

    old_code: str
    old_name: str
    new_codes: tuple[str, ...]
    on: str
    note: str
    source: str

    @property
    def on_date(self) -> date | None:
        return _first_day(self.on)


class Parts(NamedTuple):
    """The names of a place as the edition prints them; empty where it has no such level."""

    province: str
    city: str
    county: str


@dataclass(frozen=True, slots=True)
class _Index:
    by_code: dict[str, Division]
    children: dict[str, tuple[Division, ...]]
    renamed: dict[str, Renamed]


def _first_day(text: str) -> date | None:
    """2021, 2021-04 or 2021-04-09 as a day, the first where it is not told."""
    return date.fromisoformat((text + "-01-01")[:10]) if text else None


def _rows(name: str, *, columns: int) -> Iterator[list[str]]:
    """The rows of a shipped file; it must have the columns that we read by position."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if len(next(rows)) != columns:
            raise RuntimeError(f"{name} does not have {columns} columns")
        yield from rows


@lru_cache(maxsize=1)
def _index() -> _Index:
    renamed = {
        old: Renamed(old, name, tuple(new.split()), on, note, source)
        for old, name, new, on, note, source in _rows("renamed.csv", columns=6)
    }
    ended = {old: became.on_date for old, became in renamed.items()}
    every = [
        Division(code, name, cast(Level, level), above, None, ended.get(code))
        for code, name, level, above in _rows("divisions.csv", columns=4)
    ]
    every += [
        Division(code, name, cast(Level, level), above, _first_day(on), ended.get(code))
        for code, name, level, above, on, _source in _rows("later.csv", columns=6)
    ]
    below: dict[str, list[Division]] = defaultdict(list)
    for division in every:
        below[division.parent_code].append(division)
    children = {above: tuple(sorted(found)) for above, found in below.items()}
    return _Index({division.code: division for division in every}, children, renamed)


# ---------------------------------------------------------------- one code


def is_known(code: str) -> bool:
    """Whether the code is, or was after 2020, a division. Codes abolished earlier are not."""
    return code in _index().by_code


def find(code: str) -> Division | None:
    return _index().by_code.get(code)


def get(code: str) -> Division:
    """The division of a code; `RenamedDivision` or `UnknownDivision` where there is none."""
    found = find(code)
    if found is None:
        raise _unknown(code)
    return found


def every() -> Iterator[Division]:
    """All divisions, those of the shipped edition before those formed later."""
    yield from _index().by_code.values()


def every_rename() -> Iterator[Renamed]:
    yield from _index().renamed.values()


def rename_of(code: str) -> Renamed | None:
    """What became of a code that went out of use."""
    return _index().renamed.get(code)


def resolve(code: str, *, on: date | None = None) -> Division:
    """The division that a code means, followed through renamings.

    With `on`, followed to the code in use that day (330103 on 2020-01-30 is itself, later it
    is 330105). Raises `RenamedDivision` when the area was divided: then only a person knows.
    """
    step = code
    for _hop in range(8):
        found = find(step)
        if found is not None and (on is None or found.until is None or on < found.until):
            return found
        renamed = rename_of(step)
        if renamed is None or len(renamed.new_codes) != 1:
            raise _unknown(code)
        step = renamed.new_codes[0]
    raise _unknown(code)  # pragma: no cover - a circle in renamed.csv, which a test excludes


def _unknown(code: str) -> UnknownDivision:
    renamed = rename_of(code)
    if renamed is None:
        return UnknownDivision(code=code[:20])
    became = ", ".join(
        f"{new} {full_name(new)}" if is_known(new) else new for new in renamed.new_codes
    )
    return RenamedDivision(code=code, name=renamed.old_name, on=renamed.on or "-", now=became)


# ---------------------------------------------------------------- up and down


def name(code: str) -> str:
    return get(code).name


def parent(code: str) -> Division | None:
    """The division above; a municipality's county answers its province."""
    above = get(code).parent_code
    return get(above) if above else None


def province_of(code: str) -> str:
    get(code)
    return f"{code[:2]}0000"


def city_of(code: str) -> str | None:
    """The city that a code is or lies in; None in a municipality or below a placeholder."""
    division = get(code)
    city = division if division.level == "city" else find(division.parent_code)
    if city is None or city.level != "city" or city.is_placeholder:
        return None
    return city.code


def covering(code: str) -> tuple[str, ...]:
    """The code and those that contain it, nearest first: county, city, province."""
    up = (code, city_of(code), province_of(code))
    return tuple(dict.fromkeys(step for step in up if step))


@lru_cache(maxsize=16384)
def containing(code: str, *, on: date) -> frozenset[str]:
    """What contains a place, by the codes of the edition and by those in use on the day.

    Raises `UnknownDivision` for what never was a division.
    """
    within = set(covering(resolve(code).code))
    with suppress(UnknownDivision):  # divided since: nobody knows in which part
        within.update(covering(resolve(code, on=on).code))
    return frozenset(within)


def parts(code: str) -> Parts:
    """Province, city and county by name, as lists print them."""
    division = get(code)
    province = name(province_of(code))
    if division.level == "province":
        return Parts(province, "", "")
    if division.level == "city":
        return Parts(province, division.name, "")
    above = get(division.parent_code)
    return Parts(province, above.name if above.level == "city" else "", division.name)


def full_name(code: str, *, separator: str = "") -> str:
    """四川省达州市宣汉县; placeholders are left out."""
    return separator.join(get(step).name for step in reversed(covering(code)))


def children(code: str = "", *, on: date | None = None) -> tuple[Division, ...]:
    """The divisions directly below (of the country when empty), in order of code.

    Those in use on the day `on`; without a day, those of the shipped edition.
    """
    if code:
        get(code)
    below = _index().children.get(code, ())
    if on is None:
        return tuple(division for division in below if division.since is None)
    return tuple(division for division in below if division.is_in_use(on))


def is_place(code: str) -> bool:
    """Whether somebody can be said to be there: a county, or what has no counties (东莞市)."""
    division = find(code)
    return division is not None and not division.is_placeholder and code not in _index().children


def county_codes(code: str = "", *, on: date | None = None) -> tuple[str, ...]:
    """Every place at or below a code (of the country when empty)."""
    if code and is_place(code):
        return (code,)
    return tuple(
        place
        for below in children(code, on=on)
        for place in ((below.code,) if is_place(below.code) else county_codes(below.code, on=on))
    )
