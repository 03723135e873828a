"""What a unit does with a directive: read, acknowledge, pass on, feed back; and the judgement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from lianfang.accounts.languages import in_language_of
from lianfang.audit import operations as audit
from lianfang.directives.letters import announce, letter, people_of
from lianfang.directives.models import DirectiveReceipt, DirectiveVersion, Feedback
from lianfang.directives.queries import relay_time, turn_of
from lianfang.directives.rules import own_deadlines
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import SHANGHAI, reporting_day
from lianfang.kernel.refusals import Invalid, NotYours, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.notifications import operations as notifications
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.queries import rules_in_force


class Superseded(Refused):
    code = "directives.superseded"
    message = _("There is a newer version of this. Please read it and acknowledge that one.")
    status = 409


class Withdrawn(Refused):
    code = "directives.withdrawn"
    message = _("This was withdrawn; there is nothing left to do.")
    status = 409


class NotDelivered(Refused):
    code = "directives.not-delivered"
    message = _("The unit above has not passed this on yet.")
    status = 409


class DoneAlready(Refused):
    code = "directives.done-already"
    message = _("Somebody of your unit has done this already.")
    status = 409


class AcknowledgeFirst(Refused):
    code = "directives.acknowledge-first"
    message = _("Please acknowledge it first.")
    status = 409


class OwnDateNotPossible(Refused):
    code = "directives.own-date-not-possible"
    message = _("Your own date must lie between now and %(due)s, when your unit answers.")


class NothingToJudge(Refused):
    code = "directives.nothing-to-judge"
    message = _("This feedback was judged already, or there is none.")
    status = 409


def _check_open(receipt: DirectiveReceipt) -> DirectiveVersion:
    """A version that does not count any more takes no answers. Read anew: pages lie open long."""
    version = DirectiveVersion.objects.select_related("directive").get(pk=receipt.version_id)
    if version.superseded_at is not None:
        raise Superseded
    if version.directive.withdrawn_at is not None:
        raise Withdrawn
    if receipt.delivered_at is None:
        raise NotDelivered
    return version


def _turn_on(receipt: DirectiveReceipt, *, now: datetime) -> None:
    """The next moment at which this receipt is looked at follows from what is owed now."""
    receipt.refresh_from_db()
    turn = turn_of(receipt, now=now)
    due = turn.due_at if turn else None
    DirectiveReceipt.objects.filter(pk=receipt.pk).update(next_due_at=due)
    receipt.next_due_at = due


def mark_read(*, receipt: DirectiveReceipt, by: Person, now: datetime) -> bool:
    """The first look of somebody who answers for the unit. Reading acknowledges nothing."""
    changed = DirectiveReceipt.objects.filter(
        pk=receipt.pk, read_at__isnull=True, delivered_at__isnull=False
    ).update(read_at=now, read_by=by)
    return changed == 1


@transaction.atomic
def acknowledge(*, receipt: DirectiveReceipt, by: Person, actor: Actor, now: datetime) -> None:
    """“We have it and will see to it”, bound to this version. Once per unit."""
    _check_open(receipt)
    changed = DirectiveReceipt.objects.filter(pk=receipt.pk, acknowledged_at__isnull=True).update(
        acknowledged_at=now, acknowledged_by=by
    )
    if changed != 1:
        raise DoneAlready
    mark_read(receipt=receipt, by=by, now=now)
    _turn_on(receipt, now=now)
    audit.record(verb="directives.receipt.acknowledged", actor=actor, subject=receipt, now=now)


def units_to_relay_to(receipt: DirectiveReceipt, *, now: datetime) -> list[Unit]:
    """The unit's own units that the issuer did not name; it may add them."""
    if receipt.role or receipt.person_id:
        return []
    day = reporting_day(now)
    asked = set(
        receipt.version.receipts.filter(person=None, role="").values_list("unit", flat=True)
    )
    below = set(roster.subtree_ids(receipt.unit, day=day)) - asked
    units = Unit.objects.filter(pk__in=below, closed_on__isnull=True)
    return list(units.exclude(kind=Unit.Kind.MAJOR).order_by("position", "code"))


@transaction.atomic
def relay(
    *,
    receipt: DirectiveReceipt,
    words: str,
    own_due_at: datetime | None,
    more: Iterable[Unit],
    by: Person,
    actor: Actor,
    now: datetime,
) -> int:
    """Pass it on to the unit's own units, with own words and an own date. Gives their number."""
    version = _check_open(receipt)
    if receipt.acknowledged_at is None:
        raise AcknowledgeFirst
    time = relay_time(rules_in_force(now))
    _check_own_date(receipt, own_due_at, now)
    more = list(more)
    possible = {unit.pk for unit in units_to_relay_to(receipt, now=now)} if more else set()
    if any(unit.pk not in possible for unit in more):
        raise NotYours
    if not receipt.has_below and not more:
        raise Invalid({"units": _("Please choose to whom you pass it on.")})
    changed = DirectiveReceipt.objects.filter(pk=receipt.pk, relayed_at__isnull=True).update(
        relayed_at=now,
        relayed_by=by,
        own_words=words.strip()[:2000],
        own_due_at=own_due_at,
        has_below=True,
    )
    if changed != 1:
        raise DoneAlready
    DirectiveReceipt.objects.bulk_create(
        DirectiveReceipt(version=version, unit=unit, parent=receipt) for unit in more
    )
    assert receipt.acknowledge_due_at is not None
    acknowledge_by, feedback_by = own_deadlines(
        acknowledge_due_at=receipt.acknowledge_due_at,
        feedback_due_at=receipt.feedback_due_at,
        own_due_at=own_due_at,
        relay_time=time,
        now=now,
    )
    reached = receipt.below.filter(delivered_at__isnull=True).update(
        delivered_at=now,
        acknowledge_due_at=acknowledge_by,
        feedback_due_at=feedback_by,
        next_due_at=acknowledge_by,
    )
    below = list(receipt.below.select_related("unit"))
    rules = rules_in_force(now)
    announce(below, version, "directive_relayed", rules, now=now, issuer=receipt.unit.name)
    _turn_on(receipt, now=now)
    audit.record(
        verb="directives.receipt.relayed", actor=actor, subject=receipt, now=now, units=reached
    )
    return reached


def _check_own_date(receipt: DirectiveReceipt, own: datetime | None, now: datetime) -> None:
    """An own date leaves the unit time for its own answer, unless that time is over."""
    if own is None:
        return
    last = receipt.feedback_due_at
    if own <= now or (last is not None and last > now and own > last):
        shown = f"{last.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if last else "…"
        raise OwnDateNotPossible(due=shown)


@transaction.atomic
def feed_back(
    *,
    receipt: DirectiveReceipt,
    text: str,
    figures: Mapping[str, str],
    by: Person,
    actor: Actor,
    now: datetime,
) -> Feedback:
    """What was done, with the numbers asked for. After a return the next try is a new row."""
    version = _check_open(receipt)
    if receipt.acknowledged_at is None:
        raise AcknowledgeFirst
    numbers = _numbers(version, text, figures)
    open_turn = DirectiveReceipt.objects.filter(
        Q(fed_back_at__isnull=True) | Q(returned_at__isnull=False),
        pk=receipt.pk,
        accepted_at__isnull=True,
    )
    if open_turn.update(fed_back_at=now, returned_at=None) != 1:
        raise DoneAlready
    feedback = Feedback.objects.create(
        receipt=receipt,
        number=receipt.feedbacks.count() + 1,
        text=text.strip(),
        figures=numbers,
        given_by=by,
        given_at=now,
    )
    _turn_on(receipt, now=now)
    audit.record(verb="directives.feedback.given", actor=actor, subject=feedback, now=now)
    return feedback


def _numbers(version: DirectiveVersion, text: str, figures: Mapping[str, str]) -> dict[str, int]:
    """The numbers asked for, in order. Nothing is a zero that was not typed."""
    problems: dict[str, str] = {}
    numbers: dict[str, int] = {}
    if not text.strip():
        problems["text"] = _("Please write what was done.")
    elif len(text) > 4000:
        problems["text"] = _("At most 4000 characters, please.")
    for position, name in enumerate(version.asks):
        typed = tidy(figures.get(name, ""))
        if typed.isascii() and typed.isdecimal() and len(typed) < 8:
            numbers[name] = int(typed)
        else:
            problems[f"figure_{position}"] = _("A whole number, please; 0 if there are none.")
    if problems:
        raise Invalid(problems)
    return numbers


@transaction.atomic
def judge(
    *, feedback: Feedback, accept: bool, reason: str, by: Person, actor: Actor, now: datetime
) -> None:
    """The hop above accepts, or returns with a reason; then it is the unit's turn again."""
    if not accept and not reason.strip():
        raise Invalid({"reason": _("Please say what is missing.")})
    receipt = feedback.receipt
    _check_open(receipt)
    changed = Feedback.objects.filter(pk=feedback.pk, is_accepted__isnull=True).update(
        is_accepted=accept, reviewed_by=by, reviewed_at=now, reason=reason.strip()[:300]
    )
    if changed != 1:
        raise NothingToJudge
    moment = {"accepted_at": now} if accept else {"returned_at": now}
    DirectiveReceipt.objects.filter(pk=receipt.pk).update(**moment)
    if not accept:
        _tell_returned(feedback, receipt, reason, now)
    _turn_on(receipt, now=now)
    audit.record(
        verb="directives.feedback.judged",
        actor=actor,
        subject=feedback,
        now=now,
        accepted=accept,
    )


def _tell_returned(
    feedback: Feedback, receipt: DirectiveReceipt, reason: str, now: datetime
) -> None:
    version = receipt.version
    rules = rules_in_force(now)
    reference = f"directive:{version.directive_id}:{receipt.pk}:returned:{feedback.pk}"
    drafts = []
    for person in people_of([receipt], now=now)[receipt.pk]:
        with in_language_of(person):
            words = {"title": version.title, "reason": reason.strip()[:300]}
            body = rules.text("directive_returned", **words)
            drafts.append(letter(version, person, rules, reference=reference, body=body))
    notifications.queue(drafts, now=now)


def claim_overdue(*, now: datetime) -> DirectiveReceipt | None:
    """The worker's poll: one receipt whose moment has come; None when nothing is due.

    Another worker, or an answer, may have been first: then the update changes no row.
    """
    receipt = (
        DirectiveReceipt.objects.filter(next_due_at__lte=now)
        .order_by("next_due_at", "id")
        .select_related("version__directive", "unit")
        .first()
    )
    if receipt is None:
        return None
    claimed = DirectiveReceipt.objects.filter(
        pk=receipt.pk, next_due_at=receipt.next_due_at
    ).update(next_due_at=None)
    return receipt if claimed == 1 else None


def look_again(*, receipt: DirectiveReceipt, at: datetime) -> None:
    """Somebody promised to see to it: if nothing has come of it by then, the climb begins again."""
    DirectiveReceipt.objects.filter(
        pk=receipt.pk, version__superseded_at__isnull=True, version__directive__withdrawn_at=None
    ).update(next_due_at=at)
