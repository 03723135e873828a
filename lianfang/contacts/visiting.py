"""Calls and visits: shared out evenly every day, settled with an outcome, missed in plain sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction

from lianfang.audit import operations as audit
from lianfang.contacts.models import Contact, Investigation, TeamMember, Visit
from lianfang.contacts.operations import refuse_closed
from lianfang.contacts.queries import followed
from lianfang.contacts.rules import share_out
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person
from lianfang.rulebook.contact_policy import ContactPolicy

SHARED_AT = time(6)  # local time; a team reads its list of the day from here on
BY_HAND = tuple(one for one in Visit.Outcome if one != Visit.Outcome.MISSED)


class AlreadyInTheTeam(Refused):
    code = "contacts.already-in-the-team"
    message = _("%(name)s is in the team already.")
    status = 409


class VisitIsSettled(Refused):
    code = "contacts.visit-settled"
    message = _("Somebody has written down what came of this visit already.")
    status = 409


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody heard or saw at a call or visit."""

    outcome: str
    is_in_person: bool = False
    temperature: Decimal | None = None
    site: str = ""
    symptoms: tuple[str, ...] = ()
    note: str = ""


@transaction.atomic
def join_team(
    *, investigation: Investigation, person: Person, policy: ContactPolicy, actor: Actor,
    now: datetime,
) -> TeamMember:  # fmt: skip
    """One more to call and visit; what is open today is shared out anew."""
    refuse_closed(investigation)
    if person.pk == investigation.person_id or investigation.contacts.filter(
        person=person, state__in=[Contact.State.CONFIRMED, Contact.State.DETERMINED]
    ).exists():  # fmt: skip
        raise Invalid({"person": _("The case and its contacts visit nobody.")})
    try:
        with transaction.atomic():
            member = TeamMember.objects.create(
                investigation=investigation, person=person, joined_at=now
            )
    except IntegrityError as error:
        raise AlreadyInTheTeam(name=person.name) from error
    audit.record(
        verb="contacts.team.joined", actor=actor, subject=member, now=now, concerns=person.pk
    )
    share_day(investigation=investigation, policy=policy, now=now)
    return member


@transaction.atomic
def leave_team(
    *, member: TeamMember, policy: ContactPolicy, actor: Actor, now: datetime
) -> TeamMember:
    """Somebody goes; their open visits of today go to the others."""
    changed = TeamMember.objects.filter(pk=member.pk, left_at__isnull=True).update(left_at=now)
    member.refresh_from_db()
    if changed == 1:
        audit.record(
            verb="contacts.team.left", actor=actor, subject=member, now=now,
            concerns=member.person_id,
        )  # fmt: skip
        share_day(investigation=member.investigation, policy=policy, now=now)
    return member


def is_due(contact: Contact, *, day: date, policy: ContactPolicy) -> bool:
    """Whether a contact is called on a day: until so many days after the last contact."""
    if contact.last_on is None:
        return True
    return day <= contact.last_on + timedelta(days=policy.follow_days)


@transaction.atomic
def share_day(*, investigation: Investigation, policy: ContactPolicy, now: datetime) -> list[Visit]:
    """Today's visits of an investigation, each with one of the team, fair to one.

    Whoever had somebody before keeps them. What is settled stays as it is. Calling it again
    changes nothing.
    """
    day = reporting_day(now)
    contacts = [
        contact
        for contact in followed(investigation.contacts.all()).order_by("number")
        if is_due(contact, day=day, policy=policy)
    ]
    team = list(
        investigation.team.filter(left_at__isnull=True)
        .order_by("joined_at", "id")
        .values_list("person_id", flat=True)
    )
    today = {visit.contact_id: visit for visit in Visit.objects.filter(
        contact__investigation=investigation, day=day)}  # fmt: skip
    waiting = [c.pk for c in contacts if c.pk not in today or today[c.pk].is_open]
    owners = share_out(waiting, team, _last_owners(investigation))
    due_at = at_local(day, policy.visit_due)
    for pk in waiting:
        visit = today.get(pk)
        if visit is None:
            visit = Visit(contact_id=pk, day=day, due_at=due_at, next_due_at=due_at)
        visit.owner_id = owners.get(pk)
        visit.save()
        today[pk] = visit
    morning = at_local(day + timedelta(days=1), SHARED_AT) if contacts else None
    Investigation.objects.filter(pk=investigation.pk).update(next_due_at=morning)
    return list(today.values())


def claim_day(*, now: datetime) -> Investigation | None:
    """The worker's poll: one investigation whose visits of today are to be shared out."""
    found = Investigation.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id").first()
    if found is None:
        return None
    changed = Investigation.objects.filter(pk=found.pk, next_due_at=found.next_due_at).update(
        next_due_at=None
    )
    return found if changed == 1 else None


def _last_owners(investigation: Investigation) -> dict[int, int]:
    """Who had each contact last."""
    rows = Visit.objects.filter(contact__investigation=investigation, owner__isnull=False)
    return dict(rows.order_by("day").values_list("contact_id", "owner_id"))


@transaction.atomic
def settle(*, visit: Visit, heard: Heard, by: Person, actor: Actor, now: datetime) -> Visit:
    """What came of it. A missed one can still be made good; a settled one cannot be written twice."""
    problems = {}
    if heard.outcome not in BY_HAND:
        problems["outcome"] = _("Please choose what came of it.")
    if heard.outcome == Visit.Outcome.SYMPTOMS and not heard.symptoms and heard.temperature is None:
        problems["symptoms"] = _("Which symptoms, or what temperature?")
    if problems:
        raise Invalid(problems)
    changed = Visit.objects.filter(pk=visit.pk, outcome__in=["", Visit.Outcome.MISSED]).update(
        outcome=heard.outcome, settled_at=now, settled_by=by, next_due_at=None,
        is_in_person=heard.is_in_person,
    )  # fmt: skip
    if changed != 1:
        raise VisitIsSettled
    visit.refresh_from_db()
    visit.temperature = str(heard.temperature) if heard.temperature is not None else ""
    visit.note = heard.note.strip()[:1000]
    visit.save(update_fields=["temperature", "note"])
    audit.record(
        verb="contacts.visit.settled", actor=actor, subject=visit, now=now,
        concerns=visit.contact.person_id, outcome=heard.outcome,
    )  # fmt: skip
    return visit


def claim_due(*, now: datetime) -> Visit | None:
    """The worker's poll: one visit whose time ran out. It is missed once."""
    visit = (
        Visit.objects.filter(next_due_at__lte=now)
        .order_by("next_due_at", "id")
        .select_related("contact__investigation", "owner")
        .first()
    )
    if visit is None:
        return None
    changed = Visit.objects.filter(pk=visit.pk, next_due_at=visit.next_due_at).update(
        next_due_at=None, outcome=Visit.Outcome.MISSED
    )
    if changed != 1:
        return None
    audit.record(
        verb="contacts.visit.missed", actor=SYSTEM, subject=visit, now=now,
        concerns=visit.contact.person_id,
    )  # fmt: skip
    visit.refresh_from_db()
    return visit


def postpone_due(*, now: datetime, to: datetime) -> None:
    late = Visit.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id")
    Visit.objects.filter(pk__in=late.values("pk")[:1]).update(next_due_at=to)
    days = Investigation.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id")
    Investigation.objects.filter(pk__in=days.values("pk")[:1]).update(next_due_at=to)
