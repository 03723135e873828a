"""Rooms and beds on a phone in a corridor, what somebody needs, and what has to be cleaned."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.desk.frame import say
from lianfang.desk.quarantine_pages import for_quarantine, quarantine_answer, tried
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.kernel.texts import prose
from lianfang.portal.edge import Visit
from lianfang.portal.typed_checks import again
from lianfang.quarantine import access, queries
from lianfang.quarantine.models import Bed, Building, Keeper
from lianfang.quarantine.queries import House
from lianfang.usecases import quarantine_needs, quarantine_rooms


@for_quarantine
@require_safe
def rooms(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Who is where. A keeper sees the houses kept; a name only where it is theirs to see."""
    sight = visit.sight
    kept = access.kept_buildings(sight)
    wide = bool(sight.event_units) or sight.sees_college
    houses = queries.houses(only=None if wide else kept)
    return quarantine_answer(
        request, visit, "rooms.html", part="desk-quarantine-rooms",
        houses=[(one, _named(one, visit, kept)) for one in houses],
        free=sum(one.free for one in houses), occupied=sum(one.occupied for one in houses),
        to_clean=sum(one.to_clean for one in houses),
        may_keep=access.may_keep_rooms(sight), is_keeper=bool(kept),
    )  # fmt: skip


def _named(house: House, visit: Visit, kept: frozenset[int]) -> list[Any]:
    """Each room with its beds; beside a bed the name, where this viewer may see it."""
    return [
        (room, [(bed, _name(bed, visit, kept), _opens(bed, visit)) for bed in beds])
        for room, beds in house.rooms
    ]


def _name(bed: Bed, visit: Visit, kept: frozenset[int]) -> str:
    if bed.order is None or not access.sees_name_in(visit.sight, bed, kept=kept):
        return ""
    return bed.order.person.name


def _opens(bed: Bed, visit: Visit) -> bool:
    return bed.order is not None and access.may_read(visit.sight, bed.order)


@for_quarantine
@require_safe
def needs(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What waits, the most urgent first; whoever takes it owns it."""
    found = access.needs_visible(visit.sight)
    beds = queries.by_bed(need.order for need in found)
    rows = [(need, beds.get(need.order_id)) for need in found]
    late = sum(need.due_at <= visit.now for need in found)
    return quarantine_answer(
        request, visit, "needs.html", part="desk-quarantine-needs", rows=rows, late=late
    )


@for_quarantine
@require_POST
def need(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    found = access.need(pk, sight=visit.sight)
    what = request.POST.get("what", "")
    if what == "take":
        done = tried(
            request,
            lambda: quarantine_needs.take(
                need=found, by=visit.person, actor=visit.actor, now=visit.now
            ),
        )
    else:
        done = tried(
            request,
            lambda: quarantine_needs.settle(
                need=found, state="DROPPED" if what == "drop" else "DONE",
                answer=prose(request.POST.get("answer", "")), by=visit.person, actor=visit.actor,
                now=visit.now,
            ),
        )  # fmt: skip
    if done is None:
        say(request, _("It is yours now.") if what == "take" else _("Noted. Thank you."))
    return redirect("desk-quarantine-needs")


@for_quarantine
@require_safe
def cleaning(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Beds that wait for cleaning, the longest wait first."""
    only = None if visit.sight.event_units else access.kept_buildings(visit.sight)
    beds = list(queries.beds_to_clean(only=only))
    return quarantine_answer(
        request, visit, "cleaning.html", part="desk-quarantine-cleaning", beds=beds
    )


@for_quarantine
@require_POST
def bed(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Clean again, out of use, or back in use."""
    found = access.bed(pk, sight=visit.sight)
    what = request.POST.get("what", "")
    if what == "cleaned":
        done = tried(
            request,
            lambda: quarantine_rooms.cleaned(
                bed=found, by=visit.person, actor=visit.actor, now=visit.now
            ),
        )
    else:
        done = tried(
            request,
            lambda: quarantine_rooms.set_in_use(
                bed=found, in_use=what == "open", actor=visit.actor, now=visit.now
            ),
        )
    if done is None:
        say(request, _("Noted. Thank you."))
    back = request.POST.get("back", "")
    return redirect("desk-quarantine-rooms" if back == "rooms" else "desk-quarantine-cleaning")


@for_quarantine
@require_http_methods(["GET", "POST"])
def houses(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Buildings, their rooms, and who keeps them."""
    if not access.may_keep_rooms(visit.sight):
        raise Forbidden
    if request.method == "GET":
        return _houses(request, visit)
    data = request.POST
    beds = data.get("beds", "1")
    problems = tried(
        request,
        lambda: quarantine_rooms.open_building(
            name=data.get("name", ""), address=data.get("address", ""),
            rooms_text=data.get("rooms", "")[:5000],
            beds=int(beds) if beds.isascii() and beds.isdecimal() and len(beds) < 4 else 0,
            actor=visit.actor, now=visit.now,
        ),
    )  # fmt: skip
    if problems is not None:
        return _houses(request, visit, problems=problems, typed=again(data), status=422)
    say(request, _("The rooms are there, and free."))
    return redirect("desk-quarantine-houses")


def _houses(request: HttpRequest, visit: Visit, *, status: int = 200, **more: Any) -> HttpResponse:
    keepers = Keeper.objects.filter(held_until__isnull=True).select_related("person", "building")
    return quarantine_answer(
        request, visit, "houses.html", part="desk-quarantine-rooms", status=status,
        houses=queries.houses(), keepers=list(keepers.order_by("building__name", "id")),
        **({"typed": again({}), "problems": {}} | more),
    )  # fmt: skip


@for_quarantine
@require_POST
def keeper(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Name somebody who looks after the rooms of a building, or end it."""
    if not access.may_keep_rooms(visit.sight):
        raise Forbidden
    building = Building.objects.filter(pk=pk).first()
    if building is None:
        raise NotYours
    ending = Keeper.objects.filter(building=building, pk=_key(request.POST.get("end", "")))
    row = ending.select_related("building").first()
    if row is not None:
        quarantine_rooms.dismiss_keeper(keeper=row, actor=visit.actor, now=visit.now)
        say(request, _("Noted. Thank you."))
        return redirect("desk-quarantine-houses")
    problems = tried(
        request,
        lambda: quarantine_rooms.name_keeper(
            building=building, number=request.POST.get("number", ""), actor=visit.actor,
            now=visit.now,
        ),
    )  # fmt: skip
    if problems:
        return _houses(
            request, visit, problems=problems, at=pk, typed=again(request.POST), status=422
        )
    say(request, _("From now on this person sees names, rooms and needs there, never the reason."))
    return redirect("desk-quarantine-houses")


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0
