"""Founding an installation, and setting the clock of an exercise."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from django.db import transaction

from lianfang.installation.models import Installation
from lianfang.installation.queries import forget, installation
from lianfang.kernel import clock
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _

NAMELESS = "本学院"  # until somebody gives the name, or the first roster brings it


class NotAnExercise(Refused):
    code = "installation.not-an-exercise"
    message = _(
        "LIANFANG_CLOCK moves the clock of an exercise only (found it with --exercise);"
        " this database is not marked as one."
    )
    status = 409


class AlreadyFounded(Refused):
    code = "installation.already-founded"
    message = _("This database already belongs to “%(name)s”.")
    status = 409


@transaction.atomic
def found(*, name: str, is_exercise: bool, now: datetime) -> Installation:
    """Mark an empty database as somebody's, once and for all."""
    existing = installation()
    if existing is not None:
        raise AlreadyFounded(name=existing.name)
    forget()
    return Installation.objects.create(name=name, is_exercise=is_exercise, created_at=now)


def take_name(*, name: str) -> None:
    """The first roster names a college that was founded without a name; later ones do not."""
    if name and Installation.objects.filter(name=NAMELESS).update(name=name[:120]):
        forget()


def set_exercise_clock(*, moment: datetime) -> Installation:
    """Let the exercise begin at `moment`; time then runs on, also after a restart."""
    current = installation()
    if current is None or not current.is_exercise:
        raise NotAnExercise
    current.clock_offset_s = (moment - datetime.now(UTC)).total_seconds()
    current.save(update_fields=["clock_offset_s"])
    forget()
    return current


def start_clock() -> None:
    """Give this process its clock: the stored offset of an exercise, else the real time.

    The parent process turns LIANFANG_CLOCK into the stored offset once
    (`apply_clock_setting`), so that web and workers never disagree.
    """
    current = installation()
    offset = current.clock_offset_s if current and current.is_exercise else 0
    clock.run_from(timedelta(seconds=offset))


def apply_clock_setting() -> None:
    """Obey LIANFANG_CLOCK if it is set; raises `NotAnExercise` on a real database."""
    wanted = os.environ.get("LIANFANG_CLOCK")
    if wanted:
        set_exercise_clock(moment=clock.parse_moment(wanted))
    start_clock()
