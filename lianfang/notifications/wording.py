"""The letter as it leaves the house: bundles, the mark of an exercise, the code of an answer."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from lianfang.accounts.languages import in_language_of
from lianfang.notifications.channels.base import Letter
from lianfang.notifications.models import Delivery, Message
from lianfang.notifications.rules import in_ranges
from lianfang.notifications.secrecy import full_body

EXERCISE_MARK = "【演练 EXERCISE】"
_MOST_LINES = 20


def reference_of(delivery: Delivery) -> str:
    """What the gateway knows a letter by; it lets it recognise a repeat."""
    return f"{delivery.message_id}:{delivery.message.reference}:{delivery.channel}"


def letter_of(delivery: Delivery, *, exercise: bool, answers_come_back: bool = False) -> Letter:
    """The letter with its address; `answers_come_back`: an SMS answer would reach us."""
    message = delivery.message
    person = message.recipient
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
    """Write the text of a bundle from what it carries, once; False when nothing is left in it.

    Alerts are listed by what their matter is called, which is never who is ill or of what.
    """
    bundle = carrier.message
    if bundle.body:
        return True
    carried = list(
        Message.objects.filter(deliveries__carried_by=carrier, closed_at__isnull=True)
        .distinct()
        .order_by("created_at", "id")
    )
    if not carried:
        return False
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
