"""Two weeks of reports and the morning of the demonstration, through the product's own doors."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from lianfang.demo.hands import actor_of
from lianfang.demo.people import Cast
from lianfang.escalation.models import Summons
from lianfang.incidents.kinds import Organisation, Way
from lianfang.incidents.models import Incident
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.places import queries as places
from lianfang.reporting import operations as reporting
from lianfang.reporting import queries
from lianfang.reporting.models import CallRecord, DailyReport
from lianfang.reporting.rules import Answers, declarations_open_to
from lianfang.roster import operations as roster
from lianfang.roster.models import Person, Unit
from lianfang.roster.queries import exempt_person_ids
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import (
    acknowledge_incident,
    daily_report,
    handle_incident,
    referrals,
    zero_report,
)

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


def _filing(cast: Cast, person: Person, day: date, answers: Answers) -> daily_report.Filing:
    return daily_report.Filing(
        person=person,
        day=day,
        answers=answers,
        source=DailyReport.Source.WEB,
        actor=actor_of(person),
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
        actor=actor_of(signer),
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
            answers = replace(_answers(cast, person), note="年前回家，一直在家")
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
    """One closed yesterday, one in hand with a limit running, one that rings right now."""
    waiting, taken, closed = featured
    today = reporting_day(now)
    _school_doctor(cast, today, now)
    _closed_yesterday(cast, closed, today - timedelta(days=1))
    _report(cast, closed, today, _answers(cast, closed), now - timedelta(hours=2))
    _in_hand(cast, taken, now)
    ill = _ill(cast, waiting, today, "38.4", "fever", "dry_cough")
    _report(cast, waiting, today, ill, now - timedelta(minutes=2))


def _school_doctor(cast: Cast, day: date, now: datetime) -> None:
    """Somebody of an office is the school doctor: the reporting officer of every limit."""
    office = cast.tree.offices[-1]
    doctor = next(p for p in cast.people if cast.unit_of[p.pk] == office)
    roster.appoint(
        person=doctor, unit=cast.tree.college, role="DOCTOR", day=day, actor=OPERATOR, now=now
    )


def _closed_yesterday(cast: Cast, person: Person, day: date) -> None:
    """Verified, seen by a doctor, another diagnosis, closed."""
    then = at_local(day, time(8, 5))
    _report(cast, person, day, _ill(cast, person, day, "37.6", "fever"), then)
    incident = _take_over(person, then + timedelta(minutes=4))
    by = _who_has(incident)
    handle_incident.verify(
        incident=incident, verdict="TRUE", method="PHONE", has_history=False,
        text="本人接听，精神尚可，无外出史。", **_at(by, then, 12),
    )  # fmt: skip
    referral = referrals.advise(
        incident=incident, hospital="区人民医院发热门诊", transport="OWN_CAR", companion="父亲",
        **_at(by, then, 20),
    )  # fmt: skip
    referrals.take_step(referral=referral, step="seen", **_at(by, then, 95))
    referrals.take_step(
        referral=referral, step="result", result="血常规正常，普通感冒。", **_at(by, then, 150)
    )
    referrals.take_step(referral=referral, step="back", **_at(by, then, 210))
    handle_incident.close(
        incident=incident, closing="OTHER_DIAGNOSIS", text="普通感冒，居家休息。",
        **_at(by, then, 360),
    )  # fmt: skip


def _in_hand(cast: Cast, person: Person, now: datetime) -> None:
    """A suspected case since half an hour: the education authority knows, the CDC has to."""
    then = now - timedelta(minutes=75)
    day = reporting_day(now)
    _report(cast, person, day, _ill(cast, person, day, "37.9", "dry_cough", "fatigue"), then)
    incident = _take_over(person, then + timedelta(minutes=3))
    by = _who_has(incident)
    handle_incident.verify(
        incident=incident, verdict="TRUE", method="PHONE", has_history=True,
        text="本人接听，1月20日经武汉返乡，已告知就诊路线。", **_at(by, then, 9),
    )  # fmt: skip
    referral = referrals.advise(
        incident=incident, hospital="市中心医院发热门诊", transport="AMBULANCE",
        companion="母亲", **_at(by, then, 14),
    )  # fmt: skip
    referrals.take_step(referral=referral, step="went", **_at(by, then, 25))
    referrals.take_step(referral=referral, step="seen", **_at(by, then, 40))
    handle_incident.classify(
        incident=incident, kind="SUSPECTED", source="HOSPITAL", said_by="市中心医院发热门诊 王医生",
        document_follows=True, **_at(by, then, 45),
    )  # fmt: skip
    telling = handle_incident.Telling(
        organisation=Organisation.EDUCATION, method=Way.PHONE, spoke_with="值班室 李老师",
        phone="0818-2110000", given="学生1例疑似，已送定点医院，详情随首报书面报送。",
    )  # fmt: skip
    handle_incident.tell_outside(incident=incident, telling=telling, **_at(by, then, 55))


def _who_has(incident: Incident) -> Person:
    assert incident.acknowledged_by is not None
    return incident.acknowledged_by


def _at(by: Person, then: datetime, minutes: int) -> dict[str, Any]:
    return {"by": by, "actor": actor_of(by), "now": then + timedelta(minutes=minutes)}


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
                called_by=caller, actor=actor_of(caller), now=now - timedelta(minutes=50 - position),
            )  # fmt: skip
