"""A key pressed during a call: it answers what this call was about, and nothing else.

Bound to the call by the reference under which we asked for it: whoever shares the phone, and
whatever else is open for it, is not meant.
"""

from __future__ import annotations

import re
from datetime import datetime

from lianfang.duty.operations.facts import number_works
from lianfang.escalation.links import LinkNotValid
from lianfang.escalation.models import Summons
from lianfang.escalation.operations import AlreadyAnswered
from lianfang.incidents.operations import AlreadyAcknowledged
from lianfang.notifications import receiving
from lianfang.notifications.channels.reports import KeyPress
from lianfang.notifications.models import Delivery, Message, ParkedAnswer
from lianfang.notifications.outlets import kind_of
from lianfang.notifications.wording import wants_a_key
from lianfang.roster.operations import phone_index
from lianfang.usecases import campaigns, drills
from lianfang.usecases.acknowledge_incident import answer_summons

YES = "1"
BY_KEY = "voice.key-1"
_SUMMONS = re.compile(r"escalation:\d+:round:\d+:summons:(\d+)")
_DRILL = re.compile(r"drill:\d+:call:(\d+):")
_CALLED = (
    Delivery.State.SENDING, Delivery.State.SENT, Delivery.State.DELIVERED,
    Delivery.State.RETRYING, Delivery.State.FAILED, Delivery.State.CANCELLED,
)  # fmt: skip
_Reason = ParkedAnswer.Reason


def call_of(press: KeyPress, *, channel: str) -> Delivery | None:
    """The call in which the key was pressed; None when no call of ours fits all that is said."""
    call = receiving.letter_of_reference(press.reference, channel)
    if call is None or kind_of(channel) != "voice" or call.provider not in ("", channel):
        return None
    if call.state not in _CALLED or not call.claims:  # nobody was rung yet
        return None
    person = call.message.recipient
    if press.phone and (person is None or phone_index(press.phone) != person.phone_index):
        return None
    return call


def take_key(press: KeyPress, *, call: Delivery, channel: str, now: datetime) -> bool:
    """One key. True when it did what it says; false when it does nothing, or a human must read
    it. Any key proves that somebody picked up."""
    receiving.was_picked_up(call, now=now)
    if press.key != YES or not wants_a_key(call):
        return False
    letters = [call.message]
    if call.message.is_bundle:
        letters = list(Message.objects.filter(deliveries__carried_by=call).distinct())
    done = [_answer(letter, now) for letter in letters]
    person = call.message.recipient
    if any(reason is None for reason in done):
        receiving.note_code(call, BY_KEY)
        if person is not None:
            number_works(person=person, now=now)
        return True
    receiving.park(
        phone=person.phone if person else press.phone,
        text=press.key,
        reason=next((reason for reason in done if reason), _Reason.UNKNOWN_CODE),
        channel=channel,
        now=now,
    )
    return False


def _answer(letter: Message, now: datetime) -> ParkedAnswer.Reason | None:
    """None when it was done, or had been done by the same person; else why a human must read it."""
    drill = _DRILL.fullmatch(letter.reference)
    if drill:
        return _answer_drill(int(drill[1]), letter, now)
    if campaigns.confirm_by_key(message=letter, now=now):
        return None
    found = _SUMMONS.fullmatch(letter.reference)
    asked = Summons.objects.filter(pk=int(found[1]), person=letter.recipient) if found else None
    summons = (
        asked.select_related("escalation__incident", "escalation__alert", "person").first()
        if asked is not None
        else None
    )
    if summons is None:
        return _Reason.UNKNOWN_CODE
    if summons.answer == Summons.Answer.MINE:
        return None  # the same person, by the link or by an earlier call
    try:
        answer_summons(summons=summons, what=Summons.Answer.MINE, now=now, how="PHONE_KEY")
    except (AlreadyAnswered, AlreadyAcknowledged, LinkNotValid):
        return _Reason.TOO_LATE
    return None


def _answer_drill(pk: int, letter: Message, now: datetime) -> ParkedAnswer.Reason | None:
    try:
        drills.answer_by_key(pk=pk, person=letter.recipient, now=now)
    except drills.DrillAnsweredAlready:
        return None
    except drills.DrillLinkNotValid:
        return _Reason.TOO_LATE
    return None
