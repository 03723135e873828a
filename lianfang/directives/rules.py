"""What a unit owes for a directive, until when, and what its silence means. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

URGENCIES = ("EXTRA_URGENT", "URGENT", "ORDINARY")


class Duty(StrEnum):
    """What is owed, in the order in which it is owed."""

    ACKNOWLEDGE = "ACKNOWLEDGE"
    RELAY = "RELAY"
    FEED_BACK = "FEED_BACK"


class State(StrEnum):
    """What the relay page shows of a unit."""

    NOT_REACHED = "NOT_REACHED"  # the hop above has not passed it on
    WAITING = "WAITING"  # it has something to do, and time left
    UNDER_WAY = "UNDER_WAY"  # acknowledged and passed on; its feedback is not due yet
    STOPPED = "STOPPED"  # it has something to do, and its time is over
    IN_REVIEW = "IN_REVIEW"  # it has answered; the hop above has not looked yet
    ANSWERED = "ANSWERED"  # nothing is owed

    @property
    def is_reached(self) -> bool:
        return self is not State.NOT_REACHED


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one unit and one version; moments are None until they happened."""

    delivered_at: datetime | None
    acknowledged_at: datetime | None
    relayed_at: datetime | None
    has_below: bool
    acknowledge_due_at: datetime | None
    feedback_due_at: datetime | None
    fed_back_at: datetime | None = None
    accepted_at: datetime | None = None
    returned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    duty: Duty
    due_at: datetime


def owed(facts: Facts, *, relay_time: timedelta) -> Owed | None:
    """The next thing that this unit must do, and by when; None when nothing is its turn.

    Who acknowledged late still gets `relay_time` to pass it on, and so does feedback that was
    returned: a deadline that was over before the turn began is nobody's.
    """
    if facts.delivered_at is None or facts.acknowledge_due_at is None:
        return None
    if facts.acknowledged_at is None:
        return Owed(Duty.ACKNOWLEDGE, facts.acknowledge_due_at)
    if facts.has_below and facts.relayed_at is None:
        return Owed(Duty.RELAY, max(facts.acknowledge_due_at, facts.acknowledged_at + relay_time))
    if facts.feedback_due_at is None or facts.accepted_at is not None:
        return None
    if facts.fed_back_at is not None and facts.returned_at is None:
        return None
    if facts.returned_at is not None:
        return Owed(Duty.FEED_BACK, max(facts.feedback_due_at, facts.returned_at + relay_time))
    return Owed(Duty.FEED_BACK, facts.feedback_due_at)


def state_of(facts: Facts, turn: Owed | None, *, now: datetime) -> State:
    if facts.delivered_at is None:
        return State.NOT_REACHED
    if turn is not None:
        if turn.due_at <= now:
            return State.STOPPED
        return State.UNDER_WAY if turn.duty is Duty.FEED_BACK else State.WAITING
    if facts.fed_back_at is not None and facts.accepted_at is None:
        return State.IN_REVIEW
    return State.ANSWERED


def own_deadlines(
    *,
    acknowledge_due_at: datetime,
    feedback_due_at: datetime | None,
    own_due_at: datetime | None,
    relay_time: timedelta,
    now: datetime,
) -> tuple[datetime, datetime | None]:
    """The two deadlines of the units to which something is passed on now.

    The issuer's stay, unless they leave no time; the own date of the unit that passes it on
    takes the place of the issuer's date for feedback.
    """
    least = now + relay_time
    feedback = own_due_at or (max(feedback_due_at, least) if feedback_due_at else None)
    return max(acknowledge_due_at, least), feedback
