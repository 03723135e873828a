"""The morning of somebody who answers for others: what has to be done, most urgent first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from lianfang.desk.waiting import Waiting
from lianfang.escalation import queries as escalation
from lianfang.escalation.models import Summons
from lianfang.incidents import queries as incidents
from lianfang.incidents.models import Incident
from lianfang.reporting import queries
from lianfang.reporting.models import CallRecord, DailyReport
from lianfang.reporting.people import last_calls, units_of_people
from lianfang.roster import queries as roster
from lianfang.roster.access import View as Sight
from lianfang.roster.models import Person, Unit
from lianfang.screening.models import Finding
from lianfang.screening.queries import waiting_for_call

# More rows than this are not a list that somebody phones down: groups are opened one by one.
LONGEST_LIST = 240
MOST_CALL_BACKS = 60
MOST_INCIDENTS = 30


@dataclass(frozen=True, slots=True)
class CallBack:
    """A report that asks for a call today; its rules are told one tap deeper."""

    report: DailyReport
    is_urgent: bool
    rules: int


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody who has not reported, with what the last call of the day came to."""

    person: Person
    unit: Unit | None
    call: CallRecord | None

    @property
    def is_unreachable(self) -> bool:
        return self.call is not None and not CallRecord.Outcome(self.call.outcome).is_reached


@dataclass(frozen=True, slots=True)
class Group:
    """The silent people of one unit. `people` is empty where the whole list is too long."""

    unit: Unit
    count: int
    people: tuple[Silent, ...]


@dataclass(frozen=True, slots=True)
class Work:
    summonses: list[Summons]
    incidents: list[Incident]
    call_backs: list[CallBack]
    more_call_backs: int
    groups: list[Group]
    unreachable: list[Silent]
    missing: int
    late: int
    expected: int
    sees_names: bool
    waiting: tuple[Waiting, ...] = ()  # beside reports: directives, matters, duty

    @property
    def sentence(self) -> list[tuple[str, str]]:
        """The answer in words: (kind, text) parts, what needs a person at once first."""
        waiting = len(self.summonses)
        calls = len(self.call_backs) + self.more_call_backs
        parts = []
        if waiting:
            parts.append(("now", _("%(n)s waiting for your answer") % {"n": waiting}))
        if self.missing:
            parts.append(("", _("%(n)s have not reported") % {"n": self.missing}))
        if calls:
            parts.append(("today", _("%(n)s need a call back") % {"n": calls}))
        if self.waiting:
            parts.append(("", _("%(n)s other things to do") % {"n": len(self.waiting)}))
        if not self.sees_names:  # the leading group: figures, and no list to work through
            return parts or [("", _("Nothing is waiting for you"))]
        if not self.expected:
            return parts or [("", _("Nobody is expected to report here today"))]
        return parts or [
            ("done", _("Everybody has reported (%(n)s); nothing to do") % {"n": self.expected})
        ]


def work_of(sight: Sight, *, person: Person | None, day: date) -> Work:
    """A constant number of queries, whatever the number of people."""
    names, events = sight.name_units, sight.event_units
    own = queries.own_ledgers(day=day) if names else {}
    figures = [ledger for unit, ledger in own.items() if unit in names]
    missing = sum(ledger.missing for ledger in figures)
    call_backs = call_backs_in(events, day=day)
    summonses = list(escalation.waiting_for(person)) if person else []
    return Work(
        summonses=summonses,
        incidents=_other_incidents(events, summonses, person),
        call_backs=call_backs[:MOST_CALL_BACKS],
        more_call_backs=max(0, len(call_backs) - MOST_CALL_BACKS),
        groups=_groups(names, day, missing),
        unreachable=_lost(names, day),
        missing=missing,
        late=sum(ledger.late for ledger in figures),
        expected=sum(ledger.owed for ledger in figures),
        sees_names=bool(names),
    )


def call_backs_in(unit_ids: Iterable[int], *, day: date) -> list[CallBack]:
    """One row per report, however many rules hold for it."""
    by_report: dict[int, list[Finding]] = {}
    for finding in waiting_for_call(unit_ids, day=day).defer(
        "report__answers", "report__person__phone", "report__person__email",
        "report__person__address",
    ):  # fmt: skip
        by_report.setdefault(finding.report_id, []).append(finding)
    return [
        CallBack(
            report=findings[0].report,
            is_urgent=any(finding.rule.severity == "URGENT" for finding in findings),
            rules=len(findings),
        )
        for findings in by_report.values()
    ]


def _other_incidents(
    event_units: frozenset[int], summonses: Sequence[Summons], person: Person | None
) -> list[Incident]:
    """Open incidents in sight for which this person was not summoned (those stand above)."""
    asked = [one.escalation.incident_id for one in summonses if one.escalation.incident_id]
    found = incidents.open_in(event_units).exclude(pk__in=asked)
    if person is not None:
        found = found.exclude(person=person)
    return list(found.defer("person__phone", "person__email", "person__address")[:MOST_INCIDENTS])


def missing_in(unit_ids: Iterable[int], *, day: date) -> list[Silent]:
    """Who has not reported, in the order of units and names, nobody's number opened."""
    people = list(queries.missing_reporters(unit_ids, day=day).defer("phone", "email", "address"))
    return with_calls(people, day=day)


def with_calls(people: Sequence[Person], *, day: date) -> list[Silent]:
    units = units_of_people(people, day=day)
    calls = last_calls(people, day=day)
    silent = [Silent(one, units.get(one.pk), calls.get(one.pk)) for one in people]
    return sorted(silent, key=_by_unit)


def _by_unit(one: Silent) -> tuple[int, str, str]:
    unit = one.unit
    return (unit.position if unit else 0, unit.code if unit else "", one.person.name_key)


def _groups(names: frozenset[int], day: date, missing: int) -> list[Group]:
    if not missing:
        return []
    if missing > LONGEST_LIST:
        return _branches(names, day)
    groups: dict[int, list[Silent]] = {}
    for one in missing_in(names, day=day):
        if one.unit is not None and not one.is_unreachable:  # those stand in a list of their own
            groups.setdefault(one.unit.pk, []).append(one)
    return [
        Group(people[0].unit, len(people), tuple(people))
        for people in groups.values()
        if people[0].unit is not None
    ]


def _branches(names: frozenset[int], day: date) -> list[Group]:
    """The units directly below the topmost ones in sight, each with everything below it."""
    figures = queries.ledgers(day=day)
    mine = {unit.pk: unit for unit in Unit.objects.filter(pk__in=names, tree="ADMINISTRATIVE")}
    tops = {pk for pk, unit in mine.items() if unit.parent_id not in names}
    below = [unit for unit in mine.values() if unit.parent_id in tops]
    shown = below or [mine[pk] for pk in tops]
    groups = [Group(one, figures[one.pk].missing, ()) for one in shown if one.pk in figures]
    return sorted((one for one in groups if one.count), key=lambda one: -one.count)


def _lost(names: frozenset[int], day: date) -> list[Silent]:
    """Missing people whose last call reached nobody."""
    lost = queries.unreachable_ids(day=day)
    if not lost:
        return []
    people = roster.roll(names, day=day).filter(pk__in=lost).defer("phone", "email", "address")
    return with_calls(list(people.order_by("name_key", "number")[:LONGEST_LIST]), day=day)


def next_in_line(
    after: Person, *, unit_ids: Iterable[int], day: date, now: datetime
) -> Silent | None:
    """Whom to ring next: behind this person in the list, whoever has not been rung today.

    When everybody has been rung once, those whom nobody reached, the longest ago first.
    """
    line = missing_in(unit_ids, day=day)
    order = [one.person.pk for one in line]
    start = order.index(after.pk) + 1 if after.pk in order else 0
    turned = [one for one in line[start:] + line[:start] if one.person.pk != after.pk]
    fresh = next((one for one in turned if one.call is None), None)
    if fresh is not None:
        return fresh
    again = [one for one in turned if one.is_unreachable and one.call is not None]
    return min(again, key=lambda one: one.call.called_at if one.call else now, default=None)
