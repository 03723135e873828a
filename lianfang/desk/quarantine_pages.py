"""What the quarantine pages share: their door, their own tabs, a refusal said on the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.desk.care import care_answer
from lianfang.desk.frame import Tab, say_refusal
from lianfang.kernel.refusals import Forbidden, Invalid, Refused
from lianfang.portal.edge import PageView, Visit, for_account
from lianfang.quarantine import access


def for_quarantine(view: PageView) -> PageView:
    """A page of whoever answers for people, or keeps the rooms of a building."""

    @wraps(view)
    def page(request: HttpRequest, visit: Visit, *args: Any, **kwargs: Any) -> HttpResponse:
        if not access.may_open(visit.sight):
            raise Forbidden
        return view(request, visit, *args, **kwargs)

    return for_account(page)


def quarantine_answer(
    request: HttpRequest,
    visit: Visit,
    template: str,
    *,
    part: str,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    more = {"parts": _parts(visit), "part": part}
    return care_answer(
        request, visit, f"desk/care/quarantine/{template}", page="desk-quarantine", status=status,
        **more, **context,
    )  # fmt: skip


def _parts(visit: Visit) -> list[Tab]:
    wanted = []
    if visit.sight.event_units:
        wanted.append(("desk-quarantine", _("Orders")))
    wanted += [
        ("desk-quarantine-rooms", _("Who is where")),
        ("desk-quarantine-needs", _("What they need")),
        ("desk-quarantine-cleaning", _("To clean")),
    ]
    return [Tab(name, label, reverse(name)) for name, label in wanted]


def tried(request: HttpRequest, act: Callable[[], object]) -> dict[str, str] | None:
    """Do it. None when it was done, else the sentences beside the fields; a refusal stands on top."""
    try:
        act()
    except Invalid as refusal:
        return {name: _(text) for name, text in refusal.problems.items()}
    except Forbidden:
        raise
    except Refused as refusal:
        say_refusal(request, refusal)
        return {}
    return None
