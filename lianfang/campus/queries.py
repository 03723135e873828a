"""What gate and dormitory recorded on a day. Never asked over many days at once."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from lianfang.campus.models import Batch, EveningCheck, GatePassage


def passages_on(day: date) -> dict[int, list[GatePassage]]:
    """Each person's passages of that day, in order."""
    found: dict[int, list[GatePassage]] = {}
    for one in GatePassage.objects.filter(day=day).order_by("at", "id"):
        found.setdefault(one.person_id, []).append(one)
    return found


def evening_of(day: date) -> dict[int, EveningCheck]:
    """The last look of that evening at each person's room."""
    return {one.person_id: one for one in EveningCheck.objects.filter(day=day).order_by("at", "id")}


def batches() -> QuerySet[Batch]:
    return Batch.objects.select_related("imported_by").order_by("-imported_at", "-id")


def days_of(batch: Batch) -> list[date]:
    rows = GatePassage if batch.kind == Batch.Kind.GATE else EveningCheck
    found = rows._default_manager.filter(batch=batch).values_list("day", flat=True)
    return sorted(set(found))
