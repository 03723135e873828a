"""The report of a unit before and after it is signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lianfang.desk.figure_words import Block, blocks_of
from lianfang.desk.ledgers import UnitRow, signing_units_below, unit_rows
from lianfang.desk.worklist import Silent, with_calls
from lianfang.reporting import queries
from lianfang.reporting.figures import figures_of
from lianfang.reporting.models import CallRecord, UnitReport
from lianfang.reporting.rules import (
    WITH_EVENTS,
    ZERO_FULL,
    Ledger,
    declarations_open_to,
)
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.queries import Rules
from lianfang.usecases.daily_report import limits_of

MOST_NAMES = 200
MOST_ROWS = 60  # more units than this are read on their own pages


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be signed at this moment: every number computed, none typed."""

    unit: Unit
    day: date
    ledger: Ledger
    is_known: bool
    threshold: float
    due_at: datetime
    blocks: list[Block]
    rows: list[dict[str, Any]]
    declaration: str
    missing: list[Silent]
    never_called: int
    below: list[UnitRow]
    versions: list[UnitReport]

    @property
    def more_names(self) -> int:
        return max(0, self.ledger.missing - len(self.missing))

    @property
    def signed(self) -> UnitReport | None:
        return self.versions[0] if self.versions else None

    @property
    def has_changed(self) -> bool:
        """Whether more is known now than when it was signed."""
        signed = self.signed
        if signed is None:
            return False
        then = signed.figures["total"]
        now = self.ledger.to_plain()
        return any(then.get(name) != now[name] for name in ("expected", "received", "with_events"))

    @property
    def needs_words(self) -> bool:
        return self.declaration == WITH_EVENTS

    @property
    def button(self) -> str:
        """The declaration itself is what the button says."""
        if self.declaration == WITH_EVENTS:
            return _("Sign the report with events")
        if self.declaration == ZERO_FULL:
            return _("Sign the zero report")
        return _("Sign the zero report (%(n)s not reached)") % {"n": self.ledger.missing}

    @property
    def unsigned_below(self) -> list[UnitRow]:
        return [row for row in self.below if row.must_sign]


def draft_of(
    unit: Unit, *, day: date, rules: Rules, now: datetime, event_units: frozenset[int]
) -> Draft:
    """The page of a unit that signs; the caller has checked that it does."""
    due = rules.deadline_of(unit.kind)
    assert due is not None
    threshold = float(rules.settings["completeness_threshold"])
    ledger = queries.ledger(unit, day=day)
    figures = figures_of(
        unit,
        day=day,
        home_city=str(rules.settings["home_city_code"]),
        fever_from=limits_of(rules).fever,
    )
    silent = queries.missing_reporters(roster.subtree_ids(unit, day=day), day=day)
    return Draft(
        unit=unit,
        day=day,
        ledger=ledger,
        is_known=ledger.is_known(threshold),
        threshold=threshold,
        due_at=due.moment(day),
        blocks=blocks_of(figures["total"], threshold=threshold),
        rows=figures["rows"] if len(figures["rows"]) <= MOST_ROWS else [],
        declaration=declarations_open_to(ledger)[0],
        missing=with_calls(list(silent.defer("phone", "email", "address")[:MOST_NAMES]), day=day),
        never_called=_never_called(silent, ledger, day),
        below=_below(unit, day=day, rules=rules, now=now, event_units=event_units),
        versions=list(
            UnitReport.objects.filter(unit=unit, day=day)
            .select_related("signed_by")
            .order_by("-version")
        ),
    )


def _never_called(silent: QuerySet[Person], ledger: Ledger, day: date) -> int:
    """How many of the missing nobody has rung today."""
    called = CallRecord.objects.filter(day=day).values("person_id")
    return max(0, ledger.missing - silent.order_by().filter(pk__in=called).count())


def _below(
    unit: Unit, *, day: date, rules: Rules, now: datetime, event_units: frozenset[int]
) -> list[UnitRow]:
    kinds = [kind for due in rules.deadlines.values() for kind in due.unit_kinds]
    units: Sequence[Unit] = signing_units_below([unit], day=day, kinds=kinds).get(unit.pk, [])
    if not units:
        return []
    rows = unit_rows(units, day=day, rules=rules, now=now, event_units=event_units)
    return sorted(rows, key=lambda row: (not row.must_sign, row.attention))
