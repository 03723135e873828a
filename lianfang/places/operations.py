"""Taking in lists of areas and of hospitals, each with its entry in the audit trail."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import Max

from lianfang.audit import operations as audit
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.places.area_changes import AreaChanges, Difference, difference, summary
from lianfang.places.area_files import AreaFile, Listing, read_areas
from lianfang.places.divisions import DATA
from lianfang.places.hospital_files import HospitalRow, read_hospitals
from lianfang.places.models import AreaImport, DesignatedHospital, RiskArea
from lianfang.places.queries import latest_list_day, listed_now
from lianfang.places.rules import Period, Problem
from lianfang.places.tables import read_bytes, read_table

SHIPPED_HOSPITALS = DATA / "hospitals_2020.csv"


class ListChangedMeanwhile(Refused):
    """Somebody else imported a list at the same moment; nothing of this one was stored."""

    code = "places.list-changed-meanwhile"
    message = _("Somebody else imported a list just now. Please look at it and try again.")
    status = 409


class OlderThanInForce(Refused):
    """An older list would be taken for the newest one by whoever reads in haste."""

    code = "places.older-list"
    message = _(
        "This list is of %(day)s; the one in force is of %(newest)s. Nothing was stored. If you"
        " mean to add an older list, say so."
    )
    status = 409


# ---------------------------------------------------------------- areas of high incidence


def import_areas(
    path: Path | bytes,
    *,
    rule: str = "",
    source: str = "",
    skip_unknown: bool = False,
    apply: bool = True,
    allow_older: bool = False,
    as_of: date | None = None,
    now: datetime,
    actor: Actor = SYSTEM,
) -> AreaChanges:
    """Store a list of areas, from a file or an upload's bytes; see `area_files` for its layout.

    With `apply=False` it only says what it would change. `as_of` is the day of the paper behind
    a list of periods (today where nobody says); a list of days is of its last day. Of each
    layout the newest edition is in force: an older one raises `OlderThanInForce` unless
    `allow_older` says that it is meant.

    All or nothing: `FileProblems` names everything that is wrong. The same file again changes
    nothing. What was known before stays readable as it was known (see `RiskArea`).
    """
    data = read_bytes(path)
    read = read_areas(read_table(data), rule=rule, skip_unknown=skip_unknown)
    edition = AreaImport(
        layout=AreaImport.Layout.BY_DAY if read.is_by_day else AreaImport.Layout.PERIODS,
        rule=rule.upper()[:40],
        source=(source or (path.name if isinstance(path, Path) else ""))[:200],
        digest=hashlib.sha256(data).hexdigest(),
        first_day=read.first,
        last_day=read.last,
        as_of_on=read.last if read.is_by_day else as_of or reporting_day(now),
        imported_at=now,
    )
    try:
        with transaction.atomic():
            return _take_in(read, edition, apply=apply, allow_older=allow_older, actor=actor)
    except IntegrityError as error:
        raise ListChangedMeanwhile from error


def _take_in(
    read: AreaFile, edition: AreaImport, *, apply: bool, allow_older: bool, actor: Actor
) -> AreaChanges:
    # The number before the list: whoever reads an older list than it will meet a taken number.
    edition.number = 1 + (AreaImport.objects.aggregate(last=Max("number"))["last"] or 0)
    stored: dict[str, list[Listing]] = defaultdict(list)
    for area in RiskArea.objects.filter(known_until_at__isnull=True).order_by("listed_on"):
        stored[area.area_code].append(_as_listing(area))
    found = difference(read, stored, newest=latest_list_day())
    changes = summary(read, stored, found)
    if not changes and _was_read_before(edition):
        return changes
    if not allow_older:
        _check_not_older(edition)
    if apply:
        _store(edition, found)
        audit.record(
            verb="places.area_list.imported",
            actor=actor,
            subject=edition,
            now=edition.imported_at,
            rule=edition.rule,
            source=edition.source,
            listed=len(changes.listed),
            delisted=len(changes.delisted),
            changed=len(changes.changed),
        )
        return replace(changes, number=edition.number)
    return changes


def _check_not_older(edition: AreaImport) -> None:
    newest = AreaImport.objects.filter(layout=edition.layout).aggregate(day=Max("as_of_on"))["day"]
    if newest is not None and edition.as_of_on < newest:
        raise OlderThanInForce(day=edition.as_of_on.isoformat(), newest=newest.isoformat())


def _was_read_before(edition: AreaImport) -> bool:
    return AreaImport.objects.filter(digest=edition.digest, rule=edition.rule).exists()


def _as_listing(area: RiskArea) -> Listing:
    period = Period(area.listed_on, area.delisted_on)
    return Listing(area.area_code, area.name, period, area.level, area.source, row=area.pk)


def _store(edition: AreaImport, found: Difference) -> None:
    edition.save(force_insert=True)
    listed_now.forget()
    closed = RiskArea.objects.filter(
        pk__in=[listing.row for listing in found.ended], known_until_at__isnull=True
    ).update(known_until_at=edition.imported_at)
    if closed != len(found.ended):
        raise ListChangedMeanwhile  # another import ended some of these rows first
    RiskArea.objects.bulk_create(
        RiskArea(
            area_code=listing.code,
            name=listing.name,
            level=listing.level,
            listed_on=listing.period.start,
            delisted_on=listing.period.end,
            source=listing.source or edition.source,
            known_from_at=edition.imported_at,
            came_with=edition,
        )
        for listing in found.begun
    )


# ---------------------------------------------------------------- hospitals


@dataclass(frozen=True, slots=True)
class HospitalChanges:
    """What an import did, or would do, in names of hospitals."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    delisted: tuple[str, ...]
    unchanged: int
    warnings: tuple[Problem, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.delisted)


def import_hospitals(
    path: Path | bytes = SHIPPED_HOSPITALS,
    *,
    apply: bool = True,
    now: datetime,
    actor: Actor = SYSTEM,
) -> HospitalChanges:
    """Store a list of designated hospitals; see `hospital_files` for its layout.

    With `apply=False` it only says what it would change.

    Lists are never complete: a hospital that the file does not name stays as it is. To take
    one off, give its row an `until`. The same file again changes nothing.
    """
    rows, warnings = read_hospitals(read_table(read_bytes(path)))
    try:
        with transaction.atomic():
            changes = _take_in_hospitals(rows, warnings, apply=apply)
            if apply and changes:
                audit.record(
                    verb="places.hospitals.imported",
                    actor=actor,
                    subject=None,
                    now=now,
                    added=len(changes.added),
                    changed=len(changes.changed),
                    delisted=len(changes.delisted),
                )
            return changes
    except IntegrityError as error:
        raise ListChangedMeanwhile from error


def _take_in_hospitals(
    rows: list[HospitalRow], warnings: list[Problem], *, apply: bool
) -> HospitalChanges:
    stored: dict[tuple[str, str, str, str], list[DesignatedHospital]] = defaultdict(list)
    for hospital in DesignatedHospital.objects.order_by("-listed_on"):
        key = hospital.province_code, hospital.city_code, hospital.name, hospital.kind
        stored[key].append(hospital)
    added: list[DesignatedHospital] = []
    changed: list[DesignatedHospital] = []
    delisted: list[DesignatedHospital] = []
    for row in rows:
        known = _same(row, stored[row.province_code, row.city_code, row.name, row.kind])
        if known is None or (known.delisted_on and known.delisted_on <= row.listed_on):
            added.append(_as_hospital(row))
        elif _update(known, row):
            (delisted if known.delisted_on else changed).append(known)
    if apply:
        DesignatedHospital.objects.bulk_create(added)
        for hospital in (*changed, *delisted):
            hospital.save(update_fields=_TOLD)
    return HospitalChanges(
        added=tuple(hospital.name for hospital in added),
        changed=tuple(hospital.name for hospital in changed),
        delisted=tuple(hospital.name for hospital in delisted),
        unchanged=len(rows) - len(added) - len(changed) - len(delisted),
        warnings=tuple(warnings),
    )


def _as_hospital(row: HospitalRow) -> DesignatedHospital:
    return DesignatedHospital(
        province_code=row.province_code,
        city_code=row.city_code,
        county_code=row.county_code,
        county_name=row.county_name,
        name=row.name,
        kind=row.kind,
        phone=row.phone,
        address=row.address,
        listed_on=row.listed_on,
        delisted_on=row.delisted_on,
        source=row.source,
    )


_TOLD = (
    "county_code",
    "county_name",
    "phone",
    "address",
    "source",
    "delisted_on",
    "listed_on",
)


def _same(row: HospitalRow, entries: list[DesignatedHospital]) -> DesignatedHospital | None:
    """The stored entry a row speaks of; one of the two may leave out the county."""
    for entry in entries:
        if entry.county_name == row.county_name:
            return entry
    loose = [entry for entry in entries if not (entry.county_name and row.county_name)]
    return loose[0] if len(loose) == 1 else None


def _update(known: DesignatedHospital, row: HospitalRow) -> bool:
    """Take over what a row tells. An empty cell tells nothing; listed stays the earliest day."""
    before = [getattr(known, field) for field in _TOLD]
    known.county_code = row.county_code or known.county_code
    known.county_name = row.county_name or known.county_name
    known.phone = row.phone or known.phone
    known.address = row.address or known.address
    known.source = row.source
    known.delisted_on = row.delisted_on or known.delisted_on
    known.listed_on = min(known.listed_on, row.listed_on)
    return before != [getattr(known, field) for field in _TOLD]
