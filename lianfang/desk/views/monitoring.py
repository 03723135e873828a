"""Key monitoring: my files in order of urgency, one of them, a new one, another policy."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.desk.care import care_answer
from lianfang.desk.frame import page_number, say
from lianfang.desk.monitoring_page import (
    as_typed,
    curve_of,
    fever_of,
    filled_in,
    first_gap,
    history_of,
    rows_of,
    slot_names,
)
from lianfang.incidents.queries import open_of
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours, Refused
from lianfang.monitoring import access, queries, rules
from lianfang.monitoring.access import FileSight
from lianfang.monitoring.changing import BY_HAND
from lianfang.monitoring.forms import CheckForm, line, needed_day, text
from lianfang.monitoring.models import CheckSlot, Contest, MonitoringFile
from lianfang.monitoring.releasing import checklist_of
from lianfang.portal.edge import Visit, for_desk
from lianfang.portal.middleware import in_words
from lianfang.reporting.forms import SITE_NAMES
from lianfang.roster.models import Person
from lianfang.rulebook.models import Edition
from lianfang.rulebook.monitor_policy import policy_from
from lianfang.rulebook.queries import rules_in_force, rules_of
from lianfang.screening.words import listing_in_words, reason_in_words
from lianfang.usecases import monitoring, monitoring_checks, noted_symptoms
from lianfang.usecases.files_off_the_list import off_the_list

PAGE = "desk-monitoring"
PER_PAGE = 50


@for_desk
@require_safe
def files(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What has to be done comes first. The list names people, never the reason."""
    if not access.may_open_files(visit.sight):
        raise Forbidden
    state = "closed" if request.GET.get("state") == "closed" else "open"
    seen = access.files_in_sight(visit.sight).select_related("person", "unit", "carer", "deputy")
    named = set(access.named_files(visit.sight).values_list("pk", flat=True))
    if state == "closed":
        page: Any = Paginator(
            seen.filter(closed_at__isnull=False).order_by("-closed_at"), PER_PAGE
        ).get_page(page_number(request))
        rows = [queries.Row(file, None, 0, False, 0) for file in page]
    else:
        ordered = queries.rows_of(seen.filter(closed_at__isnull=True), now=visit.now)
        page = Paginator(ordered, PER_PAGE).get_page(page_number(request))
        rows = list(page)
    return care_answer(
        request, visit, "desk/care/monitoring/files.html", page=PAGE, state=state, rows=rows,
        pages=page, named=named, query=f"state={state}",
        figures=queries.figures_of(
            visit.sight.event_figure_units, day=visit.today, at=queries.end_of(visit.today)
        ),
        to_do=sum(row.urgency < 4 for row in rows) if state == "open" else 0,
        may_open=bool(visit.sight.event_units), may_preview=bool(access.deciding_units(visit.sight)),
    )  # fmt: skip


def one_file(visit: Visit, pk: int) -> tuple[MonitoringFile, FileSight]:
    found = (
        MonitoringFile.objects.filter(pk=pk)
        .select_related(
            "person", "unit", "carer", "deputy", "edition", "opened_by", "verified_by", "closed_by"
        )
        .first()
    )
    if found is None:
        raise NotYours
    return found, access.sight_of_file(found, sight=visit.sight)


@for_desk
@require_safe
def file(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Every look is written down; its person reads who it was."""
    one, seen = one_file(visit, pk)
    return file_page(request, visit, one, seen)


def file_page(
    request: HttpRequest,
    visit: Visit,
    one: MonitoringFile,
    seen: FileSight,
    *,
    status: int = 200,
    act: str = "",
    problems: dict[str, str] | None = None,
    form: CheckForm | None = None,
) -> HttpResponse:
    """`act` is the form that asks back; its fields keep what was typed."""
    monitoring.file_seen(file=one, named=seen.named, actor=visit.actor, now=visit.now)
    context: dict[str, Any] = {
        "file": one, "seen": seen, "act": act, "problems": problems or {}, "today": visit.today,
        "typed": (typed := as_typed(request.POST)), "kept": {act: typed}, "filled": filled_in(one, typed, act),
        "status": status,
        "day_number": one.day_number(visit.today), "days": queries.policy_of(one).days,
        "rules": rules, "may_phone": one.unit_id in visit.sight.event_units,
    }  # fmt: skip
    if seen.named:
        context |= _named(visit, one, form)
        context["contest_waits"] = seen.may_decide and any(
            c.done_at is None for c in context["contests"]
        )
    if seen.may_decide:
        context |= _decisions(visit, one)
    return care_answer(request, visit, "desk/care/monitoring/file.html", page=PAGE, **context)


def _named(visit: Visit, one: MonitoringFile, form: CheckForm | None) -> dict[str, Any]:
    slots = list(one.slots.select_related("checked_by").order_by("due_at"))
    edition = rules_of(one.edition_id)
    rows = rows_of(one, slots, now=visit.now)
    slot = monitoring_checks.open_slot_for(one.person, now=visit.now) if one.is_open else None
    return {
        "slot": slot,
        "incident": open_of(one.person) if one.state == rules.ILL else None,
        "slot_name": _slot_name(one, slot),
        "may_check": noted_symptoms.last_report_of(one.person, day=visit.today) is not None,
        "form": form or CheckForm(),
        "symptoms": rules_in_force(visit.now).symptoms,
        "sites": SITE_NAMES.items(),
        "curve": curve_of(slots, fever=fever_of(edition)),
        "rows": rows,
        "slot_names": slot_names(queries.policy_of(one)),
        "off_list": [
            (listing_in_words(hit) or reason_in_words(hit), since)
            for hit, since in off_the_list(one, day=visit.today)
        ],
        "gap": first_gap(rows) if one.is_open else None,
        "checks": checklist_of(one, now=visit.now) if one.is_open else None,
        "explanations": one.explanations.select_related("by").order_by("at"),
        "history": history_of(one),
        "needs": one.needs.select_related("owner", "done_by").order_by("done_at", "due_at"),
        "contests": one.contests.select_related("decided_by").order_by("-filed_at"),
        "told": MonitoringFile.Told.choices,
        "isolations": MonitoringFile.Isolation.choices,
        "moves": [
            (state, state.label)
            for state in BY_HAND
            if rules.may_move(one.state, state)
            and one.state not in {rules.TO_VERIFY, rules.TO_RELEASE}
        ],
    }


def _slot_name(one: MonitoringFile, slot: CheckSlot | None) -> str:
    names = dict(
        zip(
            [s.code for s in queries.policy_of(one).slots],
            slot_names(queries.policy_of(one)),
            strict=True,
        )
    )
    return names.get(slot.code, slot.code) if slot else ""


def _decisions(visit: Visit, one: MonitoringFile) -> dict[str, Any]:
    return {
        "categories": MonitoringFile.Category.choices,
        "outcomes": Contest.Outcome.choices,
        "carers": queries.possible_carers(one, day=visit.today),
        "editions": Edition.objects.exclude(pk=one.edition_id).order_by("-in_force_from"),
    }


# ---------------------------------------------------------------- a new file


@for_desk
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, visit: Visit) -> HttpResponse:
    """A notice from outside or a decision of the leading group, typed by whoever may read it."""
    if not visit.sight.event_units:
        raise Forbidden
    if request.method == "GET":
        return _new_page(request, visit, {})
    posted = request.POST
    person = _person(visit, text(posted, "number"))
    try:
        problems = _asked_back(visit, posted, person)
        if problems or person is None:
            raise Invalid(problems)
        made = monitoring.open_by_hand(
            person=person,
            category=line(posted, "category"),
            reason=text(posted, "reason"),
            evidence=text(posted, "evidence"),
            last_exposure_on=needed_day(posted, "last_exposure_on", today=visit.today),
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        )
    except Invalid as error:
        problems = {name: _(said) for name, said in error.problems.items()}
        return _new_page(request, visit, problems, status=422)
    except Refused as refusal:
        return _new_page(request, visit, {"number": in_words(refusal)}, status=refusal.status)
    say(request, _("Opened. The person sees it under “Mine”, and can contest it."))
    return redirect("desk-monitoring-file", made.pk)


def _asked_back(visit: Visit, posted: QueryDict, person: Person | None) -> dict[str, str]:
    """What is missing, all at once."""
    problems: dict[str, str] = {}
    if person is None:
        problems["number"] = _("Nobody of your units has this number.")
    if not line(posted, "category"):
        problems["category"] = _("Please choose out of the list.")
    if not text(posted, "reason"):
        problems["reason"] = _("A label needs its reason: the person will read it.")
    try:
        needed_day(posted, "last_exposure_on", today=visit.today)
    except Invalid as error:
        problems |= error.problems
    return problems


def _person(visit: Visit, number: str) -> Person | None:
    people = visit.sight.people(visit.sight.event_units)
    return people.filter(number=number).exclude(pk=visit.person.pk).first()


def _new_page(
    request: HttpRequest, visit: Visit, problems: dict[str, str], *, status: int = 200
) -> HttpResponse:
    typed = request.POST if request.method == "POST" else {"number": request.GET.get("number", "")}
    return care_answer(
        request, visit, "desk/care/monitoring/new.html", page=PAGE, status=status,
        typed=typed, problems=problems, categories=MonitoringFile.Category.choices,
        last=visit.today.isoformat(), days=policy_from(rules_in_force(visit.now).settings).days,
    )  # fmt: skip


# ---------------------------------------------------------------- another policy


@for_desk
@require_safe
def policies(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Whose planned end another edition would change. Old files keep theirs until adopted."""
    units = access.deciding_units(visit.sight)
    if not units:
        raise Forbidden
    editions = list(Edition.objects.order_by("-in_force_from"))
    asked = request.GET.get("edition", "")
    chosen = next((e for e in editions if str(e.pk) == asked), editions[0] if editions else None)
    changes: list[queries.Change] = []
    policy = None
    if chosen is not None:
        policy = policy_from(rules_of(chosen.pk).settings)
        files = access.named_files(visit.sight).filter(unit_id__in=units)
        changes = queries.preview(
            files.exclude(edition=chosen).select_related("person", "unit", "edition"),
            policy=policy,
        )
    return care_answer(
        request, visit, "desk/care/monitoring/policies.html", page=PAGE, editions=editions,
        chosen=chosen, policy=policy, changes=changes, today=visit.today,
    )  # fmt: skip
