"""What a front end did that changes no table of another room, written down all the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor


def leave(
    *, verb: str, actor: Actor, now: datetime, subject: Model | None = None, **detail: Any
) -> None:
    """One entry, in the caller's transaction. `detail` holds no health answer and no number."""
    audit.record(verb=verb, actor=actor, subject=subject, now=now, **detail)
