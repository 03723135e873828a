"""How far a campaign has come, person by person and in numbers; who rings whom next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Concat

from lianfang.notifications.models import Delivery, Message
from lianfang.outreach.models import (
    Article,
    ArticleVersion,
    CallTask,
    Campaign,
    GroupPosting,
    PhoneCorrection,
    Recipient,
    UnitGroup,
)
from lianfang.roster.models import UnitLink
from lianfang.roster.queries import held_on


class Standing(StrEnum):
    """How far one person is: accepted is not delivered, delivered is not confirmed."""

    CONFIRMED = "confirmed"
    TOLD = "told"
    READ = "read"
    DELIVERED = "delivered"
    SENT = "sent"
    QUEUED = "queued"
    FAILED = "failed"
    WAITING = "waiting"  # no step was taken for this person yet


@dataclass(frozen=True, slots=True)
class Progress:
    """One person of a campaign: where it stands, and since when."""

    recipient: Recipient
    standing: Standing
    at: datetime | None


@dataclass(frozen=True, slots=True)
class _Carried:
    queued_at: datetime | None
    read_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    turns: int
    failed: int


def newest_versions(*, day: date | None = None) -> QuerySet[ArticleVersion]:
    """The version in force of each article that is not withdrawn; only what still holds on `day`."""
    newest = ArticleVersion.objects.filter(article=OuterRef("article")).order_by("-number")
    found = ArticleVersion.objects.filter(
        article__withdrawn_at__isnull=True, pk=Subquery(newest.values("pk")[:1])
    )
    if day is not None:
        found = found.filter(valid_until__gte=day)
    return found.select_related("written_by").order_by("-written_at")


def version_in_force(article: Article) -> ArticleVersion | None:
    return article.versions.order_by("-number").first()


def _carried(campaign: Campaign, people: Collection[int] | None) -> dict[int, _Carried]:
    """What the post office knows about the letters of each person."""
    letters = Message.objects.filter(topic=campaign.topic, recipient__isnull=False)
    if people is not None:
        letters = letters.filter(recipient_id__in=people)
    read = {
        pk: (queued_at, read_at)
        for pk, queued_at, read_at in letters.order_by()
        .values("recipient_id")
        .annotate(queued=Min("created_at"), read=Max("read_at"))
        .values_list("recipient_id", "queued", "read")
    }
    turns = Delivery.objects.filter(message__topic=campaign.topic).exclude(state="CANCELLED")
    if people is not None:
        turns = turns.filter(message__recipient_id__in=people)
    carried: dict[int, dict[str, Any]] = {
        row["message__recipient_id"]: dict(row)
        for row in turns.order_by()
        .values("message__recipient_id")
        .annotate(
            sent=Max("sent_at"),
            delivered=Max("delivered_at"),
            turns=Count("id"),
            failed=Count("id", filter=Q(state="FAILED")),
            bundled_sent=Max("carried_by__sent_at"),
            bundled_delivered=Max("carried_by__delivered_at"),
        )
    }
    found = {}
    for pk, (queued_at, read_at) in read.items():
        row: dict[str, Any] = carried.get(pk, {})
        found[pk] = _Carried(
            queued_at=queued_at,
            read_at=read_at,
            sent_at=row.get("sent") or row.get("bundled_sent"),
            delivered_at=row.get("delivered") or row.get("bundled_delivered"),
            turns=row.get("turns", 0),
            failed=row.get("failed", 0),
        )
    return found


def _standing(
    confirmed_at: datetime | None, told_at: datetime | None, carried: _Carried | None
) -> tuple[Standing, datetime | None]:
    if confirmed_at is not None:
        return Standing.CONFIRMED, confirmed_at
    if told_at is not None:
        return Standing.TOLD, told_at
    if carried is None:
        return Standing.WAITING, None
    if carried.read_at is not None:
        return Standing.READ, carried.read_at
    if carried.delivered_at is not None:
        return Standing.DELIVERED, carried.delivered_at
    if carried.turns and carried.failed == carried.turns:
        return Standing.FAILED, carried.queued_at
    if carried.sent_at is not None:
        return Standing.SENT, carried.sent_at
    return Standing.QUEUED, carried.queued_at


def progress(recipients: Iterable[Recipient], *, campaign: Campaign) -> list[Progress]:
    """The standing of some people of one campaign, in the order given."""
    wanted = list(recipients)
    carried = _carried(campaign, {one.person_id for one in wanted})
    return [
        Progress(one, *_standing(one.confirmed_at, one.told_at, carried.get(one.person_id)))
        for one in wanted
    ]


def counts(campaign: Campaign, *, units: Collection[int] | None = None) -> Counter[Standing]:
    """How many people stand where; of these units, or of all."""
    recipients = campaign.recipients.all()
    if units is not None:
        recipients = recipients.filter(unit_id__in=units)
    carried = _carried(campaign, None)
    rows = recipients.values_list("person_id", "confirmed_at", "told_at")
    return Counter(
        _standing(confirmed_at, told_at, carried.get(person))[0]
        for person, confirmed_at, told_at in rows
    )


def counts_by_unit(campaign: Campaign) -> list[tuple[int, int, int]]:
    """Unit, people, and how many of them confirmed or were told."""
    settled = Q(confirmed_at__isnull=False) | Q(told_at__isnull=False)
    rows = campaign.recipients.values("unit_id").annotate(
        n=Count("id"), settled=Count("id", filter=settled)
    )
    return list(
        rows.order_by("unit__position", "unit__code").values_list("unit_id", "n", "settled")
    )


def silent_people(campaign_id: int) -> QuerySet[Recipient]:
    """Who has neither confirmed nor been told."""
    return Recipient.objects.filter(
        campaign_id=campaign_id, confirmed_at__isnull=True, told_at__isnull=True
    )


def open_calls() -> QuerySet[CallTask]:
    """Everybody to be rung, whose turn is soonest first."""
    return (
        CallTask.objects.filter(next_try_at__isnull=False)
        .select_related(
            "recipient__person", "recipient__unit", "recipient__campaign__version", "assigned_to"
        )
        .order_by("next_try_at", "id")
    )


def calls_of(person_id: int) -> QuerySet[CallTask]:
    return open_calls().filter(assigned_to_id=person_id)


def open_corrections() -> QuerySet[PhoneCorrection]:
    """Wrong numbers that the roster still has."""
    return (
        PhoneCorrection.objects.filter(
            withdrawn_at__isnull=True, person__phone_index=F("wrong_index")
        )
        .select_related("person", "unit", "noted_by")
        .order_by("noted_at")
    )


# ---------------------------------------------------------------- QQ groups

QQ = "onebot:group:"  # what the post office calls a QQ group


@dataclass(frozen=True, slots=True)
class Carrier:
    """The group in which the people of a unit read something: their own, or that of a unit above."""

    unit_id: int
    number: str


def groups_of(unit_ids: Iterable[int]) -> dict[int, str]:
    """Unit to the number of its own QQ group, where one was noted."""
    rows = UnitGroup.objects.filter(unit_id__in=list(unit_ids), ended_at__isnull=True)
    return dict(rows.values_list("unit_id", "number"))


def carriers_of(unit_ids: Iterable[int], *, day: date) -> dict[int, Carrier]:
    """Unit to the nearest group at or above it; a unit without any in its line is left out.

    Two units that share a group are carried by the first of them: it hears things once.
    """
    rows = UnitGroup.objects.filter(ended_at__isnull=True).order_by("unit_id")
    numbers = dict(rows.values_list("unit_id", "number"))
    first: dict[str, int] = {}
    for unit_id, number in numbers.items():
        first.setdefault(number, unit_id)
    links = (
        UnitLink.objects.filter(held_on(day), descendant_id__in=list(unit_ids))
        .filter(ancestor_id__in=list(numbers))
        .order_by("-depth")
        .values_list("descendant_id", "ancestor_id")
    )
    nearest = {below: numbers[above] for below, above in links}  # the last one is the nearest
    return {below: Carrier(first[number], number) for below, number in nearest.items()}


def said_by_robot(campaign: Campaign) -> dict[str, tuple[str, datetime | None]]:
    """QQ group to what became of the text that a robot posts there: state, and when it went."""
    turns = Delivery.objects.filter(
        message__topic=campaign.topic, message__recipient__isnull=True, channel="onebot"
    )
    return {
        group.removeprefix(QQ): (state, sent_at)
        for group, state, sent_at in turns.values_list("message__group", "state", "sent_at")
    }


def open_postings(unit_ids: Iterable[int]) -> QuerySet[GroupPosting]:
    """Texts for the groups of these units that somebody still has to post: no robot does, or it
    has failed."""
    failed = Delivery.objects.filter(
        channel="onebot",
        state=Delivery.State.FAILED,
        message__topic=Concat(Value("campaign:"), Cast(OuterRef("campaign_id"), CharField())),
        message__group=Concat(Value(QQ), OuterRef("robot")),
    )
    units = list(unit_ids)
    return (
        GroupPosting.objects.filter(
            Q(through_id__in=units) | Q(through__isnull=True, unit_id__in=units),
            posted_at__isnull=True,
            campaign__ended_at__isnull=True,
        )
        .filter(Q(robot="") | Exists(failed))
        .select_related("campaign", "unit", "through")
        .order_by("asked_at", "id")
    )
