"""The buttons of a file. Each is one verb: done and said, or asked back beside its field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lianfang.desk.frame import say, say_refusal
from lianfang.desk.views.monitoring import file_page, one_file
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours, Refused
from lianfang.kernel.texts import gettext_noop
from lianfang.monitoring import queries
from lianfang.monitoring.forms import (
    day_of,
    line,
    needed_day,
    read_check,
    text,
    whole_number,
)
from lianfang.monitoring.models import CheckSlot, MonitoringFact, MonitoringFile
from lianfang.portal.edge import Visit, for_desk
from lianfang.roster.models import Person
from lianfang.rulebook.models import Edition
from lianfang.usecases import monitoring, monitoring_checks

Verb = Callable[[HttpRequest, Visit, MonitoringFile], object]


@dataclass(frozen=True, slots=True)
class Act:
    do: Verb
    said: str
    decides: bool = False


@for_desk
@require_POST
def act(request: HttpRequest, visit: Visit, pk: int, name: str) -> HttpResponse:
    """Whoever may not decide is refused here, whatever the page showed."""
    one, seen = one_file(visit, pk)
    verb = ACTS.get(name)
    if verb is None:
        raise NotYours
    if not (seen.may_decide if verb.decides else seen.may_act):
        raise Forbidden
    try:
        verb.do(request, visit, one)
    except Invalid as error:
        problems = {field: _(said) for field, said in error.problems.items()}
        form = read_check(request.POST, day=visit.today) if name == "check" else None
        return file_page(
            request, visit, one, seen, status=422, act=name, problems=problems, form=form
        )
    except Refused as refusal:  # said above the page, which keeps what was typed
        say_refusal(request, refusal)
        one, seen = one_file(visit, pk)
        return file_page(request, visit, one, seen, status=refusal.status, act=name)
    else:
        say(request, _(verb.said))
    return redirect("desk-monitoring-file", one.pk)


def _slot(visit: Visit, one: MonitoringFile) -> CheckSlot:
    slot = monitoring_checks.open_slot_for(one.person, now=visit.now)
    if slot is None or slot.file_id != one.pk:
        raise NotYours
    return slot


def _check(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    form = read_check(request.POST, day=visit.today)
    if form.problems:
        raise Invalid(form.problems)
    how = line(request.POST, "method")
    if how not in monitoring_checks.METHODS:
        raise Invalid({"method": gettext_noop("How did you ask?")})
    return monitoring_checks.check(
        slot=_slot(visit, one),
        found=form.findings,
        need=form.need,
        method=CheckSlot.Method(how),
        by=visit.person,
        actor=visit.actor,
        now=visit.now,
    )


def _not_reached(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    return monitoring.not_reached(
        slot=_slot(visit, one), by=visit.person, actor=visit.actor, now=visit.now
    )


def _verify(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    return monitoring.verify(
        file=one,
        told_how=line(request.POST, "told_how"),
        text=text(request.POST, "text"),
        by=visit.person,
        actor=visit.actor,
        now=visit.now,
    )


def _lost(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    return monitoring.cannot_be_found(
        file=one, text=text(request.POST, "text"), by=visit.person, actor=visit.actor, now=visit.now
    )


def _explain(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    return monitoring.explain(
        file=one,
        first_on=needed_day(request.POST, "first_on", today=visit.today),
        last_on=needed_day(request.POST, "last_on", today=visit.today),
        text=text(request.POST, "text"),
        by=visit.person,
        actor=visit.actor,
        now=visit.now,
    )


def _note(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    called = line(request.POST, "kind") == MonitoringFact.Kind.CALLED
    return monitoring.write_down(
        file=one,
        kind=MonitoringFact.Kind.CALLED if called else MonitoringFact.Kind.NOTE,
        text=text(request.POST, "text"),
        by=visit.person,
        actor=visit.actor,
        now=visit.now,
    )


def _need(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    return monitoring.ask_for(
        file=one, text=text(request.POST, "need"), actor=visit.actor, now=visit.now
    )


def _settle(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    need = one.needs.filter(pk=whole_number(request.POST, "need")).first()
    if need is None:
        raise NotYours
    return monitoring.settle_need(
        need=need,
        answer=text(request.POST, "answer"),
        by=visit.person,
        actor=visit.actor,
        now=visit.now,
    )


def _place(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    problems: dict[str, str] = {}
    since = day_of(request.POST, "isolation_from", today=visit.today, problems=problems)
    if problems:
        raise Invalid(problems)
    return monitoring.place(
        file=one,
        isolation=line(request.POST, "isolation"),
        isolation_place=text(request.POST, "isolation_place"),
        isolation_from=since,
        is_ordered=bool(request.POST.get("is_ordered")),
        supervisor=text(request.POST, "supervisor"),
        supervisor_phone=text(request.POST, "supervisor_phone"),
        by=visit.person,
        actor=visit.actor,
        now=visit.now,
    )


def _state(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    return monitoring.put_into(
        file=one,
        to=line(request.POST, "to"),
        text=text(request.POST, "text"),
        by=visit.person,
        actor=visit.actor,
        now=visit.now,
    )


def _again(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    return monitoring.open_by_hand(
        person=one.person,
        category=one.category,
        reason=text(request.POST, "reason"),
        evidence="",
        last_exposure_on=needed_day(request.POST, "last_exposure_on", today=visit.today),
        by=visit.person,
        actor=visit.actor,
        now=visit.now,
    )


# ---------------------------------------------------------------- decisions


def _carer(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    able = {str(person.pk): person for person in queries.possible_carers(one, day=visit.today)}
    carer = able.get(line(request.POST, "carer"))
    deputy: Person | None = able.get(line(request.POST, "deputy"))
    if carer is None:
        raise Invalid({"carer": gettext_noop("Please choose out of the list.")})
    return monitoring.give_to(
        file=one, carer=carer, deputy=deputy, by=visit.person, actor=visit.actor, now=visit.now
    )


def _release(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    return monitoring.release(
        file=one,
        text=text(request.POST, "text"),
        proof_number=text(request.POST, "proof_number"),
        by=visit.person,
        actor=visit.actor,
        now=visit.now,
    )


def _refuse(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    return monitoring.refuse(
        file=one, reason=text(request.POST, "reason"), by=visit.person, actor=visit.actor,
        now=visit.now,
    )  # fmt: skip


def _extend(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    return monitoring.extend(
        file=one, days=whole_number(request.POST, "days"), reason=text(request.POST, "reason"),
        by=visit.person, actor=visit.actor, now=visit.now,
    )  # fmt: skip


def _cancel(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    return monitoring.cancel(
        file=one, reason=text(request.POST, "reason"), by=visit.person, actor=visit.actor,
        now=visit.now,
    )  # fmt: skip


def _correct(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    return monitoring.correct(
        file=one, category=line(request.POST, "category"), reason=text(request.POST, "reason"),
        by=visit.person, actor=visit.actor, now=visit.now,
    )  # fmt: skip


def _adopt(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    edition = Edition.objects.filter(pk=whole_number(request.POST, "edition")).first()
    if edition is None:
        raise Invalid({"edition": gettext_noop("Please choose out of the list.")})
    return monitoring.adopt_policy(
        file=one, edition_id=edition.pk, reason=text(request.POST, "reason"), by=visit.person,
        actor=visit.actor, now=visit.now,
    )  # fmt: skip


def _contest(request: HttpRequest, visit: Visit, one: MonitoringFile) -> object:
    contest = one.contests.filter(pk=whole_number(request.POST, "contest")).first()
    if contest is None:
        raise NotYours
    return monitoring.answer_contest(
        contest=contest,
        outcome=line(request.POST, "outcome"),
        answer=text(request.POST, "answer"),
        category=line(request.POST, "category") or one.category,
        reason=text(request.POST, "reason"),
        by=visit.person,
        actor=visit.actor,
        now=visit.now,
    )


ACTS = {
    "check": Act(_check, gettext_noop("Written down.")),
    "not-reached": Act(_not_reached, gettext_noop("Noted. The check stays open until its hour.")),
    "verify": Act(_verify, gettext_noop("Verified. Two checks a day begin now.")),
    "lost": Act(_lost, gettext_noop("The unit head and the duty officer are being told now.")),
    "explain": Act(_explain, gettext_noop("Written down.")),
    "note": Act(_note, gettext_noop("Written down.")),
    "need": Act(_need, gettext_noop("Noted, with whoever sees to it.")),
    "settle": Act(_settle, gettext_noop("Answered. The person reads it.")),
    "place": Act(_place, gettext_noop("Written down.")),
    "state": Act(_state, gettext_noop("Written down.")),
    "again": Act(_again, gettext_noop("Noted. The days count from the later exposure.")),
    "carer": Act(_carer, gettext_noop("Written down."), decides=True),
    "release": Act(_release, gettext_noop("Released. The person reads it."), decides=True),
    "refuse": Act(_refuse, gettext_noop("Refused, with your reason."), decides=True),
    "extend": Act(_extend, gettext_noop("Extended, with your reason."), decides=True),
    "cancel": Act(_cancel, gettext_noop("Cancelled, with your reason."), decides=True),
    "correct": Act(
        _correct, gettext_noop("Corrected. The old words stay in the history."), decides=True
    ),
    "adopt": Act(_adopt, gettext_noop("This file follows the chosen edition now."), decides=True),
    "contest": Act(_contest, gettext_noop("Answered. The person reads it."), decides=True),
}
