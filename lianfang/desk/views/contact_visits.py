"""Who calls which contact today; one's own list, and what came of each call."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.contacts import access
from lianfang.contacts.models import Visit as ContactVisit
from lianfang.contacts.queries import visits_of
from lianfang.contacts.visiting import BY_HAND, Heard
from lianfang.desk.care import care_answer
from lianfang.desk.contacts_page import person_named, said, text_of
from lianfang.desk.frame import say, say_refusal
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.portal.edge import Visit, for_desk
from lianfang.reporting.forms import SITE_NAMES
from lianfang.reporting.rules import SITES
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import contact_tracing, contact_visits

PAGE = "desk-contacts"


@for_desk
@require_GET
def visits(request: HttpRequest, visit: Visit) -> HttpResponse:
    """My calls and visits of today, open ones first."""
    return _page(request, visit)


def _page(request: HttpRequest, visit: Visit, status: int = 200, **more: Any) -> HttpResponse:
    mine = list(visits_of(visit.person.pk, on=visit.today))
    for one in mine:
        contact_tracing.contact_seen(contact=one.contact, actor=visit.actor, now=visit.now)
    return care_answer(
        request, visit, "desk/care/contacts/visits.html", page=PAGE, status=status, mine=mine,
        open=sum(one.is_open for one in mine), symptoms=rules_in_force(visit.now).symptoms,
        outcomes=[(one.value, one.label) for one in BY_HAND], sites=SITE_NAMES.items(),
        **({"problems": {}, "refused": "", "tried": 0, "typed": {}, "shown": 0} | more),
    )  # fmt: skip


@for_desk
@require_POST
def phone(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The number to call, shown to whoever has the call to make; that it was shown is noted."""
    one = access.visit_of(pk, sight=visit.sight)
    contact_tracing.phone_revealed(contact=one.contact, actor=visit.actor, now=visit.now)
    somebody = one.contact.person or one.contact.outsider
    return _page(request, visit, shown=one.pk, shown_phone=somebody.phone if somebody else "")


@for_desk
@require_POST
def settle(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """What came of a call; symptoms go the way of every fever."""
    one = access.visit_of(pk, sight=visit.sight)
    try:
        contact_visits.settle(
            visit=one, heard=_heard(request, visit), by=visit.person, actor=visit.actor,
            now=visit.now,
        )  # fmt: skip
    except Invalid as refusal:
        return _page(request, visit, 422, tried=one.pk, typed=_typed(request), **said(refusal))
    except Refused as refusal:
        say_refusal(request, refusal)
        return redirect("desk-contacts-visits")
    say(request, _("Written down."))
    return redirect("desk-contacts-visits")


def _typed(request: HttpRequest) -> dict[str, Any]:
    names = ("outcome", "temperature", "site", "note", "is_in_person")
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in names}
    return typed | {"symptoms": request.POST.getlist("symptoms")}


def _heard(request: HttpRequest, visit: Visit) -> Heard:
    known = {symptom.code for symptom in rules_in_force(visit.now).symptoms}
    text = text_of(request, "temperature", 6).replace(",", ".")
    site = text_of(request, "site", 8)
    temperature = None
    if text:
        try:
            temperature = round(Decimal(text), 1)
        except InvalidOperation as error:
            raise Invalid({"temperature": _("Please write it like 36.5.")}) from error
        if not Decimal("34") <= temperature <= Decimal("42.9"):
            raise Invalid({"temperature": _("Between 34.0 and 42.9, please.")})
        if site not in SITES:
            raise Invalid({"site": _("Where was it measured?")})
    return Heard(
        outcome=text_of(request, "outcome", 11),
        is_in_person=request.POST.get("is_in_person") == "yes",
        temperature=temperature,
        site=site if text else "",
        symptoms=tuple(code for code in request.POST.getlist("symptoms") if code in known),
        note=text_of(request, "note", 500),
    )


@for_desk
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Who calls for this investigation, how many each has, and what was missed."""
    found = access.led(pk, sight=visit.sight)
    problems: dict[str, Any] = {"problems": {}, "refused": ""}
    status = 200
    if request.method == "POST":
        try:
            told = _change_team(request, visit, found)
        except Refused as refusal:
            problems |= said(refusal)
            status = refusal.status
        else:
            say(request, told)
            return redirect("desk-contacts-team", pk)
    today = ContactVisit.objects.filter(contact__investigation=found, day=visit.today)
    counts: dict[int | None, dict[str, Any]] = {
        row["owner_id"]: dict(row)
        for row in today.values("owner_id").annotate(
            n=Count("id"),
            open=Count("id", filter=Q(outcome="")),
            missed=Count("id", filter=Q(outcome__in=["MISSED", "NOT_REACHED"])),
        )
    }
    members = found.team.filter(left_at__isnull=True).select_related("person").order_by("joined_at")
    missed = ContactVisit.objects.filter(
        contact__investigation=found, outcome__in=["MISSED", "NOT_REACHED", "NOT_THERE"]
    ).select_related("contact__investigation", "owner")
    return care_answer(
        request, visit, "desk/care/contacts/team.html", page=PAGE, status=status, case=found,
        members=[(member, counts.get(member.person_id, {"n": 0, "open": 0, "missed": 0})) for member in members],
        unshared=counts.get(None, {}).get("n", 0), all_today=sum(row["n"] for row in counts.values()),
        missed=list(missed.order_by("-day", "contact__number")[:60]),
        typed_person=request.POST.get("person", ""), **problems,
    )  # fmt: skip


def _change_team(request: HttpRequest, visit: Visit, found: Any) -> str:
    leaving = request.POST.get("leave", "")
    if leaving.isdecimal() and len(leaving) < 18:
        member = found.team.filter(pk=int(leaving)).first()
        if member is not None:
            contact_visits.leave_team(member=member, actor=visit.actor, now=visit.now)
        return _("The open calls of today went to the others.")
    person = person_named(text_of(request, "person", 60))
    if person is None:
        raise Invalid({"person": _("Nobody is found by this number or name.")})
    contact_visits.join_team(investigation=found, person=person, actor=visit.actor, now=visit.now)
    return _("%(name)s is in the team; the calls of today were shared out anew.") % {"name": person.name}  # fmt: skip
