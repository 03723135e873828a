"""What the tests of quarantine share: an order as a document says it, a look, a house."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from lianfang.kernel.clock import at_local
from lianfang.quarantine.checks import Look
from lianfang.quarantine.models import Bed, Building, Check, Order
from lianfang.usecases import quarantine, quarantine_checks, quarantine_rooms
from lianfang.usecases.quarantine import Service, Wording
from tests.cast import College

REASON = "1月30日与确诊患者同桌吃饭"
ORDERED = Wording(
    kind="FACILITY",
    place="示例大酒店隔离点",
    reason=REASON,
    authority="CDC",
    authority_name="通川区疾控中心",
    officer="周科长",
    document_no="通疾控〔2020〕12号",
    document_on=date(2020, 2, 1),
    held_from=date(2020, 2, 1),
    last_contact_on=date(2020, 1, 30),
    county_code="511702",
)


def order(college: College, name: str = "小明", by: str = "主任", **changes: Any) -> Order:
    return quarantine.record(
        person=college[name],
        wording=replace(ORDERED, **changes),
        service=Service("IN_PERSON", "校医室刘医生", "本人", college.now),
        by=college[by],
        actor=college.actor(by),
        now=college.now,
    )


def look(college: College, slot: str = "MORNING", **changes: Any) -> Look:
    fine = Look(
        day=college.today, slot=slot, temperature=Decimal("36.5"), site="axilla", unwell=False,
        symptoms=(), kept=True,
    )  # fmt: skip
    return replace(fine, **changes)


def check(college: College, one: Order, by: str = "小明", **changes: Any) -> Check:
    one.refresh_from_db()
    return quarantine_checks.note(
        order=one, look=look(college, **changes), by=college[by], actor=college.actor(by),
        now=college.now,
    )  # fmt: skip


def live_through(college: College, one: Order, *, until: date, but: tuple[date, ...] = ()) -> None:
    """Two checks a day until the day (not included); what is due meanwhile is done at the end."""
    while college.today < until:
        for clock, slot in (("08:30", "MORNING"), ("20:30", "EVENING")):
            college.now = max(college.now, college.at(clock))
            if college.today not in but:
                check(college, one, slot=slot)
        college.now = at_local(college.today + timedelta(days=1), time(0, 1))


def house(college: College, rooms: str = "101-102", beds: int = 1) -> Building:
    return quarantine_rooms.open_building(
        name="隔离楼", address="校内北区", rooms_text=rooms, beds=beds,
        actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip


def bed(room: str) -> Bed:
    return Bed.objects.get(room__name=room)


def move_in(college: College, one: Order, room: str, by: str = "值班员") -> None:
    quarantine_rooms.assign(
        order=one, bed=bed(room), by=college[by], actor=college.actor(by), now=college.now
    )
