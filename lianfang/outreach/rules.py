"""Steps with their waits, an even share of calls, and when ringing ends. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy

# How a step speaks: in the account, through the group robots, by a text that somebody posts in
# a QQ group, by text message, e-mail or a call, and last through a human who rings.
WAYS = ("in_app", "robot", "group_text", "sms", "email", "voice", "callers")
GATEWAYS = ("sms", "voice", "email")
MOST_STEPS = 6
LONGEST_WAIT = timedelta(days=7)

_USUAL: tuple[tuple[tuple[str, ...], int], ...] = (
    (("in_app", "robot", "group_text"), 0),
    (("sms", "email"), 120),
    (("voice",), 120),
    (("callers",), 120),
)
_LINE_BREAK = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
# What a call came to: the codes of DOMAIN 3.3, as reporting writes them.
TOLD_CODES = frozenset({"CONFIRMED", "TOLD", "FAMILY"})
_ENDS_AT_ONCE = frozenset({"REFUSED", "WRONG_NUMBER", "LOST"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a campaign. The wait counts from the step before it."""

    ways: tuple[str, ...]
    wait: timedelta


def steps_from(settings: Mapping[str, Any]) -> list[Step]:
    """The steps of an edition of the rules; the usual ones where it names none."""
    rows = settings.get("campaign_steps")
    if not rows:
        return [Step(ways, timedelta(minutes=wait)) for ways, wait in _USUAL]
    return steps_of(rows)


def steps_of(rows: Iterable[Mapping[str, Any]]) -> list[Step]:
    """Steps as an edition or a draft keeps them."""
    return [
        Step(
            tuple(way for way in row["ways"] if way in WAYS),
            timedelta(minutes=int(row["wait_minutes"])),
        )
        for row in rows
    ]


def plain_steps(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """
    >>> plain_steps([Step(("sms",), timedelta(minutes=30))])
    [{'ways': ['sms'], 'wait_minutes': 30}]
    """
    return [
        {"ways": list(step.ways), "wait_minutes": round(step.wait.total_seconds() / 60)}
        for step in steps
    ]


def faults_of_steps(steps: Sequence[Step]) -> list[str]:
    """What is wrong with steps that somebody put together; empty when they can be taken.

    >>> faults_of_steps([Step(("sms",), timedelta(0))])
    []
    """
    faults = []
    if not steps:
        faults.append(_("At least one step needs a way."))
    if len(steps) > MOST_STEPS:
        faults.append(_("So many steps are too many; six are enough."))
    if any(not step.ways or set(step.ways) - set(WAYS) for step in steps):
        faults.append(_("A step has a way that nobody knows."))
    if any(not timedelta(0) <= step.wait <= LONGEST_WAIT for step in steps):
        faults.append(_("A step waits a week at most."))
    if any(step.wait == timedelta(0) for step in steps[1:]):
        faults.append(_("A later step waits a while: people need time to confirm."))
    return faults


def moments(steps: Sequence[Step], *, start: datetime) -> list[datetime]:
    """When each step is due.

    >>> hours = [Step(("in_app",), timedelta(0)), Step(("sms",), timedelta(hours=2))]
    >>> [f"{at:%H:%M}" for at in moments(hours, start=datetime(2020, 2, 1, 9, 30))]
    ['09:30', '11:30']
    """
    found = []
    at = start
    for step in steps:
        at += step.wait
        found.append(at)
    return found


def has_line_break(subject: str) -> bool:
    """A subject with a line break would write headers of its own into an e-mail."""
    return bool(_LINE_BREAK.search(subject))


@dataclass(frozen=True, slots=True)
class Rule:
    """Whom a campaign is for. What is named narrows; nothing named is nobody, not everybody.

    `units` are meant with everything below them; `places` are beginnings of division codes
    (51 a province, 5117 a city, 511702 a county) where people last said they were; `silent_of`
    is a campaign whose unconfirmed are meant; `monitored` narrows to people under key
    monitoring. `everybody` must have been chosen by hand.
    """

    units: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    silent_of: int | None = None
    monitored: bool = False
    everybody: bool = False

    def __bool__(self) -> bool:
        narrows = (self.units, self.categories, self.places, self.roles, self.silent_of)
        return any(narrows) or self.monitored or self.everybody

    @property
    def is_telling(self) -> bool:
        """A name on such a list says that somebody is watched, or where they are."""
        return self.monitored or bool(self.places)

    def to_plain(self) -> dict[str, Any]:
        return {
            "units": list(self.units),
            "categories": list(self.categories),
            "places": list(self.places),
            "roles": list(self.roles),
            "silent_of": self.silent_of,
            "monitored": self.monitored,
            "everybody": self.everybody,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Rule:
        """
        >>> rule = Rule(units=(7,), places=("51",), monitored=True)
        >>> Rule.from_plain(rule.to_plain()) == rule
        True
        """
        return cls(
            units=tuple(plain.get("units", ())),
            categories=tuple(plain.get("categories", ())),
            places=tuple(plain.get("places", ())),
            roles=tuple(plain.get("roles", ())),
            silent_of=plain.get("silent_of"),
            monitored=bool(plain.get("monitored")),
            everybody=bool(plain.get("everybody")),
        )


# ---------------------------------------------------------------- calls


@dataclass(slots=True)
class Shares:
    """Hands out calls evenly: whoever of those who care has the fewest gets the next one."""

    given: dict[int, int] = field(default_factory=dict)

    def next_of(self, carers: Iterable[int]) -> int | None:
        """The carer for the next call; None where nobody cares.

        >>> shares = Shares()
        >>> [shares.next_of([7, 8]) for _call in range(4)]
        [7, 8, 7, 8]
        """
        chosen = min(carers, key=lambda one: (self.given.get(one, 0), one), default=None)
        if chosen is not None:
            self.given[chosen] = self.given.get(chosen, 0) + 1
        return chosen


@dataclass(frozen=True, slots=True)
class CallPlan:
    """How often a person is rung at most, and how long to wait between two tries."""

    tries: int = 3
    again: timedelta = timedelta(hours=2)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> CallPlan:
        said = settings.get("campaign_calls") or {}
        usual = cls()
        return cls(
            tries=int(said.get("tries", usual.tries)),
            again=timedelta(minutes=int(said.get("again_minutes", 120))),
        )


def next_try(outcome: str, *, tries: int, plan: CallPlan, now: datetime) -> datetime | None:
    """When to ring again after this outcome; None when ringing ends: told, refused, or enough."""
    if outcome in TOLD_CODES or outcome in _ENDS_AT_ONCE or tries >= plan.tries:
        return None
    return now + plan.again


# ---------------------------------------------------------------- QQ groups

_QQ = re.compile(r"[1-9][0-9]{4,11}")
_AROUND_QQ = re.compile(r"[^0-9]+")


def qq_number(text: str) -> str | None:
    """The number of a QQ group as people type it; None when it is none.

    >>> qq_number(" QQ群：１２３ ４５６ ７８ ")
    '12345678'
    >>> qq_number("1234") is None
    True
    """
    plain = _AROUND_QQ.sub("", tidy(text))
    return plain if _QQ.fullmatch(plain) else None
