"""The answer to a drill, and the calendar behind an address. Looking changes nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.duty.queries import waiting_calls
from lianfang.kernel.clock import now as the_time
from lianfang.kernel.refusals import NotYours, Refused
from lianfang.portal.edge import for_everybody, visit_of
from lianfang.portal.middleware import in_words
from lianfang.usecases import drills, duty_roster


@for_everybody
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """One button. Previews open links too, so only the button answers."""
    now = the_time()
    try:
        call = drills.call_of_token(token, now=now)
    except drills.DrillLinkNotValid as refusal:
        return render(
            request, "portal/drill_gone.html", {"words": in_words(refusal)}, status=refusal.status
        )
    if request.method != "POST":
        return render(
            request, "portal/drill.html", {"call": call, "is_over": now >= call.drill.ends_at}
        )
    try:
        drills.answer_by_link(token=token, now=now)
    except Refused as refusal:
        context = {
            "call": call, "problem": in_words(refusal), "is_over": now >= call.drill.ends_at,
        }  # fmt: skip
        return render(request, "portal/drill.html", context, status=refusal.status)
    return redirect("portal-drill", token)


@for_everybody
@require_http_methods(["GET", "HEAD", "POST"])
def by_code(request: HttpRequest) -> HttpResponse:
    """Number and code, for a phone that opens no links; whoever is logged in needs no code."""
    now = the_time()
    visit = visit_of(request) if request.user.is_authenticated else None
    person = visit.account.person if visit else None
    waiting = list(waiting_calls(person, at=now)) if person else []
    if request.method != "POST":
        return render(request, "portal/drill_code.html", {"waiting": waiting})
    typed = {
        "number": request.POST.get("number", "")[:32],
        "code": request.POST.get("code", "")[:20],
    }
    try:
        if visit is not None and person is not None and request.POST.get("call"):
            mine = next((c for c in waiting if str(c.pk) == request.POST["call"]), None)
            if mine is None:
                raise NotYours
            call = drills.answer_logged_in(call=mine, by=person, actor=visit.actor, now=now)
        else:
            call = drills.answer_by_code(now=now, **typed)
    except Refused as refusal:
        context = {"waiting": waiting, "problem": in_words(refusal), "typed": typed}
        return render(request, "portal/drill_code.html", context, status=refusal.status)
    return render(request, "portal/drill.html", {"call": call})


@for_everybody
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """A calendar programme asks; it has no log-in, and the address is the key."""
    try:
        text = duty_roster.feed_calendar(token, now=the_time())
    except duty_roster.FeedNotValid as refusal:
        return HttpResponse(in_words(refusal), status=404, content_type="text/plain; charset=utf-8")
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="duty.ics"'
    return response
