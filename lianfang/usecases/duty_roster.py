"""The door to the duty roster for pages and commands; whoever is concerned is told.

What needs no letter is passed through as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lianfang.audit import operations as audit
from lianfang.duty import operations as duty
from lianfang.duty import queries as duty_queries
from lianfang.duty.ical import Event, calendar
from lianfang.duty.models import DutyShift, FeedAddress, Swap
from lianfang.duty.operations import (
    add_shift,
    check_in,
    end_cover,
    end_rotation,
    move_shift,
    open_feed,
    remove_shift,
    reply_to_fact,
    revoke_feed,
    set_cover,
    settle_log,
    start_rotation,
    withdraw_swap,
    write_log,
)
from lianfang.duty.operations.facts import FeedNotValid, feed_of_token, feed_token
from lianfang.installation.queries import is_exercise
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import SHANGHAI, reporting_day
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.notifications.wording import EXERCISE_MARK
from lianfang.roster.models import Person, Unit
from lianfang.usecases.letters import in_language_of

FEED_BACK, FEED_AHEAD = timedelta(days=30), timedelta(days=120)


@transaction.atomic
def stand_in(
    *,
    unit: Unit,
    post: str,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> list[DutyShift]:
    """Somebody takes over for a while; both sides learn of it, unless they did it themselves."""
    before = {
        shift.person_id: shift.person
        for shift in duty_queries.shifts_between(unit=unit, starts=starts_at, ends=ends_at)
        if shift.post == post
    }
    taken = duty.stand_in(
        unit=unit,
        post=post,
        person=person,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        by=by,
        actor=actor,
        now=now,
    )
    told = {**before, person.pk: person}
    if by is not None:
        told.pop(by.pk, None)
    for shift in taken:
        _tell(told.values(), shift, f"duty-standin:{shift.pk}:{now:%Y%m%d%H%M%S}", now)
    return taken


@transaction.atomic
def ask_swap(
    *,
    shift: DutyShift,
    asked_by: Person,
    asked_of: Person,
    in_return: DutyShift | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Swap:
    """Asked; the other person gets a letter that leads to the two buttons."""
    swap = duty.ask_swap(
        shift=shift,
        asked_by=asked_by,
        asked_of=asked_of,
        in_return=in_return,
        reason=reason,
        actor=actor,
        now=now,
    )
    words = {"name": asked_by.name, "when": _when(shift)}
    with in_language_of(asked_of):
        body = _("%(name)s asks you to take the shift of %(when)s.") % words
        _send([(asked_of, body)], f"swap:{swap.pk}:asked", now)
    return swap


@transaction.atomic
def answer_swap(*, swap: Swap, by: Person, accept: bool, actor: Actor, now: datetime) -> Swap:
    """Yes goes on to the head, no goes back to whoever asked."""
    duty.answer_swap(swap=swap, by=by, accept=accept, actor=actor, now=now)
    unit = swap.shift.unit
    heads = duty_queries.heads_of(unit, day=reporting_day(now)) if accept else [swap.asked_by]
    letters = []
    for person in heads:
        with in_language_of(person):
            text = (
                _("%(unit)s: a swap of the shift of %(when)s waits for your approval.")
                if accept
                else _("%(unit)s: your swap of the shift of %(when)s was declined.")
            )
            letters.append((person, text % {"unit": unit.name, "when": _when(swap.shift)}))
    _send(letters, f"swap:{swap.pk}:answered", now)
    return swap


@transaction.atomic
def decide_swap(
    *, swap: Swap, by: Person | None, approve: bool, actor: Actor, now: datetime
) -> Swap:
    """The head decides; both sides are told what holds now."""
    duty.decide_swap(swap=swap, by=by, approve=approve, actor=actor, now=now)
    letters = []
    for person in (swap.asked_by, swap.asked_of):
        with in_language_of(person):
            text = (
                _("The swap of the shift of %(when)s is approved.")
                if approve
                else _("The swap of the shift of %(when)s is not approved; the roster stays.")
            )
            letters.append((person, text % {"when": _when(swap.shift)}))
    _send(letters, f"swap:{swap.pk}:decided", now)
    return swap


def _when(shift: DutyShift) -> str:
    starts, ends = (m.astimezone(SHANGHAI) for m in (shift.starts_at, shift.ends_at))
    return f"{starts:%m-%d %H:%M}–{ends:%H:%M}"


def _tell(people: Iterable[Person], shift: DutyShift, reference: str, now: datetime) -> None:
    letters = []
    for person in people:
        with in_language_of(person):
            body = _("%(unit)s, duty of %(when)s: on the roster is now %(name)s.") % {
                "unit": shift.unit.name,
                "when": _when(shift),
                "name": shift.person.name,
            }
            letters.append((person, body))
    _send(letters, reference, now)


def _send(letters: Iterable[tuple[Person, str]], reference: str, now: datetime) -> None:
    drafts = []
    for person, body in letters:
        with in_language_of(person):
            subject = _("Lianfang: duty roster")
        drafts.append(
            Draft(
                reference=reference, person=person, subject=subject, body=body, link="/desk/duty/"
            )
        )
    notifications.queue(drafts, now=now)


def reveal_phone(*, shift: DutyShift, actor: Actor, now: datetime) -> str:
    """The number of whoever stands there; the look is written down before it is shown."""
    day = reporting_day(now)
    people = {pk for pk in (shift.person_id, shift.deputy_id) if pk is not None}
    standing = duty_queries.stands_for(shift, duty_queries.absent_among(people, day=day))
    person = standing or shift.person
    audit.record(
        verb="roster.phone.revealed",
        actor=actor,
        subject=person,
        now=now,
        concerns=person.pk,
        reason="duty",
    )
    return str(person.phone)


def book_seen(*, unit: Unit, actor: Actor, now: datetime) -> None:
    """The book may hold what people said about themselves: every look leaves a trace."""
    audit.record(verb="duty.log.seen", actor=actor, subject=unit, now=now)


# ---------------------------------------------------------------- calendars


def feed_calendar(token: str, *, now: datetime) -> str:
    """The calendar behind an address. Raises `FeedNotValid`. No phone numbers leave by it.

    A shift keeps its UID by whichever name the machine was asked, or it would stand there twice.
    """
    host = urlsplit(settings.BASE_URL).hostname or "lianfang"
    mark = EXERCISE_MARK if is_exercise() else ""
    feed = feed_of_token(token, now=now)
    starts, ends = now - FEED_BACK, now + FEED_AHEAD
    if feed.person is not None:
        shifts = list(duty_queries.shifts_of(feed.person, starts=starts, ends=ends))
        name = feed.person.name
    else:
        assert feed.unit is not None
        shifts = list(duty_queries.shifts_between(unit=feed.unit, starts=starts, ends=ends))
        name = feed.unit.name
    with in_language_of(feed.owner):
        events = [_event(shift, host, mark, of_unit=feed.unit is not None) for shift in shifts]
        return calendar(events, name=mark + _("Duty: %(name)s") % {"name": name}, now=now)


def _event(shift: DutyShift, host: str, mark: str, *, of_unit: bool) -> Event:
    post = shift.get_post_display()
    title = f"{post}: {shift.person.name}" if of_unit else _("Duty: %(name)s") % {"name": post}
    return Event(
        uid=f"shift-{shift.pk}@{host}",
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        title=mark + title,
        place=shift.unit.name,
    )


def feed_path(feed: FeedAddress) -> str:
    return f"/duty/{feed_token(feed)}.ics"


__all__ = [
    "FeedNotValid",
    "add_shift",
    "answer_swap",
    "ask_swap",
    "book_seen",
    "check_in",
    "decide_swap",
    "end_cover",
    "end_rotation",
    "feed_calendar",
    "feed_path",
    "move_shift",
    "open_feed",
    "remove_shift",
    "reply_to_fact",
    "reveal_phone",
    "revoke_feed",
    "set_cover",
    "settle_log",
    "stand_in",
    "start_rotation",
    "withdraw_swap",
    "write_log",
]
