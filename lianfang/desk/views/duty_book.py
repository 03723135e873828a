"""The duty book of a unit, and the hand-over from one shift to the next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.desk.duty_pages import duty_answer, for_duty, tried
from lianfang.desk.frame import page_number, say
from lianfang.duty import access, queries
from lianfang.duty.forms import LogForm
from lianfang.duty.models import DutyShift, Handover, LogEntry
from lianfang.kernel.clock import SHANGHAI
from lianfang.kernel.refusals import NotYours
from lianfang.kernel.texts import tidy
from lianfang.portal.edge import Visit
from lianfang.roster.models import Unit
from lianfang.usecases import duty_roster, handover

PER_PAGE = 30


@for_duty
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The entries, newest first, what is open on top; a form for the next one."""
    unit = access.unit_with_book(pk, sight=visit.sight, at=visit.now)
    if request.method == "GET":
        return _book(request, visit, unit)
    form = LogForm(request.POST)
    if not form.is_valid():
        return _book(request, visit, unit, 422, problems=form.problems, typed=request.POST)
    clean = form.cleaned_data
    problems = tried(
        request,
        lambda: duty_roster.write_log(
            unit=unit,
            shift=_running(unit, visit),
            at=form.at,
            source=clean["source"],
            caller=clean["caller"],
            content=clean["content"],
            handling=clean["handling"],
            incident_number=clean["incident_number"],
            is_settled=clean["is_settled"],
            by=visit.account.person,
            actor=visit.actor,
            now=visit.now,
        ),
    )
    if problems is not None:
        return _book(request, visit, unit, 422, problems=problems, typed=request.POST)
    say(request, _("It is in the book."))
    return redirect(request.path)


def _running(unit: Unit, visit: Visit) -> DutyShift | None:
    """The writer's own shift, if one runs: the entry hangs on it."""
    return DutyShift.objects.filter(
        unit=unit, person=visit.person, starts_at__lte=visit.now, ends_at__gt=visit.now
    ).first()


def _book(
    request: HttpRequest, visit: Visit, unit: Unit, status: int = 200, **more: Any
) -> HttpResponse:
    duty_roster.book_seen(unit=unit, actor=visit.actor, now=visit.now)
    entries = LogEntry.objects.filter(unit=unit).select_related("written_by").order_by("-at", "-id")
    local = visit.now.astimezone(SHANGHAI)
    return duty_answer(
        request,
        visit,
        "book.html",
        part="desk-duty",
        status=status,
        unit=unit,
        open_entries=queries.open_log(unit).select_related("written_by"),
        page=Paginator(entries, PER_PAGE).get_page(page_number(request)),
        handovers=Handover.objects.filter(unit=unit)
        .select_related("out_person", "in_person")
        .order_by("-opened_at")[:10],
        sources=LogEntry.Source.choices,
        today=local.date().isoformat(),
        clock=f"{local:%H:%M}",
        **more,
    )


@for_duty
@require_POST
def settle(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    entry = LogEntry.objects.filter(pk=pk).select_related("unit").first()
    if entry is None:
        raise NotYours
    access.unit_with_book(entry.unit_id, sight=visit.sight, at=visit.now)
    words = tidy(request.POST.get("handling", ""))[:2000]
    tried(
        request,
        lambda: duty_roster.settle_log(
            entry=entry, handling=words, actor=visit.actor, now=visit.now
        ),
    )
    return redirect("desk-duty-book", entry.unit_id)


# ---------------------------------------------------------------- hand-over


@for_duty
@require_GET
def hand_over(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """What is open, in words, and the signatures of both sides."""
    one = access.handover_to_see(pk, sight=visit.sight)
    me = visit.person.pk
    may_sign = (me == one.out_person_id and one.out_signed_at is None) or (
        me == one.in_person_id and one.in_signed_at is None
    )
    return duty_answer(
        request,
        visit,
        "handover.html",
        part="desk-duty",
        handover=one,
        groups=_groups(one),
        may_sign=may_sign,
        goes=me == one.out_person_id,
    )


def _groups(one: Handover) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in one.items:
        outside_by = item.get("outside_by")
        shown = item | {"outside_by": datetime.fromisoformat(outside_by) if outside_by else None}
        groups.setdefault(item["kind"], []).append(shown)
    return groups


@for_duty
@require_POST
def sign(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    one = access.handover_to_see(pk, sight=visit.sight)
    words = tidy(request.POST.get("remarks", ""))[:2000]
    done = tried(
        request,
        lambda: handover.sign(
            handover=one, by=visit.person, remarks=words, actor=visit.actor, now=visit.now
        ),
    )
    if done is None:
        say(request, _("Signed."))
    return redirect("desk-duty-handover", pk)
