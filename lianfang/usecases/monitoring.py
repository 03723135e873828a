"""Key monitoring as pages ask for it: the verbs of the room, and the letters that go with them.

No letter says who is watched over or why: that somebody is needed, and where.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lianfang.audit import operations as audit
from lianfang.escalation.queries import people_on
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.texts import gettext_noop
from lianfang.monitoring import asking, changing
from lianfang.monitoring.changing import (
    adopt_policy,
    correct,
    extend,
    give_to,
    place,
    put_into,
    verify,
    write_down,
)  # fmt: skip
from lianfang.monitoring.checking import explain, not_reached
from lianfang.monitoring.models import (
    Contest,
    MonitoringFact,
    MonitoringFile,
    Need,
    RoundCheck,
)
from lianfang.monitoring.operations import note, open_file
from lianfang.monitoring.queries import policy_of
from lianfang.monitoring.releasing import cancel, refuse, release
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.roster.models import Person, Post, Unit
from lianfang.rulebook.models import LadderStep
from lianfang.rulebook.queries import Rung
from lianfang.usecases.letters import in_language_of

__all__ = [
    "adopt_policy",
    "answer_contest",
    "ask_for",
    "cancel",
    "cannot_be_found",
    "contest",
    "correct",
    "deciders_of",
    "explain",
    "extend",
    "file_seen",
    "give_to",
    "not_reached",
    "open_by_hand",
    "place",
    "put_into",
    "refuse",
    "release",
    "round_seen",
    "settle_need",
    "tell",
    "those_told_when_lost",
    "verify",
    "write_down",
]  # fmt: skip


def open_by_hand(
    *,
    person: Person,
    category: str,
    reason: str,
    evidence: str,
    last_exposure_on: date,
    by: Person,
    actor: Actor,
    now: datetime,
) -> MonitoringFile:
    """A notice of the CDC, of a community, a decision of the leading group: typed by a person."""
    return open_file(
        person=person,
        category=category,
        reason=reason,
        evidence=evidence,
        last_exposure_on=last_exposure_on,
        source="desk",
        by=by,
        actor=actor,
        now=now,
    )


def file_seen(*, file: MonitoringFile, named: bool, actor: Actor, now: datetime) -> None:
    """Every look at a file is written down before it is shown; its person reads who it was."""
    audit.record(
        verb="monitoring.file.seen",
        actor=actor,
        subject=file,
        now=now,
        concerns=file.person_id,
        named=named,
    )


def round_seen(*, unit: Unit, code: str, actor: Actor, now: datetime) -> None:
    """Whoever opens a round sees temperatures of a class: one entry, and one for each person."""
    day = reporting_day(now)
    rows = RoundCheck.objects.filter(unit=unit, day=day, code=code)
    audit.record_many(
        audit.entry(
            verb="monitoring.round.seen", actor=actor, subject=row, now=now, concerns=row.person_id
        )
        for row in rows.defer("temperature", "symptoms")
    )


# ---------------------------------------------------------------- who is told


def _on(file: MonitoringFile, reach: str, role: str, *, at: datetime) -> list[Person]:
    rung = Rung(0, 0, reach, role, timedelta(0))
    return people_on(rung, unit=file.unit, at=at, without=file.person)


def deciders_of(file: MonitoringFile, *, at: datetime) -> list[Person]:
    """The head of the unit; where there is none, the head of the college."""
    head = Post.Role.RESPONSIBLE_HEAD
    return _on(file, LadderStep.Reach.DEPARTMENT, head, at=at) or _on(
        file, LadderStep.Reach.COLLEGE, head, at=at
    )


def those_told_when_lost(file: MonitoringFile, *, at: datetime) -> list[Person]:
    """Unit head and duty officer, as the edition of the file names them; each once."""
    found: dict[int, Person] = {}
    for reach, role in policy_of(file).lost_told:
        for person in _on(file, reach, role, at=at):
            found[person.pk] = person
    return list(found.values())


def tell(
    people: Iterable[Person],
    *,
    file: MonitoringFile,
    what: str,
    now: datetime,
    body: str,
    is_urgent: bool = False,
    to_its_person: bool = False,
) -> None:
    """One letter each, about a file by its number. `body` is a msgid; `what` makes it once."""
    drafts = []
    for person in people:
        with in_language_of(person):
            drafts.append(
                Draft(
                    reference=f"monitoring:{file.pk}:{what}",
                    person=person,
                    subject=_("Lianfang: you are needed"),
                    body=_(body) % {"number": file.number},
                    link="/me/monitoring/"
                    if to_its_person
                    else f"/desk/care/monitoring/{file.pk}/",
                    is_urgent=is_urgent,
                    matter=file.number,
                )
            )
    notifications.queue(drafts, now=now)


# ---------------------------------------------------------------- verbs with letters


@transaction.atomic
def cannot_be_found(
    *, file: MonitoringFile, text: str, by: Person, actor: Actor, now: datetime
) -> MonitoringFact:
    """Absent or not found: the unit head and the duty officer are told at once."""
    found = changing.locked(file)
    fact = note(
        found,
        MonitoringFact.Kind.LOST,
        by=by,
        actor=actor,
        now=now,
        text=changing.words(text, "text"),
    )
    tell(
        those_told_when_lost(found, at=now),
        file=found,
        what=f"lost:{fact.pk}",
        now=now,
        body=gettext_noop(
            "File %(number)s: somebody cannot be found. Please open the link at once."
        ),
        is_urgent=True,
    )
    return fact


@transaction.atomic
def contest(*, file: MonitoringFile, text: str, actor: Actor, now: datetime) -> Contest:
    filed = asking.contest(file=file, text=text, actor=actor, now=now)
    tell(
        deciders_of(file, at=now),
        file=file,
        what=f"contest:{filed.pk}",
        now=now,
        body=gettext_noop(
            "File %(number)s was contested. Please decide in time, and write the answer."
        ),
    )
    return filed


@transaction.atomic
def answer_contest(
    *,
    contest: Contest,
    outcome: str,
    answer: str,
    category: str,
    reason: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Contest:
    done = asking.answer_contest(
        contest=contest,
        outcome=outcome,
        answer=answer,
        category=category,
        reason=reason,
        by=by,
        actor=actor,
        now=now,
    )
    tell(
        [done.file.person],
        file=done.file,
        what=f"contest:{done.pk}:answer",
        now=now,
        body=gettext_noop("There is an answer to what you contested. Please open the link."),
        to_its_person=True,
    )
    return done


@transaction.atomic
def ask_for(*, file: MonitoringFile, text: str, actor: Actor, now: datetime) -> Need:
    """Something is needed: it is the carer's to see to, or the head's where there is none."""
    found = changing.locked(file)
    owner = found.carer or next(iter(deciders_of(found, at=now)), None)
    need = asking.ask_for(file=found, text=text, owner=owner, actor=actor, now=now)
    tell(
        [owner] if owner else [],
        file=found,
        what=f"need:{need.pk}",
        now=now,
        body=gettext_noop(
            "File %(number)s: something is needed. Please open the link and see to it."
        ),
    )
    return need


def settle_need(*, need: Need, answer: str, by: Person, actor: Actor, now: datetime) -> Need:
    return asking.settle(need=need, answer=answer, by=by, actor=actor, now=now)
