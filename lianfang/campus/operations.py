"""Records come in, all or nothing, and go again after the days of the edition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from lianfang.audit import operations as audit
from lianfang.campus import rules
from lianfang.campus.models import Batch, EveningCheck, GatePassage, Purge
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person

_AT_ONCE = 2000


class AlreadyImported(Refused):
    code = "campus.already-imported"
    message = _("This very file was imported already; nothing was changed.")
    status = 409


@transaction.atomic
def store(
    *,
    kind: str,
    file_name: str,
    digest: str,
    rows: Sequence[rules.Passage] | Sequence[rules.EveningCheck],
    people: dict[str, int],
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> Batch:
    """Store a whole file. A row that is stored already stays once. Raises `AlreadyImported`."""
    try:
        with transaction.atomic():
            batch = Batch.objects.create(
                kind=kind, file_name=file_name[:120], digest=digest, rows=len(rows),
                imported_by=by, imported_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise AlreadyImported from error
    passages, checks = [], []
    for row in rows:
        if isinstance(row, rules.Passage):
            passages.append(
                GatePassage(
                    person_id=people[row.number],
                    day=reporting_day(row.at),
                    at=row.at,
                    direction=row.direction,
                    gate=row.gate,
                    batch=batch,
                )
            )
        else:
            checks.append(
                EveningCheck(
                    person_id=people[row.number],
                    day=row.day,
                    at=row.at,
                    is_present=row.is_present,
                    room=row.room,
                    batch=batch,
                )
            )
    GatePassage.objects.bulk_create(passages, batch_size=_AT_ONCE, ignore_conflicts=True)
    EveningCheck.objects.bulk_create(checks, batch_size=_AT_ONCE, ignore_conflicts=True)
    audit.record(
        verb="campus.records.imported", actor=actor, subject=batch, now=now, rows=len(rows),
        kind=kind,
    )  # fmt: skip
    return batch


def set_purge(*, day: date, due_at: datetime) -> None:
    """The deletion of a day is a row; twice is once."""
    Purge.objects.get_or_create(day=day, defaults={"due_at": due_at})


def claim_purge(*, now: datetime) -> Purge | None:
    purge = Purge.objects.filter(done_at__isnull=True, due_at__lte=now).order_by("due_at").first()
    if purge is None:
        return None
    claimed = Purge.objects.filter(pk=purge.pk, done_at__isnull=True).update(done_at=now)
    return purge if claimed == 1 else None


@transaction.atomic
def delete_old(*, purge: Purge, keep_days: int, now: datetime) -> int:
    """Delete what is older than the days of the edition; the entry says how many, not whose."""
    before = reporting_day(now) - timedelta(days=keep_days)
    gone, _which = GatePassage.objects.filter(day__lt=before).delete()
    also, _which = EveningCheck.objects.filter(day__lt=before).delete()
    Batch.objects.filter(passages__isnull=True, checks__isnull=True, imported_at__lt=now).exclude(
        imported_at__gte=now - timedelta(days=keep_days)
    ).delete()
    Purge.objects.filter(pk=purge.pk).update(deleted=gone + also)
    if gone + also:
        audit.record(
            verb="campus.records.deleted", actor=SYSTEM, subject=purge, now=now,
            before=before.isoformat(), rows=gone + also,
        )  # fmt: skip
    return gone + also
