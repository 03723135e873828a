"""The system proposes release with its checklist; a person of the deciding level decides."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from lianfang.incidents.queries import open_of
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring import rules
from lianfang.monitoring.changing import locked, words
from lianfang.monitoring.models import CheckSlot, MonitoringFile
from lianfang.monitoring.operations import MIDNIGHT, Kind, State, move, next_midnight, note
from lianfang.monitoring.queries import policy_of
from lianfang.monitoring.rules import Checklist, Explained, Look
from lianfang.reporting.models import DailyReport
from lianfang.roster.models import Person


class NotYetToRelease(Refused):
    code = "monitoring.not-yet"
    message = _("Release was not proposed for this file, so there is nothing to decide.")
    status = 409


class ChecklistNotComplete(Refused):
    code = "monitoring.checklist-not-complete"
    message = _("The checklist is not complete. What is missing stands on the page.")
    status = 409


def looks_of(file: MonitoringFile, *, now: datetime) -> list[Look]:
    """Every watched moment so far: slots, or the daily report of a day that had none.

    Days before the file was opened, in hospital or as a contact have no slots. They are not
    good days by that: the daily report speaks for them, or somebody explains them.
    """
    looks = []
    by_day: dict[date, list[CheckSlot]] = {}
    for slot in file.slots.order_by("due_at"):
        by_day.setdefault(slot.day, []).append(slot)
    first = file.last_exposure_on + timedelta(days=1)
    end = min(reporting_day(now), file.eligible_on)
    reports = {
        report.day: report
        for report in DailyReport.objects.filter(
            person_id=file.person_id, is_current=True, day__gte=first, day__lt=end
        )
    }
    day = first
    while day < end:
        looks += [_look(slot) for slot in by_day.get(day, [])] or [
            _whole_day(file, day, reports.get(day))
        ]
        day += timedelta(days=1)
    if day == reporting_day(now):
        looks += [_look(slot) for slot in by_day.get(day, []) if _is_known(slot, now)]
    return looks


def _is_known(slot: CheckSlot, now: datetime) -> bool:
    return slot.state == CheckSlot.State.DONE or slot.due_at <= now


def _look(slot: CheckSlot) -> Look:
    done = slot.state == CheckSlot.State.DONE
    return Look(
        day=slot.day,
        slot=slot.code,
        is_measured=done and bool(slot.temperature),
        has_symptoms=done and slot.result == CheckSlot.Result.SYMPTOMS,
        arose_at=slot.checked_at or slot.due_at,
    )


def _whole_day(file: MonitoringFile, day: date, report: DailyReport | None) -> Look:
    answers = report.answers if report else {}
    return Look(
        day=day,
        slot="",
        is_measured=bool(answers.get("temperature")),
        has_symptoms=bool(answers.get("unwell")),
        arose_at=at_local(day + timedelta(days=1), MIDNIGHT)
        if day >= reporting_day(file.opened_at)
        else file.opened_at,
    )


def checklist_of(file: MonitoringFile, *, now: datetime) -> Checklist:
    """What release of this file still lacks at this moment."""
    policy = policy_of(file)
    return rules.checklist(
        today=reporting_day(now),
        eligible_on=file.eligible_on,
        looks=looks_of(file, now=now),
        explained=[
            Explained(one.held_from, one.held_until, one.at) for one in file.explanations.all()
        ],
        symptom_free_days=policy.symptom_free_days,
        has_open_incident=open_of(file.person) is not None,
        needs_proof=file.is_ordered and not file.proof_number,
        requires=policy.requires,
    )


def propose(*, file: MonitoringFile, now: datetime) -> MonitoringFile:
    """The eligible day has come: with its checklist as it stands, complete or not."""
    found = checklist_of(file, now=now)
    note(file, Kind.PROPOSED, by=None, now=now, lacking=found.lacking)
    return move(file=file, to=State.TO_RELEASE, by=None, actor=SYSTEM, now=now)


@transaction.atomic
def release(
    *,
    file: MonitoringFile,
    text: str,
    proof_number: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> MonitoringFile:
    """The decision, frozen with what it was based on. Raises `ChecklistNotComplete`."""
    found = locked(file)
    if found.state != State.TO_RELEASE:
        raise NotYetToRelease
    if proof_number.strip():
        found.proof_number = proof_number.strip()[:60]
        found.save(update_fields=["proof_number"])
    checks = checklist_of(found, now=now)
    if not checks.is_complete:
        raise ChecklistNotComplete
    note(
        found, Kind.RELEASED, by=by, actor=actor, now=now, text=text,
        last_exposure_on=found.last_exposure_on, end_on=found.last_day,
        proof_number=found.proof_number, explained=found.explanations.count(),
    )  # fmt: skip
    return move(file=found, to=State.RELEASED, by=by, actor=actor, now=now)


@transaction.atomic
def refuse(
    *, file: MonitoringFile, reason: str, by: Person, actor: Actor, now: datetime
) -> MonitoringFile:
    """Not yet, and why. It is proposed again the next day, unless it is extended meanwhile."""
    reason = words(reason)
    found = locked(file)
    if found.state != State.TO_RELEASE:
        raise NotYetToRelease
    lacking = checklist_of(found, now=now).lacking
    note(found, Kind.REFUSED, by=by, actor=actor, now=now, text=reason, lacking=lacking)
    move(file=found, to=State.WATCHED, by=by, actor=actor, now=now)
    found.next_due_at = next_midnight(now)
    found.save(update_fields=["next_due_at"])
    return found


@transaction.atomic
def cancel(
    *, file: MonitoringFile, reason: str, by: Person, actor: Actor, now: datetime
) -> MonitoringFile:
    """It was never so. The file ends, and its history stays."""
    reason = words(reason)
    found = locked(file)
    note(found, Kind.CANCELLED, by=by, actor=actor, now=now, text=reason)
    return move(file=found, to=State.CANCELLED, by=by, actor=actor, now=now)
