"""From one shift to the next: what is open is put together, read and signed by both sides."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lianfang.clusters.queries import open_alerts_in
from lianfang.duty import operations as duty
from lianfang.duty import queries as duty_queries
from lianfang.duty.models import DutyFact, DutyShift, Handover
from lianfang.duty.operations.book import sign_handover as sign
from lianfang.duty.operations.facts import note_fact
from lianfang.escalation.models import Escalation
from lianfang.incidents.queries import open_in
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Unit
from lianfang.screening.queries import waiting_for_call
from lianfang.usecases.letters import in_language_of

MOST_ITEMS = 200


class NobodyComes(Refused):
    code = "handover.nobody-comes"
    message = gettext_noop(
        "Nobody is on the roster after this shift: there is nobody to hand over to."
    )
    status = 409


def units_in_charge(unit: Unit, *, day: date) -> list[int]:
    """The administrative units for which a duty post of this unit stands."""
    if unit.kind == Unit.Kind.COMMITTEE:
        college = roster.college()
        return roster.subtree_ids(college, day=day) if college else []
    own = roster.subtree_ids(unit, day=day)
    if unit.tree != Unit.Tree.PARTY:
        return own
    return list(Unit.objects.filter(answers_to_id__in=own).values_list("pk", flat=True))


def open_matters(unit: Unit, *, now: datetime) -> list[dict[str, Any]]:
    """Incidents and alerts by their codes, unsigned reports, call-backs, entries of the book.
    Never who is ill."""
    day = reporting_day(now)
    units = units_in_charge(unit, day=day)
    items: list[dict[str, Any]] = [
        {
            "kind": "incident",
            "number": incident.pk,
            "code": incident.code,
            "waits": incident.waits,
            "since": incident.opened_at.isoformat(),
        }
        for incident in open_in(units)[:MOST_ITEMS]
    ]
    items += [
        {
            "kind": "cluster",
            "number": alert.pk,
            "code": alert.code,
            "waits": alert.waits,
            "since": alert.opened_at.isoformat(),
            "outside_by": alert.clock_due_at.isoformat()
            if alert.clock_runs and alert.clock_due_at
            else None,
        }
        for alert in open_alerts_in(units)[:MOST_ITEMS]
    ]
    alerts = Escalation.objects.filter(
        unit_id__in=units, incident__isnull=True, day=day, state__in=["RUNNING", "EXHAUSTED"]
    ).select_related("unit")
    items += [
        {"kind": "alert", "unit": alert.unit.name, "since": alert.started_at.isoformat()}
        for alert in alerts.order_by("started_at")[:MOST_ITEMS]
    ]
    calls = waiting_for_call(units, day=day)
    people = len(set(calls.values_list("report__person_id", flat=True)))
    if people:
        items.append({"kind": "calls", "count": people})
    items += [
        {"kind": "log", "number": entry.pk, "since": entry.at.isoformat()}
        for entry in duty_queries.open_log(unit)[:MOST_ITEMS]
    ]
    return items


@transaction.atomic
def begin(*, shift: DutyShift, by: Person, actor: Actor, now: datetime) -> Handover:
    """Whoever goes opens the hand-over to the next shift of the post and signs it later."""
    following = (
        DutyShift.objects.filter(
            unit_id=shift.unit_id, post=shift.post, starts_at__gte=shift.starts_at
        )
        .exclude(pk=shift.pk)
        .exclude(person_id=by.pk)
        .select_related("person")
        .order_by("starts_at")
        .first()
    )
    if following is None:
        raise NobodyComes
    return duty.open_handover(
        unit=shift.unit,
        post=shift.post,
        out_person=by,
        in_person=following.person,
        in_shift=following,
        items=open_matters(shift.unit, now=now),
        actor=actor,
        now=now,
    )


@transaction.atomic
def open_at_change(*, shift: DutyShift, now: datetime) -> Handover | None:
    """The clock opens it at the change of shifts where a book is kept. None without a shift before."""
    before = duty_queries.shift_before(shift)
    if before is None:
        return None
    return duty.open_handover(
        unit=shift.unit,
        post=shift.post,
        out_person=before.person,
        in_person=shift.person,
        in_shift=shift,
        items=open_matters(shift.unit, now=now),
        actor=SYSTEM,
        now=now,
    )


@transaction.atomic
def alarm_if_open(*, handover: Handover, now: datetime) -> DutyFact | None:
    """Open for more than 30 minutes: a fact of the unit, and the head is told at once."""
    if handover.is_signed:
        return None
    fact = note_fact(
        unit=handover.unit,
        kind=DutyFact.Kind.HANDOVER_OPEN,
        person=None,
        reference=f"handover:{handover.pk}",
        at=handover.opened_at,
        minutes=int((now - handover.opened_at).total_seconds() // 60),
        now=now,
    )
    if fact is None:
        return None
    drafts = []
    for head in duty_queries.heads_of(handover.unit, day=reporting_day(now)):
        with in_language_of(head):
            drafts.append(
                Draft(
                    reference=f"handover:{handover.pk}:open",
                    person=head,
                    subject=_("Lianfang: duty roster"),
                    body=_(
                        "%(unit)s: a hand-over of the duty has been open for 30 minutes and is "
                        "not signed by both sides. Please see to it."
                    )
                    % {"unit": handover.unit.name},
                    link=f"/desk/duty/handover/{handover.pk}/",
                    is_urgent=True,
                )
            )
    notifications.queue(drafts, now=now)
    return fact


__all__ = ["NobodyComes", "alarm_if_open", "begin", "open_at_change", "open_matters", "sign"]
