"""Matters to settle (督办) and tasks: the board, one of them, and what people do with it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.desk.directive_forms import moment_to_type, moment_typed, uploads
from lianfang.desk.frame import answer, say, say_refusal
from lianfang.directives import access
from lianfang.directives.models import SupervisionItem
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours, Refused
from lianfang.kernel.texts import tidy
from lianfang.portal.edge import Visit, for_desk
from lianfang.portal.middleware import in_words
from lianfang.roster.models import Person, Unit
from lianfang.usecases import supervision as usecase
from lianfang.usecases.supervision import Cause

_BY_HAND = (
    SupervisionItem.Source.INSPECTION,
    SupervisionItem.Source.COMPLAINT,
    SupervisionItem.Source.TASK,
)
MOST = 200


@for_desk
@require_GET
def items(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Overdue first, then what waits to be checked, then the rest; closed ones on demand."""
    shown = request.GET.get("show", "open")
    found = access.items_visible_to(visit.sight)
    if shown == "closed":
        rows = list(found.filter(state="CLOSED").order_by("-closed_at")[:MOST])
    else:
        rows = list(found.exclude(state="CLOSED").order_by("due_at", "number")[:MOST])
    me = visit.account.person_id
    late = [row for row in rows if _is_late(row, visit)]
    to_check = [
        row
        for row in rows
        if row.state == "TO_CHECK" and row.owner_id != me and _checks(row, visit)
    ]
    apart = {row.pk for row in late + to_check}
    return answer(
        request,
        visit,
        "desk/directives/items.html",
        here="desk-directives",
        shown=shown,
        late=late,
        to_check=to_check,
        rest=[row for row in rows if row.pk not in apart],
        may_assign=bool(access.supervised_units(visit.sight)),
    )


def _is_late(item: SupervisionItem, visit: Visit) -> bool:
    return SupervisionItem.State(item.state).is_owners_turn and item.due_at <= visit.now


def _checks(item: SupervisionItem, visit: Visit) -> bool:
    """Who gave it, and who supervises the unit."""
    mine = item.assigned_by_id == visit.account.person_id
    return mine or item.unit_id in access.supervised_units(visit.sight)


@for_desk
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, visit: Visit) -> HttpResponse:
    units = access.supervised_units(visit.sight)
    if not units:
        raise Forbidden
    cause = _cause(request, visit, units)
    if request.method == "GET":
        begun = {name: request.GET.get(name, "") for name in ("source", "unit")}
        return _form(request, visit, units, cause, typed=begun)
    problems: dict[str, str] = {}
    try:
        made = _assign(request, visit, units, cause)
    except Invalid as refusal:
        problems = {name: _(text) for name, text in refusal.problems.items()}
        return _form(request, visit, units, cause, status=422, problems=problems)
    except Refused as refusal:
        problems = {"due_at": in_words(refusal)}
        return _form(request, visit, units, cause, status=refusal.status, problems=problems)
    say(request, _("%(number)s is given.") % {"number": made.number})
    return redirect("desk-item", made.pk)


def _cause(request: HttpRequest, visit: Visit, units: frozenset[int]) -> Cause | None:
    """`?receipt=7` or `?report=3&on=2020-02-01`: made from what is overdue, once."""
    receipt, unit = request.GET.get("receipt", ""), request.GET.get("report", "")
    if receipt.isdecimal():
        found = access.overdue_receipt(int(receipt), units=units)
        return usecase.cause_of_receipt(found, now=visit.now)
    if unit.isdecimal():
        node = Unit.objects.filter(pk=int(unit)).first()
        if node is None or node.pk not in units:
            raise NotYours
        try:
            day = date.fromisoformat(request.GET.get("on", ""))
        except ValueError as error:
            raise NotYours from error
        return usecase.cause_of_report(node, day=day, now=visit.now)
    return None


def _assign(
    request: HttpRequest, visit: Visit, units: frozenset[int], cause: Cause | None
) -> SupervisionItem:
    data = request.POST
    problems: dict[str, str] = {}
    unit = cause.unit if cause else None
    asked = data.get("unit", "")
    if unit is None and asked.isdecimal() and int(asked) in units:
        unit = Unit.objects.filter(pk=int(asked)).first()
    due_at = moment_typed(data.get("due_at", ""))
    number = tidy(data.get("owner", ""))
    owner = Person.objects.filter(number=number).first() if number else None
    source = cause.source if cause else data.get("source", "")
    if unit is None:
        problems["unit"] = _("Please choose a unit.")
    if due_at is None:
        problems["due_at"] = _("By when?")
    if number and owner is None:
        problems["owner"] = _("One of these numbers is not on the roster.")
    if source not in SupervisionItem.Source.values:
        problems["source"] = _("Please choose where it comes from.")
    if problems or unit is None or due_at is None:
        raise Invalid(problems)
    return usecase.assign(
        source=SupervisionItem.Source(source),
        origin=cause.origin if cause else "",
        title=data.get("title", ""),
        text=data.get("text", ""),
        unit=unit,
        owner=owner,
        due_at=due_at,
        files=uploads(request),
        by=visit.person,
        actor=visit.actor,
        now=visit.now,
    )


def _form(
    request: HttpRequest,
    visit: Visit,
    units: frozenset[int],
    cause: Cause | None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    choices = Unit.objects.filter(pk__in=units, closed_on__isnull=True)
    nothing = {"source": "", "title": cause.title if cause else ""}
    typed = nothing | more.pop("typed", request.POST.dict())
    return answer(
        request,
        visit,
        "desk/directives/item_form.html",
        here="desk-directives",
        status=status,
        cause=cause,
        units=choices.exclude(kind=Unit.Kind.MAJOR).order_by("tree", "position", "code"),
        sources=[(source.value, source.label) for source in _BY_HAND],
        typed=typed,
        **more,
    )


@for_desk
@require_GET
def item(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    return _page(request, visit, access.item(pk, sight=visit.sight))


def _page(
    request: HttpRequest, visit: Visit, found: SupervisionItem, status: int = 200, **more: Any
) -> HttpResponse:
    me = visit.account.person_id
    state = SupervisionItem.State(found.state)
    checks = me is not None and me != found.owner_id and _checks(found, visit)
    owns = me is not None and (
        found.owner_id == me
        or (found.owner_id is None and access.answers_for(found.unit_id, visit.sight))
    )
    entries = found.entries.select_related("by").prefetch_related("attachments")
    return answer(
        request,
        visit,
        "desk/directives/item.html",
        here="desk-directives",
        status=status,
        item=found,
        entries=entries.order_by("at", "id"),
        is_late=_is_late(found, visit),
        may_report=owns and state.is_owners_turn,
        may_check=checks and found.state == SupervisionItem.State.TO_CHECK,
        may_extend=checks and state.is_owners_turn,
        may_reopen=checks and not found.is_open,
        default_due=moment_to_type(visit.now),
        **more,
    )


def _act(request: HttpRequest, visit: Visit, pk: int, verb: str) -> HttpResponse:
    """The four verbs share their way: one call, then the page again."""
    found = access.item(pk, sight=visit.sight)
    if verb == "report" and not _owns(found, visit):
        raise Forbidden
    if verb != "report" and not _checks(found, visit):
        raise Forbidden
    common: dict[str, Any] = {
        "item": found,
        "text": request.POST.get("text", ""),
        "by": visit.person,
        "actor": visit.actor,
        "now": visit.now,
    }
    try:
        _call(request, verb, common)
    except Invalid as refusal:
        problems = {name: _(text) for name, text in refusal.problems.items()}
        return _page(
            request, visit, found, status=422, problems=problems, typed=request.POST.dict()
        )
    except Refused as refusal:
        say_refusal(request, refusal)
    return redirect("desk-item", pk)


def _owns(found: SupervisionItem, visit: Visit) -> bool:
    if found.owner_id is not None:
        return found.owner_id == visit.account.person_id
    return access.answers_for(found.unit_id, visit.sight)


def _call(request: HttpRequest, verb: str, common: dict[str, Any]) -> None:
    if verb == "report":
        is_done = request.POST.get("what") == "done"
        usecase.report(**common, is_done=is_done, files=uploads(request))
        say(request, _("Thank you. Somebody else looks at it now.") if is_done else _("Kept."))
    elif verb == "check":
        usecase.check(**common, accept=request.POST.get("verdict") == "accept")
    else:
        due_at = moment_typed(request.POST.get("due_at", ""))
        if due_at is None:
            raise Invalid({"due_at": _("By when?")})
        (usecase.reopen if verb == "reopen" else usecase.extend)(**common, due_at=due_at)


@for_desk
@require_POST
def report(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    return _act(request, visit, pk, "report")


@for_desk
@require_POST
def check(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    return _act(request, visit, pk, "check")


@for_desk
@require_POST
def reopen(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    return _act(request, visit, pk, "reopen")


@for_desk
@require_POST
def extend(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    return _act(request, visit, pk, "extend")
