"""Directives: what may be read, what waits for me, where one stopped, their files."""

from __future__ import annotations

from typing import Annotated

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Query, Router

from lianfang.api import papers
from lianfang.api.access import Caller, caller_of, number_in_address
from lianfang.api.models import Scope
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.directives import (
    AnswersOut,
    DirectiveOut,
    DirectiveRowOut,
    DirectivesOut,
    RelayOut,
    WaitingReceiptsOut,
)
from lianfang.directives import access
from lianfang.directives.answers import answers_of
from lianfang.directives.attachments import bytes_of
from lianfang.directives.models import Directive, DirectiveVersion, Feedback
from lianfang.directives.queries import receipts_for, relay_of, turn_of, version_in_force
from lianfang.kernel.refusals import NotYours
from lianfang.usecases import directives as usecase

router = Router(tags=["directives"])
VersionAsked = Annotated[int | None, Query(ge=1, le=999, description="Else the one in force.")]


@router.get("/directives", response=answers(200, DirectivesOut), url_name="directives")
def list_directives(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> DirectivesOut:
    """Directives that the caller may read, the newest first. Token: `directives:read`."""
    caller = _reader(request)
    latest = DirectiveVersion.objects.filter(directive=OuterRef("pk")).order_by("-number")
    out = latest.filter(published_at__isnull=False)
    found = access.directives_visible_to(caller.sight).annotate(
        title=Subquery(latest.values("title")[:1]),
        urgency=Subquery(latest.values("urgency")[:1]),
        published_number=Subquery(out.values("number")[:1]),
        published_at=Subquery(out.values("published_at")[:1]),
        draft_number=Subquery(latest.filter(published_at__isnull=True).values("number")[:1]),
    )
    mine = {post.unit_id for post in caller.sight.posts}
    shown = [
        one
        for one in found.order_by("-created_at", "-id")
        if one.published_at is not None or one.issuer_id in mine
    ]
    return DirectivesOut(
        total=len(shown), directives=[_row(one) for one in shown[offset : offset + limit]]
    )


def _row(one: Directive) -> DirectiveRowOut:
    extra = one.__dict__
    return DirectiveRowOut(
        id=one.pk,
        number=one.number,
        issuer=one.issuer.code,
        title=extra["title"],
        urgency=extra["urgency"],
        version=extra["published_number"],
        published_at=extra["published_at"],
        withdrawn_at=one.withdrawn_at,
        has_draft=extra["draft_number"] is not None,
    )


@router.get("/directives/mine", response=answers(200, WaitingReceiptsOut), url_name="my_directives")
def my_directives(request: HttpRequest) -> WaitingReceiptsOut:
    """What waits for this person, the most pressing first. Token: `directives:read`, for a person."""
    caller = _reader(request)
    receipts = receipts_for(caller.doer, posts=caller.sight.posts).filter(
        version__superseded_at=None, version__directive__withdrawn_at=None
    )
    turns = [(turn, one) for one in receipts if (turn := turn_of(one, now=caller.now))]
    turns.sort(key=lambda pair: (pair[0].due_at, pair[1].pk))
    return WaitingReceiptsOut(receipts=[papers.part_out(one, caller=caller) for _t, one in turns])


@router.get("/directives/{directive_id}", response=answers(200, DirectiveOut), url_name="directive")
def one_directive(
    request: HttpRequest, directive_id: str, version: VersionAsked = None
) -> DirectiveOut:
    """The words in force, the draft for those who work on it, one's own part. `directives:read`.

    For a person the look is kept as read.
    """
    caller = _reader(request)
    return shown(_directive(directive_id, caller), caller, version=version)


def shown(found: Directive, caller: Caller, *, version: int | None = None) -> DirectiveOut:
    draft = access.draft_of(found, sight=caller.sight)
    asked = (
        access.version_of(found, version, sight=caller.sight)
        if version
        else version_in_force(found) or draft
    )
    if asked is None:
        raise NotYours
    parts = []
    if caller.person is not None and asked.is_published:
        receipts = receipts_for(caller.person, posts=caller.sight.posts)
        parts = list(receipts.filter(version=asked, delivered_at__isnull=False))
        for receipt in parts:
            usecase.mark_read(receipt=receipt, by=caller.person, now=caller.now)
    return DirectiveOut(
        id=found.pk,
        number=found.number,
        issuer=found.issuer.code,
        withdrawn_at=found.withdrawn_at,
        withdrawn_why=found.withdrawn_why,
        version=papers.version_out(asked, caller),
        draft=papers.version_out(draft, caller) if draft else None,
        parts=[papers.part_out(one, caller=caller) for one in parts],
        to_judge=_to_judge(asked, caller),
    )


def _to_judge(version: DirectiveVersion, caller: Caller) -> list[int]:
    waiting = Feedback.objects.filter(
        receipt__version=version,
        is_accepted__isnull=True,
        receipt__unit_id__in=caller.figure_units,
    ).select_related("receipt__parent", "receipt__version__directive")
    return [
        one.pk
        for one in waiting.order_by("given_at", "id")
        if access.judges(one.receipt, sight=caller.sight)
    ]


@router.get(
    "/directives/{directive_id}/relay", response=answers(200, RelayOut), url_name="directive_relay"
)
def relay(request: HttpRequest, directive_id: str, version: VersionAsked = None) -> RelayOut:
    """Where did it stop, since when, whose turn is it. Token: `directives:read`."""
    caller = _reader(request)
    asked = _version(_directive(directive_id, caller), version, caller)
    return papers.relay_out(relay_of(asked, now=caller.now), caller=caller)


@router.get(
    "/directives/{directive_id}/feedback",
    response=answers(200, AnswersOut),
    url_name="directive_feedback",
)
def feedback(request: HttpRequest, directive_id: str, version: VersionAsked = None) -> AnswersOut:
    """What came back: text, numbers and evidence of each unit in sight, and the numbers added up.

    Token: `directives:read`. A unit's own, and those of the units below one's own.
    """
    caller = _reader(request)
    asked = _version(_directive(directive_id, caller), version, caller)
    given = answers_of(asked, relay_of(asked, now=caller.now), sight=caller.sight)
    return papers.answers_out(given, asked, caller)


@router.get(
    "/files/{file_id}",
    response=answers(200, None),
    url_name="file",
    openapi_extra={
        "responses": {
            200: {"description": "The file.", "content": {"application/octet-stream": {}}}
        }
    },
)
def file(request: HttpRequest, file_id: str) -> HttpResponse:
    """A file of a directive, a feedback or a matter that is open to the caller. `directives:read`."""
    caller = _reader(request)
    found = access.attachment(number_in_address(file_id), sight=caller.sight)
    answer = HttpResponse(bytes_of(found), content_type=found.kind)
    disposition = content_disposition_header(True, found.name)
    answer.headers["Content-Disposition"] = disposition or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _reader(request: HttpRequest) -> Caller:
    caller = caller_of(request)
    caller.needs(Scope.DIRECTIVES_READ)
    return caller


def _directive(directive_id: str, caller: Caller) -> Directive:
    return access.directive(number_in_address(directive_id), sight=caller.sight)


def _version(found: Directive, number: int | None, caller: Caller) -> DirectiveVersion:
    """The version that is asked for, else the one in force."""
    one = (
        access.version_of(found, number, sight=caller.sight) if number else version_in_force(found)
    )
    if one is None:
        raise NotYours
    return one
