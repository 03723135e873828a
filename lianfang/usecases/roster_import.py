"""A roster is read, compared, shown, and only when somebody says so, written.

`plan_import` writes nothing. `apply_import` compares once more within its transaction, so
that what is written is what was confirmed, and counts the days that it changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import IntegrityError, transaction

from lianfang.audit import operations as audit
from lianfang.installation.operations import take_name
from lianfang.installation.queries import installation
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.reporting import operations as reporting
from lianfang.reporting.models import UnitDay
from lianfang.roster import queries as roster
from lianfang.roster.imports import apply, stored
from lianfang.roster.imports.bulk import RosterChanged
from lianfang.roster.imports.changes import ImportPlan
from lianfang.roster.imports.plan import Input, compare
from lianfang.roster.imports.reading import RosterFiles, read_files

Progress = Callable[[int, int], None]  # people written, people to be written


class ImportHasProblems(Refused):
    code = "roster.import-has-problems"
    message = _("The file has %(count)s problems; nothing was imported.")

    def __init__(self, plan: ImportPlan) -> None:
        super().__init__(count=len(plan.errors))
        self.plan = plan


class ManyWouldBeGone(Refused):
    code = "roster.many-would-be-gone"
    message = _(
        "%(gone)s people are not in the file and would leave the roster: more than a fifth. "
        "If that is right, confirm it by itself."
    )
    status = 409


class NotThatDay(Refused):
    code = "roster.not-that-day"
    message = _("A roster begins between 2000-01-01 and a year from today, not on %(day)s.")


def plan_import(*, files: RosterFiles, as_of: date, now: datetime, college: str = "") -> ImportPlan:
    """What the files would change as of a day, and everything that is wrong. Writes nothing."""
    return plan_of(read_files(files), as_of=as_of, now=now, college=college)


def plan_of(given: Input, *, as_of: date, now: datetime, college: str = "") -> ImportPlan:
    """The same for files that have been read already."""
    if not date(2000, 1, 1) <= as_of or (as_of - reporting_day(now)).days > 366:
        raise NotThatDay(day=as_of.isoformat())
    home = installation()
    return compare(
        given,
        stored=stored.load(day=as_of),
        as_of=as_of,
        college=college,
        otherwise=home.name if home else "",
    )


def apply_import(
    *,
    files: RosterFiles,
    as_of: date,
    actor: Actor,
    now: datetime,
    college: str = "",
    confirm_gone: bool = False,
    digest: str = "",
    progress: Progress = lambda _done, _all: None,
) -> ImportPlan:
    """Carry out what `plan_import` showed, all of it or nothing.

    With `digest` (of the plan that somebody confirmed) another plan is refused. Raises
    `ImportHasProblems`, `ManyWouldBeGone`, `RosterChanged`.
    """
    given = read_files(files)
    try:
        with transaction.atomic():
            plan = plan_of(given, as_of=as_of, now=now, college=college)
            _check(plan, confirm_gone=confirm_gone, digest=digest)
            if not plan.is_empty:
                _carry_out(plan, files=files, actor=actor, now=now, progress=progress)
    except IntegrityError as error:  # another import or a page wrote the same rows first
        raise RosterChanged from error
    return plan


def _check(plan: ImportPlan, *, confirm_gone: bool, digest: str) -> None:
    if plan.errors:
        raise ImportHasProblems(plan)
    if digest and digest != plan.digest:
        raise RosterChanged
    if plan.gone_needs_confirming and not confirm_gone:
        raise ManyWouldBeGone(gone=len(plan.gone))


def _carry_out(
    plan: ImportPlan, *, files: RosterFiles, actor: Actor, now: datetime, progress: Progress
) -> None:
    everybody = len(plan.added) + len(plan.changed) + len(plan.moved) + len(plan.gone)
    apply.carry_out(plan, actor=actor, now=now, progress=lambda done: progress(done, everybody))
    audit.record(
        verb="roster.import.applied",
        actor=actor,
        subject=None,
        now=now,
        as_of=plan.as_of.isoformat(),
        files=[file.name for file in (files.roster, files.party, files.posts) if file],
        counts=plan.counts(),
        plan=plan.digest,
    )
    root = roster.college()
    take_name(name=root.name if root else "")
    for day in counted_days(since=plan.as_of, until=reporting_day(now)):
        reporting.count_day(day=day, now=now)


def counted_days(*, since: date, until: date) -> list[date]:
    """Days of the period whose rolls were counted already: their figures need mending."""
    days = UnitDay.objects.filter(day__gte=since, day__lte=until, counted_at__isnull=False)
    return sorted(days.values_list("day", flat=True).distinct())
