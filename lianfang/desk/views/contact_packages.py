"""Lists that come in and packages that go out."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lianfang.contacts import access, packaging
from lianfang.contacts.models import Contact, Package, PackageFact
from lianfang.desk.care import care_answer
from lianfang.desk.contacts_page import authority_of, said, text_of
from lianfang.desk.frame import say, say_refusal
from lianfang.kernel.refusals import Forbidden, Invalid, Refused
from lianfang.portal.edge import Visit, for_desk
from lianfang.portal.middleware import in_words
from lianfang.roster.imports.sheets import MAX_BYTES, NamedFile
from lianfang.roster.imports.words import in_words as problem_in_words
from lianfang.usecases import contact_lists, contact_packages
from lianfang.usecases.contact_lists import ListProblems

PAGE = "desk-contacts"
MOST_SHOWN = 200
_TYPES = {
    Package.Layout.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Package.Layout.CSV: "text/csv; charset=utf-8",
}


@for_desk
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Ask for a package; the least fields are ticked already."""
    found = access.led(pk, sight=visit.sight)
    if not access.sees_all(visit.sight):
        raise Forbidden  # a package names everybody: only those who may see everybody make one
    names = ("organisation", "receiver", "purpose", "request_number", "layout")
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in names}
    typed["fields"] = request.POST.getlist("fields") or list(packaging.MINIMUM)
    typed["states"] = request.POST.getlist("states") or ["CONFIRMED", "DETERMINED"]
    more: dict[str, Any] = {"problems": {}, "refused": ""}
    status = 200
    if request.method == "POST":
        try:
            made = contact_packages.ask(
                investigation=found,
                **{name: text_of(request, name, 200) for name in names if name != "layout"},
                fields=request.POST.getlist("fields"),
                states=request.POST.getlist("states"),
                layout=request.POST.get("layout", ""),
                by=visit.person,
                actor=visit.actor,
                now=visit.now,
            )
        except Refused as refusal:
            more |= said(refusal)
            status = refusal.status
        else:
            say(request, _("Asked for. A second person has to approve it."))
            return redirect("desk-contacts-package", made.pk)
    return care_answer(
        request, visit, "desk/care/contacts/ask.html", page=PAGE, status=status, case=found,
        typed=typed, fields=[(name, _(label)) for name, label in packaging.FIELDS.items()],
        kinds=[(state.value, state.label) for state in packaging.SENDABLE],
        layouts=Package.Layout.choices, **more,
    )  # fmt: skip


@for_desk
@require_http_methods(["GET", "POST"])
def package(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """One package: what goes out, who approved it, what came back."""
    one = access.package_of(pk, sight=visit.sight)
    if not access.may_approve(visit.sight) and visit.person.pk != one.asked_by_id:
        raise Forbidden
    more: dict[str, Any] = {"problems": {}, "refused": ""}
    status = 200
    if request.method == "POST":
        try:
            told = _step(request, visit, one)
        except Invalid as refusal:
            more |= said(refusal)
            status = 422
        except Refused as refusal:
            say_refusal(request, refusal)
            return redirect("desk-contacts-package", pk)
        else:
            say(request, told)
            return redirect("desk-contacts-package", pk)
    going = one.investigation.contacts.filter(state__in=one.states)
    facts = list(one.facts.select_related("by").order_by("at", "id"))
    return care_answer(
        request, visit, "desk/care/contacts/package.html", page=PAGE, status=status, package=one,
        case=one.investigation, facts=facts,
        is_fetched=any(fact.kind == PackageFact.Kind.FETCHED for fact in facts),
        fields=[_(packaging.FIELDS[name]) for name in one.fields],
        kinds=[Contact.State(state).label for state in one.states],
        rows=one.rows or going.count(), is_mine=one.asked_by_id == visit.person.pk,
        is_fetchable=one.is_fetchable(visit.now), typed=request.POST.get("text", ""), **more,
    )  # fmt: skip


def _step(request: HttpRequest, visit: Visit, one: Package) -> str:
    text = text_of(request, "text", 1000)
    who: dict[str, Any] = {"package": one, "by": visit.person, "actor": visit.actor, "now": visit.now}  # fmt: skip
    act = request.POST.get("act", "")
    if act == "approve":
        contact_packages.approve(**who)
        return _("Approved: the file is frozen, and each disclosure is written down.")
    if act == "refuse":
        contact_packages.refuse(text=text, **who)
        return _("Refused.")
    if act == "hand-over":
        contact_packages.hand_over(text=text, **who)
        return _("Written down. You are reminded when no receipt comes.")
    if act == "receipt":
        contact_packages.receipt(text=text, **who)
        return _("Written down. You are reminded when no answer comes.")
    if act == "answer":
        contact_packages.answered(text=text, **who)
        return _("Written down.")
    raise Invalid({"text": _("Please choose what happened.")})


@for_desk
@require_GET
def file(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The frozen file, for whoever asked for it."""
    one = access.package_of(pk, sight=visit.sight)
    data = contact_packages.fetch(package=one, by=visit.person, actor=visit.actor, now=visit.now)
    answer = HttpResponse(data, content_type=_TYPES[Package.Layout(one.layout)])
    name = f"{one.investigation.code}-{one.pk}.{one.layout.lower()}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


# ---------------------------------------------------------------- lists that come in


@for_desk
@require_http_methods(["GET", "POST"])
def take_list(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """A list from outside, tried with the last check of everybody on it, then taken in."""
    found = access.led(pk, sight=visit.sight)
    if not access.sees_all(visit.sight):
        raise Forbidden
    if request.method == "GET":
        return _list_page(request, visit, found)
    file = _file(request)
    if file is None:
        return _list_page(request, visit, found, 422, problem=_("Please choose a file of at most 20 MB."))  # fmt: skip
    try:
        if request.POST.get("act") == "store":
            plan = contact_lists.take_in(
                investigation=found, file=file, organisation=text_of(request, "organisation", 80),
                authority=authority_of(request), by=visit.person, actor=visit.actor, now=visit.now,
            )  # fmt: skip
            say(request, _("Taken in: %(n)s people.") % {"n": plan.counts["rows"]})
            return redirect("desk-contacts-case", pk)
        plan = contact_lists.try_list(investigation=found, file=file, now=visit.now)
    except ListProblems as refused:
        told = [problem_in_words(one) for one in refused.plan.problems]
        return _list_page(
            request, visit, found, 422, refused=in_words(refused), problems=told[:MOST_SHOWN],
            more_problems=max(0, len(told) - MOST_SHOWN),
        )  # fmt: skip
    except Invalid as refusal:
        return _list_page(request, visit, found, 422, problems_of=said(refusal)["problems"])
    except Refused as refusal:
        return _list_page(request, visit, found, refusal.status, refused=in_words(refusal))
    checks = contact_lists.last_checks(plan.rows)
    known = [(row, checks.get(row.subject)) for row in plan.rows if row.subject is not None]
    return _list_page(
        request, visit, found, plan=plan, known=[(row, check, _(check.what) if check else "") for row, check in known[:MOST_SHOWN]],
        more_known=max(0, len(known) - MOST_SHOWN),
        warnings=[problem_in_words(one) for one in plan.warnings[:MOST_SHOWN]],
    )  # fmt: skip


def _list_page(
    request: HttpRequest, visit: Visit, found: Any, status: int = 200, **more: Any
) -> HttpResponse:
    names = ("organisation", "officer", "document", "document_on")
    return care_answer(
        request, visit, "desk/care/contacts/list.html", page=PAGE, status=status, case=found,
        typed={name: request.POST.get(name, "") for name in names},
        **({"plan": None, "problems_of": {}} | more),
    )  # fmt: skip


def _file(request: HttpRequest) -> NamedFile | None:
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile) or (given.size or 0) > MAX_BYTES:
        return None
    return NamedFile((given.name or "list")[:120], given.read())
