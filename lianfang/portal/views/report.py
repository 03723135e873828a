"""The daily report: one form, one receipt."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.kernel.clock import now as the_time
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, NotYours, Refused
from lianfang.monitoring.models import CheckSlot
from lianfang.places import divisions
from lianfang.places import queries as places
from lianfang.portal import desk_of_submissions
from lianfang.portal.edge import Visit, for_everybody, for_person
from lianfang.portal.forms import Place, ReportForm, fields_of, read_report
from lianfang.portal.middleware import in_words
from lianfang.portal.receipts import receipt_of
from lianfang.reporting.models import DailyReport, MissedReport
from lianfang.reporting.queries import last_place, reports_of
from lianfang.rulebook.queries import Rules, rules_in_force
from lianfang.surveys.queries import is_asked
from lianfang.usecases import daily_report
from lianfang.usecases.daily_report import Filing, limits_of
from lianfang.usecases.monitoring_checks import open_slot_for
from lianfang.usecases.open_days import check_open

_SENT_AGAIN_WITHIN = timedelta(days=60)


@dataclass(frozen=True)
class Asking:
    """What the form is about: whose day it asks for, and what is known before the first tap."""

    visit: Visit
    day: date
    rules: Rules

    @cached_property
    def last(self) -> DailyReport | None:
        """The last report until that day; the form shows it, receiving does not need it."""
        reports = reports_of(self.visit.person).filter(is_current=True, day__lte=self.day)
        return reports.first()

    @cached_property
    def before(self) -> Place | None:
        """Where the person was the last time; never how they were."""
        found = last_place(self.visit.person, until=self.day)
        return Place(*found) if found else None

    @property
    def last_site(self) -> str:
        """Where the thermometer was held the last time: it belongs to the thermometer."""
        return str(self.last.answers.get("site", "")) if self.last else ""

    @property
    def today(self) -> DailyReport | None:
        return self.last if self.last and self.last.day == self.day else None


def _asking(visit: Visit, day: date) -> Asking:
    rules = rules_in_force(visit.now)
    return Asking(visit, day, rules)


@for_person
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, visit: Visit, day: str = "") -> HttpResponse:
    """Today's report, or one of the days that are still open."""
    if request.method == "POST" and (first := _stored_before(request, visit, day)):
        return redirect("portal-receipt", first.receipt)
    asking = _asking(visit, _day_of_address(day, visit))
    if request.method != "POST":
        return _form(request, asking, ReportForm())
    form = _read(request, asking)
    if request.POST.get("opened_on", asking.day.isoformat()) != asking.day.isoformat():
        form.ask("day", _("This form was opened on another day. Please look: is it so today?"))
    if form.problems:
        return _form(request, asking, form, status=422)
    try:
        stored = desk_of_submissions.submit(_filing(request, asking, form), visit.now)
    except Invalid as error:
        form.problems = {name: _(text) for name, text in error.problems.items()}
        return _form(request, asking, form, status=422)
    except Refused as refusal:
        # Too much at once, or not on the roll: said on the page that still holds every answer.
        form.problems = {"day": in_words(refusal)}
        return _form(request, asking, form, status=refusal.status)
    return redirect("portal-receipt", stored.receipt)


def _read(request: HttpRequest, asking: Asking) -> ReportForm:
    return read_report(
        request.POST,
        day=asking.day,
        before=asking.before,
        limits=limits_of(asking.rules),
        known_symptoms=[symptom.code for symptom in asking.rules.symptoms],
    )


def _stored_before(request: HttpRequest, visit: Visit, day: str) -> DailyReport | None:
    """A form of an earlier day that was stored, and is sent again because no answer came.

    It gets its receipt, also when the day has closed meanwhile. None for anything else.
    """
    try:
        meant = date.fromisoformat(request.POST.get("opened_on") or day)
    except ValueError:
        return None
    if not timedelta(0) < visit.today - meant < _SENT_AGAIN_WITHIN:
        return None
    asking = _asking(visit, meant)
    form = _read(request, asking)
    return None if form.problems else daily_report.recall(_filing(request, asking, form))


def _day_of_address(text: str, visit: Visit) -> date:
    """Today, or the day of the address while it is open."""
    if not text:
        return visit.today
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NotYours from error
    check_open(day=day, now=visit.now)
    return day


def _form(
    request: HttpRequest, asking: Asking, form: ReportForm, *, status: int = 200
) -> HttpResponse:
    fields = fields_of(
        form,
        day=asking.day,
        rules=asking.rules,
        before=asking.before,
        last_site=asking.last_site,
    )
    context = fields | {
        "section": "report",
        "day": asking.day,
        "already": asking.today,
        "slot": _second_check(asking),
        "is_today": asking.day == asking.visit.today,
        "due": asking.rules.deadlines["PERSON"].moment(asking.day),
        "missed": _missed(asking) if asking.day == asking.visit.today else (),
        "survey_asked": is_asked(asking.visit.person),
        "key": request.POST.get("key", "")[:64] or uuid.uuid4().hex,
        "truth": asking.rules.text("truth"),
        "notice": asking.rules.text("notice"),
    }
    return render(request, "portal/report.html", context, status=status)


def _second_check(asking: Asking) -> CheckSlot | None:
    """Whoever comes back on a day that is reported may be watched over: then one check is asked."""
    if asking.today is None or asking.day != asking.visit.today:
        return None
    return open_slot_for(asking.visit.person, now=asking.visit.now)


def _missed(asking: Asking) -> list[date]:
    """Days that are still open and were flagged as missing."""
    first = asking.day - timedelta(days=int(asking.rules.settings["late_days"]))
    rows = MissedReport.objects.filter(
        person=asking.visit.person, day__gte=first, day__lt=asking.day, made_up_at__isnull=True
    )
    return list(rows.order_by("day").values_list("day", flat=True))


def _filing(request: HttpRequest, asking: Asking, form: ReportForm) -> Filing:
    visit = asking.visit
    return Filing(
        person=visit.person,
        day=asking.day,
        answers=form.answers,
        source=DailyReport.Source.WEB,
        actor=visit.actor,
        submitted_by=visit.person,
        key=_key(request, asking, form),
        client_skew_s=_skew(request.POST.get("client_now", ""), visit.now),
    )


def _key(request: HttpRequest, asking: Asking, form: ReportForm) -> str:
    """The same form with the same answers is one submission, however often it arrives.

    Whoever goes back, changes an answer and sends again has written another revision.
    """
    page = request.POST.get("key", "")[:64] or uuid.uuid4().hex
    said = json.dumps([asking.day.isoformat(), form.answers.to_plain()], sort_keys=True)
    return f"{page}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _skew(text: str, now: datetime) -> int | None:
    """How far the phone's clock is from ours, in seconds. Kept beside the report, not believed."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 14):
        return None
    skew = round(int(text) / 1000 - now.timestamp())
    return max(-(2**31), min(skew, 2**31 - 1))


# ---------------------------------------------------------------- receipt


@for_person
@require_safe
def receipt(request: HttpRequest, visit: Visit, receipt: str) -> HttpResponse:
    """What was received, and what happens now. Open to the person and to who reported for them."""
    page = receipt_of(receipt, viewer=visit.person, actor=visit.actor, now=visit.now)
    context = {"section": "report", "page": page, "survey_asked": is_asked(visit.person)}
    return render(request, "portal/receipt.html", context)


@for_person
@require_safe
def receipt_told(request: HttpRequest, visit: Visit, receipt: str) -> HttpResponse:
    """The part of a receipt that changes: who was told and who has answered."""
    page = receipt_of(receipt, viewer=visit.person, actor=visit.actor, now=visit.now, quiet=True)
    response = render(request, "portal/_told.html", {"page": page})
    if not page.is_settled:
        response.headers["X-Waits"] = "1"
    return response


# ---------------------------------------------------------------- places


@for_everybody
@require_safe
def division_children(request: HttpRequest, code: str = "") -> HttpResponse:
    """The divisions below a code on a day: `[[code, name, is_place], …]`, for the selects."""
    on = _day_asked(request)
    if code and divisions.find(code) is None:
        raise NotYours
    below = [
        [child.code, child.name, divisions.is_place(child.code)]
        for child in _without_placeholders(code, on)
    ]
    response = JsonResponse(below, safe=False, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _day_asked(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return None


def _without_placeholders(code: str, on: date | None) -> list[divisions.Division]:
    below: list[divisions.Division] = []
    for child in divisions.children(code, on=on):
        below += divisions.children(child.code, on=on) if child.is_placeholder else [child]
    return below


@for_everybody
@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """The areas of high incidence today, by province, as they were listed."""
    today = reporting_day(the_time())
    grouped: dict[str, list[str]] = {}
    for code in sorted(places.risk_areas_on(today)):
        province = divisions.province_of(code)
        short = divisions.full_name(code).removeprefix(divisions.name(province))
        grouped.setdefault(divisions.name(province), []).append(short or _("the whole province"))
    context: dict[str, Any] = {
        "areas": grouped,
        "today": today,
        "listed_until": places.latest_list_day(),
    }
    return render(request, "portal/areas.html", context)
