"""Rounds of the classes: which are taken, how far they are today, and one to write down."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.desk.care import care_answer
from lianfang.desk.frame import say, say_refusal
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours, Refused
from lianfang.kernel.texts import tidy
from lianfang.monitoring import rounds as room
from lianfang.monitoring.access import deciding_units
from lianfang.monitoring.models import RoundCheck
from lianfang.monitoring.rounds import Entry
from lianfang.portal.edge import Visit, for_desk
from lianfang.reporting import typed as reading
from lianfang.reporting.typed import AskBack
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Unit, UnitLink
from lianfang.rulebook.monitor_policy import round_slots_from
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import monitoring, rounds

PAGE = "desk-rounds"
MOST = 200
FEW = 8  # a list that is seen at one glance needs no filter


@for_desk
@require_safe
def classes(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Every class of mine that takes rounds, with what is still to do today."""
    if not visit.sight.event_units:
        raise Forbidden
    units = Unit.objects.filter(
        pk__in=visit.sight.event_units, kind=Unit.Kind.CLASS, closed_on__isnull=True
    )
    above = _above(visit, units)
    asked = request.GET.get("unit", "")
    chosen = next((unit for unit in above if str(unit.pk) == asked), None)
    sought = tidy(request.GET.get("q", ""))[:60]
    shown = units.filter(Q(name__icontains=sought) | Q(code__iexact=sought)) if sought else units
    if chosen is not None:
        shown = shown.filter(pk__in=roster.subtree_ids(chosen, day=visit.today))
    rows = [
        {"unit": unit, "rounds": room.summaries_of(unit, day=visit.today, now=visit.now)}
        for unit in shown.order_by("position", "code")[:MOST]
    ]
    rows.sort(key=lambda row: not row["rounds"])
    return care_answer(
        request, visit, "desk/care/rounds/classes.html", page=PAGE, rows=rows,
        english=(get_language() or "").startswith("en"), above=above, chosen=chosen, sought=sought,
        going=sum(bool(row["rounds"]) for row in rows), all_classes=units.count(), few=FEW,
    )  # fmt: skip


def _above(visit: Visit, classes: QuerySet[Unit]) -> list[Unit]:
    """The units that my classes belong to, the college left out: to look at one of them alone."""
    links = UnitLink.objects.filter(
        roster.held_on(visit.today), descendant__in=classes.values("pk"), depth__gt=0
    )
    found = Unit.objects.filter(
        pk__in=links.values("ancestor"), tree=Unit.Tree.ADMINISTRATIVE, parent__isnull=False
    )
    return list(found.order_by("position", "code"))


def _unit(visit: Visit, pk: int) -> Unit:
    if pk not in visit.sight.event_units:
        raise Forbidden if pk in visit.sight.figure_units else NotYours
    return Unit.objects.get(pk=pk)


@for_desk
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The class list of the round that is open now."""
    unit = _unit(visit, pk)
    if request.method == "GET":
        return _page(request, visit, unit)
    people = {person.pk: person for person in _people(visit, unit)}
    entries, problems = _typed(request, people)
    try:
        if problems:
            raise Invalid(problems)
        kept = rounds.take_round(
            unit=unit,
            code=request.POST.get("code", "")[:12],
            entries=entries,
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        )
    except Invalid as error:
        said = {name: _(text) for name, text in error.problems.items()}
        return _page(request, visit, unit, problems=said, status=422)
    except Refused as refusal:
        say_refusal(request, refusal)
        return redirect("desk-rounds-class", unit.pk)
    say(request, _("Written down: %(n)s people.") % {"n": len(kept)})
    return redirect("desk-rounds-class", unit.pk)


def _people(visit: Visit, unit: Unit) -> list[Person]:
    people = roster.roll([unit.pk], day=visit.today).exclude(pk=visit.person.pk)
    return list(people.order_by("name_key", "number")[:MOST])


def _typed(request: HttpRequest, people: dict[int, Person]) -> tuple[list[Entry], dict[str, str]]:
    """Only rows that say something: who was not looked at stays not looked at."""
    entries, problems = [], {}
    for pk, person in people.items():
        there = request.POST.get(f"there-{pk}", "")
        typed = request.POST.get(f"temperature-{pk}", "")
        symptoms = tuple(dict.fromkeys(filter(None, request.POST.getlist(f"symptom-{pk}"))))
        if not (there or typed.strip() or symptoms):
            continue
        try:
            degrees = reading.temperature(typed)
        except AskBack as error:
            problems[f"person-{pk}"] = _(error.message) % error.context
            continue
        away = there in {"no", "ill"}
        entries.append(Entry(person, not away, degrees, symptoms, is_absent_ill=there == "ill"))
    return entries, problems


def _page(
    request: HttpRequest,
    visit: Visit,
    unit: Unit,
    *,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    slots = room.rounds_of(unit, day=visit.today, now=visit.now)
    begun = [slot for slot in slots if slot.opens(visit.today) <= visit.now]
    asked = request.POST.get("code") or request.GET.get("round", "")
    slot = next((s for s in begun if s.code == asked), begun[-1] if begun else None)
    people = _people(visit, unit)
    rows: list[dict[str, Any]] = []
    if slot is not None:
        taken = {
            row.person_id: row
            for row in RoundCheck.objects.filter(unit=unit, day=visit.today, code=slot.code)
        }
        monitoring.round_seen(unit=unit, code=slot.code, actor=visit.actor, now=visit.now)
        rows = [_row(request, person, taken.get(person.pk), problems or {}) for person in people]
    every = round_slots_from(rules_in_force(visit.now).settings)
    english = (get_language() or "").startswith("en")
    return care_answer(
        request, visit, "desk/care/rounds/class.html", page=PAGE, status=status, unit=unit,
        slot=slot, begun=begun, rows=rows, english=english, every=every,
        chosen=[s.code for s in slots], problems=problems or {},
        symptoms=rules_in_force(visit.now).symptoms,
        may_set=unit.pk in deciding_units(visit.sight),
        sums=room.summaries_of(unit, day=visit.today, now=visit.now),
    )  # fmt: skip


def _row(
    request: HttpRequest, person: Person, taken: RoundCheck | None, problems: dict[str, str]
) -> dict[str, Any]:
    """What was typed, else what was written down before."""
    sealed = taken.symptoms if taken and taken.symptoms else {}
    away = "ill" if sealed.get("absent_ill") else "no"
    there = "" if taken is None else ("yes" if taken.is_present else away)
    typed = request.POST.getlist(f"symptom-{person.pk}")
    posted = request.POST
    return {
        "person": person,
        "there": posted.get(f"there-{person.pk}", there),
        "temperature": posted.get(f"temperature-{person.pk}", taken.temperature if taken else "")[
            :40
        ],
        "symptoms": typed if posted else sealed.get("codes", []),
        "problem": problems.get(f"person-{person.pk}", ""),
    }


@for_desk
@require_POST
def switch(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The head of the unit says which rounds a class takes from today on."""
    unit = _unit(visit, pk)
    if unit.pk not in deciding_units(visit.sight):
        raise Forbidden
    try:
        rounds.set_rounds(
            unit=unit, codes=request.POST.getlist("codes"), by=visit.person, actor=visit.actor,
            now=visit.now,
        )  # fmt: skip
    except Invalid as error:
        problems = {name: _(text) for name, text in error.problems.items()}
        return _page(request, visit, unit, problems=problems, status=422)
    say(request, _("From today on."))
    return redirect("desk-rounds-class", unit.pk)
