"""Can they be reached? A drill rings, the person answers, and the proof is kept."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q

from lianfang.duty import operations as duty
from lianfang.duty import queries as duty_queries
from lianfang.duty.models import Drill, DrillCall, DutyShift
from lianfang.duty.operations.drills import (
    DrillAnsweredAlready,
    DrillCodeNotAccepted,
    DrillLinkNotValid,
    NotOnesOwnCall,
    Rung,
    call_of_code,
    call_of_pk,
    call_of_token,
    mark_undelivered,
    note_ring,
)
from lianfang.duty.operations.facts import note_wrong_number, number_works
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import SHANGHAI, reporting_day
from lianfang.kernel.refusals import NotYours, Refused
from lianfang.kernel.texts import gettext_noop, tidy
from lianfang.notifications import operations as notifications
from lianfang.notifications.delivering import DEAD_NUMBERS
from lianfang.notifications.models import Delivery
from lianfang.notifications.outlets import configured_groups, usable
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Post, Unit
from lianfang.roster.queries import held_on
from lianfang.usecases.drill_letters import (
    call_letter,
    group_letter,
    letter,
    question,
    reference_of,
    to_head,
)

HEADS, DEPUTIES, DUTY = "HEADS", "DEPUTIES", "DUTY"
EVERYBODY = (HEADS, DEPUTIES, DUTY)
NIGHT = (time(22, 0), time(7, 0))
_RINGABLE = (Post.Role.RESPONSIBLE_HEAD, Post.Role.SECRETARY)
_RANG = ("voice.busy", "voice.rejected", "voice.no-answer", "voice.unreachable")
_HANDED_OVER = (Delivery.State.SENT, Delivery.State.DELIVERED)


class DrillAtNight(Refused):
    code = "drills.at-night"
    message = gettext_noop(
        "It is between 22:00 and 07:00. If the night is what you want to try, say so expressly."
    )


class NoRobot(Refused):
    code = "drills.no-robot"
    message = gettext_noop("No group robot is set up here; choose another way.")


class NoVoice(Refused):
    code = "drills.no-voice"
    message = gettext_noop("Phone calls by machine are not set up here; choose another way.")


# ---------------------------------------------------------------- who can be rung


def candidates(*, unit: Unit, who: Collection[str], now: datetime) -> list[Rung]:
    """Heads, deputies and whoever is on duty, in a unit and below it. Who is on leave is not
    asked: a drill asks those who have to keep their phones on.
    """
    day = reporting_day(now)
    units = _units(unit, day)
    rungs = _holders(units, who, day) if {HEADS, DEPUTIES} & set(who) else []
    if DUTY in who:
        rungs += _on_shift(units, now)
    absent = duty_queries.absent_among({rung.person.pk for rung in rungs}, day=day)
    once: dict[int, Rung] = {}
    for rung in rungs:
        if rung.person.pk not in absent:
            once.setdefault(rung.person.pk, rung)
    return list(once.values())


def _units(unit: Unit, day: date) -> list[int]:
    """The unit with everything below it; the committee's drill reaches the whole college."""
    units = roster.subtree_ids(unit, day=day)
    college = roster.college()
    if unit.kind == Unit.Kind.COMMITTEE and college is not None:
        units += roster.subtree_ids(college, day=day)
    return units


def _holders(units: list[int], who: Collection[str], day: date) -> list[Rung]:
    posts = Post.objects.filter(held_on(day), unit_id__in=units, role__in=_RINGABLE)
    if HEADS not in who:
        posts = posts.filter(is_deputy=True)
    if DEPUTIES not in who:
        posts = posts.filter(is_deputy=False)
    ordered = posts.select_related("person", "unit").order_by(
        "unit__position", "unit__code", "is_deputy", "id"
    )
    return [Rung(post.person, post.unit, post.role, post.is_deputy) for post in ordered]


def _on_shift(units: list[int], now: datetime) -> list[Rung]:
    shifts = DutyShift.objects.filter(unit_id__in=units, starts_at__lte=now, ends_at__gt=now)
    return [
        Rung(shift.person, shift.unit, f"DUTY_{shift.post}", is_deputy=False)
        for shift in shifts.select_related("person", "unit").order_by("starts_at", "id")
    ]


def choose(rungs: Sequence[Rung], count: int | None) -> list[Rung]:
    """So many at random, from the machine's own randomness: nobody can know beforehand."""
    if count is None or count >= len(rungs):
        return list(rungs)
    return random.SystemRandom().sample(list(rungs), max(count, 0))


# ---------------------------------------------------------------- ringing


@transaction.atomic
def start(
    *,
    unit: Unit,
    channel: str,
    minutes: int,
    posts: Sequence[Rung],
    at_night: bool,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> Drill:
    """Rows and letters in one transaction: nobody is rung whom the drill does not know."""
    local = now.astimezone(SHANGHAI).time()
    if not at_night and (local >= NIGHT[0] or local < NIGHT[1]):
        raise DrillAtNight
    groups = configured_groups() if channel == Drill.Channel.ROBOT else []
    if channel == Drill.Channel.ROBOT and not groups:
        raise NoRobot
    if channel == Drill.Channel.VOICE and not usable().can_ring:
        raise NoVoice
    drill, ringing = duty.start_drill(
        unit=unit, channel=channel, minutes=minutes, posts=posts, by=by, actor=actor, now=now
    )
    if channel == Drill.Channel.SMS:
        notifications.queue([letter(drill, one) for one in ringing], now=now)
    if channel == Drill.Channel.VOICE:
        notifications.queue([call_letter(drill, one) for one in ringing], now=now)
    notifications.queue([group_letter(drill, group, now) for group in groups], now=now)
    return drill


# ---------------------------------------------------------------- answering


@transaction.atomic
def answer_by_link(*, token: str, now: datetime) -> DrillCall:
    """The one who holds the link is the one it was sent to."""
    return _answer(call_of_token(token, now=now), DrillCall.How.LINK, now)


def answer_by_code(*, number: str, code: str, now: datetime) -> DrillCall:
    """Number and code, for a phone that opens no links. A wrong try is counted for good."""
    person = Person.objects.filter(number=tidy(number)).first()
    call = call_of_code(person=person, code=code, now=now)
    with transaction.atomic():
        return _answer(call, DrillCall.How.CODE, now)


def answer_by_text(*, phone_index: str, text: str, now: datetime) -> DrillCall | None:
    """A text message that came back from a phone; None when it is no answer to a drill."""
    if not phone_index:
        return None
    for person in Person.objects.filter(phone_index=phone_index):
        try:
            call = call_of_code(person=person, code=text, now=now)
        except DrillCodeNotAccepted:
            continue
        with transaction.atomic():
            return _answer(call, DrillCall.How.CODE, now)
    return None


@transaction.atomic
def answer_by_key(*, pk: int, person: Person | None, now: datetime) -> DrillCall:
    """Key 1 was pressed in the call of this drill: that phone was in somebody's hand."""
    return _answer(call_of_pk(pk=pk, person=person, now=now), DrillCall.How.KEY, now)


@transaction.atomic
def answer_logged_in(*, call: DrillCall, by: Person, actor: Actor, now: datetime) -> DrillCall:
    """One's own call, after logging in. It proves the person, not the phone."""
    if call.person_id != by.pk:
        raise NotYours
    return duty.answer_drill(
        call=call, how=DrillCall.How.LOGIN, proves_phone=False, actor=actor, now=now
    )


@transaction.atomic
def rang(
    *, call: DrillCall, reached: bool, by: Person | None, actor: Actor, now: datetime
) -> DrillCall:
    """Somebody went down the call list: the person spoke, or nobody picked up."""
    if not reached:
        note_ring(call=call, by=by, actor=actor, now=now)
        return call
    answered = duty.answer_drill(
        call=call,
        how=DrillCall.How.CALL,
        proves_phone=True,
        actor=actor,
        now=now,
        heard_by=by,
    )
    number_works(person=call.person, now=now)
    return answered


def _answer(call: DrillCall, how: DrillCall.How, now: datetime) -> DrillCall:
    by_phone = _went_to_the_phone(call)
    answered = duty.answer_drill(
        call=call,
        how=how,
        proves_phone=by_phone,
        actor=Actor("PERSON", call.person_id, call.person.name),
        now=now,
    )
    if by_phone:
        number_works(person=call.person, now=now)
    notifications.cancel(reference_prefix=reference_of(call), now=now)
    return answered


def _went_to_the_phone(call: DrillCall) -> bool:
    """Whether link and code can only have come from the phone: no e-mail has carried them."""
    carried = set(
        Delivery.objects.filter(
            message__reference=reference_of(call), state__in=_HANDED_OVER
        ).values_list("channel", flat=True)
    )
    return carried in ({"sms"}, {"voice"})


# ---------------------------------------------------------------- the minutes are over


@transaction.atomic
def close(*, drill: Drill, now: datetime) -> None:
    """First what could not be delivered, which says nothing about anybody; then who was silent.

    The silent are asked how it was, and their heads are told once that there is something to
    read. Whose phone refuses messages becomes a task for the unit.
    """
    _sort_out_undelivered(drill, now)
    silent = duty.close_drill(drill=drill, now=now)
    if drill.channel == Drill.Channel.VOICE:  # nobody is rung for a drill that is over
        notifications.cancel(reference_prefix=drill.reference, now=now)
    drafts = [question(drill, call.person) for call in silent]
    heads: dict[int, tuple[Person, int]] = {}
    for call in silent:
        for head in duty_queries.heads_of(call.unit, day=reporting_day(now)):
            if head.pk != call.person_id:
                count = heads[head.pk][1] if head.pk in heads else 0
                heads[head.pk] = (head, count + 1)
    drafts += [to_head(drill, head, count) for head, count in heads.values()]
    notifications.queue(drafts, now=now)


def _sort_out_undelivered(drill: Drill, now: datetime) -> None:
    waiting = list(drill.calls.filter(answered_at__isnull=True).select_related("person", "unit"))
    failed = {call.pk: call for call in waiting if not _was_carried(drill, call)}
    mark_undelivered(drill=drill, people=[call.person_id for call in failed.values()], now=now)
    if drill.channel == Drill.Channel.VOICE:
        dead = _numbers_that_nobody_has(drill)
        failed = {pk: call for pk, call in failed.items() if call.person_id in dead}
    elif drill.channel != Drill.Channel.SMS:
        return
    for call in failed.values():
        if call.person.phone:
            note_wrong_number(person=call.person, unit=call.unit, now=now)


def _was_carried(drill: Drill, call: DrillCall) -> bool:
    """Whether the question has left the house, by any road. Accepted is enough to have asked."""
    if drill.channel == Drill.Channel.CALLS:
        return call.attempts > 0
    own = drill.channel in (Drill.Channel.SMS, Drill.Channel.VOICE)
    reference = reference_of(call) if own else f"drill:{drill.pk}:group"
    turns = Delivery.objects.filter(message__reference=reference)
    carried = Q(state__in=_HANDED_OVER)
    if drill.channel == Drill.Channel.VOICE:  # it rang, and nobody picked up: asked, not answered
        carried |= Q(code__in=_RANG)
    return turns.filter(carried).exists()


def _numbers_that_nobody_has(drill: Drill) -> set[int]:
    dead = Delivery.objects.filter(
        message__topic=f"drill:{drill.pk}", state=Delivery.State.FAILED, code__in=DEAD_NUMBERS
    )
    return {pk for pk in dead.values_list("message__recipient_id", flat=True) if pk}


__all__ = [
    "DEPUTIES", "DUTY", "EVERYBODY", "HEADS", "DrillAnsweredAlready", "DrillAtNight",
    "DrillCodeNotAccepted", "DrillLinkNotValid", "NoRobot", "NoVoice", "NotOnesOwnCall",
    "answer_by_code", "answer_by_key", "answer_by_link", "answer_by_text",
    "answer_logged_in", "call_of_token", "candidates", "choose", "close", "rang",
    "start",
]  # fmt: skip
