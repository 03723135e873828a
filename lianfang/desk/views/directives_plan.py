"""The work plan: its text, the level in force, its tasks, and the groups that carry it."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.desk.frame import answer, say, say_refusal
from lianfang.desk.plan_form import lines_of, tasks_typed
from lianfang.directives import access
from lianfang.directives.models import PlanVersion, ResponseActivation
from lianfang.directives.models_plan import Level
from lianfang.directives.plans import level_on, plan_in_force
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours, Refused
from lianfang.portal.edge import Visit, for_desk
from lianfang.reporting.models import Intensity
from lianfang.roster import queries as roster
from lianfang.roster.models import Post, Unit
from lianfang.roster.queries import held_on
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import response_levels as usecase


@for_desk
@require_GET
def plan(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Which level holds, since when and by whom; the plan; who sits in which group."""
    return _page(request, visit)


def _page(request: HttpRequest, visit: Visit, status: int = 200, **more: object) -> HttpResponse:
    version = plan_in_force()
    levels = rules_in_force(visit.now).settings["response_levels"]
    governs = access.governs_plan(visit.sight)
    return answer(
        request,
        visit,
        "desk/directives/plan.html",
        here="desk-directives",
        status=status,
        version=version,
        draft=_draft() if governs else None,
        level=level_on(visit.today),
        coming=ResponseActivation.objects.filter(day_from__gt=visit.today).order_by("day_from"),
        levels=[
            (level.value, level.label, Intensity.Kind(levels[level.value]).label) for level in Level
        ],
        tasks=version.tasks.select_related("unit").order_by("level", "position") if version else [],
        versions=PlanVersion.objects.filter(adopted_at__isnull=False).order_by("-adopted_at"),
        groups=_groups(visit),
        governs=governs,
        **more,
    )


def _draft() -> PlanVersion | None:
    drafts = PlanVersion.objects.filter(adopted_at__isnull=True)
    return drafts.select_related("plan", "drafted_by").order_by("-drafted_at").first()


def _groups(visit: Visit) -> list[tuple[Unit, list[Post]]]:
    """The leading group and its working groups with leaders and deputies."""
    units = list(
        Unit.objects.filter(closed_on__isnull=True)
        .filter(kind__in=[Unit.Kind.LEADING_GROUP, Unit.Kind.GROUP])
        .order_by("position", "code")
        .select_related("parent")
    )
    units = [
        unit
        for unit in units
        if unit.kind == Unit.Kind.LEADING_GROUP
        or (unit.parent is not None and unit.parent.kind == Unit.Kind.LEADING_GROUP)
    ]
    posts: dict[int, list[Post]] = {}
    held = Post.objects.filter(held_on(visit.today), unit__in=units).select_related("person")
    for post in held.order_by("is_deputy", "held_from", "id"):
        posts.setdefault(post.unit_id, []).append(post)
    return [(unit, posts.get(unit.pk, [])) for unit in units]


def _governing(visit: Visit) -> None:
    if not access.governs_plan(visit.sight):
        raise Forbidden


@for_desk
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The draft of the next version: text, and one line for each task."""
    _governing(visit)
    committee = roster.committee()
    if committee is None:
        raise NotYours
    source = _draft() or plan_in_force()
    typed = {
        "title": source.plan.title if source else "",
        "body": source.body if source else "",
        "tasks": lines_of(source) if source else "",
    }
    problems: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in typed}
        try:
            usecase.draft_plan(
                unit=committee,
                title=source.plan.title if source else typed["title"],
                body=typed["body"].replace("\r\n", "\n"),
                tasks=tasks_typed(typed["tasks"]),
                by=visit.person,
                actor=visit.actor,
                now=visit.now,
            )
        except Invalid as refusal:
            problems = {name: _(text) for name, text in refusal.problems.items()}
            status = 422
        else:
            say(request, _("The draft is kept. A second person has to adopt it."))
            return redirect("desk-plan")
    return answer(
        request,
        visit,
        "desk/directives/plan_form.html",
        here="desk-directives",
        status=status,
        typed=typed,
        problems=problems,
        source=source,
    )


@for_desk
@require_POST
def adopt(request: HttpRequest, visit: Visit) -> HttpResponse:
    _governing(visit)
    draft = _draft()
    if draft is None or draft.drafted_at.isoformat() != request.POST.get("drafted_at"):
        raise NotYours
    try:
        usecase.adopt_plan(version=draft, by=visit.person, actor=visit.actor, now=visit.now)
        say(request, _("Adopted: version %(n)s is in force.") % {"n": draft.number})
    except Refused as refusal:
        say_refusal(request, refusal)
    return redirect("desk-plan")


@for_desk
@require_POST
def activate(request: HttpRequest, visit: Visit) -> HttpResponse:
    """A level from a day on: its tasks are given at once, reporting follows from that day."""
    _governing(visit)
    try:
        day_from = date.fromisoformat(request.POST.get("day_from", ""))
    except ValueError:
        day_from = visit.today
    try:
        made = usecase.activate(
            level=request.POST.get("level", ""),
            day_from=day_from,
            reason=request.POST.get("reason", ""),
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        )
    except Invalid as refusal:
        problems = {name: _(text) for name, text in refusal.problems.items()}
        return _page(request, visit, status=422, problems=problems, typed=request.POST.dict())
    except Refused as refusal:
        say_refusal(request, refusal)
    else:
        words = _("%(level)s is activated from %(day)s.")
        say(request, words % {"level": made.get_level_display(), "day": made.day_from})
    return redirect("desk-plan")


@for_desk
@require_POST
def set_up_groups(request: HttpRequest, visit: Visit) -> HttpResponse:
    _governing(visit)
    opened = usecase.set_up_groups(actor=visit.actor, now=visit.now)
    say(request, _("%(n)s groups are set up; now name who leads them.") % {"n": opened})
    return redirect("desk-plan")


@for_desk
@require_GET
def version(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """One version as it was adopted; a draft only for those who work on the plan."""
    found = PlanVersion.objects.filter(number=number).select_related(
        "plan", "drafted_by", "adopted_by"
    ).order_by("-drafted_at").first()  # fmt: skip
    if found is None or (found.adopted_at is None and not access.governs_plan(visit.sight)):
        raise NotYours
    return answer(
        request,
        visit,
        "desk/directives/plan_version.html",
        here="desk-directives",
        version=found,
        tasks=found.tasks.select_related("unit").order_by("level", "position"),
    )
