"""What gateways push back: receipts, the answers that people send by SMS, the keys they press.

Nothing is acknowledged by guess: an answer that does not say which message it means, or that
nobody here can have sent, waits for a human.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from django.db import transaction

from lianfang.escalation.links import LinkNotValid
from lianfang.escalation.models import Summons
from lianfang.escalation.operations import AlreadyAnswered
from lianfang.incidents.operations import AlreadyAcknowledged
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications import receiving, stopping
from lianfang.notifications.channels import callbacks
from lianfang.notifications.channels.answers import Answer, Meaning, parse_answer
from lianfang.notifications.channels.reports import (
    SIGNED,
    THANKS,
    TextAnswer,
    parse_delivery_reports,
    parse_key_presses,
    parse_text_answers,
)
from lianfang.notifications.models import Message, ParkedAnswer
from lianfang.notifications.outlets import usable
from lianfang.notifications.queries import answerable_letters
from lianfang.roster.models import Person
from lianfang.roster.operations import phone_index
from lianfang.usecases import campaigns, drills, phone_keys
from lianfang.usecases.acknowledge_incident import answer_summons
from lianfang.usecases.dead_numbers import note_dead_numbers

DIALECTS: Mapping[str, str] = {
    "sms_http": "lianfang",
    "sms_aliyun": "aliyun",
    "sms_tencent": "tencent",
    "voice_http": "voice",
}
# The clouds push an answer again for days; ours are refused by their timestamp long before.
_KEPT = timedelta(days=3)
_SUMMONS = re.compile(r"escalation:\d+:round:\d+:summons:(\d+)")
_DRILL_CODE = re.compile(r"\d{6}")
_ANSWERS = {
    Meaning.CONFIRMED: Summons.Answer.MINE,
    Meaning.PASS_ON: Summons.Answer.PASSED_ON,
}
_Reason = ParkedAnswer.Reason


class NoSuchCallback(Refused):
    """Also the answer to a wrong secret in the path: a stranger learns nothing."""

    code = "callback.unknown"
    message = _("There is nothing at this address.")
    status = 404


class UnknownMessage(Refused):
    code = "callback.unknown-message"
    message = _("No message of ours is meant.")
    status = 404


@dataclass(frozen=True, slots=True)
class Callback:
    """One push as it came in. `path_secret` is empty where the gateway signs."""

    channel: str
    path_secret: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def dialect(self) -> str:
        return DIALECTS[self.channel]

    @property
    def thanks(self) -> Mapping[str, object]:
        return THANKS[self.dialect]


def believe(callback: Callback, *, real_now: datetime) -> None:
    """Raises `NoSuchCallback` or the `BadCallback` that fits; returns for a genuine push.

    Our own dialects are signed, with a time window and a nonce, by the real time even in an
    exercise. The two clouds sign nothing: they know a secret address.
    """
    if callback.channel not in DIALECTS:
        raise NoSuchCallback
    secret = usable().callbacks.get(callback.channel, "")
    if callback.dialect in SIGNED:
        if callback.path_secret:
            raise NoSuchCallback
        callbacks.verify(
            secret=secret,
            timestamp=callback.headers.get(callbacks.TIMESTAMP_HEADER, ""),
            nonce=callback.headers.get(callbacks.NONCE_HEADER, ""),
            body=callback.body,
            signature=callback.headers.get(callbacks.SIGNATURE_HEADER, ""),
            now=real_now,
            remember=receiving.remember_for(callback.channel),
        )
        return
    if not secret or not compare_digest(secret.encode(), callback.path_secret.encode()):
        raise NoSuchCallback


def take_receipts(callback: Callback, *, now: datetime, real_now: datetime) -> int:
    """How many reports were about letters of ours. Raises `UnknownMessage` when none was."""
    believe(callback, real_now=real_now)
    reports = parse_delivery_reports(callback.dialect, callback.body)
    known = receiving.take_reports(reports, channel=callback.channel, now=now)
    if reports and not known:
        raise UnknownMessage
    note_dead_numbers(reports, channel=callback.channel, now=now)
    return known


def take_answers(callback: Callback, *, now: datetime, real_now: datetime) -> int:
    """How many answers did what they ask for; the others are parked."""
    believe(callback, real_now=real_now)
    if callback.dialect == "voice":
        return _take_keys(callback, now=now, real_now=real_now)
    done = 0
    for answer in parse_text_answers(callback.dialect, callback.body):
        until = real_now + _KEPT
        # Known and done in one transaction: what failed half-way is new when it comes again.
        with transaction.atomic():
            if receiving.is_new_answer(answer, channel=callback.channel, until=until):
                done += take_answer(answer, channel=callback.channel, now=now)
    return done


def _take_keys(callback: Callback, *, now: datetime, real_now: datetime) -> int:
    """How many keys did what they say. Raises `UnknownMessage` when no call of ours is meant."""
    presses = parse_key_presses(callback.body)
    done, known = 0, 0
    for press in presses:
        with transaction.atomic():
            call = phone_keys.call_of(press, channel=callback.channel)
            if call is None:
                continue
            known += 1
            if receiving.is_new_key(press, channel=callback.channel, until=real_now + _KEPT):
                done += phone_keys.take_key(press, call=call, channel=callback.channel, now=now)
    if presses and not known:
        raise UnknownMessage
    return done


def take_answer(answer: TextAnswer, *, channel: str, now: datetime) -> bool:
    """One SMS: true when it answered a drill, a campaign or a summons, or asked for no more
    messages; false when it is parked for a human."""
    index = phone_index(answer.phone)
    parsed = parse_answer(answer.text)
    if _answers_a_drill(parsed, index, now):
        return True
    if parsed.meaning is Meaning.STOP and receiving.is_known_phone(index):
        stopping.stop(phone_index=index, now=now)
        return True
    reason = _act_on(parsed, index, now)
    if reason is None:
        return True
    receiving.park(phone=answer.phone, text=parsed.text, reason=reason, channel=channel, now=now)
    return False


def _answers_a_drill(parsed: Answer, index: str, now: datetime) -> bool:
    """A drill's code has six digits, a summons's five. Only a code is tried: tries are counted."""
    if not _DRILL_CODE.fullmatch(parsed.code) or parsed.meaning is not Meaning.CONFIRMED:
        return False
    try:
        return drills.answer_by_text(phone_index=index, text=parsed.code, now=now) is not None
    except Refused:
        return False  # answered or over: a human reads it


def _act_on(parsed: Answer, index: str, now: datetime) -> ParkedAnswer.Reason | None:
    """None when it was done; otherwise why a human must read it."""
    letters = list(answerable_letters(phone_index=index, now=now))
    if parsed.meaning not in _ANSWERS:
        return _not_an_answer(parsed, index)
    meant = [one for one in letters if one.answer_code == parsed.code] if parsed.code else letters
    if not meant:
        if not receiving.is_known_phone(index):
            return _Reason.UNKNOWN_PHONE
        return _Reason.UNKNOWN_CODE if parsed.code else _Reason.UNCLEAR
    if len(meant) > 1:
        return _Reason.AMBIGUOUS
    return _answer(meant[0], _ANSWERS[parsed.meaning], now)


def _not_an_answer(parsed: Answer, index: str) -> ParkedAnswer.Reason:
    if not receiving.is_known_phone(index):
        return _Reason.UNKNOWN_PHONE
    return _Reason.EMPTY if parsed.meaning is Meaning.EMPTY else _Reason.UNCLEAR


def _answer(letter: Message, what: Summons.Answer, now: datetime) -> ParkedAnswer.Reason | None:
    if what == Summons.Answer.MINE and campaigns.confirm_by_text(message=letter, now=now):
        return None
    found = _SUMMONS.fullmatch(letter.reference)
    summons = None
    if found:
        asked = Summons.objects.filter(pk=int(found[1]), person=letter.recipient)
        summons = asked.select_related("escalation__incident", "person").first()
    if summons is None:
        return _Reason.UNKNOWN_CODE
    try:
        answer_summons(summons=summons, what=what, now=now, how="SMS")
    except (AlreadyAnswered, AlreadyAcknowledged, LinkNotValid):
        return _Reason.TOO_LATE
    return None


def settle_parked_answer(*, parked: ParkedAnswer, by: Person | None, now: datetime) -> bool:
    """Somebody has read it. False when somebody else was first."""
    return receiving.settle_parked(parked=parked, by=by, now=now)
