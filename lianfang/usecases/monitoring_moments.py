"""What time itself does with watched people: new slots, reminders, misses, proposals, limits.

Each move is one row, claimed by its due moment and done in one transaction. Several workers may
run it at once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet

from lianfang.installation.due import when_due
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring import checking, releasing, rules
from lianfang.monitoring.models import CheckSlot, Contest, MonitoringFact, MonitoringFile, Need
from lianfang.monitoring.operations import next_midnight, note, open_slots
from lianfang.monitoring.queries import policy_of
from lianfang.roster.models import Person
from lianfang.usecases.monitoring import deciders_of, tell, those_told_when_lost

Step = MonitoringFile.Step
_TABLES: tuple[Any, ...] = (MonitoringFile, CheckSlot, Contest, Need)


def strike_next(*, now: datetime) -> Model | None:
    """One thing that is due; None when nothing is."""
    return (
        _strike_file(now=now)
        or _strike_slot(now=now)
        or _strike_contest(now=now)
        or _strike_need(now=now)
    )


def postpone_next(*, now: datetime, to: datetime) -> None:
    """What cannot be done is put off, so that it stops nobody else."""
    for table in _TABLES:
        due = table.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id")
        table.objects.filter(pk__in=due.values("pk")[:1]).update(next_due_at=to)


def _claim(rows: QuerySet[Any], *, now: datetime) -> Any:
    """The row that is due first, or None; whoever else asks in this moment changes no row."""
    row = rows.filter(next_due_at__lte=now).order_by("next_due_at", "id").first()
    if row is None:
        return None
    claimed = rows.model.objects.filter(pk=row.pk, next_due_at=row.next_due_at)
    return row if claimed.update(next_due_at=None) == 1 else None


def _able(*people: Person | None) -> list[Person]:
    return [person for person in people if person is not None]


# ---------------------------------------------------------------- files


@when_due(lambda now: MonitoringFile.objects.filter(next_due_at__lte=now))
@transaction.atomic
def _strike_file(*, now: datetime) -> MonitoringFile | None:
    files = MonitoringFile.objects.select_related("person", "unit", "carer", "deputy")
    file: MonitoringFile | None = _claim(files, now=now)
    if file is None or not file.is_open:
        return file
    match file.next_step:
        case Step.TELL:
            _tell_carer(file, now)
        case Step.VERIFY if file.state == rules.TO_VERIFY:
            _say(file, "verify", deciders_of(file, at=now), now)
        case Step.DAY:
            _begin_day(file, now)
        case Step.DECIDE:
            day = reporting_day(now)
            _say(file, f"decide:{day}", [*deciders_of(file, at=now), *_above(file, now)], now)
            _next(file, Step.DECIDE, now + policy_of(file).decide)
    return file


def _next(file: MonitoringFile, step: MonitoringFile.Step, due_at: datetime) -> None:
    MonitoringFile.objects.filter(pk=file.pk).update(next_step=step, next_due_at=due_at)


def _above(file: MonitoringFile, now: datetime) -> list[Person]:
    """Who hears of a promise that was not kept."""
    return those_told_when_lost(file, at=now)


def _tell_carer(file: MonitoringFile, now: datetime) -> None:
    """The carer learns of the file; where nobody cares, those above do, at once."""
    if file.carer is None:
        _say(file, "no-carer", _above(file, now), now, is_urgent=True)
    else:
        _say(file, "opened", [file.carer], now)
    if file.state == rules.TO_VERIFY:
        _next(file, Step.VERIFY, max(now, file.opened_at + policy_of(file).verify))
    elif file.is_checked:
        _next(file, Step.DAY, next_midnight(now))


def _begin_day(file: MonitoringFile, now: datetime) -> None:
    today = reporting_day(now)
    if today >= file.eligible_on and file.state == rules.WATCHED:
        releasing.propose(file=file, now=now)
        _say(file, f"propose:{today}", deciders_of(file, at=now), now)
        return
    open_slots(file=file, day=today, now=now)
    _next(file, Step.DAY, next_midnight(now))


# ---------------------------------------------------------------- slots


@when_due(lambda now: CheckSlot.objects.filter(next_due_at__lte=now))
@transaction.atomic
def _strike_slot(*, now: datetime) -> CheckSlot | None:
    slots = CheckSlot.objects.select_related(
        "file__person", "file__unit", "file__carer", "file__deputy"
    ).defer("temperature", "symptoms", "note")
    slot: CheckSlot | None = _claim(slots, now=now)
    if slot is None or slot.state != CheckSlot.State.DUE:
        return slot
    if now < slot.due_at:
        _remind(slot, now)
        CheckSlot.objects.filter(pk=slot.pk).update(next_due_at=slot.due_at)
        return slot
    if checking.strike(slot=slot, now=now):
        _tell_missed(slot, now)
    return slot


def _remind(slot: CheckSlot, now: datetime) -> None:
    """The person, and the carer who rings them."""
    file = slot.file
    what = f"slot:{slot.pk}"
    tell(
        [file.person],
        file=file,
        what=what,
        now=now,
        body=_("Please fill in your second line of today; the link takes half a minute."),
        to_its_person=True,
    )
    _say(file, what, _able(file.carer), now)


def _tell_missed(slot: CheckSlot, now: datetime) -> None:
    """The carer at once; two in a row go up. Silence is never read as well."""
    file = slot.file
    _say(file, f"missed:{slot.pk}", _able(file.carer, file.deputy), now)
    allowed = policy_of(file).missed_in_a_row
    missed = checking.missed_in_a_row(file, now=now)
    if missed and missed % allowed == 0:
        note(file, MonitoringFact.Kind.LOST, by=None, now=now, missed=missed)
        _say(file, f"lost:{slot.pk}", _above(file, now), now, is_urgent=True)


# ---------------------------------------------------------------- limits


@when_due(lambda now: Contest.objects.filter(next_due_at__lte=now))
@transaction.atomic
def _strike_contest(*, now: datetime) -> Contest | None:
    contests = Contest.objects.select_related("file__person", "file__unit").defer("text", "answer")
    contest: Contest | None = _claim(contests, now=now)
    if contest is not None and contest.done_at is None:
        file = contest.file
        _say(
            file,
            f"contest:{contest.pk}:late",
            [*deciders_of(file, at=now), *_above(file, now)],
            now,
        )
    return contest


@when_due(lambda now: Need.objects.filter(next_due_at__lte=now))
@transaction.atomic
def _strike_need(*, now: datetime) -> Need | None:
    needs = Need.objects.select_related("file__person", "file__unit", "owner")
    need: Need | None = _claim(needs.defer("text", "answer"), now=now)
    if need is not None and need.done_at is None:
        file = need.file
        _say(file, f"need:{need.pk}:late", [*_able(need.owner), *deciders_of(file, at=now)], now)
    return need


# ---------------------------------------------------------------- words

_BODIES = {
    "opened": _("File %(number)s was opened for somebody you care for. Please open the link today, ring and verify."),
    "no-carer": _("File %(number)s has nobody who cares for the person. Please name somebody."),
    "verify": _("File %(number)s has not been verified in time. Please open the link."),
    "propose": _("File %(number)s has come to its last day. Please open the link and decide."),
    "decide": _("File %(number)s still waits for your decision. Please open the link."),
    "slot": _("File %(number)s: today's check has not come in yet. Please ring, and write it down."),
    "missed": _("File %(number)s: a check was missed. Please ring now, and write down what you learn."),
    "lost": _("File %(number)s: nothing was heard for several checks. Please open the link at once."),
    "late": _("File %(number)s: an answer that was promised is late. Please open the link."),
}  # fmt: skip


def _say(
    file: MonitoringFile,
    what: str,
    people: list[Person],
    now: datetime,
    *,
    is_urgent: bool = False,
) -> None:
    key = "late" if what.endswith(":late") else what.split(":")[0]
    once = {person.pk: person for person in people if person.pk != file.person_id}
    tell(once.values(), file=file, what=what, now=now, body=_BODIES[key], is_urgent=is_urgent)
