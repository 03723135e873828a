"""What each form of an incident does: its fields, its use case, and the words afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from lianfang.desk import incident_forms as forms
from lianfang.desk.forms import FactForm, Plain
from lianfang.desk.frame import say
from lianfang.desk.incident_steps import Box
from lianfang.desk.views.incident_page import page_of
from lianfang.escalation.access import IncidentSight
from lianfang.incidents.kinds import Organisation, Way
from lianfang.incidents.models import (
    Classification,
    Disinfection,
    Incident,
    LegalClock,
    OutsideNotice,
)
from lianfang.incidents.queries import open_check
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours, Refused
from lianfang.portal.edge import Visit
from lianfang.portal.middleware import in_words
from lianfang.roster.models import Person
from lianfang.usecases import care_for_incident, handle_incident, incident_reports, referrals

Typed = dict[str, Any]
_Done = Callable[[Incident, Visit, Typed], str]


@dataclass(frozen=True, slots=True)
class Act:
    """`do` answers with what is said on the page afterwards."""

    name: str
    form: type[Plain]
    do: _Done


def take(
    request: HttpRequest, visit: Visit, one: Incident, seen: IncidentSight, act: Act
) -> HttpResponse:
    """Take a step, or show the page again with what was typed and what is wrong."""
    if not (seen.may_act and seen.named):
        raise Forbidden
    form = act.form(request.POST)
    problems: dict[str, str] = {} if form.is_valid() else form.problems
    if not problems:
        try:
            words = act.do(one, visit, form.cleaned_data)
        except Invalid as error:
            problems = {name: _(text) for name, text in error.problems.items()}
        except Refused as refusal:
            box = Box(act.name, "", typed=request.POST, refusal=in_words(refusal))
            one.refresh_from_db()
            return page_of(request, visit, one, seen, tried=box, status=refusal.status)
        else:
            say(request, words)
            return redirect("desk-incident", one.pk)
    box = Box(act.name, "", typed=request.POST, problems=problems)
    return page_of(request, visit, one, seen, tried=box, status=422)


def _who(visit: Visit) -> Typed:
    return {"by": visit.person, "actor": visit.actor, "now": visit.now}


def _verify(one: Incident, visit: Visit, typed: Typed) -> str:
    history = {"yes": True, "no": False}.get(typed.pop("history"))
    row = handle_incident.verify(incident=one, has_history=history, **typed, **_who(visit))
    return _("Verified: %(verdict)s, %(method)s") % {
        "verdict": row.get_verdict_display(), "method": row.get_method_display(),
    }  # fmt: skip


def _classify(one: Incident, visit: Visit, typed: Typed) -> str:
    typed["replaces"] = _one_of(Classification, one, typed["replaces"])
    row = handle_incident.classify(incident=one, **typed, **_who(visit))
    return _("Classified: %(kind)s (%(source)s)") % {
        "kind": row.get_kind_display(), "source": row.get_source_display(),
    }  # fmt: skip


def _tell(one: Incident, visit: Visit, typed: Typed) -> str:
    replaces = _one_of(OutsideNotice, one, typed.pop("replaces"))
    reason = typed.pop("reason")
    organisation, method = Organisation(typed.pop("organisation")), Way(typed.pop("method"))
    telling = handle_incident.Telling(organisation=organisation, method=method, **typed)
    handle_incident.tell_outside(
        incident=one, telling=telling, replaces=replaces, reason=reason, **_who(visit)
    )
    return _("Written down: %(who)s was told.") % {"who": organisation.label}


def _one_of(model: Any, one: Incident, pk: int | None) -> Any:
    """A row of this incident and of no other. Raises `NotYours`."""
    if pk is None:
        return None
    found = model.objects.filter(pk=pk, incident=one).first()
    if found is None:
        raise NotYours
    return found


def _end_clock(one: Incident, visit: Visit, typed: Typed) -> str:
    clock = _one_of(LegalClock, one, typed["clock"])
    handle_incident.end_clock(clock=clock, reason=typed["reason"], **_who(visit))
    return _("The limit has ended, with your reason.")


def _reach(one: Incident, visit: Visit, typed: Typed) -> str:
    care_for_incident.reach(incident=one, sight=visit.sight, **typed, **_who(visit))
    return _("Written down.")


def _refer(one: Incident, visit: Visit, typed: Typed) -> str:
    referrals.advise(incident=one, **typed, **_who(visit))
    return _("Written down.")


def _check(one: Incident, visit: Visit, typed: Typed) -> str:
    waiting = open_check(one)
    if waiting is not None:
        care_for_incident.note_check(
            check=waiting, found=typed["found"], again_at=typed["due_at"], **_who(visit)
        )
    else:
        care_for_incident.set_check(
            incident=one, what=typed["what"], due_at=typed["due_at"], **_who(visit)
        )
    return _("Written down.")


def _campus(one: Incident, visit: Visit, typed: Typed) -> str:
    who = _who(visit)
    if typed["leaves_room"]:
        care_for_incident.end_observation(incident=one, actor=visit.actor, now=visit.now)
    elif typed["room"]:
        care_for_incident.observe(incident=one, room=typed["room"], **who)
    elif typed["names"]:
        care_for_incident.add_companions(
            incident=one, names=typed["names"], note=typed["note"], sight=visit.sight, **who
        )
    elif typed["task"] is not None:
        task = _one_of(Disinfection, one, typed["task"])
        care_for_incident.note_disinfection(task=task, done_by=typed["done_by"], **who)
    else:
        care_for_incident.ask_disinfection(incident=one, place=typed["place"], **who)
    return _("Written down.")


def _outcome(one: Incident, visit: Visit, typed: Typed) -> str:
    handle_incident.set_outcome(
        incident=one, outcome=typed["closing"], text=typed["text"], **_who(visit)
    )
    return _("Written down.")


def _clear(one: Incident, visit: Visit, typed: Typed) -> str:
    typed["checked_by"] = Person.objects.filter(pk=typed["checked_by"]).first()
    handle_incident.clear(incident=one, **typed, **_who(visit))
    return _("Written down.")


def _report(one: Incident, visit: Visit, typed: Typed) -> str:
    report = incident_reports.make_report(incident=one, **typed, **_who(visit))
    return _("Frozen: %(title)s. It can be read and taken out below.") % {"title": report.title}


def _fact(one: Incident, visit: Visit, typed: Typed) -> str:
    handle_incident.write_down(incident=one, **typed, **_who(visit))
    return _("Written down.")


def _close(one: Incident, visit: Visit, typed: Typed) -> str:
    closed = handle_incident.close(incident=one, **typed, **_who(visit))
    return _("Closed: %(reason)s.") % {"reason": closed.get_closing_display()}


STEPS = {
    act.name: act
    for act in (
        Act("verify", forms.VerifyForm, _verify),
        Act("classify", forms.ClassifyForm, _classify),
        Act("tell", forms.TellForm, _tell),
        Act("end-clock", forms.EndClockForm, _end_clock),
        Act("reach", forms.ReachForm, _reach),
        Act("refer", forms.ReferForm, _refer),
        Act("check", forms.CheckForm, _check),
        Act("campus", forms.CampusForm, _campus),
        Act("outcome", forms.OutcomeForm, _outcome),
        Act("clear", forms.ClearForm, _clear),
        Act("report", forms.ReportForm, _report),
        Act("fact", FactForm, _fact),
        Act("close", forms.OutcomeForm, _close),
    )
}
