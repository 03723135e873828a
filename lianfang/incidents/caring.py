"""What is done for the person and around them: the search, the checks, the measures on campus."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Model

from lianfang.audit import operations as audit
from lianfang.incidents.kinds import Ring
from lianfang.incidents.models import (
    Companion,
    Disinfection,
    Incident,
    NextCheck,
    Observation,
    ReachStep,
)
from lianfang.incidents.moments import moment_of
from lianfang.incidents.operations import hold
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person

# Asking the community or the police for a person is for whoever stands for the college.
ONLY_AUTHORISED = frozenset({Ring.COMMUNITY, Ring.POLICE})


class NotForYouToAsk(Refused):
    code = "incidents.not-for-you-to-ask"
    message = _(
        "Community and police are asked by the duty officer, the head or the school doctor: "
        "please call one of them."
    )
    status = 403


class CheckIsSet(Refused):
    code = "incidents.check-is-set"
    message = _("A next check is set already; please note what it found.")
    status = 409


class CheckIsDone(Refused):
    code = "incidents.check-is-done"
    message = _("This check was noted already.")
    status = 409


class RoomIsTaken(Refused):
    code = "incidents.already-observed"
    message = _("The person waits in an observation room already.")
    status = 409


class DoneAlready(Refused):
    code = "incidents.disinfection-done"
    message = _("This was noted as done already.")
    status = 409


def _record(verb: str, subject: Model, incident: Incident, actor: Actor, now: datetime) -> None:
    audit.record(verb=verb, actor=actor, subject=subject, now=now, concerns=incident.person_id)


@transaction.atomic
def reach(
    *,
    incident: Incident,
    ring: Ring,
    answer: ReachStep.Answer,
    text: str,
    at: datetime | None,
    is_authorised: bool,
    by: Person,
    actor: Actor,
    now: datetime,
) -> ReachStep:
    """One step of the emergency path. Raises `NotForYouToAsk`, `InTheFuture`."""
    moment = moment_of(at, now=now)
    if ring in ONLY_AUTHORISED and not is_authorised:
        raise NotForYouToAsk
    hold(incident)
    step = ReachStep.objects.create(
        incident=incident, ring=ring, answer=answer, at=moment, entered_at=now, by=by,
        text=text.strip()[:1000],
    )  # fmt: skip
    _record("incidents.reach.tried", step, incident, actor, now)
    return step


# ---------------------------------------------------------------- the next check


@transaction.atomic
def set_check(
    *,
    incident: Incident,
    what: str,
    due_at: datetime,
    owner: Person,
    by: Person,
    actor: Actor,
    now: datetime,
) -> NextCheck:
    """When the person is looked at next; its owner is reminded then. Raises `CheckIsSet`."""
    if due_at <= now:
        raise Invalid({"due_at": _("The next check lies ahead: please give a later moment.")})
    hold(incident)
    try:
        with transaction.atomic():
            check = NextCheck.objects.create(
                incident=incident, what=what.strip()[:200], due_at=due_at, next_due_at=due_at,
                owner=owner, set_at=now, set_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise CheckIsSet from error
    _record("incidents.check.set", check, incident, actor, now)
    return check


@transaction.atomic
def note_check(
    *, check: NextCheck, found: str, by: Person, actor: Actor, now: datetime
) -> NextCheck:  # fmt: skip
    """What the check found. Raises `CheckIsDone` when a colleague was first."""
    if not found.strip():
        raise Invalid({"found": _("What did you find? A few words, please.")})
    hold(check.incident)
    changed = NextCheck.objects.filter(pk=check.pk, done_at__isnull=True).update(
        done_at=now, done_by=by, found=found.strip()[:1000], next_due_at=None
    )
    if changed != 1:
        raise CheckIsDone
    check.refresh_from_db()
    _record("incidents.check.done", check, check.incident, actor, now)
    return check


def claim_due_check(*, now: datetime) -> NextCheck | None:
    """The worker's poll: one check whose moment has come. Each is reminded of once."""
    check = (
        NextCheck.objects.filter(next_due_at__lte=now)
        .order_by("next_due_at", "id")
        .select_related("incident", "owner")
        .first()
    )
    if check is None:
        return None
    mine = NextCheck.objects.filter(pk=check.pk, next_due_at=check.next_due_at)
    return check if mine.update(next_due_at=None) == 1 else None


def postpone_due_check(*, now: datetime, to: datetime) -> None:
    due = NextCheck.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id")
    NextCheck.objects.filter(pk__in=due.values("pk")[:1]).update(next_due_at=to)


# ---------------------------------------------------------------- on campus


@transaction.atomic
def observe(
    *, incident: Incident, room: str, by: Person, actor: Actor, now: datetime
) -> Observation:  # fmt: skip
    """The person waits in the temporary observation room. Raises `RoomIsTaken`."""
    if not room.strip():
        raise Invalid({"room": _("Which room?")})
    hold(incident)
    try:
        with transaction.atomic():
            row = Observation.objects.create(
                incident=incident, room=room.strip()[:60], began_at=now, by=by
            )
    except IntegrityError as error:
        raise RoomIsTaken from error
    _record("incidents.observation.began", row, incident, actor, now)
    return row


@transaction.atomic
def end_observation(*, incident: Incident, actor: Actor, now: datetime) -> None:
    """Somebody came for the person; ending twice changes nothing."""
    hold(incident)
    changed = Observation.objects.filter(incident=incident, ended_at__isnull=True).update(
        ended_at=now
    )
    if changed:
        _record("incidents.observation.ended", incident, incident, actor, now)


@transaction.atomic
def add_companions(
    *, incident: Incident, names: list[tuple[Person | None, str]], note: str, by: Person,
    actor: Actor, now: datetime,
) -> list[Companion]:  # fmt: skip
    """Who was with the person on campus, by name; those named before are not named twice."""
    hold(incident)
    before = {companion.name for companion in incident.companions.all()}
    rows = [
        Companion.objects.create(
            incident=incident, person=person, name=name[:60], note=note.strip()[:500],
            added_at=now, added_by=by,
        )
        for person, name in names
        if name not in before
    ]  # fmt: skip
    for row in rows:
        _record("incidents.companion.added", row, incident, actor, now)
    return rows


@transaction.atomic
def ask_disinfection(
    *, incident: Incident, place: str, by: Person, actor: Actor, now: datetime
) -> Disinfection:  # fmt: skip
    if not place.strip():
        raise Invalid({"place": _("Which place?")})
    hold(incident)
    row = Disinfection.objects.create(
        incident=incident, place=place.strip()[:200], asked_at=now, asked_by=by
    )
    _record("incidents.disinfection.asked", row, incident, actor, now)
    return row


@transaction.atomic
def note_disinfection(
    *, task: Disinfection, done_by: str, by: Person, actor: Actor, now: datetime
) -> Disinfection:  # fmt: skip
    """Done, by whom. Raises `DoneAlready`, `Invalid` without a name."""
    if not done_by.strip():
        raise Invalid({"done_by": _("Who did it?")})
    changed = Disinfection.objects.filter(pk=task.pk, done_at__isnull=True).update(
        done_at=now, done_by=done_by.strip()[:100], noted_by=by
    )
    if changed != 1:
        raise DoneAlready
    task.refresh_from_db()
    _record("incidents.disinfection.done", task, task.incident, actor, now)
    return task
