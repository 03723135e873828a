"""Questions about the day: the ledger, the missing, the signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.db import connection
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum

from lianfang.reporting.models import (
    CallRecord,
    DailyReport,
    Intensity,
    MissedReport,
    UnitDay,
    UnitReport,
)
from lianfang.reporting.rules import Ledger
from lianfang.roster import queries as roster
from lianfang.roster.models import Membership, Person, Unit, UnitLink
from lianfang.roster.queries import held_on

_COUNTERS = ("expected", "exempt", "zero", "with_events", "late", "proxy")


def intensity_on(day: date) -> Intensity.Kind:
    """How much reporting is asked for on a day: what was set last for it or for a day before."""
    found = Intensity.objects.filter(day_from__lte=day).order_by("-day_from", "-id")
    kind = found.values_list("kind", flat=True).first()
    return Intensity.Kind(kind) if kind else Intensity.Kind.DAILY


def as_asked(figures: Mapping[int, Ledger], *, day: date) -> dict[int, Ledger]:
    """Ledgers of a day on which nothing is asked for expect nobody but those who reported."""
    if intensity_on(day) is not Intensity.Kind.STOPPED:
        return dict(figures)
    return {
        unit: replace(own, expected=own.received, exempt=0, unreachable=0)
        for unit, own in figures.items()
    }


def current_reports(*, day: date) -> QuerySet[DailyReport]:
    return DailyReport.objects.filter(day=day, is_current=True)


def missing_reporters(unit_ids: Iterable[int], *, day: date) -> QuerySet[Person]:
    """The list that a secretary phones down: on the roll, not exempt, nothing received.

    Empty on a day on which nothing is asked for.
    """
    if intensity_on(day) is Intensity.Kind.STOPPED:
        return Person.objects.none()
    return (
        roster.roll(unit_ids, day=day)
        .exclude(Exists(current_reports(day=day).filter(person=OuterRef("pk"))))
        .exclude(pk__in=roster.exempt_person_ids(day=day))
        .order_by("name_key", "number")
    )


def is_counted(*, day: date) -> bool:
    """Whether the rolls of that day were counted; until then ledgers are computed slowly."""
    return UnitDay.objects.filter(day=day, counted_at__isnull=False).exists()


def own_ledgers(*, day: date) -> dict[int, Ledger]:
    """Each reporting unit's own people (not those below it), from the counters."""
    if not is_counted(day=day):
        return as_asked(recounted(day=day), day=day)
    rows = UnitDay.objects.filter(day=day).values_list("unit_id", *_COUNTERS)
    unreachable = unreachable_count(day=day)
    own = {
        unit: Ledger(
            expected=expected,
            exempt=exempt,
            zero=zero,
            with_events=events,
            late=late,
            proxy=proxy,
            unreachable=unreachable.get(unit, 0),
        )
        for unit, expected, exempt, zero, events, late, proxy in rows
    }
    return as_asked(own, day=day)


def recounted(*, day: date, unit_ids: Iterable[int] | None = None) -> dict[int, Ledger]:
    """The same figures straight from roster and reports: slow, and the truth."""
    members = Membership.objects.filter(held_on(day), kind=Membership.Kind.REPORTING)
    if unit_ids is not None:
        members = members.filter(unit_id__in=list(unit_ids))
    expected = dict(members.values("unit_id").annotate(n=Count("id")).values_list("unit_id", "n"))
    mine = current_reports(day=day).filter(person=OuterRef("person"))
    exempt = dict(
        members.filter(person_id__in=roster.exempt_person_ids(day=day))
        .exclude(Exists(mine))
        .values("unit_id")
        .annotate(n=Count("id"))
        .values_list("unit_id", "n")
    )
    received = _received_by_unit(members, day)
    unreachable = unreachable_count(day=day)
    return {
        unit: Ledger(
            expected=n,
            exempt=exempt.get(unit, 0),
            unreachable=unreachable.get(unit, 0),
            **received.get(unit, {}),
        )
        for unit, n in expected.items()
    }


def _received_by_unit(members: QuerySet[Membership], day: date) -> dict[int, dict[str, int]]:
    rows = (
        members.filter(person__daily_reports__day=day, person__daily_reports__is_current=True)
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
    )
    return {
        row["unit_id"]: {k: row[k] for k in ("zero", "with_events", "late", "proxy")}
        for row in rows
    }


def unreachable_ids(*, day: date) -> set[int]:
    """Missing people whose last call of the day reached nobody."""
    last = dict(
        CallRecord.objects.filter(day=day)
        .values("person_id")
        .annotate(last=Max("id"))
        .values_list("person_id", "last")
    )
    if not last:
        return set()
    reached_nobody = CallRecord.objects.filter(
        pk__in=last.values(),
        outcome__in=[o for o in CallRecord.Outcome if not o.is_reached],
    ).exclude(Exists(current_reports(day=day).filter(person=OuterRef("person"))))
    return set(reached_nobody.values_list("person_id", flat=True))


def unreachable_count(*, day: date) -> dict[int, int]:
    people = unreachable_ids(day=day)
    if not people:
        return {}
    return dict(
        Membership.objects.filter(
            held_on(day), kind=Membership.Kind.REPORTING, person_id__in=people
        )
        .values("unit_id")
        .annotate(n=Count("id"))
        .values_list("unit_id", "n")
    )


def ledger(unit: Unit, *, day: date) -> Ledger:
    """The unit with everything below it. A Party unit counts its members, by the same reports."""
    return as_asked({unit.pk: _counted(unit, day=day)}, day=day)[unit.pk]


def _counted(unit: Unit, *, day: date) -> Ledger:
    if unit.tree == Unit.Tree.PARTY:
        return _party_ledger(unit, day=day)
    if not is_counted(day=day):
        counted = recounted(day=day, unit_ids=roster.subtree_ids(unit, day=day))
        return sum(counted.values(), Ledger())
    below = UnitLink.objects.filter(held_on(day), ancestor=unit).values("descendant_id")
    sums = UnitDay.objects.filter(day=day, unit_id__in=below).aggregate(
        **{name: Sum(name, default=0) for name in _COUNTERS}
    )
    return Ledger(**sums, unreachable=_unreachable_below(unit, day))


def _unreachable_below(unit: Unit, day: date) -> int:
    counts = unreachable_count(day=day)
    if not counts:
        return 0
    return sum(counts.get(pk, 0) for pk in roster.subtree_ids(unit, day=day))


def _party_ledger(unit: Unit, *, day: date) -> Ledger:
    """Members of the organisation and of those below it, on the roll of the day.

    The line rolls up by Party membership: a person counts once in this tree and once in the
    administrative one, and the two are never added.
    """
    below = roster.subtree_ids(unit, day=day)
    members = set(
        Membership.objects.filter(
            held_on(day), kind=Membership.Kind.PARTY, unit_id__in=below
        ).values_list("person_id", flat=True)
    )
    on_roll = set(
        roster.roll(_all_units(), day=day).filter(pk__in=members).values_list("pk", flat=True)
    )
    reports = current_reports(day=day).filter(person_id__in=on_roll)
    sums = reports.aggregate(
        zero=Count("id", filter=Q(has_events=False)),
        with_events=Count("id", filter=Q(has_events=True)),
        late=Count("id", filter=Q(is_late=True)),
        proxy=Count("id", filter=Q(source=DailyReport.Source.PROXY)),
    )
    reported = set(reports.values_list("person_id", flat=True))
    exempt = (roster.exempt_person_ids(day=day) & on_roll) - reported
    unreachable = unreachable_ids(day=day) & on_roll
    return Ledger(expected=len(on_roll), exempt=len(exempt), unreachable=len(unreachable), **sums)


def _all_units() -> list[int]:
    return list(Unit.objects.filter(tree=Unit.Tree.ADMINISTRATIVE).values_list("pk", flat=True))


def rolled_up(own: Mapping[int, Ledger], *, day: date) -> dict[int, Ledger]:
    """Every administrative unit with everything below it, from the units' own ledgers."""
    parents = dict(
        UnitLink.objects.filter(
            held_on(day), depth=1, descendant__tree=Unit.Tree.ADMINISTRATIVE
        ).values_list("descendant_id", "ancestor_id")
    )
    totals: dict[int, Ledger] = {}
    for unit, figures in own.items():
        node: int | None = unit
        while node is not None:
            totals[node] = totals.get(node, Ledger()) + figures
            node = parents.get(node)
    return totals


def ledgers(*, day: date) -> dict[int, Ledger]:
    """Every administrative unit of the college, rolled up: the committee's page."""
    return rolled_up(own_ledgers(day=day), day=day)


def latest_unit_reports(*, day: date) -> dict[int, UnitReport]:
    """The version in force of each unit's signed report of a day."""
    found: dict[int, UnitReport] = {}
    for report in UnitReport.objects.filter(day=day).order_by("version"):
        found[report.unit_id] = report
    return found


def unit_report(unit: Unit, *, day: date) -> UnitReport | None:
    return UnitReport.objects.filter(unit=unit, day=day).order_by("-version").first()


def signing_children(unit: Unit, *, day: date, kinds: Iterable[str]) -> list[Unit]:
    """The nearest units below that sign: a level that does not sign (a major) is seen through."""
    links = UnitLink.objects.filter(
        held_on(day), ancestor=unit, depth__gt=0, descendant__kind__in=list(kinds)
    ).select_related("descendant")
    below = {link.descendant_id: link.descendant for link in links}
    inner = set(
        UnitLink.objects.filter(
            held_on(day), ancestor_id__in=below, depth__gt=0, descendant_id__in=below
        ).values_list("descendant_id", flat=True)
    )
    children = [node for pk, node in below.items() if pk not in inner]
    return sorted(children, key=lambda node: (node.position, node.code))


def missed_people(unit_ids: Iterable[int], *, day: date) -> QuerySet[MissedReport]:
    return MissedReport.objects.filter(
        day=day, person__isnull=False, unit_id__in=list(unit_ids)
    ).select_related("person")


def reports_of(person: Person) -> QuerySet[DailyReport]:
    """Every revision that a person ever gave, newest first."""
    return DailyReport.objects.filter(person=person).order_by("-day", "-revision")


_LAST_PLACE = (
    "SELECT county_code, presence FROM reporting_dailyreport"
    " WHERE person_id = %s AND is_current = %s AND day <= %s ORDER BY day DESC LIMIT 1"
)


def last_place(person: Person, *, until: date) -> tuple[str, str] | None:
    """County and presence of the last report until a day; one plain statement for every form."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_PLACE, [person.pk, True, until])
        found = cursor.fetchone()
    return (found[0], found[1]) if found else None


def previous_place(person: Person, *, before: date) -> DailyReport | None:
    """The last report before the day: "same place as yesterday" asks it, and nothing else."""
    return (
        DailyReport.objects.filter(person=person, is_current=True, day__lt=before)
        .order_by("-day")
        .only("id", "day", "county_code", "presence")
        .first()
    )
