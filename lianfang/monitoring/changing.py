"""What may be changed on an open file, and only with its reason: the end, the words, the people."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from lianfang.incidents.queries import open_of
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring.models import MonitoringFact, MonitoringFile
from lianfang.monitoring.operations import FileIsClosed, Kind, State, begin, move, note, open_slots
from lianfang.roster.models import Person
from lianfang.rulebook.monitor_policy import policy_from
from lianfang.rulebook.queries import rules_of

MOST_EXTRA_DAYS = 60
# What a person may move by hand; proposals, decisions and cancelling have verbs of their own.
BY_HAND = (State.WATCHED, State.AS_CONTACT, State.IN_HOSPITAL)


class IncidentIsOpen(Refused):
    code = "monitoring.incident-open"
    message = _("What was reported is still open as an incident. It is closed first.")
    status = 409


def locked(file: MonitoringFile) -> MonitoringFile:
    """The open file as it is now, held until the transaction ends. Raises `FileIsClosed`."""
    found = (
        MonitoringFile.objects.select_for_update(of=("self",))
        .select_related("person", "unit")
        .get(pk=file.pk)
    )
    if not found.is_open:
        raise FileIsClosed
    return found


def words(text: str, name: str = "reason") -> str:
    """A reason that was given. Raises `Invalid` beside its field."""
    if not text.strip():
        raise Invalid({name: _("A few words, please: they stand in the history.")})
    return text.strip()


@transaction.atomic
def verify(
    *, file: MonitoringFile, told_how: str, text: str, by: Person, actor: Actor, now: datetime
) -> MonitoringFile:
    """Asked and true; the person was told why, until when, their rights and the numbers."""
    if told_how not in MonitoringFile.Told.values:
        raise Invalid({"told_how": _("How was the person told?")})
    return begin(file=locked(file), told_how=told_how, by=by, text=text, actor=actor, now=now)


@transaction.atomic
def put_into(
    *, file: MonitoringFile, to: str, text: str, by: Person, actor: Actor, now: datetime
) -> MonitoringFile:
    """To contact management, to a hospital, or back to watching once nothing is open."""
    if to not in BY_HAND:
        raise Invalid({"to": _("Please choose out of the list.")})
    reason = words(text)
    found = locked(file)
    if to == State.WATCHED and open_of(found.person) is not None:
        raise IncidentIsOpen
    return move(file=found, to=State(to), by=by, actor=actor, now=now, text=reason)


@transaction.atomic
def extend(
    *, file: MonitoringFile, days: int, reason: str, by: Person, actor: Actor, now: datetime
) -> MonitoringFile:
    """More days, with the reason; the end that held before stays in the history."""
    if not 1 <= days <= MOST_EXTRA_DAYS:
        raise Invalid({"days": _("Between 1 and 60 days, please.")})
    reason = words(reason)
    found = locked(file)
    old_end = found.last_day
    today = reporting_day(now)
    # A file whose end has passed already is prolonged from today, not into the past.
    new_eligible = max(found.eligible_on, today) + timedelta(days=days)
    found.extra_days += (new_eligible - found.eligible_on).days
    found.eligible_on = new_eligible
    found.save(update_fields=["extra_days", "eligible_on"])
    note(
        found, Kind.EXTENDED, by=by, actor=actor, now=now, text=reason,
        old_end_on=old_end, new_end_on=found.last_day,
    )  # fmt: skip
    _go_on(found, by=by, actor=actor, now=now)
    return found


def _go_on(file: MonitoringFile, *, by: Person, actor: Actor, now: datetime) -> None:
    """A file whose end has moved away is watched again, from today on."""
    if file.state == State.TO_RELEASE and file.eligible_on > reporting_day(now):
        move(file=file, to=State.WATCHED, by=by, actor=actor, now=now)
    elif file.is_checked:
        open_slots(file=file, day=reporting_day(now), now=now)


@transaction.atomic
def adopt_policy(
    *,
    file: MonitoringFile,
    edition_id: int,
    reason: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> MonitoringFile:
    """Put one old file under another edition: only a person does that, and says why."""
    reason = words(reason)
    found = locked(file)
    old_end, old_edition = found.last_day, found.edition.number
    policy = policy_from(rules_of(edition_id).settings)
    found.edition_id = edition_id
    found.eligible_on = policy.eligible_on(found.last_exposure_on, extra_days=found.extra_days)
    found.save(update_fields=["edition", "eligible_on"])
    note(
        found, Kind.POLICY, by=by, actor=actor, now=now, text=reason,
        old_end_on=old_end, new_end_on=found.last_day,
        old_edition=old_edition, new_edition=rules_of(edition_id).number,
    )  # fmt: skip
    if found.state == State.WATCHED and found.eligible_on <= reporting_day(now):
        MonitoringFile.objects.filter(pk=found.pk).update(next_due_at=now)
    _go_on(found, by=by, actor=actor, now=now)
    return found


@transaction.atomic
def correct(
    *,
    file: MonitoringFile,
    category: str,
    reason: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> MonitoringFile:
    """The words were wrong: they are replaced, and the old ones stay in the history."""
    if category not in MonitoringFile.Category.values:
        raise Invalid({"category": _("Please choose out of the list.")})
    reason = words(reason)
    found = locked(file)
    note(
        found, Kind.CORRECTED, by=by, actor=actor, now=now, text=reason,
        old_category=found.category, old_reason=found.reason,
    )  # fmt: skip
    found.category, found.reason = category, reason[:2000]
    found.save(update_fields=["category", "reason"])
    return found


@transaction.atomic
def give_to(
    *,
    file: MonitoringFile,
    carer: Person,
    deputy: Person | None,
    by: Person,
    actor: Actor,
    now: datetime,
) -> MonitoringFile:
    """Another carer, another deputy; never the person themself, never one for both."""
    if carer.pk == file.person_id or (deputy and deputy.pk == file.person_id):
        raise Invalid({"carer": _("Nobody is their own carer.")})
    if deputy is not None and deputy.pk == carer.pk:
        raise Invalid({"deputy": _("The deputy is somebody else.")})
    found = locked(file)
    found.carer, found.deputy = carer, deputy
    found.save(update_fields=["carer", "deputy"])
    names = " · ".join(one.name for one in (carer, deputy) if one)
    note(found, Kind.CARER, by=by, actor=actor, now=now, text=names)
    return found


@transaction.atomic
def place(
    *,
    file: MonitoringFile,
    isolation: str,
    isolation_place: str,
    isolation_from: date | None,
    is_ordered: bool,
    supervisor: str,
    supervisor_phone: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> MonitoringFile:
    """Where and how the person stays, who supervises there, and whether an authority ordered it."""
    problems = {}
    if isolation not in MonitoringFile.Isolation.values:
        problems["isolation"] = _("Please choose out of the list.")
    elif isolation != MonitoringFile.Isolation.NONE and isolation_from is None:
        problems["isolation_from"] = _("Since which day?")
    if isolation_from is not None and isolation_from > reporting_day(now):
        problems["isolation_from"] = _("This day cannot lie in the future.")
    if problems:
        raise Invalid(problems)
    found = locked(file)
    found.isolation, found.isolation_from = isolation, isolation_from
    found.isolation_place = isolation_place.strip()[:200]
    found.is_ordered = is_ordered
    found.supervisor = supervisor.strip()[:120]
    found.supervisor_phone = supervisor_phone.strip()[:40]
    found.save(
        update_fields=[
            "isolation", "isolation_from", "isolation_place", "is_ordered", "supervisor",
            "supervisor_phone",
        ]
    )  # fmt: skip
    note(found, Kind.PLACE, by=by, actor=actor, now=now, text=found.isolation_place)
    return found


@transaction.atomic
def write_down(
    *,
    file: MonitoringFile,
    kind: MonitoringFact.Kind,
    text: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> MonitoringFact:
    """A call or a note."""
    return note(locked(file), kind, by=by, actor=actor, now=now, text=words(text, "text"))
