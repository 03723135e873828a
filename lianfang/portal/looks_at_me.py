"""What the audit trail holds about one person, in words that this person understands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lianfang.audit.models import Entry
from lianfang.roster.models import Person

# What others did, and what it means to the person whom it concerns.
WORDS = {
    "reporting.answers.seen": _("looked at what you reported"),
    "incidents.incident.seen": _("looked at your matter"),
    "roster.phone.revealed": _("looked up your phone number"),
    "roster.sheet.printed": _("printed a list with your name"),
    "reporting.report.received": _("reported for you"),
    "reporting.call.recorded": _("called you and wrote down what came of it"),
    "screening.finding.verified": _("checked with you what you reported"),
    "surveys.response.seen": _("looked at your trips and meetings"),
    "surveys.response.received": _("wrote down your trips and meetings"),
    "surveys.attempt.recorded": _("noted that you gave no answer to the survey"),
    "screening.exposure.seen": _("looked at an exposure of yours"),
    "screening.exposure.found": _(
        "found that you were in a listed area or met somebody who matters"
    ),
    "screening.exposure.extended": _("found that you were exposed again"),
    "screening.exposure.answer-changed": _("noted that your answer had changed"),
    "screening.exposure.verified": _("checked with you where you were or whom you met"),
    "incidents.incident.opened": _("opened a matter because of your report"),
    "incidents.incident.extended": _("added your report to your open matter"),
    "incidents.incident.acknowledged": _("took your matter over"),
    "incidents.incident.unanswered": _("noted that nobody had answered yet"),
    "incidents.incident.closed": _("closed your matter"),
    "incidents.fact.added": _("added a note to your matter"),
    "incidents.incident.verified": _("asked whether what you reported is so"),
    "incidents.incident.dismissed": _("noted that it was a false alarm"),
    "incidents.incident.opened-again": _("opened your matter again"),
    "incidents.incident.classified": _("noted how a doctor or you classified it"),
    "incidents.outside.told": _("told somebody outside the college of your matter"),
    "incidents.outside.corrected": _("corrected whom they told of your matter"),
    "incidents.report.made": _("made a report of your matter"),
    "incidents.report.taken": _("took out a report of your matter"),
    "incidents.case-list.seen": _("looked at the list of the day with your matter"),
    "incidents.reach.tried": _("asked others how to reach you"),
    "incidents.check.set": _("set the next check with you"),
    "incidents.check.done": _("noted a check with you"),
    "incidents.observation.began": _("noted that you wait in the observation room"),
    "incidents.companion.added": _("noted who was with you"),
    "incidents.outcome.set": _("noted how your matter ended"),
    "incidents.clearance.checked": _("checked your paper for the return to class"),
    "incidents.clock.started": _("noted that somebody outside must be told"),
    "incidents.clock.met": _("noted that somebody outside was told"),
    "incidents.clock.open-again": _("noted that somebody outside must be told"),
    "incidents.clock.missed": _("noted that nobody outside was told in time"),
    "incidents.clock.ended": _("noted that nobody outside has to be told"),
    "incidents.referral.step-noted": _("noted a step of your way to the hospital"),
    "incidents.observation.ended": _("noted that you left the observation room"),
    "incidents.disinfection.asked": _("asked for a place to be disinfected"),
    "incidents.disinfection.done": _("noted that a place was disinfected"),
    "clusters.person.seen": _("looked at people who fell ill together, you among them"),
    "clusters.visit.noted": _("noted that you came to the clinic"),
    "clusters.sign.withdrawn": _("took out that you were ill: it was a mistake"),
    "contacts.investigation.opened": _("began to look for the people whom you met"),
    "contacts.investigation.seen": _("looked at the people whom you met"),
    "contacts.investigation.closed": _("ended the search for the people whom you met"),
    "contacts.candidates.proposed": _("looked for the people whom you may have met"),
    "contacts.window.changed": _(
        "changed the days for which the people whom you met are looked for"
    ),
    "contacts.chain.linked": _("noted where your illness may have come from"),
    "contacts.contact.seen": _("looked whether you met somebody who is ill"),
    "contacts.contact.named": _("noted that you may have met somebody who is ill"),
    "contacts.contact.listed": _("took you in from a list of contacts from outside"),
    "contacts.contact.confirmed": _("noted that you met somebody ill"),
    "contacts.contact.casual": _("noted that you met somebody ill in passing only"),
    "contacts.contact.dismissed": _("noted that you did not meet the ill person"),
    "contacts.contact.determined": _("noted that the CDC determined you as a close contact"),
    "contacts.contact.withdrawn": _("noted that the CDC took its word about you back"),
    "contacts.contact.ended": _("ended your observation as a contact"),
    "contacts.contact.disclosed": _("handed your data as a contact over to a health authority"),
    "contacts.visit.settled": _("rang or visited you as a contact, and wrote down how you are"),
    "contacts.visit.missed": _("noted that you were not rung in time"),
    "contacts.team.joined": _("put you on the team that rings contacts"),
    "contacts.team.left": _("took you off the team that rings contacts"),
    "monitoring.file.seen": _("looked at your monitoring file"),
    "monitoring.file.opened": _("put you under key monitoring"),
    "monitoring.file.verified": _("checked with you why you are under monitoring"),
    "monitoring.file.exposed-again": _("noted a later exposure: your days count anew"),
    "monitoring.file.extended": _("extended your monitoring"),
    "monitoring.file.corrected": _("corrected the reason of your monitoring"),
    "monitoring.file.released": _("released you from monitoring"),
    "monitoring.file.refused": _("refused your release for now"),
    "monitoring.file.cancelled": _("took your monitoring back"),
    "monitoring.file.answered": _("answered your objection"),
    "monitoring.file.moved": _("changed the state of your monitoring"),
    "monitoring.file.policy": _("put your monitoring under another edition of the rules"),
    "monitoring.file.carer": _("named who cares for you"),
    "monitoring.file.place": _("noted where you stay while under monitoring"),
    "monitoring.file.called": _("called you about your monitoring"),
    "monitoring.file.note": _("added a note to your monitoring file"),
    "monitoring.file.lost": _("noted that you could not be found"),
    "monitoring.file.explained": _("explained a gap in your checks"),
    "monitoring.file.reported-again": _("noted that your exposure was reported again"),
    "monitoring.file.urgent": _("noted signs of illness that you reported"),
    "monitoring.file.proposed": _("proposed your release from monitoring"),
    "monitoring.need.asked": _("noted something that you need"),
    "monitoring.need.settled": _("settled something that you needed"),
    "monitoring.round.seen": _("looked at a round of your class"),
    "monitoring.slot.filled": _("noted a check of yours"),
    "monitoring.slot.missed": _("noted that a check was missed"),
    "accounts.code.issued": _("made an activation code for you"),
    "roster.person.enrolled": _("entered you on the roster"),
    "roster.person.released": _("took you off the roster"),
    "roster.membership.moved": _("moved you to another unit"),
    "roster.exemption.granted": _("noted that you need not report"),
    "roster.post.given": _("gave you a post"),
    "roster.post.ended": _("ended a post of yours"),
    "quarantine.order.seen": _("looked at your quarantine"),
    "quarantine.order.recorded": _("recorded an order of quarantine for you"),
    "quarantine.order.served": _("noted how the order reached you"),
    "quarantine.order.end-moved": _("moved the end of your quarantine"),
    "quarantine.order.paper-noted": _("noted your release document"),
    "quarantine.order.ended": _("ended your quarantine"),
    "quarantine.check.noted": _("noted a check of yours"),
    "quarantine.days.explained": _("explained days without a check"),
    "quarantine.need.asked": _("noted something that you need"),
    "quarantine.need.taken": _("sees to something that you need"),
    "quarantine.need.settled": _("settled something that you needed"),
    "quarantine.bed.assigned": _("gave you a bed"),
    "quarantine.bed.left": _("noted that you left the room"),
    "outreach.audience.seen": _(
        "looked at a list of people who are sent a message, with your name"
    ),
    "doubts.contradiction.seen": _("looked at two records about you that disagree"),
    "doubts.contradiction.found": _("found two records about you that disagree"),
    "quarantine.release.asked": _("asked for your release from quarantine"),
    "doubts.question.answered": _("asked about help with your reports"),
    "doubts.contradiction.closed": _("cleared up two records about you"),
}
LOOKS = (
    "monitoring.file.seen",
    "monitoring.round.seen",
    "reporting.answers.seen",
    "incidents.incident.seen",
    "incidents.case-list.seen",
    "incidents.report.taken",
    "roster.phone.revealed",
    "roster.sheet.printed",
    "quarantine.order.seen",
    "doubts.contradiction.seen",
    "outreach.audience.seen",
    "surveys.response.seen",
    "screening.exposure.seen",
    "clusters.person.seen",
    "contacts.investigation.seen",
    "contacts.contact.seen",
)


@dataclass(frozen=True, slots=True)
class Act:
    at: datetime
    by: str
    words: str
    is_look: bool


def acts_about(person: Person) -> QuerySet[Entry]:
    """What others (and the system) did with the person's record, newest first."""
    mine = Q(actor_kind="PERSON", actor_id=person.pk)
    return Entry.objects.filter(concerns=person.pk).exclude(mine).order_by("-at", "-id")


def in_words(entries: Iterable[Entry]) -> list[Act]:
    others = {"SYSTEM": _("the system"), "OPERATOR": _("the administrator")}
    return [
        Act(
            at=entry.at,
            by=str(others.get(entry.actor_kind, entry.actor_label)),
            words=str(WORDS.get(entry.verb, _("used your record"))),
            is_look=entry.verb in LOOKS,
        )
        for entry in entries
    ]
