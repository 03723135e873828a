"""Lists from outside: areas of high incidence and designated hospitals, tried before stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import File, Form, Query, Router, UploadedFile

from lianfang.api.access import caller_of
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import DayAsked, Limit, Offset, answers, day_asked
from lianfang.api.shapes.lists import (
    AreaEditionOut,
    AreaEditionsOut,
    AreaEffectOut,
    AreaImportForm,
    AreaImportOut,
    AreaOut,
    AreasOut,
    HospitalImportForm,
    HospitalImportOut,
    HospitalsOut,
    ListedHospitalOut,
    RowProblemOut,
    UnitEffectOut,
)
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.places import divisions
from lianfang.places import queries as places
from lianfang.places.models import AreaImport
from lianfang.places.rules import Problem
from lianfang.places.tables import FileProblems
from lianfang.places.words import in_words
from lianfang.usecases import take_in_lists

router = Router(tags=["lists"])
_HOSPITAL = (
    "name", "kind", "phone", "address", "county_code", "county_name", "city_code",
    "province_code", "listed_on", "source",
)  # fmt: skip
_EDITION = (
    "number", "layout", "rule", "source", "digest", "first_day", "last_day", "imported_at",
)  # fmt: skip


@router.get("/areas", response=answers(200, AreasOut), url_name="areas")
def areas(request: HttpRequest, day: DayAsked = None) -> AreasOut:
    """The areas of high incidence that were listed on a day; a city stands for its counties."""
    asked = day_asked(day, today=caller_of(request).today)
    until = places.latest_list_day()
    known = until is not None and asked <= until
    listed = sorted(places.risk_areas_on(asked)) if known else []
    return AreasOut(
        day=asked,
        known=known,
        listed_until=until,
        areas=[AreaOut(code=code, name=divisions.full_name(code)) for code in listed]
        if known
        else None,
    )


@router.get("/areas/editions", response=answers(200, AreaEditionsOut), url_name="area_editions")
def area_editions(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> AreaEditionsOut:
    """Every list that was read, with its source, the newest first."""
    caller_of(request)
    found = AreaImport.objects.order_by("-number")
    return AreaEditionsOut(
        total=found.count(),
        editions=[
            AreaEditionOut(**{name: getattr(one, name) for name in _EDITION})
            for one in found[offset : offset + limit]
        ],
    )


@router.post("/areas/import", response=answers(200, AreaImportOut), url_name="area_import")
@once
def import_areas(
    request: HttpRequest,
    form: Form[AreaImportForm],
    file: Annotated[UploadedFile | None, File()] = None,
) -> AreaImportOut:
    """What a list would change and how many people it would bring up, every problem with its row.

    Stored with `dry_run=false`.

    Token: `lists:write` of the whole college. Session: an operator.
    """
    caller = caller_of(request)
    caller.needs_operator(Scope.LISTS_WRITE)
    if file is None:
        raise Invalid({"file": _("Please choose a file.")})
    try:
        found = take_in_lists.areas(
            file.read(),
            rule=form.rule,
            source=form.source,
            skip_unknown=form.skip_unknown,
            apply=not form.dry_run,
            actor=caller.actor,
            now=caller.now,
        )
    except FileProblems as refused:
        return AreaImportOut(
            applied=False,
            first_day=None,
            last_day=None,
            listed=[],
            delisted=[],
            changed=[],
            effect=None,
            problems=_told(refused.problems),
            warnings=[],
        )
    return AreaImportOut(
        applied=not form.dry_run,
        first_day=found.first,
        last_day=found.last,
        listed=list(found.listed),
        delisted=list(found.delisted),
        changed=list(found.changed),
        effect=_effect(found, caller.now) if form.dry_run else None,
        problems=[],
        warnings=_told(found.warnings),
    )


def _effect(changes: take_in_lists.AreaChanges, now: datetime) -> AreaEffectOut:
    """In figures only: who it is stands with those who will ring them, once it is stored."""
    effect = take_in_lists.effect_of(changes, now=now)
    return AreaEffectOut(
        people=len({one.person for one in effect.found}),
        extended=effect.extended,
        changed=effect.changed,
        unlisted=len(effect.unlisted),
        units=[UnitEffectOut(unit=unit.code, people=n) for unit, n in effect.by_unit.items()],
    )


@router.get("/hospitals", response=answers(200, HospitalsOut), url_name="hospitals")
def hospitals(
    request: HttpRequest,
    county: Annotated[
        str, Query(min_length=6, max_length=6, description="GB/T 2260, such as 511702.")
    ],
    day: DayAsked = None,
) -> HospitalsOut:
    """The designated hospitals of a county on a day, else of its city, else of its province."""
    asked = day_asked(day, today=caller_of(request).today)
    try:
        nearest = places.hospitals_near(county, on=asked)
    except divisions.UnknownDivision as error:
        raise Invalid({"county": _("There is no county or district with this code.")}) from error
    return HospitalsOut(
        county=county,
        day=asked,
        nearness=nearest.level,
        hospitals=[
            ListedHospitalOut(**{name: getattr(one, name) for name in _HOSPITAL})
            for one in nearest.hospitals
        ],
    )


@router.post(
    "/hospitals/import", response=answers(200, HospitalImportOut), url_name="hospital_import"
)
@once
def import_hospitals(
    request: HttpRequest,
    form: Form[HospitalImportForm],
    file: Annotated[
        UploadedFile | None, File(description="Without a file the list that we ship.")
    ] = None,
) -> HospitalImportOut:
    """Take in a list of designated hospitals; what it does not name stays as it is.

    Token: `lists:write` of the whole college. Session: an operator.
    """
    caller = caller_of(request)
    caller.needs_operator(Scope.LISTS_WRITE)
    nothing: list[str] = []
    try:
        found = take_in_lists.hospitals(
            file.read() if file else None,
            apply=not form.dry_run,
            actor=caller.actor,
            now=caller.now,
        )
    except FileProblems as refused:
        return HospitalImportOut(
            applied=False,
            added=nothing,
            changed=nothing,
            delisted=nothing,
            unchanged=0,
            problems=_told(refused.problems),
            warnings=[],
        )
    return HospitalImportOut(
        applied=not form.dry_run,
        added=list(found.added),
        changed=list(found.changed),
        delisted=list(found.delisted),
        unchanged=found.unchanged,
        problems=[],
        warnings=_told(found.warnings),
    )


def _told(problems: Iterable[Problem]) -> list[RowProblemOut]:
    return [RowProblemOut.model_validate(in_words(problem)) for problem in problems]
