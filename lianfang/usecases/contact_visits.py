"""Calls and visits of contacts: symptoms go the way of every fever; a missed visit is told.

What a visit finds is filed as a report on the person's behalf, in the same transaction: the
same screening, the same incident, the same ladder.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from lianfang.contacts import visiting
from lianfang.contacts.models import Investigation, TeamMember, Visit
from lianfang.contacts.visiting import Heard
from lianfang.installation.due import when_due
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.reporting.models import DailyReport
from lianfang.reporting.queries import reports_of
from lianfang.reporting.rules import Answers
from lianfang.roster.models import Person
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases.contact_tracing import policy_at
from lianfang.usecases.daily_report import Filing, check_filing, store_alone
from lianfang.usecases.letters import in_language_of


class NobodyKnowsWhere(Refused):
    code = "contacts.nobody-knows-where"
    message = gettext_noop(
        "This person has never reported, so nobody knows where they are: please fill in the "
        "daily report for them first; it alarms by itself."
    )
    status = 409


def join_team(
    *, investigation: Investigation, person: Person, actor: Actor, now: datetime
) -> TeamMember:
    return visiting.join_team(
        investigation=investigation, person=person, policy=policy_at(now), actor=actor, now=now
    )


def leave_team(*, member: TeamMember, actor: Actor, now: datetime) -> TeamMember:
    return visiting.leave_team(member=member, policy=policy_at(now), actor=actor, now=now)


def share_day(*, investigation: Investigation, now: datetime) -> list[Visit]:
    return visiting.share_day(investigation=investigation, policy=policy_at(now), now=now)


@transaction.atomic
def settle(*, visit: Visit, heard: Heard, by: Person, actor: Actor, now: datetime) -> Visit:
    """What came of it; symptoms of somebody of the college open an incident at once."""
    settled = visiting.settle(visit=visit, heard=heard, by=by, actor=actor, now=now)
    person = visit.contact.person
    if heard.outcome == Visit.Outcome.SYMPTOMS and person is not None:
        rules = rules_in_force(now)
        filing = _filing(visit, person, heard, by, actor)
        store_alone(check_filing(filing, rules=rules, now=now), rules=rules, now=now)
    return settled


def _filing(visit: Visit, person: Person, heard: Heard, by: Person, actor: Actor) -> Filing:
    last = reports_of(person).filter(is_current=True, day__lte=visit.day).first()
    if last is None:
        raise NobodyKnowsWhere
    known = Answers.from_plain(last.answers)
    if last.day != visit.day:
        known = replace(known, met_case=False, household_ill=False, visited=False,
                        visited_area="", left_on=None, met=False, met_on=None)  # fmt: skip
    measured = heard.temperature is not None
    answers = replace(
        known,
        unwell=True,
        symptoms=heard.symptoms or ("fever",),
        onset_on=visit.day,
        temperature=heard.temperature,
        site=heard.site if measured else "",
        not_measured="" if measured else "CANNOT_NOW",
        note=heard.note.strip(),
        truth=True,
    )
    return Filing(
        person=person,
        day=visit.day,
        answers=answers,
        source=DailyReport.Source.PROXY,
        actor=actor,
        submitted_by=by,
        key=f"contact-visit:{visit.pk}:{DailyReport.objects.filter(person=person, day=visit.day).count()}",
        proxy_reason=DailyReport.ProxyReason.PHONE,
        told_by=person.name,
    )


# ---------------------------------------------------------------- time


def strike_next(*, now: datetime) -> Model | None:
    """The worker's move: a day to share out, or a visit that nobody made."""
    return _share_next(now=now) or _miss_next(now=now)


@when_due(lambda now: Investigation.objects.filter(next_due_at__lte=now))
@transaction.atomic
def _share_next(*, now: datetime) -> Investigation | None:
    found = visiting.claim_day(now=now)
    if found is not None and found.is_open:
        share_day(investigation=found, now=now)
    return found


@when_due(lambda now: Visit.objects.filter(next_due_at__lte=now))
@transaction.atomic
def _miss_next(*, now: datetime) -> Visit | None:
    """Missed: whoever should have called is told, and whoever leads the investigation."""
    visit = visiting.claim_due(now=now)
    if visit is None:
        return None
    investigation = visit.contact.investigation
    told = {one.pk: one for one in (visit.owner, investigation.opened_by) if one is not None}
    letters = []
    for person in told.values():
        with in_language_of(person):
            letters.append(
                Draft(
                    reference=f"contact-visit:{visit.pk}:{person.pk}",
                    person=person,
                    subject=_("Something needs an answer"),
                    body=_("%(code)s: a call of today was not made. Please open the link.")
                    % {"code": investigation.code},
                    link="/desk/care/contacts/visits/",
                )
            )
    notifications.queue(letters, now=now)
    return visit


def postpone_next(*, now: datetime, to: datetime) -> None:
    visiting.postpone_due(now=now, to=to)
