"""Questions about the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from lianfang.notifications.models import Delivery, Message
from lianfang.roster.models import Person


def inbox(person: Person) -> QuerySet[Message]:
    return Message.objects.filter(recipient=person).order_by("-created_at")


def gateway_states(*, since: datetime) -> list[dict[str, object]]:
    """Each channel since a moment: what waits, fails, went out. For the gateways page."""
    return list(
        Delivery.objects.filter(message__created_at__gte=since)
        .values("channel")
        .annotate(
            queued=Count("id", filter=Q(state__in=["QUEUED", "SENDING"])),
            retrying=Count("id", filter=Q(state="RETRYING")),
            failed=Count("id", filter=Q(state="FAILED")),
            sent=Count("id", filter=Q(state__in=["SENT", "DELIVERED"])),
            last_sent_at=Max("sent_at"),
        )
        .order_by("channel")
    )


def troubled(*, since: datetime) -> QuerySet[Delivery]:
    """Letters that failed or are being retried, newest first."""
    return (
        Delivery.objects.filter(message__created_at__gte=since, state__in=["RETRYING", "FAILED"])
        .select_related("message__recipient")
        .order_by("-message__created_at", "position")
    )


def is_anything_due(*, now: datetime) -> bool:
    """Whether a worker would find a letter to take now, or one that is being sent."""
    return Delivery.objects.filter(next_due_at__lte=now + timedelta(0)).exists()
