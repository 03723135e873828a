"""The caller's worklist: the next person, the number behind a logged look, what the call came to."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.desk.forms import CallForm
from lianfang.desk.frame import page_number, say
from lianfang.desk.outreach_pages import for_outreach, outreach_answer, tried
from lianfang.outreach import access
from lianfang.outreach.models import CallTask
from lianfang.portal.edge import Visit
from lianfang.reporting.models import CallRecord
from lianfang.usecases import callers

PER_PAGE = 50


@for_outreach
@require_GET
def calls(request: HttpRequest, visit: Visit) -> HttpResponse:
    """One's own calls, whose turn is soonest first; wrong numbers beside them."""
    waiting = access.calls(visit.sight)
    return outreach_answer(
        request,
        visit,
        "calls.html",
        part="desk-outreach-calls",
        page=Paginator(waiting, PER_PAGE).get_page(page_number(request)),
        due=waiting.filter(next_try_at__lte=visit.now).count(),
        later=waiting.filter(next_try_at__gt=visit.now).order_by("next_try_at").first(),
        corrections=access.corrections(visit.sight)[:100],
        may_open=visit.sight.name_units,
    )


@for_outreach
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """One person to ring. Looking at the number is written down, and is a tap of its own."""
    task = access.call(pk, sight=visit.sight)
    if request.method == "GET":
        return _page(request, visit, task)
    if request.POST.get("what") == "number":
        phone = callers.reveal_number(task=task, actor=visit.actor, now=visit.now)
        return _page(request, visit, task, phone=phone, revealed=True)
    form = CallForm(request.POST)
    if not form.is_valid():
        kept = {"problems": form.problems, "note": request.POST.get("note", "")}
        return _page(request, visit, task, 422, **kept)
    clean = form.cleaned_data
    done = tried(
        request,
        lambda: callers.note_call(
            task=task,
            outcome=clean["outcome"],
            note=clean["note"],
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        ),
    )
    if done is None:
        label = CallRecord.Outcome(clean["outcome"]).label
        name = task.recipient.person.name
        say(request, _("Noted: %(name)s, %(outcome)s.") % {"name": name, "outcome": label})
    following = _following(visit, task)
    if following is None:
        return redirect("desk-outreach-calls")
    return redirect("desk-outreach-call", following.pk)


def _following(visit: Visit, task: CallTask) -> CallTask | None:
    due = access.calls(visit.sight).filter(next_try_at__lte=visit.now)
    return due.exclude(pk=task.pk).first()


def _page(
    request: HttpRequest, visit: Visit, task: CallTask, status: int = 200, **more: Any
) -> HttpResponse:
    return outreach_answer(
        request,
        visit,
        "call.html",
        part="desk-outreach-calls",
        status=status,
        task=task,
        person=task.recipient.person,
        version=task.recipient.campaign.version,
        outcomes=list(CallRecord.Outcome),
        last_outcome=CallRecord.Outcome(task.last_outcome).label if task.last_outcome else "",
        following=_following(visit, task),
        **more,
    )


@for_outreach
@require_POST
def number_is_right(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    correction = access.correction(pk, sight=visit.sight)
    callers.number_is_right(correction=correction, actor=visit.actor, now=visit.now)
    say(request, _("Noted: the number is right."))
    return redirect("desk-outreach-calls")
