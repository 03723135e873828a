"""The course of an incident as the API shows it; the look is written down."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from lianfang.api.access import Caller
from lianfang.api.contacting import names_people
from lianfang.api.papers import name_of
from lianfang.api.shapes.course import (
    AskedOut,
    CaseReportOut,
    CheckOut,
    ClassificationOut,
    ClearanceOut,
    ClockOut,
    CompanionOut,
    CourseOut,
    DisinfectionOut,
    NoticeOut,
    VerificationOut,
    WaitingRoomOut,
    WayOut,
)
from lianfang.api.shifts import named
from lianfang.incidents.models import (
    CaseReport,
    Clearance,
    Companion,
    Disinfection,
    Incident,
    LegalClock,
    NextCheck,
    Observation,
    ReachStep,
    Referral,
    Verification,
)
from lianfang.incidents.queries import standing_classifications, standing_notices
from lianfang.usecases import incident_reports, looks

Row = TypeVar("Row", bound=Model)


def course_out(one: Incident, caller: Caller) -> CourseOut:
    looks.incident_seen(incident=one, named=True, actor=caller.actor, now=caller.now)
    one.refresh_from_db()
    verified = Verification.objects.filter(incident=one).select_related("by").order_by("at", "id")
    clocks = LegalClock.objects.filter(incident=one).order_by("due_at", "id")
    return CourseOut(
        incident=one.pk,
        state=one.state,
        verdict=one.verdict,
        illness=one.illness,
        outcome=one.outcome,
        verifications=[
            VerificationOut(verdict=v.verdict, method=v.method, at=v.at, by=name_of(v.by, caller))
            for v in verified
        ],
        classifications=[
            ClassificationOut(
                id=c.pk,
                kind=c.kind,
                source=c.source,
                definition=c.definition,
                at=c.at,
                by=name_of(c.by, caller),
            )
            for c in standing_classifications(one).select_related("by")
        ],
        clocks=[_clock(clock) for clock in clocks],
        told=[
            NoticeOut(
                id=n.pk,
                organisation=n.organisation,
                method=n.method,
                at=n.at,
                by=name_of(n.by, caller),
            )
            for n in standing_notices(one).select_related("by")
        ],
        ways=[_way(way) for way in one.referrals.order_by("advised_at", "id")],
        checks=[_check(row, caller) for row in _of(NextCheck, one, "owner", by="due_at")],
        reached=[_reach(row, caller) for row in _of(ReachStep, one, "by", by="at")],
        rooms=[
            WaitingRoomOut(room=row.room, began_at=row.began_at, ended_at=row.ended_at)
            for row in _of(Observation, one, by="began_at")
        ],
        companions=_companions(one, caller),
        disinfections=[_disinfection(row) for row in _of(Disinfection, one, by="asked_at")],
        clearances=[_clearance(row, caller) for row in _of(Clearance, one, "checked_by", by="at")],
        reports=[report_out(row) for row in _of(CaseReport, one, by="made_at")],
    )


def _of(model: type[Row], one: Incident, *joined: str, by: str) -> QuerySet[Row]:
    found = model._default_manager.filter(incident=one).order_by(by, "pk")
    return found.select_related(*joined) if joined else found


def report_out(one: CaseReport) -> CaseReportOut:
    return CaseReportOut(
        id=one.pk,
        number=one.number,
        kind=one.kind,
        title=incident_reports.title_of(one),
        made_at=one.made_at,
    )


def _check(one: NextCheck, caller: Caller) -> CheckOut:
    return CheckOut(
        id=one.pk,
        what=one.what,
        due_at=one.due_at,
        owner=name_of(one.owner, caller),
        done_at=one.done_at,
        found=one.found,
    )


def _reach(one: ReachStep, caller: Caller) -> AskedOut:
    return AskedOut(
        ring=one.ring, answer=one.answer, at=one.at, by=name_of(one.by, caller), text=one.text
    )


def _companions(one: Incident, caller: Caller) -> list[CompanionOut]:
    """Somebody of the roll by name where the caller may know it; others as they were written."""
    rows = list(_of(Companion, one, "person", by="added_at"))
    keys = [row.person_id for row in rows if row.person_id]
    known = set(caller.sight.people().filter(pk__in=keys).values_list("pk", flat=True))
    return [
        _companion(row, row.person_id is None or row.person_id in known, caller) for row in rows
    ]


def _companion(one: Companion, is_known: bool, caller: Caller) -> CompanionOut:
    shown = is_known and names_people(caller)
    return CompanionOut(
        person=named(one.person, caller) if shown else None,
        name=one.name if shown and one.person is None else None,
        note=one.note if shown else "",
        added_at=one.added_at,
    )


def _disinfection(one: Disinfection) -> DisinfectionOut:
    return DisinfectionOut(
        id=one.pk, place=one.place, asked_at=one.asked_at, done_at=one.done_at, done_by=one.done_by
    )


def _clearance(one: Clearance, caller: Caller) -> ClearanceOut:
    return ClearanceOut(
        paper=one.paper,
        document=one.document,
        issued_by=one.issued_by,
        checked_by=name_of(one.checked_by, caller),
        at=one.at,
        returns_on=one.returns_on,
    )


def _clock(one: LegalClock) -> ClockOut:
    return ClockOut(
        id=one.pk,
        rule=one.rule,
        tells=list(one.tells),
        name_zh=one.name_zh,
        name_en=one.name_en,
        started_at=one.started_at,
        due_at=one.due_at,
        met_at=one.met_at,
        missed_at=one.missed_at,
        ended_at=one.ended_at,
    )


def _way(one: Referral) -> WayOut:
    return WayOut(
        id=one.pk,
        hospital=one.hospital,
        transport=one.transport,
        advised_at=one.advised_at,
        went_at=one.went_at,
        seen_at=one.seen_at,
        result_at=one.result_at,
        back_at=one.back_at,
    )
