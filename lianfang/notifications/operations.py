"""Queueing letters in the writer's transaction; `delivering` hands them over outside of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from lianfang.notifications import holding
from lianfang.notifications.delivering import deliver_next, release_impossible_leases, settle
from lianfang.notifications.models import Delivery, Message
from lianfang.notifications.outlets import usable
from lianfang.notifications.rules import Rank, quiet_until
from lianfang.notifications.secrecy import without
from lianfang.notifications.waking import ring
from lianfang.notifications.wording import EXERCISE_MARK, letter_of
from lianfang.roster.models import Person
from lianfang.rulebook.queries import NoEditionInForce, rules_in_force
from lianfang.rulebook.voice_policy import VoicePolicy

__all__ = [
    "EXERCISE_MARK", "Draft", "cancel", "deliver_next", "letter_of", "queue",
    "release_impossible_leases", "settle", "spare_the_phone",
]  # fmt: skip

PERSONAL_CHANNELS = ("sms", "email")
_IN_ORDER = ("sms", "voice", "email")


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants said to one person, or to a group robot (`group`, `wecom:duty`).

    `matter` is what a bundle calls it (an incident's code; never who or what illness); a letter
    that has one may be sent together with others. `wants_answer`: an SMS answer with the
    letter's code is an answer. `is_awaited`: somebody sits and waits for it (a one-time code);
    it knows no quiet hours and no digest. `channels` chooses the personal channels; with none
    the letter waits in the account alone. An urgent letter that wants an answer rings the phone
    as well, once its text has been silent for a while (`voice_policy`). `secret` is a code in the body that goes out with the
    letter and stays in no stored text.
    """

    reference: str
    person: Person | None
    subject: str
    body: str
    link: str = ""
    is_urgent: bool = False
    group: str = ""
    matter: str = ""
    wants_answer: bool = False
    is_awaited: bool = False
    secret: str = ""
    channels: tuple[str, ...] = PERSONAL_CHANNELS


# ---------------------------------------------------------------- queueing


def queue(drafts: Iterable[Draft], *, now: datetime) -> list[Message]:
    """Put letters into the outbox; a reference already queued for a recipient is left alone.

    Runs inside the caller's transaction: a fact and its letters are stored together or not
    at all. Nothing is sent here.
    """
    drafts = list(drafts)
    told = _told_before(drafts)
    Message.objects.bulk_create([_message(d, now) for d in drafts], ignore_conflicts=True)
    messages = list(
        Message.objects.filter(
            reference__in={d.reference for d in drafts}, created_at=now, deliveries__isnull=True
        ).select_related("recipient")
    )
    awaited = {d.reference for d in drafts if d.is_awaited}
    ranks = {message.pk: _rank(message, told, awaited) for message in messages}
    quiet = None
    if Rank.ORDINARY in ranks.values():
        quiet = quiet_until(holding.courtesy_at(now), now=now)
    narrowed = {
        (d.reference, d.person.pk): d.channels
        for d in drafts
        if d.person is not None and d.channels != PERSONAL_CHANNELS
    }
    ring_at = _ring_at(messages, now)
    turns = []
    for message in messages:
        rank = ranks[message.pk]
        due_at = quiet if quiet is not None and rank == Rank.ORDINARY else now
        allowed = narrowed.get((message.reference, message.recipient_id or 0), PERSONAL_CHANNELS)
        made = _turns(message, rank, due_at, now, allowed)
        turns += made if ring_at is None else _with_a_call(message, rank, made, ring_at)
    Delivery.objects.bulk_create(turns)
    if any(turn.is_urgent and turn.next_due_at is not None for turn in turns):
        transaction.on_commit(ring)
    return messages


def _message(draft: Draft, now: datetime) -> Message:
    return Message(
        reference=draft.reference,
        topic=_topic(draft.reference),
        recipient=draft.person,
        group=draft.group,
        subject=draft.subject,
        body=without(draft.body, draft.secret),
        secret=draft.secret,
        has_secret=bool(draft.secret),
        link=draft.link,
        is_urgent=draft.is_urgent,
        matter=draft.matter[:60],
        answer_code=f"{10_000 + secrets.randbelow(90_000)}" if draft.wants_answer else "",
        created_at=now,
    )


def _topic(reference: str) -> str:
    """`escalation:7:round:0:step:2` is about `escalation:7`."""
    return ":".join(reference.split(":", 2)[:2])[:60]


def _told_before(drafts: Iterable[Draft]) -> set[tuple[str, int | None]]:
    """Who was written to about an urgent matter already."""
    topics = {_topic(d.reference) for d in drafts if d.is_urgent}
    if not topics:
        return set()
    return set(Message.objects.filter(topic__in=topics).values_list("topic", "recipient_id"))


def _rank(message: Message, told: set[tuple[str, int | None]], awaited: set[str]) -> Rank:
    if message.is_urgent:
        first = (message.topic, message.recipient_id) not in told
        return Rank.FIRST_ALERT if first else Rank.PROMPT
    return Rank.PROMPT if message.reference in awaited else Rank.ORDINARY


def _turns(
    message: Message, rank: Rank, due_at: datetime, now: datetime, allowed: tuple[str, ...]
) -> list[Delivery]:
    """The channels in order: the first is due, the others wait for a failure before them."""
    if message.recipient is None:
        channels = [message.group.partition(":")[0]]
    else:
        phone = bool(message.recipient.phone)
        has = {"sms": phone, "voice": phone, "email": bool(message.recipient.email)}
        channels = [channel for channel in _IN_ORDER if has[channel] and channel in allowed]
    first = Delivery.State.QUEUED if due_at <= now else Delivery.State.HELD
    return [
        Delivery(
            message=message,
            channel=channel,
            position=position,
            state=first if position == 0 else Delivery.State.WAITING,
            is_urgent=message.is_urgent,
            rank=rank,
            next_due_at=due_at if position == 0 else None,
        )
        for position, channel in enumerate(channels)
    ]


def _ring_at(messages: Iterable[Message], now: datetime) -> datetime | None:
    """When silence rings the phone; None where nothing is urgent, or nothing can ring."""
    if not any(_may_ring(message) for message in messages) or not usable().can_ring:
        return None
    try:
        policy = VoicePolicy.from_settings(rules_in_force(now).settings)
    except NoEditionInForce:
        policy = VoicePolicy()
    return now + policy.wait


def _may_ring(message: Message) -> bool:
    return message.is_urgent and bool(message.answer_code) and message.recipient is not None


def _with_a_call(
    message: Message, rank: Rank, turns: list[Delivery], ring_at: datetime
) -> list[Delivery]:
    """A call behind the text. It waits for a failure before it as every turn does, and, because
    a delivered text wakes nobody, for its own moment too.
    """
    if not _may_ring(message) or [turn.channel for turn in turns[:1]] != ["sms"]:
        return turns
    if any(turn.channel == "voice" for turn in turns):
        return turns
    for turn in turns[1:]:
        turn.position += 1
    call = Delivery(
        message=message,
        channel="voice",
        position=1,
        state=Delivery.State.WAITING,
        is_urgent=True,
        rank=rank,
        next_due_at=ring_at,
    )
    return [turns[0], call, *turns[1:]]


def spare_the_phone(*, reference: str, recipient: int) -> None:
    """Whoever has answered, and be it that somebody else shall see to it, is not rung any more."""
    State = Delivery.State
    Delivery.objects.filter(
        message__reference=reference,
        message__recipient_id=recipient,
        channel="voice",
        state__in=[State.WAITING, State.QUEUED, State.HELD, State.RETRYING],
    ).update(state=State.CANCELLED, next_due_at=None)


def cancel(*, reference_prefix: str, now: datetime, recipient: int | None = None) -> int:
    """What was answered needs no further ringing: open letters of this matter are closed.

    `recipient`: only those to this person, found by index where a matter has many letters.
    """
    messages = Message.objects.filter(
        topic=_topic(reference_prefix),
        reference__startswith=reference_prefix,
        closed_at__isnull=True,
    )
    if recipient is not None:
        messages = messages.filter(recipient_id=recipient)
    State = Delivery.State
    ahead = [State.WAITING, State.QUEUED, State.HELD, State.RETRYING]
    open_turns = Delivery.objects.filter(
        Q(state__in=ahead) | Q(state=State.BUNDLED, carried_by__state=State.HELD),
        message__in=messages,
    )
    cancelled = open_turns.update(state=State.CANCELLED, next_due_at=None)
    messages.update(closed_at=now)
    return cancelled
