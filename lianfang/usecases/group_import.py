"""A timetable, a seating plan or a sign-in sheet: looked at first, stored when somebody says so."""

from __future__ import annotations

from datetime import date, datetime

from lianfang.groups import operations as groups
from lianfang.groups.operations import GroupFileProblems, GroupsChanged
from lianfang.groups.plan import GroupPlan
from lianfang.kernel.actors import Actor
from lianfang.roster.imports.sheets import NamedFile
from lianfang.rulebook.contact_policy import policy_from
from lianfang.rulebook.queries import rules_in_force


def take_in(
    *,
    file: NamedFile,
    kind: str,
    since: date | None,
    until: date | None,
    apply: bool,
    actor: Actor,
    now: datetime,
) -> GroupPlan:
    """The plan of a file, carried out with `apply`. Lessons have the hours of the edition in force.

    Raises `GroupFileProblems` with everything that is wrong, also when nothing is applied.
    """
    lessons = policy_from(rules_in_force(now).settings).class_hours
    if apply:
        return groups.apply_import(
            file=file, kind=kind, actor=actor, now=now, lessons=lessons, since=since, until=until
        )
    plan = groups.plan_import(
        file=file, kind=kind, now=now, lessons=lessons, since=since, until=until
    )
    if plan.errors:
        raise GroupFileProblems(plan)
    return plan


__all__ = ["GroupFileProblems", "GroupsChanged", "take_in"]
