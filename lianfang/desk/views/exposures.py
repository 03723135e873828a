"""Exposures at the desk: whom to ring, why, and what the person said."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianfang.desk.care import care_answer
from lianfang.desk.frame import address_of, say
from lianfang.kernel.refusals import Forbidden, Invalid, Refused
from lianfang.places.tables import parse_day
from lianfang.portal.edge import Visit, for_desk
from lianfang.portal.middleware import in_words
from lianfang.screening import access, queries
from lianfang.screening.models import ExposureHit
from lianfang.screening.words import evidence_in_words, listing_in_words, reason_in_words
from lianfang.surveys import queries as survey_queries
from lianfang.surveys.words import lines_of
from lianfang.usecases import exposures as usecase
from lianfang.usecases import surveys

PAGE = "desk-exposures"
MOST = 200


@for_desk
@require_GET
def exposures(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Who has to be rung, the longest waiting first; where names are not open, codes."""
    sight = visit.sight
    if not access.may_open(sight):
        raise Forbidden
    waiting = queries.hits_to_verify(sight.event_units).exclude(person=visit.person)
    hits = list(waiting.defer("verdict_reason", *_SEALED)[: MOST + 1])
    coded = queries.hits_to_verify(sight.event_figure_units - sight.event_units)
    settled = queries.settled_hits(sight.event_units).exclude(person=visit.person)
    return care_answer(
        request,
        visit,
        "desk/care/exposures/list.html",
        page=PAGE,
        hits=hits[:MOST],
        more=len(hits) > MOST,
        coded=list(coded.defer("verdict_reason", *_SEALED)[:MOST]),
        settled=list(settled.defer("verdict_reason", *_SEALED)[:30]),
        off=queries.no_longer_listed(hits, day=visit.today),
        policy=usecase.policy_at(visit.now),
    )


_SEALED = ("person__phone", "person__email", "person__address")


@for_desk
@require_GET
def exposure(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Why one person was found; the look is written down before it is shown."""
    return _page(request, visit, access.hit_to_ring(pk, sight=visit.sight))


def _page(
    request: HttpRequest, visit: Visit, hit: ExposureHit, *, status: int = 200, **more: Any
) -> HttpResponse:
    usecase.look(hit=hit, actor=visit.actor, now=visit.now)
    answer = survey_queries.current_of(hit.person)
    if answer is not None:
        surveys.look(person=hit.person, revisions=1, actor=visit.actor, now=visit.now)
    typed = {"verdict": "", "reason": "", "last": hit.last_exposed_on.isoformat()}
    return care_answer(
        request,
        visit,
        "desk/care/exposures/one.html",
        page=PAGE,
        status=status,
        hit=hit,
        person=hit.person,
        why=reason_in_words(hit),
        listing=listing_in_words(hit),
        evidence=evidence_in_words(hit),
        is_off=bool(queries.no_longer_listed([hit], day=visit.today)),
        facts=list(queries.facts_of(hit)),
        lines=lines_of(answer) if answer is not None else [],
        verdicts=ExposureHit.Verdict.choices,
        file_url=_file_url(hit, visit),
        day_last=visit.today.isoformat(),
        **({"problems": {}, "typed": typed} | more),
    )


def _file_url(hit: ExposureHit, visit: Visit) -> str:
    """The file that a verdict opened, for whoever may open it."""
    file = usecase.file_of(hit)
    if file is None:
        return ""
    return address_of("desk-monitoring-file", file.pk)


@for_desk
@require_POST
def verify(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """What came of the call; “true” opens the file of key monitoring at once."""
    hit = access.hit_to_ring(pk, sight=visit.sight)
    typed = {name: request.POST.get(name, "")[:2000] for name in ("verdict", "reason", "last")}
    last = parse_day(typed["last"])
    if typed["last"] and last is None:
        problem = _("Please write the day like this: %(value)s.") % {"value": visit.today}
        problems = {"last_exposed_on": problem}
        return _page(request, visit, hit, status=422, problems=problems, typed=typed)
    try:
        file = usecase.verify(
            hit=hit,
            verdict=typed["verdict"],
            reason=typed["reason"],
            last_exposed_on=last,
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        )
    except Invalid as error:
        problems = {name: _(text) for name, text in error.problems.items()}
        return _page(request, visit, hit, status=422, problems=problems, typed=typed)
    except Refused as refusal:
        problems = {"verdict": in_words(refusal)}
        return _page(request, visit, hit, status=refusal.status, problems=problems, typed=typed)
    if file is not None:
        say(request, _("Written down. The file of key monitoring is open."))
    else:
        say(request, _("Written down."))
    return redirect(PAGE)
