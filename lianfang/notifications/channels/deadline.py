"""Time limits that hold for a whole conversation, not for each single read.

A server that sends one byte every two seconds never trips the time-out of a read. So every step
asks the deadline how much is left, name resolution included.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any


class OutOfTime(TimeoutError):
    """The conversation used up its time."""


class Unreachable(OSError):
    """No connection was made, so nothing can have been sent."""


def wall_clock() -> datetime:
    """The real time, also in an exercise: gateways check signatures against their own clocks.

    This is why the channels do not ask `lianfang.kernel.clock`, which an exercise moves.
    """
    return datetime.now(UTC)


class Deadline:
    """A moment on the monotonic clock."""

    __slots__ = ("_ends_at",)

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def left(self, at_most: float = float("inf")) -> float:
        """Seconds that the next step may take. Raises OutOfTime when there are none."""
        seconds = min(self._ends_at - time.monotonic(), at_most)
        if seconds <= 0:
            raise OutOfTime
        return seconds


def connect(host: str, port: int, *, seconds: float) -> socket.socket:
    """A connected socket, or Unreachable; name, addresses and handshake share the seconds."""
    deadline = Deadline(seconds)
    try:
        return _first_that_answers(_addresses(host, port, deadline=deadline), deadline=deadline)
    except (OSError, UnicodeError) as error:
        raise Unreachable(type(error).__name__) from error


Address = tuple[int, int, int, Any]  # family, kind, protocol, where; as getaddrinfo says it


def _addresses(host: str, port: int, *, deadline: Deadline) -> list[Address]:
    """What the name stands for. `getaddrinfo` knows no time limit, so a thread waits for it."""
    if _is_literal(host):
        return _resolve(host, port)
    answer: queue.SimpleQueue[list[Address] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(_resolve(host, port))
        except (OSError, UnicodeError) as error:
            answer.put(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        found = answer.get(timeout=deadline.left())
    except queue.Empty:
        raise OutOfTime from None
    if isinstance(found, Exception):
        raise found
    return found


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _resolve(host: str, port: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, kind, protocol, where) for family, kind, protocol, _name, where in found]


def _first_that_answers(addresses: list[Address], *, deadline: Deadline) -> socket.socket:
    failure = OSError("no address")
    for remaining, (family, kind, protocol, where) in _counting_down(addresses):
        line = socket.socket(family, kind, protocol)
        try:
            # A dead first address (often IPv6) must not use up the time of the second.
            line.settimeout(deadline.left() / remaining)
            line.connect(where)
        except OSError as error:
            line.close()
            failure = error
        else:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return line
    raise failure


def _counting_down(addresses: list[Address]) -> Iterator[tuple[int, Address]]:
    return zip(range(len(addresses), 0, -1), addresses, strict=True)
