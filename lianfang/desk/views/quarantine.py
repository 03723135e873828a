"""Orders: the list, a new one out of its document, and one of them with all that happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.desk.frame import page_number, say
from lianfang.desk.quarantine_forms import moment_of, service_of, wording_of
from lianfang.desk.quarantine_pages import for_quarantine, quarantine_answer, tried
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.kernel.texts import gettext_noop, prose, tidy
from lianfang.portal.edge import Visit
from lianfang.portal.typed_checks import again, day_of, look_of
from lianfang.quarantine import access, queries
from lianfang.quarantine.models import Bed, Check, Need, Order
from lianfang.roster.models import Person
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import quarantine, quarantine_checks, quarantine_needs, quarantine_rooms
from lianfang.usecases.quarantine import Service

PER_PAGE = 50


@for_quarantine
@require_safe
def orders(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Running orders by their planned end; those that have ended one tap away."""
    sight = visit.sight
    if not sight.event_units:
        return redirect("desk-quarantine-rooms")
    state = "ended" if request.GET.get("state") == "ended" else "running"
    found = queries.orders_of_units(sight.event_units, running=state == "running")
    found = found.exclude(person=visit.account.person)
    page = Paginator(found, PER_PAGE).get_page(page_number(request))
    shown = list(page)
    beds = queries.by_bed(shown)
    last = queries.last_check_by_order(shown)
    needs = queries.open_needs_by_order(shown)
    rows = [
        {
            "order": one,
            "bed": beds.get(one.pk),
            "last": last.get(one.pk),
            "needs": needs.get(one.pk, 0),
        }
        for one in shown
    ]
    return quarantine_answer(
        request, visit, "orders.html", part="desk-quarantine", rows_page=page, rows=rows, state=state,
        to_decide=found.filter(proposed_at__isnull=False).count() if state == "running" else 0,
        silent=sum(row["last"] != visit.today for row in rows) if state == "running" else 0,
        query=f"state={state}",
    )  # fmt: skip


@for_quarantine
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Out of the document of whoever ordered it; the person is named by number."""
    if not access.may_record(visit.sight):
        raise Forbidden
    if request.method == "GET":
        return _form(request, visit, typed=again({"number": request.GET.get("number", "")}))
    person = _person(visit, request.POST.get("number", ""))
    if person is None:
        wording, service = wording_of(request.POST, today=visit.today), service_of(request.POST)
        faults = quarantine.faults_of(wording, service, now=visit.now)
        wrong = {name: _(text) for name, text in faults.items()}
        wrong["number"] = _("Nobody of your units has this number.")
        return _form(request, visit, typed=again(request.POST), problems=wrong, status=422)
    made: list[Order] = []
    problems = tried(
        request,
        lambda: made.append(
            quarantine.record(
                person=person,
                wording=wording_of(request.POST, today=visit.today),
                service=service_of(request.POST),
                by=visit.person,
                actor=visit.actor,
                now=visit.now,
            )
        ),
    )
    if problems is not None:
        if "person" in problems:
            problems["number"] = problems["person"]
        return _form(request, visit, typed=again(request.POST), problems=problems, status=422)
    say(request, _("Recorded. The person sees it under “Mine”, with whom to call."))
    return redirect("desk-quarantine-order", made[0].pk)


def _person(visit: Visit, number: str) -> Person | None:
    people = visit.sight.people(visit.sight.event_units)
    found = people.filter(number=tidy(number)).first()
    return None if found is not None and found.pk == visit.person.pk else found


def _form(request: HttpRequest, visit: Visit, *, status: int = 200, **more: Any) -> HttpResponse:
    policy = quarantine.policy_now(visit.now)
    return quarantine_answer(
        request, visit, "new.html", part="desk-quarantine", status=status, policy=policy,
        kinds=Order.Kind.choices, authorities=Order.Authority.choices,
        ways=Order.Served.choices, **more,
    )  # fmt: skip


@for_quarantine
@require_safe
def order(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Every look is written down; the person sees it."""
    return _page(request, visit, access.order(pk, sight=visit.sight))


def _page(
    request: HttpRequest, visit: Visit, one: Order, status: int = 200, **more: Any
) -> HttpResponse:
    quarantine.order_seen(order=one, actor=visit.actor, now=visit.now)
    done = quarantine.progress(order=one, now=visit.now)
    names = rules_in_force(visit.now)
    return quarantine_answer(
        request, visit, "order.html", part="desk-quarantine", status=status,
        order=one, done=done, items=[(item, _(item.question), _(item.todo)) for item in done.items],
        looks=[(c, [names.symptom_name(s) for s in c.findings.get("symptoms", [])],
                quarantine_checks.needs_an_answer(c)) for c in done.checks],
        bed=queries.bed_of(one), free=queries.free_beds()[:200] if one.is_running else [],
        stays=one.stays.select_related("bed__room__building").order_by("stayed_from"),
        needs=one.needs.select_related("owner", "settled_by").order_by("-asked_at"),
        extensions=one.extensions.select_related("by").order_by("at"),
        explained=one.explained_days.select_related("by").order_by("day"),
        may_decide=access.may_decide(visit.sight, one), ways=Order.Served.choices,
        endings=[(s, s.label) for s in (Order.State.MOVED_ON, Order.State.MISTAKE)],
        slots=Check.SlotName.choices, slot=quarantine_checks.slot_now(visit.now),
        kinds=Need.Kind.choices, symptoms=names.symptoms, **({"typed": again({"day": visit.today.isoformat()}), "problems": {}} | more),
    )  # fmt: skip


Act = Callable[[HttpRequest, Visit, Order], object]


def _verb(name: str, sentence: str, act: Act) -> Callable[..., HttpResponse]:
    """A button of the page: done and said, or the page again with what is wrong beside the field."""

    @for_quarantine
    @require_POST
    def view(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
        one = access.order(pk, sight=visit.sight)
        problems = tried(request, lambda: act(request, visit, one))
        if problems:
            return _page(
                request, visit, one, 422, problems=problems, typed=again(request.POST), at=name
            )
        if problems is None:
            say(request, _(sentence))
        return redirect("desk-quarantine-order", pk)

    view.__name__ = name
    return view


def _serve(request: HttpRequest, visit: Visit, one: Order) -> None:
    given = service_of(request.POST)
    at = moment_of(request.POST.get("served_at", ""))
    quarantine.note_service(
        order=one, service=given or Service("", "", "", at), actor=visit.actor, now=visit.now
    )


def _move_end(request: HttpRequest, visit: Visit, one: Order) -> None:
    quarantine.move_end(
        order=one, until=day_of(request.POST.get("until", "")),
        reason=prose(request.POST.get("why", "")),
        document_no=tidy(request.POST.get("document_no", "")),
        by=visit.person, actor=visit.actor, now=visit.now,
    )  # fmt: skip


def _paper(request: HttpRequest, visit: Visit, one: Order) -> None:
    paper = tidy(request.POST.get("paper", ""))
    quarantine.note_paper(order=one, paper=paper, actor=visit.actor, now=visit.now)


def _check(request: HttpRequest, visit: Visit, one: Order) -> None:
    slot = quarantine_checks.slot_now(visit.now)
    quarantine_checks.note(
        order=one, look=look_of(request.POST, today=visit.today, slot=slot), by=visit.person,
        actor=visit.actor, now=visit.now,
    )  # fmt: skip


def _explain(request: HttpRequest, visit: Visit, one: Order) -> None:
    first = day_of(request.POST.get("first", ""))
    quarantine_checks.explain_days(
        order=one, first=first, last=day_of(request.POST.get("last", "")) or first,
        text=prose(request.POST.get("text", "")), by=visit.person, actor=visit.actor, now=visit.now,
    )  # fmt: skip


def _bed(request: HttpRequest, visit: Visit, one: Order) -> None:
    chosen = request.POST.get("bed", "")
    if chosen == "leave":
        quarantine_rooms.leave(order=one, by=visit.person, actor=visit.actor, now=visit.now)
        return
    found = Bed.objects.filter(pk=int(chosen)).first() if _is_key(chosen) else None
    if found is None:
        raise NotYours
    quarantine_rooms.assign(order=one, bed=found, by=visit.person, actor=visit.actor, now=visit.now)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 18


def _need(request: HttpRequest, visit: Visit, one: Order) -> None:
    quarantine_needs.ask(
        order=one, kind=request.POST.get("kind", ""), text=prose(request.POST.get("text", "")),
        by=visit.person, actor=visit.actor, now=visit.now,
    )  # fmt: skip


def _release(request: HttpRequest, visit: Visit, one: Order) -> None:
    quarantine.release(
        order=one, words=prose(request.POST.get("words", "")),
        may_decide=access.may_decide(visit.sight, one), by=visit.person, actor=visit.actor,
        now=visit.now,
    )  # fmt: skip


def _end(request: HttpRequest, visit: Visit, one: Order) -> None:
    quarantine.end_otherwise(
        order=one, state=request.POST.get("state", ""),
        words=prose(request.POST.get("words", "")),
        may_decide=access.may_decide(visit.sight, one), by=visit.person, actor=visit.actor,
        now=visit.now,
    )  # fmt: skip


serve = _verb("serve", gettext_noop("Written down: how the order reached the person."), _serve)
move_end = _verb("move_end", gettext_noop("The planned end was moved, with its reason."), _move_end)
paper = _verb("paper", gettext_noop("The document was noted."), _paper)
check = _verb("check", gettext_noop("The check was noted. Thank you."), _check)
explain = _verb("explain", gettext_noop("The days are explained."), _explain)
bed = _verb("bed", gettext_noop("The bed was noted."), _bed)
need = _verb("need", gettext_noop("It was noted and given to somebody."), _need)
release = _verb("release", gettext_noop("Released. The bed waits for cleaning."), _release)
end = _verb("end", gettext_noop("The order has ended."), _end)
