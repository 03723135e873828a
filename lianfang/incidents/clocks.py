"""Legal clocks: started by facts, met by whoever was told, told of before and when they run out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.incidents.models import Incident, LegalClock, OutsideNotice
from lianfang.incidents.operations import hold
from lianfang.incidents.rules import Told, answer_to, first_look
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person
from lianfang.rulebook.legal_clock_policy import LegalRule

VERIFIED = "VERIFIED"


class ClockIsOver(Refused):
    code = "incidents.clock-is-over"
    message = _("This limit has been met or ended already.")
    status = 409


@dataclass(frozen=True, slots=True)
class Begun:
    """The fact that starts clocks: verified, or classified as something, at a moment."""

    fact: str
    at: datetime
    said_by: str = ""  # an organisation that says so need not be told


def start(
    *,
    incident: Incident,
    rules: Iterable[LegalRule],
    edition_id: int,
    begun: Begun,
    holds: Callable[[LegalRule], bool],
    now: datetime,
) -> list[LegalClock]:
    """A row for each duty that the fact starts and that does not run already.

    The caller holds the incident. `holds` answers whether the signs that a rule asks for are
    in the reports.
    """
    started = []
    for rule in rules:
        if rule.is_ours and _starts(rule, begun) and holds(rule):
            duties = [tells for tells in rule.tells if begun.said_by not in tells]
            started += [_start_one(incident, rule, edition_id, begun, one) for one in duties]
    made = [clock for clock in started if clock is not None]
    for clock in made:
        audit.record(
            verb="incidents.clock.started", actor=SYSTEM, subject=clock, now=now,
            concerns=incident.person_id, rule=clock.rule,
        )  # fmt: skip
    return made


def _starts(rule: LegalRule, begun: Begun) -> bool:
    if begun.fact == VERIFIED:
        return rule.starts == VERIFIED
    return rule.starts == "CLASSIFIED" and begun.fact in rule.kinds


def _start_one(
    incident: Incident, rule: LegalRule, edition_id: int, begun: Begun, tells: tuple[str, ...]
) -> LegalClock | None:
    due_at = begun.at + rule.limit
    clock, made = LegalClock.objects.get_or_create(
        incident=incident,
        rule=rule.code,
        fact=begun.fact,
        first_tell=tells[0],
        ended_at=None,
        defaults={
            "edition_id": edition_id,
            "tells": list(tells),
            "name_zh": rule.name_zh,
            "name_en": rule.name_en,
            "started_at": begun.at,
            "due_at": due_at,
            "next_due_at": first_look(
                started_at=begun.at, due_at=due_at, remind_after=rule.remind_after
            ),
        },
    )
    return clock if made else None


def settle(*, incident: Incident, now: datetime) -> list[LegalClock]:
    """Each clock reads again which notice meets it; gives those that changed.

    Called after a notice, its correction, or a new clock: the order in which things are
    written down does not matter, only when they happened.
    """
    notices = [
        Told(notice.pk, notice.organisation, notice.at)
        for notice in OutsideNotice.objects.filter(incident=incident, replaced_by__isnull=True)
    ]
    changed = []
    for clock in LegalClock.objects.filter(incident=incident, ended_at__isnull=True):
        told = answer_to(tells=clock.tells, started_at=clock.started_at, notices=notices)
        if (told.key if told else None) == clock.met_by_id:
            continue
        clock.met_by_id = told.key if told else None
        clock.met_at = told.at if told else None
        clock.next_due_at = None if told else _look_again(clock, now)
        clock.save(update_fields=["met_by", "met_at", "next_due_at"])
        audit.record(
            verb="incidents.clock.met" if told else "incidents.clock.open-again", actor=SYSTEM,
            subject=clock, now=now, concerns=incident.person_id, rule=clock.rule,
        )  # fmt: skip
        changed.append(clock)
    return changed


def _look_again(clock: LegalClock, now: datetime) -> datetime | None:
    """A notice was taken back: the limit counts again; if it has passed, somebody is told now."""
    if clock.missed_at is not None:
        return None
    return max(clock.due_at, now)


@transaction.atomic
def end(
    *, clock: LegalClock, reason: str, by: Person, actor: Actor, now: datetime
) -> LegalClock:  # fmt: skip
    """Nobody has to be told after all, and why. Raises `ClockIsOver`, `Invalid`."""
    if not reason.strip():
        raise Invalid({"reason": _("Why does nobody have to be told?")})
    hold(clock.incident)
    ended = LegalClock.objects.filter(
        pk=clock.pk, met_at__isnull=True, ended_at__isnull=True
    ).update(ended_at=now, ended_by=by, ended_reason=reason.strip()[:500], next_due_at=None)
    if ended != 1:
        raise ClockIsOver
    clock.refresh_from_db()
    audit.record(
        verb="incidents.clock.ended", actor=actor, subject=clock, now=now,
        concerns=clock.incident.person_id, rule=clock.rule,
    )  # fmt: skip
    return clock


def end_all(*, incident: Incident, reason: str, by: Person, now: datetime) -> None:
    """The signal was false: what it started ends with it. The caller holds the incident."""
    for clock in LegalClock.objects.filter(
        incident=incident, met_at__isnull=True, ended_at__isnull=True
    ):
        clock.ended_at, clock.ended_by, clock.ended_reason = now, by, reason[:500]
        clock.next_due_at = None
        clock.save(update_fields=["ended_at", "ended_by", "ended_reason", "next_due_at"])


def drop(*, incident: Incident, fact: str, by: Person, now: datetime) -> None:
    """The fact was corrected: its clocks are over, and what replaces it starts its own.

    The caller holds the incident. The reason is read on the row that replaced the fact.
    """
    LegalClock.objects.filter(incident=incident, fact=fact, ended_at__isnull=True).update(
        ended_at=now, ended_by=by, next_due_at=None
    )


# ---------------------------------------------------------------- the worker


def claim_due(*, now: datetime) -> LegalClock | None:
    """One clock whose reminder or limit has come, claimed; None when none has, or it was taken.

    After the limit it is marked as missed, and nobody is reminded of it again.
    """
    clock = (
        LegalClock.objects.filter(next_due_at__lte=now)
        .order_by("next_due_at", "id")
        .select_related("incident__person", "incident__unit", "incident__acknowledged_by")
        .first()
    )
    if clock is None:
        return None
    mine = LegalClock.objects.filter(
        pk=clock.pk, next_due_at=clock.next_due_at, met_at__isnull=True, ended_at__isnull=True
    )
    if now >= clock.due_at and not clock.is_at_once:
        changed = mine.update(missed_at=now, next_due_at=None)
    else:
        following = None if clock.is_at_once else clock.due_at
        changed = mine.update(reminded_at=now, next_due_at=following)
    if changed != 1:
        return None
    clock.refresh_from_db(fields=["missed_at", "reminded_at", "next_due_at"])
    if clock.missed_at is not None:
        audit.record(
            verb="incidents.clock.missed", actor=SYSTEM, subject=clock, now=now,
            concerns=clock.incident.person_id, rule=clock.rule,
        )  # fmt: skip
    return clock


def postpone_due(*, now: datetime, to: datetime) -> None:
    """A letter that cannot be written is put off, so that it stops nobody else."""
    due = LegalClock.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id")
    LegalClock.objects.filter(pk__in=due.values("pk")[:1]).update(next_due_at=to)
