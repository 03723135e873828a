"""A file of key monitoring: days without data explained, what is needed, what was contested."""

from __future__ import annotations

from django.http import HttpRequest

from lianfang.api.once import once
from lianfang.api.routers.common import answers
from lianfang.api.routers.monitoring import again, router, to_act, who
from lianfang.api.shapes.monitoring import FileContestIn, FileExplainIn, FileNeedIn, FileSeenOut
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.usecases import monitoring


@router.post(
    "/monitoring/{file_id}/explain", response=answers(200, FileSeenOut), url_name="file_explain"
)
@once
def explain_gap(request: HttpRequest, file_id: str, body: FileExplainIn) -> FileSeenOut:
    """Why there is no data on these days, and how the person was. Token: `care:write`, for a person."""
    caller, file, seen = to_act(request, file_id)
    monitoring.explain(
        file=file, first_on=body.first_on, last_on=body.last_on, text=body.text, **who(caller)
    )
    return again(file, seen, caller)


@router.post("/monitoring/{file_id}/need", response=answers(200, FileSeenOut), url_name="file_need")
@once
def need_of_file(request: HttpRequest, file_id: str, body: FileNeedIn) -> FileSeenOut:
    """Something is needed: the carer sees to it. Token: `care:write`, for a person."""
    caller, file, seen = to_act(request, file_id)
    monitoring.ask_for(file=file, text=body.text, actor=caller.actor, now=caller.now)
    return again(file, seen, caller)


@router.post(
    "/monitoring/{file_id}/contest", response=answers(200, FileSeenOut), url_name="file_contest"
)
@once
def decide_contest(request: HttpRequest, file_id: str, body: FileContestIn) -> FileSeenOut:
    """The answer to what the person contested: it stands, is corrected, or taken away.

    404 where nothing waits. Token: `care:write`, for a person who decides there.
    """
    caller, file, seen = to_act(request, file_id)
    if not seen.may_decide:
        raise Forbidden
    contest = file.contests.filter(done_at__isnull=True).first()
    if contest is None:
        raise NotYours
    monitoring.answer_contest(
        contest=contest,
        outcome=body.outcome,
        answer=body.answer,
        category=file.category,
        reason=body.reason,
        **who(caller),
    )
    return again(file, seen, caller)
