"""What every desk page shares: its tabs, its answer, and the day it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from lianfang.kernel.refusals import Refused
from lianfang.outreach import access as outreach
from lianfang.portal.edge import Visit
from lianfang.portal.middleware import in_words
from lianfang.roster.access import governs_anything, issues_codes


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    label: str
    url: str


def answer(
    request: HttpRequest,
    visit: Visit,
    template: str,
    *,
    here: str = "",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A desk page with the tabs that this visitor may use."""
    frame = {"section": "desk", "here": here, "tabs": tabs(visit), "day": visit.today}
    return render(request, template, frame | context, status=status)


def tabs(visit: Visit) -> list[Tab]:
    sight = visit.sight
    wanted = []
    if sight.sees_college:
        wanted.append(("desk-board", _("Board")))
    wanted.append(("desk-home", _("To do")))
    if sight.figure_units:
        wanted.append(("desk-units", _("Units")))
    if sight.event_figure_units and sight.person is not None:
        wanted.append(("desk-incidents", _("Incidents")))
    if sight.has_desk:
        wanted += [("desk-care", _("Care")), ("desk-directives", _("Directives"))]
    if outreach.may_look(sight):
        wanted.append(("desk-outreach", _("Telling people")))
    if sight.sees_college:
        wanted.append(("desk-times", _("Times")))
    if sight.figure_units - _coverage_only(visit):
        wanted.append(("desk-downloads", _("Summaries")))
    if sight.has_desk:
        wanted.append(("desk-duty", _("Duty")))
    if sight.sees_college or sight.is_operator:
        wanted.append(("desk-gateways", _("Message channels")))
    if governs_anything(sight):
        wanted.append(("desk-posts", _("Posts")))
    if issues_codes(sight):
        wanted.append(("desk-codes", _("Activation codes")))
    if sight.is_operator:
        wanted += [
            ("desk-roster", _("Roster")),
            ("desk-areas", _("Areas")),
            ("desk-hospitals", _("Hospitals")),
        ]
    return [Tab(name, label, url) for name, label in wanted if (url := address_of(name))]


def _coverage_only(visit: Visit) -> frozenset[int]:
    return visit.sight.figure_units - visit.sight.event_figure_units


def address_of(name: str, *args: Any) -> str:
    """The address of a page; empty where this installation has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def day_asked(request: HttpRequest, visit: Visit) -> date:
    """`?day=2020-01-31`, never later than today; anything else is today."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return visit.today
    return min(day, visit.today)


def page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1


def say(request: HttpRequest, text: str) -> None:
    messages.success(request, text)


def say_refusal(request: HttpRequest, refusal: Refused) -> None:
    messages.warning(request, in_words(refusal))
