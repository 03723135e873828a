"""Lists from outside: areas of high incidence, designated hospitals. Looked at before stored."""

from __future__ import annotations

from datetime import datetime

from lianfang.kernel.actors import Actor
from lianfang.places import operations as places
from lianfang.places.area_changes import AreaChanges
from lianfang.places.operations import HospitalChanges, ListChangedMeanwhile


def areas(
    data: bytes,
    *,
    rule: str,
    source: str,
    skip_unknown: bool,
    apply: bool,
    actor: Actor,
    now: datetime,
) -> AreaChanges:
    """Raises `FileProblems` naming everything that is wrong, and `ListChangedMeanwhile`."""
    return places.import_areas(
        data,
        rule=rule,
        source=source,
        skip_unknown=skip_unknown,
        apply=apply,
        actor=actor,
        now=now,
    )


def hospitals(data: bytes | None, *, apply: bool, actor: Actor, now: datetime) -> HospitalChanges:
    """`None` is the list that the product ships."""
    file = data if data is not None else places.SHIPPED_HOSPITALS
    return places.import_hospitals(file, apply=apply, actor=actor, now=now)


__all__ = ["AreaChanges", "HospitalChanges", "ListChangedMeanwhile", "areas", "hospitals"]
