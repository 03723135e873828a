"""Carrying out a file of groups: all of it or nothing, with one audit entry."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from lianfang.audit import operations as audit
from lianfang.groups.files import KINDS, Lessons, read_groups
from lianfang.groups.models import Attendance, Group, GroupMember, RoomFloor, Session
from lianfang.groups.plan import GroupPlan, compare
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.sheets import NamedFile

_BATCH = 2000


class GroupFileProblems(Refused):
    code = "groups.file-problems"
    message = _("The file has %(count)s problems; nothing was stored.")

    def __init__(self, plan: GroupPlan) -> None:
        super().__init__(count=len(plan.errors))
        self.plan = plan


class GroupsChanged(Refused):
    code = "groups.changed-meanwhile"
    message = _("The groups were changed meanwhile. Nothing was stored; please look again.")
    status = 409


def plan_import(
    *, file: NamedFile, kind: str, now: datetime, lessons: Lessons = (),
    since: date | None = None, until: date | None = None,
) -> GroupPlan:  # fmt: skip
    """What the file would change, and all that is wrong with it. Writes nothing."""
    if kind not in KINDS:
        raise Invalid({"kind": _("Please choose what the file lists.")})
    if since and until and until <= since:
        raise Invalid({"until": _("The end is not after the beginning.")})
    read = read_groups(file, kind=kind, lessons=lessons, since=since, until=until)
    return compare(read, today=reporting_day(now))


def apply_import(
    *, file: NamedFile, kind: str, actor: Actor, now: datetime, lessons: Lessons = (),
    since: date | None = None, until: date | None = None,
) -> GroupPlan:  # fmt: skip
    """Carry out the plan. Raises `GroupFileProblems` with every problem, `GroupsChanged`."""
    try:
        with transaction.atomic():
            plan = plan_import(
                file=file, kind=kind, now=now, lessons=lessons, since=since, until=until
            )
            if plan.errors:
                raise GroupFileProblems(plan)
            if not plan.is_empty:
                _write(plan)
                audit.record(
                    verb="groups.import.applied", actor=actor, subject=None, now=now,
                    kind=kind, file=file.name, counts=plan.counts(),
                )  # fmt: skip
    except IntegrityError as error:  # another import wrote the same rows first
        raise GroupsChanged from error
    return plan


def _write(plan: GroupPlan) -> None:
    for line in plan.floors:
        RoomFloor.objects.update_or_create(
            building=line.building, room=line.room, defaults={"floor": line.floor}
        )
    Group.objects.bulk_create(
        (Group(kind=plan.kind, code=code, name=name) for code, name in plan.groups_added.items()),
        batch_size=_BATCH,
    )
    for code, name in plan.groups_renamed.items():
        Group.objects.filter(kind=plan.kind, code=code).update(name=name)
    pk_of = dict(Group.objects.filter(kind=plan.kind).values_list("code", "pk"))
    _write_members(plan, pk_of)
    _write_sessions(plan, pk_of)


def _write_members(plan: GroupPlan, pk_of: dict[str, int]) -> None:
    ended: dict[date, list[int]] = {}
    for pk, day in plan.members_ended:
        ended.setdefault(day, []).append(pk)
    for day, pks in ended.items():
        for start in range(0, len(pks), _BATCH):
            rows = GroupMember.objects.filter(pk__in=pks[start : start + _BATCH])
            rows.filter(held_from__gte=day).delete()  # it never came to be
            rows.update(held_until=day)
    GroupMember.objects.bulk_create(
        (
            GroupMember(
                group_id=pk_of[code], person_id=person, seat=seat, held_from=since, held_until=until
            )
            for code, person, seat, since, until in plan.members_added
        ),
        batch_size=_BATCH,
    )


def _write_sessions(plan: GroupPlan, pk_of: dict[str, int]) -> None:
    for start in range(0, len(plan.sessions_dropped), _BATCH):
        Session.objects.filter(pk__in=plan.sessions_dropped[start : start + _BATCH]).delete()
    Session.objects.bulk_create(
        (
            Session(group_id=pk_of[code], begins_at=begins_at, ends_at=ends_at, place=place)
            for (code, begins_at), (ends_at, place) in plan.sessions_added.items()
        ),
        batch_size=_BATCH,
    )
    codes = {code for (code, _at), _person, _seat in plan.attendances_added}
    rows = Session.objects.filter(group_id__in=[pk_of[code] for code in codes])
    session_of = {
        (group, begins_at): pk
        for pk, group, begins_at in rows.values_list("pk", "group_id", "begins_at")
    }
    Attendance.objects.bulk_create(
        (
            Attendance(session_id=session_of[pk_of[code], at], person_id=person, seat=seat)
            for (code, at), person, seat in plan.attendances_added
        ),
        batch_size=_BATCH,
    )
