"""Real outbreaks replayed through the product, day by day: on which day does which rule alarm?

    python -m tools.replay influenza_england_1978
    python -m tools.replay --list

Makes a throw-away college, lets its people report as the file says, counts as the workers do and
prints a table. The files lie beside the project (`../shared/data/outbreaks`, or --data) and are
not ours. docs/early_warning.md holds the tables.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tools import bench_support

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "outbreaks"


@dataclass(frozen=True, slots=True)
class Line:
    """One day of the replay."""

    day: date
    newly_ill: int
    reported: int
    opened: tuple[str, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class Outbreak:
    """`new_by_day`: people who fall ill each day; `people`: everybody who reports.

    `days_ill`: for so many days somebody who is ill says so every day.
    """

    name: str
    people: int
    new_by_day: dict[date, int]
    source: str
    days_ill: int = 1


def influenza_england_1978(data: Path) -> Outbreak:
    """763 boys. The file counts boys IN BED, not new ones: each boy reports as long as he lies.

    With three days in bed for each (1,551 boy-days, 512 ill) the file calls for 513 boys; the
    product is told what the file tells, the same boy again and again, and must count him once.
    """
    in_bed = {
        date.fromisoformat(row["date"]): int(row["in_bed"])
        for row in _rows(data / "influenza_england_1978_school.csv")
    }
    return Outbreak(
        "influenza_england_1978", 763, new_from_standing(in_bed, stay=3), "BMJ 1978, 1:587", 3
    )


def new_from_standing(standing: dict[date, int], *, stay: int) -> dict[date, int]:
    """How many must be new each day if everybody stays for `stay` days; never fewer than 0."""
    days = sorted(standing)
    new: dict[date, int] = {}
    for n, day in enumerate(days):
        still = sum(new[days[back]] for back in range(max(0, n - stay + 1), n))
        new[day] = max(0, standing[day] - still)
    return new


def flu2009_pennsylvania(data: Path) -> Outbreak:
    rows = _rows(data / "flu2009_pennsylvania_school.csv")
    found = {date.fromisoformat(row["dates"]): int(row["I"]) for row in rows}
    return Outbreak("flu2009_pennsylvania", 456, found, "Cauchemez 2011; R EpiEstim")


def measles_hagelloch_1861(data: Path) -> Outbreak:
    found: dict[date, int] = {}
    for row in _rows(data / "measles_hagelloch_1861.csv"):
        day = date.fromisoformat(row["date_of_prodrome"])
        found[day] = found.get(day, 0) + 1
    return Outbreak("measles_hagelloch_1861", 577, found, "Pfeilsticker 1863; R outbreaks")


OUTBREAKS: dict[str, Callable[[Path], Outbreak]] = {
    "influenza_england_1978": influenza_england_1978,
    "flu2009_pennsylvania": flu2009_pennsylvania,
    "measles_hagelloch_1861": measles_hagelloch_1861,
}
_HOT = Decimal("38.6")
BEGINS = date(2020, 3, 2)  # where the first day of a file is moved to
LEAD = 14  # days on which everybody reports and nobody is ill


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def days_of(outbreak: Outbreak) -> Iterator[tuple[date, int]]:
    """Every day of the file without a gap, moved so that the first one is `BEGINS`."""
    first, last = min(outbreak.new_by_day), max(outbreak.new_by_day)
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        yield BEGINS + timedelta(days=n), outbreak.new_by_day.get(day, 0)


def replay(outbreak: Outbreak, *, class_size: int = 25, limit: int | None = None) -> list[Line]:
    """Through the product's own doors; the caller has set up an empty, founded database.

    Who falls ill next is dealt out evenly over the classes, which is the hardest case for rules
    about a class. Everybody else reports too, so that nothing is unknown.
    """
    school = School(outbreak.people, class_size)
    days = list(days_of(outbreak))
    return [school.live(day, new, outbreak.days_ill) for day, new in days[:limit]]


class School:
    """People in classes of one college, who fall ill in turn and report every day."""

    def __init__(self, people: int, class_size: int) -> None:
        from lianfang.roster.models import Unit

        bench_support.CLASS_SIZE = class_size
        made = bench_support.fill(people)
        self.people: list[Any] = made["people"]
        self.units: list[Any] = made["classes"]
        self.college: Any = Unit.objects.get(kind="COLLEGE")
        self.class_size = class_size
        self.well = self._in_turn()
        self.since: dict[int, date] = {}
        first = BEGINS - timedelta(days=LEAD)
        for n in range(LEAD):
            self.live(first + timedelta(days=n), 0)

    def _in_turn(self) -> list[int]:
        """One of each class, then the next of each: nobody is drawn by lot."""
        order = sorted(range(len(self.people)), key=lambda n: (n % self.class_size, n))
        return list(reversed(order))

    def live(self, day: date, new: int, days_ill: int = 1) -> Line:
        """One day: the ill report and are counted at once, the others report, detectors judge."""
        from lianfang.clusters.models import AlertRule, IllDay
        from lianfang.kernel.clock import at_local
        from lianfang.usecases import cluster_detection, clusters

        morning, evening = at_local(day, time(8)), at_local(day, time(15, 30))
        self._open(day, morning)
        self.since |= {self.well.pop(): day for _each in range(min(new, len(self.well)))}
        ill = [n for n, first in self.since.items() if (day - first).days < days_ill]
        known = set(AlertRule.objects.values_list("id", flat=True))
        for n in ill:
            self._report(n, day, morning)
        while clusters.weigh_next(now=morning):
            pass
        self._others(day, set(ill))
        cluster_detection.detect(day=day, now=evening)
        rules = AlertRule.objects.exclude(pk__in=known).select_related("group").order_by("id")
        verdict = IllDay.objects.get(day=day, unit=self.college, syndrome="FEVER_RESPIRATORY")
        said = verdict.verdict + (f" ({', '.join(verdict.alarms)})" if verdict.alarms else "")
        return Line(day, new, verdict.reporters, _by_rule(rules), said)

    def _open(self, day: date, now: datetime) -> None:
        from lianfang.reporting import operations as reporting

        reporting.count_day(day=day, now=now)

    def _report(self, n: int, day: date, now: datetime) -> None:
        from lianfang.kernel.actors import Actor
        from lianfang.reporting.models import DailyReport
        from lianfang.reporting.rules import Answers
        from lianfang.usecases import daily_report

        person = self.people[n]
        answers = Answers(
            unwell=True, symptoms=("fever", "dry_cough"), onset_on=self.since[n], temperature=_HOT,
            site="axilla", county_code="511702", presence="ON_CAMPUS", visited=False, met=False,
            truth=True,
        )  # fmt: skip
        filing = daily_report.Filing(
            person=person, day=day, answers=answers, source=DailyReport.Source.WEB,
            actor=Actor("PERSON", person.pk, person.name), submitted_by=person,
            key=f"replay-{n}-{day}", unit=self.units[n // self.class_size],
        )  # fmt: skip
        daily_report.submit_daily_report(filing, now=now)

    def _others(self, day: date, ill: set[int]) -> None:
        """The zero reports of everybody else, written straight into the counters of the day."""
        from lianfang.reporting.models import UnitDay

        for number, unit in enumerate(self.units):
            first = number * self.class_size
            seats = range(first, min(first + self.class_size, len(self.people)))
            UnitDay.objects.filter(day=day, unit=unit).update(zero=sum(n not in ill for n in seats))


def _by_rule(rules: Any) -> tuple[str, ...]:
    found: dict[str, int] = {}
    for row in rules:
        found[row.code] = found.get(row.code, 0) + 1
    return tuple(f"{code} ×{n}" if n > 1 else code for code, n in found.items())


def table(lines: Sequence[Line]) -> list[str]:
    head = ["| day | date | newly ill | reported | rules that began to hold | detectors, college |"]
    head.append("|--:|---|--:|--:|---|---|")
    return head + [
        f"| {n} | {line.day} | {line.newly_ill} | {line.reported} | "
        f"{', '.join(line.opened) or '–'} | {line.verdict} |"
        for n, line in enumerate(lines, start=1)
    ]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.replay")
    parser.add_argument("outbreak", nargs="?", choices=sorted(OUTBREAKS))
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--data", type=Path, default=BESIDE)
    parser.add_argument("--days", type=int, default=None)
    chosen = parser.parse_args(arguments)
    if chosen.list or chosen.outbreak is None:
        print("\n".join(sorted(OUTBREAKS)))
        return 0
    outbreak = OUTBREAKS[chosen.outbreak](chosen.data)
    bench_support.new_home()
    bench_support.set_up()
    lines = replay(outbreak, limit=chosen.days)
    print(f"{outbreak.name}: {outbreak.people} people, {sum(outbreak.new_by_day.values())} ill\n")
    print("\n".join(table(lines)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
