"""Early warning, said by people: what was heard, who came to the clinic, notes; and its rules."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from lianfang.api.access import number_in_address
from lianfang.api.caring import reader, writer
from lianfang.api.downloads import TEXT, download, said_as_file
from lianfang.api.once import once
from lianfang.api.problems import renamed
from lianfang.api.routers.clusters import alert_of, alert_out, router, to_act, who
from lianfang.api.routers.common import answers
from lianfang.api.shapes.clusters import (
    AlertOut,
    AlertTextIn,
    CircleOut,
    CirclesOut,
    ClinicVisitIn,
    ClinicVisitOut,
    CountRuleOut,
    CountRulesOut,
    HeardIn,
)
from lianfang.clusters import access
from lianfang.clusters.drafting import draft_now
from lianfang.kernel.refusals import Forbidden, Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.rulebook.cluster_policy import policy_of
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import clusters

_ONE = "/clusters/{alert_id}"


@router.get("/circles", response=answers(200, CirclesOut), url_name="circles")
def list_circles(request: HttpRequest) -> CirclesOut:
    """Of whom an event in words may speak. Token: `care:read`, for a person."""
    caller = reader(request)
    if not access.may_look(caller.sight):
        raise Forbidden
    found = [
        CircleOut(kind=one.kind, code=one.code, name=one.name)
        for one in access.circles(caller.sight)
    ]
    return CirclesOut(total=len(found), circles=found)


@router.post("/clusters", response=answers(200, AlertOut), url_name="clusters")
@once
def note_heard(request: HttpRequest, body: HeardIn) -> AlertOut:
    """What a teacher, a cook or a parent said: verified like an alarm, and never twice.

    Token: `care:write`, for a person.
    """
    caller = writer(request)
    if not access.may_look(caller.sight):
        raise Forbidden
    asked = (body.kind, body.code)
    circle = next((c for c in access.circles(caller.sight) if (c.kind, c.code) == asked), None)
    if circle is None:
        raise Invalid({"code": _("Please choose where it is.")})
    with transaction.atomic():  # an alert that the token may not show is not written either
        made = clusters.note_heard(
            text=body.text, kind=circle.kind, code=circle.code, name=circle.name, **who(caller)
        )
        one, seen = alert_of(str(made.pk), caller)
    return alert_out(one, seen, caller)


@router.post("/clinic-visits", response=answers(200, ClinicVisitOut), url_name="clinic_visits")
@once
def note_clinic_visit(request: HttpRequest, body: ClinicVisitIn) -> ClinicVisitOut:
    """Counted like a report of their own, and once with it.

    Token: `care:write`, for the school doctor or the duty officer of the committee.
    """
    caller = writer(request)
    if not access.may_note_visits(caller.sight):
        raise Forbidden
    if caller.integration is not None and caller.integration.unit_id is not None:
        caller.named(body.person)  # a bound token speaks of its own people only
    try:
        made = clusters.note_visit(
            number=body.person,
            symptoms=body.symptoms,
            temperature=float(body.temperature) if body.temperature is not None else None,
            onset_on=body.onset_on,
            **who(caller),
        )
    except Invalid as refusal:
        raise renamed(refusal, lambda name: "person" if name == "number" else name) from refusal
    return ClinicVisitOut(signs=len(made))


@router.post(f"{_ONE}/note", response=answers(200, AlertOut), url_name="cluster_note")
@once
def note_on_alert(request: HttpRequest, alert_id: str, body: AlertTextIn) -> AlertOut:
    """A note to its history. Token: `care:write`, for a person."""
    caller, one, seen = to_act(request, alert_id)
    clusters.note(alert=one, text=body.text, **who(caller))
    return alert_out(one, seen, caller)


@router.post(
    f"{_ONE}/people/{{row_id}}/mistake", response=answers(200, AlertOut), url_name="cluster_mistake"
)
@once
def withdraw_from_alert(request: HttpRequest, alert_id: str, row_id: str) -> AlertOut:
    """A call back showed that this person is not ill: counted no longer, and kept as a fact.

    Token: `care:write`, for a person who sees the whole alert.
    """
    caller, one, seen = to_act(request, alert_id)
    if not seen.whole:
        raise Forbidden
    clusters.withdraw_sign(alert=one, pk=number_in_address(row_id), **who(caller))
    return alert_out(one, seen, caller)


@router.get(
    f"{_ONE}/draft",
    response=answers(200, None),
    url_name="cluster_draft",
    openapi_extra=said_as_file("The draft report: figures and circles, no names.", TEXT),
)
def alert_draft(request: HttpRequest, alert_id: str) -> HttpResponse:
    """The report to CDC and education authority as a draft; written down. `care:read`, for a person."""
    caller = reader(request)
    one, seen = alert_of(alert_id, caller)
    if not seen.whole:
        raise Forbidden
    clusters.seen(alert=one, named=[], actor=caller.actor, now=caller.now)
    text = draft_now(one, seen, by=caller.doer, now=caller.now)
    return download(text, name=f"{one.code}.txt", kind=f"{TEXT}; charset=utf-8")


@router.get("/cluster-rules", response=answers(200, CountRulesOut), url_name="cluster_rules")
def cluster_rules(request: HttpRequest) -> CountRulesOut:
    """Every rule that counts, with where it comes from. Token: `care:read`, for a person."""
    caller = reader(request)
    if not access.may_look(caller.sight):
        raise Forbidden
    rules = rules_in_force(caller.now)
    plain = ("code", "name_zh", "name_en", "active", "n", "days", "source", "hours")
    return CountRulesOut(
        edition=rules.number,
        completeness_threshold=float(rules.settings["completeness_threshold"]),
        rules=[
            CountRuleOut(
                kinds=list(one.kinds),
                syndromes=list(one.syndromes),
                tells=list(one.tell),
                **{name: getattr(one, name) for name in plain},
            )
            for one in policy_of(rules.settings).rules
        ],
    )
