"""Drills, the board of proved contacts, and what happened - with the words of the unit."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.desk.duty_pages import duty_answer, for_duty, tried
from lianfang.desk.frame import page_number, say
from lianfang.duty import access
from lianfang.duty.forms import DrillForm
from lianfang.duty.models import Drill, DrillCall, DutyFact, FeedAddress
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.kernel.texts import tidy
from lianfang.notifications.outlets import configured_groups, usable
from lianfang.portal.edge import Visit
from lianfang.roster import queries as roster
from lianfang.roster.models import Unit
from lianfang.usecases import desk_calls, drills, duty_roster, reachability

PER_PAGE = 40


def _kept(visit: Visit) -> frozenset[int]:
    kept = access.kept_units(visit.sight)
    if not kept:
        raise Forbidden
    return kept


def _tops(visit: Visit) -> list[Unit]:
    """The topmost units that this person keeps: a drill reaches down from one of them."""
    kept = _kept(visit)
    units = Unit.objects.filter(pk__in=kept, closed_on__isnull=True).order_by(
        "-tree", "position", "code"
    )
    return [unit for unit in units if unit.parent_id not in kept][:50]


@for_duty
@require_http_methods(["GET", "POST"])
def all_drills(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The drills of one's units with what came of them, and a form for a new one."""
    _kept(visit)
    if request.method == "GET":
        return _drills(request, visit)
    form = DrillForm(request.POST)
    if not form.is_valid():
        return _drills(request, visit, 422, problems=form.problems, typed=request.POST)
    clean = form.cleaned_data
    unit = access.unit_to_keep(clean["unit"], sight=visit.sight)
    asked = drills.candidates(unit=unit, who=clean["who"], now=visit.now)
    problems = tried(
        request,
        lambda: drills.start(
            unit=unit,
            channel=clean["channel"],
            minutes=clean["minutes"],
            posts=drills.choose(asked, clean["count"]),
            at_night=clean["at_night"],
            by=visit.account.person,
            actor=visit.actor,
            now=visit.now,
        ),
    )
    if problems is not None:
        return _drills(request, visit, 422, typed=request.POST)
    say(request, _("The drill has begun."))
    begun = Drill.objects.filter(unit=unit, started_at=visit.now).latest("id")
    return redirect("desk-duty-drill", begun.pk)


def _roads() -> list[tuple[str, str]]:
    """The ways of a drill; one that this college has no gateway for says so."""
    missing = set() if usable().can_ring else {Drill.Channel.VOICE}
    missing |= set() if configured_groups() else {Drill.Channel.ROBOT}
    without = _("not set up in this college")
    return [
        (road.value, f"{road.label} · {without}" if road in missing else str(road.label))
        for road in Drill.Channel
    ]


def _drills(request: HttpRequest, visit: Visit, status: int = 200, **more: Any) -> HttpResponse:
    earlier = (
        Drill.objects.filter(unit_id__in=_kept(visit))
        .select_related("unit")
        .prefetch_related("calls")
        .order_by("-started_at")
    )
    return duty_answer(
        request,
        visit,
        "drills.html",
        part="desk-duty-drills",
        status=status,
        tops=_tops(visit),
        channels=_roads(),
        page=Paginator(earlier, 20).get_page(page_number(request)),
        who=[
            ("HEADS", _("responsible heads")),
            ("DEPUTIES", _("deputies")),
            ("DUTY", _("whoever is on duty now")),
        ],
        **more,
    )


def _drill(pk: int, visit: Visit) -> Drill:
    drill = Drill.objects.filter(pk=pk).select_related("unit", "started_by").first()
    if drill is None or drill.unit_id not in _kept(visit):
        raise NotYours
    return drill


@for_duty
@require_GET
def drill(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    one = _drill(pk, visit)
    calls = list(
        one.calls.select_related("person", "unit", "drill").order_by("unit__position", "id")
    )
    calls.sort(
        key=lambda call: call.answered_at is not None
    )  # whoever is still to be reached first
    counts: dict[str, int] = {}
    for call in calls:
        counts[call.state] = counts.get(call.state, 0) + 1
    return duty_answer(
        request,
        visit,
        "drill.html",
        part="desk-duty-drills",
        drill=one,
        calls=calls,
        answered=counts.get("ANSWERED", 0),
        counts=[
            (label, counts[state]) for state, label in DrillCall.State.choices if state in counts
        ],
        rings=one.channel == Drill.Channel.CALLS and visit.account.person is not None,
        me=visit.account.person,
    )


@for_duty
@require_POST
def ring(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The call list: the number on record, then what came of the call."""
    call = DrillCall.objects.filter(pk=pk).select_related("drill", "person", "unit").first()
    if call is None:
        raise NotYours
    one = _drill(call.drill_id, visit)
    what = request.POST.get("what", "")
    if what == "number":
        number = desk_calls.reveal_phone(
            person=call.person, reason="other", actor=visit.actor, now=visit.now
        )
        return duty_answer(
            request,
            visit,
            "phone.html",
            part="desk-duty-drills",
            number=number,
            call=call,
            drill=one,
        )
    tried(
        request,
        lambda: drills.rang(
            call=call, reached=what == "reached", by=visit.person, actor=visit.actor, now=visit.now
        ),
    )
    return redirect("desk-duty-drill", one.pk)


@for_duty
@require_GET
def reach(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Every responsible person and deputy with the last proved contact; never reached on top."""
    tops = _tops(visit)
    asked = request.GET.get("unit", "")
    unit = next((u for u in tops if str(u.pk) == asked), None)
    if unit is None:
        unit = next((u for u in tops if u.kind == Unit.Kind.COMMITTEE), tops[0] if tops else None)
    rows = reachability.reach_board(unit=unit, now=visit.now) if unit else []
    return duty_answer(
        request,
        visit,
        "reach.html",
        part="desk-duty-reach",
        unit=unit,
        tops=tops,
        never=sum(row.proof is None for row in rows),
        total=len(rows),
        page=Paginator(rows, 60).get_page(page_number(request)),
        query=f"unit={unit.pk}" if unit else "",
        how=how_words(),
    )


def how_words() -> dict[str, str]:
    return {
        "drill": _("answered a drill"),
        "activation": _("typed a code sent to the phone"),
        "call": _("confirmed on the phone"),
        "alert": _("answered an alert"),
    }


# ---------------------------------------------------------------- what happened


@for_duty
@require_GET
def facts(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Facts of the units one keeps, and one's own; those that wait for words come first."""
    return _facts(request, visit)


def _facts(request: HttpRequest, visit: Visit, status: int = 200, **more: Any) -> HttpResponse:
    person = visit.account.person
    wanted = Q(unit_id__in=access.watched_units(visit.sight))
    if person is not None:
        wanted |= Q(person=person)
    found = (
        DutyFact.objects.filter(wanted)
        .select_related("unit", "person", "replied_by")
        .order_by("-at", "-id")
    )
    own = Q(unit_id__in=access.kept_units(visit.sight))
    if person is not None:
        own |= Q(person=person)
    waiting = found.filter(own, replied_at__isnull=True)
    return duty_answer(
        request,
        visit,
        "facts.html",
        part="desk-duty-facts",
        status=status,
        waiting=waiting.count(),
        page=Paginator(found, PER_PAGE).get_page(page_number(request)),
        kept=access.kept_units(visit.sight) if person else frozenset(),
        me=person.pk if person else None,
        **more,
    )


@for_duty
@require_POST
def reply(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    fact = access.fact_to_reply(pk, sight=visit.sight)
    words = tidy(request.POST.get("text", ""))[:2000]
    problems = tried(
        request,
        lambda: duty_roster.reply_to_fact(
            fact=fact, text=words, by=visit.person, actor=visit.actor, now=visit.now
        ),
    )
    if problems:
        return _facts(request, visit, 422, problems=problems, asked=fact.pk)
    return redirect("desk-duty-facts")


# ---------------------------------------------------------------- calendar addresses


@for_duty
@require_http_methods(["GET", "POST"])
def feeds(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Calendar addresses: of one's own shifts, and of any roster; each can be revoked."""
    if request.method == "POST":
        unit = None
        if asked := request.POST.get("unit", ""):
            pk = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else 0
            unit = access.unit_to_see(pk, sight=visit.sight, at=visit.now)
        duty_roster.open_feed(
            person=None if unit else visit.person,
            unit=unit,
            owner=visit.person,
            actor=visit.actor,
            now=visit.now,
        )
        return redirect("desk-duty-feeds")
    mine = FeedAddress.objects.filter(owner=visit.person, revoked_at__isnull=True)
    rows = [
        (feed, request.build_absolute_uri(duty_roster.feed_path(feed)))
        for feed in mine.select_related("person", "unit").order_by("-created_at")[:50]
    ]
    committee = roster.committee()
    return duty_answer(
        request,
        visit,
        "feeds.html",
        part="desk-duty-feeds",
        rows=rows,
        units=[u for u in (committee, *_own_units(visit)) if u],
    )


def _own_units(visit: Visit) -> list[Unit]:
    return [post.unit for post in visit.sight.posts if post.unit.kind != Unit.Kind.COMMITTEE]


@for_duty
@require_POST
def revoke(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    feed = FeedAddress.objects.filter(pk=pk, owner=visit.person).first()
    if feed is None:
        raise NotYours
    tried(
        request,
        lambda: duty_roster.revoke_feed(feed=feed, actor=visit.actor, now=visit.now),
    )
    say(request, _("This address is closed. Calendars that used it stay as they were last."))
    return redirect("desk-duty-feeds")
