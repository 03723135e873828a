"""The verbs of the work plan: draft, adopt, activate a level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.directives.models import Plan, PlanTask, PlanVersion, ResponseActivation
from lianfang.directives.models_plan import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.queries import Rules


class AdoptedByDrafter(Refused):
    code = "directives.adopted-by-drafter"
    message = _("Who drafted the plan cannot adopt it: a second person has to read it first.")
    status = 409


class NoPlanInForce(Refused):
    code = "directives.no-plan-in-force"
    message = _("No plan is adopted yet; a level belongs to a plan.")
    status = 409


class DayIsPast(Refused):
    code = "directives.day-is-past"
    message = _("A level begins today or later: days that are over were counted as they were.")


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as typed: what, by whom, within how many hours of the activation."""

    level: str
    title: str
    unit: Unit
    hours: int


def plan_in_force() -> PlanVersion | None:
    """The newest adopted version of the college's plan."""
    adopted = PlanVersion.objects.filter(adopted_at__isnull=False)
    return adopted.select_related("plan", "adopted_by").order_by("-adopted_at").first()


def level_on(day: date) -> ResponseActivation | None:
    """The activation that holds on a day: the last one of the last day that has begun."""
    begun = ResponseActivation.objects.filter(day_from__lte=day)
    return begun.select_related("version", "activated_by").order_by("-day_from", "-id").first()


@transaction.atomic
def draft(
    *,
    unit: Unit,
    title: str,
    body: str,
    tasks: Sequence[TaskLine],
    by: Person,
    actor: Actor,
    now: datetime,
) -> PlanVersion:
    """Write the draft of the next version, or rewrite it. Adopted versions stay as they are."""
    if not body.strip() or not title.strip() or len(title) > 100:
        raise Invalid({"body": _("A plan needs a title and its text.")})
    plan, _made = Plan.objects.get_or_create(unit=unit, title=title.strip())
    version = plan.versions.filter(adopted_at__isnull=True).first()
    if version is None:
        version = PlanVersion(plan=plan, number=plan.versions.count() + 1)
    version.body = body.strip()
    version.drafted_by = by
    version.drafted_at = now
    version.save()
    version.tasks.all().delete()
    PlanTask.objects.bulk_create(
        PlanTask(
            version=version,
            level=Level(line.level),
            position=position,
            title=line.title,
            unit=line.unit,
            hours=line.hours,
        )
        for position, line in enumerate(tasks)
    )
    audit.record(verb="directives.plan.drafted", actor=actor, subject=version, now=now)
    return version


@transaction.atomic
def adopt(*, version: PlanVersion, by: Person, actor: Actor, now: datetime) -> None:
    if version.drafted_by_id == by.pk:
        raise AdoptedByDrafter
    changed = PlanVersion.objects.filter(
        pk=version.pk, adopted_at__isnull=True, drafted_at=version.drafted_at
    ).update(adopted_by=by, adopted_at=now)
    if changed != 1:
        raise NoPlanInForce
    audit.record(verb="directives.plan.adopted", actor=actor, subject=version, now=now)


@transaction.atomic
def activate(
    *,
    version: PlanVersion,
    level: str,
    day_from: date,
    reason: str,
    rules: Rules,
    by: Person,
    actor: Actor,
    now: datetime,
) -> ResponseActivation:
    """A level from a day on; the intensity of reporting is what the edition says of it."""
    problems: dict[str, str] = {}
    if level not in Level.values:
        problems["level"] = _("Please choose a level.")
    if not reason.strip():
        problems["reason"] = _("Please name the decision or the notice that orders it.")
    if problems:
        raise Invalid(problems)
    if day_from < reporting_day(now):
        raise DayIsPast
    activation = ResponseActivation.objects.create(
        version=version,
        edition_id=rules.edition_id,
        level=Level(level),
        intensity=str(rules.settings["response_levels"][level]),
        day_from=day_from,
        reason=reason.strip()[:200],
        activated_by=by,
        activated_at=now,
    )
    audit.record(
        verb="directives.level.activated", actor=actor, subject=activation, now=now,
        level=level, day_from=day_from.isoformat(),
    )  # fmt: skip
    return activation
