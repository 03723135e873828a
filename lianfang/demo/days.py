"""Two weeks of reports and the morning of the demonstration, through the product's own doors."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction

from lianfang.demo.people import Cast
from lianfang.escalation.models import Summons
from lianfang.incidents import operations as incidents
from lianfang.incidents.models import Incident, IncidentFact
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.places import queries as places
from lianfang.reporting import operations as reporting
from lianfang.reporting import queries
from lianfang.reporting.models import CallRecord, DailyReport
from lianfang.reporting.rules import Answers, declarations_open_to
from lianfang.roster.models import Person, Unit
from lianfang.roster.queries import exempt_person_ids
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import acknowledge_incident, daily_report, zero_report

DAYS_BEFORE = 13
_FORGOTTEN_DAY = 9  # a day on which too few reported: its figures read "unknown"
_CLASSES_SIGN_SINCE = 2  # on older days the departments signed for their classes
_BATCH = 400
FINE = Answers(
    unwell=False, temperature=Decimal("36.5"), site="axilla", presence="AT_HOME",
    visited=False, met=False, truth=True,
)  # fmt: skip
_Say = Callable[[str], None]


def live_through(cast: Cast, *, now: datetime, say: _Say) -> None:
    """History first, then this morning, then what stands open."""
    today = reporting_day(now)
    for back in range(DAYS_BEFORE, 0, -1):
        _past_day(cast, today - timedelta(days=back), back=back)
        say(f"  {today - timedelta(days=back)} ✓")
    _morning(cast, now)


def _actor(person: Person) -> Actor:
    return Actor("PERSON", person.pk, person.name)


def _filing(cast: Cast, person: Person, day: date, answers: Answers) -> daily_report.Filing:
    return daily_report.Filing(
        person=person,
        day=day,
        answers=answers,
        source=DailyReport.Source.WEB,
        actor=_actor(person),
        submitted_by=person,
        key=uuid.UUID(int=cast.random.getrandbits(128)).hex,
        unit=cast.unit_of[person.pk],
    )


def _answers(cast: Cast, person: Person) -> Answers:
    heat = Decimal(cast.random.randrange(360, 369)) / 10
    return replace(FINE, county_code=cast.home_of[person.pk], temperature=heat)


def _batches(people: list[Person]) -> Iterator[list[Person]]:
    for start in range(0, len(people), _BATCH):
        yield people[start : start + _BATCH]


def _receive(cast: Cast, people: list[Person], day: date, moments: Iterable[datetime]) -> None:
    """Reports of people who are well, in batches that arrive one after the other."""
    for batch, moment in zip(_batches(people), moments, strict=False):
        rules = rules_in_force(at_local(day, time(12, 0)))
        listed = places.risk_areas_on(day)
        checked = [
            daily_report.check_filing(
                _filing(cast, person, day, _answers(cast, person)),
                rules=rules,
                now=moment,
                listed=listed,
            )
            for person in batch
        ]
        with transaction.atomic():
            daily_report.store(checked, rules=rules, now=moment)


def _expected(cast: Cast, day: date) -> list[Person]:
    exempt = exempt_person_ids(day=day)
    away = {"420111", "330304"}  # they appear this morning, as somebody to call back
    return [p for p in cast.people if p.pk not in exempt and cast.home_of[p.pk] not in away]


def _past_day(cast: Cast, day: date, *, back: int) -> None:
    share = 0.62 if back == _FORGOTTEN_DAY else 0.90 + 0.007 * (DAYS_BEFORE - back)
    everybody = _expected(cast, day)
    cast.random.shuffle(everybody)
    reporters = everybody[: round(len(everybody) * share)]
    start = at_local(day, time(7, 30))
    _receive(cast, reporters, day, (start + timedelta(minutes=45 * n) for n in range(99)))
    reporting.count_day(day=day, now=at_local(day, time(16, 0)))
    if back != _FORGOTTEN_DAY:
        _sign_all(cast, day, classes=back <= _CLASSES_SIGN_SINCE)


def _sign_all(cast: Cast, day: date, *, classes: bool) -> None:
    """The units signed, level by level, but for two classes."""
    levels = [
        (cast.tree.classes[2:] if classes else [], time(12, 40)),
        (cast.tree.departments + cast.tree.offices, time(13, 45)),
        ([cast.tree.college], time(14, 50)),
    ]
    for units, at in levels:
        for unit in units:
            _sign(unit, day, at_local(day, at))


def _sign(unit: Unit, day: date, now: datetime) -> None:
    figures = queries.ledger(unit, day=day)
    post = unit.posts.filter(role__in=["COUNSELOR", "RESPONSIBLE_HEAD"]).select_related("person")
    signer = post.order_by("is_deputy", "id")[0].person
    zero_report.sign_unit_report(
        unit=unit,
        day=day,
        declaration=declarations_open_to(figures)[0],
        narrative="已逐人电话核实。" if figures.with_events else "",
        correction_reason="",
        signer=signer,
        actor=_actor(signer),
        now=now,
    )


def _morning(cast: Cast, now: datetime) -> None:
    """Half of the college has reported; three people are, or were, unwell."""
    today = reporting_day(now)
    opened = at_local(today, time(0, 1))
    reporting.open_day(day=today, rules=rules_in_force(now), now=opened)
    everybody = _expected(cast, today)
    cast.random.shuffle(everybody)
    featured = _featured(cast)
    ordinary = [p for p in everybody if p.pk not in {f.pk for f in featured}]
    start = at_local(today, time(6, 50))
    half = ordinary[: round(len(ordinary) * 0.56)]
    _receive(cast, half, today, (start + timedelta(minutes=30 * n) for n in range(99)))
    for person in cast.people:
        if cast.home_of[person.pk] in {"420111", "330304"} and person.pk % 2:
            answers = replace(_answers(cast, person), note="年前回家,一直在家")
            _report(cast, person, today, answers, now - timedelta(minutes=70))
    _calls(cast, ordinary[len(half) : len(half) + 40], now)
    _incidents(cast, featured, now)


def _featured(cast: Cast) -> list[Person]:
    """One student each of three classes of different departments."""
    classes = cast.tree.classes
    return [cast.students_of(unit)[-1] for unit in (classes[0], classes[8], classes[20])]


def _report(cast: Cast, person: Person, day: date, answers: Answers, now: datetime) -> DailyReport:
    return daily_report.submit_daily_report(_filing(cast, person, day, answers), now=now)


def _ill(cast: Cast, person: Person, day: date, heat: str, *symptoms: str) -> Answers:
    return replace(
        _answers(cast, person), unwell=True, symptoms=symptoms, temperature=Decimal(heat),
        onset_on=day,
    )  # fmt: skip


def _incidents(cast: Cast, featured: list[Person], now: datetime) -> None:
    """One closed yesterday, one that somebody is on, one that rings right now."""
    waiting, taken, closed = featured
    yesterday = reporting_day(now) - timedelta(days=1)
    then = at_local(yesterday, time(8, 5))
    _report(cast, closed, yesterday, _ill(cast, closed, yesterday, "37.6", "fever"), then)
    incident = _take_over(closed, then + timedelta(minutes=4))
    by = incident.acknowledged_by
    assert by is not None
    for minutes, kind, text in (
        (12, IncidentFact.Kind.CALLED, "本人接听,精神尚可,无外出史。"),
        (95, IncidentFact.Kind.HOSPITAL, "已到区医院发热门诊,血常规正常。"),
    ):
        incidents.add_fact(
            incident=incident, kind=kind, text=text, by=by, actor=_actor(by),
            now=then + timedelta(minutes=minutes),
        )  # fmt: skip
    incidents.close(
        incident=incident, closing=Incident.Closing.OTHER_DIAGNOSIS, text="普通感冒,居家休息。",
        by=by, actor=_actor(by), now=then + timedelta(hours=6),
    )  # fmt: skip
    _report(cast, closed, reporting_day(now), _answers(cast, closed), now - timedelta(hours=2))
    then = now - timedelta(minutes=75)
    _report(
        cast,
        taken,
        reporting_day(now),
        _ill(cast, taken, reporting_day(now), "36.9", "dry_cough", "fatigue"),
        then,
    )
    incident = _take_over(taken, then + timedelta(minutes=3))
    by = incident.acknowledged_by
    assert by is not None
    incidents.add_fact(
        incident=incident, kind=IncidentFact.Kind.CALLED, text="本人接听,已告知就诊路线。", by=by,
        actor=_actor(by), now=then + timedelta(minutes=9),
    )  # fmt: skip
    _report(
        cast,
        waiting,
        reporting_day(now),
        _ill(cast, waiting, reporting_day(now), "38.4", "fever", "dry_cough"),
        now - timedelta(minutes=2),
    )


def _take_over(person: Person, now: datetime) -> Incident:
    summons = (
        Summons.objects.filter(escalation__incident__person=person, person__isnull=False)
        .select_related("escalation__incident__person", "person")
        .order_by("id")[0]
    )
    acknowledge_incident.answer_summons(summons=summons, what=Summons.Answer.MINE, now=now)
    return Incident.objects.select_related("acknowledged_by").get(person=person)


def _calls(cast: Cast, people: list[Person], now: datetime) -> None:
    outcomes = ["NO_ANSWER", "TOLD", "FAMILY", "NO_ANSWER", "WRONG_NUMBER"]
    for position, person in enumerate(people):
        caller = cast.counselor_of.get(cast.unit_of[person.pk].pk)
        if caller is not None:
            reporting.record_call(
                person=person, day=reporting_day(now),
                outcome=CallRecord.Outcome(outcomes[position % len(outcomes)]), note="",
                called_by=caller, actor=_actor(caller), now=now - timedelta(minutes=50 - position),
            )  # fmt: skip
