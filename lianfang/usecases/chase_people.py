"""The ladder under missing reports: the person first, then whoever answers for them.

Each step is a due moment of the day with its own minute before or after the cut-off; what it
says is counted when it strikes, so that whoever has reported is in no step any more.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from lianfang.escalation.queries import people_on
from lianfang.kernel.clock import SHANGHAI
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.reporting import queries
from lianfang.reporting.models import DueMoment
from lianfang.roster.models import Membership, Person, Unit
from lianfang.roster.queries import held_on
from lianfang.rulebook.queries import ChaseStep, Rules, Rung
from lianfang.usecases.letters import in_language_of

_CHUNK = 2000


def tell(moment: DueMoment, rules: Rules, *, now: datetime) -> None:
    """One step of the day's ladder. The caller holds the transaction and has claimed the moment."""
    step = next((s for s in rules.person_chase if str(s.position) == moment.level), None)
    if step is None:
        return  # an edition without this step has come into force meanwhile
    if step.role == "PERSON":
        remind(rules, day=moment.day, now=now)
        return
    notifications.queue(_digests(moment, step, rules, now), now=now)


def remind(rules: Rules, *, day: date, now: datetime) -> None:
    """Everybody who has not reported, once a day; a second reminder says nothing new."""
    missing = list(_missing(day))
    body = rules.text("reminder", due=f"{rules.deadlines['PERSON'].due_at:%H:%M}")
    for start in range(0, len(missing), _CHUNK):
        notifications.queue(
            [
                Draft(
                    reference=f"reminder:{day}",
                    person=person,
                    subject=rules.text("subject"),
                    body=body,
                    link="/report/",
                )
                for person in missing[start : start + _CHUNK]
            ],
            now=now,
        )


def _missing(day: date) -> list[Person]:
    units = Unit.objects.filter(tree=Unit.Tree.ADMINISTRATIVE).values_list("pk", flat=True)
    return list(queries.missing_reporters(units, day=day))


def missing_by_unit(*, day: date) -> Counter[int]:
    """How many people of each reporting unit have not reported."""
    units = Unit.objects.filter(tree=Unit.Tree.ADMINISTRATIVE).values_list("pk", flat=True)
    missing = queries.missing_reporters(units, day=day).order_by().values("pk")
    rows = Membership.objects.filter(
        held_on(day), kind=Membership.Kind.REPORTING, person_id__in=missing
    )
    return Counter(rows.values_list("unit_id", flat=True))


def receivers(
    step: ChaseStep, counts: Counter[int], *, at: datetime
) -> dict[int, tuple[Person, int]]:
    """Who stands on a step, with the number of their people who are missing."""
    rung = Rung(0, step.position, step.reach, step.role, timedelta(0))
    found: dict[int, tuple[Person, int]] = {}
    for unit in Unit.objects.filter(pk__in=list(counts)).order_by("position", "code"):
        for person in people_on(rung, unit=unit, at=at):
            before = found[person.pk][1] if person.pk in found else 0
            found[person.pk] = (person, before + counts[unit.pk])
    return found


def _digests(moment: DueMoment, step: ChaseStep, rules: Rules, now: datetime) -> list[Draft]:
    """One letter per receiver, however many units they answer for: a number, and no name."""
    minute = f"{moment.due_at.astimezone(SHANGHAI):%H%M}"
    due = f"{rules.deadlines['PERSON'].due_at:%H:%M}"
    drafts = []
    told = receivers(step, missing_by_unit(day=moment.day), at=now)
    for person, count in told.values():
        with in_language_of(person):
            drafts.append(
                Draft(
                    reference=f"chase:{moment.day}:{minute}",
                    person=person,
                    subject=rules.text("subject"),
                    body=rules.text("chase_digest", count=count, due=due),
                    link="/desk/",
                )
            )
    return drafts
