"""One incident on one page: what is to be done on top, everything that happened below."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from lianfang.contacts.access import leading_units
from lianfang.desk.answers import lines_of, place_in_words
from lianfang.desk.cluster_pages import alerts_with
from lianfang.desk.frame import answer
from lianfang.desk.incident_line import happenings
from lianfang.desk.incident_page import facts_of, ladder_of
from lianfang.desk.incident_steps import Box, boxes_of
from lianfang.escalation.access import IncidentSight, sight_of_incident
from lianfang.incidents.ending import CHOSEN
from lianfang.incidents.kinds import (
    Edition,
    Illness,
    Method,
    Organisation,
    Paper,
    Ring,
    Source,
    Transport,
    Verdict,
    Way,
)
from lianfang.incidents.models import Incident, IncidentFact, LegalClock, ReachStep
from lianfang.incidents.queries import (
    course_of,
    open_check,
    standing_classifications,
    standing_notices,
)
from lianfang.incidents.rules import Course, Next, may_end_with, next_of
from lianfang.kernel.clock import SHANGHAI
from lianfang.kernel.refusals import NotYours
from lianfang.portal.edge import Visit
from lianfang.reporting.models import DailyReport
from lianfang.rulebook.queries import rules_of
from lianfang.usecases import handle_incident, looks
from lianfang.usecases.care_for_incident import may_ask_police
from lianfang.usecases.incident_words import next_in_words


def find(visit: Visit, pk: int) -> tuple[Incident, IncidentSight]:
    """The incident and how much of it this visitor sees. Raises `NotYours`."""
    found = (
        Incident.objects.filter(pk=pk)
        .select_related("person", "unit", "acknowledged_by", "closed_by", "first_report", "follows")
        .first()
    )
    if found is None:
        raise NotYours
    return found, sight_of_incident(found, sight=visit.sight)


def page_of(
    request: HttpRequest,
    visit: Visit,
    one: Incident,
    seen: IncidentSight,
    *,
    tried: Box | None = None,
    status: int = 200,
) -> HttpResponse:
    looks.incident_seen(incident=one, named=seen.named, actor=visit.actor, now=visit.now)
    facts = facts_of(one)
    course = course_of(one, now=visit.now)
    step = next_of(course)
    may_write = seen.named and seen.may_act
    asked_for = request.GET.get("step", "")
    main, others = (
        boxes_of(one, course, step, tried=tried, asked_for=asked_for) if may_write else (None, [])
    )
    clocks = list(one.clocks.order_by("due_at", "id").select_related("met_by", "ended_by"))
    return answer(
        request,
        visit,
        "desk/incident.html",
        here="desk-incidents",
        status=status,
        incident=one,
        sight=seen,
        course=course,
        step=step.value,
        next_words=next_in_words(step),
        not_sent=may_write and step == Next.TELL and course.is_verified and not course.way,
        main=main,
        others=others,
        tried=tried,
        happenings=happenings(one, facts),
        ladder=ladder_of(one),
        clocks=clocks,
        open_clocks=[clock for clock in clocks if clock.is_open],
        case_reports=list(one.case_reports.order_by("made_at", "id").defer("content")),
        reports=_reports(visit, one, facts) if seen.named else [],
        place=place_in_words(one.county_code) if seen.named else "",
        is_mine=one.acknowledged_by_id == visit.person.pk,
        may_phone=one.unit_id in visit.sight.event_units,
        may_open_person=one.unit_id in visit.sight.name_units,
        may_trace=seen.named and one.unit_id in leading_units(visit.sight),
        alerts=alerts_with(one.person_id, visit) if seen.named and one.is_open else [],
        **(_for_named(visit, one) if seen.named else {}),
        **(_choices(visit, one, course, step, clocks) if may_write else {}),
    )


def _reports(
    visit: Visit, one: Incident, facts: list[IncidentFact]
) -> list[tuple[DailyReport, list[tuple[str, str]]]]:
    """The reports that made this incident, with their answers; that they were seen is noted."""
    reports = [fact.report for fact in facts if fact.report is not None]
    looks.answers_seen(person=one.person, reports=reports, actor=visit.actor, now=visit.now)
    return [(report, lines_of(report, rules_of(report.edition_id))) for report in reports]


def _for_named(visit: Visit, one: Incident) -> dict[str, Any]:
    """What only those see who may see the person."""
    return {
        "referrals": list(one.referrals.order_by("advised_at")),
        "check": open_check(one),
        "observation": one.observations.filter(ended_at__isnull=True).first(),
        "companions": list(one.companions.order_by("id")),
        "disinfections": list(one.disinfections.order_by("asked_at")),
        "notices": list(standing_notices(one).select_related("by")),
        "classifications": list(standing_classifications(one)),
    }


def _choices(
    visit: Visit, one: Incident, course: Course, step: Next, clocks: list[LegalClock]
) -> dict[str, Any]:
    """What the forms offer."""
    asks_police = may_ask_police(one, sight=visit.sight)
    waiting = [clock for clock in clocks if clock.is_open]
    return {
        "local_now": visit.now.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
        "verdicts": [(v, v.label, v.dismisses) for v in Verdict],
        "methods": Method.choices,
        "illnesses": Illness.choices,
        "sources": Source.choices,
        "organisations": Organisation.choices,
        "tell_first": waiting[0].first_tell if waiting else "",
        "ways": Way.choices,
        "rings": [
            (ring, ring.label)
            for ring in Ring
            if asks_police or ring not in {Ring.COMMUNITY, Ring.POLICE}
        ],
        "reach_answers": ReachStep.Answer.choices,
        "transports": Transport.choices,
        "outcomes": [(o, o.label) for o in CHOSEN if may_end_with(o, course)],
        "papers": Paper.choices,
        "doctors": handle_incident.school_doctors(now=visit.now),
        "fact_kinds": [(kind, kind.label) for kind in handle_incident.WRITTEN_BY_HAND],
        "report_kinds": _report_kinds(course),
    }


def _report_kinds(course: Course) -> list[tuple[str, str]]:
    if course.final_report:
        return []
    if not course.first_report:
        return [(Edition.FIRST.value, str(Edition.FIRST.label))]
    kinds = [Edition.INTERIM, *([Edition.FINAL] if course.outcome else [])]
    return [(kind.value, str(kind.label)) for kind in kinds]
