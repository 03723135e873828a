"""One person: the last days at a glance, and behind a logged look what was answered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianfang.desk.answers import lines_of
from lianfang.desk.frame import answer, say
from lianfang.incidents.models import Incident
from lianfang.kernel.refusals import Forbidden
from lianfang.monitoring.queries import open_file_of
from lianfang.portal.edge import Visit, for_desk
from lianfang.quarantine.access import may_read, may_record
from lianfang.quarantine.queries import running_order_of
from lianfang.reporting.people import person_rows, record_of
from lianfang.roster import queries as roster
from lianfang.roster.access import may_have_phone
from lianfang.roster.models import Person
from lianfang.rulebook.queries import rules_of
from lianfang.usecases import looks, text_messages


@for_desk
@require_GET
def person(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Who reported when, by whom, and who rang; never what was answered."""
    one = visit.sight.named_person(pk)
    row = person_rows([one], day=visit.today)[0]
    unit_id = row.unit.pk if row.unit else None
    sees_events = unit_id in visit.sight.event_units
    may_care = sees_events and one.pk != visit.person.pk
    order = running_order_of(one) if may_care else None
    return answer(
        request,
        visit,
        "desk/person.html",
        here="desk-units",
        person=one,
        row=row,
        record=record_of(one, until=visit.today, with_answers=False),
        sees_events=sees_events,
        may_phone=may_have_phone(unit_id, sight=visit.sight),
        may_open_answers=may_care,
        monitored=open_file_of(one) if may_care else None,
        order=order if order is not None and may_read(visit.sight, order) else None,
        may_record_order=may_care and order is None and may_record(visit.sight),
        incidents=_incidents_of(one) if sees_events else [],
        sms_stop=text_messages.stopped_for(one),
    )


@for_desk
@require_POST
def want_texts(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The person told somebody who may ring them that text messages are wanted again."""
    one = visit.sight.named_person(pk)
    unit = roster.reporting_unit_of(one, day=visit.today)
    if not may_have_phone(unit.pk if unit else None, sight=visit.sight):
        raise Forbidden
    if text_messages.resume(person=one, by=visit.person, actor=visit.actor, now=visit.now):
        say(request, _("Noted: %(name)s gets text messages again.") % {"name": one.name})
    return redirect("desk-person", one.pk)


def _incidents_of(one: Person) -> list[Incident]:
    return list(Incident.objects.filter(person=one).order_by("-opened_at")[:10])


@for_desk
@require_GET
def answers(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Every revision with its answers, as far as the post opens them; the look is written down."""
    one = visit.sight.named_person(pk)
    if one.pk == visit.person.pk:
        raise Forbidden  # one's own record is on one's own page
    open_to_all = visit.sight.may_see_answers(one, has_events=False)
    if not (open_to_all or visit.sight.may_see_answers(one, has_events=True)):
        raise Forbidden
    days = record_of(one, until=visit.today, with_answers=True)
    shown = [
        [(report, lines_of(report, rules_of(report.edition_id))) for report in opened]
        for day in days
        if (opened := [r for r in day.reports if open_to_all or r.has_events])
    ]
    looks.answers_seen(
        person=one,
        reports=[report for reports in shown for report, _lines in reports],
        actor=visit.actor,
        now=visit.now,
    )
    return answer(
        request,
        visit,
        "desk/answers.html",
        here="desk-units",
        person=one,
        shown=shown,
        open_to_all=open_to_all,
    )
