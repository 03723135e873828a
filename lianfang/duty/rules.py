"""What a roster lacks: gaps, people in two places, people who will not be there. Pure.

All spans are half-open moments. Nothing here knows why somebody cannot be counted on: whether
it is leave or illness is nobody's business who only keeps a roster.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open piece of time."""

    starts_at: datetime
    ends_at: datetime

    def touches(self, other: Span) -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def covers(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at

    def common(self, other: Span) -> Span:
        """Only for spans that touch."""
        return Span(max(self.starts_at, other.starts_at), min(self.ends_at, other.ends_at))


def cut(whole: Span, hole: Span) -> list[Span]:
    """What is left of a span when a piece is taken out of it: none, one or two spans."""
    if not whole.touches(hole):
        return [whole]
    left = []
    if whole.starts_at < hole.starts_at:
        left.append(Span(whole.starts_at, hole.starts_at))
    if hole.ends_at < whole.ends_at:
        left.append(Span(hole.ends_at, whole.ends_at))
    return left


def gaps(needed: Span, manned: Iterable[Span]) -> list[Span]:
    """The pieces of the needed time in which nobody stands there.

    >>> from datetime import UTC
    >>> def at(hour): return datetime(2020, 2, 1, hour, tzinfo=UTC)
    >>> [g.starts_at.hour for g in gaps(Span(at(0), at(12)), [Span(at(2), at(8))])]
    [0, 8]
    """
    left = [needed]
    for span in manned:
        left = [piece for whole in left for piece in cut(whole, span)]
    return left


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans that meet or overlap, as one; in time order."""
    whole: list[Span] = []
    for span in sorted(spans):
        if whole and span.starts_at <= whole[-1].ends_at:
            whole[-1] = Span(whole[-1].starts_at, max(whole[-1].ends_at, span.ends_at))
        else:
            whole.append(span)
    return whole


@dataclass(frozen=True, slots=True)
class Stand:
    """A shift as the checker sees it."""

    post: str
    person: int
    span: Span
    deputy: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the people: who is away when, whose phone is what, who has departed.

    `away` joins leave and illness; `departed` maps to the moment from which somebody is no
    longer on the roll; `busy` are spans in which a person stands on a post of another unit.
    """

    away: Mapping[int, Sequence[Span]] = field(default_factory=dict)
    departed: Mapping[int, datetime] = field(default_factory=dict)
    without_phone: Collection[int] = frozenset()
    unverified: Collection[int] = frozenset()
    busy: Mapping[int, Sequence[Span]] = field(default_factory=dict)

    def is_there(self, person: int, span: Span) -> bool:
        """Whether the person can be counted on for the whole of a span."""
        gone = self.departed.get(person)
        if gone is not None and gone < span.ends_at:
            return False
        return not any(span.touches(off) for off in self.away.get(person, ()))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. `kind` is a word of RosterFinding.Kind."""

    kind: str
    post: str = ""
    person: int | None = None
    span: Span | None = None

    @property
    def fingerprint(self) -> str:
        """The same fault found on two days has the same fingerprint and is told once."""
        where = f"{self.kind}:{self.post}:{self.person or ''}"
        return f"{where}:{self.span.starts_at.timestamp():.0f}" if self.span else where


def check(
    *,
    needed: Mapping[str, Sequence[Span]],
    stands: Sequence[Stand],
    known: Known,
    has_head: bool,
) -> list[Fault]:
    """Everything that is wrong with the roster of one unit in the time looked at.

    `needed` names for every post when somebody must stand there. A shift whose person cannot
    be counted on is manned by its deputy; when there is none, or the deputy is away too, the
    time is a gap - and the clash is named as well, because that is what has to be mended.
    """
    faults = [] if has_head else [Fault("NO_HEAD")]
    faults += _gaps(needed, stands, known)
    faults += _overlaps(stands)
    faults += _two_places(stands, known)
    for stand in stands:
        faults += _not_there(stand, known)
    faults += _phones(stands, known)
    return sorted(faults, key=_by_time)


def _by_time(fault: Fault) -> tuple[bool, float, str, int]:
    starts = fault.span.starts_at.timestamp() if fault.span else 0.0
    return (fault.span is None, starts, fault.kind, fault.person or 0)


def _gaps(
    needed: Mapping[str, Sequence[Span]], stands: Sequence[Stand], known: Known
) -> list[Fault]:
    faults = []
    for post, spans in needed.items():
        manned = [s.span for s in stands if s.post == post and _somebody_stands(s, known)]
        faults += [
            Fault("GAP", post, span=gap) for span in joined(spans) for gap in gaps(span, manned)
        ]
    return faults


def _somebody_stands(stand: Stand, known: Known) -> bool:
    return known.is_there(stand.person, stand.span) or (
        stand.deputy is not None and known.is_there(stand.deputy, stand.span)
    )


def _overlaps(stands: Sequence[Stand]) -> list[Fault]:
    """Two people on one post for a part of the time. The same times twice are meant so."""
    return [
        Fault("OVERLAP", one.post, other.person, one.span.common(other.span))
        for one, other in combinations(sorted(stands, key=lambda s: s.span), 2)
        if one.post == other.post
        and one.person != other.person
        and one.span != other.span
        and one.span.touches(other.span)
    ]


def _two_places(stands: Sequence[Stand], known: Known) -> list[Fault]:
    faults = [
        Fault("TWICE", one.post, one.person, one.span.common(other.span))
        for one, other in combinations(sorted(stands, key=lambda s: s.span), 2)
        if one.person == other.person and one.post != other.post and one.span.touches(other.span)
    ]
    for stand in stands:
        faults += [
            Fault("TWICE", stand.post, stand.person, stand.span.common(elsewhere))
            for elsewhere in known.busy.get(stand.person, ())
            if stand.span.touches(elsewhere)
        ]
    return faults


def _not_there(stand: Stand, known: Known) -> list[Fault]:
    gone = known.departed.get(stand.person)
    if gone is not None and gone < stand.span.ends_at:
        return [Fault("DEPARTED", stand.post, stand.person, stand.span)]
    if not known.is_there(stand.person, stand.span):
        return [Fault("AWAY", stand.post, stand.person, stand.span)]
    return []


def _phones(stands: Sequence[Stand], known: Known) -> list[Fault]:
    """Once per person: whoever stands, and whoever stands in."""
    people = {stand.person for stand in stands}
    people |= {stand.deputy for stand in stands if stand.deputy is not None}
    people -= known.departed.keys()
    faults = [Fault("NO_PHONE", person=one) for one in sorted(people & set(known.without_phone))]
    untried = people & (set(known.unverified) - set(known.without_phone))
    return faults + [Fault("UNVERIFIED", person=one) for one in sorted(untried)]
