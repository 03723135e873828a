"""One alert: what is next, who is ill, the clock, the curve, and each step with its author."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianfang.clusters import figures
from lianfang.clusters.access import AlertSight
from lianfang.clusters.drafting import draft_of, rules_held
from lianfang.clusters.models import Alert, AlertStep
from lianfang.clusters.words import kind_names, syndrome_name
from lianfang.desk.care import care_answer
from lianfang.desk.cluster_forms import moment_of, text_of, tried
from lianfang.desk.cluster_pages import (
    chart_of,
    growth_words,
    people_rows,
    sight_on,
    steps_of,
    withdrawn_in,
)
from lianfang.desk.frame import say
from lianfang.desk.incident_page import ladder_of_climb
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.portal.edge import Visit, for_desk
from lianfang.rulebook.cluster_policy import policy_of
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import clusters

_NOTHING_TYPED = dict.fromkeys(("choice", "urgent", "text", "whom", "told_on", "told_time"), "")


@for_desk
@require_GET
def alert(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Every look is written down, for each person whose name it showed."""
    one, seen = _one(visit, pk)
    return _page(request, visit, one, seen)


def _one(visit: Visit, pk: int) -> tuple[Alert, AlertSight]:
    found = (
        Alert.objects.filter(pk=pk)
        .select_related("unit", "taken_by", "told_by", "closed_by")
        .first()
    )
    if found is None:
        raise NotYours
    return found, sight_on(found, visit)


def _to_act(visit: Visit, pk: int) -> tuple[Alert, AlertSight]:
    one, seen = _one(visit, pk)
    if not seen.may_act:
        raise Forbidden
    return one, seen


def _page(
    request: HttpRequest,
    visit: Visit,
    one: Alert,
    seen: AlertSight,
    *,
    status: int = 200,
    problems: dict[str, str] | None = None,
    tried_form: str = "",
) -> HttpResponse:
    policy = policy_of(rules_in_force(visit.now).settings)
    people = people_rows(one, seen, policy)
    clusters.seen(
        alert=one,
        named=[row.row.person_id for row in people if row.name],
        actor=visit.actor,
        now=visit.now,
    )
    facts = _facts(visit, one, seen)
    climb = one.escalations.first()
    return care_answer(
        request,
        visit,
        "desk/care/clusters/alert.html",
        page="desk-clusters",
        status=status,
        alert=one,
        sight=seen,
        people=people,
        withdrawn=withdrawn_in(people),
        ladder=ladder_of_climb(climb) if climb else None,
        steps=steps_of(one) if seen.may_act or seen.knows_circle else [],
        chart=chart_of(facts["curve"]),
        growth=growth_words(facts["curve"]),
        draft=_draft(visit, one, facts) if seen.whole else "",
        kinds=kind_names(),
        stages=list(Alert.Stage.choices)[:-1],
        outcomes=Alert.Outcome.choices,
        risks=Alert.Risk.choices,
        outside=AlertStep.Outside.choices,
        urgent_hours=policy.urgent_hours,
        is_mine=one.taken_by_id == visit.person.pk,
        problems=problems or {},
        tried_form=tried_form,
        typed=_NOTHING_TYPED | request.POST.dict(),
        **facts,
    )


def _facts(visit: Visit, one: Alert, seen: AlertSight) -> dict[str, Any]:
    policy = policy_of(rules_in_force(visit.now).settings)
    signs = figures.signs_in(one)
    counted = figures.syndromes_in(one)
    return {
        "curve": figures.curve_of(signs, today=visit.today),
        "attacks": figures.attacks_of(one, signs) if seen.knows_circle else [],
        "by_unit": figures.attacks_by_unit(signs, today=visit.today) if seen.knows_circle else [],
        "held": rules_held(one, seen, policy),
        "syndromes": [(syndrome_name(policy, code), n) for code, n in counted.items()],
        "number": len(signs),
        "counted": counted,
    }


def _draft(visit: Visit, one: Alert, facts: dict[str, Any]) -> str:
    return draft_of(
        one,
        rules=facts["held"],
        attacks=facts["attacks"],
        by_unit=facts["by_unit"],
        curve=facts["curve"],
        syndromes=facts["counted"],
        policy=policy_of(rules_in_force(visit.now).settings),
        by=visit.person,
        now=visit.now,
    )


@for_desk
@require_GET
def draft(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The draft report as plain text; figures and circles, no names."""
    one, seen = _one(visit, pk)
    if not seen.whole:
        raise Forbidden
    clusters.seen(alert=one, named=[], actor=visit.actor, now=visit.now)
    text = _draft(visit, one, _facts(visit, one, seen))
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{one.code}.txt"'
    return answer


@for_desk
@require_POST
def take(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    one, _seen = _to_act(visit, pk)
    problems = tried(
        request,
        lambda: clusters.take_over(alert=one, by=visit.person, actor=visit.actor, now=visit.now),
    )
    if problems is None:
        say(request, _("It is yours now. Nobody else will be called for it."))
    return redirect("desk-cluster", one.pk)


@for_desk
@require_POST
def step(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The step of the stage the alert is in: verify, assess, characterise, decide."""
    one, seen = _to_act(visit, pk)
    data, text = request.POST, text_of(request.POST)
    choice = data.get("choice", "")
    who: dict[str, Any] = {"by": visit.person, "actor": visit.actor, "now": visit.now}
    stage = data.get("stage", one.stage)
    problems = tried(
        request,
        lambda: {
            "VERIFICATION": lambda: clusters.verify(
                alert=one, choice=choice, urgent="urgent" in data, text=text, **who
            ),
            "ASSESSMENT": lambda: clusters.assess(alert=one, text=text, **who),
            "CHARACTER": lambda: clusters.characterise(alert=one, risk=choice, text=text, **who),
        }.get(stage, lambda: clusters.decide(alert=one, outcome=choice, text=text, **who))(),
    )
    return _done(request, visit, one, seen, problems, "step")


@for_desk
@require_POST
def told(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Who was told outside, when, and in which words: the first of them meets the clock."""
    one, seen = _to_act(visit, pk)
    problems = tried(
        request,
        lambda: clusters.tell_outside(
            alert=one,
            whom=request.POST.get("whom", ""),
            told_at=moment_of(request.POST, now=visit.now),
            text=text_of(request.POST),
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        ),
    )
    return _done(request, visit, one, seen, problems, "told")


@for_desk
@require_POST
def note(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    one, seen = _to_act(visit, pk)
    problems = tried(
        request,
        lambda: clusters.note(
            alert=one, text=text_of(request.POST), by=visit.person, actor=visit.actor,
            now=visit.now,
        ),
    )  # fmt: skip
    return _done(request, visit, one, seen, problems, "note")


@for_desk
@require_POST
def close(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    one, seen = _to_act(visit, pk)
    problems = tried(
        request,
        lambda: clusters.close(
            alert=one, text=text_of(request.POST), by=visit.person, actor=visit.actor,
            now=visit.now,
        ),
    )  # fmt: skip
    return _done(request, visit, one, seen, problems, "close")


@for_desk
@require_POST
def mistake(request: HttpRequest, visit: Visit, pk: int, row: int) -> HttpResponse:
    """A call back showed that this person is not ill: no longer counted, and kept as a fact."""
    one, seen = _to_act(visit, pk)
    if not seen.whole:
        raise Forbidden
    clusters.withdraw_sign(alert=one, pk=row, by=visit.person, actor=visit.actor, now=visit.now)
    say(request, _("Taken back: this person is no longer counted."))
    return redirect("desk-cluster", one.pk)


def _done(
    request: HttpRequest,
    visit: Visit,
    one: Alert,
    seen: AlertSight,
    problems: dict[str, str] | None,
    form: str,
) -> HttpResponse:
    if problems:
        one.refresh_from_db()
        return _page(request, visit, one, seen, status=422, problems=problems, tried_form=form)
    if problems is None:
        say(request, _("Written down."))
    return redirect("desk-cluster", one.pk)
