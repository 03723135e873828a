"""A file from the gate or the dormitory: tried first, all of its problems at once, then stored whole."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction

from lianfang.campus import operations, queries, rules
from lianfang.campus.models import Batch, Purge
from lianfang.campus.operations import AlreadyImported
from lianfang.installation.due import when_due
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster import queries as roster
from lianfang.roster.imports.problems import Problem, Unreadable, errors, shown
from lianfang.roster.imports.sheets import NamedFile, read_file
from lianfang.roster.models import Person
from lianfang.rulebook.honesty_policy import HonestyPolicy
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import doubts

_PURGE_AT = time(3, 30)
_AT_ONCE = 5000


class RecordsHaveProblems(Refused):
    code = "campus.records-have-problems"
    message = _("Nothing was stored: %(n)s rows have to be mended first.")


@dataclass(frozen=True, slots=True)
class RecordsPlan:
    """What a file would do."""

    kind: str
    rows: Sequence[rules.Passage] | Sequence[rules.EveningCheck]
    problems: list[Problem]
    people: dict[str, int] = field(repr=False)
    digest: str = ""
    file_name: str = ""
    repeated: int = 0

    @property
    def days(self) -> list[date]:
        return sorted({_day(row) for row in self.rows})


def _day(row: rules.Passage | rules.EveningCheck) -> date:
    return row.day if isinstance(row, rules.EveningCheck) else reporting_day(row.at)


def keep_days(now: datetime) -> int:
    """How long records of gate and dormitory are kept."""
    return HonestyPolicy.from_settings(rules_in_force(now).settings).gate_records_days


def plan(*, kind: str, file: NamedFile, now: datetime) -> RecordsPlan:
    """Read a file without storing anything: its rows, and everything that is wrong with it."""
    digest = hashlib.sha256(file.data).hexdigest()
    try:
        sheets = read_file(file)
    except Unreadable as error:
        return RecordsPlan(kind, [], list(error.problems), {}, digest, file.name)
    read: rules.Read[rules.Passage] | rules.Read[rules.EveningCheck]
    if kind == Batch.Kind.GATE:
        read = rules.read_passages(sheets, now=now, keep_days=keep_days(now))
    else:
        read = rules.read_evening_checks(sheets, now=now, keep_days=keep_days(now))
    people = _people({row.number for row in read.rows})
    for row in read.rows:
        if row.number not in people:
            read.problems.append(
                Problem(
                    file.name, row.row, _("number"), shown(row.number),
                    _("Nobody on the roster has this number."),
                    _("Mend the number, or leave out people who are not on the roster."),
                )
            )  # fmt: skip
    return RecordsPlan(kind, read.rows, read.problems, people, digest, file.name, read.repeated)


def _people(numbers: set[str]) -> dict[str, int]:
    wanted = sorted(numbers)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        found |= dict(Person.objects.filter(number__in=part).values_list("number", "pk"))
    return found


@transaction.atomic
def apply(
    *, kind: str, file: NamedFile, by: Person | None, actor: Actor, now: datetime
) -> tuple[Batch, RecordsPlan]:
    """Store the whole file or nothing; its days are compared again.

    Raises `RecordsHaveProblems`, `AlreadyImported`.
    """
    planned = plan(kind=kind, file=file, now=now)
    if errors(planned.problems):
        raise RecordsHaveProblems(n=len(errors(planned.problems)))
    batch = operations.store(
        kind=kind, file_name=file.name, digest=planned.digest, rows=planned.rows,
        people=planned.people, by=by, actor=actor, now=now,
    )  # fmt: skip
    ensure_purge(now=now)
    doubts.after_import(days=queries.days_of(batch), now=now)
    return batch, planned


def ensure_purge(*, now: datetime) -> None:
    """The next deletion is a row."""
    if roster.college() is None:
        return
    tomorrow = reporting_day(now) + timedelta(days=1)
    operations.set_purge(day=tomorrow, due_at=at_local(tomorrow, _PURGE_AT))


@when_due(lambda now: Purge.objects.filter(done_at__isnull=True, due_at__lte=now))
@transaction.atomic
def purge_next(*, now: datetime) -> Purge | None:
    """The worker's move: what is too old is deleted, and the next deletion is set."""
    purge = operations.claim_purge(now=now)
    if purge is None:
        return None
    operations.delete_old(purge=purge, keep_days=keep_days(now), now=now)
    ensure_purge(now=now)
    return purge


__all__ = [
    "AlreadyImported", "RecordsHaveProblems", "RecordsPlan", "apply", "ensure_purge", "keep_days",
    "plan", "purge_next",
]  # fmt: skip
