"""Campaigns: how far each has come, one of them person by person, and a new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.desk.frame import page_number, say
from lianfang.desk.outreach_forms import (
    audience_typed,
    number_of,
    numbers_of,
    step_rows,
    steps_typed,
    wait_choices,
)
from lianfang.desk.outreach_pages import for_outreach, outreach_answer, standing_words, tried
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.outreach import access, queries
from lianfang.outreach.models import ArticleVersion, Campaign
from lianfang.outreach.rules import faults_of_steps, has_line_break, moments, steps_from
from lianfang.portal.edge import Visit
from lianfang.roster.models import Person, Post, Unit
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import campaigns

PER_PAGE = 50


@for_outreach
@require_GET
def all_campaigns(request: HttpRequest, visit: Visit) -> HttpResponse:
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
        may_start=bool(access.told_units(visit.sight)),
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
    # A name on the list of a campaign for the watched says that somebody is watched.
    names_of = sight.event_units if one.audience.get("monitored") else sight.name_units
    waiting = (
        queries.silent_people(one.pk)
        .filter(unit_id__in=names_of)
        .select_related("person", "unit")
        .order_by("unit__position", "person__name_key")
    )
    page = Paginator(waiting, PER_PAGE).get_page(page_number(request))
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


def _postings(one: Campaign, visit: Visit) -> list[dict[str, Any]]:
    """The groups of the units in sight: what the robot came to, or who posted it, or nobody yet."""
    said = queries.said_by_robot(one)
    rows = (
        one.postings.filter(unit_id__in=visit.sight.figure_units)
        .select_related("unit", "posted_by")
        .order_by("posted_at", "unit__position")
    )
    found = []
    for row in rows:
        state, at = said.get(row.robot, ("", None)) if row.robot else ("", None)
        by_hand = row.posted_at is None and state in {"", "FAILED"}
        found.append({"row": row, "state": state, "at": at, "by_hand": by_hand})
    return sorted(found, key=lambda one: not one["by_hand"])


def _quiz(one: Campaign) -> tuple[int, int] | None:
    """Of so many who answered the question, so many chose the right answer at first."""
    if not one.asks_question:
        return None
    answered = one.recipients.filter(first_choice__isnull=False)
    return answered.filter(is_right=True).count(), answered.count()


def way_words() -> dict[str, str]:
    return {
        "in_app": _("in the account"),
        "robot": _("group robots"),
        "group_text": _("QQ groups of the units"),
        "sms": _("text message"),
        "email": _("e-mail"),
        "callers": _("a human rings"),
    }


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
        say(request, _("Noted: posted in the group of %(unit)s.") % {"unit": posting.unit.name})
    return redirect("desk-outreach-campaign", posting.campaign_id)


# ---------------------------------------------------------------- a new one


@for_outreach
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, visit: Visit) -> HttpResponse:
    """First the number of people is counted, then the same form sends."""
    if not access.told_units(visit.sight):
        raise Forbidden
    if request.method == "GET":
        return _form(request, visit, {"article": request.GET.get("article", "")})
    typed = audience_typed(request, visit)
    rule = typed.rule
    if rule.silent_of:
        access.campaign(rule.silent_of, sight=visit.sight)
    subject = request.POST.get("subject", "")
    version = _version(request.POST.get("article", ""), visit)
    problems = dict(typed.problems)
    if version is None:
        problems["article"] = _("Which article, please?")
    if has_line_break(subject):
        problems["subject"] = _("A subject has one line only.")
    steps = steps_typed(request.POST)
    if steps is not None and (faults := faults_of_steps(steps)):
        problems["steps"] = "\n".join(_(fault) for fault in faults)
    if problems or version is None:
        return _form(request, visit, request.POST, 422, problems=problems)
    within = access.told_units(visit.sight)
    if request.POST.get("what") != "send":
        count = len(campaigns.audience_of(rule, within=within, now=visit.now))
        return _form(request, visit, request.POST, counted=count)
    begun: list[Campaign] = []
    wrong = tried(
        request,
        lambda: begun.append(
            campaigns.start(
                version=version,
                subject=subject,
                unit=_home_of(visit),
                rule=rule,
                within=within,
                asks_question=request.POST.get("asks_question") == "yes",
                steps=steps or (),
                by=visit.person,
                actor=visit.actor,
                now=visit.now,
            )
        ),
    )
    if wrong is not None:
        return _form(request, visit, request.POST, 422, problems=wrong)
    say(request, _("On its way. The first step is taken within seconds."))
    return redirect("desk-outreach-campaign", begun[0].pk)


def _version(text: str, visit: Visit) -> ArticleVersion | None:
    pk = number_of(text)
    return queries.newest_versions(day=visit.today).filter(pk=pk).first() if pk else None


def _home_of(visit: Visit) -> Unit:
    """The unit in whose name it is sent: the highest of those whose people may be told."""
    return _tops(visit)[0]


def _tops(visit: Visit) -> list[Unit]:
    told = access.told_units(visit.sight)
    units = Unit.objects.filter(
        pk__in=told, tree=Unit.Tree.ADMINISTRATIVE, closed_on__isnull=True
    ).order_by("position", "code")
    found = [unit for unit in units if unit.parent_id not in told]
    if not found:
        raise NotYours
    return found


def _form(
    request: HttpRequest, visit: Visit, typed: Any, status: int = 200, **more: Any
) -> HttpResponse:
    told = access.told_units(visit.sight)
    kinds = [Unit.Kind.COLLEGE, Unit.Kind.DEPARTMENT, Unit.Kind.OFFICE, Unit.Kind.CLASS]
    units = Unit.objects.filter(pk__in=told, kind__in=kinds, closed_on__isnull=True)
    lists: Callable[[str], list[str]] = getattr(typed, "getlist", lambda _name: [])
    chosen = numbers_of(lists("units"))
    typed_steps = steps_typed(request.POST) if request.method == "POST" else None
    steps = typed_steps or steps_from(rules_in_force(visit.now).settings)
    rows = step_rows(steps)
    words = way_words()
    return outreach_answer(
        request,
        visit,
        "new.html",
        part="desk-outreach",
        status=status,
        typed=typed,
        articles=queries.newest_versions(day=visit.today),
        article=number_of(typed.get("article", "")),
        units=_by_kind(list(units.order_by("position", "code")), chosen),
        chosen_units=chosen,
        categories=Person.Category.choices,
        chosen_categories=lists("categories"),
        roles=[(role.value, role.label) for role in Post.Role],
        chosen_roles=lists("roles"),
        earlier=access.campaigns(visit.sight)[:20],
        silent_of=number_of(typed.get("silent_of", "")),
        may_everybody=access.tells_everybody(visit.sight),
        step_rows=rows,
        waits=wait_choices(rows),
        ways=list(words.items()),
        steps=[
            (at, [words[way] for way in step.ways])
            for step, at in zip(steps, moments(steps, start=visit.now), strict=True)
        ],
        **more,
    )


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
