"""What a person does about themself: checks, needs, contests, the survey, text messages."""

from __future__ import annotations

import uuid

from django.http import HttpRequest
from ninja import Router

from lianfang.api.access import Caller, caller_of
from lianfang.api.once import once
from lianfang.api.owning import own_file, own_order
from lianfang.api.routers.common import answers
from lianfang.api.shapes.own import (
    OwnCheckIn,
    OwnContestIn,
    OwnFileOut,
    OwnFilesOut,
    OwnOrderCheckIn,
    OwnSurveyIn,
    OwnSurveyOut,
    TextsOut,
)
from lianfang.api.shapes.quarantine import AskReleaseIn, NeedIn, OwnOrderOut
from lianfang.api.shapes.surveys import SurveyDoneOut
from lianfang.api.surveying import said_in, said_out, with_field_names
from lianfang.kernel.refusals import Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring.checking import Findings
from lianfang.monitoring.models import CheckSlot, MonitoringFile
from lianfang.monitoring.queries import files_of, open_file_of
from lianfang.quarantine import queries as quarantine_queries
from lianfang.quarantine.models import Order
from lianfang.roster.models import Person
from lianfang.rulebook.queries import rules_in_force
from lianfang.surveys import queries as survey_queries
from lianfang.surveys.models import Source
from lianfang.usecases import (
    monitoring,
    monitoring_checks,
    quarantine,
    quarantine_checks,
    quarantine_needs,
    surveys,
    text_messages,
)
from lianfang.usecases.quarantine_checks import Look

router = Router(tags=["mine"])


@router.get("/me/monitoring", response=answers(200, OwnFilesOut), url_name="my_monitoring")
def my_monitoring(request: HttpRequest) -> OwnFilesOut:
    """My files of key monitoring, the open one first: why, until when, who cares. Session only."""
    caller, me = _me(request)
    return OwnFilesOut(files=[own_file(one, caller) for one in files_of(me)[:20]])


@router.post(
    "/me/monitoring/check", response=answers(200, OwnFileOut), url_name="my_monitoring_check"
)
@once
def check_myself(request: HttpRequest, body: OwnCheckIn) -> OwnFileOut:
    """The check that is open now; symptoms are reported by it. 404 when none is. Session only."""
    caller, me = _me(request)
    slot = monitoring_checks.open_slot_for(me, now=caller.now)
    if slot is None:
        raise NotYours
    given = body.model_dump(exclude={"need"}) | {"symptoms": tuple(body.symptoms)}
    monitoring_checks.check(
        slot=slot,
        found=Findings(**given),
        need=body.need,
        method=CheckSlot.Method.SELF,
        by=me,
        actor=caller.actor,
        now=caller.now,
    )
    return own_file(MonitoringFile.objects.get(pk=slot.file_id), caller)


@router.post(
    "/me/monitoring/contest", response=answers(200, OwnFileOut), url_name="my_monitoring_contest"
)
@once
def contest_my_file(request: HttpRequest, body: OwnContestIn) -> OwnFileOut:
    """It is wrong, and why: somebody of the deciding level answers in time. Session only."""
    caller, me = _me(request)
    file = open_file_of(me)
    if file is None:
        raise NotYours
    monitoring.contest(file=file, text=body.text, actor=caller.actor, now=caller.now)
    return own_file(file, caller)


@router.get("/me/quarantine", response=answers(200, OwnOrderOut), url_name="my_quarantine")
def my_quarantine(request: HttpRequest) -> OwnOrderOut:
    """My order with why, and what is still open before its end; 404 where none runs. Session only."""
    caller, me = _me(request)
    return own_order(_order(me), caller)


@router.post(
    "/me/quarantine/check", response=answers(200, OwnOrderOut), url_name="my_quarantine_check"
)
@once
def check_my_quarantine(request: HttpRequest, body: OwnOrderCheckIn) -> OwnOrderOut:
    """Morning or evening, whichever it is now; again it is a correction. Session only."""
    caller, me = _me(request)
    order = _order(me)
    known = {symptom.code for symptom in rules_in_force(caller.now).symptoms}
    if not known.issuperset(body.symptoms):
        raise Invalid({"symptoms": _("This is none of the values that are possible here.")})
    given = body.model_dump() | {"symptoms": tuple(body.symptoms)}
    slot = quarantine_checks.slot_now(caller.now)
    look = Look(day=caller.today, slot=slot, **given)
    quarantine_checks.note(order=order, look=look, by=me, actor=caller.actor, now=caller.now)
    return own_order(order, caller)


@router.post(
    "/me/quarantine/needs", response=answers(200, OwnOrderOut), url_name="my_quarantine_needs"
)
@once
def ask_for_myself(request: HttpRequest, body: NeedIn) -> OwnOrderOut:
    """Something I need: it has an owner and a time at once. Session only."""
    caller, me = _me(request)
    order = _order(me)
    quarantine_needs.ask(
        order=order, kind=body.kind, text=body.text, by=me, actor=caller.actor, now=caller.now
    )
    return own_order(order, caller)


@router.post(
    "/me/quarantine/release", response=answers(200, OwnOrderOut), url_name="my_quarantine_release"
)
@once
def ask_my_release(request: HttpRequest, body: AskReleaseIn) -> OwnOrderOut:
    """I went through the list: somebody of the right level is asked to decide. Session only."""
    caller, me = _me(request)
    order = _order(me)
    quarantine.ask_release(order=order, paper=body.paper, actor=caller.actor, now=caller.now)
    order.refresh_from_db()
    return own_order(order, caller)


@router.get("/me/survey", response=answers(200, OwnSurveyOut), url_name="my_survey")
def my_survey(request: HttpRequest) -> OwnSurveyOut:
    """What I said about trips and meetings, every revision. Session only."""
    caller, me = _me(request)
    return OwnSurveyOut(
        asked=survey_queries.is_asked(me),
        revisions=[said_out(one, caller) for one in survey_queries.revisions_of(me)],
    )


@router.post("/me/survey", response=answers(200, SurveyDoneOut), url_name="my_survey")
@once
def answer_survey(request: HttpRequest, body: OwnSurveyIn) -> SurveyDoneOut:
    """Where I was and whom I met; everything that cannot be so is named. Session only."""
    caller, me = _me(request)
    with with_field_names():
        made = surveys.answer(
            person=me,
            said=said_in(body),
            source=Source.SELF,
            entered_by=me,
            actor=caller.actor,
            page=uuid.uuid4().hex,  # what is sent again is known by its Idempotency-Key
            now=caller.now,
        )
    return SurveyDoneOut(revision=made.revision, answered_at=made.answered_at)


@router.post("/me/survey/same", response=answers(200, SurveyDoneOut), url_name="my_survey_same")
@once
def confirm_survey(request: HttpRequest) -> SurveyDoneOut:
    """Nothing has changed since my last answer. Session only."""
    caller, me = _me(request)
    made = surveys.confirm(person=me, actor=caller.actor, now=caller.now)
    return SurveyDoneOut(revision=made.revision, answered_at=made.answered_at)


@router.post("/me/texts", response=answers(200, TextsOut), url_name="my_texts")
@once
def want_texts(request: HttpRequest) -> TextsOut:
    """My phone once answered TD; I want text messages again. Session only."""
    caller, me = _me(request)
    return TextsOut(
        changed=text_messages.resume(person=me, by=me, actor=caller.actor, now=caller.now)
    )


def _me(request: HttpRequest) -> tuple[Caller, Person]:
    caller = caller_of(request)
    return caller, caller.person_visit.person


def _order(me: Person) -> Order:
    found = quarantine_queries.running_order_of(me)
    if found is None:
        raise NotYours
    return found
