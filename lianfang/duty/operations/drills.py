"""Drills: who is asked, whose answer counts, and what a drill without an answer asks for."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import F

from lianfang.audit import operations as audit
from lianfang.duty.models import Drill, DrillCall, DutyFact
from lianfang.duty.operations.facts import note_fact
from lianfang.duty.operations.moments import set_moment
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.roster.models import Person, Unit
from lianfang.vault.fields import blind_index

FEWEST_MINUTES, MOST_MINUTES = 1, 240
TRIES_PER_CODE = 6
LINK_LASTS = timedelta(days=7)
_SALT = "lianfang.drill"


class NobodyToRing(Refused):
    code = "duty.nobody-to-ring"
    message = _("Nobody holds such a post here: there is nobody to ring.")


class OddMinutes(Refused):
    code = "duty.odd-minutes"
    message = _("The time for an answer is from 1 to 240 minutes.")


class DrillLinkNotValid(Refused):
    code = "duty.drill-link-not-valid"
    message = _("This link is not valid, or it is too old.")
    status = 404


class DrillCodeNotAccepted(Refused):
    """Said in the same words for a wrong number, a wrong code and a code that is used up."""

    code = "duty.drill-code-not-accepted"
    message = _("This number and code do not fit, or the code is used up or too old.")


class DrillAnsweredAlready(Refused):
    code = "duty.drill-answered-already"
    message = _("You have answered this drill already. Thank you.")
    status = 409


class NotByThisRoad(Refused):
    code = "duty.not-by-this-road"
    message = _("Only a drill by call list is answered on the phone.")
    status = 409


class NotOnesOwnCall(Refused):
    code = "duty.not-ones-own-call"
    message = _("Somebody else has to ring you: nobody hears their own answer.")
    status = 403


@dataclass(frozen=True, slots=True)
class Rung:
    """Somebody to ring, and as what: a role, or DUTY for a shift."""

    person: Person
    unit: Unit
    role: str
    is_deputy: bool


@dataclass(frozen=True, slots=True)
class Ringing:
    """A call with its code, which stands nowhere else but in the letter."""

    call: DrillCall
    code: str


@transaction.atomic
def start_drill(
    *,
    unit: Unit,
    channel: str,
    minutes: int,
    posts: Sequence[Rung],
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> tuple[Drill, list[Ringing]]:
    """One call per person, each with a code of its own. The letters are the caller's to write."""
    if not FEWEST_MINUTES <= minutes <= MOST_MINUTES:
        raise OddMinutes
    people = {rung.person.pk: rung for rung in reversed(posts)}
    if not people:
        raise NobodyToRing
    drill = Drill.objects.create(
        unit=unit,
        channel=channel,
        minutes=minutes,
        started_at=now,
        ends_at=now + timedelta(minutes=minutes),
        started_by=by,
    )
    ringing = [_ring(drill, rung) for rung in people.values()]
    set_moment(reference=f"drill:{drill.pk}", due_at=drill.ends_at)
    audit.record(
        verb="duty.drill.started", actor=actor, subject=drill, now=now, people=len(ringing),
        channel=channel, minutes=minutes,
    )  # fmt: skip
    return drill, ringing


def _ring(drill: Drill, rung: Rung) -> Ringing:
    code = f"{secrets.randbelow(10**6):06}"
    call = DrillCall.objects.create(
        drill=drill,
        person=rung.person,
        unit=rung.unit,
        role=rung.role,
        is_deputy=rung.is_deputy,
        code_index=_index(drill.pk, rung.person.pk, code),
    )
    return Ringing(call, code)


def _index(drill_id: int, person_id: int, code: str) -> str:
    return blind_index(f"{drill_id}:{person_id}:{code}", place="duty_drillcall.code")


def drill_token(call: DrillCall) -> str:
    """The signed word of the link; it names a call and nothing else."""
    return signing.dumps(call.pk, salt=_SALT)


def call_of_token(token: str, *, now: datetime) -> DrillCall:
    """Raises `DrillLinkNotValid` for a forged, altered or old link."""
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise DrillLinkNotValid from error
    call = DrillCall.objects.filter(pk=pk).select_related("drill", "person", "unit").first()
    if call is None or now - call.drill.started_at > LINK_LASTS:
        raise DrillLinkNotValid
    return call


def call_of_pk(*, pk: int, person: Person | None, now: datetime) -> DrillCall:
    """The call of a drill in which this person was rung. Raises `DrillLinkNotValid` as a link does."""
    call = DrillCall.objects.filter(pk=pk, person=person).select_related("drill", "person").first()
    if call is None or now - call.drill.started_at > LINK_LASTS:
        raise DrillLinkNotValid
    return call


def call_of_code(*, person: Person | None, code: str, now: datetime) -> DrillCall:
    """The person's latest call with this code. Wrong tries are counted, and end after a few."""
    if person is None:
        raise DrillCodeNotAccepted
    plain = "".join(tidy(code).split())
    open_calls = DrillCall.objects.filter(
        person=person,
        attempts__lt=TRIES_PER_CODE,
        drill__started_at__gt=now - LINK_LASTS,
        answered_at__isnull=True,
    )
    for call in open_calls.select_related("drill", "person", "unit").order_by("-id"):
        if call.code_index == _index(call.drill_id, person.pk, plain):
            return call
    open_calls.update(attempts=F("attempts") + 1)
    raise DrillCodeNotAccepted


@transaction.atomic
def answer_drill(
    *,
    call: DrillCall,
    how: DrillCall.How,
    proves_phone: bool,
    actor: Actor,
    now: datetime,
    heard_by: Person | None = None,
) -> DrillCall:
    """The person says: here I am. In time it counts, later it is kept as late; once only.

    A message that was delivered has never been an answer. `proves_phone`: the answer came by
    what was sent to the phone, so the number works.
    """
    if how == DrillCall.How.CALL:
        _refuse_phone_answer(call, heard_by)
    in_time = now < call.drill.ends_at
    state = DrillCall.State.ANSWERED if in_time else DrillCall.State.LATE
    changed = DrillCall.objects.filter(pk=call.pk, answered_at__isnull=True).update(
        state=state, answered_at=now, how=how, heard_by=heard_by
    )
    if changed != 1:
        raise DrillAnsweredAlready
    call.refresh_from_db()
    if proves_phone:
        Person.objects.filter(pk=call.person_id).update(phone_verified_at=now)
    audit.record(
        verb="duty.drill.answered", actor=actor, subject=call, now=now,
        concerns=call.person_id, how=str(how), in_time=in_time,
    )  # fmt: skip
    return call


def _refuse_phone_answer(call: DrillCall, heard_by: Person | None) -> None:
    if call.drill.channel != Drill.Channel.CALLS:
        raise NotByThisRoad
    if heard_by is None or heard_by.pk == call.person_id:
        raise NotOnesOwnCall


@transaction.atomic
def note_ring(*, call: DrillCall, by: Person | None, actor: Actor, now: datetime) -> None:
    """Somebody rang and nobody picked up: asked, not answered."""
    if call.drill.channel != Drill.Channel.CALLS:
        raise NotByThisRoad
    DrillCall.objects.filter(pk=call.pk).update(attempts=F("attempts") + 1, heard_by=by)
    audit.record(
        verb="duty.drill.rung", actor=actor, subject=call, now=now, concerns=call.person_id
    )


@transaction.atomic
def mark_undelivered(*, drill: Drill, people: Collection[int], now: datetime) -> int:
    """No channel could carry the letter to these: that says nothing about the person."""
    return DrillCall.objects.filter(
        drill=drill,
        person_id__in=people,
        state__in=[DrillCall.State.WAITING, DrillCall.State.NO_ANSWER],
        answered_at__isnull=True,
    ).update(state=DrillCall.State.FAILED)


@transaction.atomic
def close_drill(*, drill: Drill, now: datetime) -> list[DrillCall]:
    """The minutes are over. Whoever has not answered is asked why; returns those calls.

    Each is a fact of the unit with room for its words, never a verdict.
    """
    if Drill.objects.filter(pk=drill.pk, closed_at__isnull=True).update(closed_at=now) != 1:
        return []
    drill.refresh_from_db()
    drill.calls.filter(state=DrillCall.State.WAITING).update(state=DrillCall.State.NO_ANSWER)
    silent = list(
        drill.calls.filter(state=DrillCall.State.NO_ANSWER).select_related("person", "unit")
    )
    for call in silent:
        note_fact(
            unit=call.unit,
            kind=DutyFact.Kind.DRILL_UNANSWERED,
            person=call.person,
            reference=f"drillcall:{call.pk}",
            at=drill.started_at,
            minutes=drill.minutes,
            now=now,
        )
    audit.record(verb="duty.drill.closed", actor=SYSTEM, subject=drill, now=now, silent=len(silent))
    return silent
