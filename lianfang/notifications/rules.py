"""How long to wait before the next try, and how long a claim holds. Pure."""

from __future__ import annotations

from datetime import timedelta

LEASE = timedelta(seconds=30)  # longer than the slowest hand-over (10 s), short enough to matter
MOST_ATTEMPTS = 10
_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(minutes=10)


def back_off(attempts: int, *, asked_s: float | None = None) -> timedelta:
    """The wait after the n-th failed try: 2, 4, 8 … seconds, at most ten minutes.

    A gateway that asks for a longer pause gets it, up to the longest wait.
    """
    wait = min(_FIRST_WAIT * 2 ** (max(attempts, 1) - 1), _LONGEST_WAIT)
    if asked_s is None:
        return wait
    return max(wait, min(timedelta(seconds=asked_s), _LONGEST_WAIT))
