"""Two checks a day: measured and asked, or missed, or explained. A missed slot stays visible."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring import rules
from lianfang.monitoring.changing import locked, words
from lianfang.monitoring.models import CheckSlot, GapExplanation, MonitoringFile
from lianfang.monitoring.operations import Kind, State, move, note
from lianfang.reporting.models import DailyReport
from lianfang.reporting.rules import SITES, Answers, Limits
from lianfang.roster.models import Person

Method = CheckSlot.Method
Result = CheckSlot.Result


class SlotIsOver(Refused):
    code = "monitoring.slot-is-over"
    message = _("This check was done already, or its day is over. A gap can be explained.")
    status = 409


@dataclass(frozen=True, slots=True)
class Findings:
    """What one check found. `unwell` has no default: None is not answered and is refused."""

    unwell: bool | None = None
    temperature: Decimal | None = None
    site: str = ""
    symptoms: tuple[str, ...] = ()
    onset_on: date | None = None
    place_kept: bool | None = None
    isolation_kept: bool | None = None
    note: str = ""


def problems_of(
    found: Findings, *, day: date, limits: Limits, known_symptoms: Collection[str]
) -> dict[str, str]:
    """Everything that has to be asked back, at once: field to sentence (a msgid)."""
    problems: dict[str, str] = {}
    if found.unwell is None:
        problems["how"] = _("Please say how it is now.")
    if found.temperature is None:
        if not found.note.strip():
            problems["temperature"] = _("Please give the temperature, or say in the note why not.")
    elif not limits.temperature_min <= found.temperature <= limits.temperature_max:
        problems["temperature"] = _("A temperature lies between 34.0 and 42.9. Please look again.")
    elif found.site not in SITES:
        problems["site"] = _("Where was it measured?")
    elif found.unwell is False and is_hot(found, limits):
        problems["how"] = _("This temperature is a fever, but you chose “well”. Which is so?")
    if any(code not in known_symptoms for code in found.symptoms):
        problems["symptoms"] = _("This is not on the list of symptoms.")
    elif found.unwell and not found.symptoms and not is_hot(found, limits):
        problems["symptoms"] = _("You said that you are not well. What is it?")
    elif found.unwell is False and found.symptoms:
        problems["how"] = _("You chose “well” and a symptom. Which of the two is right?")
    if found.onset_on is not None and not 0 <= (day - found.onset_on).days <= limits.lookback_days:
        problems["onset_on"] = _("A day within the last 14 days, please.")
    if len(found.note) > 200:
        problems["note"] = _("At most 200 characters, please.")
    return problems


def is_hot(found: Findings, limits: Limits) -> bool:
    if found.temperature is None or not limits.fever:
        return False
    return float(found.temperature) >= limits.fever.get(found.site, limits.fever["axilla"])


@transaction.atomic
def record(
    *,
    slot: CheckSlot,
    found: Findings,
    method: CheckSlot.Method,
    by: Person,
    actor: Actor,
    now: datetime,
) -> CheckSlot:
    """One check, once. Until the day is over a missed slot can still be made up; it says so.

    The findings were checked by the caller. Raises `SlotIsOver` when somebody was first.
    """
    if slot.day != reporting_day(now) or now < slot.opens_at:
        raise SlotIsOver
    _fill(
        slot, method=method, now=now, by=by,
        temperature=str(found.temperature or ""), site=found.site if found.temperature else "",
        symptoms=found.symptoms, unwell=bool(found.unwell), place_kept=found.place_kept,
        isolation_kept=found.isolation_kept, note=found.note.strip(),
    )  # fmt: skip
    audit.record(
        verb="monitoring.slot.filled", actor=actor, subject=slot, now=now,
        concerns=slot.file.person_id, method=str(method),
    )  # fmt: skip
    return slot


def _fill(
    slot: CheckSlot,
    *,
    method: CheckSlot.Method,
    now: datetime,
    by: Person | None,
    temperature: str,
    site: str,
    symptoms: Collection[str],
    unwell: bool,
    place_kept: bool | None = None,
    isolation_kept: bool | None = None,
    note: str = "",
) -> None:
    """The claim is the write: whoever comes second changes no row."""
    changed = (
        CheckSlot.objects.filter(pk=slot.pk)
        .exclude(state=CheckSlot.State.DONE)
        .update(
            state=CheckSlot.State.DONE,
            result=Result.SYMPTOMS if unwell else Result.NORMAL,
            method=method,
            temperature=temperature,
            site=site,
            symptoms={"codes": list(symptoms)} if symptoms else {},
            place_kept=place_kept,
            isolation_kept=isolation_kept,
            note=note,
            checked_at=now,
            checked_by=by,
            next_due_at=None,
        )
    )
    if changed != 1:
        raise SlotIsOver
    slot.refresh_from_db()


def open_slot_of(file: MonitoringFile, *, now: datetime) -> CheckSlot | None:
    """The check that can be made now: the one whose window is open, else a missed one of today."""
    today = file.slots.filter(day=reporting_day(now), opens_at__lte=now).exclude(
        state=CheckSlot.State.DONE
    )
    return today.filter(due_at__gt=now).first() or today.order_by("-due_at").first()


@transaction.atomic
def not_reached(*, slot: CheckSlot, by: Person, actor: Actor, now: datetime) -> CheckSlot:
    """Somebody tried. The slot stays open: trying is not measuring."""
    CheckSlot.objects.filter(pk=slot.pk).exclude(state=CheckSlot.State.DONE).update(
        result=Result.NOT_REACHED
    )
    note(slot.file, Kind.CALLED, by=by, actor=actor, now=now, text="", result="NOT_REACHED")
    slot.refresh_from_db()
    return slot


def follow_reports(reports: Collection[DailyReport], *, now: datetime) -> None:
    """Daily reports of people under monitoring count as their check while the window is open.

    Nobody types the same temperature twice. The caller holds the transaction of the reports;
    one question answers for a whole batch of people who are not under monitoring.
    """
    by_person = {report.person_id: report for report in reports}
    if not by_person:
        return
    for slot in _open_slots_of(list(by_person), now=now):
        report = by_person[slot.file.person_id]
        answers = Answers.from_plain(report.answers)
        if report.day != slot.day or answers.temperature is None:
            continue
        by = report.submitted_by
        _fill(
            slot, method=Method.REPORT, now=now, by=by, temperature=str(answers.temperature),
            site=answers.site, symptoms=answers.symptoms, unwell=bool(answers.unwell),
        )  # fmt: skip


_OPEN_SLOTS = (
    "SELECT s.id FROM monitoring_checkslot s JOIN monitoring_monitoringfile f ON f.id = s.file_id"
    " WHERE f.person_id IN ({people}) AND f.closed_at IS NULL"
    " AND s.state = %s AND s.opens_at <= %s AND s.due_at > %s"
)


def _open_slots_of(people: list[int], *, now: datetime) -> Iterable[CheckSlot]:
    """One plain statement: every batch of reports asks it, and nearly nobody is watched."""
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN_SLOTS.format(people=", ".join(["%s"] * len(people))),
            [*people, CheckSlot.State.DUE, moment, moment],
        )
        found = [row[0] for row in cursor.fetchall()]
    return CheckSlot.objects.filter(pk__in=found).select_related("file") if found else ()


def follow_incident(*, person_id: int, incident_id: int, now: datetime) -> None:
    """Something urgent was reported about a watched person: the file says so, in one transaction."""
    file = MonitoringFile.objects.filter(person_id=person_id, closed_at__isnull=True).first()
    if file is None:
        return
    note(file, Kind.URGENT, by=None, now=now, incident=incident_id)
    if rules.may_move(file.state, rules.ILL):
        move(file=file, to=State.ILL, by=None, actor=SYSTEM, now=now)


def follow_closing(*, person_id: int, by: Person, actor: Actor, now: datetime) -> None:
    """The incident of a watched person ended well: the file goes back to where it came from.

    Whoever was never told of the file is rung first. A file that somebody has moved on (to a
    hospital, to the contacts) stays there. The caller holds the transaction of the closing.
    """
    file = (
        MonitoringFile.objects.select_for_update(of=("self",))
        .filter(person_id=person_id, closed_at__isnull=True, state=State.ILL)
        .first()
    )
    if file is None:
        return
    to = State.WATCHED if file.told_at is not None else State.TO_VERIFY
    move(file=file, to=to, by=by, actor=actor, now=now)


# ---------------------------------------------------------------- missed, and explained


@transaction.atomic
def strike(*, slot: CheckSlot, now: datetime) -> bool:
    """The window closed over an empty slot. False when it was filled in the same moment."""
    changed = CheckSlot.objects.filter(
        pk=slot.pk, state=CheckSlot.State.DUE, due_at__lte=now
    ).update(state=CheckSlot.State.MISSED, struck_at=now, next_due_at=None)
    if changed == 1:
        audit.record(
            verb="monitoring.slot.missed", actor=SYSTEM, subject=slot, now=now,
            concerns=slot.file.person_id,
        )  # fmt: skip
    return changed == 1


def missed_in_a_row(file: MonitoringFile, *, now: datetime) -> int:
    due = file.slots.filter(due_at__lte=now).order_by("due_at")
    return rules.missed_in_a_row(
        [state != CheckSlot.State.DONE for state in due.values_list("state", flat=True)]
    )


@transaction.atomic
def explain(
    *,
    file: MonitoringFile,
    first_on: date,
    last_on: date,
    text: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> GapExplanation:
    """Why there is no data on these days and how the person was; it covers what has arisen by now."""
    problems = {}
    if last_on < first_on:
        problems["last_on"] = _("The last day lies before the first.")
    if last_on > reporting_day(now):
        problems["last_on"] = _("Nobody can explain a day that has not come yet.")
    if problems:
        raise Invalid(problems)
    text = words(text, "text")
    found = locked(file)
    explanation = GapExplanation.objects.create(
        file=found, held_from=first_on, held_until=last_on + timedelta(days=1), text=text[:2000],
        at=now, by=by,
    )  # fmt: skip
    note(
        found, Kind.EXPLAINED, by=by, actor=actor, now=now, text=text, first_on=first_on,
        last_on=last_on,
    )  # fmt: skip
    return explanation
