"""The verbs of reporting around the reports themselves: open and count a day, note a call, flag.

Taking a report in is `receiving.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import at_local
from lianfang.reporting.models import (
    CallRecord,
    DueMoment,
    Intensity,
    MissedReport,
    UnitDay,
)
from lianfang.reporting.queries import missing_reporters, recounted
from lianfang.roster.models import Membership, Person, Unit
from lianfang.roster.queries import held_on
from lianfang.rulebook.queries import Rules


@transaction.atomic
def count_day(*, day: date, now: datetime) -> None:
    """Count the rolls of a day and all that was received: opens a day, and mends after a
    change of the roster. The counters afterwards equal a GROUP BY over roster and reports."""
    truth = recounted(day=day)
    UnitDay.objects.filter(day=day).exclude(unit_id__in=truth).delete()
    UnitDay.objects.bulk_create(
        [
            UnitDay(
                unit_id=unit,
                day=day,
                expected=own.expected,
                exempt=own.exempt,
                zero=own.zero,
                with_events=own.with_events,
                late=own.late,
                proxy=own.proxy,
                counted_at=now,
            )
            for unit, own in truth.items()
        ],
        update_conflicts=True,
        unique_fields=["day", "unit"],
        update_fields=[
            "expected",
            "exempt",
            "zero",
            "with_events",
            "late",
            "proxy",
            "counted_at",
        ],
    )


@transaction.atomic
def open_day(*, day: date, rules: Rules, now: datetime) -> None:
    """Count the roll and write down every moment at which something must happen that day.

    Opening a day that is open changes nothing but the count; tomorrow's opening is one of
    the moments, so the days follow each other without anybody.
    """
    count_day(day=day, now=now)
    moments = [
        DueMoment(day=day + timedelta(days=1), action="OPEN", level="", due_at=_midnight(day))
    ]
    for due in rules.deadlines.values():
        reminder = due.reminder(day)
        if reminder is not None:
            moments.append(DueMoment(day=day, action="REMIND", level=due.level, due_at=reminder))
        moments.append(
            DueMoment(day=day, action="CUT_OFF", level=due.level, due_at=due.moment(day))
        )
        if due.unit_kinds:
            moments.append(
                DueMoment(
                    day=day, action="CHASE", level=due.level, due_at=due.moment(day) + due.grace
                )
            )
    cut_off = rules.deadlines["PERSON"].moment(day)
    moments += [
        DueMoment(day=day, action="LADDER", level=str(step.position), due_at=cut_off + step.after)
        for step in rules.person_chase
    ]
    DueMoment.objects.bulk_create(moments, ignore_conflicts=True)


def _midnight(day: date) -> datetime:
    """The end of a day, when the next one opens."""
    return at_local(day + timedelta(days=1), time(0, 0))


@transaction.atomic
def record_call(
    *,
    person: Person,
    day: date,
    outcome: CallRecord.Outcome,
    note: str,
    called_by: Person,
    actor: Actor,
    now: datetime,
) -> CallRecord:
    """Write down that somebody rang, and what came of it."""
    call = CallRecord.objects.create(
        person=person, day=day, called_by=called_by, called_at=now, outcome=outcome, note=note[:500]
    )
    if outcome == CallRecord.Outcome.CONFIRMED:
        Person.objects.filter(pk=person.pk).update(phone_verified_at=now)
    audit.record(
        verb="reporting.call.recorded",
        actor=actor,
        subject=call,
        now=now,
        concerns=person.pk,
        outcome=str(outcome),
    )
    return call


def set_intensity(*, kind: str, day_from: date, actor: Actor, now: datetime) -> Intensity:
    """From a day on so much reporting is asked for; days before it stay as they were."""
    row = Intensity.objects.create(kind=Intensity.Kind(kind), day_from=day_from, set_at=now)
    audit.record(
        verb="reporting.intensity.set", actor=actor, subject=row, now=now, kind=kind,
        day_from=day_from.isoformat(),
    )  # fmt: skip
    return row


def flag_missing_people(*, day: date, now: datetime) -> int:
    """At the cut-off: everybody on the roll who has not reported becomes a row on a list."""
    units = Unit.objects.filter(tree=Unit.Tree.ADMINISTRATIVE).values_list("pk", flat=True)
    missing = missing_reporters(units, day=day).order_by().values("pk")
    members = Membership.objects.filter(
        held_on(day), kind=Membership.Kind.REPORTING, person_id__in=missing
    )
    rows = [
        MissedReport(day=day, person_id=person_id, unit_id=unit_id, flagged_at=now)
        for person_id, unit_id in members.values_list("person_id", "unit_id")
    ]
    MissedReport.objects.bulk_create(rows, ignore_conflicts=True, batch_size=5000)
    return len(rows)


def flag_missing_units(*, units: Sequence[Unit], day: date, now: datetime) -> None:
    MissedReport.objects.bulk_create(
        [MissedReport(day=day, unit=unit, flagged_at=now) for unit in units],
        ignore_conflicts=True,
    )


def claim_moment(*, now: datetime) -> DueMoment | None:
    """Take one moment that has come; the caller does its work in the same transaction.

    Another worker may have been first: then the conditional update changes no row.
    """
    moment = (
        DueMoment.objects.filter(done_at__isnull=True, due_at__lte=now).order_by("due_at").first()
    )
    if moment is None:
        return None
    claimed = DueMoment.objects.filter(pk=moment.pk, done_at__isnull=True).update(done_at=now)
    return moment if claimed == 1 else None
