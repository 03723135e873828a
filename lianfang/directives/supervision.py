"""Matters to be settled: given, worked on, checked by somebody else, closed, reopened."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from lianfang.accounts.languages import in_language_of
from lianfang.audit import operations as audit
from lianfang.directives.letters import clock_words
from lianfang.directives.models import ItemEntry, SupervisionItem
from lianfang.directives.operations import PastDeadline
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import SHANGHAI
from lianfang.kernel.refusals import Forbidden, Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.queries import rules_in_force

_OWNERS_TURN = [SupervisionItem.State.OPEN, SupervisionItem.State.UNDER_WAY]


class ItemExists(Refused):
    code = "directives.item-exists"
    message = _("There is an open matter about this already: %(number)s.")
    status = 409


class OwnWorkChecked(Refused):
    code = "directives.own-work-checked"
    message = _("Who did it cannot check it: somebody else has to look.")
    status = 409


class NotThatTurn(Refused):
    code = "directives.not-that-turn"
    message = _("This has moved on meanwhile; please look at the newest entry.")
    status = 409


@transaction.atomic
def assign(
    *,
    source: SupervisionItem.Source,
    title: str,
    text: str,
    unit: Unit,
    owner: Person | None,
    due_at: datetime,
    by: Person,
    actor: Actor,
    now: datetime,
    origin: str = "",
) -> SupervisionItem:
    """A new matter with its number, its owner and its deadline. Raises `ItemExists`."""
    _check(title, due_at, now)
    existing = SupervisionItem.objects.exclude(state=SupervisionItem.State.CLOSED)
    twin = existing.filter(origin=origin).first() if origin else None
    if twin is not None:
        raise ItemExists(number=twin.number)
    item = SupervisionItem(
        source=source,
        origin=origin,
        title=title.strip(),
        text=text.strip(),
        unit=unit,
        owner=owner,
        assigned_by=by,
        assigned_at=now,
        due_at=due_at,
        next_due_at=due_at,
    )
    _save_numbered(item, now)
    _enter(item, ItemEntry.Kind.ASSIGNED, text, by, now)
    _tell_owner(item, "item_assigned", now, "assigned", due=clock_words(due_at))
    audit.record(
        verb="directives.item.assigned", actor=actor, subject=item, now=now, source=str(source)
    )
    return item


def _check(title: str, due_at: datetime, now: datetime) -> None:
    if not title.strip() or len(title) > 100 or len(title.splitlines()) > 1:
        raise Invalid({"title": _("A title of one line and at most 100 characters, please.")})
    if due_at <= now:
        raise PastDeadline(due=f"{due_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")


def _save_numbered(item: SupervisionItem, now: datetime) -> None:
    """The next number of its kind and year. Two at once: the second takes the one after."""
    letter = "R" if SupervisionItem.Source(item.source).is_task else "D"
    prefix = f"{letter}{now.astimezone(SHANGHAI).year}-"
    for _attempt in range(20):
        taken = SupervisionItem.objects.filter(number__startswith=prefix)
        last = taken.order_by("-number").values_list("number", flat=True).first()
        item.number = f"{prefix}{int(last[len(prefix) :]) + 1 if last else 1:04}"
        try:
            with transaction.atomic():
                item.save(force_insert=True)
            return
        except IntegrityError:
            if not SupervisionItem.objects.filter(number=item.number).exists():
                raise
    raise NotThatTurn


def _enter(
    item: SupervisionItem, kind: ItemEntry.Kind, text: str, by: Person | None, now: datetime
) -> ItemEntry:
    return ItemEntry.objects.create(item=item, kind=kind, text=text.strip()[:4000], by=by, at=now)


def _tell_owner(item: SupervisionItem, text: str, now: datetime, what: str, **words: str) -> None:
    if item.owner is None:
        return
    rules = rules_in_force(now)
    with in_language_of(item.owner):
        draft = Draft(
            reference=f"item:{item.pk}:{what}",
            person=item.owner,
            subject=rules.text("subject"),
            body=rules.text(text, title=item.title, unit=item.unit.name, **words),
            link=f"/desk/directives/items/{item.pk}/",
        )
    notifications.queue([draft], now=now)


def _move(item: SupervisionItem, *, since: list[SupervisionItem.State], **columns: object) -> None:
    """The state changes once: of two at the same moment one is told that it has moved on."""
    changed = SupervisionItem.objects.filter(pk=item.pk, state__in=since).update(**columns)
    if changed != 1:
        raise NotThatTurn
    item.refresh_from_db()


@transaction.atomic
def report(
    *,
    item: SupervisionItem,
    text: str,
    is_done: bool,
    by: Person,
    actor: Actor,
    now: datetime,
) -> ItemEntry:
    """Progress, or "it is done": then it waits for somebody else to check it."""
    if item.owner_id is not None and item.owner_id != by.pk:
        raise Forbidden
    if not text.strip():
        raise Invalid({"text": _("A few words, please: what was done?")})
    if is_done:
        # Who takes up a matter without an owner becomes its owner: somebody else checks it.
        to_check = SupervisionItem.State.TO_CHECK
        _move(item, since=_OWNERS_TURN, state=to_check, owner=by, next_due_at=None)
    else:
        _move(item, since=_OWNERS_TURN, state=SupervisionItem.State.UNDER_WAY, owner=by)
    kind = ItemEntry.Kind.SUBMITTED if is_done else ItemEntry.Kind.PROGRESS
    entry = _enter(item, kind, text, by, now)
    audit.record(verb="directives.item.reported", actor=actor, subject=item, now=now, done=is_done)
    return entry


@transaction.atomic
def check(
    *,
    item: SupervisionItem,
    accept: bool,
    text: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> ItemEntry:
    """Closed (销号), or sent back with a reason. Never by the owner."""
    if by.pk == item.owner_id:
        raise OwnWorkChecked
    if not accept and not text.strip():
        raise Invalid({"text": _("Please say what is missing.")})
    waiting = [SupervisionItem.State.TO_CHECK]
    if accept:
        closed = SupervisionItem.State.CLOSED
        _move(item, since=waiting, state=closed, checked_by=by, closed_at=now, next_due_at=None)
    else:
        due = item.due_at if item.due_at > now else None
        _move(item, since=waiting, state=SupervisionItem.State.UNDER_WAY, next_due_at=due or now)
    entry = _enter(
        item, ItemEntry.Kind.CLOSED if accept else ItemEntry.Kind.RETURNED, text, by, now
    )
    if not accept:
        _tell_owner(item, "item_returned", now, f"returned:{entry.pk}", reason=text.strip()[:300])
    audit.record(
        verb="directives.item.checked", actor=actor, subject=item, now=now, accepted=accept
    )
    return entry


@transaction.atomic
def reopen(
    *,
    item: SupervisionItem,
    text: str,
    due_at: datetime,
    by: Person,
    actor: Actor,
    now: datetime,
) -> ItemEntry:
    """It was not settled after all: a new deadline, the same number, the whole history."""
    if not text.strip():
        raise Invalid({"text": _("Please say why.")})
    _check(item.title, due_at, now)
    _move(
        item,
        since=[SupervisionItem.State.CLOSED],
        state=SupervisionItem.State.UNDER_WAY,
        due_at=due_at,
        next_due_at=due_at,
        closed_at=None,
        checked_by=None,
    )
    entry = _enter(item, ItemEntry.Kind.REOPENED, text, by, now)
    _tell_owner(item, "item_assigned", now, f"reopened:{entry.pk}", due=clock_words(due_at))
    audit.record(verb="directives.item.reopened", actor=actor, subject=item, now=now)
    return entry


@transaction.atomic
def extend(
    *,
    item: SupervisionItem,
    due_at: datetime,
    text: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> ItemEntry:
    """More time, given by whoever may check it and is not its owner."""
    if by.pk == item.owner_id:
        raise OwnWorkChecked
    if not text.strip():
        raise Invalid({"text": _("Please say why.")})
    _check(item.title, due_at, now)
    _move(item, since=_OWNERS_TURN, due_at=due_at, next_due_at=due_at)
    entry = _enter(item, ItemEntry.Kind.EXTENDED, text, by, now)
    audit.record(
        verb="directives.item.extended", actor=actor, subject=item, now=now,
        due_at=due_at.isoformat(),
    )  # fmt: skip
    return entry


def claim_overdue(*, now: datetime) -> SupervisionItem | None:
    """The worker's poll: one matter whose deadline has passed while it is its owner's turn."""
    item = (
        SupervisionItem.objects.filter(next_due_at__lte=now)
        .order_by("next_due_at", "id")
        .select_related("unit", "owner")
        .first()
    )
    if item is None:
        return None
    claimed = SupervisionItem.objects.filter(pk=item.pk, next_due_at=item.next_due_at).update(
        next_due_at=None
    )
    if claimed != 1:
        return None
    if SupervisionItem.State(item.state).is_owners_turn:
        _enter(item, ItemEntry.Kind.OVERDUE, "", None, now)
    return item


def look_again(*, item: SupervisionItem, at: datetime) -> None:
    """Somebody promised to see to it: if it still waits by then, the climb begins again."""
    SupervisionItem.objects.filter(pk=item.pk, state__in=_OWNERS_TURN).update(next_due_at=at)
