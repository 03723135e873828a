"""The verbs: traces are taken and forgotten, questions asked and answered, records compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from lianfang.audit import operations as audit
from lianfang.doubts.models import Asked, Contradiction, DoubtMoment, Question, Trace
from lianfang.doubts.rules import Conflict, Said
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person

_AT_ONCE = 2000


class QuestionIsAnswered(Refused):
    code = "doubts.question-is-answered"
    message = _("Somebody has answered this already. Thank you.")
    status = 409


class ContradictionIsClosed(Refused):
    code = "doubts.contradiction-is-closed"
    message = _("This was cleared up already.")
    status = 409


@transaction.atomic
def take_traces(*, day: date, traces: Iterable[Trace], forget_before: date) -> int:
    """The traces of a day, anew; those before the window are deleted. Twice is once."""
    Trace.objects.filter(day=day).delete()
    Trace.objects.filter(day__lt=forget_before).delete()
    return len(Trace.objects.bulk_create(traces, batch_size=_AT_ONCE))


@transaction.atomic
def ask(
    *, unit_id: int, day: date, signs: Mapping[int, tuple[str, ...]], now: datetime
) -> Question | None:
    """One question for the unit, with the people it is about; None while another one waits."""
    try:
        with transaction.atomic():
            question = Question.objects.create(unit_id=unit_id, day=day, asked_at=now)
    except IntegrityError:
        return None
    Asked.objects.bulk_create(
        Asked(question=question, person_id=person, signs=",".join(found))
        for person, found in sorted(signs.items())
    )
    audit.record(
        verb="doubts.question.asked", actor=SYSTEM, subject=question, now=now, people=len(signs)
    )
    return question


@transaction.atomic
def answer(
    *,
    question: Question,
    what: str,
    note: str,
    quiet_days: int,
    day: date,
    by: Person,
    actor: Actor,
    now: datetime,
) -> None:
    """What came of asking; the same question is not asked again for a while. One answers."""
    if what not in Question.Answer.values:
        raise Invalid({"answer": _("Please choose what came of it.")})
    changed = Question.objects.filter(pk=question.pk, state=Question.State.OPEN).update(
        state=Question.State.CLOSED,
        answer=what,
        answered_by=by,
        answered_at=now,
        quiet_until=day + timedelta(days=quiet_days),
    )
    if changed != 1:
        raise QuestionIsAnswered
    question.refresh_from_db()
    if note.strip():
        question.note = note.strip()[:500]
        question.save(update_fields=["note"])
    audit.record_many(
        audit.entry(
            verb="doubts.question.answered",
            actor=actor,
            subject=question,
            now=now,
            concerns=person,
            answer=what,
        )
        for person in question.people.values_list("person_id", flat=True)
    )


def _plain(said: Said) -> dict[str, str]:
    return {"what": said.what, "value": said.value, "at": said.at.isoformat() if said.at else ""}


@transaction.atomic
def note_conflicts(
    *, day: date, found: Mapping[int, list[Conflict]], units: Mapping[int, int], now: datetime
) -> list[Contradiction]:
    """Write what is new; what agrees by now is settled. Twice is once. Returns the new ones."""
    known = {
        (person, kind): (pk, state)
        for pk, person, kind, state in Contradiction.objects.filter(day=day).values_list(
            "pk", "person_id", "kind", "state"
        )
    }
    new = [
        Contradiction(
            person_id=person,
            unit_id=units[person],
            day=day,
            kind=one.kind,
            found_at=now,
            records={"records": [_plain(one.left), _plain(one.right)]},
        )
        for person, conflicts in found.items()
        for one in conflicts
        if (person, one.kind) not in known and person in units
    ]
    Contradiction.objects.bulk_create(new, batch_size=_AT_ONCE, ignore_conflicts=True)
    still = {(person, one.kind) for person, conflicts in found.items() for one in conflicts}
    gone = [pk for key, (pk, state) in known.items() if state == "OPEN" and key not in still]
    Contradiction.objects.filter(pk__in=gone, state=Contradiction.State.OPEN).update(
        state=Contradiction.State.SETTLED, closed_at=now
    )
    audit.record_many(
        audit.entry(
            verb="doubts.contradiction.found",
            actor=SYSTEM,
            subject=None,
            now=now,
            concerns=one.person_id,
            kind=one.kind,
            day=day.isoformat(),
        )
        for one in new
    )
    return new


@transaction.atomic
def close(
    *, contradiction: Contradiction, truth: str, note: str, by: Person, actor: Actor, now: datetime
) -> None:
    """What was true, as the person said it. One of two closes it."""
    problems: dict[str, str] = {}
    if truth not in Contradiction.Truth.values:
        problems["truth"] = _("Please choose what was true.")
    if not note.strip():
        problems["note"] = _("Whom did you ask, and what did they say?")
    if problems:
        raise Invalid(problems)
    changed = Contradiction.objects.filter(
        pk=contradiction.pk, state=Contradiction.State.OPEN
    ).update(state=Contradiction.State.CLOSED, truth=truth, closed_by=by, closed_at=now)
    if changed != 1:
        raise ContradictionIsClosed
    contradiction.refresh_from_db()
    contradiction.note = note.strip()[:500]
    contradiction.save(update_fields=["note"])
    audit.record(
        verb="doubts.contradiction.closed", actor=actor, subject=contradiction, now=now,
        concerns=contradiction.person_id, truth=truth,
    )  # fmt: skip


def set_moment(*, what: str, day: date, due_at: datetime) -> None:
    """That day is compared at that moment; one open row of a kind and day."""
    DoubtMoment.objects.get_or_create(what=what, day=day, done_at=None, defaults={"due_at": due_at})


def claim_moment(*, now: datetime) -> DoubtMoment | None:
    moment = (
        DoubtMoment.objects.filter(done_at__isnull=True, due_at__lte=now)
        .order_by("due_at", "id")
        .first()
    )
    if moment is None:
        return None
    claimed = DoubtMoment.objects.filter(pk=moment.pk, done_at__isnull=True).update(done_at=now)
    return moment if claimed == 1 else None


def postpone_moment(*, now: datetime, to: datetime) -> None:
    """A comparison that fails is put off, so that it stops nobody else."""
    due = DoubtMoment.objects.filter(done_at__isnull=True, due_at__lte=now)
    first = due.order_by("due_at", "id").values("pk")[:1]
    DoubtMoment.objects.filter(pk__in=first).update(due_at=to)
