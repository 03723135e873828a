"""The outbox in the open: what goes out, what waits, what failed, and whether anything can."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from lianfang.desk.frame import answer, page_number
from lianfang.installation.heartbeat import workers_are_silent
from lianfang.kernel.refusals import Forbidden, Refused
from lianfang.notifications.outlets import SMS_PROVIDERS, configured_channels, configured_groups
from lianfang.notifications.queries import gateway_states, troubled
from lianfang.portal.edge import Visit, for_desk
from lianfang.portal.middleware import in_words

LOOKED_BACK = timedelta(days=3)
PER_PAGE = 40


@for_desk
@require_GET
def gateways(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Letters by channel since three days; those in trouble with their last code, no text."""
    if not (visit.sight.sees_college or visit.sight.is_operator):
        raise Forbidden
    since = visit.now - LOOKED_BACK
    channels, fault = _channels()
    found = troubled(since=since).prefetch_related("tries")
    page = Paginator(found, PER_PAGE).get_page(page_number(request))
    return answer(
        request,
        visit,
        "desk/gateways.html",
        here="desk-gateways",
        states=gateway_states(since=since),
        channels=channels,
        groups=[] if fault else configured_groups(),
        fault=fault,
        can_text=any(code in channels for code in SMS_PROVIDERS),
        can_mail="email" in channels,
        silent_workers=workers_are_silent(now=visit.now),
        page=page,
        since=since,
    )


def _channels() -> tuple[list[str], str]:
    """The configured channels, and what is wrong with their settings in words."""
    try:
        return sorted(configured_channels()), ""
    except Refused as refusal:
        return [], in_words(refusal)
    except (OSError, ValueError) as error:  # a file that is no TOML at all
        return [], str(error)[:300]
