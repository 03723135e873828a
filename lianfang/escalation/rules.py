"""Where on its ladder an unanswered matter stands. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Move:
    """Rungs to take now, in order; when the next one is due; whether the top was passed."""

    taken: tuple[int, ...]
    next_due_at: datetime | None
    exhausted: bool


def advance(
    waits: Sequence[timedelta],
    staffed: Sequence[bool],
    *,
    reached: int,
    due_at: datetime,
    answer_time: timedelta,
    now: datetime,
) -> Move:
    """Every rung whose moment has come since `due_at`.

    `waits[i]` is the wait between rung i-1 and rung i; 0 means in parallel. A rung that has
    nobody on it is taken (it is a fact) and costs nothing: when it was to be the next to be
    told, the rung behind it is due in the same moment; when others are told in parallel
    with it, theirs is the time to answer. A worker that was down climbs all the rungs it
    missed in one move: each wait is counted from the moment the rung before was due.

    `due_at` is when rung `reached + 1` is due; past the last rung it is when the time for
    an answer runs out, and then the ladder is exhausted.
    """
    taken: list[int] = []
    last = len(waits) - 1
    somebody_told = False  # in the moment `due_at`
    while due_at <= now:
        if reached == last:
            return Move(tuple(taken), None, exhausted=True)
        reached += 1
        taken.append(reached)
        somebody_told = somebody_told or staffed[reached]
        if not somebody_told:
            continue
        wait = answer_time if reached == last else waits[reached + 1]
        due_at += wait
        somebody_told = not wait
    return Move(tuple(taken), due_at, exhausted=False)
