"""What the outreach pages share: their own tabs, who may open them, and words for standings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.desk.frame import Tab, answer, say_refusal
from lianfang.kernel.refusals import Forbidden, Invalid, Refused
from lianfang.notifications.outlets import usable
from lianfang.outreach import access
from lianfang.outreach.queries import Standing
from lianfang.portal.edge import PageView, Visit, for_desk
from lianfang.portal.middleware import in_words


def for_outreach(view: PageView) -> PageView:
    """A page of whoever may tell people something, or runs the machine."""

    @wraps(view)
    def page(request: HttpRequest, visit: Visit, *args: Any, **kwargs: Any) -> HttpResponse:
        if not access.may_look(visit.sight):
            raise Forbidden
        return view(request, visit, *args, **kwargs)

    return for_desk(page)


def outreach_answer(
    request: HttpRequest,
    visit: Visit,
    template: str,
    *,
    part: str,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    return answer(
        request,
        visit,
        f"desk/outreach/{template}",
        here="desk-outreach",
        status=status,
        parts=_parts(visit),
        part=part,
        **context,
    )


def _parts(visit: Visit) -> list[Tab]:
    wanted = [
        ("desk-outreach", _("Campaigns")),
        ("desk-outreach-calls", _("Calls to make")),
        ("desk-outreach-articles", _("Articles")),
    ]
    if access.told_units(visit.sight):
        wanted.append(("desk-outreach-groups", _("QQ groups")))
    return [Tab(name, label, reverse(name)) for name, label in wanted]


def tried(request: HttpRequest, act: Callable[[], object]) -> dict[str, str] | None:
    """Do it; a refusal is said on the page. None when it was done."""
    try:
        act()
    except Invalid as refusal:
        return {name: _(text) for name, text in refusal.problems.items()}
    except Refused as refusal:
        say_refusal(request, refusal)
        return {"": in_words(refusal)}
    return None


def standing_words() -> Mapping[Standing, tuple[str, str]]:
    """Each standing in words, and the kind of its mark."""
    return {
        Standing.CONFIRMED: (_("confirmed"), "done"),
        Standing.TOLD: (_("told by phone"), "done"),
        Standing.READ: (_("read, not confirmed"), ""),
        Standing.DELIVERED: (_("delivered to the phone"), ""),
        Standing.SENT: (_("handed to the gateway"), ""),
        Standing.QUEUED: (_("in the account, or queued"), ""),
        Standing.FAILED: (_("no message got through"), "today"),
        Standing.WAITING: (_("not yet told"), "unknown"),
    }


def way_words() -> dict[str, str]:
    return {
        "in_app": _("in the account"),
        "robot": _("group robots"),
        "group_text": _("QQ groups of the units"),
        "sms": _("text message"),
        "email": _("e-mail"),
        "voice": _("phone call by machine")
        if usable().can_ring
        else _("phone call by machine: not set up"),
        "callers": _("a human rings"),
    }
