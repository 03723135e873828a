"""A file of key monitoring as the API shows it: its checks, what was needed, what was contested."""

from __future__ import annotations

from lianfang.api.access import Caller
from lianfang.api.shapes.monitoring import ContestOut, FileNeedOut, SlotOut
from lianfang.api.shifts import named
from lianfang.monitoring.models import CheckSlot, MonitoringFile


def slot_out(slot: CheckSlot, *, opened: bool) -> SlotOut:
    return SlotOut(
        day=slot.day,
        code=slot.code,
        opens_at=slot.opens_at,
        due_at=slot.due_at,
        state=slot.state,
        result=slot.result if opened else None,
        temperature=slot.temperature if opened else None,
        method=slot.method,
        checked_at=slot.checked_at,
    )


def file_needs(file: MonitoringFile, caller: Caller, *, opened: bool) -> list[FileNeedOut]:
    rows = file.needs.select_related("owner").order_by("done_at", "due_at")
    return [
        FileNeedOut(
            id=one.pk,
            text=one.text if opened else None,
            asked_at=one.asked_at,
            due_at=one.due_at,
            owner=named(one.owner, caller),
            done_at=one.done_at,
            answer=one.answer if opened else None,
        )
        for one in rows
    ]


def file_contests(file: MonitoringFile, *, opened: bool) -> list[ContestOut]:
    return [
        ContestOut(
            id=one.pk,
            text=one.text if opened else None,
            filed_at=one.filed_at,
            due_at=one.due_at,
            done_at=one.done_at,
            outcome=one.outcome,
            answer=one.answer if opened else None,
        )
        for one in file.contests.order_by("-filed_at")
    ]
