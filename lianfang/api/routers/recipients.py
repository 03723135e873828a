"""The people of a campaign: how far each was reached, by name where that may be known."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpRequest

from lianfang.api import outreaching
from lianfang.api.access import Caller
from lianfang.api.outreaching import (
    is_token_itself,
    person_out,
    reader,
)
from lianfang.api.routers.campaigns import router
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.outreach import (
    LetterStateOut,
    RecipientOut,
    RecipientsOut,
)
from lianfang.notifications.models import Delivery
from lianfang.outreach import queries
from lianfang.outreach.models import Campaign
from lianfang.usecases import looks


@router.get(
    "/campaigns/{campaign_id}/people",
    response=answers(200, RecipientsOut),
    url_name="campaign_people",
)
def campaign_people(
    request: HttpRequest,
    campaign_id: str,
    silent: bool = True,
    limit: Limit = 50,
    offset: Offset = 0,
) -> RecipientsOut:
    """Where each person stands, with the state of each way: of the units whose names are open.

    `silent=false` adds those who confirmed or were told. Token: `outreach:read`; names need
    `people:read`.
    """
    caller = reader(request)
    one = outreaching.campaign(campaign_id, caller)
    found = queries.silent_people(one.pk) if silent else one.recipients.all()
    found = found.filter(unit_id__in=_named(one, caller)).select_related("person", "unit")
    rows = found.order_by("unit__position", "person__name_key", "id")
    page = list(rows[offset : offset + limit])
    people = [row.person_id for row in page]
    if one.is_telling:
        looks.audience_seen(people=people, actor=caller.actor, now=caller.now)
    letters = _letters(one, people)
    return RecipientsOut(
        campaign=one.pk,
        total=found.count(),
        people=[
            RecipientOut(
                person=person_out(row.recipient.person, row.recipient.unit_id, one, caller),
                unit=row.recipient.unit.code,
                standing=row.standing.value,
                at=row.at,
                confirmed_at=row.recipient.confirmed_at,
                how=row.recipient.how,
                first_choice_right=row.recipient.is_right,
                letters=letters[row.recipient.person_id],
            )
            for row in queries.progress(page, campaign=one)
        ],
    )


def _named(one: Campaign, caller: Caller) -> frozenset[int]:
    """Whom key monitoring or a place means is health or travel: named where such facts are."""
    if one.is_telling and not is_token_itself(caller):
        return frozenset(caller.sight.event_units)
    return frozenset(caller.sight.name_units)


def _letters(one: Campaign, people: list[int]) -> defaultdict[int, list[LetterStateOut]]:
    found: defaultdict[int, list[LetterStateOut]] = defaultdict(list)
    turns = Delivery.objects.filter(
        message__topic=one.topic, message__recipient_id__in=people
    ).select_related("message")
    for turn in turns.order_by("message_id", "position"):
        found[turn.message.recipient_id or 0].append(
            LetterStateOut(
                channel=turn.channel,
                state=turn.state,
                attempts=turn.attempts,
                sent_at=turn.sent_at,
                delivered_at=turn.delivered_at,
                code=turn.code,
            )
        )
    return found
