"""The day of many units at once, for tables: one handful of queries, however many units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q

from lianfang.kernel.clock import reporting_day
from lianfang.reporting import queries
from lianfang.reporting.models import DailyReport, UnitReport
from lianfang.reporting.rules import Ledger
from lianfang.roster import queries as roster
from lianfang.roster.models import Membership, Unit, UnitLink
from lianfang.roster.queries import held_on
from lianfang.rulebook.queries import Rules


@dataclass(frozen=True, slots=True)
class Signed:
    """What is said of a signed report without opening it."""

    version: int
    declaration: UnitReport.Declaration
    at: datetime
    by: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit on one day as tables show it.

    `events` is the number of people with something to follow up, or None where it is not
    known: too few have reported for a number to mean anything. `seen_events` says what came
    so far. A viewer who may know only who reported gets neither (`shows_events` is False).
    """

    unit: Unit
    ledger: Ledger
    is_known: bool
    shows_events: bool
    due_at: datetime | None
    signed: Signed | None
    open_incidents: int
    now: datetime

    @property
    def events(self) -> int | None:
        return self.ledger.with_events if self.is_known else None

    @property
    def seen_events(self) -> int:
        return self.ledger.with_events

    @property
    def must_sign(self) -> bool:
        return self.due_at is not None and self.signed is None and self.ledger.expected > 0

    @property
    def is_past(self) -> bool:
        """A day that is over: its clock has stopped, and nobody is called for it now."""
        return self.due_at is not None and reporting_day(self.due_at) < reporting_day(self.now)

    @property
    def is_overdue(self) -> bool:
        return self.must_sign and self.due_at is not None and self.due_at < self.now

    @property
    def has_units_below(self) -> bool:
        return self.unit.kind not in {Unit.Kind.CLASS, Unit.Kind.OFFICE, Unit.Kind.GROUP}

    @property
    def attention(self) -> tuple[int, int, float, int]:
        """What needs somebody first sorts first."""
        missing = self.ledger.missing / self.ledger.owed if self.ledger.owed else 0.0
        return (-self.open_incidents, -int(self.is_overdue), -missing, self.unit.position)


def unit_rows(
    units: Sequence[Unit],
    *,
    day: date,
    rules: Rules,
    now: datetime,
    event_units: frozenset[int],
    incidents: Mapping[int, int] | None = None,
) -> list[UnitRow]:
    """`event_units`: where the viewer may know about people with something to follow up;
    `incidents`: open incidents in the subtree of each unit."""
    figures = ledgers_of(units, day=day)
    signed = signed_reports([unit.pk for unit in units], day=day)
    threshold = float(rules.settings["completeness_threshold"])
    rows = []
    for unit in units:
        due = rules.deadline_of(unit.kind)
        ledger = figures.get(unit.pk, Ledger())
        rows.append(
            UnitRow(
                unit=unit,
                ledger=ledger,
                is_known=ledger.is_known(threshold),
                shows_events=unit.pk in event_units,
                due_at=due.moment(day) if due else None,
                signed=signed.get(unit.pk),
                open_incidents=(incidents or {}).get(unit.pk, 0),
                now=now,
            )
        )
    return rows


def signed_reports(unit_ids: Iterable[int], *, day: date) -> dict[int, Signed]:
    """The version in force of each unit, without its sealed and large parts."""
    rows = (
        UnitReport.objects.filter(day=day, unit_id__in=list(unit_ids))
        .order_by("version")
        .values_list("unit_id", "version", "declaration", "signed_at", "signed_by__name", "is_late")
    )
    return {
        unit: Signed(version, UnitReport.Declaration(declaration), at, by, late)
        for unit, version, declaration, at, by, late in rows
    }


def ledgers_of(units: Iterable[Unit], *, day: date) -> dict[int, Ledger]:
    """Each unit with everything below it, of either tree; the two trees are never added."""
    trees = {unit.tree for unit in units}
    found: dict[int, Ledger] = {}
    if Unit.Tree.ADMINISTRATIVE in trees:
        found |= queries.ledgers(day=day)
    if Unit.Tree.PARTY in trees:
        found |= party_ledgers(day=day)
    return found


def party_ledgers(*, day: date) -> dict[int, Ledger]:
    """Every Party unit with those below it, by the same reports as everybody's."""
    members = Membership.objects.filter(
        held_on(day),
        kind=Membership.Kind.PARTY,
        person__in=Membership.objects.filter(held_on(day), kind=Membership.Kind.REPORTING).values(
            "person_id"
        ),
    )
    own = queries.as_asked(_own_party_ledgers(members, day), day=day)
    return _rolled_up(own, day)


def _own_party_ledgers(members: Any, day: date) -> dict[int, Ledger]:
    expected = members.values("unit_id").annotate(n=Count("id")).values_list("unit_id", "n")
    mine = Q(person__daily_reports__day=day, person__daily_reports__is_current=True)
    received = {
        row.pop("unit_id"): row
        for row in members.filter(mine)
        .annotate(
            events=F("person__daily_reports__has_events"),
            was_late=F("person__daily_reports__is_late"),
            source=F("person__daily_reports__source"),
        )
        .values("unit_id")
        .annotate(
            zero=Count("id", filter=Q(events=False)),
            with_events=Count("id", filter=Q(events=True)),
            late=Count("id", filter=Q(was_late=True)),
            proxy=Count("id", filter=Q(source=DailyReport.Source.PROXY)),
        )
    }
    silent = members.exclude(
        person__in=queries.current_reports(day=day).values("person_id")
    ).values_list("person_id", "unit_id")
    exempt = _count(silent.filter(person__in=roster.exempt_person_ids(day=day)))
    unreachable = _count(silent.filter(person__in=queries.unreachable_ids(day=day)))
    return {
        unit: Ledger(
            expected=n, exempt=exempt[unit], unreachable=unreachable[unit], **received.get(unit, {})
        )
        for unit, n in expected
    }


def _count(pairs: Iterable[tuple[int, int]]) -> defaultdict[int, int]:
    counts: defaultdict[int, int] = defaultdict(int)
    for _person, unit in pairs:
        counts[unit] += 1
    return counts


def _rolled_up(own: Mapping[int, Ledger], day: date) -> dict[int, Ledger]:
    parents = dict(
        UnitLink.objects.filter(
            held_on(day), depth=1, descendant__tree=Unit.Tree.PARTY
        ).values_list("descendant_id", "ancestor_id")
    )
    totals: defaultdict[int, Ledger] = defaultdict(Ledger)
    for unit, figures in own.items():
        node: int | None = unit
        while node is not None:
            totals[node] += figures
            node = parents.get(node)
    return dict(totals)


def children_of(unit: Unit, *, day: date) -> list[Unit]:
    """The units directly below on that day, in the order of the roster."""
    below = UnitLink.objects.filter(held_on(day), ancestor=unit, depth=1)
    return list(
        Unit.objects.filter(pk__in=below.values("descendant_id")).order_by("position", "code")
    )


def signing_units_below(
    tops: Sequence[Unit], *, day: date, kinds: Iterable[str]
) -> dict[int, list[Unit]]:
    """For each of these units the nearest units below it that sign; two queries for all."""
    links = UnitLink.objects.filter(
        held_on(day), ancestor__in=tops, depth__gt=0, descendant__kind__in=list(kinds)
    ).select_related("descendant")
    below: dict[int, dict[int, Unit]] = {}
    for link in links:
        below.setdefault(link.ancestor_id, {})[link.descendant_id] = link.descendant
    signing = {pk for units in below.values() for pk in units}
    inner = UnitLink.objects.filter(
        held_on(day), ancestor_id__in=signing, descendant_id__in=signing, depth__gt=0
    ).values_list("ancestor_id", "descendant_id")
    above: defaultdict[int, set[int]] = defaultdict(set)
    for ancestor, descendant in inner:
        above[descendant].add(ancestor)
    return {
        top: sorted(
            (unit for pk, unit in units.items() if not above[pk] & units.keys()),
            key=lambda unit: (unit.position, unit.code),
        )
        for top, units in below.items()
    }
