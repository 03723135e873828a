"""The last proved contact of everybody who has to keep a phone on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from lianfang.accounts.models import ActivationCode
from lianfang.duty.models import DrillCall
from lianfang.duty.operations.drills import Rung
from lianfang.escalation.models import Summons
from lianfang.reporting.models import CallRecord
from lianfang.roster.models import Unit
from lianfang.usecases.drills import EVERYBODY, candidates


@dataclass(frozen=True, slots=True)
class Proof:
    """When somebody was last reached for certain, and by what."""

    at: datetime
    how: str


def last_proofs(people: Collection[int]) -> dict[int, Proof]:
    """Drill answers, an activation by a code sent to the phone, confirmed calls, answered alerts.

    A message that was handed to a gateway, or delivered, is none of these.
    """
    found: dict[int, Proof] = {}
    sources: list[tuple[str, Iterable[tuple[int, datetime | None]]]] = [
        (
            "drill",
            DrillCall.objects.filter(person_id__in=people, answered_at__isnull=False)
            .values_list("person_id")
            .annotate(at=Max("answered_at")),
        ),
        (
            "activation",
            ActivationCode.objects.filter(
                person_id__in=people, sent_by_channel=True, used_at__isnull=False
            )
            .values_list("person_id")
            .annotate(at=Max("used_at")),
        ),
        (
            "call",
            CallRecord.objects.filter(person_id__in=people, outcome=CallRecord.Outcome.CONFIRMED)
            .values_list("person_id")
            .annotate(at=Max("called_at")),
        ),
        (
            "alert",
            Summons.objects.filter(person_id__in=people, answered_at__isnull=False)
            .values_list("person_id")
            .annotate(at=Max("answered_at")),
        ),
    ]
    for how, rows in sources:
        for pk, at in rows:
            if at is not None and (pk not in found or at > found[pk].at):
                found[pk] = Proof(at, how)
    return found


@dataclass(frozen=True, slots=True)
class ReachRow:
    """One responsible person or deputy with the proof that they can be reached, if there is one."""

    rung: Rung
    proof: Proof | None


def reach_board(*, unit: Unit, now: datetime) -> list[ReachRow]:
    """Everybody who answers for a unit here or below; whoever was never reached comes first."""
    rungs = candidates(unit=unit, who=EVERYBODY, now=now)
    proofs = last_proofs({rung.person.pk for rung in rungs})
    rows = [ReachRow(rung, proofs.get(rung.person.pk)) for rung in rungs]
    return sorted(rows, key=lambda row: (row.proof is not None, row.proof.at if row.proof else now))
