"""A house with rooms, two orders, what they need, one question about help, one contradiction."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from lianfang.demo.hands import actor_of
from lianfang.demo.people import Cast
from lianfang.doubts import operations as questions
from lianfang.kernel.clock import SHANGHAI, reporting_day
from lianfang.quarantine.models import Bed, Order
from lianfang.quarantine.operations import Service, Wording
from lianfang.reporting.models import DailyReport
from lianfang.roster.imports.sheets import NamedFile
from lianfang.roster.models import Person
from lianfang.usecases import (
    campus_records,
    doubts,
    quarantine,
    quarantine_checks,
    quarantine_needs,
    quarantine_rooms,
)

_HOUSE = "隔离楼（演练）"


def look_after(cast: Cast, *, now: datetime) -> None:
    """Through the product's own doors: somebody ordered it, the college looks after them."""
    officer = cast.roles["officer"]
    actor = actor_of(officer)
    building = quarantine_rooms.open_building(
        name=_HOUSE, address="校内北区", rooms_text="101-106", beds=2, actor=actor, now=now
    )
    people = _quiet_people(cast, 6)
    if not people:
        return  # a made-up college that is too small for this story
    beds = list(Bed.objects.filter(room__building=building).order_by("room__name", "name"))
    facility, campus = (
        _order(cast, people[0], now, kind="FACILITY", back=11),
        _order(cast, people[1], now, kind="CAMPUS", back=4),
    )
    for one, bed in ((facility, beds[0]), (campus, beds[2])):
        quarantine_rooms.assign(order=one, bed=bed, by=officer, actor=actor, now=one.recorded_at)
    quarantine_rooms.assign(order=campus, bed=beds[4], by=officer, actor=actor, now=now)
    for one in (facility, campus):
        _checks(one, now)
    for one, kind, text in (
        (facility, "MEALS", "清淡一些，不吃辣"),
        (facility, "STUDY", "高等数学课本第二册"),
        (campus, "MEDICINE", "平时吃的降压药还剩两天"),
    ):
        quarantine_needs.ask(
            order=one, kind=kind, text=text, by=one.person, actor=actor_of(one.person),
            now=now - timedelta(minutes=70),
        )  # fmt: skip
    _question(cast, people[2:5], now)
    _contradiction(people[5], officer, now)


def _quiet_people(cast: Cast, number: int) -> list[Person]:
    """People of one class who are in no other story, with a report of today; or none at all."""
    told = dict(
        DailyReport.objects.filter(
            day=DailyReport.objects.latest("day").day, is_current=True, has_events=False,
            presence="AT_HOME",
        ).values_list("person_id", "unit_id")
    )  # fmt: skip
    busy = set(DailyReport.objects.filter(has_events=True).values_list("person_id", flat=True))
    busy.add(cast.roles["student"].pk)
    shown = cast.roles["counselor"]  # whose account people try first
    classes = sorted(cast.tree.classes, key=lambda unit: cast.counselor_of.get(unit.pk) != shown)
    for unit in classes:
        found = [
            p for p in cast.students_of(unit) if told.get(p.pk) == unit.pk and p.pk not in busy
        ]
        if len(found) >= number and unit.pk in cast.counselor_of:
            return found[:number]
    return []


def _order(cast: Cast, person: Person, now: datetime, *, kind: str, back: int) -> Order:
    at = now - timedelta(days=back)
    by_college = kind == "CAMPUS"
    officer = cast.roles["officer"]
    return quarantine.record(
        person=person,
        wording=Wording(
            kind=kind,
            place=_HOUSE,
            reason="返校途中与一名发热旅客同排乘车，等待核实"
            if by_college
            else "与确诊患者同桌吃饭",
            authority="SCHOOL" if by_college else "CDC",
            authority_name="疫情防控领导小组" if by_college else "示例区疾控中心",
            officer="组长" if by_college else "周科长",
            document_no=f"演练〔2020〕{back}号",
            document_on=reporting_day(at),
            held_from=reporting_day(at),
            last_contact_on=reporting_day(at) - timedelta(days=1),
        ),
        service=Service("IN_PERSON", "校医", "本人", at),
        by=officer,
        actor=actor_of(officer),
        now=at,
    )


def _checks(order: Order, now: datetime) -> None:
    """Morning and evening of each day, but for one that was forgotten."""
    days = (reporting_day(now) - order.held_from).days
    for n in range(days + 1):
        day = order.held_from + timedelta(days=n)
        for slot, hour in (("MORNING", 8), ("EVENING", 20)):
            at = datetime(day.year, day.month, day.day, hour, 20, tzinfo=SHANGHAI)
            if not order.recorded_at <= at <= now or (n == 2 and slot == "EVENING"):
                continue
            look = quarantine_checks.Look(
                day=day, slot=slot, temperature=Decimal(364 + (n * 3 + hour) % 5) / 10,
                site="axilla", unwell=False, symptoms=(), kept=True,
            )  # fmt: skip
            quarantine_checks.note(
                order=order, look=look, by=order.person, actor=actor_of(order.person), now=at
            )


def _question(cast: Cast, people: list[Person], now: datetime) -> None:
    signs = {person.pk: ("SAME_SECOND", "SAME_ANSWERS") for person in people}
    unit = cast.unit_of[people[0].pk]
    questions.ask(unit_id=unit.pk, day=reporting_day(now), signs=signs, now=now)


def _contradiction(person: Person, officer: Person, now: datetime) -> None:
    """At home, says the report of this morning; the gate has seen the person come in."""
    at = f"{reporting_day(now)} 08:41:07"
    file = NamedFile("门禁.csv", f"学号,门岗,方向,时间\n{person.number},北门,进,{at}\n".encode())
    campus_records.apply(kind="GATE", file=file, by=officer, actor=actor_of(officer), now=now)
    doubts.look_for_contradictions(day=reporting_day(now), now=now)
