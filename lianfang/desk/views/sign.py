"""A unit signs its day: the report as the next level will read it, and one button."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lianfang.desk.figure_words import blocks_of
from lianfang.desk.forms import SignForm
from lianfang.desk.frame import answer, day_asked, say
from lianfang.desk.sign_page import draft_of
from lianfang.kernel.refusals import NotYours, Refused
from lianfang.portal.edge import Visit, for_desk
from lianfang.portal.middleware import in_words
from lianfang.reporting.models import UnitReport
from lianfang.reporting.signing import UnitDoesNotSign
from lianfang.roster.models import Unit
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases.zero_report import sign_unit_report


@for_desk
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    unit = visit.sight.unit_to_sign(pk)
    if request.method == "POST":
        return _sign(request, visit, unit)
    return _page(request, visit, unit)


def _sign(request: HttpRequest, visit: Visit, unit: Unit) -> HttpResponse:
    form = SignForm(request.POST)
    kept = {name: request.POST.get(name, "") for name in ("narrative", "correction_reason")}
    if not form.is_valid():
        return _page(request, visit, unit, status=422, problems=form.problems, **kept)
    day = day_asked(request, visit)
    try:
        report = sign_unit_report(
            unit=unit,
            day=day,
            signer=visit.person,
            actor=visit.actor,
            now=visit.now,
            **form.cleaned_data,
        )
    except Refused as refusal:
        # Somebody reported, or fell silent, while this page lay open: show it as it is now.
        words = in_words(refusal)
        return _page(request, visit, unit, status=refusal.status, refusal=words, **kept)
    say(request, _("Signed: version %(v)s.") % {"v": report.version})
    return redirect(reverse("desk-sign", args=[unit.pk]) + f"?day={day.isoformat()}")


def _page(
    request: HttpRequest, visit: Visit, unit: Unit, status: int = 200, **more: Any
) -> HttpResponse:
    rules = rules_in_force(visit.now)
    if rules.deadline_of(unit.kind) is None:
        raise UnitDoesNotSign(unit=unit.name)
    draft = draft_of(
        unit,
        day=day_asked(request, visit),
        rules=rules,
        now=visit.now,
        event_units=visit.sight.event_figure_units,
    )
    return answer(
        request,
        visit,
        "desk/sign.html",
        here="desk-units",
        status=status,
        draft=draft,
        signed=draft.signed,
        names=draft.missing if unit.pk in visit.sight.name_units else [],
        is_today=draft.day == visit.today,
        **more,
    )


@for_desk
@require_GET
def signed(request: HttpRequest, visit: Visit, pk: int, version: int) -> HttpResponse:
    """One version of what a unit signed, frozen: for whoever sees the unit's figures."""
    unit = visit.sight.unit(pk)
    if unit.pk not in visit.sight.event_figure_units:
        raise NotYours
    report = (
        UnitReport.objects.filter(unit=unit, day=day_asked(request, visit), version=version)
        .select_related("signed_by")
        .first()
    )
    if report is None:
        raise NotYours
    rules = rules_in_force(visit.now)
    threshold = float(rules.settings["completeness_threshold"])
    names_open = unit.pk in visit.sight.name_units
    return answer(
        request,
        visit,
        "desk/signed.html",
        here="desk-units",
        unit=unit,
        report=report,
        total=report.figures["total"],
        blocks=blocks_of(report.figures["total"], threshold=threshold),
        rows=report.figures["rows"],
        threshold=threshold,
        not_reached=report.not_reached.get("people", []) if names_open else [],
        narrative=report.narrative if unit.pk in visit.sight.event_units else "",
    )
