"""Questions about help, records that contradict, and the files that they come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.campus import access as campus
from lianfang.campus.models import Batch
from lianfang.campus.queries import batches
from lianfang.desk.care import care_answer
from lianfang.desk.doubt_words import records_of, signs_of
from lianfang.desk.frame import Tab, page_number, say, say_refusal
from lianfang.doubts import access, queries
from lianfang.doubts.models import Contradiction, Question
from lianfang.kernel.refusals import Forbidden, Invalid, Refused
from lianfang.kernel.texts import prose
from lianfang.portal.edge import Visit, for_desk
from lianfang.portal.middleware import in_words
from lianfang.roster.imports.problems import errors
from lianfang.roster.imports.sheets import MAX_BYTES, NamedFile
from lianfang.roster.imports.words import in_words as problem_in_words
from lianfang.usecases import campus_records, doubts, looks

PER_PAGE = 30
MOST_SHOWN = 200


def _answer(
    request: HttpRequest, visit: Visit, template: str, *, part: str, status: int = 200,
    **context: Any,
) -> HttpResponse:  # fmt: skip
    return care_answer(
        request, visit, f"desk/care/doubts/{template}", page="desk-doubts", status=status,
        parts=_parts(visit), part=part, **context,
    )  # fmt: skip


def _parts(visit: Visit) -> list[Tab]:
    wanted = []
    if access.asked_units(visit.sight):
        wanted.append(("desk-doubts", _("Help with reporting")))
    if access.caring_units(visit.sight):
        wanted.append(("desk-doubts-records", _("Records that disagree")))
    if campus.may_import(visit.sight):
        wanted.append(("desk-doubts-import", _("Gate and dormitory files")))
    return [Tab(name, label, reverse(name)) for name, label in wanted]


@for_desk
@require_safe
def questions(request: HttpRequest, visit: Visit) -> HttpResponse:
    """For the head of a unit: who may need help, by which sign, and what came of asking."""
    return _questions(request, visit)


def _questions(
    request: HttpRequest, visit: Visit, status: int = 200, **asked_back: Any
) -> HttpResponse:
    units = access.asked_units(visit.sight)
    if not units:
        parts = _parts(visit)
        if not parts:
            raise Forbidden
        return redirect(parts[0].url)
    waiting = list(queries.questions_of(units, waiting=True).prefetch_related("people__person"))
    me = visit.account.person
    rows = [
        (one, [(asked.person, signs_of(asked)) for asked in one.people.all()])
        for one in waiting
        if all(asked.person != me for asked in one.people.all())
    ]
    return _answer(
        request, visit, "questions.html", part="desk-doubts", rows=rows,
        people=sum(len(found) for _one, found in rows), answers=Question.Answer.choices,
        answered=queries.questions_of(units, waiting=False)[:20], status=status,
        typed=request.POST, **({"problems": {}} | asked_back),
    )  # fmt: skip


@for_desk
@require_POST
def answer(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    found = access.question(pk, sight=visit.sight)
    try:
        _tried(
            request,
            lambda: doubts.answer_question(
                question=found, what=request.POST.get("answer", ""),
                note=prose(request.POST.get("note", "")), by=visit.person, actor=visit.actor,
                now=visit.now,
            ),
        )  # fmt: skip
    except Invalid as error:
        return _questions(request, visit, 422, tried=pk, problems=_said(error))
    return redirect("desk-doubts")


@for_desk
@require_safe
def records(request: HttpRequest, visit: Visit) -> HttpResponse:
    """For whoever cares for the people: both records, and a place for what was true."""
    return _records(request, visit)


def _records(
    request: HttpRequest, visit: Visit, status: int = 200, **asked_back: Any
) -> HttpResponse:
    """`asked_back` names the row whose form asks back; what was typed there stays."""
    units = access.caring_units(visit.sight)
    if not units:
        raise Forbidden
    state = "closed" if request.GET.get("state") == "closed" else "open"
    found = queries.contradictions_of(units, waiting=state == "open")
    found = found.exclude(person=visit.account.person)
    page = Paginator(found, PER_PAGE).get_page(page_number(request))
    shown = list(page)
    looks.records_compared(
        people=[one.person_id for one in shown], actor=visit.actor, now=visit.now
    )
    return _answer(
        request, visit, "records.html", part="desk-doubts-records", rows_page=page, state=state,
        rows=[(one, records_of(one)) for one in shown], truths=Contradiction.Truth.choices,
        query=f"state={state}", status=status, typed=request.POST,
        **({"problems": {}} | asked_back),
    )  # fmt: skip


@for_desk
@require_POST
def close(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    found = access.contradiction(pk, sight=visit.sight)
    try:
        _tried(
            request,
            lambda: doubts.close_contradiction(
                contradiction=found, truth=request.POST.get("truth", ""),
                note=prose(request.POST.get("note", "")), by=visit.person, actor=visit.actor,
                now=visit.now,
            ),
        )  # fmt: skip
    except Invalid as error:
        return _records(request, visit, 422, tried=pk, problems=_said(error))
    return redirect("desk-doubts-records")


def _said(refusal: Invalid) -> dict[str, str]:
    return {field: _(text) for field, text in refusal.problems.items()}


def _tried(request: HttpRequest, act: Callable[[], object]) -> None:
    """Done and said, or refused and said; what is asked back is for the page."""
    try:
        act()
    except Invalid:
        raise
    except Refused as refusal:
        say_refusal(request, refusal)
    else:
        say(request, _("Noted. Thank you."))


@for_desk
@require_http_methods(["GET", "POST"])
def files(request: HttpRequest, visit: Visit) -> HttpResponse:
    """A file of the gate or the dormitory: tried, or stored whole."""
    if not campus.may_import(visit.sight):
        raise Forbidden
    if request.method == "GET":
        return _files(request, visit)
    kind = request.POST.get("kind", "")
    given = request.FILES.get("file")
    if kind not in Batch.Kind.values or not isinstance(given, UploadedFile):
        return _files(
            request, visit, 422, problem=_("Please choose a file, and say what it lists.")
        )
    if (given.size or 0) > MAX_BYTES:
        text = _("This file is larger than %(limit)s MB.") % {"limit": MAX_BYTES >> 20}
        return _files(request, visit, 422, problem=text)
    file = NamedFile((given.name or "list")[:120], given.read())
    if request.POST.get("act") == "store":
        return _store(request, visit, kind, file)
    return _show(request, visit, campus_records.plan(kind=kind, file=file, now=visit.now), 200)


def _store(request: HttpRequest, visit: Visit, kind: str, file: NamedFile) -> HttpResponse:
    try:
        batch, _plan = campus_records.apply(
            kind=kind, file=file, by=visit.account.person, actor=visit.actor, now=visit.now
        )
    except campus_records.RecordsHaveProblems:
        plan = campus_records.plan(kind=kind, file=file, now=visit.now)
        return _show(request, visit, plan, 422)
    except Refused as refusal:
        return _files(request, visit, refusal.status, refused=in_words(refusal))
    say(request, _("Stored: %(n)s rows. Its days are compared in a moment.") % {"n": batch.rows})
    return redirect("desk-doubts-import")


def _show(
    request: HttpRequest, visit: Visit, plan: campus_records.RecordsPlan, status: int
) -> HttpResponse:
    problems = [problem_in_words(one) for one in plan.problems]
    return _files(
        request, visit, 422 if errors(plan.problems) else status, plan=plan,
        problems=problems[:MOST_SHOWN], more_problems=max(0, len(problems) - MOST_SHOWN),
    )  # fmt: skip


def _files(request: HttpRequest, visit: Visit, status: int = 200, **more: Any) -> HttpResponse:
    return _answer(
        request, visit, "files.html", part="desk-doubts-import", status=status,
        kinds=Batch.Kind.choices, kind=request.POST.get("kind", ""), batches=batches()[:20],
        keep_days=campus_records.keep_days(visit.now), **more,
    )  # fmt: skip
