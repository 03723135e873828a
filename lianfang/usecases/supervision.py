"""Matters to settle: made from what is overdue, worked on, checked; a late one climbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from lianfang.directives import attachments, supervision
from lianfang.directives.attachments import Upload
from lianfang.directives.audience import answerable
from lianfang.directives.models import DirectiveReceipt, ItemEntry, SupervisionItem
from lianfang.directives.queries import turn_of
from lianfang.escalation import operations as escalation
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.reporting import queries as reporting
from lianfang.roster.models import Person, Unit


class NothingOverdue(Refused):
    code = "directives.nothing-overdue"
    message = _("Nothing is overdue there; a matter needs a reason.")
    status = 409


@dataclass(frozen=True, slots=True)
class Cause:
    """What a matter comes from: a source, and the row that says so once."""

    source: SupervisionItem.Source
    origin: str
    unit: Unit | None
    title: str


def cause_of_receipt(receipt: DirectiveReceipt, *, now: datetime) -> Cause:
    """Raises `NothingOverdue` while the unit still has time."""
    turn = turn_of(receipt, now=now)
    if turn is None or turn.due_at > now:
        raise NothingOverdue
    return Cause(
        source=SupervisionItem.Source.DIRECTIVE,
        origin=f"receipt:{receipt.pk}",
        unit=receipt.unit,
        title=receipt.version.title,
    )


def cause_of_report(unit: Unit, *, day: date, now: datetime) -> Cause:
    """A unit that has not signed a day. Raises `NothingOverdue` when it has, or need not yet."""
    if day >= reporting_day(now) or reporting.unit_report(unit, day=day) is not None:
        raise NothingOverdue
    return Cause(
        source=SupervisionItem.Source.MISSED_REPORT,
        origin=f"unit-report:{unit.pk}:{day}",
        unit=unit,
        title=f"{unit.name} {day:%m-%d}",
    )


@transaction.atomic
def assign(
    *,
    source: SupervisionItem.Source,
    origin: str,
    title: str,
    text: str,
    unit: Unit,
    owner: Person | None,
    due_at: datetime,
    files: Sequence[Upload],
    by: Person,
    actor: Actor,
    now: datetime,
) -> SupervisionItem:
    """Give a matter to somebody; with no name, to whoever answers for the unit now."""
    if owner is None:
        found = answerable([unit.pk], day=reporting_day(now)).get((unit.pk, ""), [])
        owner = found[0] if found else None
    item = supervision.assign(
        source=source,
        origin=origin,
        title=title,
        text=text,
        unit=unit,
        owner=owner,
        due_at=due_at,
        by=by,
        actor=actor,
        now=now,
    )
    first = item.entries.get()
    attachments.add(files, entry=first, by=by, actor=actor, now=now)
    return item


@transaction.atomic
def report(
    *,
    item: SupervisionItem,
    text: str,
    is_done: bool,
    files: Sequence[Upload],
    by: Person,
    actor: Actor,
    now: datetime,
) -> ItemEntry:
    """Progress leaves the clock running; "it is done" stops the climb and asks for a check."""
    entry = supervision.report(item=item, text=text, is_done=is_done, by=by, actor=actor, now=now)
    attachments.add(files, entry=entry, by=by, actor=actor, now=now)
    if is_done:
        escalation.stop_for_overdue(items=[item], now=now)
    return entry


def check(
    *, item: SupervisionItem, accept: bool, text: str, by: Person, actor: Actor, now: datetime
) -> ItemEntry:
    return supervision.check(item=item, accept=accept, text=text, by=by, actor=actor, now=now)


def reopen(
    *,
    item: SupervisionItem,
    text: str,
    due_at: datetime,
    by: Person,
    actor: Actor,
    now: datetime,
) -> ItemEntry:
    return supervision.reopen(item=item, text=text, due_at=due_at, by=by, actor=actor, now=now)


@transaction.atomic
def extend(
    *,
    item: SupervisionItem,
    due_at: datetime,
    text: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> ItemEntry:
    """More time ends the climb of the old deadline; the new one has its own."""
    entry = supervision.extend(item=item, due_at=due_at, text=text, by=by, actor=actor, now=now)
    escalation.stop_for_overdue(items=[item], now=now)
    return entry
