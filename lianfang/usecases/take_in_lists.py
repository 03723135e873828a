"""Lists from outside: areas of high incidence, designated hospitals. Looked at before stored."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.places import operations as places
from lianfang.places.area_changes import AreaChanges
from lianfang.places.operations import HospitalChanges, ListChangedMeanwhile, OlderThanInForce
from lianfang.places.series_checks import Remark, remarks_on
from lianfang.places.tables import read_table
from lianfang.roster.models import Unit
from lianfang.screening.comparison import Plan
from lianfang.screening.exposure_rules import Match
from lianfang.screening.models import ExposureHit
from lianfang.usecases import exposures
from lianfang.usecases.exposure_letters import callers_of


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


@dataclass(frozen=True, slots=True)
class Caught:
    """One person whom a list would bring up, as far as anybody may be told."""

    person: int
    unit: int
    match: Match


@dataclass(frozen=True, slots=True)
class Effect:
    """What storing a list would do, in people: by unit, with who would ring them."""

    found: tuple[Caught, ...]
    extended: int
    changed: int
    unlisted: tuple[ExposureHit, ...]
    by_unit: dict[Unit, int]
    calls: dict[str, int]


def effect_of(changes: AreaChanges, *, now: datetime) -> Effect:
    """The plan of a list that was tried, in the words of a page; nothing is stored."""
    planned = whom_it_catches(changes, now=now)
    found = tuple(Caught(one.person, planned.units[one.person], one) for one in planned.found)
    people: dict[int, set[int]] = defaultdict(set)
    for one in found:
        people[one.unit].add(one.person)
    units = Unit.objects.in_bulk(list(people))
    calls: Counter[str] = Counter()
    for unit, callers in callers_of(people, day=reporting_day(now)).items():
        for caller in callers:
            calls[caller.name] += len(people[unit])
    counts = {units[pk]: len(those) for pk, those in people.items()}
    return Effect(
        found=found,
        extended=len(planned.extended) + len(planned.again),
        changed=len(planned.changed),
        unlisted=planned.unlisted,
        by_unit=dict(sorted(counts.items(), key=lambda pair: (pair[0].position, pair[0].code))),
        calls=dict(calls.most_common()),
    )


def doubts_about(files: Sequence[tuple[str, bytes]]) -> list[Remark]:
    """What files of numbers by area and day give away about themselves and each other."""
    return remarks_on([(name, read_table(data)) for name, data in files])


def hospitals(data: bytes | None, *, apply: bool, actor: Actor, now: datetime) -> HospitalChanges:
    """`None` is the list that the product ships."""
    file = data if data is not None else places.SHIPPED_HOSPITALS
    return places.import_hospitals(file, apply=apply, actor=actor, now=now)


__all__ = [
    "AreaChanges", "Caught", "Effect", "HospitalChanges", "ListChangedMeanwhile",
    "OlderThanInForce", "Plan", "areas", "doubts_about", "effect_of", "hospitals",
    "whom_it_catches",
]  # fmt: skip
