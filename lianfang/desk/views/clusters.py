"""Early warning: what is on alarm, what is unknown, what is as usual; and two ways to say more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lianfang.clusters import access
from lianfang.clusters.models import Alert, Sign
from lianfang.clusters.words import kind_names, rules_page
from lianfang.desk.care import care_answer
from lianfang.desk.cluster_board import board_of
from lianfang.desk.cluster_forms import day_of, temperature_of, text_of, tried
from lianfang.desk.frame import say
from lianfang.kernel.refusals import Forbidden
from lianfang.portal.edge import Visit, for_desk
from lianfang.rulebook.cluster_policy import policy_of
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import clusters


@for_desk
@require_GET
def board(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Red is on alarm, grey is unknown, and nothing is as usual that is not known."""
    _may_look(visit)
    return _answer(
        request,
        visit,
        "board.html",
        board=board_of(visit),
        may_note_visits=access.may_note_visits(visit.sight),
    )


@for_desk
@require_GET
def rules(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Each rule in words with where it comes from; presets that are not in use stand below."""
    _may_look(visit)
    in_force = rules_in_force(visit.now)
    return _answer(
        request,
        visit,
        "rules.html",
        rows=rules_page(in_force),
        policy=policy_of(in_force.settings),
        edition=in_force.number,
        threshold=float(in_force.settings["completeness_threshold"]),
    )


@for_desk
@require_http_methods(["GET", "POST"])
def heard(request: HttpRequest, visit: Visit) -> HttpResponse:
    """An event in words: what a teacher, a cook or a parent said. It is verified like an alarm."""
    _may_look(visit)
    circles = _circles(visit)
    typed: Any = {"circle": "", "text": ""} | request.POST.dict()
    problems: dict[str, str] = {}
    if request.method == "POST":
        chosen = next((one for one in circles if one[0] == request.POST.get("circle")), None)
        if chosen is None:
            problems = {"circle": _("Please choose where it is.")}
        else:
            made: list[Alert] = []
            kind, _colon, code = chosen[0].partition(":")
            failed = tried(
                request,
                lambda: made.append(
                    clusters.note_heard(
                        text=text_of(request.POST), kind=kind, code=code, name=chosen[2],
                        by=visit.person, actor=visit.actor, now=visit.now,
                    )
                ),
            )  # fmt: skip
            if failed is None:
                say(request, _("Written down. The duty officer and the school doctor are told."))
                return redirect("desk-cluster", made[0].pk)
            problems = failed
    return _answer(
        request, visit, "heard.html", circles=circles, typed=typed, problems=problems,
        status=422 if problems else 200,
    )  # fmt: skip


@for_desk
@require_http_methods(["GET", "POST"])
def clinic(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Somebody came to the school clinic: counted like a report of their own, and once with it."""
    if not access.may_note_visits(visit.sight):
        raise Forbidden
    problems: dict[str, str] | None = {}
    if request.method == "POST":
        made: list[Sign] = []

        def act() -> None:
            made.extend(
                clusters.note_visit(
                    number=request.POST.get("number", ""),
                    symptoms=request.POST.getlist("symptoms"),
                    temperature=temperature_of(request.POST),
                    onset_on=day_of(request.POST, "onset_on"),
                    by=visit.person,
                    actor=visit.actor,
                    now=visit.now,
                )
            )

        problems = tried(request, act)
        if problems is None:
            say(request, _("Noted and counted. The person's own report is still asked for."))
            return redirect("desk-clusters-clinic")
    in_force = rules_in_force(visit.now)
    return _answer(
        request, visit, "clinic.html", symptoms=in_force.symptoms, typed=request.POST.dict(),
        chosen=request.POST.getlist("symptoms"), problems=problems,
        status=422 if problems else 200,
    )  # fmt: skip


# ---------------------------------------------------------------- helpers


def _answer(
    request: HttpRequest, visit: Visit, template: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    return care_answer(
        request, visit, f"desk/care/clusters/{template}", page="desk-clusters", status=status,
        **context,
    )  # fmt: skip


def _may_look(visit: Visit) -> None:
    if not access.may_look(visit.sight):
        raise Forbidden


def _circles(visit: Visit) -> list[tuple[str, str, str]]:
    kinds = kind_names()
    return [
        (f"{one.kind}:{one.code}", str(kinds[one.kind]), one.name)
        for one in access.circles(visit.sight)
    ]
