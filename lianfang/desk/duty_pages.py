"""What the duty pages share: their own tabs, and who may open them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.desk.frame import Tab, answer, say_refusal
from lianfang.duty import access
from lianfang.kernel.refusals import Forbidden, Invalid, Refused
from lianfang.portal.edge import PageView, Visit, for_account


def for_duty(view: PageView) -> PageView:
    """A page of whoever has a desk, or stands on a roster these weeks (a guard at the gate)."""

    @wraps(view)
    def page(request: HttpRequest, visit: Visit, *args: Any, **kwargs: Any) -> HttpResponse:
        if not access.may_look(visit.sight, at=visit.now):
            raise Forbidden
        return view(request, visit, *args, **kwargs)

    return for_account(page)


def duty_answer(
    request: HttpRequest,
    visit: Visit,
    template: str,
    *,
    part: str,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A duty page below the tabs of the room."""
    more = {"parts": parts(visit), "part": part}
    return answer(
        request, visit, f"desk/duty/{template}", here="desk-duty", status=status, **more, **context
    )


def parts(visit: Visit) -> list[Tab]:
    keeps = bool(access.kept_units(visit.sight))
    is_person = visit.account.person is not None
    wanted = [("desk-duty", _("Now"))]
    if keeps or is_person:
        wanted.append(("desk-duty-swaps", _("Swaps")))
    if keeps:
        wanted += [("desk-duty-check", _("To mend")), ("desk-duty-reach", _("Reachable"))]
        wanted.append(("desk-duty-drills", _("Drills")))
    wanted.append(("desk-duty-facts", _("What happened")))
    if is_person:
        wanted.append(("desk-duty-feeds", _("Calendar")))
    return [Tab(name, label, reverse(name)) for name, label in wanted]


def tried(request: HttpRequest, act: Callable[[], object]) -> dict[str, str] | None:
    """Do it; a refusal is said on the page. None when it was done, else what to say beside fields."""
    try:
        act()
    except Invalid as refusal:
        return {name: _(text) for name, text in refusal.problems.items()}
    except Refused as refusal:
        say_refusal(request, refusal)
        return {}
    return None
