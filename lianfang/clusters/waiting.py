"""Signs that wait to be counted: claimed, put off, asked again, placed in their circles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from lianfang.clusters.models import Sign, SignGroup
from lianfang.clusters.rules import Key
from lianfang.groups.queries import groups_of

AT_ONCE = 25  # one count is one transaction, and others write between two of them


def claim_signs(*, now: datetime) -> list[Sign]:
    """The worker's poll: signs that wait to be counted; the caller holds the transaction.

    Two workers at the same moment: the second finds them taken. Counting twice changes nothing.
    """
    due = Sign.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id")
    signs = list(due.select_related("person")[:AT_ONCE])
    claimed = Sign.objects.filter(pk__in=[s.pk for s in signs], next_due_at__lte=now).update(
        next_due_at=None
    )
    return signs if claimed else []


def postpone_signs(*, now: datetime, to: datetime) -> None:
    """Signs that cannot be counted now are put off, so that they stop nobody else."""
    due = Sign.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id")
    Sign.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:AT_ONCE])).update(
        next_due_at=to
    )


def ask_again(*, since: date, now: datetime) -> int:
    """Every sign of the last days waits to be counted anew."""
    return Sign.objects.filter(
        known_on__gte=since, withdrawn_at__isnull=True, next_due_at__isnull=True
    ).update(next_due_at=now)


def place_in_groups(signs: Sequence[Sign]) -> set[Key]:
    """Write down the circles of each sign on the day it became known; returns all of them."""
    by_day: dict[date, set[int]] = defaultdict(set)
    for sign in signs:
        by_day[sign.known_on].add(sign.person_id)
    refs = {day: groups_of(people, on=day) for day, people in by_day.items()}
    rows = [
        SignGroup(
            sign=sign, kind=ref.kind, code=ref.code, name=ref.name[:120], known_on=sign.known_on
        )
        for sign in signs
        for ref in refs[sign.known_on].get(sign.person_id, [])
    ]
    SignGroup.objects.bulk_create(rows, ignore_conflicts=True)
    return {(row.kind, row.code) for row in rows}
