"""The letter as it leaves the house: bundles, the mark of an exercise, the code of an answer."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianfang.accounts.languages import in_language_of
from lianfang.notifications.channels.base import Letter
from lianfang.notifications.models import UNDELIVERED, Attempt, Delivery, Message
from lianfang.notifications.rules import in_ranges
from lianfang.notifications.secrecy import full_body

EXERCISE_MARK = "【演练 EXERCISE】"
_MOST_LINES = 20


def ring_reference_of(delivery: Delivery) -> str:
    """Each ring is a call of its own for the gateway, which drops a repeat; a hand-over that is
    tried again because its answer got lost is the same ring."""
    rings = Attempt.objects.filter(delivery=delivery, outcome=UNDELIVERED).count()
    return reference_of(delivery) + (f":{rings + 1}" if rings else "")


def call_of(delivery: Delivery, *, exercise: bool, keys_come_back: bool) -> Letter:
    """What a machine speaks on the phone: in the language of who picks up, with no name, no
    matter and no link. Key 1 is offered only where it reaches us and means one thing.
    """
    message = delivery.message
    person = message.recipient
    assert person is not None
    with in_language_of(person):
        words = [_("This is an exercise.")] if exercise else []
        words += _spoken(delivery, offers_key=keys_come_back and wants_a_key(delivery))
        language = "en-US" if (get_language() or "").startswith("en") else "zh-CN"
    return Letter(
        reference=ring_reference_of(delivery),
        to=person.phone,
        name=person.name,
        subject="",
        body=" ".join(words),
        link=None,
        urgent=message.is_urgent,
        language=language,
    )


def wants_a_key(delivery: Delivery) -> bool:
    """Whether key 1 answers this call: of one letter that asks, or of a bundle of alerts."""
    message = delivery.message
    return bool(message.answer_code) or (message.is_bundle and message.is_urgent)


def _spoken(delivery: Delivery, *, offers_key: bool) -> list[str]:
    message = delivery.message
    if message.is_bundle:
        count = delivery.carries.filter(message__closed_at__isnull=True).count()
        if not message.is_urgent:
            say = _(
                "Lianfang: there are %(count)s messages for you. You find them in your account."
            )
            return [say % {"count": count}]
        key = _("Press 1 to say that you are answering all of them; press 2 to hear it again.")
        head = _("Lianfang: %(count)s matters need your answer.") % {"count": count}
        if count == 1:
            head, key = _alert_words()
    elif message.topic.startswith("drill:"):
        head = _("Lianfang: this is a drill. Nothing has happened.")
        key = _("Press 1 to show that this phone reaches you; press 2 to hear it again.")
    elif message.topic.startswith("campaign:"):
        head = _("Lianfang: there is a message for you. You find it in your account.")
        key = _("If you have read it, press 1; press 2 to hear this again.")
    else:
        head, key = _alert_words()
    return [head, key if offers_key else _("Please open your messages, or log in.")]


def _alert_words() -> tuple[str, str]:
    return (
        _("Lianfang: something needs your answer."),
        _("Press 1 to say that you are answering it; press 2 to hear it again."),
    )


def reference_of(delivery: Delivery) -> str:
    """What the gateway knows a letter by; it lets it recognise a repeat."""
    return f"{delivery.message_id}:{delivery.message.reference}:{delivery.channel}"


def letter_of(delivery: Delivery, *, exercise: bool, answers_come_back: bool = False) -> Letter:
    """The letter with its address; `answers_come_back`: an SMS answer, or a key that is
    pressed in a call, would reach us."""
    message = delivery.message
    person = message.recipient
    if delivery.channel == "voice":
        return call_of(delivery, exercise=exercise, keys_come_back=answers_come_back)
    address = ""
    if person is not None:
        address = person.phone if delivery.channel == "sms" else person.email
    mark = EXERCISE_MARK if exercise else ""
    body = full_body(message)
    if delivery.channel == "sms" and message.answer_code and answers_come_back:
        with in_language_of(person):
            words = _("Or reply %(code)s: I will see to it.")
            if message.topic.startswith("campaign:"):
                words = _("Or reply %(code)s: I have read it.")
            body = f"{body}\n" + words % {"code": message.answer_code}
    return Letter(
        reference=reference_of(delivery),
        to=address or message.group.partition(":")[2],
        name=person.name if person else "",
        subject=mark + message.subject,
        body=mark + body,
        link=settings.BASE_URL + message.link if message.link else None,
        urgent=message.is_urgent,
    )


def fill_bundle(carrier: Delivery) -> bool:
    """Write the text of a bundle from what it carries, once; False when nothing is left in it,
    be it that everything was answered before it is tried again.

    Alerts are listed by what their matter is called, which is never who is ill or of what.
    """
    bundle = carrier.message
    carried = list(
        Message.objects.filter(deliveries__carried_by=carrier, closed_at__isnull=True)
        .distinct()
        .order_by("created_at", "id")
    )
    if not carried or bundle.body:
        return bool(carried)
    with in_language_of(bundle.recipient):
        bundle.subject, bundle.body, bundle.link = _words(carried)
    bundle.save(update_fields=["subject", "body", "link"])
    return True


def _words(carried: Sequence[Message]) -> tuple[str, str, str]:
    """Subject, body, and one link behind which all of them can be read."""
    first = carried[0]
    if len(carried) == 1:
        return first.subject, first.body, first.link
    if all(one.matter for one in carried):
        body = _("%(count)s matters need an answer: %(matters)s") % {
            "count": len({one.matter for one in carried}),
            "matters": in_ranges(one.matter for one in carried),
        }
        return first.subject, body, "/desk/"
    lines = [f"{number}. {one.body}" for number, one in enumerate(carried[:_MOST_LINES], start=1)]
    if len(carried) > _MOST_LINES:
        lines.append("……")
    head = _("%(count)s messages for you:") % {"count": len(carried)}
    return first.subject, "\n".join([head, *lines]), "/messages/"
