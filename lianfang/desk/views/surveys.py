"""The survey at the desk: who has answered, whom to ring, and what was told on the phone."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.desk.care import care_answer
from lianfang.desk.frame import say, say_refusal
from lianfang.desk.survey_forms import SurveyTeller
from lianfang.desk.survey_rows import altogether, coverage_rows, topmost, with_children
from lianfang.kernel.refusals import Forbidden, Invalid, Refused
from lianfang.places.tables import parse_day
from lianfang.portal.edge import Visit, for_desk
from lianfang.portal.middleware import in_words
from lianfang.roster import queries as roster
from lianfang.roster.models import Person
from lianfang.screening import queries as screening
from lianfang.surveys import access, queries
from lianfang.surveys.forms import SurveyForm, another_block, fields_of, filled_from, read_survey
from lianfang.surveys.models import Attempt, Source
from lianfang.surveys.words import lines_of
from lianfang.usecases import exposures, surveys

PAGE = "desk-surveys"
MOST_NAMES = 240


@for_desk
@require_GET
def coverage(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Every unit in sight: answered, and as far as the post opens it what was answered."""
    if not visit.sight.figure_units:
        raise Forbidden
    rows = coverage_rows(topmost(visit.sight), sight=visit.sight, day=visit.today)
    return care_answer(
        request,
        visit,
        "desk/care/surveys/coverage.html",
        page=PAGE,
        survey=queries.open_survey(),
        rows=rows,
        whole=altogether(rows),
        may_open=access.may_open_rounds(visit.sight),
        first_day=exposures.policy_at(visit.now).first_day(visit.today),
    )


@for_desk
@require_GET
def unit(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """One unit: the units below it, and by name whoever has not answered."""
    node = visit.sight.unit(pk)
    below = frozenset(roster.subtree_ids(node, day=visit.today))
    names = visit.sight.name_units & below
    events = visit.sight.event_units & below
    people = queries.missing(names, day=visit.today).only("id", "name", "number", "name_key")
    tried = (
        queries.counted_attempts(queries.open_survey())
        .filter(person__in=roster.roll(events, day=visit.today))
        .select_related("person", "by")
        .defer("note")
        .order_by("outcome", "person__name_key")
    )
    missing = list(people[: MOST_NAMES + 1])
    return care_answer(
        request,
        visit,
        "desk/care/surveys/unit.html",
        page=PAGE,
        unit=node,
        survey=queries.open_survey(),
        rows=coverage_rows(with_children(node, visit.sight), sight=visit.sight, day=visit.today),
        missing=missing[:MOST_NAMES],
        more=len(missing) > MOST_NAMES,
        sees_names=bool(names),
        may_ask=bool(events),
        tried=list(tried[:MOST_NAMES]) if events else [],
    )


@for_desk
@require_POST
def rounds(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask everybody, or stop asking."""
    if not access.may_open_rounds(visit.sight):
        raise Forbidden
    person = visit.account.person
    try:
        if request.POST.get("act") == "close":
            survey = queries.open_survey()
            if survey is not None:
                surveys.close_survey(survey=survey, by=person, actor=visit.actor, now=visit.now)
                say(request, _("Nobody is asked any more. What was answered stays."))
        else:
            asked = parse_day(request.POST.get("period_from", ""))
            first = asked or exposures.policy_at(visit.now).first_day(visit.today)
            surveys.open_survey(
                period_from=min(first, visit.today - timedelta(days=1)),
                asks_anew=bool(request.POST.get("asks_anew")),
                by=person,
                actor=visit.actor,
                now=visit.now,
            )
            say(request, _("The survey is open: everybody finds it on their own page."))
    except Refused as refusal:
        say_refusal(request, refusal)
    return redirect(PAGE)


@for_desk
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Somebody to ask: ring, write down what they say, or that no answer came."""
    one = access.asked_person(pk, sight=visit.sight)
    problems: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            surveys.record_attempt(
                person=one,
                outcome=request.POST.get("outcome", ""),
                note=request.POST.get("note", ""),
                by=visit.person,
                actor=visit.actor,
                now=visit.now,
            )
        except Invalid as error:
            problems, status = {name: _(text) for name, text in error.problems.items()}, 422
        except Refused as refusal:
            say_refusal(request, refusal)
            return redirect("desk-survey-person", one.pk)
        else:
            say(request, _("Written down."))
            return redirect("desk-survey-unit", _unit_of(one, visit))
    return care_answer(
        request,
        visit,
        "desk/care/surveys/person.html",
        page=PAGE,
        status=status,
        person=one,
        unit_id=_unit_of(one, visit),
        answer=queries.current_of(one),
        may_read=_may_read(one, visit),
        attempts=list(
            Attempt.objects.filter(person=one).select_related("by").order_by("-at", "-id")[:10]
        ),
        outcomes=Attempt.Outcome.choices,
        problems=problems,
        note=request.POST.get("note", ""),
        asked=queries.open_survey() is not None,
    )


def _unit_of(one: Person, visit: Visit) -> int:
    found = roster.reporting_unit_of(one, day=visit.today)
    return found.pk if found else 0


def _may_read(one: Person, visit: Visit) -> bool:
    hits = screening.has_open_hits(one)
    return access.may_read(one, sight=visit.sight, has_hits=hits)


@for_desk
@require_GET
def said(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Everything that a person said, every revision; the look is written down first."""
    one = visit.sight.named_person(pk)
    if not _may_read(one, visit):
        raise Forbidden
    revisions = queries.revisions_of(one)
    surveys.look(person=one, revisions=len(revisions), actor=visit.actor, now=visit.now)
    return care_answer(
        request,
        visit,
        "desk/care/surveys/said.html",
        page=PAGE,
        person=one,
        revisions=[(answer, lines_of(answer)) for answer in revisions],
    )


@for_desk
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """What somebody told, written down for them with who told it."""
    one = access.asked_person(pk, sight=visit.sight)
    if not access.may_read(one, sight=visit.sight, has_hits=True):
        raise Forbidden
    if request.method != "POST":
        return _enter_page(request, visit, one, _before(one, visit))
    form = another_block(request.POST)
    if form is not None:
        return _enter_page(request, visit, one, form)
    form = read_survey(request.POST, today=visit.today, own_names=(one.name, one.number))
    teller = SurveyTeller(request.POST)
    problems = {} if teller.is_valid() else teller.problems
    if form.problems or problems:
        return _enter_page(request, visit, one, form, problems, status=422)
    try:
        surveys.answer(
            person=one,
            said=form.said,
            source=Source(teller.cleaned_data["source"]),
            told_by=teller.cleaned_data["told_by"],
            entered_by=visit.person,
            actor=visit.actor,
            page=request.POST.get("key", "")[:64],
            now=visit.now,
        )
    except Refused as refusal:
        form.problems = {"place_text": in_words(refusal)}
        return _enter_page(request, visit, one, form, status=refusal.status)
    say(request, _("Written down for %(name)s.") % {"name": one.name})
    return redirect("desk-survey-unit", _unit_of(one, visit))


def _before(one: Person, visit: Visit) -> SurveyForm:
    """Their last answer to be changed, where this viewer may read it anyway; the look is noted."""
    current = queries.current_of(one)
    if current is None or not _may_read(one, visit):
        return SurveyForm()
    surveys.look(person=one, revisions=1, actor=visit.actor, now=visit.now)
    return filled_from(queries.said_of(current))


def _enter_page(
    request: HttpRequest,
    visit: Visit,
    one: Person,
    form: SurveyForm,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    survey = queries.open_survey()
    first = exposures.policy_at(visit.now).first_day(visit.today)
    fields: dict[str, Any] = fields_of(form, today=visit.today)
    return care_answer(
        request,
        visit,
        "desk/care/surveys/enter.html",
        page=PAGE,
        status=status,
        person=one,
        period_from=survey.period_from if survey else first,
        asked_back=(problems or {}) | form.problems,
        about_problems=problems or {},
        sources=[
            (Source.PHONE.value, Source.PHONE.label),
            (Source.PROXY.value, Source.PROXY.label),
        ],
        typed_source=request.POST.get("source", ""),
        typed_told_by=request.POST.get("told_by", ""),
        key=request.POST.get("key", "")[:64] or uuid.uuid4().hex,
        **fields,
    )
