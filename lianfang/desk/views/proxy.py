"""A report on somebody's behalf: the same questions, marked with who told and why."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianfang.desk.forms import ProxyForm
from lianfang.desk.frame import answer, day_asked, say
from lianfang.kernel.refusals import Invalid
from lianfang.portal.edge import Visit, for_desk
from lianfang.reporting.forms import Place, ReportForm, fields_of, read_report
from lianfang.reporting.models import DailyReport
from lianfang.reporting.queries import current_reports, previous_place
from lianfang.roster.access import person_with_phone
from lianfang.roster.models import Person
from lianfang.rulebook.queries import Rules, rules_in_force
from lianfang.usecases.daily_report import Filing, limits_of, submit_daily_report


@for_desk
@require_http_methods(["GET", "POST"])
def proxy(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Whoever may read the answers may write them down for somebody who told them."""
    one = person_with_phone(pk, sight=visit.sight)
    day = day_asked(request, visit)
    rules = rules_in_force(visit.now)
    before = _place_before(one, day)
    if request.method != "POST":
        return _page(request, visit, one, day, rules, ReportForm(), {}, before)
    form = read_report(
        request.POST,
        day=day,
        before=before,
        limits=limits_of(rules),
        known_symptoms=[symptom.code for symptom in rules.symptoms],
    )
    about = ProxyForm(request.POST)
    problems = {} if about.is_valid() else about.problems
    if form.problems or problems:
        return _page(request, visit, one, day, rules, form, problems, before, status=422)
    filing = Filing(
        person=one,
        day=day,
        answers=form.answers,
        source=DailyReport.Source.PROXY,
        actor=visit.actor,
        submitted_by=visit.person,
        key=_key(request, form),
        **about.cleaned_data,
    )
    try:
        report = submit_daily_report(filing, now=visit.now)
    except Invalid as error:
        form.problems |= {name: _(text) for name, text in error.problems.items()}
        return _page(request, visit, one, day, rules, form, {}, before, status=422)
    say(
        request,
        _("Reported for %(name)s, receipt %(receipt)s.")
        % {"name": one.name, "receipt": report.receipt},
    )
    return redirect("desk-home" if not report.has_events else _after_events(report))


def _key(request: HttpRequest, form: ReportForm) -> str:
    """The page with the same answers is one submission, however often it is sent."""
    page = request.POST.get("key", "")[:64] or uuid.uuid4().hex
    said = json.dumps(form.answers.to_plain(), sort_keys=True)
    return f"{page}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _after_events(report: DailyReport) -> str:
    """Something to follow up was told on the phone: the call back page says what comes now."""
    return reverse("desk-call-back", args=[report.pk])


def _place_before(one: Person, day: date) -> Place | None:
    last = previous_place(one, before=day)
    return Place(last.county_code, last.presence) if last else None


def _page(
    request: HttpRequest,
    visit: Visit,
    one: Person,
    day: date,
    rules: Rules,
    form: ReportForm,
    problems: dict[str, str],
    before: Place | None,
    status: int = 200,
) -> HttpResponse:
    about: dict[str, Any] = {
        "asked_back": problems | form.problems,
        "about_problems": problems,
        "typed_reason": request.POST.get("proxy_reason", ""),
        "typed_told_by": request.POST.get("told_by", ""),
        "proxy_reasons": DailyReport.ProxyReason.choices,
        "key": request.POST.get("key", "")[:64] or uuid.uuid4().hex,
        "today": current_reports(day=day).filter(person=one).defer("answers").first(),
    }
    fields = fields_of(form, day=day, rules=rules, before=before)
    return answer(
        request,
        visit,
        "desk/proxy.html",
        here="desk-home",
        status=status,
        person=one,
        on=day,
        is_today=day == visit.today,
        **about,
        **fields,
    )
