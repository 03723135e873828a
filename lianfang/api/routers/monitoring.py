"""Key monitoring: the files in order of urgency, one of them, its checks, its release."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router

from lianfang.api.access import Caller, number_in_address
from lianfang.api.caring import check_reach, reader, reads_health, writer
from lianfang.api.once import once
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.monitoring import (
    FileCheckIn,
    FileNoteIn,
    FileReleaseIn,
    FileRowOut,
    FileSeenOut,
    FilesOut,
    FileVerifyIn,
)
from lianfang.api.shifts import named
from lianfang.api.watching import file_contests, file_needs, slot_out
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.monitoring import access, queries
from lianfang.monitoring.access import FileSight
from lianfang.monitoring.checking import Findings
from lianfang.monitoring.models import CheckSlot, MonitoringFact, MonitoringFile
from lianfang.monitoring.releasing import checklist_of
from lianfang.usecases import monitoring, monitoring_checks

router = Router(tags=["care"])


@router.get("/monitoring", response=answers(200, FilesOut), url_name="monitoring")
def list_files(
    request: HttpRequest,
    state: Literal["open", "closed"] = "open",
    limit: Limit = 50,
    offset: Offset = 0,
) -> FilesOut:
    """Files of key monitoring, what has to be done first. Token: `care:read`, for a person.

    Never the reason: that stands on the file.
    """
    caller = reader(request)
    if not access.may_open_files(caller.sight):
        raise Forbidden
    seen = access.files_in_sight(caller.sight).select_related("person", "unit", "carer")
    if caller.integration is not None:
        seen = seen.filter(unit_id__in=caller.reach)
    mine = set(access.named_files(caller.sight).values_list("pk", flat=True))
    if state == "closed":
        closed = seen.filter(closed_at__isnull=False).order_by("-closed_at", "-id")
        page = closed[offset : offset + limit]
        rows = [queries.Row(file, None, 0, False, 0) for file in page]
        total = closed.count()
    else:
        ordered = queries.rows_of(seen.filter(closed_at__isnull=True), now=caller.now)
        rows, total = ordered[offset : offset + limit], len(ordered)
    return FilesOut(
        total=total, files=[FileRowOut(**_row(row, row.file.pk in mine, caller)) for row in rows]
    )


def _row(row: queries.Row, is_named: bool, caller: Caller) -> dict[str, Any]:
    file = row.file
    return {
        "id": file.pk,
        "number": file.number,
        "person": named(file.person, caller) if is_named else None,
        "unit": file.unit.code,
        "state": file.state,
        "day_number": file.day_number(caller.today),
        "eligible_on": file.eligible_on,
        "opened_at": file.opened_at,
        "closed_at": file.closed_at,
        "urgency": row.urgency if file.closed_at is None else None,
        "open_slot": row.open_slot.code if row.open_slot else None,
        "missed_today": row.missed_today,
    }


@router.get("/monitoring/{file_id}", response=answers(200, FileSeenOut), url_name="monitoring_file")
def one_file(request: HttpRequest, file_id: str) -> FileSeenOut:
    """One file with its checks; the look is written down. Token: `care:read`, for a person.

    Reason and findings need `answers:read` as well.
    """
    caller = reader(request)
    file, seen = file_of(file_id, caller)
    return _shown(file, seen, caller)


@router.post(
    "/monitoring/{file_id}/check", response=answers(200, FileSeenOut), url_name="file_check"
)
@once
def check_file(request: HttpRequest, file_id: str, body: FileCheckIn) -> FileSeenOut:
    """The check that is due, by phone or at a visit. Token: `care:write`, for a person."""
    caller, file, seen = to_act(request, file_id)
    given = body.model_dump(exclude={"method", "need"})
    monitoring_checks.check(
        slot=_slot(file, caller),
        found=Findings(**{**given, "symptoms": tuple(body.symptoms)}),
        need=body.need,
        method=CheckSlot.Method(body.method),
        **who(caller),
    )
    return again(file, seen, caller)


@router.post(
    "/monitoring/{file_id}/not-reached",
    response=answers(200, FileSeenOut),
    url_name="file_not_reached",
)
@once
def not_reached(request: HttpRequest, file_id: str) -> FileSeenOut:
    """Rang, and reached nobody. Token: `care:write`, for a person."""
    caller, file, seen = to_act(request, file_id)
    monitoring.not_reached(slot=_slot(file, caller), **who(caller))
    return again(file, seen, caller)


@router.post(
    "/monitoring/{file_id}/verify", response=answers(200, FileSeenOut), url_name="file_verify"
)
@once
def verify_file(request: HttpRequest, file_id: str, body: FileVerifyIn) -> FileSeenOut:
    """The reason holds, and the person was told. Token: `care:write`, for a person."""
    caller, file, seen = to_act(request, file_id)
    monitoring.verify(file=file, told_how=body.told_how, text=body.text, **who(caller))
    return again(file, seen, caller)


@router.post("/monitoring/{file_id}/note", response=answers(200, FileSeenOut), url_name="file_note")
@once
def note_in_file(request: HttpRequest, file_id: str, body: FileNoteIn) -> FileSeenOut:
    """A call or a note. Token: `care:write`, for a person."""
    caller, file, seen = to_act(request, file_id)
    kind = MonitoringFact.Kind.CALLED if body.called else MonitoringFact.Kind.NOTE
    monitoring.write_down(file=file, kind=kind, text=body.text, **who(caller))
    return again(file, seen, caller)


@router.post(
    "/monitoring/{file_id}/release", response=answers(200, FileSeenOut), url_name="file_release"
)
@once
def release_file(request: HttpRequest, file_id: str, body: FileReleaseIn) -> FileSeenOut:
    """The days are over: decided by a head or above. Token: `care:write`, for a person."""
    caller, file, seen = to_act(request, file_id)
    if not seen.may_decide:
        raise Forbidden
    monitoring.release(file=file, text=body.text, proof_number=body.proof_number, **who(caller))
    return again(file, seen, caller)


def file_of(file_id: str, caller: Caller) -> tuple[MonitoringFile, FileSight]:
    found = (
        MonitoringFile.objects.filter(pk=number_in_address(file_id))
        .select_related("person", "unit", "carer", "deputy", "edition")
        .first()
    )
    if found is None:
        raise NotYours
    check_reach(found.unit_id, caller)
    return found, access.sight_of_file(found, sight=caller.sight)


def to_act(request: HttpRequest, file_id: str) -> tuple[Caller, MonitoringFile, FileSight]:
    caller = writer(request)
    file, seen = file_of(file_id, caller)
    if not seen.may_act:
        raise Forbidden
    return caller, file, seen


def _slot(file: MonitoringFile, caller: Caller) -> CheckSlot:
    slot = monitoring_checks.open_slot_for(file.person, now=caller.now)
    if slot is None or slot.file_id != file.pk:
        raise NotYours
    return slot


def who(caller: Caller) -> dict[str, Any]:
    return {"by": caller.doer, "actor": caller.actor, "now": caller.now}


def again(file: MonitoringFile, seen: FileSight, caller: Caller) -> FileSeenOut:
    file.refresh_from_db()
    return _shown(file, seen, caller)


def _shown(file: MonitoringFile, seen: FileSight, caller: Caller) -> FileSeenOut:
    monitoring.file_seen(file=file, named=seen.named, actor=caller.actor, now=caller.now)
    opened = seen.named and reads_health(caller)
    rows = queries.rows_of(MonitoringFile.objects.filter(pk=file.pk), now=caller.now)
    row = rows[0] if rows and file.is_open else queries.Row(file, None, 0, False, 0)
    slots = file.slots.order_by("due_at", "id") if seen.named else []
    return FileSeenOut(
        **(_row(row, seen.named, caller) | {"id": file.pk}),
        category=file.category if opened else None,
        reason=file.reason if opened else None,
        isolation=file.isolation,
        isolation_place=file.isolation_place if opened else None,
        isolation_from=file.isolation_from,
        is_ordered=file.is_ordered,
        last_exposure_on=file.last_exposure_on if opened else None,
        carer=named(file.carer, caller),
        deputy=named(file.deputy, caller),
        told_at=file.told_at,
        slots=[slot_out(slot, opened=opened) for slot in slots],
        needs=file_needs(file, caller, opened=opened) if seen.named else [],
        contests=file_contests(file, opened=opened) if seen.named else [],
        lacking=checklist_of(file, now=caller.now).lacking if opened and file.is_open else [],
        may=[verb for verb, holds in (("act", seen.may_act), ("decide", seen.may_decide)) if holds],
    )
