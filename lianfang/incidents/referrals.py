"""The verbs of the way to a hospital and back. A step that was noted is not taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from lianfang.audit import operations as audit
from lianfang.incidents.models import Incident, IncidentFact, Referral
from lianfang.incidents.operations import IncidentIsClosed
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person

_USUAL = {"went": 180, "seen": 240, "result": 1440, "back": 1440}


class AlreadyOnTheWay(Refused):
    code = "incidents.already-on-the-way"
    message = _("A way to the hospital is open already; please note its next step.")
    status = 409


class StepIsOver(Refused):
    code = "incidents.referral-step-is-over"
    message = _("This step, or a later one, was noted already.")
    status = 409


def waits_from(settings: Mapping[str, Any]) -> dict[str, timedelta]:
    """How long each step may take, from the edition in force."""
    said = settings.get("referral_minutes") or {}
    return {step: timedelta(minutes=int(said.get(step, usual))) for step, usual in _USUAL.items()}


@transaction.atomic
def advise(
    *,
    incident: Incident,
    hospital: str,
    transport: str,
    companion: str,
    waits: Mapping[str, timedelta],
    owner: Person,
    actor: Actor,
    now: datetime,
) -> Referral:
    """The person was told to go, where, how and with whom.

    Raises `AlreadyOnTheWay`, `IncidentIsClosed`.
    """
    if not incident.is_open:
        raise IncidentIsClosed
    if not hospital.strip():
        raise Invalid({"hospital": _("Which hospital, please?")})
    try:
        with transaction.atomic():
            referral = Referral.objects.create(
                incident=incident,
                hospital=hospital.strip()[:200],
                transport=transport,
                companion=companion.strip()[:200],
                owner=owner,
                advised_at=now,
                next_due_at=now + waits["went"],
            )
    except IntegrityError as error:
        raise AlreadyOnTheWay from error
    _note(referral, Referral.Step.ADVISED, owner, actor, now)
    return referral


@transaction.atomic
def take_step(
    *,
    referral: Referral,
    step: Referral.Step,
    result: str,
    waits: Mapping[str, timedelta],
    by: Person,
    actor: Actor,
    now: datetime,
) -> Referral:
    """The next step is known, or a later one: what lies between stays unknown.

    `result` is what the doctor found: the step of that name needs it. Two at the same moment: one
    is told that it was noted already. Raises `StepIsOver`, `Invalid`.
    """
    if step == Referral.Step.RESULT and not result.strip():
        raise Invalid({"result": _("What did the doctor find? A few words, please.")})
    steps = list(Referral.Step)
    position = steps.index(step)
    if any(at is not None for _step, at in referral.moments[position:]):
        raise StepIsOver
    later = {f"{one.value}_at__isnull": True for one in steps[position:]}
    following = steps[position + 1] if position + 1 < len(steps) else None
    found = {"result": result.strip()[:1000]} if result.strip() else {}
    changed = Referral.objects.filter(pk=referral.pk, **later).update(
        **{f"{step.value}_at": now},
        **found,
        next_due_at=now + waits[following.value] if following else None,
    )
    if changed != 1:
        raise StepIsOver
    referral.refresh_from_db()
    _note(referral, step, by, actor, now)
    return referral


def _note(referral: Referral, step: Referral.Step, by: Person, actor: Actor, now: datetime) -> None:
    """On the time line of the incident too: the kind says hospital, the text says where."""
    IncidentFact.objects.create(
        incident_id=referral.incident_id,
        kind=IncidentFact.Kind.HOSPITAL,
        at=now,
        by=by,
        text=f"{step.value} · {referral.hospital}",
    )
    audit.record(
        verb="incidents.referral.step-noted", actor=actor, subject=referral, now=now,
        concerns=referral.incident.person_id, step=step.value,
    )  # fmt: skip


def claim_due(*, now: datetime) -> Referral | None:
    """The worker's poll: one way whose next step is late. Each step is reminded of once."""
    referral = (
        Referral.objects.filter(next_due_at__lte=now)
        .order_by("next_due_at", "id")
        .select_related("incident", "owner")
        .first()
    )
    if referral is None:
        return None
    claimed = Referral.objects.filter(pk=referral.pk, next_due_at=referral.next_due_at).update(
        next_due_at=None
    )
    return referral if claimed == 1 else None


def postpone_due(*, now: datetime, to: datetime) -> None:
    """A reminder that cannot be written is put off, so that it stops nobody else."""
    due = Referral.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id")
    Referral.objects.filter(pk__in=due.values("pk")[:1]).update(next_due_at=to)
