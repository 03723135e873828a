"""Processes that write to one SQLite file do so in turn.

SQLite lets a second writer ask again after ever longer sleeps, up to a tenth of a second;
waiting in the kernel for a lock on a file is woken at once (docs/performance.md). PostgreSQL
needs none of this.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction


@contextmanager
def write_turn() -> Iterator[None]:
    """A transaction that begins when it is our turn; inside another one it is a part of that.

    Whoever writes without it is not shut out: SQLite's own lock still holds.
    """
    if connection.in_atomic_block or connection.vendor != "sqlite":
        with transaction.atomic():
            yield
        return
    with (settings.HOME / "submissions.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with transaction.atomic():
            yield  # closing the file gives the lock back, also when this process is killed
