"""Facts with a right of reply, findings about the roster, and calendar addresses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.core import signing
from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.duty.models import DutyFact, FeedAddress, RosterFinding
from lianfang.duty.rules import Fault
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person, Unit

_SALT = "lianfang.duty-feed"


class RepliedAlready(Refused):
    code = "duty.replied-already"
    message = _("%(name)s has answered this already; the words stay as they are.")
    status = 409


class FeedNotValid(Refused):
    """The same words for a forged, an unknown and a revoked address."""

    code = "duty.feed-not-valid"
    message = _("This calendar address is not valid any more. Please take a new one at the desk.")
    status = 404


class FeedIsRevoked(Refused):
    code = "duty.feed-is-revoked"
    message = _("This calendar address has been revoked already.")
    status = 409


def note_fact(
    *,
    unit: Unit,
    kind: DutyFact.Kind,
    person: Person | None,
    reference: str,
    at: datetime,
    minutes: int | None,
    now: datetime,
) -> DutyFact | None:
    """Write down what happened, once per reference; None when it was written down before."""
    fact, created = DutyFact.objects.get_or_create(
        reference=reference,
        defaults={"unit": unit, "kind": kind, "person": person, "at": at, "minutes": minutes},
    )
    if not created:
        return None
    audit.record(
        verb="duty.fact.noted", actor=SYSTEM, subject=fact, now=now, kind=str(kind),
        concerns=person.pk if person else None,
    )  # fmt: skip
    return fact


@transaction.atomic
def reply_to_fact(
    *, fact: DutyFact, text: str, by: Person, actor: Actor, now: datetime
) -> DutyFact:
    """The unit's own words, kept beside the fact for good. One reply; the first one counts."""
    if not text.strip():
        raise Invalid({"text": _("A few words, please: how was it?")})
    changed = DutyFact.objects.filter(pk=fact.pk, replied_at__isnull=True).update(
        replied_at=now, replied_by=by
    )
    fact.refresh_from_db()
    if changed != 1:
        raise RepliedAlready(name=fact.replied_by.name if fact.replied_by else "")
    fact.reply = text.strip()[:2000]
    fact.save(update_fields=["reply"])
    audit.record(verb="duty.fact.replied", actor=actor, subject=fact, now=now)
    return fact


@transaction.atomic
def keep_findings(
    *, unit: Unit, faults: Sequence[Fault], now: datetime
) -> tuple[list[RosterFinding], int]:
    """What is wrong now becomes rows; what is mended is gone. Returns what is new, and how many
    went. WRONG_NUMBER is not of the checker's making and is left alone.
    """
    found = {fault.fingerprint: fault for fault in faults}
    open_rows = RosterFinding.objects.filter(unit=unit, gone_at__isnull=True).exclude(
        kind=RosterFinding.Kind.WRONG_NUMBER
    )
    gone = open_rows.exclude(fingerprint__in=list(found)).update(gone_at=now)
    known = {row.fingerprint: row for row in open_rows}
    fresh = []
    for fingerprint, fault in found.items():
        if fingerprint in known:
            _stretch(known[fingerprint], fault)
            continue
        fresh.append(
            RosterFinding.objects.create(
                unit=unit,
                kind=fault.kind,
                post=fault.post,
                person_id=fault.person,
                starts_at=fault.span.starts_at if fault.span else None,
                ends_at=fault.span.ends_at if fault.span else None,
                fingerprint=fingerprint,
                found_at=now,
            )
        )
    return fresh, gone


def _stretch(row: RosterFinding, fault: Fault) -> None:
    """A gap that has grown at its far end is the same gap."""
    if fault.span is not None and row.ends_at != fault.span.ends_at:
        RosterFinding.objects.filter(pk=row.pk).update(ends_at=fault.span.ends_at)


def mark_told(*, findings: Collection[RosterFinding], now: datetime) -> None:
    RosterFinding.objects.filter(
        pk__in=[finding.pk for finding in findings], told_at__isnull=True
    ).update(told_at=now)


def note_wrong_number(*, person: Person, unit: Unit, now: datetime) -> None:
    """Messages to this phone cannot be delivered: a task to correct it, open until a new try."""
    RosterFinding.objects.get_or_create(
        unit=unit,
        fingerprint=f"WRONG_NUMBER::{person.pk}",
        gone_at=None,
        defaults={
            "kind": RosterFinding.Kind.WRONG_NUMBER,
            "person": person,
            "found_at": now,
        },
    )


def number_works(*, person: Person, now: datetime) -> None:
    """The phone was answered: the task to correct it is done."""
    RosterFinding.objects.filter(
        person=person, kind=RosterFinding.Kind.WRONG_NUMBER, gone_at__isnull=True
    ).update(gone_at=now)


# ---------------------------------------------------------------- calendar addresses


@transaction.atomic
def open_feed(
    *,
    person: Person | None,
    unit: Unit | None,
    owner: Person | None,
    actor: Actor,
    now: datetime,
) -> FeedAddress:
    """A new address, of one's own shifts or of a unit's roster; each can be revoked by itself."""
    feed = FeedAddress.objects.create(person=person, unit=unit, owner=owner, created_at=now)
    audit.record(verb="duty.feed.opened", actor=actor, subject=feed, now=now)
    return feed


@transaction.atomic
def revoke_feed(*, feed: FeedAddress, actor: Actor, now: datetime) -> None:
    changed = FeedAddress.objects.filter(pk=feed.pk, revoked_at__isnull=True).update(revoked_at=now)
    if changed != 1:
        raise FeedIsRevoked
    audit.record(verb="duty.feed.revoked", actor=actor, subject=feed, now=now)


def feed_token(feed: FeedAddress) -> str:
    return signing.dumps(feed.pk, salt=_SALT)


def feed_of_token(token: str, *, now: datetime) -> FeedAddress:
    """Raises `FeedNotValid` for a forged, altered or revoked address."""
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise FeedNotValid from error
    feed = (
        FeedAddress.objects.filter(pk=pk, revoked_at__isnull=True)
        .select_related("person", "unit", "owner")
        .first()
    )
    if feed is None:
        raise FeedNotValid
    FeedAddress.objects.filter(pk=feed.pk).update(last_read_at=now)
    return feed
