"""The series that detectors read: who became ill, among how many who reported, per unit and day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lianfang.clusters.models import IllDay, Sign
from lianfang.reporting.models import UnitDay
from lianfang.reporting.queries import is_counted, recounted
from lianfang.reporting.rules import Ledger
from lianfang.roster.models import Unit, UnitLink
from lianfang.roster.queries import held_on


@dataclass(frozen=True, slots=True)
class Day:
    """People of a unit with everything below it: newly known ill, reported, asked to."""

    ill: int
    reporters: int
    expected: int

    def is_known(self, threshold: float) -> bool:
        return self.expected > 0 and self.reporters >= threshold * self.expected


_NOTHING = Day(0, 0, 0)


def units_watched(*, day: date) -> list[Unit]:
    """The college and its departments: what may be large enough for statistics."""
    return list(
        Unit.objects.filter(
            tree=Unit.Tree.ADMINISTRATIVE,
            kind__in=[Unit.Kind.COLLEGE, Unit.Kind.DEPARTMENT],
            opened_on__lte=day,
        )
        .exclude(closed_on__lte=day)
        .order_by("position", "code")
    )


def days_until(
    units: Sequence[Unit], *, until: date, days: int, syndromes: Iterable[str]
) -> dict[tuple[int, str], list[Day]]:
    """One series per unit and syndrome, oldest first, a day without counters is (0, 0, 0).

    Counted from signs and counters, so that a late report counts; a day whose counters were
    erased is read as the detectors kept it. On a day on which nothing was asked for the roll is
    what it is: few reported, and the day is not known.
    """
    first = until - timedelta(days=days - 1)
    calendar = [first + timedelta(days=n) for n in range(days)]
    syndromes = tuple(syndromes)
    below = _below(units, day=until)
    ledgers = _ledgers(below, first=first, until=until)
    ill = _ill(below, first=first, until=until, syndromes=syndromes)
    kept = {
        (row.unit_id, row.syndrome, row.day): Day(row.ill, row.reporters, row.expected)
        for row in IllDay.objects.filter(
            day__gte=first, day__lt=until, unit__in=units, syndrome__in=syndromes
        )
    }
    return {
        (unit.pk, syndrome): [
            _day(ledgers.get((unit.pk, day)), len(ill.get((unit.pk, syndrome, day), ())))
            or kept.get((unit.pk, syndrome, day), _NOTHING)
            for day in calendar
        ]
        for unit in units
        for syndrome in syndromes
    }


def _day(ledger: Ledger | None, ill: int) -> Day | None:
    return Day(ill, ledger.received, ledger.owed) if ledger is not None else None


def weeks_until(
    units: Sequence[Unit], *, until: date, years: int, syndromes: Iterable[str]
) -> dict[tuple[int, str], tuple[list[float], list[float]]]:
    """Ill and reporters of every seven days that end with `until`, oldest first, as they were kept.

    As many weeks as there are, `years` and ten weeks at most: what Farrington flexible reads.
    """
    most = 52 * years + 10
    rows = IllDay.objects.filter(
        day__gt=until - timedelta(days=7 * most), day__lte=until, unit__in=units,
        syndrome__in=list(syndromes),
    ).values_list("unit_id", "syndrome", "day", "ill", "reporters")  # fmt: skip
    sums: dict[tuple[int, str], dict[int, list[float]]] = defaultdict(dict)
    for unit, syndrome, day, ill, reporters in rows:
        week = sums[unit, syndrome].setdefault((until - day).days // 7, [0.0, 0.0])
        week[0] += ill
        week[1] += reporters
    found = {}
    for key, weeks in sums.items():
        oldest = max(weeks)
        line = [weeks.get(back, [0.0, 0.0]) for back in range(oldest, -1, -1)]
        found[key] = ([one[0] for one in line], [one[1] for one in line])
    return found


def _below(units: Sequence[Unit], *, day: date) -> dict[int, list[int]]:
    """Leaf unit → the watched units above it (and itself)."""
    rows = UnitLink.objects.filter(held_on(day), ancestor__in=units)
    found: dict[int, list[int]] = defaultdict(list)
    for ancestor, descendant in rows.values_list("ancestor_id", "descendant_id"):
        found[descendant].append(ancestor)
    return dict(found)


def _ledgers(
    below: Mapping[int, Sequence[int]], *, first: date, until: date
) -> dict[tuple[int, date], Ledger]:
    totals: dict[tuple[int, date], Ledger] = {}

    def add(unit: int, day: date, ledger: Ledger) -> None:
        for above in below[unit]:
            totals[above, day] = totals.get((above, day), Ledger()) + ledger

    rows = UnitDay.objects.filter(
        day__gte=first, day__lte=until, counted_at__isnull=False, unit_id__in=below
    ).values_list("unit_id", "day", "expected", "exempt", "zero", "with_events")
    for unit, day, expected, exempt, zero, events in rows:
        add(unit, day, Ledger(expected=expected, exempt=exempt, zero=zero, with_events=events))
    if not is_counted(day=until):
        for unit, ledger in recounted(day=until).items():
            if unit in below:
                add(unit, until, ledger)
    return totals


def _ill(
    below: Mapping[int, Sequence[int]], *, first: date, until: date, syndromes: Sequence[str]
) -> dict[tuple[int, str, date], set[int]]:
    """Who became known that day: each once, whatever the number of reports."""
    found: dict[tuple[int, str, date], set[int]] = defaultdict(set)
    rows = Sign.objects.filter(
        known_on__gte=first, known_on__lte=until, syndrome__in=syndromes,
        withdrawn_at__isnull=True,
    ).values_list("unit_id", "syndrome", "known_on", "person_id")  # fmt: skip
    for unit, syndrome, day, person in rows:
        for above in below.get(unit, ()):
            found[above, syndrome, day].add(person)
    return found
