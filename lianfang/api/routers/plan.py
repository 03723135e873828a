"""The work plan, the response level in force, and activating another."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from lianfang.api import papers
from lianfang.api.access import Caller, caller_of, number_in_address
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import answers
from lianfang.api.shapes.plan import (
    ActivateIn,
    ActivationOut,
    AdoptIn,
    GroupsOut,
    PlanDraftIn,
    PlanOut,
    PlanVersionOut,
    TaskOut,
)
from lianfang.directives import access
from lianfang.directives.models import PlanVersion, ResponseActivation
from lianfang.directives.models_plan import Level
from lianfang.directives.plans import TaskLine, level_on, plan_in_force
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster import queries as roster
from lianfang.roster.models import Unit
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import response_levels as usecase

router = Router(tags=["plan"])


@router.get("/plan", response=answers(200, PlanOut), url_name="plan")
def plan(request: HttpRequest) -> PlanOut:
    """Which level holds, since when and by whom; the plan in force. Token: `directives:read`."""
    caller = caller_of(request)
    caller.needs(Scope.DIRECTIVES_READ)
    return _plan(caller)


def _plan(caller: Caller) -> PlanOut:
    levels = rules_in_force(caller.now).settings["response_levels"]
    version, level = plan_in_force(), level_on(caller.today)
    draft = _draft() if access.governs_plan(caller.sight) else None
    coming = ResponseActivation.objects.filter(day_from__gt=caller.today)
    adopted = PlanVersion.objects.filter(adopted_at__isnull=False).order_by("-adopted_at")
    return PlanOut(
        level=_activation(level, caller) if level else None,
        coming=[
            _activation(one, caller)
            for one in coming.select_related("activated_by").order_by("day_from", "id")
        ],
        intensities={one.value: levels[one.value] for one in Level},
        in_force=_version(version, caller) if version else None,
        draft=_version(draft, caller) if draft else None,
        versions=list(adopted.values_list("number", flat=True)),
    )


def _draft() -> PlanVersion | None:
    drafts = PlanVersion.objects.filter(adopted_at__isnull=True)
    return drafts.select_related("plan", "drafted_by").order_by("-drafted_at").first()


@router.get(
    "/plan/versions/{number}", response=answers(200, PlanVersionOut), url_name="plan_version"
)
def plan_version(request: HttpRequest, number: str) -> PlanVersionOut:
    """One version as it was adopted; a draft for those who work on it. Token: `directives:read`."""
    caller = caller_of(request)
    caller.needs(Scope.DIRECTIVES_READ)
    found = PlanVersion.objects.filter(number=min(number_in_address(number), 32_767))
    one = found.select_related("plan", "drafted_by", "adopted_by").order_by("-drafted_at").first()
    if one is None or (one.adopted_at is None and not access.governs_plan(caller.sight)):
        raise NotYours
    return _version(one, caller)


@router.post("/plan/draft", response=answers(201, PlanVersionOut), url_name="plan_draft")
@once
def draft_plan(request: HttpRequest, body: PlanDraftIn) -> Status[PlanVersionOut]:
    """The draft of the next version; a second person adopts it. Token: `levels:write`, for a person."""
    caller = _governor(request)
    committee = roster.committee()
    if committee is None:
        raise NotYours
    source = _draft() or plan_in_force()
    made = usecase.draft_plan(
        unit=committee,
        title=source.plan.title if source else body.title,
        body=body.body,
        tasks=_tasks(body),
        by=caller.doer,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, _version(made, caller))


def _tasks(body: PlanDraftIn) -> list[TaskLine]:
    units = {
        unit.code: unit
        for unit in Unit.objects.filter(
            code__in={task.unit for task in body.tasks}, closed_on__isnull=True
        )
    }
    strange = {
        f"tasks.{position}.unit": _("There is no unit with this code.")
        for position, task in enumerate(body.tasks)
        if task.unit not in units
    }
    if strange:
        raise Invalid(strange)
    return [TaskLine(t.level, t.title, units[t.unit], t.hours) for t in body.tasks]


@router.post("/plan/adopt", response=answers(200, PlanVersionOut), url_name="plan_adopt")
@once
def adopt_plan(request: HttpRequest, body: AdoptIn) -> PlanVersionOut:
    """Adopt the draft that was read, never one's own. Token: `levels:write`, for a person."""
    caller = _governor(request)
    draft = _draft()
    if draft is None or draft.drafted_at != body.drafted_at:
        raise NotYours
    usecase.adopt_plan(version=draft, by=caller.doer, actor=caller.actor, now=caller.now)
    draft.refresh_from_db()
    return _version(draft, caller)


@router.post("/plan/activate", response=answers(201, ActivationOut), url_name="plan_activate")
@once
def activate_level(request: HttpRequest, body: ActivateIn) -> Status[ActivationOut]:
    """A level from a day on: its tasks are given at once, reporting follows from that day.

    Token: `levels:write`, for a person who works on the plan.
    """
    caller = _governor(request)
    made = usecase.activate(
        level=body.level,
        day_from=body.day_from or caller.today,
        reason=body.reason,
        by=caller.doer,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, _activation(made, caller))


@router.post("/plan/groups", response=answers(200, GroupsOut), url_name="plan_groups")
@once
def set_up_groups(request: HttpRequest) -> GroupsOut:
    """The leading group with its office and working groups. Token: `levels:write`, for a person."""
    caller = _governor(request)
    return GroupsOut(opened=usecase.set_up_groups(actor=caller.actor, now=caller.now))


def _governor(request: HttpRequest) -> Caller:
    caller = caller_of(request)
    caller.needs(Scope.LEVELS_WRITE)
    caller.needs_somebody()
    if not access.governs_plan(caller.sight):
        raise Forbidden
    return caller


def _version(version: PlanVersion, caller: Caller) -> PlanVersionOut:
    tasks = version.tasks.select_related("unit").order_by("level", "position")
    return PlanVersionOut(
        title=version.plan.title,
        number=version.number,
        body=version.body,
        drafted_by=papers.name_of(version.drafted_by, caller) or "",
        drafted_at=version.drafted_at,
        adopted_by=papers.name_of(version.adopted_by, caller),
        adopted_at=version.adopted_at,
        tasks=[
            TaskOut(level=t.level, title=t.title, unit=t.unit.code, hours=t.hours) for t in tasks
        ],
    )


def _activation(one: ResponseActivation, caller: Caller) -> ActivationOut:
    return ActivationOut(
        level=one.level,
        intensity=one.intensity,
        day_from=one.day_from,
        reason=one.reason,
        activated_by=papers.name_of(one.activated_by, caller) or "",
        activated_at=one.activated_at,
    )
