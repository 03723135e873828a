"""The groups of the units: in which a robot posts, or somebody who ticks it."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from lianfang.api.access import number_in_address
from lianfang.api.once import once
from lianfang.api.outreaching import posting_out, reader, told_units, writer
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.outreach import GroupIn, GroupOut, PostingOut
from lianfang.kernel.refusals import Forbidden
from lianfang.outreach import access, queries
from lianfang.roster.models import Unit
from lianfang.usecases import campaigns

router = Router(tags=["outreach"])
_KINDS = (Unit.Kind.COLLEGE, Unit.Kind.DEPARTMENT, Unit.Kind.OFFICE, Unit.Kind.CLASS)


class ChatGroupsOut(Schema):
    """`number` is empty for a unit without a group of its own."""

    total: int
    groups: list[GroupOut]


@router.get("/chat-groups", response=answers(200, ChatGroupsOut), url_name="chat_groups")
def list_chat_groups(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> ChatGroupsOut:
    """The QQ group of each unit that one may write to. Token: `outreach:read`."""
    caller = reader(request)
    told = told_units(caller)
    if not told:
        raise Forbidden
    units = Unit.objects.filter(pk__in=told, kind__in=_KINDS, closed_on__isnull=True)
    page = list(units.order_by("position", "code")[offset : offset + limit])
    numbers = queries.groups_of(unit.pk for unit in page)
    return ChatGroupsOut(
        total=units.count(),
        groups=[GroupOut(unit=one.code, number=numbers.get(one.pk, "")) for one in page],
    )


@router.post("/postings/{posting_id}/posted", response=answers(200, PostingOut), url_name="posted")
@once
def mark_posted(request: HttpRequest, posting_id: str) -> PostingOut:
    """I have posted the text in the group of the unit. Token: `outreach:write`, for a person."""
    caller = writer(request)
    by = caller.doer
    posting = access.posting(number_in_address(posting_id), sight=caller.sight)
    campaigns.mark_posted(posting=posting, by=by, actor=caller.actor, now=caller.now)
    posting.refresh_from_db()
    return posting_out(posting)


@router.post("/units/{code}/group", response=answers(200, GroupOut), url_name="unit_group")
@once
def set_group(request: HttpRequest, code: str, body: GroupIn) -> GroupOut:
    """The QQ group of a unit in which a robot posts; empty ends it. Token: `outreach:write`."""
    caller = writer(request)
    unit = caller.unit(code)
    if unit.pk not in told_units(caller):
        raise Forbidden
    made = campaigns.set_group(
        unit=unit, number=body.number, by=caller.person, actor=caller.actor, now=caller.now
    )
    return GroupOut(unit=unit.code, number=made.number if made else "")
