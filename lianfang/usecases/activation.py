"""One-time codes for a first visit: printed on a sheet, or sent to the person's own phone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lianfang.accounts import operations as accounts
from lianfang.accounts.models import ActivationCode
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.roster.models import Person, Post
from lianfang.roster.queries import held_on
from lianfang.rulebook.queries import Rules, rules_in_force
from lianfang.usecases.letters import speaking


class HoldsAPost(Refused):
    """A code opens the account; who may read others' answers gets it from the administrator."""

    code = "accounts.holds-a-post"
    message = _("%(names)s answer for others: their codes come from the administrator.")
    status = 403


@dataclass(frozen=True, slots=True)
class Slip:
    """A line of the sheet. The code stands nowhere else."""

    person: Person
    code: str


@transaction.atomic
def issue_codes(
    *,
    people: Iterable[Person],
    by: Person | None,
    by_operator: bool,
    actor: Actor,
    now: datetime,
) -> list[Slip]:
    """Fresh codes for these people; earlier ones stop working. Raises `HoldsAPost`."""
    people = list(people)
    if not by_operator:
        _refuse_post_holders(people, now)
    return [
        Slip(person, accounts.issue_code(person=person, actor=actor, by=by, now=now))
        for person in people
    ]


@transaction.atomic
def send_codes(
    *,
    people: Iterable[Person],
    by: Person | None,
    by_operator: bool,
    actor: Actor,
    now: datetime,
) -> int:
    """The same by message to those who have a phone; how many letters were written."""
    reachable = [person for person in people if person.phone]
    slips = issue_codes(people=reachable, by=by, by_operator=by_operator, actor=actor, now=now)
    ActivationCode.objects.filter(person__in=reachable, used_at__isnull=True, issued_at=now).update(
        sent_by_channel=True
    )
    rules = rules_in_force(now)
    notifications.queue([_letter(slip, rules, now) for slip in slips], now=now)
    return len(slips)


def _letter(slip: Slip, rules: Rules, now: datetime) -> Draft:
    """In the language of the college: whoever gets it has no account yet, or none they can open."""
    with speaking(None):
        return Draft(
            reference=f"activation:{slip.person.pk}:{now:%Y%m%d%H%M%S}",
            person=slip.person,
            subject=rules.text("subject"),
            body=rules.text("activation", code=slip.code),
            link=f"/activate/?n={slip.person.number}",
            secret=slip.code,
            is_awaited=True,
        )


def _refuse_post_holders(people: list[Person], now: datetime) -> None:
    holders = (
        Post.objects.filter(held_on(reporting_day(now)), person__in=people)
        .values_list("person__name", flat=True)
        .distinct()
    )
    if holders:
        raise HoldsAPost(names="、".join(sorted(holders)))
