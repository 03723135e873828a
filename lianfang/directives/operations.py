"""Drafting, signing and superseding a directive. What was published is history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from lianfang.audit import operations as audit
from lianfang.directives.audience import Asked, Target, is_everybody, targets_of
from lianfang.directives.letters import announce
from lianfang.directives.models import (
    Addressee,
    Directive,
    DirectiveReceipt,
    DirectiveVersion,
)
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import SHANGHAI, reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.queries import rules_in_force


class PastDeadline(Refused):
    code = "directives.past-deadline"
    message = _("The deadline %(due)s is over already. Please give the units time to answer.")


class EmptyAudience(Refused):
    code = "directives.empty-audience"
    message = _("Nobody would receive this. Please choose units, a role that is held, or people.")


class EverybodyNotChosen(Refused):
    code = "directives.everybody-not-chosen"
    message = _(
        "This reaches every unit (%(units)s). If that is meant, please tick “to everybody”."
    )


class SignedByDrafter(Refused):
    code = "directives.signed-by-drafter"
    message = _("Who drafted this cannot sign it: a second person has to read it first.")
    status = 409


class NotADraft(Refused):
    code = "directives.not-a-draft"
    message = _("This version is published. Changes need a new version, which asks again.")
    status = 409


class DraftExists(Refused):
    code = "directives.draft-exists"
    message = _("There is a draft of a new version already; please go on with that one.")
    status = 409


class NotInForce(Refused):
    code = "directives.not-in-force"
    message = _("This was withdrawn or is not published yet; there is nothing to change.")
    status = 409


@dataclass(frozen=True, slots=True)
class Wording:
    """What a version says, as typed."""

    title: str
    body: str
    urgency: str
    acknowledge_due_at: datetime
    feedback_due_at: datetime | None = None
    feedback_asks: str = ""
    to_everybody: bool = False
    audience: Sequence[Asked] = ()


def problems_of(wording: Wording) -> dict[str, str]:
    """What is wrong with the words themselves: field to sentence."""
    problems: dict[str, str] = {}
    if not wording.title.strip():
        problems["title"] = _("A title, please.")
    elif len(wording.title.splitlines()) > 1:
        problems["title"] = _("The title is one line: it is the subject of every message.")
    elif len(wording.title) > 100:
        problems["title"] = _("At most 100 characters, please.")
    if not wording.body.strip():
        problems["body"] = _("What has to be done? Please write it down.")
    if wording.urgency not in DirectiveVersion.Urgency.values:
        problems["urgency"] = _("Please choose how urgent it is.")
    feedback = wording.feedback_due_at
    if feedback is not None and feedback < wording.acknowledge_due_at:
        problems["feedback_due_at"] = _("Feedback cannot be due before the acknowledgement.")
    return problems


@transaction.atomic
def draft(
    *,
    issuer: Unit,
    number: str,
    wording: Wording,
    by: Person,
    actor: Actor,
    now: datetime,
) -> DirectiveVersion:
    """A first version, seen by nobody but those who draft and sign. Numbered if no number is given.

    Raises `Invalid`, `PastDeadline`, `EmptyAudience`, `EverybodyNotChosen`.
    """
    _check(wording, issuer=issuer, now=now)
    number = tidy(number) or _next_number(now)
    if len(number.splitlines()) > 1 or len(number) > 40:
        raise Invalid({"number": _("At most 40 characters on one line, please.")})
    try:
        with transaction.atomic():
            directive = Directive.objects.create(number=number, issuer=issuer, created_at=now)
    except IntegrityError as error:
        raise Invalid({"number": _("This number is taken.")}) from error
    return _write(directive, 1, wording, by=by, actor=actor, now=now)


@transaction.atomic
def supersede(
    *, directive: Directive, wording: Wording, by: Person, actor: Actor, now: datetime
) -> DirectiveVersion:
    """A draft of the next version. The one in force stays until this is signed."""
    last = directive.versions.order_by("-number").first()
    if last is None or directive.withdrawn_at is not None:
        raise NotInForce
    if not last.is_published:
        raise DraftExists
    _check(wording, issuer=directive.issuer, now=now)
    return _write(directive, last.number + 1, wording, by=by, actor=actor, now=now)


def _next_number(now: datetime) -> str:
    year = now.astimezone(SHANGHAI).year
    taken = Directive.objects.filter(number__startswith=f"{year}-").values_list("number", flat=True)
    counts = [int(text[5:]) for text in taken if text[5:].isdecimal()]
    return f"{year}-{max(counts, default=0) + 1:03}"


def _check(wording: Wording, *, issuer: Unit, now: datetime) -> list[Target]:
    problems = problems_of(wording)
    if problems:
        raise Invalid(problems)
    return _check_at(wording, issuer=issuer, now=now)


def _check_at(wording: Wording, *, issuer: Unit, now: datetime) -> list[Target]:
    """What depends on the moment: checked when drafted, and again when signed."""
    for due in (wording.acknowledge_due_at, wording.feedback_due_at):
        if due is not None and due <= now:
            raise PastDeadline(due=f"{due.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    day = reporting_day(now)
    targets = targets_of(wording.audience, issuer=issuer, day=day)
    if not targets:
        raise EmptyAudience
    if not wording.to_everybody and is_everybody(targets, day=day):
        raise EverybodyNotChosen(units=len({target.unit_id for target in targets}))
    return targets


def _write(
    directive: Directive, number: int, wording: Wording, *, by: Person, actor: Actor, now: datetime
) -> DirectiveVersion:
    version = DirectiveVersion.objects.create(
        directive=directive,
        number=number,
        drafted_by=by,
        drafted_at=now,
        **_columns(wording),
    )
    _address(version, wording)
    audit.record(
        verb="directives.version.drafted", actor=actor, subject=version, now=now, number=number
    )
    return version


def _columns(wording: Wording) -> dict[str, object]:
    return {
        "title": wording.title.strip(),
        "body": wording.body.strip(),
        "urgency": DirectiveVersion.Urgency(wording.urgency),
        "acknowledge_due_at": wording.acknowledge_due_at,
        "feedback_due_at": wording.feedback_due_at,
        "feedback_asks": wording.feedback_asks.strip(),
        "to_everybody": wording.to_everybody,
    }


def _address(version: DirectiveVersion, wording: Wording) -> None:
    version.addressees.all().delete()
    Addressee.objects.bulk_create(
        Addressee(
            version=version,
            unit=one.unit,
            with_below=one.with_below,
            role=one.role,
            person=one.person,
        )
        for one in wording.audience
    )


@transaction.atomic
def redraft(
    *, version: DirectiveVersion, wording: Wording, by: Person, actor: Actor, now: datetime
) -> None:
    """Change a draft; whoever changes it last has drafted it. Raises `NotADraft`."""
    _check(wording, issuer=version.directive.issuer, now=now)
    changed = DirectiveVersion.objects.filter(pk=version.pk, published_at__isnull=True).update(
        drafted_by=by, drafted_at=now, **_columns(wording)
    )
    if changed != 1:
        raise NotADraft
    _address(version, wording)
    audit.record(verb="directives.version.redrafted", actor=actor, subject=version, now=now)


def wording_of(version: DirectiveVersion) -> Wording:
    """The words and the audience of a version, as they were typed."""
    return Wording(
        title=version.title,
        body=version.body,
        urgency=version.urgency,
        acknowledge_due_at=version.acknowledge_due_at,
        feedback_due_at=version.feedback_due_at,
        feedback_asks=version.feedback_asks,
        to_everybody=version.to_everybody,
        audience=[
            Asked(one.unit, one.with_below, one.role, one.person)
            for one in version.addressees.select_related("unit", "person")
        ],
    )


@transaction.atomic
def publish(
    *, version: DirectiveVersion, signer: Person, actor: Actor, now: datetime
) -> DirectiveVersion:
    """Sign and send. The promise: whoever is to be reached has a row from this moment on.

    1. The deadlines and the audience are checked again: a draft may have lain for a week.
    2. Claim the draft; two signers at once, and one of them is told.
    3. The version before it is superseded; what units did with it stays as it is.
    4. Receipts for the whole audience, letters to its first hop.
    """
    if version.drafted_by_id == signer.pk:
        raise SignedByDrafter
    directive = version.directive
    if directive.withdrawn_at is not None:
        raise NotInForce
    targets = _check_at(wording_of(version), issuer=directive.issuer, now=now)
    earlier = directive.versions.filter(published_at__isnull=False, superseded_at__isnull=True)
    superseded = list(earlier.values_list("pk", flat=True))
    earlier.update(superseded_at=now)
    changed = DirectiveVersion.objects.filter(
        pk=version.pk, published_at__isnull=True, drafted_at=version.drafted_at
    ).update(signed_by=signer, published_at=now)
    if changed != 1:
        raise NotADraft
    DirectiveReceipt.objects.filter(version_id__in=superseded).update(next_due_at=None)
    version.refresh_from_db()
    firsts = _make_receipts(version, targets, now)
    rules = rules_in_force(now)
    announce(firsts, version, "directive_again" if superseded else "directive", rules, now=now)
    audit.record(
        verb="directives.version.published",
        actor=actor,
        subject=version,
        now=now,
        drafted_by=version.drafted_by_id,
        units=len(targets),
    )
    return version


def _make_receipts(
    version: DirectiveVersion, targets: Sequence[Target], now: datetime
) -> list[DirectiveReceipt]:
    """Level by level, because each names the one above it. Gives those that are delivered now."""
    made: dict[int, DirectiveReceipt] = {}
    firsts: list[DirectiveReceipt] = []
    waiting = list(targets)
    above = {target.parent for target in targets}
    while waiting:
        ready = [one for one in waiting if one.parent is None or one.parent in made]
        waiting = [one for one in waiting if not (one.parent is None or one.parent in made)]
        rows = DirectiveReceipt.objects.bulk_create(
            [_receipt(version, one, made, above, now) for one in ready]
        )
        for one, row in zip(ready, rows, strict=True):
            if one.parent is None:
                firsts.append(row)
            if not one.role and one.person_id is None:
                made[one.unit_id] = row
    return firsts


def _receipt(
    version: DirectiveVersion,
    target: Target,
    made: dict[int, DirectiveReceipt],
    above: set[int | None],
    now: datetime,
) -> DirectiveReceipt:
    row = DirectiveReceipt(
        version=version,
        unit_id=target.unit_id,
        role=target.role,
        person_id=target.person_id,
        parent=made[target.parent] if target.parent else None,
        has_below=not target.role and target.person_id is None and target.unit_id in above,
    )
    if target.parent is None:
        row.delivered_at = now
        row.acknowledge_due_at = row.next_due_at = version.acknowledge_due_at
        row.feedback_due_at = version.feedback_due_at
    return row


@transaction.atomic
def withdraw(*, directive: Directive, reason: str, by: Person, actor: Actor, now: datetime) -> None:
    """Nobody is asked any more; everything stays readable. Raises `NotInForce`."""
    if not reason.strip():
        raise Invalid({"reason": _("Please say why.")})
    if not directive.versions.filter(published_at__isnull=False).exists():
        raise NotInForce
    changed = Directive.objects.filter(pk=directive.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=now, withdrawn_why=reason.strip()[:200]
    )
    if changed != 1:
        raise NotInForce
    DirectiveReceipt.objects.filter(version__directive=directive).update(next_due_at=None)
    audit.record(verb="directives.directive.withdrawn", actor=actor, subject=directive, now=now)
