"""The verbs of an order: recorded, served, extended, ended. What was recorded stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.quarantine import rules
from lianfang.quarantine.models import Extension, Order
from lianfang.roster import queries as roster
from lianfang.roster.models import Person
from lianfang.rulebook.quarantine_policy import QuarantinePolicy

LONGEST = timedelta(days=60)
OLDEST = timedelta(days=60)


class NobodyOrderedIt(Refused):
    code = "quarantine.nobody-ordered-it"
    message = _(
        "The college records an order, it does not make one. Please say which authority ordered "
        "it, who signed, and the number and day of the document."
    )


class NotTheCollegesToOrder(Refused):
    code = "quarantine.not-the-colleges-to-order"
    message = _(
        "The college itself may only decide observation on campus or self monitoring. Anything "
        "else is ordered by CDC, health authority, community or hospital: name it, please."
    )


class AlreadyOrdered(Refused):
    code = "quarantine.already-ordered"
    message = _("An order for this person is running already; extend it, or end it first.")
    status = 409


class OrderHasEnded(Refused):
    code = "quarantine.order-has-ended"
    message = _("This order has ended; what was recorded stays as it is.")
    status = 409


class NotReadyForRelease(Refused):
    code = "quarantine.not-ready-for-release"
    message = _("Not yet: %(open)s")
    status = 409


@dataclass(frozen=True, slots=True)
class Wording:
    """What an order says: by whom, on which paper, where, from when, why."""

    kind: str
    place: str
    reason: str
    authority: str
    authority_name: str
    officer: str
    document_no: str
    document_on: date | None
    held_from: date | None
    last_contact_on: date | None = None
    held_until: date | None = None  # None: what the edition in force says
    county_code: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """How the person was told, by whom, when, and who took it."""

    how: str
    by: str
    to: str
    at: datetime | None


def _problems(w: Wording, today: date) -> dict[str, str]:
    problems: dict[str, str] = {}
    if w.kind not in Order.Kind.values:
        problems["kind"] = _("Which kind of quarantine, please?")
    if not w.place.strip():
        problems["place"] = _("Where does the person stay?")
    if not w.reason.strip():
        problems["reason"] = _("Why? The person has a right to read it.")
    if w.held_from is None:
        problems["held_from"] = _("From which day on?")
    elif not today - OLDEST <= w.held_from <= today + LONGEST:
        problems["held_from"] = _("That day is more than 60 days away. Please look again.")
    if w.held_from and w.last_contact_on and w.last_contact_on > min(w.held_from, today):
        problems["last_contact_on"] = _(
            "The last contact lies before the order begins, and not in the future."
        )
    if w.held_from and w.held_until and w.held_until <= w.held_from:
        problems["held_until"] = _("The end lies after the beginning.")
    elif w.held_from and w.held_until and w.held_until - w.held_from > LONGEST:
        problems["held_until"] = _("An order lasts at most 60 days; extend it when they are over.")
    if w.document_on and w.document_on > today:
        problems["document_on"] = _("A document of tomorrow cannot be here today.")
    return problems


def _check_authority(w: Wording, policy: QuarantinePolicy) -> None:
    said = (w.authority_name, w.officer, w.document_no)
    if w.authority not in Order.Authority.values or not all(t.strip() for t in said):
        raise NobodyOrderedIt
    if w.document_on is None:
        raise NobodyOrderedIt
    if w.authority == Order.Authority.SCHOOL and w.kind not in policy.school_kinds:
        raise NotTheCollegesToOrder


def _service_problems(service: Service, now: datetime) -> dict[str, str]:
    problems: dict[str, str] = {}
    if service.how not in Order.Served.values:
        problems["served_how"] = _("How was the person told?")
    if not service.by.strip():
        problems["served_by"] = _("Who told the person?")
    if not service.to.strip():
        problems["served_to"] = _("Who took it: the person, the mother, a room-mate …")
    if service.at is None:
        problems["served_at"] = _("When? Such as 2020-02-01 09:30.")
    elif service.at > now:
        problems["served_at"] = _("That moment has not come yet.")
    return problems


def faults_of(
    wording: Wording, service: Service | None, *, policy: QuarantinePolicy, now: datetime
) -> dict[str, str]:
    """Everything that is wrong with what was typed, before anybody asks whose order it is."""
    problems = _problems(wording, reporting_day(now))
    try:
        _check_authority(wording, policy)
    except Refused as refusal:
        problems["authority"] = str(refusal.message)
    return problems | (_service_problems(service, now) if service is not None else {})


@transaction.atomic
def record_order(
    *,
    person: Person,
    wording: Wording,
    service: Service | None,
    policy: QuarantinePolicy,
    edition_id: int,
    carer: Person,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Order:
    """Write down who ordered what. Raises `NobodyOrderedIt`, `AlreadyOrdered`, `Invalid`.

    The planned end is the one of the policy in force, unless the document names another.
    """
    today = reporting_day(now)
    _check_authority(wording, policy)
    problems = _problems(wording, today)
    if service is not None:
        problems |= _service_problems(service, now)
    unit = roster.reporting_unit_of(person, day=today)
    if unit is None:
        problems["person"] = _("This person is on no roll today.")
    if problems or unit is None or wording.held_from is None or wording.document_on is None:
        raise Invalid(problems)
    day_zero = wording.last_contact_on or wording.held_from
    until = wording.held_until or rules.planned_end(day_zero=day_zero, days=policy.days)
    try:
        with transaction.atomic():
            order = Order.objects.create(
                person=person,
                unit=unit,
                kind=wording.kind,
                place=wording.place.strip()[:200],
                county_code=wording.county_code,
                reason=wording.reason.strip()[:1000],
                authority=wording.authority,
                authority_name=wording.authority_name.strip()[:120],
                officer=wording.officer.strip()[:60],
                document_no=wording.document_no.strip()[:80],
                document_on=wording.document_on,
                last_contact_on=wording.last_contact_on,
                held_from=wording.held_from,
                held_until=max(until, wording.held_from + timedelta(days=1)),
                policy_days=policy.days,
                edition_id=edition_id,
                carer=carer,
                recorded_by=by,
                recorded_at=now,
                next_due_at=at_local(until, policy.propose_at),
            )
    except IntegrityError as error:
        raise AlreadyOrdered from error
    audit.record(
        verb="quarantine.order.recorded", actor=actor, subject=order, now=now,
        concerns=person.pk, kind=order.kind, until=order.held_until.isoformat(),
    )  # fmt: skip
    if service is not None:
        _write_service(order, service, actor, now)
    return order


@transaction.atomic
def note_service(*, order: Order, service: Service, actor: Actor, now: datetime) -> None:
    """How the order reached the person. Raises `Invalid`."""
    problems = _service_problems(service, now)
    if problems:
        raise Invalid(problems)
    _write_service(order, service, actor, now)


def _write_service(order: Order, service: Service, actor: Actor, now: datetime) -> None:
    order.served_how = service.how
    order.served_by = service.by.strip()[:60]
    order.served_to = service.to.strip()[:60]
    order.served_at = service.at
    order.save(update_fields=["served_how", "served_by", "served_to", "served_at"])
    audit.record(
        verb="quarantine.order.served", actor=actor, subject=order, now=now,
        concerns=order.person_id, how=service.how,
    )  # fmt: skip


@transaction.atomic
def move_end(
    *,
    order: Order,
    until: date | None,
    reason: str,
    document_no: str,
    policy: QuarantinePolicy,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Extension:
    """The end is another day, with its reason. Raises `Invalid`, `OrderHasEnded`."""
    problems: dict[str, str] = {}
    if until is None or until <= order.held_from:
        problems["until"] = _("Until which day? It lies after the beginning.")
    elif until == order.held_until:
        problems["until"] = _("That is the planned end already.")
    elif until - order.held_from > 2 * LONGEST:
        problems["until"] = _("An order lasts at most 60 days; extend it when they are over.")
    if not reason.strip():
        problems["why"] = _("Why? The person has a right to read it.")
    if order.needs_paper and not document_no.strip():
        problems["document_no"] = _("Whoever ordered it also extends it: the number, please.")
    if problems or until is None:
        raise Invalid(problems)
    old = order.held_until
    changed = Order.objects.filter(
        pk=order.pk, state=Order.State.RUNNING, held_until=old
    ).update(
        held_until=until, next_due_at=at_local(until, policy.propose_at), proposed_at=None,
        asked_release_at=None,
    )  # fmt: skip
    if changed != 1:
        raise OrderHasEnded
    order.refresh_from_db()
    extension = Extension.objects.create(
        order=order, old_until=old, new_until=until, reason=reason.strip()[:1000],
        document_no=document_no.strip()[:80], by=by, at=now,
    )  # fmt: skip
    audit.record(
        verb="quarantine.order.end-moved", actor=actor, subject=order, now=now,
        concerns=order.person_id, old=old.isoformat(), new=until.isoformat(),
    )  # fmt: skip
    return extension


@transaction.atomic
def note_paper(*, order: Order, paper: str, actor: Actor, now: datetime) -> None:
    """The number of the release document. Raises `OrderHasEnded`."""
    changed = Order.objects.filter(pk=order.pk, state=Order.State.RUNNING).update(
        release_paper=paper.strip()[:80]
    )
    if changed != 1:
        raise OrderHasEnded
    order.refresh_from_db(fields=["release_paper"])
    audit.record(
        verb="quarantine.order.paper-noted", actor=actor, subject=order, now=now,
        concerns=order.person_id,
    )  # fmt: skip


@transaction.atomic
def ask_release(*, order: Order, actor: Actor, now: datetime) -> None:
    """The person says: I went through the list. It decides nothing."""
    changed = Order.objects.filter(
        pk=order.pk, state=Order.State.RUNNING, asked_release_at__isnull=True
    ).update(asked_release_at=now, next_due_at=now)
    if changed == 1:
        audit.record(
            verb="quarantine.release.asked", actor=actor, subject=order, now=now,
            concerns=order.person_id,
        )  # fmt: skip


@transaction.atomic
def end(*, order: Order, state: str, words: str, by: Person, actor: Actor, now: datetime) -> Order:
    """Released, handed over, or a mistake. Of two at the same moment one ends it."""
    if state not in (Order.State.RELEASED, Order.State.MOVED_ON, Order.State.MISTAKE):
        raise Invalid({"state": _("Please choose how it ended.")})
    if state != Order.State.RELEASED and not words.strip():
        raise Invalid({"words": _("Please say in a few words why.")})
    changed = Order.objects.filter(pk=order.pk, state=Order.State.RUNNING).update(
        state=state, ended_at=now, ended_by=by, next_due_at=None
    )
    if changed != 1:
        raise OrderHasEnded
    order.refresh_from_db()
    order.ending = words.strip()[:1000]
    order.save(update_fields=["ending"])
    audit.record(
        verb="quarantine.order.ended", actor=actor, subject=order, now=now,
        concerns=order.person_id, state=state,
    )  # fmt: skip
    return order


def claim_due(*, now: datetime) -> Order | None:
    """The worker's poll: one order whose release has to be put before somebody."""
    order = (
        Order.objects.filter(next_due_at__lte=now, state=Order.State.RUNNING)
        .order_by("next_due_at", "id")
        .select_related("person", "unit", "carer")
        .first()
    )
    if order is None:
        return None
    claimed = Order.objects.filter(pk=order.pk, next_due_at=order.next_due_at).update(
        next_due_at=None, proposed_at=now
    )
    return order if claimed == 1 else None


def propose_again(*, order: Order, at: datetime) -> None:
    """Not ready yet: looked at again at that moment."""
    Order.objects.filter(pk=order.pk, state=Order.State.RUNNING).update(
        next_due_at=at, proposed_at=None
    )
