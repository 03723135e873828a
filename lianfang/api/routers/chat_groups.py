"""The groups in which a robot posts, unit by unit."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from lianfang.api.outreaching import reader, told_units
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.outreach import GroupOut
from lianfang.kernel.refusals import Forbidden
from lianfang.outreach import queries
from lianfang.roster.models import Unit

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
