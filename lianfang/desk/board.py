"""The state of the college on one page. The number of queries does not grow with the college."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from lianfang.desk.ledgers import UnitRow, unit_rows
from lianfang.escalation.models import Escalation, Summons
from lianfang.incidents.models import Incident, LegalClock
from lianfang.incidents.queries import open_clocks, open_incidents
from lianfang.reporting.curves import CurveDay, curve_of
from lianfang.roster.access import View as Sight
from lianfang.roster.models import Unit, UnitLink
from lianfang.roster.queries import held_on
from lianfang.roster.vacancies import Warning, warnings_of
from lianfang.rulebook.queries import Rules

MOST_INCIDENTS = 20


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """`name` is empty where the viewer sees the code only. `clocks`: who outside must be told."""

    incident: Incident
    name: str
    silent: tuple[Summons, ...]
    next_due_at: datetime | None
    is_unanswered: bool
    clocks: tuple[LegalClock, ...] = ()

    @property
    def tightest(self) -> LegalClock | None:
        """The limit that ends first; one that says "at once" has none to show."""
        return next((clock for clock in self.clocks if not clock.is_at_once), None)


@dataclass(frozen=True, slots=True)
class Board:
    top: UnitRow
    rows: list[UnitRow]
    incidents: list[OpenIncident]
    more_incidents: int
    waiting: int
    curve: list[CurveDay]
    warnings: list[Warning]

    @property
    def headless(self) -> list[Warning]:
        return [one for one in self.warnings if not one.head]

    @property
    def without_deputy(self) -> int:
        return sum(not one.deputy for one in self.warnings)

    @property
    def unverified(self) -> int:
        return sum(not one.verified_phone for one in self.warnings)

    @property
    def unsigned(self) -> list[UnitRow]:
        return [row for row in self.rows if row.must_sign]

    @property
    def sentence(self) -> list[tuple[str, str]]:
        """The state of the college in words, what needs a person at once first."""
        ledger = self.top.ledger
        parts = []
        if self.waiting:
            parts.append(("now", _("incidents without an answer: %(n)s") % {"n": self.waiting}))
        handled = len(self.incidents) + self.more_incidents - self.waiting
        if handled:
            parts.append(("today", _("incidents in hand: %(n)s") % {"n": handled}))
        if not ledger.expected:
            parts.append(("", _("nobody is on the roll yet")))
        elif ledger.missing:
            words = _("%(missing)s of %(expected)s have not reported")
            numbers = {"missing": ledger.missing, "expected": ledger.expected}
            parts.append(("", words % numbers))
        else:
            parts.append(("done", _("everybody has reported (%(n)s)") % {"n": ledger.received}))
        if ledger.expected and not self.top.is_known:
            parts.append(("unknown", _("how the college is: not yet known")))
        return parts


def board_of(college: Unit, *, sight: Sight, day: date, rules: Rules, now: datetime) -> Board:
    open_now = _open(sight)
    counts = Counter(incident.unit_id for incident in open_now)
    units = _branches(college, day)
    rows = unit_rows(
        [college, *units],
        day=day,
        rules=rules,
        now=now,
        event_units=sight.event_figure_units,
        incidents=_rolled_up(counts, [college, *units], day),
    )
    shown = open_now[:MOST_INCIDENTS]
    return Board(
        top=rows[0],
        rows=sorted(rows[1:], key=lambda row: row.attention),
        incidents=incidents_with_ladders(shown, sight),
        more_incidents=len(open_now) - len(shown),
        waiting=sum(incident.waits for incident in open_now),
        curve=curve_of([college], until=day, rules=rules),
        warnings=warnings_of(day=day),
    )


def _branches(college: Unit, day: date) -> list[Unit]:
    below = UnitLink.objects.filter(held_on(day), ancestor=college, depth=1)
    return list(
        Unit.objects.filter(pk__in=below.values("descendant_id")).order_by("position", "code")
    )


def _open(sight: Sight) -> list[Incident]:
    found = open_incidents().filter(unit_id__in=sight.event_figure_units)
    return list(found.defer("person__phone", "person__email", "person__address"))


def _rolled_up(counts: Counter[int], units: Sequence[Unit], day: date) -> dict[int, int]:
    """Open incidents in the subtree of each unit."""
    if not counts:
        return {}
    links = UnitLink.objects.filter(
        held_on(day), ancestor__in=units, descendant_id__in=list(counts)
    ).values_list("ancestor_id", "descendant_id")
    totals: defaultdict[int, int] = defaultdict(int)
    for ancestor, descendant in links:
        totals[ancestor] += counts[descendant]
    return dict(totals)


def open_in_subtrees(units: Sequence[Unit], *, sight: Sight, day: date) -> dict[int, int]:
    """Open incidents in the subtree of each unit, as far as the viewer may know of them."""
    return _rolled_up(Counter(incident.unit_id for incident in _open(sight)), units, day)


def incidents_with_ladders(incidents: Iterable[Incident], sight: Sight) -> list[OpenIncident]:
    """Each with who has not answered, when the next is told, and the limits outside: three
    queries for all."""
    incidents = list(incidents)
    climbs = {
        climb.incident_id: climb for climb in Escalation.objects.filter(incident__in=incidents)
    }
    silent: defaultdict[int, list[Summons]] = defaultdict(list)
    asked = Summons.objects.filter(
        escalation__in=climbs.values(), person__isnull=False, answered_at__isnull=True
    ).select_related("person", "rung")
    for summons in asked.order_by("summoned_at", "id").defer(
        "person__phone", "person__email", "person__address"
    ):
        climb = summons.escalation_id
        if all(one.person_id != summons.person_id for one in silent[climb]):
            silent[climb].append(summons)
    clocks = open_clocks(one for one in incidents if one.is_open)
    return [
        _open_incident(one, climbs.get(one.pk), silent, clocks.get(one.pk, ()), sight)
        for one in incidents
    ]


def _open_incident(
    incident: Incident,
    climb: Escalation | None,
    silent: dict[int, list[Summons]],
    clocks: Sequence[LegalClock],
    sight: Sight,
) -> OpenIncident:
    named = incident.unit_id in sight.event_units
    running = climb is not None and climb.is_running
    return OpenIncident(
        incident=incident,
        name=incident.person.name if named else "",
        silent=tuple(silent.get(climb.pk, ())) if climb is not None and incident.waits else (),
        next_due_at=climb.next_due_at if climb is not None and running else None,
        is_unanswered=incident.waits and incident.unanswered_at is not None,
        clocks=tuple(clocks),
    )
