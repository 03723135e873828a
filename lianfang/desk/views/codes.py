"""Activation codes: printed once on a sheet, or sent to the person's own phone."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lianfang.accounts.models import Account, ActivationCode
from lianfang.desk.frame import answer, say
from lianfang.kernel.refusals import Forbidden, NotYours, Refused
from lianfang.notifications.outlets import SMS_PROVIDERS, configured_channels
from lianfang.portal.edge import Visit, for_desk
from lianfang.portal.middleware import in_words
from lianfang.roster import queries as roster
from lianfang.roster.access import code_units, issues_codes
from lianfang.roster.models import Membership, Post, Unit
from lianfang.roster.queries import held_on
from lianfang.usecases import activation

MOST_AT_ONCE = 500


@for_desk
@require_GET
def codes(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The units for whose people one may print codes, with how many have been here already."""
    if not issues_codes(visit.sight):
        raise Forbidden
    heads = roster.head_count(day=visit.today)
    units = Unit.objects.filter(pk__in=code_units(visit.sight) & heads.keys())
    active = _active_by_unit(visit)
    return answer(
        request,
        visit,
        "desk/codes.html",
        here="desk-codes",
        units=[
            (unit, heads[unit.pk], active.get(unit.pk, 0))
            for unit in units.order_by("position", "code")
        ],
    )


def _active_by_unit(visit: Visit) -> dict[int, int]:
    members = Membership.objects.filter(
        held_on(visit.today), kind=Membership.Kind.REPORTING, person__account__isnull=False
    )
    return dict(members.values("unit_id").annotate(n=Count("id")).values_list("unit_id", "n"))


@for_desk
@require_http_methods(["GET", "POST"])
def unit_codes(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Choose the people, then a sheet that is shown this once and kept nowhere."""
    unit = _unit(visit, pk)
    if request.method == "POST":
        return _issue(request, visit, unit)
    return _page(request, visit, unit)


def _unit(visit: Visit, pk: int) -> Unit:
    if pk not in code_units(visit.sight):
        raise NotYours
    return Unit.objects.get(pk=pk)


def _issue(request: HttpRequest, visit: Visit, unit: Unit) -> HttpResponse:
    chosen = [int(pk) for pk in request.POST.getlist("person")[:MOST_AT_ONCE] if pk.isdecimal()]
    people = list(
        roster.roll([unit.pk], day=visit.today).filter(pk__in=chosen).order_by("name_key", "number")
    )
    if not people:
        return _page(request, visit, unit, 422, problem=_("Please choose at least one person."))
    who: dict[str, Any] = {
        "people": people,
        "by": visit.account.person,
        "by_operator": visit.sight.is_operator,
        "actor": visit.actor,
        "now": visit.now,
    }
    try:
        if request.POST.get("how") == "send":
            sent = activation.send_codes(**who)
            say(request, _("%(n)s codes are on their way.") % {"n": sent})
            return redirect("desk-unit-codes", unit.pk)
        slips = activation.issue_codes(**who)
    except Refused as refusal:
        return _page(request, visit, unit, refusal.status, problem=in_words(refusal))
    return answer(
        request,
        visit,
        "desk/code_sheet.html",
        here="desk-codes",
        unit=unit,
        slips=slips,
        address=request.build_absolute_uri("/activate/"),
    )


def _page(
    request: HttpRequest, visit: Visit, unit: Unit, status: int = 200, **more: Any
) -> HttpResponse:
    mine = OuterRef("pk")
    people = (
        roster.roll([unit.pk], day=visit.today)
        .annotate(
            is_active=Exists(Account.objects.filter(person=mine)),
            has_code=Exists(
                ActivationCode.objects.filter(
                    person=mine, used_at__isnull=True, expires_at__gt=visit.now
                )
            ),
            has_post=Exists(Post.objects.filter(held_on(visit.today), person=mine)),
        )
        .defer("phone", "email", "address")
        .order_by("name_key", "number")
    )
    return answer(
        request,
        visit,
        "desk/unit_codes.html",
        here="desk-codes",
        status=status,
        unit=unit,
        people=people,
        may_send=_can_text(),
        **more,
    )


def _can_text() -> bool:
    try:
        return any(code in SMS_PROVIDERS for code in configured_channels())
    except (Refused, OSError, ValueError):
        return False
