"""A phone that an alert rang and that nobody has: a task for the unit whose post its owner holds.

Campaigns and drills find dead numbers when they come to an end; an alert does at once, because
the next one is for the same phone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from lianfang.duty.operations.facts import note_wrong_number
from lianfang.kernel.clock import reporting_day
from lianfang.notifications import receiving
from lianfang.notifications.channels.reports import DeliveryReport
from lianfang.notifications.delivering import DEAD_NUMBERS
from lianfang.notifications.models import Delivery
from lianfang.roster.models import Person, Post, Unit
from lianfang.roster.queries import held_on


@transaction.atomic
def note_dead_numbers(
    reports: Iterable[DeliveryReport], *, channel: str, now: datetime
) -> list[Person]:
    """Whose numbers were found dead by these reports; told twice they are noted once."""
    found = []
    for report in reports:
        if report.code not in DEAD_NUMBERS:
            continue
        call = receiving.letter_of_reference(report.reference, channel)
        person = call.message.recipient if call is not None else None
        if call is None or person is None or not _is_a_dead_alert(call, report.code):
            continue
        unit = _unit_of(person, now)
        if unit is not None:
            note_wrong_number(person=person, unit=unit, now=now)
            found.append(person)
    return found


def _is_a_dead_alert(call: Delivery, code: str) -> bool:
    failed = call.state == Delivery.State.FAILED and call.code == code
    return failed and call.message.topic.startswith("escalation:")


def _unit_of(person: Person, now: datetime) -> Unit | None:
    """Where they answer for something: who mends the roster of that unit mends the number."""
    posts = Post.objects.filter(held_on(reporting_day(now)), person=person)
    post = posts.select_related("unit").order_by("is_deputy", "held_from", "id").first()
    return post.unit if post is not None else None
