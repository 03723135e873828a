"""The letters of a directive: who is told by the hop above, in the words of the edition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from lianfang.accounts.languages import languages_of, speaking
from lianfang.directives.audience import answerable
from lianfang.directives.models import DirectiveReceipt, DirectiveVersion
from lianfang.kernel.clock import SHANGHAI, reporting_day
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.roster.models import Person
from lianfang.rulebook.queries import Rules


def clock_words(moment: datetime) -> str:
    """2月1日 18:00 reads the same in both languages as 02-01 18:00."""
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"


def announce(
    receipts: Sequence[DirectiveReceipt],
    version: DirectiveVersion,
    text: str,
    rules: Rules,
    *,
    now: datetime,
    issuer: str = "",
) -> None:
    """One letter for each person who answers for one of these units, whatever their number."""
    told = people_of(receipts, now=now)
    languages = languages_of(person for people in told.values() for person in people)
    drafts = []
    for receipt in receipts:
        due = receipt.acknowledge_due_at
        values = {
            "issuer": issuer or version.directive.issuer.name,
            "title": version.title,
            "due": clock_words(due) if due else "",
        }
        reference = f"directive:{version.directive_id}:{receipt.pk}:told"
        for person in told.get(receipt.pk, []):
            with speaking(languages.get(person.pk)):
                body = rules.text(text, **values)
                drafts.append(letter(version, person, rules, reference=reference, body=body))
    notifications.queue(drafts, now=now)


def people_of(receipts: Iterable[DirectiveReceipt], *, now: datetime) -> dict[int, list[Person]]:
    """Receipt to the people of whom the answer is asked."""
    receipts = list(receipts)
    held = answerable({r.unit_id for r in receipts}, day=reporting_day(now))
    named = Person.objects.in_bulk([r.person_id for r in receipts if r.person_id])
    return {
        r.pk: [named[r.person_id]] if r.person_id else held.get((r.unit_id, r.role), [])
        for r in receipts
    }


def letter(
    version: DirectiveVersion, person: Person, rules: Rules, *, reference: str, body: str
) -> Draft:
    """The caller speaks the language of the person already."""
    urgency = DirectiveVersion.Urgency(version.urgency)
    return Draft(
        reference=reference,
        person=person,
        subject=rules.text("directive_subject", urgency=str(urgency.label)),
        body=body,
        link=f"/desk/directives/{version.directive_id}/",
        is_urgent=urgency.rings,
    )
