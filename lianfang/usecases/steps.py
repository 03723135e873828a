"""One kind of clock-driven work: what it does, and how a piece of it that fails is put off."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

logger = logging.getLogger(__name__)
_POSTPONED = timedelta(minutes=1)


@dataclass(slots=True)
class Failures:
    """How often each step failed in a run. One that failed `most` times is left alone in it:
    what cannot be put off comes up at once again, and nothing behind it would have its turn."""

    most: int
    counts: Counter[str] = field(default_factory=Counter)

    def has_enough_of(self, step: str) -> bool:
        return self.counts[step] >= self.most

    @property
    def left_alone(self) -> list[str]:
        return [step for step in self.counts if self.has_enough_of(step)]


@dataclass(frozen=True, slots=True)
class Step:
    """`moves` each do one piece that is due; `put_off` is for the piece that failed."""

    name: str
    moves: tuple[Callable[..., object], ...]
    put_off: tuple[Callable[..., None], ...]

    def take(self, now: datetime, failures: Failures) -> bool:
        """One piece, if any is due. One that fails is put off, so that it stops nobody else.

        Raises what went wrong when it cannot be put off: the connection may be lost.
        """
        if failures.has_enough_of(self.name):
            return False
        try:
            return any(move(now=now) not in (None, False) for move in self.moves)
        except Exception:
            logger.exception("Failed, to be put off for a minute: %s", self.name)
            failures.counts[self.name] += 1
            if not self.put_off:
                raise
            for put_off in self.put_off:
                put_off(now=now, to=now + _POSTPONED)
            return True
