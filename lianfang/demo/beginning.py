"""Whether the demonstration was made to its end; making it again where it was interrupted."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from lianfang.installation.queries import forget, installation
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _

NAME = "演示职业技术学院"


class HalfMade(Refused):
    code = "demo.half-made"
    message = _(
        "Making the demonstration college was interrupted, and what is there is not all of it."
        " Empty the database %(database)s and start again."
    )
    status = 409


@contextmanager
def alone() -> Iterator[None]:
    """One maker at a time: a second one waits until the first is done, or gone."""
    with (settings.HOME / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        forget()  # the other one may have founded it meanwhile
        yield


def is_half_made() -> bool:
    """Its clock is set last: a demonstration without one was never finished."""
    there = installation()
    return (
        there is not None and there.is_exercise and there.name == NAME and there.clock_offset_s == 0
    )


def clear_away() -> None:
    """Begin with an empty database, where the file is ours alone; call it inside `alone`."""
    database = settings.DATABASES["default"]["NAME"]
    if connection.vendor != "sqlite":
        raise HalfMade(database=database)
    connection.close()
    for ending in ("", "-wal", "-shm"):
        Path(f"{database}{ending}").unlink(missing_ok=True)
    forget()
    call_command("migrate", interactive=False, verbosity=0)
