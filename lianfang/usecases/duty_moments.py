"""What the clock does for the duty roster: the daily look, check-ins, changes of shift, drills."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lianfang.duty import queries as duty
from lianfang.duty.models import Drill, DutyFact, DutyMoment, DutyShift, Handover
from lianfang.duty.operations.facts import note_fact
from lianfang.duty.operations.moments import claim_moment, set_moment
from lianfang.duty.operations.rotations import make_all_shifts
from lianfang.escalation.models import Escalation, Summons
from lianfang.installation.due import when_due
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.roster import queries as roster
from lianfang.roster.models import Person
from lianfang.rulebook.queries import rules_of
from lianfang.usecases import drills, duty_check, handover
from lianfang.usecases.letters import in_language_of

CHECK_AT = time(9, 0)
LOOK_BACK = timedelta(days=7)


def ensure_check(*, now: datetime) -> None:
    """Today's look at the rosters is a row, even when no worker was awake at midnight."""
    if roster.committee() is None:
        return
    today = reporting_day(now)
    set_moment(reference=f"check:{today}", due_at=at_local(today, CHECK_AT))


@when_due(lambda now: DutyMoment.objects.filter(struck_at__isnull=True, due_at__lte=now))
@transaction.atomic
def strike_next(*, now: datetime) -> DutyMoment | None:
    """Do what one moment asks for; None when none has come.

    The claim and the work are one transaction: a worker killed in the middle leaves the moment
    due, and nothing half done.
    """
    moment = claim_moment(now=now)
    if moment is None:
        return None
    match moment.what:
        case "check":
            _look_at_everything(now)
        case "recheck":
            duty_check.check_again(now=now)
        case "shift":
            _look_for_check_in(int(moment.key), now)
        case "change":
            _change_shifts(int(moment.key), now)
        case "handover":
            open_one = Handover.objects.select_related("unit").filter(pk=moment.key).first()
            if open_one is not None:
                handover.alarm_if_open(handover=open_one, now=now)
        case "drill":
            drill = Drill.objects.select_related("unit").filter(pk=moment.key).first()
            if drill is not None:
                drills.close(drill=drill, now=now)
    return moment


def _look_at_everything(now: datetime) -> None:
    """Once a day: shifts are made up to the horizon, faults are told, late answers are noted."""
    make_all_shifts(now=now)
    duty_check.check_everything(now=now)
    note_late_answers(now=now)
    tomorrow = reporting_day(now) + timedelta(days=1)
    set_moment(reference=f"check:{tomorrow}", due_at=at_local(tomorrow, CHECK_AT))


def _look_for_check_in(pk: int, now: datetime) -> None:
    """Nobody said “I am here” a quarter of an hour after the beginning."""
    shift = DutyShift.objects.select_related("unit", "person", "deputy").filter(pk=pk).first()
    if shift is None or shift.checked_in_at is not None or shift.ends_at <= now:
        return
    if shift.starts_at > now:
        return  # it was moved since; its own moment comes
    fact = note_fact(
        unit=shift.unit,
        kind=DutyFact.Kind.NOT_CHECKED_IN,
        person=shift.person,
        reference=f"shift:{shift.pk}:{shift.starts_at:%Y%m%d%H%M}",
        at=shift.starts_at,
        minutes=None,
        now=now,
    )
    if fact is None:
        return
    told = {person.pk: person for person in duty.heads_of(shift.unit, day=reporting_day(now))}
    told[shift.person.pk] = shift.person
    if shift.deputy is not None:
        told[shift.deputy.pk] = shift.deputy
    notifications.queue([_not_here(shift, person) for person in told.values()], now=now)


def _not_here(shift: DutyShift, person: Person) -> Draft:
    with in_language_of(person):
        return Draft(
            reference=f"duty-shift:{shift.pk}:{shift.starts_at:%Y%m%d%H%M}",
            person=person,
            subject=_("Lianfang: duty roster"),
            body=_("%(unit)s: a shift has begun (%(post)s) and nobody has checked in yet.")
            % {"unit": shift.unit.name, "post": shift.get_post_display()},
            link=f"/desk/duty/shift/{shift.pk}/",
            is_urgent=True,
        )


def _change_shifts(pk: int, now: datetime) -> None:
    shift = DutyShift.objects.select_related("unit", "person").filter(pk=pk).first()
    if shift is not None and shift.starts_at <= now < shift.ends_at:
        handover.open_at_change(shift=shift, now=now)


def note_late_answers(*, now: datetime) -> int:
    """Climbs of the last week whose first answer came after its minutes, or never came."""
    noted = 0
    climbs = Escalation.objects.filter(
        incident__isnull=False, started_at__gte=now - LOOK_BACK, ended_at__isnull=False
    ).select_related("unit", "incident")
    for climb in climbs:
        minutes = int(rules_of(climb.edition_id).settings["answer_minutes"])
        answered = _first_answer(climb)
        took = ((answered or climb.ended_at or now) - climb.started_at).total_seconds() / 60
        if answered is not None and took <= minutes:
            continue
        fact = note_fact(
            unit=climb.unit,
            kind=DutyFact.Kind.LATE_ANSWER,
            person=None,
            reference=f"escalation:{climb.pk}",
            at=climb.started_at,
            minutes=int(took),
            now=now,
        )
        noted += fact is not None
    return noted


def _first_answer(climb: Escalation) -> datetime | None:
    moments = [
        moment
        for moment in Summons.objects.filter(
            escalation=climb, answer=Summons.Answer.MINE
        ).values_list("answered_at", flat=True)
        if moment
    ]
    if climb.incident is not None and climb.incident.acknowledged_at is not None:
        moments.append(climb.incident.acknowledged_at)
    return min(moments, default=None)
