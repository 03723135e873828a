"""One incident as a time line: what happened, who was told by which channel, what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from lianfang.escalation.models import Escalation, Summons
from lianfang.escalation.queries import ladder_of as rungs_of
from lianfang.escalation.queries import summonses
from lianfang.incidents.models import Incident, IncidentFact
from lianfang.notifications.models import Delivery, Message
from lianfang.notifications.outlets import usable
from lianfang.rulebook.models import LadderStep
from lianfang.rulebook.queries import Rung, rules_of


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody on a rung: whether they answered, and what became of the letter.

    `no_call`: the phone would have been rung, but this college has no gateway for it.
    """

    summons: Summons
    deliveries: tuple[Delivery, ...]
    is_read: bool
    no_call: bool


@dataclass(slots=True)
class RungRow:
    """A rung of the ladder: taken (with whom), next (when), or later."""

    rung: Rung
    told: list[Told] = field(default_factory=list)
    due_at: datetime | None = None

    @property
    def is_taken(self) -> bool:
        return bool(self.told)

    @property
    def reach_name(self) -> str:
        return str(LadderStep.Reach(self.rung.reach).label)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The climb of an incident in its present round; `next_due_at` is its next moment."""

    escalation: Escalation
    rungs: tuple[RungRow, ...]
    earlier: tuple[Told, ...]

    @property
    def next_due_at(self) -> datetime | None:
        return self.escalation.next_due_at if self.escalation.is_running else None

    @property
    def round_number(self) -> int:
        return self.escalation.round + 1

    @property
    def silent(self) -> list[Told]:
        """Who was told and has not answered."""
        return [
            one
            for rung in self.rungs
            for one in rung.told
            if not one.summons.nobody and one.summons.answered_at is None
        ]


def ladder_of(incident: Incident) -> Ladder | None:
    escalation = Escalation.objects.filter(incident=incident).first()
    return ladder_of_climb(escalation) if escalation is not None else None


def ladder_of_climb(escalation: Escalation) -> Ladder:
    """The rungs of one climb with who was told on each."""
    asked = list(summonses(escalation))
    letters = _letters(escalation)
    told = [_told(one, letters) for one in asked]
    now_round = [one for one in told if one.summons.round == escalation.round]
    earlier = [one for one in told if one.summons.round != escalation.round]
    return Ladder(escalation, tuple(_rungs(escalation, now_round)), tuple(earlier))


def _letters(escalation: Escalation) -> dict[str, Message]:
    messages = Message.objects.filter(reference__startswith=escalation.reference)
    return {message.reference: message for message in messages.prefetch_related("deliveries")}


def _told(summons: Summons, letters: dict[str, Message]) -> Told:
    reference = f"{summons.escalation.reference}round:{summons.round}:summons:{summons.pk}"
    letter = letters.get(reference)
    turns = sorted(letter.deliveries.all(), key=lambda one: one.position) if letter else []
    ways = {turn.channel for turn in turns}
    no_call = "sms" in ways and "voice" not in ways and bool(letter and letter.is_urgent)
    return Told(
        summons,
        tuple(turns),
        is_read=bool(letter and letter.read_at),
        no_call=no_call and not usable().can_ring,
    )


def _rungs(escalation: Escalation, told: Iterable[Told]) -> list[RungRow]:
    told = list(told)
    rows = []
    due_at = escalation.next_due_at if escalation.is_running else None
    for rung in rungs_of(escalation.ladder, rules_of(escalation.edition_id)):
        step = RungRow(rung)
        step.told = [one for one in told if one.summons.rung_id == rung.id]
        if not step.told and due_at is not None:
            # The one behind the last that was taken is due next; the others count from it.
            step.due_at = due_at if rung.position == escalation.reached + 1 else None
        rows.append(step)
    return rows


def facts_of(incident: Incident) -> list[IncidentFact]:
    """Everything that happened, in order of time."""
    return list(incident.facts.select_related("by", "report").order_by("at", "id"))
