"""Files that are taken in: records of gate and dormitory, groups of people who meet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from django.db.models import Count
from django.http import HttpRequest
from ninja import File, Form, Router, UploadedFile

from lianfang.api.access import Caller, caller_of
from lianfang.api.contacting import problem_out
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.records import (
    BatchOfRecordsOut,
    GroupKindOut,
    GroupsForm,
    GroupsImportOut,
    GroupsOut,
    RecordFilesOut,
    RecordsForm,
    RecordsOut,
)
from lianfang.campus import access, queries
from lianfang.groups.models import Group, GroupMember, Session
from lianfang.kernel.refusals import Forbidden, Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.problems import errors
from lianfang.roster.imports.sheets import MAX_BYTES, NamedFile
from lianfang.roster.queries import held_on
from lianfang.usecases import campus_records, group_import
from lianfang.usecases.group_import import GroupFileProblems

router = Router(tags=["records"])
Sent = Annotated[UploadedFile | None, File()]


@router.get("/records", response=answers(200, RecordFilesOut), url_name="records")
def record_files(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> RecordFilesOut:
    """Which files of gate and dormitory were taken in; nobody reads them as a list.

    Token: `care:read`, for a duty officer of the committee. Session: an operator as well.
    """
    caller = _importer(request, Scope.CARE_READ)
    found = queries.batches()
    return RecordFilesOut(
        keep_days=campus_records.keep_days(caller.now),
        total=found.count(),
        files=[
            BatchOfRecordsOut(
                kind=one.kind,
                file_name=one.file_name,
                rows=one.rows,
                imported_at=one.imported_at,
            )
            for one in found[offset : offset + limit]
        ],
    )


@router.post("/records/import", response=answers(200, RecordsOut), url_name="records_import")
@once
def import_records(request: HttpRequest, form: Form[RecordsForm], file: Sent = None) -> RecordsOut:
    """Try a file of the gate or the dormitory, or store it whole; 409 for the same file again.

    Token: `care:write`, for a duty officer of the committee. Session: an operator as well.
    """
    caller = _importer(request, Scope.CARE_WRITE)
    sent = _named(file)
    plan = campus_records.plan(kind=form.kind, file=sent, now=caller.now)
    applied = not form.dry_run and not errors(plan.problems)
    if applied:
        campus_records.apply(
            kind=form.kind, file=sent, by=caller.person, actor=caller.actor, now=caller.now
        )
    return RecordsOut(
        applied=applied,
        rows=len(plan.rows),
        repeated=plan.repeated,
        days=plan.days,
        problems=[problem_out(one) for one in plan.problems],
    )


@router.get("/groups", response=answers(200, GroupsOut), url_name="groups")
def list_groups(request: HttpRequest) -> GroupsOut:
    """How many courses, tables and activities are stored; figures only.

    Token: `roster:write` of the whole college. Session: an operator.
    """
    caller = caller_of(request)
    caller.needs_operator(Scope.ROSTER_WRITE)
    members = dict(
        GroupMember.objects.filter(held_on(caller.today))
        .values_list("group__kind")
        .annotate(n=Count("person", distinct=True))
    )
    meetings = dict(Session.objects.values_list("group__kind").annotate(n=Count("id")))
    rows = Group.objects.values_list("kind").annotate(n=Count("id")).order_by("kind")
    kinds = [
        GroupKindOut(
            kind=kind, groups=n, people=members.get(kind, 0), meetings=meetings.get(kind, 0)
        )
        for kind, n in rows
    ]
    return GroupsOut(total=len(kinds), kinds=kinds)


@router.post("/groups/import", response=answers(200, GroupsImportOut), url_name="groups_import")
@once
def import_groups(
    request: HttpRequest, form: Form[GroupsForm], file: Sent = None
) -> GroupsImportOut:
    """Who shares a course, a table, an activity: tried, or stored whole.

    Token: `roster:write` of the whole college. Session: an operator.
    """
    caller = caller_of(request)
    caller.needs_operator(Scope.ROSTER_WRITE)
    try:
        plan = group_import.take_in(
            file=_named(file),
            kind=form.kind,
            since=form.since,
            until=form.until + timedelta(days=1) if form.until and form.until < date.max else None,
            apply=not form.dry_run,
            actor=caller.actor,
            now=caller.now,
        )
    except GroupFileProblems as refused:
        told = [problem_out(one) for one in refused.plan.problems]
        return GroupsImportOut(applied=False, counts={}, problems=told)
    return GroupsImportOut(
        applied=not form.dry_run,
        counts=plan.counts(),
        problems=[problem_out(one) for one in plan.problems],
    )


def _importer(request: HttpRequest, scope: Scope) -> Caller:
    """Records are the whole college's; a token acts for whoever may bring them in."""
    caller = caller_of(request)
    caller.needs(scope)
    if caller.integration is not None:
        caller.needs_somebody()
        if caller.integration.unit_id is not None:
            raise Forbidden
    if not access.may_import(caller.sight):
        raise Forbidden
    return caller


def _named(file: UploadedFile | None) -> NamedFile:
    if file is None:
        raise Invalid({"file": _("Please choose a file.")})
    if (file.size or 0) > MAX_BYTES:
        raise Invalid({"file": _("Please choose a file of at most 20 MB.")})
    return NamedFile((file.name or "list")[:120], file.read())
