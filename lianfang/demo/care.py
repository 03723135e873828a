"""A few people under key monitoring: to be verified, watched with a missed evening, at the end."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from lianfang.demo.hands import actor_of
from lianfang.demo.people import Cast
from lianfang.kernel.clock import reporting_day
from lianfang.monitoring import checking
from lianfang.monitoring.checking import Findings
from lianfang.monitoring.models import CheckSlot, MonitoringFile
from lianfang.monitoring.operations import next_midnight, open_file, open_slots
from lianfang.reporting.models import DailyReport
from lianfang.roster.models import Person
from lianfang.usecases import monitoring


def watch_over(cast: Cast, *, now: datetime) -> None:
    """Four people of one class who are in no other story, and the objection of one of them."""
    today = reporting_day(now)
    quiet = DailyReport.objects.filter(
        day=today, is_current=True, has_events=False, presence="AT_HOME",
        person__monitoring_files__isnull=True, person__category="STUDENT",
    )  # fmt: skip
    people = [report.person for report in quiet.select_related("person").order_by("-person_id")[:4]]
    for number, (person, back) in enumerate(zip(people, (0, 4, 9, 6), strict=False)):
        file = _file(person, back, now)
        if back == 0 or file.carer is None:
            continue  # this one still has to be rung and verified
        _days(file, now, missed=number == 1)
        if number == 3:
            actor = actor_of(person)
            monitoring.contest(
                file=file, text="那天我在家，没有见过这位亲戚。", actor=actor, now=now
            )


def _file(person: Person, back: int, now: datetime) -> MonitoringFile:
    then = now - timedelta(days=back)
    file = open_file(
        person=person,
        category="MET_FROM_AREA",
        reason="和从武汉回来的亲戚一起吃饭（演练）",
        evidence="摸排电话核实（演练）",
        last_exposure_on=reporting_day(then),
        source="demo",
        by=None,
        actor=actor_of(person),
        now=then,
    )
    if back and file.carer is not None:
        carer = file.carer
        monitoring.verify(
            file=file, told_how="PHONE", text="本人确认", by=carer,
            actor=actor_of(carer), now=then,
        )  # fmt: skip
        file.refresh_from_db()
    return file


def _days(file: MonitoringFile, now: datetime, *, missed: bool) -> None:
    """Both checks of every day so far; one evening was missed and is still to be explained."""
    carer = file.carer
    assert carer is not None
    actor = actor_of(carer)
    day = reporting_day(file.opened_at)
    while day <= reporting_day(now):
        open_slots(
            file=file,
            day=day,
            now=max(
                file.opened_at,
                next_midnight(now) - timedelta(days=(reporting_day(now) - day).days + 1),
            ),
        )
        for slot in file.slots.filter(day=day, opens_at__lt=now).order_by("due_at"):
            at = min(now, slot.opens_at + timedelta(hours=1))
            if missed and slot.code == "pm" and day == reporting_day(now) - timedelta(days=2):
                checking.strike(slot=slot, now=slot.due_at)
            elif slot.due_at <= now:
                degrees = Decimal("36.3") + Decimal(day.day % 4) / 10
                checking.record(
                    slot=slot, found=Findings(False, degrees, "axilla", isolation_kept=True),
                    method=CheckSlot.Method.PHONE, by=carer, actor=actor, now=at,
                )  # fmt: skip
        day += timedelta(days=1)
    MonitoringFile.objects.filter(pk=file.pk).update(next_due_at=next_midnight(now))
