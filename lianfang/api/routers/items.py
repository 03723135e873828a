"""Matters to settle (督办) and tasks: given, reported on, checked by somebody else."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Status

from lianfang.api import papers
from lianfang.api.access import Caller, caller_of, number_in_address
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.items import (
    EntryOut,
    ItemCheckIn,
    ItemDueIn,
    ItemIn,
    ItemOut,
    ItemReportIn,
    ItemRowOut,
    ItemsOut,
)
from lianfang.directives import access
from lianfang.directives.models import SupervisionItem
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person, Unit
from lianfang.usecases import supervision as usecase
from lianfang.usecases.supervision import Cause

router = Router(tags=["items"])


@router.get("/items", response=answers(200, ItemsOut), url_name="items")
def list_items(
    request: HttpRequest,
    state: Literal["open", "closed"] = "open",
    limit: Limit = 50,
    offset: Offset = 0,
) -> ItemsOut:
    """Matters of units in sight, and one's own; the most pressing first. Token: `directives:read`."""
    caller = caller_of(request)
    caller.needs(Scope.DIRECTIVES_READ)
    found = access.items_visible_to(caller.sight)
    if state == "closed":
        found = found.filter(state="CLOSED").order_by("-closed_at", "-id")
    else:
        found = found.exclude(state="CLOSED").order_by("due_at", "number")
    page = found[offset : offset + limit]
    return ItemsOut(total=found.count(), items=[_row(one, caller) for one in page])


@router.get("/items/{item_id}", response=answers(200, ItemOut), url_name="item")
def one_item(request: HttpRequest, item_id: str) -> ItemOut:
    """One matter with everything that happened to it. Token: `directives:read`."""
    caller = caller_of(request)
    caller.needs(Scope.DIRECTIVES_READ)
    return _shown(_item(item_id, caller), caller)


@router.post("/items", response=answers(201, ItemOut), url_name="items")
@once
def assign_item(request: HttpRequest, body: ItemIn) -> Status[ItemOut]:
    """Give a matter to somebody: by hand, or from what is overdue. `directives:write`, for a person."""
    caller = _writer(request)
    units = access.supervised_units(caller.sight)
    if not units:
        raise Forbidden
    cause = _cause(body, units, caller)
    unit = cause.unit if cause else Unit.objects.filter(code=body.unit or "", pk__in=units).first()
    source = cause.source if cause else body.source
    owner = Person.objects.filter(number=body.owner or "").first()
    problems = {}
    if unit is None:
        problems["unit"] = _("Please choose a unit.")
    if source is None:
        problems["source"] = _("Where does it come from?")
    if body.owner and owner is None:
        problems["owner"] = _("One of these numbers is not on the roster.")
    if problems or unit is None or source is None:
        raise Invalid(problems)
    made = usecase.assign(
        source=SupervisionItem.Source(source),
        origin=cause.origin if cause else "",
        title=body.title,
        text=body.text,
        unit=unit,
        owner=owner,
        due_at=body.due_at,
        files=papers.uploads(body.files),
        by=caller.doer,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, _shown(made, caller))


def _cause(body: ItemIn, units: frozenset[int], caller: Caller) -> Cause | None:
    if body.receipt is not None:
        found = access.overdue_receipt(body.receipt, units=units)
        return usecase.cause_of_receipt(found, now=caller.now)
    if body.report_of is None:
        return None
    unit = Unit.objects.filter(code=body.report_of, pk__in=units).first()
    if unit is None:
        raise NotYours
    try:
        day = date.fromisoformat(body.report_on or "")
    except ValueError as error:
        raise Invalid({"report_on": _("A day is written like this: 2020-02-01.")}) from error
    return usecase.cause_of_report(unit, day=day, now=caller.now)


@router.post("/items/{item_id}/report", response=answers(200, ItemOut), url_name="report_item")
@once
def report_item(request: HttpRequest, item_id: str, body: ItemReportIn) -> ItemOut:
    """What was done, with evidence; `done` asks for a check. Token: `directives:write`, for the owner."""
    caller = _writer(request)
    found = _item(item_id, caller)
    if not _owns(found, caller):
        raise Forbidden
    usecase.report(
        item=found,
        text=body.text,
        is_done=body.done,
        files=papers.uploads(body.files),
        **_who(caller),
    )
    return _again(found, caller)


@router.post("/items/{item_id}/check", response=answers(200, ItemOut), url_name="check_item")
@once
def check_item(request: HttpRequest, item_id: str, body: ItemCheckIn) -> ItemOut:
    """Close it, or send it back. Never by its owner. Token: `directives:write`, for a person."""
    caller, found = _to_check(request, item_id)
    usecase.check(item=found, accept=body.accept, text=body.text, **_who(caller))
    return _again(found, caller)


@router.post("/items/{item_id}/reopen", response=answers(200, ItemOut), url_name="reopen_item")
@once
def reopen_item(request: HttpRequest, item_id: str, body: ItemDueIn) -> ItemOut:
    """It was not settled after all. Token: `directives:write`, for a person."""
    caller, found = _to_check(request, item_id)
    usecase.reopen(item=found, text=body.text, due_at=body.due_at, **_who(caller))
    return _again(found, caller)


@router.post("/items/{item_id}/extend", response=answers(200, ItemOut), url_name="extend_item")
@once
def extend_item(request: HttpRequest, item_id: str, body: ItemDueIn) -> ItemOut:
    """More time, and why. Token: `directives:write`, for a person."""
    caller, found = _to_check(request, item_id)
    usecase.extend(item=found, text=body.text, due_at=body.due_at, **_who(caller))
    return _again(found, caller)


def _writer(request: HttpRequest) -> Caller:
    caller = caller_of(request)
    caller.needs(Scope.DIRECTIVES_WRITE)
    caller.needs_somebody()
    return caller


def _who(caller: Caller) -> dict[str, Any]:
    return {"by": caller.doer, "actor": caller.actor, "now": caller.now}


def _item(item_id: str, caller: Caller) -> SupervisionItem:
    return access.item(number_in_address(item_id), sight=caller.sight)


def _to_check(request: HttpRequest, item_id: str) -> tuple[Caller, SupervisionItem]:
    caller = _writer(request)
    found = _item(item_id, caller)
    if not _checks(found, caller):
        raise Forbidden
    return caller, found


def _owns(found: SupervisionItem, caller: Caller) -> bool:
    if caller.person is None:
        return False
    if found.owner_id is not None:
        return found.owner_id == caller.person.pk
    return access.answers_for(found.unit_id, caller.sight)


def _checks(found: SupervisionItem, caller: Caller) -> bool:
    """Who gave it, and who supervises the unit."""
    if caller.person is None:
        return False
    mine = found.assigned_by_id == caller.person.pk
    return mine or found.unit_id in access.supervised_units(caller.sight)


def _again(found: SupervisionItem, caller: Caller) -> ItemOut:
    found.refresh_from_db()
    return _shown(found, caller)


def _row(one: SupervisionItem, caller: Caller) -> ItemRowOut:
    return ItemRowOut(
        id=one.pk,
        number=one.number,
        source=one.source,
        title=one.title,
        unit=one.unit.code,
        owner=papers.name_of(one.owner, caller),
        assigned_by=papers.name_of(one.assigned_by, caller) or "",
        assigned_at=one.assigned_at,
        due_at=one.due_at,
        state=one.state,
        late=SupervisionItem.State(one.state).is_owners_turn and one.due_at <= caller.now,
        closed_at=one.closed_at,
    )


def _shown(one: SupervisionItem, caller: Caller) -> ItemOut:
    entries = one.entries.select_related("by").order_by("at", "id")
    return ItemOut(
        **_row(one, caller).model_dump(),
        text=one.text,
        entries=[
            EntryOut(
                kind=entry.kind,
                text=entry.text,
                by=papers.name_of(entry.by, caller),
                at=entry.at,
                files=papers.files_out(entry.attachments.defer("content").order_by("id")),
            )
            for entry in entries
        ],
        may=_may(one, caller),
    )


def _may(one: SupervisionItem, caller: Caller) -> list[str]:
    turn = SupervisionItem.State(one.state).is_owners_turn
    checks = (
        _checks(one, caller) and caller.person is not None and (caller.person.pk != one.owner_id)
    )
    possible = {
        "report": turn and _owns(one, caller),
        "check": checks and one.state == SupervisionItem.State.TO_CHECK,
        "extend": checks and turn,
        "reopen": checks and not one.is_open,
    }
    return [verb for verb, holds in possible.items() if holds]
