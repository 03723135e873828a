"""Importing a roster: a dry run first, and only when somebody says so, the thing itself."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import File, Form, Router, UploadedFile
from pydantic import Field

from lianfang.api.access import Caller, caller_of
from lianfang.api.contacting import problem_out
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import answers
from lianfang.api.schemas import Day, Strict
from lianfang.api.shapes.people import ImportOut
from lianfang.kernel.refusals import Forbidden, Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.changes import ImportPlan
from lianfang.roster.imports.reading import RosterFiles
from lianfang.roster.imports.sheets import NamedFile
from lianfang.usecases import roster_import
from lianfang.usecases.roster_import import ImportHasProblems

router = Router(tags=["roster"])


class ImportForm(Strict):
    """Beside the files."""

    as_of: Day | None = Field(default=None, description="Today in Shanghai if not given.")
    dry_run: bool = True
    college: str = Field(default="", max_length=120)
    confirm_gone: bool = Field(
        default=False, description="More than a fifth of the people would leave the roster."
    )
    digest: str = Field(default="", max_length=64, description="The plan that was confirmed.")


@router.post("/roster/import", response=answers(200, ImportOut), url_name="roster_import")
@once
def import_roster(
    request: HttpRequest,
    form: Form[ImportForm],
    file: Annotated[UploadedFile | None, File()] = None,
    party: Annotated[UploadedFile | None, File()] = None,
    posts: Annotated[UploadedFile | None, File()] = None,
) -> ImportOut:
    """What the files would change, and every problem with its row and column.

    Nothing is written while `dry_run` is true, which it is unless told otherwise. Token:
    `roster:write` of the whole college. Session: an operator.
    """
    caller = caller_of(request)
    _check(caller)
    files = RosterFiles(roster=_named(file), party=_named(party), posts=_named(posts))
    if not files:
        raise Invalid({"file": _("Send at least one file.")})
    as_of = form.as_of or caller.today
    if form.dry_run:
        plan = roster_import.plan_import(
            files=files, as_of=as_of, now=caller.now, college=form.college
        )
        return _told(plan, applied=False)
    try:
        plan = roster_import.apply_import(
            files=files,
            as_of=as_of,
            actor=caller.actor,
            now=caller.now,
            college=form.college,
            confirm_gone=form.confirm_gone,
            digest=form.digest,
        )
    except ImportHasProblems as refused:
        return _told(refused.plan, applied=False)
    return _told(plan, applied=True)


def _check(caller: Caller) -> None:
    caller.needs(Scope.ROSTER_WRITE)
    if caller.visit is not None and not caller.visit.account.is_operator:
        raise Forbidden
    if caller.integration is not None and caller.integration.unit_id is not None:
        raise Forbidden  # a roster is the whole college's


def _named(file: UploadedFile | None) -> NamedFile | None:
    return NamedFile(name=str(file.name), data=file.read()) if file else None


def _told(plan: ImportPlan, *, applied: bool) -> ImportOut:
    return ImportOut(
        applied=applied,
        as_of=plan.as_of,
        digest=plan.digest,
        counts=plan.counts(),
        problems=[problem_out(problem) for problem in plan.problems],
    )
