"""My monitoring: why, since when, until when, who cares for me, my checks, and my objection."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianfang.kernel.refusals import Invalid, NotYours, Refused
from lianfang.monitoring.forms import CheckForm, read_check, text
from lianfang.monitoring.models import CheckSlot, MonitoringFile
from lianfang.monitoring.queries import files_of, open_file_of, policy_of
from lianfang.portal.edge import Visit, for_person
from lianfang.portal.middleware import in_words
from lianfang.reporting.forms import SITE_NAMES
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import monitoring, monitoring_checks, noted_symptoms


@for_person
@require_safe
def mine(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Nobody is watched over without knowing why, until when, and how to object."""
    return _page(request, visit)


def _page(
    request: HttpRequest,
    visit: Visit,
    *,
    status: int = 200,
    form: CheckForm | None = None,
    problems: dict[str, str] | None = None,
    act: str = "",
) -> HttpResponse:
    files = list(files_of(visit.person)[:20])
    current = next((file for file in files if file.is_open), None)
    context: dict[str, Any] = {
        "section": "me", "file": current, "ended": [f for f in files if not f.is_open],
        "act": act, "problems": problems or {}, "form": form or CheckForm(),
        "typed_text": request.POST.get("text", "")[:2000], "today": visit.today,
    }  # fmt: skip
    if current is not None:
        context |= _current(visit, current)
    return render(request, "portal/monitoring.html", context, status=status)


def _current(visit: Visit, file: MonitoringFile) -> dict[str, Any]:
    policy = policy_of(file)
    names = {slot.code: slot.name_in(get_language() or "") for slot in policy.slots}
    slot = monitoring_checks.open_slot_for(visit.person, now=visit.now)
    slots = file.slots.order_by("-due_at")
    return {
        "slot": slot,
        "slot_name": names.get(slot.code, "") if slot else "",
        "next_slot": file.slots.filter(state="DUE", opens_at__gt=visit.now)
        .order_by("opens_at")
        .first(),
        "slots": [(one, names.get(one.code, one.code)) for one in slots[:30]],
        "has_reported": noted_symptoms.last_report_of(visit.person, day=visit.today) is not None,
        "day_number": file.day_number(visit.today),
        "days": policy.days,
        "symptoms": rules_in_force(visit.now).symptoms,
        "sites": SITE_NAMES.items(),
        "truth": rules_in_force(visit.now).text("truth"),
        "contests": file.contests.order_by("-filed_at"),
        "may_contest": not file.contests.filter(done_at__isnull=True).exists(),
        "contest_hours": int(policy.contest.total_seconds() // 3600),
        "needs": file.needs.order_by("-asked_at"),
    }


@for_person
@require_POST
def check(request: HttpRequest, visit: Visit) -> HttpResponse:
    """One check, half a minute; symptoms are reported by it as by every report."""
    slot = monitoring_checks.open_slot_for(visit.person, now=visit.now)
    if slot is None:
        return redirect("portal-monitoring")
    form = read_check(request.POST, day=visit.today)
    if form.problems:
        return _page(request, visit, status=422, form=form, problems=form.problems, act="check")
    try:
        monitoring_checks.check(
            slot=slot,
            found=form.findings,
            need=form.need,
            method=CheckSlot.Method.SELF,
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        )
    except Invalid as error:
        problems = {name: _(said) for name, said in error.problems.items()}
        return _page(request, visit, status=422, form=form, problems=problems, act="check")
    except Refused as refusal:
        messages.warning(request, in_words(refusal))
        return redirect("portal-monitoring")
    if form.findings.unwell or slot.is_urgent:
        report = noted_symptoms.last_report_of(visit.person, day=visit.today)
        if report is not None:
            return redirect("portal-receipt", report.receipt)
    messages.success(request, _("Thank you. That was all for now."))
    return redirect("portal-monitoring")


@for_person
@require_POST
def contest(request: HttpRequest, visit: Visit) -> HttpResponse:
    """I say why it is wrong; somebody of the deciding level answers in time."""
    file = open_file_of(visit.person)
    if file is None:
        raise NotYours
    try:
        monitoring.contest(
            file=file, text=text(request.POST, "text"), actor=visit.actor, now=visit.now
        )
    except Invalid as error:
        problems = {name: _(said) for name, said in error.problems.items()}
        return _page(request, visit, status=422, problems=problems, act="contest")
    except Refused as refusal:
        messages.warning(request, in_words(refusal))
    else:
        messages.success(request, _("Noted. You will read the answer here."))
    return redirect("portal-monitoring")
