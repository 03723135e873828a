"""The leading group and its plan: a level is activated, and with it tasks and reporting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from lianfang.directives import plans
from lianfang.directives.models import PlanVersion, ResponseActivation, SupervisionItem
from lianfang.directives.plans import TaskLine
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.reporting import operations as reporting
from lianfang.roster import operations as roster
from lianfang.roster import queries as roster_queries
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import supervision

# The leading group and the working groups that colleges set up in 2020.
LEADING_GROUP = "疫情防控工作领导小组"
WORKING_GROUPS = (
    "领导小组办公室", "疫情监测组", "学生工作组", "教职工工作组", "教学组", "宣传组", "安全保卫组",
    "后勤保障组", "医疗防治及应急处置组", "心理辅导组", "督查组",
)  # fmt: skip


@transaction.atomic
def set_up_groups(*, actor: Actor, now: datetime) -> int:
    """Open the leading group below the committee with its office and working groups.

    What is there already stays; posts (LEADER, with deputies) are given on the page of posts.
    Gives the number of units opened.
    """
    committee = roster_queries.committee()
    if committee is None:
        return 0
    top, opened = _group(LEADING_GROUP, Unit.Kind.LEADING_GROUP, committee, 0, actor, now)
    for position, name in enumerate(WORKING_GROUPS, start=1):
        opened += _group(name, Unit.Kind.GROUP, top, position, actor, now)[1]
    return opened


def _group(
    name: str, kind: Unit.Kind, parent: Unit, position: int, actor: Actor, now: datetime
) -> tuple[Unit, int]:
    found = Unit.objects.filter(parent=parent, name=name, closed_on__isnull=True).first()
    if found is not None:
        return found, 0
    unit = roster.open_unit(
        tree=Unit.Tree.PARTY,
        kind=kind,
        code=f"LG{parent.pk}-{position:02}",
        name=name,
        parent=parent,
        position=9000 + position,
        day=reporting_day(now),
        actor=actor,
        now=now,
    )
    return unit, 1


def draft_plan(
    *,
    unit: Unit,
    title: str,
    body: str,
    tasks: Sequence[TaskLine],
    by: Person,
    actor: Actor,
    now: datetime,
) -> PlanVersion:
    return plans.draft(unit=unit, title=title, body=body, tasks=tasks, by=by, actor=actor, now=now)


def adopt_plan(*, version: PlanVersion, by: Person, actor: Actor, now: datetime) -> None:
    plans.adopt(version=version, by=by, actor=actor, now=now)


@transaction.atomic
def activate(
    *, level: str, day_from: date, reason: str, by: Person, actor: Actor, now: datetime
) -> ResponseActivation:
    """Activate a level of the plan in force.

    One transaction: the dated activation, the intensity that reporting reads, and a numbered
    task for each line of the plan at this level, given to whoever answers for its unit.
    """
    version = plans.plan_in_force()
    if version is None:
        raise plans.NoPlanInForce
    activation = plans.activate(
        version=version,
        level=level,
        day_from=day_from,
        reason=reason,
        rules=rules_in_force(now),
        by=by,
        actor=actor,
        now=now,
    )
    reporting.set_intensity(kind=activation.intensity, day_from=day_from, actor=actor, now=now)
    for task in version.tasks.filter(level=level).select_related("unit").order_by("position"):
        supervision.assign(
            source=SupervisionItem.Source.PLAN,
            origin=f"activation:{activation.pk}:{task.pk}",
            title=task.title,
            text=reason,
            unit=task.unit,
            owner=None,
            due_at=now + timedelta(hours=task.hours),
            files=(),
            by=by,
            actor=actor,
            now=now,
        )
    return activation
