"""Directives: what waits for me, one of them with my part in it, and where it stopped."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianfang.desk.directive_forms import moment_typed, uploads
from lianfang.desk.directive_page import KINDS, my_open, parts_of, rows_of, to_judge
from lianfang.desk.frame import answer, page_number, say, say_refusal
from lianfang.directives import access
from lianfang.directives.answers import answers_of
from lianfang.directives.attachments import bytes_of
from lianfang.directives.models import Directive, DirectiveVersion, Feedback
from lianfang.directives.queries import Relay, relay_of, version_in_force
from lianfang.directives.rules import State
from lianfang.directives.words import state_words
from lianfang.kernel.refusals import Invalid, NotYours, Refused
from lianfang.portal.edge import Visit, for_desk
from lianfang.roster.models import Unit
from lianfang.usecases import directives as usecase

PER_PAGE = 30


@for_desk
@require_GET
def directives(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What waits for me first; then everything that I may read, newest first."""
    latest = DirectiveVersion.objects.filter(directive=OuterRef("pk")).order_by("-number")
    shown = (
        access.directives_visible_to(visit.sight)
        .annotate(
            title=Subquery(latest.values("title")[:1]),
            urgency=Subquery(latest.values("urgency")[:1]),
            version_number=Subquery(latest.values("number")[:1]),
            published_at=Subquery(
                latest.filter(published_at__isnull=False).values("published_at")[:1]
            ),
            draft_number=Subquery(latest.filter(published_at__isnull=True).values("number")[:1]),
        )
        .order_by("-created_at", "-id")
    )
    mine = {post.unit_id for post in visit.sight.posts}
    rows = [d for d in shown if d.published_at is not None or d.issuer_id in mine]
    return answer(
        request,
        visit,
        "desk/directives/list.html",
        here="desk-directives",
        waiting=my_open(visit),
        page=Paginator(rows, PER_PAGE).get_page(page_number(request)),
        may_draft=access.issuing_units(visit.sight).exists(),
        urgencies=dict(DirectiveVersion.Urgency.choices),
    )


@for_desk
@require_GET
def directive(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The words in force, and what I have to do about them. The look is written down as read."""
    return page(request, visit, access.directive(pk, sight=visit.sight))


def page(
    request: HttpRequest, visit: Visit, found: Directive, status: int = 200, **more: Any
) -> HttpResponse:
    draft = access.draft_of(found, sight=visit.sight)
    version = _asked_version(request, visit, found) or version_in_force(found) or draft
    if version is None:
        raise NotYours
    parts = parts_of(version, visit)
    for part in parts:
        usecase.mark_read(receipt=part.mine.receipt, by=visit.person, now=visit.now)
    relay = relay_of(version, now=visit.now) if version.is_published else None
    addressees = version.addressees.select_related("unit", "person").order_by("id")[:60]
    return answer(
        request,
        visit,
        "desk/directives/directive.html",
        here="desk-directives",
        status=status,
        directive=found,
        version=version,
        draft=draft,
        parts=parts,
        relay=relay,
        feedbacks=to_judge(relay, visit) if relay else [],
        files=version.attachments.defer("content").order_by("id"),
        addressees=addressees,
        each_with_below=len(addressees) > 1 and all(one.with_below for one in addressees),
        versions=found.versions.filter(published_at__isnull=False).order_by("-number"),
        may_draft=access.may_draft_for(found.issuer_id, visit.sight),
        may_sign=access.may_sign_for(found.issuer_id, visit.sight),
        is_drafter=draft is not None and draft.drafted_by_id == visit.account.person_id,
        **more,
    )


def _asked_version(request: HttpRequest, visit: Visit, found: Directive) -> DirectiveVersion | None:
    asked = request.GET.get("version", "")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 4):
        return None
    return access.version_of(found, int(asked), sight=visit.sight)


@for_desk
@require_GET
def relay(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Where did it stop, since when, whose turn is it. The stops first, then the tree."""
    found = access.directive(pk, sight=visit.sight)
    version = _asked_version(request, visit, found) or version_in_force(found)
    if version is None:
        raise NotYours
    picture = relay_of(version, now=visit.now)
    sight = visit.sight.figure_units
    return answer(
        request,
        visit,
        "desk/directives/relay.html",
        here="desk-directives",
        directive=found,
        version=version,
        relay=picture,
        stops=[node for node in picture.stops if node.receipt.unit_id in sight],
        rows=rows_of(picture, visit),
        numbers=_numbers(picture),
        may_supervise=bool(access.supervised_units(visit.sight)),
    )


@for_desk
@require_GET
def answers(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """What came back: the words, numbers and evidence of each unit, also after they were judged."""
    found = access.directive(pk, sight=visit.sight)
    version = _asked_version(request, visit, found) or version_in_force(found)
    if version is None:
        raise NotYours
    given = answers_of(version, relay_of(version, now=visit.now), sight=visit.sight)
    return answer(
        request,
        visit,
        "desk/directives/answers.html",
        here="desk-directives",
        directive=found,
        version=version,
        answers=given,
        rows=[(row, KINDS[row.node.state], state_words(row.node.state)) for row in given.rows],
        totals=[
            (name, given.first[n], given.last[n] if given.last[n].asked else None)
            for n, name in enumerate(version.asks)
        ],
    )


def _numbers(picture: Relay) -> dict[str, int]:
    return {state.value: picture.counts[state] for state in State}


def _back(pk: int) -> HttpResponse:
    return redirect("desk-directive", pk)


@for_desk
@require_POST
def acknowledge(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    receipt = access.my_receipt(pk, sight=visit.sight)
    try:
        usecase.acknowledge(receipt=receipt, by=visit.person, actor=visit.actor, now=visit.now)
        say(request, _("Acknowledged for %(unit)s.") % {"unit": receipt.unit.name})
    except Refused as refusal:
        say_refusal(request, refusal)
    return _back(receipt.version.directive_id)


@for_desk
@require_POST
def pass_on(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    receipt = access.my_receipt(pk, sight=visit.sight)
    chosen = [int(key) for key in request.POST.getlist("units") if key.isdecimal()]
    try:
        reached = usecase.relay(
            receipt=receipt,
            words=request.POST.get("words", ""),
            own_due_at=moment_typed(request.POST.get("own_due_at", "")),
            more=Unit.objects.filter(pk__in=chosen),
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        )
    except Refused as refusal:
        return _again(request, visit, receipt.version.directive, refusal, receipt.pk)
    say(request, _("Passed on to %(n)s units.") % {"n": reached})
    return _back(receipt.version.directive_id)


@for_desk
@require_POST
def feed_back(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    receipt = access.my_receipt(pk, sight=visit.sight)
    asks = receipt.version.asks
    try:
        usecase.feed_back(
            receipt=receipt,
            text=request.POST.get("text", ""),
            figures={
                name: request.POST.get(f"figure_{position}", "")
                for position, name in enumerate(asks)
            },
            files=uploads(request),
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        )
    except Refused as refusal:
        return _again(request, visit, receipt.version.directive, refusal, receipt.pk)
    say(request, _("Thank you. Your feedback is with the unit above."))
    return _back(receipt.version.directive_id)


@for_desk
@require_POST
def judge(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    feedback = Feedback.objects.filter(pk=pk).first()
    if feedback is None:
        raise NotYours
    receipt = access.receipt_to_judge(feedback.receipt_id, sight=visit.sight)
    feedback.receipt = receipt
    accept = request.POST.get("verdict") == "accept"
    try:
        usecase.judge(
            feedback=feedback,
            accept=accept,
            reason=request.POST.get("reason", ""),
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        )
        say(request, _("Accepted.") if accept else _("Returned; the unit is told why."))
    except Refused as refusal:
        return _again(request, visit, receipt.version.directive, refusal, receipt.pk)
    return _back(receipt.version.directive_id)


def _again(
    request: HttpRequest, visit: Visit, found: Directive, refusal: Refused, receipt_id: int
) -> HttpResponse:
    """The page as it is now, with what was typed and the sentence about it."""
    problems = refusal.problems if isinstance(refusal, Invalid) else {}
    if not problems:
        say_refusal(request, refusal)
    return page(
        request,
        visit,
        found,
        status=refusal.status,
        problems={name: _(text) for name, text in problems.items()},
        typed=request.POST.dict(),
        asked_back=receipt_id,
    )


@for_desk
@require_GET
def file(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """A file, never shown in the page: saved, in no cache, of the type that its bytes have."""
    found = access.attachment(pk, sight=visit.sight)
    response = HttpResponse(bytes_of(found), content_type=found.kind)
    disposition = content_disposition_header(True, found.name)
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
