"""How many ill people make an alert. Pure arithmetic on plain facts, no table, no clock.

One ill person is one `Ill` per syndrome and illness, however often they report it, and counts
once in every group they belong to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lianfang.rulebook.cluster_policy import KINDS, CountRule

Key = tuple[str, str]  # kind and code of a group

COLLEGE, DEPARTMENT = "COLLEGE", "DEPARTMENT"


@dataclass(frozen=True, slots=True)
class Ill:
    """Somebody is ill of one syndrome: since when, known since when, and of which groups.

    `sign` names the illness: a person who falls ill anew has another one. `linked`: an exposure
    was named in the fortnight before. `others`: every syndrome that the person shows in these days.
    """

    sign: int
    person: int
    syndrome: str
    onset_on: date
    known_on: date
    linked: bool
    groups: frozenset[Key]
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule holds for a group. `signs` are those of the windows in which it does."""

    rule: CountRule
    group: Key
    syndromes: tuple[str, ...]
    signs: frozenset[int]
    people: frozenset[int]


def breadth(group: Key) -> int:
    """The narrowest group first: an alert belongs to the smallest circle that explains it."""
    return KINDS.index(group[0])


def holds(rule: CountRule, group: Key, ill: Iterable[Ill]) -> Hit | None:
    """Whether the rule holds for the ill of one group, in any window of its days."""
    if group[0] not in rule.kinds:
        return None
    found: set[Ill] = set()
    syndromes = []
    by_syndrome: dict[str, list[Ill]] = defaultdict(list)
    for one in ill:
        if not rule.also or one.others.intersection(rule.also):
            by_syndrome[one.syndrome].append(one)
    for syndrome in rule.syndromes:
        crowd = _crowd(rule, by_syndrome.get(syndrome, []))
        if crowd:
            syndromes.append(syndrome)
            found |= crowd
    if not found:
        return None
    signs = frozenset(one.sign for one in found)
    people = frozenset(one.person for one in found)
    return Hit(rule, group, tuple(syndromes), signs, people)


def _crowd(rule: CountRule, ill: Sequence[Ill]) -> set[Ill]:
    """Everybody in a window that is full; one syndrome, one group."""
    if len(ill) < rule.n:
        return set()
    clocks = {"ONSET": ("onset_on",), "KNOWN": ("known_on",)}.get(rule.by, ("onset_on", "known_on"))
    found: set[Ill] = set()
    for clock in clocks:
        by_day = sorted(ill, key=lambda one: (getattr(one, clock), one.sign))
        days = [getattr(one, clock) for one in by_day]
        for start, first in enumerate(days):
            end = bisect_right(days, first + timedelta(days=rule.days - 1))
            window = by_day[start:end]
            if len({one.person for one in window}) >= rule.n and _is_enough(rule, window):
                found.update(window)
    return found


def _is_enough(rule: CountRule, window: Sequence[Ill]) -> bool:
    """What else the rule asks for: an exposure, or people of more than one room."""
    if rule.linked and not any(one.linked for one in window):
        return False
    if not rule.apart:
        return True
    # Somebody without such a group (who lives at home) stands alone.
    circles = {
        next((group for group in one.groups if group[0] == rule.apart), ("", str(one.person)))
        for one in window
    }
    return len(circles) > 1


def hits_of(
    rules: Iterable[CountRule], by_group: Mapping[Key, Sequence[Ill]]
) -> dict[Key, list[Hit]]:
    """Every rule that holds for every group, the narrowest group first."""
    rules = tuple(rules)
    found: dict[Key, list[Hit]] = {}
    for group in sorted(by_group, key=lambda key: (breadth(key), key)):
        hits = [hit for rule in rules if (hit := holds(rule, group, by_group[group]))]
        if hits:
            found[group] = hits
    return found


def grouped(ill: Iterable[Ill], *, kinds: Iterable[str] = KINDS) -> dict[Key, list[Ill]]:
    """The ill of each group of these kinds; a person stands in every group of theirs."""
    wanted = set(kinds)
    found: dict[Key, list[Ill]] = defaultdict(list)
    for one in ill:
        for group in one.groups:
            if group[0] in wanted:
                found[group].append(one)
    return dict(found)


# ---------------------------------------------------------------- the legal clock


def due_of(
    rule: CountRule, *, opened_at: datetime, verified_at: datetime | None
) -> datetime | None:
    """By when outside must have been told; None where the rule has no clock, or not yet one."""
    begins = opened_at if rule.clock == "OPENED" else verified_at
    if not rule.hours or begins is None:
        return None
    return begins + timedelta(hours=rule.hours)


def next_moment(
    due_at: datetime | None, *, before: Iterable[int], after: datetime
) -> datetime | None:
    """The next moment at which somebody is reminded, strictly after a moment; then the due one."""
    if due_at is None or due_at <= after:
        return None
    moments = [due_at - timedelta(minutes=minutes) for minutes in before]
    return min((one for one in moments if one > after), default=due_at)
