"""Who shares a course, a table, an activity: what is stored, and a list tried or stored."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianfang.desk.care import care_answer
from lianfang.desk.frame import say
from lianfang.groups import words
from lianfang.groups.models import Group, GroupMember, Session
from lianfang.kernel.refusals import Refused
from lianfang.portal.edge import Visit, for_operator
from lianfang.portal.middleware import in_words
from lianfang.roster.imports.sheets import MAX_BYTES, NamedFile
from lianfang.roster.imports.words import in_words as problem_in_words
from lianfang.roster.queries import held_on
from lianfang.usecases import group_import
from lianfang.usecases.group_import import GroupFileProblems

MOST_SHOWN = 200


@for_operator
@require_http_methods(["GET", "POST"])
def groups(request: HttpRequest, visit: Visit) -> HttpResponse:
    """GET shows; POST tries the file, and stores it when the button said so."""
    if request.method == "GET":
        return _page(request, visit)
    problems: dict[str, str] = {}
    file = _file(request, problems)
    since, until = _day(request, "since", problems), _day(request, "until", problems)
    if problems or file is None:
        return _page(request, visit, 422, problems_of=problems)
    apply = request.POST.get("act") == "store"
    try:
        plan = group_import.take_in(
            file=file,
            kind=request.POST.get("kind", "")[:12],
            since=since,
            until=until + timedelta(days=1) if until else None,
            apply=apply,
            actor=visit.actor,
            now=visit.now,
        )
    except GroupFileProblems as refused:
        found = [problem_in_words(one) for one in refused.plan.problems]
        return _page(
            request, visit, 422, refused=in_words(refused), problems=found[:MOST_SHOWN],
            more_problems=max(0, len(found) - MOST_SHOWN),
        )  # fmt: skip
    except Refused as refused:
        return _page(request, visit, refused.status, refused=in_words(refused))
    if apply:
        say(request, _("Stored."))
        return redirect("desk-groups")
    notes = [problem_in_words(one) for one in plan.warnings[:MOST_SHOWN]]
    return _page(request, visit, tried=True, counts=words.count_rows(plan), warnings=notes)


def _page(request: HttpRequest, visit: Visit, status: int = 200, **more: Any) -> HttpResponse:
    members = dict(
        GroupMember.objects.filter(held_on(visit.today))
        .values_list("group__kind")
        .annotate(n=Count("person", distinct=True))
    )
    meetings = dict(Session.objects.values_list("group__kind").annotate(n=Count("id")))
    rows = Group.objects.values_list("kind").annotate(n=Count("id")).order_by("kind")
    stored = [
        (Group.Kind(kind).label, n, members.get(kind, 0), meetings.get(kind, 0)) for kind, n in rows
    ]
    return care_answer(
        request, visit, "desk/care/groups/groups.html", page="desk-groups", status=status,
        stored=stored, kinds=words.kinds(), typed={name: request.POST.get(name, "") for name in ("kind", "since", "until")}, **more,
    )  # fmt: skip


def _file(request: HttpRequest, problems: dict[str, str]) -> NamedFile | None:
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        problems["file"] = _("Please choose a file.")
        return None
    if (given.size or 0) > MAX_BYTES:
        problems["file"] = _("This file is larger than %(limit)s MB.") % {"limit": MAX_BYTES >> 20}
        return None
    return NamedFile((given.name or "list")[:120], given.read())


def _day(request: HttpRequest, name: str, problems: dict[str, str]) -> date | None:
    text = request.POST.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        problems[name] = _("Please write a day such as 2020-02-01.")
        return None
