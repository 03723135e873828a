"""How well the detectors and the tracing agree with the reference, as a table.

    python -m tools.surveillance_agreement [FOLDER]      FOLDER holds rref/ and contacts/;
                                                         default ../shared/data

Every set of rref/params.json is run through `detect_csv` and compared with R cell by cell.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lianfang.surveillance.files import detect_csv, trace_csv

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
REFERENCE = {
    "EARS": "ears.csv",
    "CUSUM": "cusum.csv",
    "farringtonFlexible": "farrington_flexible.csv",
}
NO_NUMBER = {"NA", "NaN"}

Lines = dict[tuple[str, str], dict[str, str]]


@dataclass(slots=True)
class Agreement:
    """rows compared; absent from our file; alarms and missing numbers that differ; the largest
    difference of a number, relative above 1."""

    rows: int = 0
    absent: int = 0
    alarms: int = 0
    missing: int = 0
    difference: float = 0.0

    def compare(self, ours: dict[str, str], theirs: dict[str, str]) -> None:
        self.rows += 1
        for column, cell in theirs.items():
            mine = ours[column]
            if column == "alarm":
                self.alarms += mine != cell
            elif mine == cell or column in ("series_id", "param_set", "t"):
                continue
            elif (mine in NO_NUMBER) != (cell in NO_NUMBER):
                self.missing += 1
            elif mine not in NO_NUMBER:
                apart = abs(float(mine) - float(cell)) / max(1.0, abs(float(cell)))
                self.difference = max(self.difference, apart)


def agreements(data: Path) -> Iterator[tuple[str, Agreement]]:
    rref = data / "rref"
    params = json.loads((rref / "params.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "alarms.csv"
        for family, file in REFERENCE.items():
            theirs = _by_set(rref / file)
            for name in params[family]:
                detect_csv(rref / "series.csv", rref / "params.json", name, out)
                yield f"{family} {name}", _agreement(_by_set(out)[name], theirs[name])


def _agreement(ours: Lines, theirs: Lines) -> Agreement:
    found = Agreement()
    for place, line in theirs.items():
        if place in ours:
            found.compare(ours[place], line)
        else:
            found.absent += 1
    return found


def _by_set(path: Path) -> dict[str, Lines]:
    sets: dict[str, Lines] = {}
    with path.open(encoding="utf-8") as text:
        for line in csv.DictReader(text):
            sets.setdefault(line["param_set"], {})[line["series_id"], line["t"]] = line
    return sets


def schools(data: Path) -> Iterator[tuple[str, int, bool]]:
    """Name, person-days, and whether our file is theirs to the last byte."""
    for contacts in sorted((data / "contacts").glob("*.csv")):
        expected = contacts.with_name(f"{contacts.stem}_expected_person_day.csv")
        if not expected.exists():
            continue
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "days.csv"
            summary = trace_csv(contacts, out)
            yield contacts.stem, summary.person_days, out.read_bytes() == expected.read_bytes()


def main() -> None:
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    if not data.is_dir():
        raise SystemExit(f"no folder {data}")
    print(
        f"{'set':24}{'rows':>8}{'absent':>8}{'alarms':>8}{'missing':>9}{'largest difference':>20}"
    )
    for name, found in agreements(data):
        counts = f"{found.rows:8}{found.absent:8}{found.alarms:8}{found.missing:9}"
        print(f"{name:24}{counts}{found.difference:20.1e}")
    for name, days, same in schools(data):
        print(f"{name}: {days} person-days, {'the same file' if same else 'ANOTHER FILE'}")


if __name__ == "__main__":
    main()
