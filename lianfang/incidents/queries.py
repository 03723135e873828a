"""Questions about incidents."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from lianfang.incidents.models import Incident
from lianfang.roster.models import Person


def open_incidents() -> QuerySet[Incident]:
    """Everything that is not closed; what nobody has answered comes first, oldest first."""
    return (
        Incident.objects.exclude(state=Incident.State.CLOSED)
        .select_related("person", "unit", "acknowledged_by")
        .order_by("-state", "opened_at")
    )


def open_in(unit_ids: Iterable[int]) -> QuerySet[Incident]:
    return open_incidents().filter(unit_id__in=list(unit_ids))


def open_of(person: Person) -> Incident | None:
    return open_incidents().filter(person=person).first()
