"""What is done for the person and around them, on the page of their incident."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from lianfang.incidents import caring
from lianfang.incidents.kinds import Ring
from lianfang.incidents.models import (
    Companion,
    Disinfection,
    Incident,
    NextCheck,
    Observation,
    ReachStep,
)
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.access import View
from lianfang.roster.models import Person, Post

_AUTHORISED = {Post.Role.DUTY_OFFICER, Post.Role.RESPONSIBLE_HEAD, Post.Role.DOCTOR}


def may_ask_police(incident: Incident, *, sight: View) -> bool:
    """Whether this viewer stands for the college before community and police."""
    return incident.unit_id in sight.units_of(_AUTHORISED)


def reach(
    *, incident: Incident, ring: str, answer: str, text: str, sight: View, by: Person,
    actor: Actor, now: datetime, at: datetime | None = None,
) -> ReachStep:  # fmt: skip
    """One step of the emergency path to a person who cannot be reached."""
    problems = {}
    if ring not in Ring.values:
        problems["ring"] = _("Whom did you ask?")
    if answer not in ReachStep.Answer.values:
        problems["answer"] = _("What came of it?")
    if problems:
        raise Invalid(problems)
    return caring.reach(
        incident=incident, ring=Ring(ring), answer=ReachStep.Answer(answer), text=text, at=at,
        is_authorised=may_ask_police(incident, sight=sight), by=by, actor=actor, now=now,
    )  # fmt: skip


def set_check(
    *, incident: Incident, what: str, due_at: datetime | None, by: Person, actor: Actor,
    now: datetime,
) -> NextCheck:  # fmt: skip
    """When the person is looked at next; whoever took the incident over is reminded."""
    if due_at is None:
        raise Invalid({"due_at": _("When is the next check?")})
    return caring.set_check(
        incident=incident, what=what, due_at=due_at, owner=incident.acknowledged_by or by,
        by=by, actor=actor, now=now,
    )  # fmt: skip


@transaction.atomic
def note_check(
    *, check: NextCheck, found: str, again_at: datetime | None, by: Person, actor: Actor,
    now: datetime,
) -> NextCheck:  # fmt: skip
    """What the check found, and when the next one is, in one go."""
    done = caring.note_check(check=check, found=found, by=by, actor=actor, now=now)
    if again_at is not None:
        set_check(
            incident=check.incident, what=check.what, due_at=again_at, by=by, actor=actor, now=now
        )
    return done


def observe(
    *, incident: Incident, room: str, by: Person, actor: Actor, now: datetime
) -> Observation:
    return caring.observe(incident=incident, room=room, by=by, actor=actor, now=now)


def end_observation(*, incident: Incident, actor: Actor, now: datetime) -> None:
    caring.end_observation(incident=incident, actor=actor, now=now)


def add_companions(
    *, incident: Incident, names: str, note: str, sight: View, by: Person, actor: Actor,
    now: datetime,
) -> list[Companion]:  # fmt: skip
    """One name a line. A roster number finds its person where the viewer may know the name."""
    lines = [line.strip() for line in names.splitlines() if line.strip()]
    if not lines:
        raise Invalid({"names": _("Who was with the person? One name a line, please.")})
    known = {person.number: person for person in sight.people().filter(number__in=lines)}
    pairs = [(known.get(line), known[line].name if line in known else line) for line in lines]
    return caring.add_companions(
        incident=incident, names=pairs, note=note, by=by, actor=actor, now=now
    )


def ask_disinfection(
    *, incident: Incident, place: str, by: Person, actor: Actor, now: datetime
) -> Disinfection:
    return caring.ask_disinfection(incident=incident, place=place, by=by, actor=actor, now=now)


def note_disinfection(
    *, task: Disinfection, done_by: str, by: Person, actor: Actor, now: datetime
) -> Disinfection:
    return caring.note_disinfection(task=task, done_by=done_by, by=by, actor=actor, now=now)
