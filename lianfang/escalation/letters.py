"""What a climb says, and to whom: the summons, the group robots, the alarm that something is amiss.

A letter never says what somebody is ill of. Letters are queued here; sending is the workers'.
"""

from __future__ import annotations

from datetime import datetime

from lianfang.accounts.languages import languages_of, speaking
from lianfang.directives.queries import turn_of
from lianfang.escalation.links import link_token
from lianfang.escalation.models import Escalation, Summons
from lianfang.escalation.queries import people_on
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.notifications.outlets import configured_groups
from lianfang.roster.models import Person
from lianfang.rulebook.models import LadderStep
from lianfang.rulebook.queries import Rules


def tell_groups(escalation: Escalation, rules: Rules, now: datetime) -> None:
    """The group robots of the duty rooms: that somebody is needed, with a link that asks who."""
    with speaking(None):
        drafts = [
            Draft(
                reference=f"{escalation.reference}round:{escalation.round}:group",
                person=None,
                group=group,
                subject=rules.text("subject"),
                body=rules.text("summons", minutes=rules.settings["answer_minutes"]),
                link="/desk/",
                is_urgent=True,
                matter=_matter(escalation),
            )
            for group in configured_groups()
        ]
    notifications.queue(drafts, now=now)


def reference_of(summons: Summons) -> str:
    return f"{summons.escalation.reference}round:{summons.round}:summons:{summons.pk}"


def letter(escalation: Escalation, summons: Summons, rules: Rules) -> Draft:
    return Draft(
        reference=reference_of(summons),
        person=summons.person,
        subject=rules.text("subject"),
        body=_words(escalation, rules, summons.summoned_at),
        link=f"/a/{link_token(summons)}/",
        is_urgent=escalation.incident_id is not None or escalation.alert_id is not None,
        matter=_matter(escalation),
        wants_answer=True,
    )


def _matter(escalation: Escalation) -> str:
    """What a bundle of letters calls it: an incident by its code, never by its person."""
    if escalation.incident is not None:
        return escalation.incident.code
    if escalation.alert is not None:
        return escalation.alert.code
    if escalation.receipt is not None:
        return f"《{escalation.receipt.version.title}》"
    if escalation.item is not None:
        return f"《{escalation.item.title}》"
    return escalation.unit.name


def _words(escalation: Escalation, rules: Rules, now: datetime) -> str:
    unit = escalation.unit.name
    if escalation.incident_id is not None or escalation.alert_id is not None:
        return rules.text("summons", minutes=rules.settings["answer_minutes"])
    if escalation.receipt is not None:
        turn = turn_of(escalation.receipt, now=now)
        duty = rules.text(f"duty_{turn.duty}") if turn else ""
        title = escalation.receipt.version.title
        return rules.text("summons_directive", unit=unit, title=title, duty=duty)
    if escalation.item is not None:
        return rules.text("summons_item", unit=unit, title=escalation.item.title)
    return rules.text("summons_missed", unit=unit)


def alarm(escalation: Escalation, rules: Rules, text: str, what: str, now: datetime) -> None:
    """Something about the climb itself is wrong: tell those who can mend it."""
    ill = escalation.incident.person if escalation.incident else None
    told: dict[int, Person] = {}
    for rung in rules.ladders[LadderStep.Ladder.UNANSWERED]:
        for person in people_on(rung, unit=escalation.unit, at=now, without=ill):
            told[person.pk] = person
    about_a_unit_report = not (
        escalation.incident_id or escalation.receipt_id or escalation.item_id or escalation.alert_id
    )
    link = "/desk/" if about_a_unit_report else escalation.desk_link
    languages = languages_of(told.values())
    drafts = []
    for person in told.values():
        with speaking(languages.get(person.pk)):
            drafts.append(
                Draft(
                    reference=f"{escalation.reference}round:{escalation.round}:{what}",
                    person=person,
                    subject=rules.text("subject"),
                    body=rules.text(text),
                    link=link,
                    is_urgent=True,
                    matter=_matter(escalation),
                )
            )
    notifications.queue(drafts, now=now)
