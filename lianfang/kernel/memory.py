"""Answers that a process may remember for a moment, because every report asks for them.

For facts that change a few times a day (which edition is in force, which areas are listed):
another process learns of a change after `seconds` at the latest, the one that made it at once
(`forget`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
_LARGEST = 256
_all: list[Remembered[Any, Any]] = []


class Remembered(Generic[P, R]):
    """A function whose answers are kept by their arguments for some seconds."""

    def __init__(self, function: Callable[P, R], seconds: float) -> None:
        self._function = function
        self._seconds = seconds
        self._kept: dict[object, tuple[float, R]] = {}
        wraps(function)(self)
        _all.append(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (args, tuple(sorted(kwargs.items())))
        kept = self._kept.get(key)
        now = time.monotonic()
        if kept is not None and kept[0] > now:
            return kept[1]
        answer = self._function(*args, **kwargs)
        if len(self._kept) >= _LARGEST:
            self._kept.clear()
        self._kept[key] = (now + self._seconds, answer)
        return answer

    def forget(self) -> None:
        self._kept.clear()


def remembered(seconds: float) -> Callable[[Callable[P, R]], Remembered[P, R]]:
    """Decorator: keep answers for `seconds`."""
    return lambda function: Remembered(function, seconds)


def forget_everything() -> None:
    """Between tests: the next question is asked anew."""
    for function in _all:
        function.forget()
