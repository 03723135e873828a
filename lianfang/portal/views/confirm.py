"""“I have read it”: the text behind a link, a question if there is one, and one button. No log-in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from lianfang.kernel.clock import now as the_time
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Refused
from lianfang.portal.edge import for_everybody
from lianfang.portal.middleware import in_words
from lianfang.usecases import campaigns


@for_everybody
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Previews open links too, so only the button confirms."""
    now = the_time()
    try:
        recipient = campaigns.recipient_of_link(token, now=now)
    except campaigns.ConfirmLinkNotValid as refusal:
        words = {"words": in_words(refusal)}
        return render(request, "portal/confirm_gone.html", words, status=refusal.status)
    context = {
        "recipient": recipient,
        "version": recipient.campaign.version,
        "is_over": recipient.campaign.version.valid_until < reporting_day(now),
    }
    if request.method != "POST":
        return render(request, "portal/confirm.html", context)
    try:
        campaigns.confirm_by_link(token=token, choice=_choice(request), now=now)
    except Refused as refusal:
        context["problem"] = in_words(refusal)
        return render(request, "portal/confirm.html", context, status=refusal.status)
    return redirect("portal-confirm", token)


def _choice(request: HttpRequest) -> int | None:
    text = request.POST.get("choice", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else None
