"""A list of designated hospitals, read row by row. Pure.

Columns: `province, city, county, hospital, kind, as_of, source`; `phone`, `address` and `until`
(the first day on which it is no longer designated) where known. A county that is no division
(漳河新区) is kept as printed: its hospitals are found by their city. `as_of` may be a month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lianfang.kernel.texts import gettext_noop as _
from lianfang.places import divisions
from lianfang.places.divisions import Division
from lianfang.places.rules import Problem
from lianfang.places.tables import FileProblems, Row, Table, parse_day, read_day

LIMITS = {"hospital": 100, "kind": 60, "county": 40, "phone": 60, "address": 200, "source": 300}
_PHONE = frozenset("0123456789+-() /、,;转")


@dataclass(frozen=True, slots=True)
class HospitalRow:
    province_code: str
    city_code: str
    county_code: str
    county_name: str
    name: str
    kind: str
    phone: str
    address: str
    listed_on: date
    delisted_on: date | None
    source: str

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What makes two rows speak of the same entry."""
        return self.province_code, self.city_code, self.county_name, self.name, self.kind


def read_hospitals(table: Table) -> tuple[list[HospitalRow], list[Problem]]:
    """The hospitals and what to look at again. Raises `FileProblems` with all that is wrong."""
    table.require("province", "city", "county", "hospital", "kind", "as_of", "source")
    problems: list[Problem] = []
    warnings: list[Problem] = []
    found: dict[tuple[str, str, str, str, str], tuple[int, HospitalRow]] = {}
    for row in table.rows:
        problems.extend(_texts(row))
        hospital = _hospital(row, problems, warnings)
        if hospital is None:
            continue
        if hospital.key in found:
            text = _("The same hospital stands in row %(row)s.")
            first = found[hospital.key][0]
            problems.append(
                row.problem("hospital", text, _("Keep one of the two rows."), row=first)
            )
        found[hospital.key] = row.number, hospital
    if problems:
        raise FileProblems(sorted(problems, key=lambda problem: problem.row))
    return [hospital for _row, hospital in found.values()], warnings


def _texts(row: Row) -> Iterator[Problem]:
    if not row["hospital"]:
        yield row.problem("hospital", _("The name is missing."), _("Write the institution's name."))
    if not row["source"]:
        cure = _("Name the paper or page that lists this hospital.")
        yield row.problem("source", _("The source is missing."), cure)
    for column, limit in LIMITS.items():
        if len(row[column]) > limit:
            cure = _("At most %(limit)s characters.")
            yield row.problem(column, _("This is too long."), cure, limit=limit)
    if not set(row["phone"]) <= _PHONE:
        cure = _("Digits, with the area code; several numbers with a comma between them.")
        yield row.problem("phone", _("This is not a telephone number."), cure)


def _hospital(row: Row, problems: list[Problem], warnings: list[Problem]) -> HospitalRow | None:
    listed_on = _as_of(row)
    if listed_on is None:
        cure = _("Write the day of the list like 2020-01-31, or its month like 2020-01.")
        problems.append(row.problem("as_of", _("This is not a day."), cure))
    delisted_on = read_day(row, "until", problems.append, optional=True)
    if listed_on and delisted_on and delisted_on <= listed_on:
        cure = _("Write the first day on which it is no longer designated.")
        problems.append(row.problem("until", _("The end is not after the beginning."), cure))
    place = _place(row, problems, warnings)
    if listed_on is None or place is None:
        return None
    province, city, county = place
    return HospitalRow(
        province_code=province.code,
        city_code=city.code if city else "",
        county_code=county.code if county else "",
        county_name=county.name if county else row["county"],
        name=row["hospital"],
        kind=row["kind"],
        phone=row["phone"],
        address=row["address"],
        listed_on=listed_on,
        delisted_on=delisted_on,
        source=row["source"],
    )


def _as_of(row: Row) -> date | None:
    """The day; of a month the first, so that nobody is told that there was no hospital yet."""
    return parse_day(row["as_of"]) or parse_day(row["as_of"] + "-01")


Place = tuple[Division, Division | None, Division | None]


def _place(row: Row, problems: list[Problem], warnings: list[Problem]) -> Place | None:
    province = _named(row["province"], divisions.children())
    if province is None:
        cure = _("Write the province in full, such as 四川省.")
        problems.append(row.problem("province", _("There is no province of this name."), cure))
        return None
    below = divisions.children(province.code)
    city = _named(row["city"], below) if row["city"] else None
    if city is None and row["city"] and row["city"] != province.name:
        cure = _("Write one of: %(names)s")
        names = "、".join(division.name for division in below)
        text = _("There is no city of this name in the province.")
        problems.append(row.problem("city", text, cure, names=names))
        return None
    if city and city.level == "county":
        return province, None, city  # a county directly below the province, written as a city
    return province, city, _county(row, city or province, warnings)


def _county(row: Row, above: Division, warnings: list[Problem]) -> Division | None:
    if not row["county"]:
        return None
    county = _named(row["county"], divisions.children(above.code))
    if county is None or county.level != "county":
        text = _("%(above)s has no county of this name; the row is found by its city only.")
        cure = _("A development zone may stay; otherwise write one of: %(names)s")
        names = "、".join(division.name for division in divisions.children(above.code))
        warnings.append(row.problem("county", text, cure, above=above.name, names=names))
        return None
    return county


def _named(name: str, among: tuple[Division, ...]) -> Division | None:
    """The division of this name, or, among placeholders, of a county below them (仙桃市)."""
    for division in among:
        if division.name == name:
            return division
    for division in among:
        if division.is_placeholder:
            return _named(name, divisions.children(division.code))
    return None
