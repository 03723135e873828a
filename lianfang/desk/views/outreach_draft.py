"""A campaign is put together: counted, kept as a draft, changed by others, sent or discarded."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianfang.desk.frame import say
from lianfang.desk.outreach_forms import (
    Typed,
    campaign_typed,
    number_of,
    step_rows,
    typed_of,
    wait_choices,
)
from lianfang.desk.outreach_pages import for_outreach, outreach_answer, tried, way_words
from lianfang.desk.outreach_preview import preview_of
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.outreach import access, queries
from lianfang.outreach.models import CampaignDraft
from lianfang.outreach.rules import moments, steps_from, steps_of
from lianfang.portal.edge import Visit
from lianfang.roster.models import Person, Post, Unit
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import campaign_drafts, campaigns


@for_outreach
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, visit: Visit) -> HttpResponse:
    """First the people are counted, then the same form sends; or it is kept for another day."""
    if not access.told_units(visit.sight):
        raise Forbidden
    if request.method == "GET":
        typed = Typed(article=number_of(request.GET.get("article", "")))
        return _form(request, visit, typed)
    typed = campaign_typed(request, visit)
    if typed.problems:
        return _form(request, visit, typed, 422)
    what = request.POST.get("what")
    if what == "keep":
        return _keep(request, visit, typed)
    if what == "send":
        return _send_at_once(request, visit, typed)
    return _form(request, visit, typed, counted=True)


@for_outreach
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The same form for everybody who could send it; what was sent or discarded only reads."""
    found = access.drafts(access.told_units(visit.sight)).filter(pk=pk).first()
    if found is None:
        raise NotYours
    if found.campaign_id is not None:
        return redirect("desk-outreach-campaign", found.campaign_id)
    if not found.is_open:
        return _closed(request, visit, found)
    if request.method == "GET":
        return _form(request, visit, typed_of(found, visit), draft=found)
    what = request.POST.get("what")
    if what == "discard":
        return _discard(request, visit, found)
    typed = campaign_typed(request, visit)
    if typed.problems:
        return _form(request, visit, typed, 422, draft=found)
    if what == "count":
        return _form(request, visit, typed, counted=True, draft=found)
    return _change(request, visit, found, typed, and_send=what == "send")


# ---------------------------------------------------------------- what the buttons do


def _keep(request: HttpRequest, visit: Visit, typed: Typed) -> HttpResponse:
    kept: list[CampaignDraft] = []
    tops = _tops(visit)
    wrong = tried(
        request,
        lambda: kept.append(
            campaign_drafts.keep(
                unit=tops[0],
                units=tops,
                content=typed.content,
                by=visit.person,
                actor=visit.actor,
                now=visit.now,
            )
        ),
    )
    if wrong is not None:
        return _form(request, visit, typed.but(wrong), 422)
    say(request, _("Kept as a draft. Nobody has been told anything yet."))
    return redirect("desk-outreach-draft", kept[0].pk)


def _send_at_once(request: HttpRequest, visit: Visit, typed: Typed) -> HttpResponse:
    begun: list[int] = []

    def start() -> None:
        if typed.version is None:
            return
        campaign = campaigns.start(
            version=typed.version,
            subject=typed.subject,
            words=typed.words,
            unit=_tops(visit)[0],
            rule=typed.rule,
            within=access.told_units(visit.sight),
            asks_question=typed.asks_question,
            steps=typed.steps,
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        )
        begun.append(campaign.pk)

    wrong = tried(request, start)
    if wrong is not None:
        return _form(request, visit, typed.but(wrong), 422)
    return _on_its_way(request, begun[0])


def _change(
    request: HttpRequest, visit: Visit, found: CampaignDraft, typed: Typed, *, and_send: bool
) -> HttpResponse:
    """What is sent is what stands on the page: kept and sent in one transaction."""
    begun: list[int] = []

    def act() -> None:
        with transaction.atomic():
            campaign_drafts.change(
                draft=found,
                edition=number_of(request.POST.get("edition", "")) or 0,
                content=typed.content,
                by=visit.person,
                actor=visit.actor,
                now=visit.now,
            )
            if not and_send:
                return
            campaign = campaign_drafts.send(
                draft=found,
                edition=found.edition,
                by=visit.person,
                actor=visit.actor,
                now=visit.now,
            )
            begun.append(campaign.pk)

    wrong = tried(request, act)
    if wrong is not None:
        return _asked_back(request, visit, found, typed.but(wrong))
    if begun:
        return _on_its_way(request, begun[0])
    say(request, _("Kept as a draft. Nobody has been told anything yet."))
    return redirect("desk-outreach-draft", found.pk)


def _asked_back(
    request: HttpRequest, visit: Visit, found: CampaignDraft, typed: Typed
) -> HttpResponse:
    """What was typed stands, with the edition that somebody else made meanwhile, if they did."""
    found.refresh_from_db()
    if not found.is_open:
        return redirect("desk-outreach-draft", found.pk)
    theirs = str(found.edition) != request.POST.get("edition")
    return _form(request, visit, typed, 409 if theirs else 422, draft=found, theirs=theirs)


def _discard(request: HttpRequest, visit: Visit, found: CampaignDraft) -> HttpResponse:
    wrong = tried(
        request,
        lambda: campaign_drafts.discard(
            draft=found,
            edition=number_of(request.POST.get("edition", "")) or 0,
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        ),
    )
    if wrong is not None:
        return redirect("desk-outreach-draft", found.pk)
    say(request, _("Discarded. Nobody was told anything."))
    return redirect("desk-outreach")


def _on_its_way(request: HttpRequest, campaign: int) -> HttpResponse:
    say(request, _("On its way. The first step is taken within seconds."))
    return redirect("desk-outreach-campaign", campaign)


def _tops(visit: Visit) -> list[Unit]:
    """The highest of the units whose people may be told; it is sent in the name of the first."""
    told = access.told_units(visit.sight)
    units = Unit.objects.filter(
        pk__in=told, tree=Unit.Tree.ADMINISTRATIVE, closed_on__isnull=True
    ).order_by("position", "code")
    found = [unit for unit in units if unit.parent_id not in told]
    if not found:
        raise NotYours
    return found


# ---------------------------------------------------------------- the page


def _form(
    request: HttpRequest,
    visit: Visit,
    typed: Typed,
    status: int = 200,
    *,
    counted: bool = False,
    **more: Any,
) -> HttpResponse:
    told = access.told_units(visit.sight)
    kinds = [Unit.Kind.COLLEGE, Unit.Kind.DEPARTMENT, Unit.Kind.OFFICE, Unit.Kind.CLASS]
    units = Unit.objects.filter(pk__in=told, kind__in=kinds, closed_on__isnull=True)
    steps = typed.steps or steps_from(rules_in_force(visit.now).settings)
    rows = step_rows(steps)
    words = way_words()
    shown = preview_of(typed.rule, _within(visit, more.get("draft")), visit) if counted else None
    return outreach_answer(
        request,
        visit,
        "new.html",
        part="desk-outreach",
        status=status,
        typed=typed,
        rule=typed.rule,
        problems=typed.problems,
        articles=queries.newest_versions(day=visit.today),
        units=_by_kind(list(units.order_by("position", "code")), typed.rule.units),
        categories=Person.Category.choices,
        roles=[(role.value, role.label) for role in Post.Role],
        earlier=access.campaigns(visit.sight)[:20],
        may_everybody=access.tells_everybody(visit.sight),
        step_rows=rows,
        waits=wait_choices(rows),
        ways=list(words.items()),
        preview=shown,
        steps=[
            (at, [(words[way], shown.ways[way] if shown else "") for way in step.ways])
            for step, at in zip(steps, moments(steps, start=visit.now), strict=True)
        ],
        **more,
    )


def _within(visit: Visit, found: CampaignDraft | None) -> Collection[int]:
    if found is None:
        return access.told_units(visit.sight)
    return campaign_drafts.units_within(found, now=visit.now)


def _by_kind(units: list[Unit], chosen: tuple[int, ...]) -> list[tuple[str, list[Unit], bool]]:
    """Units of one kind together; open where few are, or one of them is ticked."""
    kinds: dict[str, list[Unit]] = {}
    for unit in units:
        kinds.setdefault(unit.kind, []).append(unit)
    return [
        (
            str(Unit.Kind(kind).label),
            members,
            len(members) < 9 or any(one.pk in chosen for one in members),
        )
        for kind, members in kinds.items()
    ]


def _closed(request: HttpRequest, visit: Visit, found: CampaignDraft) -> HttpResponse:
    words = way_words()
    return outreach_answer(
        request,
        visit,
        "draft_closed.html",
        part="desk-outreach",
        draft=found,
        article=queries.version_in_force(found.article) if found.article else None,
        steps=[(step.wait, [words[way] for way in step.ways]) for step in steps_of(found.steps)],
    )
