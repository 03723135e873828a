"""Chains and teams of investigations as the API shows them. A figure that is not known is null."""

from __future__ import annotations

import math
from typing import Any

from django.db.models import Count, Q

from lianfang.api.access import Caller
from lianfang.api.shapes.investigations import (
    CaseOut,
    ChainsOut,
    MemberOut,
    RateOut,
    SerialOut,
    TeamOut,
)
from lianfang.api.shifts import named
from lianfang.contacts.models import Investigation, Visit
from lianfang.usecases.contact_chains import Chains, GroupRate


def team_out(found: Investigation, caller: Caller) -> TeamOut:
    today = Visit.objects.filter(contact__investigation=found, day=caller.today)
    counts: dict[int | None, dict[str, Any]] = {
        row["owner_id"]: dict(row)
        for row in today.values("owner_id").annotate(
            n=Count("id"),
            open=Count("id", filter=Q(outcome="")),
            missed=Count("id", filter=Q(outcome__in=["MISSED", "NOT_REACHED"])),
        )
    }
    nothing = {"n": 0, "open": 0, "missed": 0}
    members = found.team.filter(left_at__isnull=True).select_related("person")
    return TeamOut(
        investigation=found.pk,
        unshared=counts.get(None, nothing)["n"],
        members=[
            MemberOut(
                id=one.pk,
                person=named(one.person, caller),
                calls=held["n"],
                open=held["open"],
                missed=held["missed"],
            )
            for one in members.order_by("joined_at", "id")
            for held in [counts.get(one.person_id, nothing)]
        ],
    )


def chains_out(found: Chains, *, with_rates: bool) -> ChainsOut:
    """Rooms and floors tell who is ill to whoever knows the house: for those who see all."""
    return ChainsOut(
        cases=[
            CaseOut(
                code=one.code,
                anchor_on=one.anchor_on,
                source=one.source,
                maybe=list(one.maybe),
                generation=one.generation,
                infected=one.infected,
            )
            for one in found.cases
        ],
        left_out=found.left_out,
        serial=_serial(found),
        rates=[_rate(one) for one in found.rates] if with_rates else None,
    )


def _serial(found: Chains) -> SerialOut | None:
    if found.measures is None or not found.measures.serial.days:
        return None
    serial = found.measures.serial
    low, high = serial.interval
    return SerialOut(
        n=len(serial.days),
        mean=serial.mean,
        median=serial.median,
        low=_known(low),
        high=_known(high),
    )


def _rate(one: GroupRate) -> RateOut:
    rate, table = one.rate, one.rate.table
    low, high = rate.rate_exposed_interval
    ratio_low, ratio_high = rate.risk_ratio_interval
    return RateOut(
        kind=one.ref.kind,
        name=one.ref.name,
        ill=table.exposed_ill,
        size=table.exposed,
        rate=rate.rate_exposed,
        low=low,
        high=high,
        ratio=_known(rate.risk_ratio),
        ratio_low=_known(ratio_low),
        ratio_high=_known(ratio_high),
    )


def _known(value: float) -> float | None:
    """JSON knows neither NaN nor infinity."""
    return value if math.isfinite(value) else None
