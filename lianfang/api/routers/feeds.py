"""Calendar addresses of shifts and rosters; each can be revoked."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from lianfang.api.access import number_in_address
from lianfang.api.once import once
from lianfang.api.routers.common import answers
from lianfang.api.shapes.duty import RemovedOut
from lianfang.api.shapes.reach import FeedIn, FeedOut, FeedsOut
from lianfang.api.shifts import unit_to_see, writer
from lianfang.duty.models import FeedAddress
from lianfang.kernel.refusals import NotYours
from lianfang.usecases import duty_roster

router = Router(tags=["duty"])


@router.get("/duty/feeds", response=answers(200, FeedsOut), url_name="feeds")
def list_feeds(request: HttpRequest) -> FeedsOut:
    """The calendar addresses of this person that work. Token: `duty:write`, for a person."""
    caller = writer(request)
    mine = FeedAddress.objects.filter(owner=caller.doer, revoked_at__isnull=True)
    rows = mine.select_related("person", "unit").order_by("-created_at", "-id")[:50]
    return FeedsOut(feeds=[_feed(one, request) for one in rows])


@router.post("/duty/feeds", response=answers(201, FeedOut), url_name="feeds")
def open_feed(request: HttpRequest, body: FeedIn) -> Status[FeedOut]:
    """A new address, of one's own shifts or of a unit's roster. `duty:write`, for a person.

    Takes no Idempotency-Key: an address is a secret and is kept in no answer.
    """
    caller = writer(request)
    owner = caller.doer
    unit = unit_to_see(body.unit, caller) if body.unit else None
    feed = duty_roster.open_feed(
        person=None if unit else owner,
        unit=unit,
        owner=owner,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, _feed(feed, request))


@router.post(
    "/duty/feeds/{feed_id}/revoke", response=answers(200, RemovedOut), url_name="revoke_feed"
)
@once
def revoke_feed(request: HttpRequest, feed_id: str) -> RemovedOut:
    """The address is closed; calendars that used it stay as they were. `duty:write`, for a person."""
    caller = writer(request)
    feed = FeedAddress.objects.filter(pk=number_in_address(feed_id), owner=caller.doer).first()
    if feed is None:
        raise NotYours
    duty_roster.revoke_feed(feed=feed, actor=caller.actor, now=caller.now)
    return RemovedOut(id=feed.pk)


def _feed(feed: FeedAddress, request: HttpRequest) -> FeedOut:
    return FeedOut(
        id=feed.pk,
        of=feed.unit.code if feed.unit else "me",
        address=request.build_absolute_uri(duty_roster.feed_path(feed)),
        created_at=feed.created_at,
        last_read_at=feed.last_read_at,
    )
