"""Writing the audit trail, in the transaction of the act itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model

from lianfang.audit.models import Entry
from lianfang.kernel.actors import Actor


def entry(
    *,
    verb: str,
    actor: Actor,
    subject: Model | None,
    now: datetime,
    concerns: int | None = None,
    **detail: Any,
) -> Entry:
    """An entry that is not yet written; for acts that write many at once."""
    return Entry(
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:80],
        verb=verb,
        subject=subject._meta.label if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        concerns=concerns,
        detail=detail,
    )


def record(
    *,
    verb: str,
    actor: Actor,
    subject: Model | None,
    now: datetime,
    concerns: int | None = None,
    **detail: Any,
) -> None:
    """Write one entry. Fails with the act when it cannot be written: no act without trace."""
    entry(verb=verb, actor=actor, subject=subject, now=now, concerns=concerns, **detail).save(
        force_insert=True
    )


def record_many(entries: Iterable[Entry]) -> None:
    Entry.objects.bulk_create(entries)
