"""Opening a file, and every change of it. A change is a fact on the file and an audit entry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring import rules
from lianfang.monitoring.models import CheckSlot, MonitoringFact, MonitoringFile
from lianfang.monitoring.queries import open_file_of, policy_of
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Post, Unit
from lianfang.rulebook.monitor_policy import policy_from
from lianfang.rulebook.queries import rules_in_force

Kind = MonitoringFact.Kind
State = MonitoringFile.State
MIDNIGHT = datetime.min.time()


class FileIsClosed(Refused):
    code = "monitoring.file-closed"
    message = _("This file is closed.")
    status = 409


class NotFromHere(Refused):
    code = "monitoring.not-from-here"
    message = _("That does not follow from how this file stands now. Please look at it again.")
    status = 409


class NobodyAnswersForThem(Refused):
    code = "monitoring.no-unit"
    message = _("%(name)s belongs to no unit on that day; nobody would look after the file.")


def open_file(
    *,
    person: Person,
    category: str,
    reason: str,
    evidence: str,
    last_exposure_on: date,
    source: str,
    by: Person | None,
    actor: Actor,
    now: datetime,
    is_verified: bool = False,
) -> MonitoringFile:
    """The person's open file: a new one, or the open one with its clock begun anew.

    `source` says where the exposure is recorded, such as "exposure:12" or "cdc:document".
    `is_verified`: somebody has asked the person already and told them what follows; else the
    carer verifies first. May stand inside the transaction of whatever found the exposure.
    Raises `Invalid` for an exposure in the future, `NobodyAnswersForThem` off the roster.
    """
    today = reporting_day(now)
    _check_opening(category, reason, last_exposure_on, today)
    with transaction.atomic():
        file = open_file_of(person)
        if file is None:
            try:
                with transaction.atomic():
                    return _open(
                        person, category, reason, evidence, last_exposure_on, source, by, actor,
                        now, is_verified,
                    )  # fmt: skip
            except IntegrityError:
                file = open_file_of(person)  # another worker opened it in the same moment
                if file is None:
                    raise
        return expose_again(
            file=file, last_exposure_on=last_exposure_on, reason=reason, evidence=evidence,
            source=source, by=by, actor=actor, now=now,
        )  # fmt: skip


def _check_opening(category: str, reason: str, last_exposure_on: date, today: date) -> None:
    problems = {}
    if category not in MonitoringFile.Category.values:
        problems["category"] = _("Please choose out of the list.")
    if not reason.strip():
        problems["reason"] = _("A label needs its reason: the person will read it.")
    if last_exposure_on > today:
        problems["last_exposure_on"] = _("The last exposure cannot lie in the future.")
    if problems:
        raise Invalid(problems)


def _open(
    person: Person,
    category: str,
    reason: str,
    evidence: str,
    last_exposure_on: date,
    source: str,
    by: Person | None,
    actor: Actor,
    now: datetime,
    is_verified: bool,
) -> MonitoringFile:
    today = reporting_day(now)
    unit = roster.reporting_unit_of(person, day=today)
    if unit is None:
        raise NobodyAnswersForThem(name=person.name)
    edition = rules_in_force(now)
    carer, deputy = carers_for(person, unit=unit, day=today)
    file = MonitoringFile.objects.create(
        person=person,
        unit=unit,
        edition_id=edition.edition_id,
        category=category,
        reason=reason.strip()[:2000],
        evidence=evidence.strip()[:2000],
        source=source[:60],
        last_exposure_on=last_exposure_on,
        eligible_on=policy_from(edition.settings).eligible_on(last_exposure_on),
        carer=carer,
        deputy=deputy,
        opened_at=now,
        opened_by=by,
        next_step=MonitoringFile.Step.TELL,
        next_due_at=now,
    )
    note(file, Kind.OPENED, by=by, actor=actor, now=now, text=reason, source=source)
    if is_verified:
        begin(file=file, told_how="", by=by, text="", actor=actor, now=now)
        file.next_step, file.next_due_at = MonitoringFile.Step.TELL, now
        file.save(update_fields=["next_step", "next_due_at"])
    return file


def carers_for(person: Person, *, unit: Unit, day: date) -> tuple[Person | None, Person | None]:
    """Who cares for a person, and the deputy: out of the roster, never the person themself.

    The counselors of the own unit, else its liaison; behind them the responsible heads, from
    the own unit up the line.
    """
    found: list[Person] = []
    for role in (Post.Role.COUNSELOR, Post.Role.LIAISON):
        if not found:
            found += roster.holders(unit=unit, role=role, day=day)
    for superior in roster.line_of_superiors(unit, day=day):
        found += roster.holders(unit=superior, role=Post.Role.RESPONSIBLE_HEAD, day=day)
    away = roster.exempt_person_ids(day=day)
    able = [one for one in dict.fromkeys(found) if one != person and one.pk not in away]
    return (able[0] if able else None), (able[1] if len(able) > 1 else None)


def expose_again(
    *,
    file: MonitoringFile,
    last_exposure_on: date,
    reason: str,
    evidence: str,
    source: str,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> MonitoringFile:
    """A later exposure begins the days anew; the end that held before stays in the history."""
    text = "\n".join(part.strip() for part in (reason, evidence) if part.strip())
    if not rules.restarts(last_exposure_on=file.last_exposure_on, new_exposure_on=last_exposure_on):
        note(
            file, Kind.REPORTED_AGAIN, by=by, actor=actor, now=now, text=text, source=source,
            exposure_on=last_exposure_on,
        )  # fmt: skip
        return file
    old_exposure, old_end = file.last_exposure_on, file.eligible_on
    usual = policy_of(file).eligible_on(last_exposure_on)
    file.extra_days = max(0, (old_end - usual).days)  # a new exposure never shortens
    file.last_exposure_on = last_exposure_on
    file.eligible_on = max(usual, old_end)
    file.save(update_fields=["extra_days", "last_exposure_on", "eligible_on"])
    note(
        file, Kind.EXPOSED_AGAIN, by=by, actor=actor, now=now, text=text, source=source,
        old_exposure_on=old_exposure, new_exposure_on=last_exposure_on,
        old_end_on=old_end - timedelta(days=1), new_end_on=file.last_day,
    )  # fmt: skip
    if file.state == State.TO_RELEASE:
        move(file=file, to=State.WATCHED, by=by, actor=actor, now=now)
    return file


def begin(
    *, file: MonitoringFile, told_how: str, by: Person | None, text: str, actor: Actor,
    now: datetime,
) -> MonitoringFile:  # fmt: skip
    """It is so, and the person knows reason, duration, rights and numbers: the checks begin."""
    if file.told_at is None:
        file.told_at, file.told_how, file.verified_by = now, told_how, by
        file.save(update_fields=["told_at", "told_how", "verified_by"])
    note(file, Kind.VERIFIED, by=by, actor=actor, now=now, text=text, how=told_how)
    if file.state == State.TO_VERIFY:
        move(file=file, to=State.WATCHED, by=by, actor=actor, now=now)
    return file


def move(
    *,
    file: MonitoringFile,
    to: State,
    by: Person | None,
    actor: Actor,
    now: datetime,
    text: str = "",
) -> MonitoringFile:
    """From state to state along the table. Two at once: the second is told to look again."""
    old = file.state
    if not file.is_open:
        raise FileIsClosed
    if not rules.may_move(old, to):
        raise NotFromHere
    closing = to in rules.CLOSED
    step, due_at = _next_of(to, file, now)
    changes: dict[str, Any] = {"state": to, "next_step": step, "next_due_at": due_at}
    if closing:
        changes |= {"closed_at": now, "closed_by": by}
    if MonitoringFile.objects.filter(pk=file.pk, state=old).update(**changes) != 1:
        raise NotFromHere
    for name, value in changes.items():
        setattr(file, name, value)
    note(file, Kind.MOVED, by=by, actor=actor, now=now, text=text, old=old, new=str(to))
    if to in rules.CHECKED:
        open_slots(file=file, day=reporting_day(now), now=now)
    else:
        _drop_open_slots(file)
    return file


def _next_of(state: State, file: MonitoringFile, now: datetime) -> tuple[str, datetime | None]:
    """What time itself does next with a file that comes into this state."""
    if state in {State.WATCHED, State.ILL}:
        due = state == State.WATCHED and file.eligible_on <= reporting_day(now)
        return MonitoringFile.Step.DAY, now if due else next_midnight(now)
    if state == State.TO_VERIFY:
        return MonitoringFile.Step.TELL, now
    if state == State.TO_RELEASE:
        return MonitoringFile.Step.DECIDE, now + policy_of(file).decide
    return "", None


def next_midnight(now: datetime) -> datetime:
    return at_local(reporting_day(now) + timedelta(days=1), MIDNIGHT)


# ---------------------------------------------------------------- slots


def open_slots(*, file: MonitoringFile, day: date, now: datetime) -> list[CheckSlot]:
    """The slots of a day that can still be kept; asked twice, nothing is doubled."""
    if not file.last_exposure_on <= day < file.eligible_on:
        return []
    policy = policy_of(file)
    rows = [
        CheckSlot(
            file=file,
            day=day,
            code=slot.code,
            opens_at=slot.opens(day),
            due_at=slot.due(day),
            next_due_at=max(now, slot.due(day) - policy.remind),
        )
        for slot in policy.slots
        if slot.due(day) > now
    ]
    return CheckSlot.objects.bulk_create(rows, ignore_conflicts=True)


def _drop_open_slots(file: MonitoringFile) -> None:
    """Nobody asks any more: what is still ahead is not owed and must not read as missed."""
    file.slots.filter(state=CheckSlot.State.DUE).delete()


# ---------------------------------------------------------------- the history


def note(
    file: MonitoringFile,
    kind: MonitoringFact.Kind,
    *,
    by: Person | None,
    actor: Actor = SYSTEM,
    now: datetime,
    text: str = "",
    **detail: Any,
) -> MonitoringFact:
    """A fact on the file and its audit entry; the entry carries no words about health."""
    plain = {name: _plain(value) for name, value in detail.items() if value not in (None, "")}
    fact = MonitoringFact.objects.create(
        file=file, kind=kind, at=now, by=by, text=text.strip()[:2000], detail=plain
    )
    audit.record(
        verb=f"monitoring.file.{kind.value.lower().replace('_', '-')}",
        actor=actor,
        subject=file,
        now=now,
        concerns=file.person_id,
        fact=fact.pk,
    )
    return fact


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value
