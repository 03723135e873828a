"""The roster: upload, look at the dry run, confirm. Nothing is written before that."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.desk.frame import answer, say, say_refusal
from lianfang.desk.roster_lists import MOST_SHOWN, lists_of
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import tidy
from lianfang.portal.edge import Visit, for_operator
from lianfang.roster import queries
from lianfang.roster.imports import words
from lianfang.roster.imports.bulk import RosterChanged
from lianfang.roster.imports.changes import ImportPlan
from lianfang.roster.imports.reading import RosterFiles
from lianfang.roster.imports.sheets import MAX_BYTES, NamedFile
from lianfang.usecases import roster_import, roster_upload, uploads
from lianfang.usecases.roster_import import ImportHasProblems, ManyWouldBeGone
from lianfang.usecases.roster_upload import Upload

_FIELDS = ("roster", "party", "posts")


@for_operator
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Choose the files; they are kept while the dry run is looked at."""
    if request.method == "GET":
        return _form(request, visit)
    problems: dict[str, str] = {}
    files = RosterFiles(**{name: _file(request, name, problems) for name in _FIELDS})
    as_of = _day(request.POST.get("as_of", ""))
    if as_of is None:
        problems["as_of"] = _("Please write a day such as 2020-02-01.")
    if not files and not problems:
        problems["roster"] = _("Please choose a file.")
    if problems or as_of is None:
        return _form(request, visit, problems=problems, status=422)
    kept = roster_upload.keep(
        files=files,
        college=tidy(request.POST.get("college", ""))[:120],
        as_of=as_of,
        owner=visit.account.pk,
        now=visit.now,
    )
    return redirect("desk-roster-plan", id=kept)


def _form(request: HttpRequest, visit: Visit, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    college = queries.college()
    on_roll = sum(queries.head_count(day=visit.today).values())
    return answer(
        request, visit, "desk/roster/upload.html", here="desk-roster", status=status,
        college=college, on_roll=on_roll, typed=request.POST, **more,
    )  # fmt: skip


def _file(request: HttpRequest, name: str, problems: dict[str, str]) -> NamedFile | None:
    given = request.FILES.get(name)
    if not isinstance(given, UploadedFile):
        return None
    if (given.size or 0) > MAX_BYTES:
        problems[name] = _("This file is larger than %(limit)s MB.") % {"limit": MAX_BYTES >> 20}
        return None
    return NamedFile((given.name or name)[:120], given.read())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@for_operator
@require_GET
def dry_run(request: HttpRequest, visit: Visit, id: str) -> HttpResponse:
    """What the files would do, as of the day chosen or of another one."""
    kept = roster_upload.fetch(id=id, owner=visit.account.pk, now=visit.now)
    as_of = _day(request.GET.get("as_of", "")) or kept.as_of
    try:
        plan = _plan(kept, as_of, visit)
    except Refused as refusal:  # a day out of range: say so and show the one before
        if as_of == kept.as_of:
            raise
        say_refusal(request, refusal)
        return redirect("desk-roster-plan", id=id)
    return _show(request, visit, kept, plan)


@for_operator
@require_POST
def apply(request: HttpRequest, visit: Visit, id: str) -> HttpResponse:
    """Carry out exactly what was shown, or show what has changed since."""
    kept = roster_upload.fetch(id=id, owner=visit.account.pk, now=visit.now)
    as_of = _day(request.POST.get("as_of", "")) or kept.as_of
    try:
        plan = roster_import.apply_import(
            files=kept.files,
            as_of=as_of,
            college=kept.college,
            actor=visit.actor,
            now=visit.now,
            confirm_gone=request.POST.get("confirm_gone") == "yes",
            digest=request.POST.get("digest", "")[:64] or "none",
        )
    except (ImportHasProblems, ManyWouldBeGone, RosterChanged) as refusal:
        say_refusal(request, refusal)
        return _show(request, visit, kept, _plan(kept, as_of, visit), status=refusal.status)
    uploads.drop(id=id, owner=visit.account.pk)
    say(
        request,
        _("Imported as of %(day)s. %(read)s: %(done)s.")
        % {
            "day": plan.as_of.isoformat(),
            "read": words.read_sentence(plan),
            "done": words.joined([f"{name} {n:,}" for name, n in words.count_rows(plan)]),
        },
    )
    return redirect("desk-roster")


@for_operator
@require_POST
def drop(request: HttpRequest, visit: Visit, id: str) -> HttpResponse:
    """Throw the files away."""
    uploads.drop(id=id, owner=visit.account.pk)
    say(request, _("The files were deleted. Nothing was imported."))
    return redirect("desk-roster")


def _plan(kept: Upload, as_of: date, visit: Visit) -> ImportPlan:
    return roster_import.plan_import(
        files=kept.files, as_of=as_of, college=kept.college, now=visit.now
    )


def _show(
    request: HttpRequest, visit: Visit, kept: Upload, plan: ImportPlan, *, status: int = 200
) -> HttpResponse:
    problems = [words.in_words(problem) for problem in plan.problems[:MOST_SHOWN]]
    return answer(
        request, visit, "desk/roster/plan.html", here="desk-roster", status=status,
        kept=kept, plan=plan, problems=problems,
        more_problems=len(plan.problems) - len(problems),
        read=words.read_sentence(plan), changes=words.changes_sentence(plan),
        counts=[(name, f"{n:,}") for name, n in words.count_rows(plan)], lists=lists_of(plan),
    )  # fmt: skip
