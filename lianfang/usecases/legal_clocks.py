"""Before a limit and when it has run out, whoever can tell the authority is told.

The duty officer, the reporting officer (the school doctor) and whoever took the incident over:
who stands on those posts now is asked when the moment comes. Letters say that something needs
an answer, and where; never of whom, and never of what illness.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lianfang.escalation.queries import people_on
from lianfang.incidents import caring, clocks
from lianfang.incidents.models import Incident, LegalClock, NextCheck
from lianfang.installation.due import when_due
from lianfang.kernel.clock import SHANGHAI
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.roster.models import Person
from lianfang.rulebook.queries import Rung, rules_in_force
from lianfang.usecases.letters import in_language_of

_ALWAYS = ({"reach": "COMMITTEE", "role": "DUTY_OFFICER"},)


@when_due(lambda now: LegalClock.objects.filter(next_due_at__lte=now))
@transaction.atomic
def strike_next(*, now: datetime) -> LegalClock | None:
    """The worker's move: one reminder, or one limit that has run out."""
    clock = clocks.claim_due(now=now)
    if clock is None or not clock.incident.is_open:
        return clock
    missed = clock.missed_at is not None
    letters = [_letter(clock, person, missed=missed, now=now) for person in told_of(clock, now=now)]
    notifications.queue(letters, now=now)
    return clock


def told_of(clock: LegalClock, *, now: datetime) -> list[Person]:
    """Who is told of this clock at this moment; the person concerned never is."""
    incident = clock.incident
    found: dict[int, Person] = {}
    for row in rules_in_force(now).settings.get("legal_clock_told") or _ALWAYS:
        rung = Rung(0, 0, row["reach"], row["role"], timedelta(0))
        for person in people_on(rung, unit=incident.unit, at=now, without=incident.person):
            found[person.pk] = person
    if incident.acknowledged_by is not None:
        found[incident.acknowledged_by.pk] = incident.acknowledged_by
    return list(found.values())


def _letter(clock: LegalClock, person: Person, *, missed: bool, now: datetime) -> Draft:
    values = {
        "code": clock.incident.code,
        "due": clock.due_at.astimezone(SHANGHAI).strftime("%H:%M"),
    }
    with in_language_of(person):
        if missed:
            body = _(
                "%(code)s: a time limit ran out at %(due)s. Please open the link and see to it now."
            )
        elif clock.is_at_once:
            body = _("%(code)s: something has to be done at once. Please open the link.")
        else:
            body = _("%(code)s: a time limit ends at %(due)s. Please open the link and see to it.")
        return Draft(
            reference=f"clock:{clock.pk}:{'missed' if missed else 'reminder'}",
            person=person,
            subject=rules_in_force(now).text("subject"),
            body=body % values,
            link=_link(clock.incident),
            is_urgent=True,
            matter=clock.incident.code,
        )


def _link(incident: Incident) -> str:
    return f"/desk/incidents/{incident.pk}/"


def postpone_next(*, now: datetime, to: datetime) -> None:
    clocks.postpone_due(now=now, to=to)


# ---------------------------------------------------------------- checks


@when_due(lambda now: NextCheck.objects.filter(next_due_at__lte=now))
@transaction.atomic
def remind_of_check(*, now: datetime) -> NextCheck | None:
    """The worker's move: the owner of a check is told that its moment has come."""
    check = caring.claim_due_check(now=now)
    if check is None or not check.incident.is_open or check.done_at is not None:
        return check
    with in_language_of(check.owner):
        letter = Draft(
            reference=f"check:{check.pk}",
            person=check.owner,
            subject=rules_in_force(now).text("subject"),
            body=_("%(code)s: it is time for the next check. Please open the link.")
            % {"code": check.incident.code},
            link=_link(check.incident),
            matter=check.incident.code,
        )
    notifications.queue([letter], now=now)
    return check


def postpone_check(*, now: datetime, to: datetime) -> None:
    caring.postpone_due_check(now=now, to=to)
