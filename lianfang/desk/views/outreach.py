"""Campaigns: how far each has come, one of them person by person, and a new one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianfang.desk.frame import page_number, say
from lianfang.desk.outreach_pages import (
    for_outreach,
    outreach_answer,
    standing_words,
    tried,
    way_words,
)
from lianfang.kernel.refusals import Forbidden
from lianfang.outreach import access, queries
from lianfang.outreach.models import Campaign, GroupPosting
from lianfang.portal.edge import Visit
from lianfang.roster.models import Unit
from lianfang.usecases import campaigns, looks

PER_PAGE = 50


@dataclass(slots=True)
class GroupRow:
    """One QQ group of a campaign, with the units that read it there for want of their own."""

    row: GroupPosting
    state: str
    at: datetime | None
    by_hand: bool
    read_by: list[Unit] = field(default_factory=list)


@for_outreach
@require_GET
def all_campaigns(request: HttpRequest, visit: Visit) -> HttpResponse:
    told = access.told_units(visit.sight)
    page = Paginator(access.campaigns(visit.sight), 20).get_page(page_number(request))
    return outreach_answer(
        request,
        visit,
        "campaigns.html",
        part="desk-outreach",
        page=page,
        rows=[(one, *_settled(one)) for one in page],
        calls=access.calls(visit.sight).filter(assigned_to=visit.account.person).count(),
        corrections=access.corrections(visit.sight).count(),
        drafts=access.open_drafts(told)[:50],
        discarded=access.discarded_drafts(told)[:50],
        may_start=bool(told),
    )


def _settled(one: Campaign) -> tuple[int, int]:
    rows = queries.counts_by_unit(one)
    return sum(settled for _unit, _n, settled in rows), sum(n for _unit, n, _settled in rows)


# ---------------------------------------------------------------- one campaign


@for_outreach
@require_GET
def campaign(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The numbers of all steps; names only of the units whose names this viewer may see."""
    one = access.campaign(pk, sight=visit.sight)
    counts = queries.counts(one)
    words = standing_words()
    total = sum(counts.values())
    settled = counts[queries.Standing.CONFIRMED] + counts[queries.Standing.TOLD]
    sight = visit.sight
    names_of = sight.event_units if one.is_telling else sight.name_units
    waiting = (
        queries.silent_people(one.pk)
        .filter(unit_id__in=names_of)
        .select_related("person", "unit")
        .order_by("unit__position", "person__name_key")
    )
    page = Paginator(waiting, PER_PAGE).get_page(page_number(request))
    if one.is_telling:
        people = [row.person_id for row in page]
        looks.audience_seen(people=people, actor=visit.actor, now=visit.now)
    units = queries.counts_by_unit(one)
    names = Unit.objects.in_bulk([unit for unit, _n, _settled in units])
    return outreach_answer(
        request,
        visit,
        "campaign.html",
        part="desk-outreach",
        campaign=one,
        total=total,
        settled=settled,
        counts=[(words[standing], counts[standing]) for standing in words if counts[standing]],
        steps=one.steps.order_by("position"),
        way_words=way_words(),
        units=[
            (names[unit], n, done) for unit, n, done in units if unit in visit.sight.figure_units
        ],
        page=page,
        people=[
            (found, words[found.standing]) for found in queries.progress(list(page), campaign=one)
        ],
        postings=_postings(one, visit),
        quiz=_quiz(one),
        post_text=campaigns.group_text(one),
        may_end=one.is_open and access.may_end(one, sight=visit.sight),
        may_post=access.told_units(visit.sight),
    )


def _postings(one: Campaign, visit: Visit) -> list[GroupRow]:
    """The groups of the units in sight: what the robot came to, or who posted it, or nobody yet.

    A group that stands in for several units is one row.
    """
    said = queries.said_by_robot(one)
    rows = (
        one.postings.filter(unit_id__in=visit.sight.figure_units)
        .select_related("unit", "through", "posted_by")
        .order_by("posted_at", "unit__position")
    )
    found: dict[int, GroupRow] = {}
    for row in rows:
        state, at = said.get(row.robot, ("", None)) if row.robot else ("", None)
        by_hand = row.posted_at is None and state in {"", "FAILED"}
        group = found.setdefault(row.place_id, GroupRow(row, state, at, by_hand))
        if row.through_id:
            group.read_by.append(row.unit)
    return sorted(found.values(), key=lambda group: not group.by_hand)


def _quiz(one: Campaign) -> tuple[int, int] | None:
    """Of so many who answered the question, so many chose the right answer at first."""
    if not one.asks_question:
        return None
    answered = one.recipients.filter(first_choice__isnull=False)
    return answered.filter(is_right=True).count(), answered.count()


@for_outreach
@require_POST
def end(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    one = access.campaign(pk, sight=visit.sight)
    if not access.may_end(one, sight=visit.sight):
        raise Forbidden
    if (
        tried(request, lambda: campaigns.end(campaign=one, actor=visit.actor, now=visit.now))
        is None
    ):
        say(request, _("Ended. No more letters, no more calls; what was confirmed stays."))
    return redirect("desk-outreach-campaign", pk)


@for_outreach
@require_POST
def posted(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """“I have posted it in the group”: with name and time."""
    posting = access.posting(pk, sight=visit.sight)
    done = tried(
        request,
        lambda: campaigns.mark_posted(
            posting=posting, by=visit.person, actor=visit.actor, now=visit.now
        ),
    )
    if done is None:
        say(request, _("Noted: posted in the group of %(unit)s.") % {"unit": posting.place.name})
    return redirect("desk-outreach-campaign", posting.campaign_id)
