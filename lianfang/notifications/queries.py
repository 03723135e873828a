"""Questions about the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from lianfang.installation.due import Waiting
from lianfang.notifications.channels.reading import Problem
from lianfang.notifications.models import Delivery, Message, ParkedAnswer, ProviderState
from lianfang.notifications.outlets import PROVIDERS, usable
from lianfang.notifications.rules import Rank
from lianfang.roster.models import Person

ANSWERABLE_FOR = timedelta(days=3)


def _of_rank(rank: Rank) -> Waiting:
    return Waiting(lambda now: Delivery.objects.filter(rank=rank, next_due_at__lte=now))


# One look for each rank, so that the index ends each look at the first row that is not due.
WAITING = {rank: _of_rank(rank) for rank in Rank}


def inbox(person: Person) -> QuerySet[Message]:
    """What was written to a person; a bundle repeats what stands here already."""
    return Message.objects.filter(recipient=person, is_bundle=False).order_by("-created_at")


def gateway_states(*, since: datetime) -> list[dict[str, object]]:
    """Each channel since a moment: what waits, fails, went out. For the gateways page."""
    counted = (
        Delivery.objects.filter(message__created_at__gte=since)
        .values("channel")
        .annotate(
            queued=Count("id", filter=Q(state__in=["QUEUED", "SENDING"])),
            held=Count("id", filter=Q(state="HELD")),
            retrying=Count("id", filter=Q(state="RETRYING")),
            failed=Count("id", filter=Q(state="FAILED")),
            sent=Count("id", filter=Q(state__in=["SENT", "DELIVERED"])),
            delivered=Count("id", filter=Q(state="DELIVERED")),
            bundled=Count("id", filter=Q(state="BUNDLED")),
            last_sent_at=Max("sent_at"),
        )
        .order_by("channel")
    )
    return [dict(row) for row in counted]


def troubled(*, since: datetime) -> QuerySet[Delivery]:
    """Letters that failed or are being retried, newest first."""
    return (
        Delivery.objects.filter(message__created_at__gte=since, state__in=["RETRYING", "FAILED"])
        .select_related("message__recipient")
        .order_by("-message__created_at", "position")
    )


def is_anything_due(*, now: datetime) -> bool:
    """Whether a worker would find a letter to take now."""
    return any(waiting.is_any(now) for waiting in WAITING.values())


def channel_problems() -> tuple[Problem, ...]:
    """What is wrong with the channel settings; the sound channels work on meanwhile.

    `problem.in_words(gettext)` says it in the language of the page.
    """
    return usable().problems


@dataclass(frozen=True, slots=True)
class ProviderHealth:
    """One provider as the gateways page shows it. `state` is None before its first probe."""

    code: str
    kind: str
    is_probed: bool
    reports_back: bool
    state: ProviderState | None

    @property
    def is_degraded(self) -> bool:
        return self.state is not None and self.state.degraded_at is not None


def provider_health() -> list[ProviderHealth]:
    """Texts, then calls: the providers in the order in which the next letter would try them."""
    outlets = usable()
    states = ProviderState.objects.in_bulk()
    rows = [
        ProviderHealth(
            code=code,
            kind=kind,
            is_probed=bool(outlets.probe_of(code)[0]),
            reports_back=code in outlets.callbacks,
            state=states.get(code),
        )
        for kind, codes in PROVIDERS.items()
        for code in codes
        if code in outlets.channels
    ]
    order = list(PROVIDERS)
    return sorted(rows, key=lambda row: (order.index(row.kind), row.is_degraded))


def parked_answers() -> QuerySet[ParkedAnswer]:
    """SMS answers that wait for a human, oldest first. For the gateways page."""
    return ParkedAnswer.objects.filter(settled_at__isnull=True).order_by("received_at")


def answerable_letters(*, phone_index: str, now: datetime) -> QuerySet[Message]:
    """Open letters that went to this phone and ask for an answer, alone or in a bundle."""
    if not phone_index:
        return Message.objects.none()
    went = [Delivery.State.SENDING, Delivery.State.RETRYING, *_HANDED_OVER]
    return (
        Message.objects.filter(
            Q(deliveries__state__in=went)
            | Q(deliveries__state="BUNDLED", deliveries__carried_by__state__in=_HANDED_OVER),
            recipient__phone_index=phone_index,
            deliveries__channel="sms",
            closed_at__isnull=True,
            created_at__gt=now - ANSWERABLE_FOR,
        )
        .exclude(answer_code="")
        .distinct()
    )


_HANDED_OVER = [Delivery.State.SENT, Delivery.State.DELIVERED]
