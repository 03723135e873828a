"""Drafting a directive, signing it as a second person, superseding and withdrawing it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianfang.desk.directive_forms import (
    ROLES,
    files_to_take_off,
    first_typed,
    typed_again,
    typed_of,
    uploads,
    wording_typed,
)
from lianfang.desk.frame import answer, say, say_refusal
from lianfang.directives import access
from lianfang.directives.audience import units_within_reach
from lianfang.directives.models import Directive, DirectiveVersion
from lianfang.directives.queries import version_in_force
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours, Refused
from lianfang.portal.edge import Visit, for_desk
from lianfang.portal.middleware import in_words
from lianfang.roster.models import Unit
from lianfang.usecases import directives as usecase

# Beside which field a refusal stands that is no `Invalid`.
_BESIDE = {
    usecase.PastDeadline: "acknowledge_due_at",
    usecase.EmptyAudience: "units",
    usecase.EverybodyNotChosen: "everybody",
}


@for_desk
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, visit: Visit) -> HttpResponse:
    issuers = list(access.issuing_units(visit.sight))
    if not issuers:
        raise Forbidden
    asked = request.POST.get("issuer") or request.GET.get("issuer", "")
    issuer = next((unit for unit in issuers if str(unit.pk) == asked), issuers[0])
    if request.method == "GET":
        return _form(request, visit, issuer, issuers=issuers, typed=first_typed(visit.now))
    try:
        version = usecase.draft(
            issuer=issuer,
            number=request.POST.get("number", ""),
            wording=wording_typed(request, issuer=issuer, reach=_reach(issuer, visit)),
            files=uploads(request),
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        )
    except Refused as refusal:
        return _ask_back(request, visit, issuer, refusal, issuers=issuers)
    say(request, _("The draft is kept. A second person has to sign it."))
    return redirect("desk-directive", version.directive_id)


@for_desk
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Change the draft, or begin a new version of what is in force."""
    found = access.directive(pk, sight=visit.sight)
    if not access.may_draft_for(found.issuer_id, visit.sight):
        raise Forbidden
    draft = access.draft_of(found, sight=visit.sight)
    source = draft or version_in_force(found)
    if source is None:
        raise NotYours
    files = source.attachments.defer("content").order_by("id")
    shown: dict[str, Any] = {"directive": found, "draft": draft, "files": files}
    if request.method == "GET":
        return _form(request, visit, found.issuer, typed=typed_of(source), **shown)
    try:
        _store(request, visit, found, draft)
    except Refused as refusal:
        return _ask_back(request, visit, found.issuer, refusal, **shown)
    say(request, _("The draft is kept. A second person has to sign it."))
    return redirect("desk-directive", found.pk)


def _store(
    request: HttpRequest, visit: Visit, found: Directive, draft: DirectiveVersion | None
) -> None:
    common: dict[str, Any] = {
        "wording": wording_typed(request, issuer=found.issuer, reach=_reach(found.issuer, visit)),
        "files": uploads(request),
        "without": files_to_take_off(request),
        "by": visit.person,
        "actor": visit.actor,
        "now": visit.now,
    }
    if draft is not None:
        usecase.redraft(version=draft, **common)
    else:
        usecase.supersede(directive=found, **common)


def _reach(issuer: Unit, visit: Visit) -> frozenset[int]:
    return units_within_reach(issuer, day=visit.today)


def _form(
    request: HttpRequest, visit: Visit, issuer: Unit, status: int = 200, **more: Any
) -> HttpResponse:
    units = (
        Unit.objects.filter(pk__in=_reach(issuer, visit), closed_on__isnull=True)
        .exclude(pk=issuer.pk)
        .exclude(kind=Unit.Kind.MAJOR)
        .order_by("tree", "position", "code")
    )
    groups: dict[str, list[Unit]] = {}
    for unit in sorted(units, key=lambda unit: unit.tree != issuer.tree):
        groups.setdefault(unit.kind, []).append(unit)
    return answer(
        request,
        visit,
        "desk/directives/form.html",
        here="desk-directives",
        status=status,
        issuer=issuer,
        groups=[(Unit.Kind(kind).label, members) for kind, members in groups.items()],
        urgencies=DirectiveVersion.Urgency.choices,
        roles=[(role.value, role.label) for role in ROLES],
        **more,
    )


def _ask_back(
    request: HttpRequest, visit: Visit, issuer: Unit, refusal: Refused, **more: Any
) -> HttpResponse:
    if isinstance(refusal, Invalid):
        problems = {name: _(text) for name, text in refusal.problems.items()}
    else:
        problems = {_BESIDE.get(type(refusal), "files"): in_words(refusal)}
    return _form(
        request,
        visit,
        issuer,
        status=refusal.status,
        typed=typed_again(request),
        problems=problems,
        **more,
    )


@for_desk
@require_POST
def sign(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Sign and send. What is signed is the draft that was on the page, not a later one."""
    found = access.directive(pk, sight=visit.sight)
    if not access.may_sign_for(found.issuer_id, visit.sight):
        raise Forbidden
    draft = access.draft_of(found, sight=visit.sight)
    try:
        if draft is None or draft.drafted_at.isoformat() != request.POST.get("drafted_at"):
            raise usecase.NotADraft
        usecase.publish(version=draft, signer=visit.person, actor=visit.actor, now=visit.now)
        say(request, _("Signed and sent."))
    except Refused as refusal:
        say_refusal(request, refusal)
    return redirect("desk-directive", found.pk)


@for_desk
@require_POST
def withdraw(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    found = access.directive(pk, sight=visit.sight)
    if not access.may_sign_for(found.issuer_id, visit.sight):
        raise Forbidden
    try:
        usecase.withdraw(
            directive=found,
            reason=request.POST.get("reason", ""),
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        )
        say(request, _("Withdrawn. Nobody is asked any more."))
    except Refused as refusal:
        say_refusal(request, refusal)
    return redirect("desk-directive", found.pk)
