"""Lists from outside: areas of high incidence, designated hospitals. Looked at before stored."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from lianfang.kernel.actors import Actor
from lianfang.places import operations as places
from lianfang.places.area_changes import AreaChanges
from lianfang.places.operations import HospitalChanges, ListChangedMeanwhile, OlderThanInForce
from lianfang.screening.exposures import Plan
from lianfang.usecases import exposures


@transaction.atomic
def areas(
    data: bytes,
    *,
    rule: str,
    source: str,
    skip_unknown: bool,
    apply: bool,
    actor: Actor,
    now: datetime,
    allow_older: bool = False,
    as_of: date | None = None,
) -> AreaChanges:
    """Store a list and compare everybody with it, or nothing of both; without `apply` only look.

    Raises `FileProblems` naming everything that is wrong, `OlderThanInForce`, and
    `ListChangedMeanwhile`.
    """
    changes = places.import_areas(
        data,
        rule=rule,
        source=source,
        skip_unknown=skip_unknown,
        apply=apply,
        allow_older=allow_older,
        as_of=as_of,
        actor=actor,
        now=now,
    )
    if changes.number is not None:
        exposures.compare_with_list(changes.number, now=now)
    return changes


def whom_it_catches(changes: AreaChanges, *, now: datetime) -> Plan:
    """Who would be newly matched by a list that was tried, and why; nothing is stored."""
    return exposures.preview(changes, now=now)


def hospitals(data: bytes | None, *, apply: bool, actor: Actor, now: datetime) -> HospitalChanges:
    """`None` is the list that the product ships."""
    file = data if data is not None else places.SHIPPED_HOSPITALS
    return places.import_hospitals(file, apply=apply, actor=actor, now=now)


__all__ = [
    "AreaChanges", "HospitalChanges", "ListChangedMeanwhile", "OlderThanInForce", "Plan", "areas",
    "hospitals", "whom_it_catches",
]  # fmt: skip
