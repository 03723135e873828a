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
    nobody on it is taken (it is a fact) and costs nothing: the rung behind it is due in the
    same moment. A worker that was down climbs all the rungs it missed in one move, but no
    faster than its clock: each wait is counted from the moment the rung before was due.

    `due_at` is when rung `reached + 1` is due; past the last rung it is when the time for
    an answer runs out, and then the ladder is exhausted.
    """
    taken: list[int] = []
    last = len(waits) - 1
    while due_at <= now:
        if reached == last:
            return Move(tuple(taken), None, exhausted=True)
        reached += 1
        taken.append(reached)
        if reached == last:
            due_at += answer_time if staffed[reached] else timedelta(0)
        elif staffed[reached]:
            due_at += waits[reached + 1]
    return Move(tuple(taken), due_at, exhausted=False)
