"""What time itself must do: open the day, remind, flag the missing, start the ladders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.escalation import operations as escalation
from lianfang.installation.due import when_due
from lianfang.kernel.actors import SYSTEM
from lianfang.kernel.clock import reporting_day
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.reporting import operations as reporting
from lianfang.reporting import queries
from lianfang.reporting.models import DueMoment
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Post, Unit
from lianfang.roster.queries import held_on
from lianfang.rulebook.queries import Rules, rules_in_force
from lianfang.usecases import chase_people
from lianfang.usecases.letters import in_language_of


@when_due(lambda now: DueMoment.objects.filter(done_at__isnull=True, due_at__lte=now))
@transaction.atomic
def strike_next(*, now: datetime) -> DueMoment | None:
    """Do what one due moment asks for. None when none has come.

    The claim and the work are one transaction: a worker killed in the middle leaves the
    moment due, and nothing half done.
    """
    moment = reporting.claim_moment(now=now)
    if moment is None:
        return None
    rules = rules_in_force(moment.due_at)
    past = moment.day < reporting_day(now)
    match moment.action:
        case DueMoment.Action.OPEN if past:
            pass  # the workers slept over it: today is opened by `ensure_day_is_open`
        case DueMoment.Action.OPEN:
            reporting.open_day(day=moment.day, rules=rules, now=now)
        case _ if not queries.intensity_on(moment.day).chases:
            pass  # silence means nothing on such a day: nobody is reminded, flagged or chased
        case DueMoment.Action.REMIND | DueMoment.Action.CHASE | DueMoment.Action.LADDER if past:
            pass  # nobody is rung today about a day that is over; the flags below stay facts
        case DueMoment.Action.LADDER:
            chase_people.tell(moment, rules, now=now)
        case DueMoment.Action.REMIND:
            _remind(moment, rules, now)
        case DueMoment.Action.CUT_OFF:
            _cut_off(moment, rules, now)
        case DueMoment.Action.CHASE:
            for unit in unsigned_units(rules.deadlines[moment.level].unit_kinds, day=moment.day):
                escalation.start_for_unit(unit=unit, day=moment.day, now=now)
    audit.record(
        verb="reporting.moment.struck",
        actor=SYSTEM,
        subject=moment,
        now=now,
        action=moment.action,
        level=moment.level,
    )
    return moment


def unsigned_units(kinds: Iterable[str], *, day: date) -> list[Unit]:
    """Units of these kinds that have people to answer for and have not signed the day."""
    signed = queries.latest_unit_reports(day=day)
    totals = queries.ledgers(day=day)
    units = Unit.objects.filter(kind__in=list(kinds), opened_on__lte=day).order_by(
        "position", "code"
    )
    return [
        unit
        for unit in units
        if unit.pk not in signed
        and unit.pk in totals
        and totals[unit.pk].expected
        and (unit.closed_on is None or unit.closed_on > day)
    ]


def _remind(moment: DueMoment, rules: Rules, now: datetime) -> None:
    due = rules.deadlines[moment.level]
    if due.unit_kinds:
        for unit in unsigned_units(due.unit_kinds, day=moment.day):
            _remind_unit(unit, moment, rules, now)
        return
    chase_people.remind(rules, day=moment.day, now=now)


def _remind_unit(unit: Unit, moment: DueMoment, rules: Rules, now: datetime) -> None:
    due = rules.deadlines[moment.level]
    drafts = []
    for person in signers_of(unit, day=moment.day):
        with in_language_of(person):
            drafts.append(
                Draft(
                    reference=f"unit-reminder:{unit.pk}:{moment.day}",
                    person=person,
                    subject=rules.text("subject"),
                    body=rules.text("unit_reminder", unit=unit.name, due=f"{due.due_at:%H:%M}"),
                    link=f"/desk/units/{unit.pk}/sign/",
                )
            )
    notifications.queue(drafts, now=now)


def signers_of(unit: Unit, *, day: date) -> list[Person]:
    """Everybody who may sign for the unit on that day."""
    posts = unit.posts.filter(held_on(day)).select_related("person")
    people = {post.person_id: post.person for post in posts if Post.Role(post.role).signs}
    return list(people.values())


def _cut_off(moment: DueMoment, rules: Rules, now: datetime) -> None:
    due = rules.deadlines[moment.level]
    if due.unit_kinds:
        late = unsigned_units(due.unit_kinds, day=moment.day)
        reporting.flag_missing_units(units=late, day=moment.day, now=now)
    else:
        reporting.flag_missing_people(day=moment.day, now=now)


def ensure_day_is_open(*, day: date, now: datetime) -> None:
    """Open today if nobody has: the first start, and a worker that slept over midnight."""
    if roster.college() is None or DueMoment.objects.filter(day=day, action="CUT_OFF").exists():
        return
    reporting.open_day(day=day, rules=rules_in_force(now), now=now)
