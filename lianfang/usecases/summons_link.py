"""What a signed one-time link leads to. Looking changes nothing: previews open links too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from lianfang.escalation.links import LINK_LASTS, LinkNotValid, summons_of_token
from lianfang.escalation.models import Escalation, Summons
from lianfang.escalation.queries import ladder_of, unit_of_reach
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.queries import Rung, rules_of


class Standing(Enum):
    WAITS = "waits"  # nobody has answered: the two buttons are there
    MINE = "mine"  # this person took it over
    PASSED_ON = "passed_on"  # this person could not; others are asked
    TAKEN = "taken"  # somebody else took it over
    SETTLED = "settled"  # it is no longer needed


@dataclass(frozen=True, slots=True)
class Call:
    """Who is needed, where, since when, and what happens next. Never who is ill, or of what."""

    summons: Summons
    standing: Standing
    unit: Unit | None
    taken_by: Person | None
    next_at: datetime | None
    next_unit: Unit | None
    next_role: str  # empty: the top is reached, the leading group is alarmed

    @property
    def desk_link(self) -> str:
        """Where to go on, after logging in."""
        return self.summons.escalation.desk_link


def call_of_link(token: str, *, now: datetime) -> Call:
    """Raises `LinkNotValid` for a forged, altered or old link."""
    summons = summons_of_token(token)
    if now - summons.summoned_at > LINK_LASTS:
        raise LinkNotValid
    climbing = summons.escalation
    first = _who_took_it(climbing)
    above = _next_rung(climbing)
    return Call(
        summons=summons,
        standing=_standing(summons, first),
        unit=unit_of_reach(summons.rung.reach, unit=climbing.unit, at=summons.summoned_at),
        taken_by=first,
        next_at=climbing.next_due_at,
        next_unit=unit_of_reach(above.reach, unit=climbing.unit, at=now) if above else None,
        next_role=above.role if above else "",
    )


def _standing(summons: Summons, first: Person | None) -> Standing:
    climbing = summons.escalation
    if summons.answer == Summons.Answer.MINE:
        return Standing.MINE
    if first is not None:
        return Standing.TAKEN
    if climbing.incident is not None and not climbing.incident.is_open:
        return Standing.SETTLED
    if climbing.alert is not None and not climbing.alert.is_open:
        return Standing.SETTLED
    if climbing.state in {Escalation.State.SETTLED, Escalation.State.ANSWERED}:
        return Standing.SETTLED
    if summons.answer == Summons.Answer.PASSED_ON:
        return Standing.PASSED_ON
    return Standing.WAITS


def _who_took_it(climbing: Escalation) -> Person | None:
    if climbing.incident is not None and climbing.incident.acknowledged_by is not None:
        return climbing.incident.acknowledged_by
    if climbing.alert is not None and climbing.alert.taken_by is not None:
        return climbing.alert.taken_by
    answered = climbing.summonses.filter(answer=Summons.Answer.MINE).select_related("person")
    first = answered.order_by("answered_at").first()
    return first.person if first else None


def _next_rung(climbing: Escalation) -> Rung | None:
    """The rung that is told at the next moment; None when nobody stands above."""
    rungs = ladder_of(climbing.ladder, rules_of(climbing.edition_id))
    above = climbing.reached + 1
    return rungs[above] if above < len(rungs) else None


__all__ = ["Call", "LinkNotValid", "Standing", "call_of_link"]
