"""Questions about questions: what waits, and what the comparison is made of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

import numpy as np
from django.db.models import QuerySet

from lianfang.doubts.copied import Reports
from lianfang.doubts.models import Asked, Contradiction, Question, Trace


def reports_until(day: date, *, days: int) -> Reports:
    """The traces of a window as columns."""
    rows = Trace.objects.filter(day__gt=day - timedelta(days=days), day__lte=day)
    found = list(rows.values_list("person_id", "unit_id", "day", "second", "mark"))
    marks: dict[str, int] = {"": 0}
    columns = np.array(
        [
            (person, unit, on.toordinal(), second, marks.setdefault(mark, len(marks)))
            for person, unit, on, second, mark in found
        ],
        dtype=np.int64,
    ).reshape(-1, 5)
    return Reports(*columns.T)


def not_again(day: date) -> set[int]:
    """People about whom a question waits, or was answered so lately that it is not asked again."""
    open_now = Asked.objects.filter(question__state=Question.State.OPEN)
    quiet = Asked.objects.filter(question__quiet_until__gt=day)
    return set(open_now.values_list("person_id", flat=True)) | set(
        quiet.values_list("person_id", flat=True)
    )


def questions_of(units: Collection[int], *, waiting: bool) -> QuerySet[Question]:
    found = Question.objects.filter(unit_id__in=units).select_related("unit", "answered_by")
    if waiting:
        return found.filter(state=Question.State.OPEN).order_by("asked_at", "id")
    return found.exclude(state=Question.State.OPEN).order_by("-answered_at", "-id")


def contradictions_of(units: Collection[int], *, waiting: bool) -> QuerySet[Contradiction]:
    found = Contradiction.objects.filter(unit_id__in=units).select_related(
        "person", "unit", "closed_by"
    )
    if waiting:
        return found.filter(state=Contradiction.State.OPEN).order_by("day", "id")
    return found.exclude(state=Contradiction.State.OPEN).order_by("-closed_at", "-id")
