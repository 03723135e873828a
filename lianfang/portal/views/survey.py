"""The survey of trips and meetings: asked once, then “has anything changed?”."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianfang.kernel.refusals import Refused
from lianfang.places import divisions
from lianfang.portal.edge import Visit, for_person
from lianfang.portal.middleware import in_words
from lianfang.reporting.queries import last_place
from lianfang.rulebook.exposure_policy import policy_from
from lianfang.rulebook.queries import rules_in_force
from lianfang.screening import queries as screening
from lianfang.screening.words import listing_in_words, reason_in_words
from lianfang.surveys import queries
from lianfang.surveys.forms import SurveyForm, another_block, fields_of, filled_from, read_survey
from lianfang.surveys.models import Source, SurveyResponse
from lianfang.surveys.words import lines_of
from lianfang.usecases import surveys


@for_person
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What was said stands first; the form comes when something changed, or nothing was said."""
    current = queries.current_of(visit.person)
    if request.method == "POST":
        return _posted(request, visit, current)
    if current is not None and "change" not in request.GET:
        return _said(request, visit, current)
    form = filled_from(queries.said_of(current)) if current else _first(visit)
    return _form(request, visit, form)


def _first(visit: Visit) -> SurveyForm:
    """An empty form; only the place is there already, from the last daily report."""
    form = SurveyForm()
    found = last_place(visit.person, until=visit.today)
    if found and divisions.is_known(found[0]):
        form.typed["place_text"] = divisions.full_name(found[0])
    return form


def _posted(request: HttpRequest, visit: Visit, current: SurveyResponse | None) -> HttpResponse:
    if request.POST.get("act") == "same" and current is not None:
        surveys.confirm(person=visit.person, actor=visit.actor, now=visit.now)
        messages.success(request, _("Thank you. It is noted that nothing has changed."))
        return redirect("portal-survey")
    form = another_block(request.POST)
    if form is not None:
        return _form(request, visit, form)
    names = (visit.person.name, visit.person.number)
    form = read_survey(request.POST, today=visit.today, own_names=names)
    if form.problems:
        return _form(request, visit, form, status=422)
    try:
        surveys.answer(
            person=visit.person,
            said=form.said,
            source=Source.SELF,
            entered_by=visit.person,
            actor=visit.actor,
            page=request.POST.get("key", "")[:64],
            now=visit.now,
        )
    except Refused as refusal:
        form.problems = {"place_text": in_words(refusal)}
        return _form(request, visit, form, status=refusal.status)
    messages.success(request, _("Thank you. What you wrote is kept."))
    return redirect("portal-survey")


def _form(
    request: HttpRequest, visit: Visit, form: SurveyForm, *, status: int = 200
) -> HttpResponse:
    rules = rules_in_force(visit.now)
    open_one = queries.open_survey()
    first = open_one.period_from if open_one else policy_from(rules.settings).first_day(visit.today)
    context = fields_of(form, today=visit.today) | {
        "section": "me",
        "period_from": first,
        "key": request.POST.get("key", "")[:64] or uuid.uuid4().hex,
        "truth": rules.text("truth"),
        "notice": rules.text("notice"),
    }
    return render(request, "portal/survey.html", context, status=status)


def _said(request: HttpRequest, visit: Visit, current: SurveyResponse) -> HttpResponse:
    hits = list(screening.hits_of(visit.person))
    off = screening.no_longer_listed(hits, day=visit.today)
    context: dict[str, Any] = {
        "section": "me",
        "answer": current,
        "lines": lines_of(current),
        "earlier": queries.revisions_of(visit.person)[1:],
        "asked": queries.is_asked(visit.person),
        "hits": [(hit, reason_in_words(hit), listing_in_words(hit), hit.pk in off) for hit in hits],
    }
    return render(request, "portal/survey_said.html", context)
