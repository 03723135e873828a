"""My quarantine: what, why, until when, whom to call; my checks, what I need, my checklist."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, NotYours, Refused
from lianfang.kernel.texts import prose, tidy
from lianfang.portal.edge import Visit, for_person
from lianfang.portal.middleware import in_words
from lianfang.portal.typed_checks import again, look_of
from lianfang.quarantine import queries
from lianfang.quarantine.models import Check, Need, Order
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import quarantine, quarantine_checks, quarantine_needs


@for_person
@require_safe
def mine(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The running order; whoever has none reads that, and what has ended."""
    one = queries.running_order_of(visit.person)
    if one is None:
        ended = queries.ended_orders_of(visit.person)
        return render(request, "portal/quarantine_free.html", {"section": "me", "ended": ended})
    return _page(request, visit, one)


def _order(visit: Visit) -> Order:
    found = queries.running_order_of(visit.person)
    if found is None:
        raise NotYours
    return found


def _page(
    request: HttpRequest, visit: Visit, one: Order, status: int = 200, **more: Any
) -> HttpResponse:
    done = quarantine.progress(order=one, now=visit.now)
    names = rules_in_force(visit.now)
    slot = quarantine_checks.slot_now(visit.now)
    today = reporting_day(visit.now)
    context: dict[str, Any] = {
        "section": "me", "order": one, "done": done, "slot": slot,
        "items": [(item, _(item.question), _(item.todo)) for item in done.items],
        "noted": next((c for c in done.checks if (c.day, c.slot) == (today, slot)), None),
        "slot_name": Check.SlotName(slot).label, "symptoms": names.symptoms,
        "looks": done.checks[:6], "kinds": Need.Kind.choices,
        "needs": one.needs.select_related("owner").order_by("-asked_at")[:20],
        "extensions": one.extensions.order_by("at"), "bed": queries.bed_of(one),
        "typed": again({}), "problems": {},
    }  # fmt: skip
    return render(request, "portal/quarantine.html", context | more, status=status)


@for_person
@require_POST
def check(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Morning or evening, whichever it is now; noted again it is a correction."""
    one = _order(visit)
    slot = quarantine_checks.slot_now(visit.now)
    look = look_of(request.POST, today=visit.today, slot=slot)
    try:
        noted = quarantine_checks.note(
            order=one, look=look, by=visit.person, actor=visit.actor, now=visit.now
        )
    except Invalid as error:
        return _again(request, visit, one, "check", error)
    except quarantine_checks.ReportFirst as refusal:
        messages.warning(request, in_words(refusal))
        return redirect("portal-report")
    except Refused as refusal:
        messages.warning(request, in_words(refusal))
        return redirect("portal-quarantine")
    if quarantine_checks.needs_an_answer(noted):
        messages.warning(
            request, _("Thank you for saying so. Your carer and the duty officer are told now.")
        )
    else:
        messages.success(request, _("The check was noted. Thank you."))
    return redirect("portal-quarantine")


@for_person
@require_POST
def need(request: HttpRequest, visit: Visit) -> HttpResponse:
    one = _order(visit)
    try:
        asked = quarantine_needs.ask(
            order=one, kind=request.POST.get("kind", ""), text=prose(request.POST.get("text", "")),
            by=visit.person, actor=visit.actor, now=visit.now,
        )  # fmt: skip
    except Invalid as error:
        return _again(request, visit, one, "need", error)
    except Refused as refusal:
        messages.warning(request, in_words(refusal))
        return redirect("portal-quarantine")
    messages.success(request, _("%(name)s sees to it.") % {"name": asked.owner.name})
    return redirect("portal-quarantine")


@for_person
@require_POST
def release(request: HttpRequest, visit: Visit) -> HttpResponse:
    """I went through the list: somebody of the right level is asked to decide."""
    one = _order(visit)
    try:
        quarantine.ask_release(
            order=one, paper=tidy(request.POST.get("paper", "")), actor=visit.actor, now=visit.now
        )
    except Refused as refusal:
        messages.warning(request, in_words(refusal))
    else:
        messages.success(request, _("Asked. A person decides it, and you are told."))
    return redirect("portal-quarantine")


def _again(request: HttpRequest, visit: Visit, one: Order, at: str, error: Invalid) -> HttpResponse:
    problems = {name: _(text) for name, text in error.problems.items()}
    return _page(request, visit, one, 422, problems=problems, typed=again(request.POST), at=at)
