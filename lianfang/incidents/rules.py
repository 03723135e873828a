"""The arithmetic of an incident's course. Pure: no Django, no tables.

Who may say what, which clock a notice meets, what ends an incident, what is to do next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

# The school, the person and the community never diagnose: these need a hospital or the CDC.
DIAGNOSES = frozenset({"SUSPECTED", "CLINICAL", "CONFIRMED", "ASYMPTOMATIC"})
OFFICIAL = frozenset({"HOSPITAL", "CDC"})
_WHO_MAY_SAY: dict[str, frozenset[str]] = {
    "GENERAL_SYMPTOM": frozenset({"SELF", "DOCTOR", "HOSPITAL", "CDC", "COMMUNITY"}),
    "KEY_SYMPTOM": frozenset({"SELF", "DOCTOR", "HOSPITAL", "CDC", "COMMUNITY"}),
    "FEVER_EXAMINED": frozenset({"DOCTOR", "HOSPITAL", "CDC"}),
    # Self-declared contact is not a close contact: the CDC determines it, the
    # community may pass it on.
    "CLOSE_CONTACT": frozenset({"CDC", "COMMUNITY"}),
    **dict.fromkeys(DIAGNOSES, OFFICIAL),
    "RULED_OUT": OFFICIAL,
    "RECOVERED": OFFICIAL | {"DOCTOR"},
    "DIED": OFFICIAL,
}
# What a classification says about the end, if it says anything.
OUTCOME_OF = {"RULED_OUT": "RULED_OUT", "RECOVERED": "RECOVERED", "DIED": "DIED"}


def may_say(kind: str, source: str, *, was_diagnosed: bool) -> bool:
    """Whether this source may classify so; after a diagnosis only hospital or CDC may end it."""
    if was_diagnosed and kind in OUTCOME_OF:
        return source in OFFICIAL
    return source in _WHO_MAY_SAY[kind]


def sources_of(kind: str) -> frozenset[str]:
    return _WHO_MAY_SAY[kind]


# ---------------------------------------------------------------- clocks


def to_the_minute(at: datetime) -> datetime:
    """People write down minutes: a fact of 10:00:45 and a call of "10:00" are in order."""
    return at.replace(second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that stands: who was told when."""

    key: int
    organisation: str
    at: datetime


def answer_to(
    *, tells: Iterable[str], started_at: datetime, notices: Iterable[Told]
) -> Told | None:
    """The first notice that meets a clock: to one of its organisations, not before it began."""
    wanted = set(tells)
    begun = to_the_minute(started_at)
    fitting = [n for n in notices if n.organisation in wanted and to_the_minute(n.at) >= begun]
    return min(fitting, key=lambda n: (n.at, n.key), default=None)


def first_look(*, started_at: datetime, due_at: datetime, remind_after: timedelta) -> datetime:
    """When a clock is first looked at: its reminder; an "at once" is looked at at once."""
    return min(started_at + remind_after, due_at)


class ClockState(Enum):
    RUNNING = "RUNNING"
    OVERDUE = "OVERDUE"
    MET = "MET"
    MET_LATE = "MET_LATE"
    ENDED = "ENDED"  # not needed any more, with its reason


def state_of_clock(
    *, started_at: datetime, due_at: datetime, met_at: datetime | None,
    ended_at: datetime | None, now: datetime,
) -> ClockState:  # fmt: skip
    """An "at once" is never overdue: it says how long it took, and stands open until it is met."""
    if met_at is not None:
        late = met_at > due_at and due_at > started_at
        return ClockState.MET_LATE if late else ClockState.MET
    if ended_at is not None:
        return ClockState.ENDED
    return ClockState.OVERDUE if now >= due_at else ClockState.RUNNING


# ---------------------------------------------------------------- the course


@dataclass(frozen=True, slots=True)
class Course:
    """Where an incident stands, in the few facts that decide what comes next."""

    is_open: bool
    is_taken: bool
    verdict: str = ""  # "" until somebody verified it
    kind: str = ""  # the classification in force
    was_diagnosed: bool = False
    clocks_open: bool = False
    way: str = ""  # "" no referral, "OPEN" on the way, "DONE" a result is known
    check_due: bool = False
    outcome: str = ""
    is_cleared: bool = False
    searched_outside: bool = False  # community or police are looking for the person
    first_report: bool = False
    final_report: bool = False

    @property
    def is_verified(self) -> bool:
        return self.verdict in {"TRUE", "OTHER_CAUSE"}

    @property
    def was_ill(self) -> bool:
        return self.is_verified and self.outcome in {"RECOVERED", "RULED_OUT", "OTHER_DIAGNOSIS"}

    @property
    def needs_clearance(self) -> bool:
        """After a diagnosis nobody returns to class without a paper that the doctor has checked."""
        return self.was_diagnosed and self.was_ill and not self.is_cleared


class Next(Enum):
    """The one thing to do now."""

    TAKE_OVER = "TAKE_OVER"
    VERIFY = "VERIFY"
    REACH = "REACH"
    TELL = "TELL"
    CLASSIFY = "CLASSIFY"
    REFER = "REFER"
    RESULT = "RESULT"
    CHECK = "CHECK"
    OUTCOME = "OUTCOME"
    CLEAR = "CLEAR"
    FINAL = "FINAL"
    CLOSE = "CLOSE"
    NOTHING = "NOTHING"


def next_of(course: Course) -> Next:
    """Take over, verify, tell outside, refer, result, end: the first that is not done."""
    if not course.is_open:
        return Next.NOTHING
    for is_next, step in (
        (not course.is_taken, Next.TAKE_OVER),
        (not course.verdict, Next.VERIFY),
        (course.clocks_open, Next.TELL),
        (course.verdict == "UNREACHABLE" and not course.outcome, Next.REACH),
        (course.check_due, Next.CHECK),
        (not course.kind and not course.outcome, Next.CLASSIFY),
        (not course.way and not course.outcome, Next.REFER),
        (course.way == "OPEN" and not course.outcome, Next.RESULT),
        (not course.outcome, Next.OUTCOME),
        (course.needs_clearance, Next.CLEAR),
        (course.first_report and not course.final_report, Next.FINAL),
    ):
        if is_next:
            return step
    return Next.CLOSE


def may_end_with(outcome: str, course: Course) -> bool:
    """Whether the course allows this outcome; a diagnosis is ended by whoever may diagnose."""
    if outcome == "LOST":
        return course.verdict == "UNREACHABLE" and course.searched_outside
    if not course.is_verified:
        return False
    if outcome == "HANDED_OVER":
        return True
    if course.was_diagnosed:
        other = outcome == "OTHER_DIAGNOSIS" and course.kind == "RULED_OUT"
        return other or OUTCOME_OF.get(course.kind) == outcome
    return outcome != "DIED" or course.kind == "DIED"
