"""At night and after every import: reports compared with each other, and with other records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lianfang.campus import queries as campus
from lianfang.doubts import copied, operations, queries, rules
from lianfang.doubts.models import Contradiction, DoubtMoment, Question, Trace
from lianfang.doubts.operations import ContradictionIsClosed, QuestionIsAnswered
from lianfang.doubts.rules import Leave, PersonDay, Report, Stay
from lianfang.escalation.queries import people_on
from lianfang.installation.due import when_due
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import SHANGHAI, at_local, reporting_day
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.quarantine.models import Order
from lianfang.reporting.models import DailyReport
from lianfang.roster import queries as roster
from lianfang.roster.models import Exemption, Membership, Person, Unit
from lianfang.roster.queries import held_on
from lianfang.rulebook.honesty_policy import HonestyPolicy
from lianfang.rulebook.queries import Rung, rules_in_force
from lianfang.usecases.callers import carers_of
from lianfang.usecases.letters import in_language_of
from lianfang.vault.fields import blind_index

_AT_ONCE = 4000
What = DoubtMoment.What


def policy_now(now: datetime) -> HonestyPolicy:
    return HonestyPolicy.from_settings(rules_in_force(now).settings)


# ---------------------------------------------------------------- the clock


def ensure_night(*, now: datetime) -> None:
    """The next night's comparison is a row, even when no worker was awake; an open one is enough."""
    waits = DoubtMoment.objects.filter(what=What.NIGHT, done_at__isnull=True).exists()
    if not waits and roster.college() is not None:
        _set_night(reporting_day(now), now)


def _set_night(day: date, now: datetime) -> None:
    due_at = at_local(day + timedelta(days=1), policy_now(now).strikes_at)
    operations.set_moment(what=What.NIGHT, day=day, due_at=due_at)


def _set_following(moment: DoubtMoment, now: datetime) -> None:
    """Day after day without a gap: nights that no worker saw are made up, within the window."""
    oldest = reporting_day(now) - timedelta(days=policy_now(now).window_days)
    _set_night(max(moment.day + timedelta(days=1), oldest), now)


def after_import(*, days: Iterable[date], now: datetime) -> None:
    """These days are compared again by the next worker, now that their records are here."""
    for day in days:
        operations.set_moment(what=What.IMPORT, day=day, due_at=now)


@when_due(lambda now: DoubtMoment.objects.filter(done_at__isnull=True, due_at__lte=now))
@transaction.atomic
def strike_next(*, now: datetime) -> DoubtMoment | None:
    """One comparison. Done twice it changes nothing."""
    moment = operations.claim_moment(now=now)
    if moment is None:
        return None
    if moment.what == What.NIGHT:
        take_traces(day=moment.day, now=now)
        look_for_copies(day=moment.day, now=now)
        _set_following(moment, now)
    look_for_contradictions(day=moment.day, now=now)
    return moment


def postpone_next(*, now: datetime, to: datetime) -> None:
    operations.postpone_moment(now=now, to=to)


# ---------------------------------------------------------------- copied reports


def take_traces(*, day: date, now: datetime) -> int:
    """The second and a keyed mark of each report that somebody sent for themself that day."""
    policy = policy_now(now)
    rows = (
        DailyReport.objects.filter(day=day, is_current=True, source=DailyReport.Source.WEB)
        .values_list("person_id", "unit_id", "first_received_at", "answers")
        .iterator(chunk_size=_AT_ONCE)
    )
    traces = [
        Trace(person_id=person, unit_id=unit, day=day, second=_second(at), mark=_mark(answers))
        for person, unit, at, answers in rows
    ]
    forget = day - timedelta(days=policy.window_days)
    return operations.take_traces(day=day, traces=traces, forget_before=forget)


def _second(at: datetime) -> int:
    local = at.astimezone(SHANGHAI)
    return local.hour * 3600 + local.minute * 60 + local.second


def _mark(answers: Mapping[str, object]) -> str:
    """Equal answers, equal mark; no mark without a temperature: nothing can be told from that."""
    if not answers.get("temperature"):
        return ""
    plain = json.dumps(answers, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return blind_index(plain, place="doubts.trace")[:16]


def look_for_copies(*, day: date, now: datetime) -> list[Question]:
    """One question for each unit with people who show a sign and were not asked about lately."""
    policy = policy_now(now)
    reports = queries.reports_until(day, days=policy.window_days)
    signs = copied.signs_of(reports, sizes=roster.head_count(day=day), policy=policy)
    known = queries.not_again(day)
    by_unit: dict[int, dict[int, tuple[str, ...]]] = {}
    unit_of = _units_of(set(signs) - known, day)
    for person, unit in unit_of.items():
        by_unit.setdefault(unit, {})[person] = signs[person]
    asked = [
        question
        for unit, found in sorted(by_unit.items())
        if (question := operations.ask(unit_id=unit, day=day, signs=found, now=now)) is not None
    ]
    notifications.queue(list(_to_heads(asked, now)), now=now)
    return asked


def _units_of(people: set[int], day: date) -> dict[int, int]:
    rows = Membership.objects.filter(held_on(day), kind=Membership.Kind.REPORTING)
    return {
        person: unit
        for person, unit in rows.values_list("person_id", "unit_id")
        if person in people
    }


def _to_heads(questions: list[Question], now: datetime) -> Iterator[Draft]:
    """One letter for each head, however many of their units are asked; it names nobody."""
    heads: dict[int, tuple[Person, int]] = {}
    for question in questions:
        for head in _heads(question.unit, now):
            _one, n = heads.get(head.pk, (head, 0))
            heads[head.pk] = (head, n + 1)
    for head, n in heads.values():
        with in_language_of(head):
            yield Draft(
                reference=f"doubts-help:{reporting_day(now)}",
                person=head,
                subject=_("Lianfang: a question"),
                body=_(
                    "Some people may need help with reporting (%(n)s units). Please open the link."
                )
                % {"n": n},
                link="/desk/care/doubts/",
            )


def _heads(unit: Unit, now: datetime) -> list[Person]:
    for reach in ("OWN", "DEPARTMENT", "COLLEGE"):
        found = people_on(Rung(0, 0, reach, "RESPONSIBLE_HEAD", timedelta(0)), unit=unit, at=now)
        if found:
            return found
    return []


def answer_question(
    *, question: Question, what: str, note: str, by: Person, actor: Actor, now: datetime
) -> None:
    operations.answer(
        question=question, what=what, note=note, quiet_days=policy_now(now).quiet_days,
        day=reporting_day(now), by=by, actor=actor, now=now,
    )  # fmt: skip


# ---------------------------------------------------------------- records that contradict


def look_for_contradictions(*, day: date, now: datetime) -> list[Contradiction]:
    """What is recorded about each person of that day, compared; the carers are told how many."""
    days = list(_person_days(day))
    found = {pk: conflicts for pk, one in days if (conflicts := rules.conflicts_of(one))}
    units = _units_of(set(found), day)
    new = operations.note_conflicts(day=day, found=found, units=units, now=now)
    notifications.queue(list(_to_carers(new, day, now)), now=now)
    return new


def _person_days(day: date) -> Iterator[tuple[int, PersonDay]]:
    """Only people about whom something is recorded beside the report."""
    passages, evening = campus.passages_on(day), campus.evening_of(day)
    leaves, stays = _leaves_on(day), _stays_on(day)
    reports = _reports_on(day)
    in_quarantine = {pk for pk, one in reports.items() if one.presence == "QUARANTINE"}
    people = passages.keys() | evening.keys() | leaves.keys() | stays.keys() | in_quarantine
    students = set(
        Person.objects.filter(category=Person.Category.STUDENT).values_list("pk", flat=True)
    )
    for pk in sorted(people):
        look = evening.get(pk)
        yield (
            pk,
            PersonDay(
                day=day,
                is_student=pk in students,
                report=reports.get(pk),
                passages=tuple((p.direction, p.at) for p in passages.get(pk, ())),
                evening=(look.is_present, look.at) if look is not None else None,
                leaves=tuple(leaves.get(pk, ())),
                stay=stays.get(pk),
            ),
        )


def _reports_on(day: date) -> dict[int, Report]:
    rows = DailyReport.objects.filter(day=day, is_current=True).values_list(
        "person_id", "presence", "county_code", "received_at", "has_events"
    )
    return {pk: Report(presence, county, at, events) for pk, presence, county, at, events in rows}


def _leaves_on(day: date) -> dict[int, list[Leave]]:
    found: dict[int, list[Leave]] = {}
    rows = Exemption.objects.filter(held_on(day)).order_by("held_from", "id")
    for person, reason, first in rows.values_list("person_id", "reason", "held_from"):
        found.setdefault(person, []).append(Leave(reason, first))
    return found


def _stays_on(day: date) -> dict[int, Stay]:
    """Orders that covered the whole of that day; one recorded by mistake never did."""
    ends = at_local(day + timedelta(days=1), datetime.min.time())
    rows = (
        Order.objects.filter(held_from__lte=day)
        .filter(Q(state=Order.State.RUNNING) | Q(ended_at__gte=ends))
        .exclude(state=Order.State.MISTAKE)
        .order_by("id")
    )
    return {
        person: Stay(kind, county, first)
        for person, kind, county, first in rows.values_list(
            "person_id", "kind", "county_code", "held_from"
        )
    }


def _to_carers(new: list[Contradiction], day: date, now: datetime) -> Iterator[Draft]:
    """One letter for each carer and day with a number in it; no name, no record."""
    counts: dict[int, int] = {}
    by_unit: dict[int, int] = {}
    for one in new:
        by_unit[one.unit_id] = by_unit.get(one.unit_id, 0) + 1
    for unit, n in by_unit.items():
        for carer in carers_of(unit, day=reporting_day(now)):
            counts[carer] = counts.get(carer, 0) + n
    for carer_one in Person.objects.filter(pk__in=counts):
        with in_language_of(carer_one):
            yield Draft(
                reference=f"doubts-records:{day}:{int(now.timestamp())}",
                person=carer_one,
                subject=_("Lianfang: a question"),
                body=_("Two records do not agree (%(n)s times). Please open the link and ask.")
                % {"n": counts[carer_one.pk]},
                link="/desk/care/doubts/records/",
            )


def close_contradiction(
    *, contradiction: Contradiction, truth: str, note: str, by: Person, actor: Actor, now: datetime
) -> None:
    operations.close(
        contradiction=contradiction, truth=truth, note=note, by=by, actor=actor, now=now
    )


__all__ = [
    "ContradictionIsClosed", "QuestionIsAnswered", "after_import", "answer_question",
    "close_contradiction", "ensure_night", "look_for_contradictions", "look_for_copies",
    "policy_now", "postpone_next", "strike_next", "take_traces",
]  # fmt: skip
