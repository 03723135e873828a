"""The last step is a human who rings: whose turn it is, and what each call came to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from lianfang.escalation.queries import roles_behind
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import reporting_day
from lianfang.notifications import operations as notifications
from lianfang.notifications.delivering import DEAD_NUMBERS
from lianfang.notifications.models import UNDELIVERED, Attempt
from lianfang.notifications.operations import Draft
from lianfang.outreach import calls
from lianfang.outreach.calls import CallIsClosed
from lianfang.outreach.models import CallTask, Campaign, PhoneCorrection, Recipient
from lianfang.outreach.rules import CallPlan, Shares
from lianfang.reporting import operations as reporting
from lianfang.reporting.models import CallRecord
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Post, Unit
from lianfang.roster.queries import held_on
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import desk_calls
from lianfang.usecases.letters import in_language_of

# What the network reports about a text, and what a gateway says about a number. Any other
# refusal may lie in our own settings, and a call that nobody took is nobody's wrong number.
_DEAD = Q(outcome=UNDELIVERED, delivery__channel="sms") | Q(code__in=DEAD_NUMBERS)


def hand_out(*, campaign: Campaign, recipients: Sequence[Recipient], now: datetime) -> None:
    """Each of them becomes a row with a caller, shared evenly among those who care for the unit.

    Whose phone refused the messages of this campaign becomes a correction task as well.
    """
    day = reporting_day(now)
    shares = Shares(_given(campaign))
    known: dict[int, list[int]] = {}
    rows: list[tuple[Recipient, int | None]] = []
    for one in recipients:
        if one.unit_id not in known:
            known[one.unit_id] = carers_of(one.unit_id, day=day)
        carers = [pk for pk in known[one.unit_id] if pk != one.person_id]
        rows.append((one, shares.next_of(carers)))
    calls.open_calls(recipients=rows, now=now)
    _note_dead_numbers(campaign, recipients, now)


def _given(campaign: Campaign) -> dict[int, int]:
    rows = CallTask.objects.filter(recipient__campaign=campaign, assigned_to__isnull=False)
    return dict(rows.values("assigned_to").annotate(n=Count("id")).values_list("assigned_to", "n"))


def carers_of(unit_id: int, *, day: date) -> list[int]:
    """Who cares for the people of a unit: its counselors, else its liaison, else its head; where
    it has none, those of the unit above. Who is away that day is not given calls."""
    unit = Unit.objects.get(pk=unit_id)
    away = roster.exempt_person_ids(day=day)
    for node in roster.line_of_superiors(unit, day=day):
        posts = list(
            Post.objects.filter(
                held_on(day), unit=node, role__in=roles_behind("CARER")
            ).values_list("role", "person_id")
        )
        for role in roles_behind("CARER"):
            found = sorted({pk for held, pk in posts if held == role and pk not in away})
            if found:
                return found
    return []


def _note_dead_numbers(campaign: Campaign, recipients: Iterable[Recipient], now: datetime) -> None:
    """The network itself says that it cannot deliver to this number."""
    by_person = {one.person_id: one for one in recipients}
    refused = Attempt.objects.filter(
        _DEAD,
        delivery__message__topic=campaign.topic,
        delivery__message__recipient_id__in=list(by_person),
        delivery__channel__in=["sms", "voice"],
        delivery__state="FAILED",
    )
    for pk in set(refused.values_list("delivery__message__recipient_id", flat=True)):
        one = by_person[pk]
        if one.person.phone_index:
            calls.note_wrong_number(
                person=one.person,
                unit_id=one.unit_id,
                found=PhoneCorrection.Found.GATEWAY,
                by=None,
                actor=SYSTEM,
                now=now,
            )


# ---------------------------------------------------------------- ringing


def reveal_number(*, task: CallTask, actor: Actor, now: datetime) -> str:
    """The number, after the look was written down."""
    return desk_calls.reveal_phone(
        person=task.recipient.person, reason="other", actor=actor, now=now
    )


@transaction.atomic
def note_call(
    *, task: CallTask, outcome: str, note: str, by: Person, actor: Actor, now: datetime
) -> CallTask:
    """What a call came to, on the list and in the record of calls.

    A wrong number becomes a task of the unit. Raises `CallIsClosed`.
    """
    what = CallRecord.Outcome(outcome)
    person = task.recipient.person
    plan = CallPlan.from_settings(rules_in_force(now).settings)
    noted = calls.note_call(task=task, outcome=what.value, plan=plan, by=by, actor=actor, now=now)
    reporting.record_call(
        person=person,
        day=reporting_day(now),
        outcome=what,
        note=note,
        called_by=by,
        actor=actor,
        now=now,
    )
    if what == CallRecord.Outcome.LOST:
        notifications.queue(_to_heads(noted, by, now), now=now)
    if what == CallRecord.Outcome.WRONG_NUMBER:
        calls.note_wrong_number(
            person=person,
            unit_id=task.recipient.unit_id,
            found=PhoneCorrection.Found.CALL,
            by=by,
            actor=actor,
            now=now,
        )
    return noted


def _to_heads(task: CallTask, caller: Person, now: datetime) -> list[Draft]:
    """Somebody who cannot be found is reported to the head of the unit; the letter has no name."""
    recipient = task.recipient
    day = reporting_day(now)
    heads: list[Person] = []
    for node in roster.line_of_superiors(recipient.unit, day=day):
        heads = roster.holders(unit=node, role=Post.Role.RESPONSIBLE_HEAD, day=day)
        if heads:
            break
    drafts = []
    for head in heads:
        if head.pk == caller.pk:
            continue
        with in_language_of(head):
            drafts.append(
                Draft(
                    reference=f"lost:{task.pk}",
                    person=head,
                    subject=_("Lianfang: you are needed"),
                    body=_("Somebody of %(unit)s cannot be found. Please open the link.")
                    % {"unit": recipient.unit.name},
                    link=f"/desk/people/{recipient.person_id}/",
                )
            )
    return drafts


def number_is_right(*, correction: PhoneCorrection, actor: Actor, now: datetime) -> None:
    """Somebody reached the person with the number after all."""
    calls.withdraw_correction(correction=correction, actor=actor, now=now)


__all__ = [
    "CallIsClosed", "carers_of", "hand_out", "note_call", "number_is_right", "reveal_number",
]  # fmt: skip
