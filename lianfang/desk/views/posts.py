"""Posts: who answers for which unit, appointed and dismissed as of today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.desk.forms import AppointForm
from lianfang.desk.frame import answer, page_number, say, say_refusal
from lianfang.kernel.refusals import Forbidden, NotYours, Refused
from lianfang.kernel.texts import tidy
from lianfang.portal.edge import Visit, for_desk
from lianfang.roster.access import (
    candidate,
    governed_unit,
    governed_units,
    governs_anything,
)
from lianfang.roster.models import Membership, Person, Post, Unit
from lianfang.roster.queries import held_on
from lianfang.roster.vacancies import warnings_of
from lianfang.usecases import keep_the_posts

PER_PAGE = 60
MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody found, as the choice names them."""

    person: Person

    @property
    def pk(self) -> int:
        return self.person.pk

    @property
    def in_words(self) -> str:
        one = self.person
        parts = [one.name, one.number, str(one.get_category_display()), one.position]
        return " · ".join(part for part in parts if part)


@for_desk
@require_GET
def posts(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Units with what they lack first: nobody in charge, no deputy, no number that was tried."""
    if not governs_anything(visit.sight):
        raise Forbidden
    mine = governed_units(visit.sight)
    lacking = warnings_of(day=visit.today, unit_ids=mine)
    sought = tidy(request.GET.get("q", ""))[:60]
    units = Unit.objects.filter(pk__in=mine, closed_on__isnull=True)
    if sought:
        units = units.filter(Q(name__icontains=sought) | Q(code=sought))
    page = Paginator(units.order_by("-tree", "position", "code"), PER_PAGE).get_page(
        page_number(request)
    )
    held = Post.objects.filter(held_on(visit.today), unit__in=list(page)).select_related("person")
    by_unit: dict[int, list[Post]] = {}
    for post in held.order_by("is_deputy", "held_from", "id").defer(
        "person__phone", "person__email", "person__address"
    ):
        by_unit.setdefault(post.unit_id, []).append(post)
    return answer(
        request,
        visit,
        "desk/posts.html",
        here="desk-posts",
        page=page,
        by_unit=by_unit,
        lacking={one.unit.pk: one for one in lacking},
        headless=[one for one in lacking if not one.head][:30],
        numbers={
            "headless": sum(not one.head for one in lacking),
            "without_deputy": sum(not one.deputy for one in lacking),
            "unverified": sum(not one.verified_phone for one in lacking),
        },
        sought=sought,
        query=f"q={sought}" if sought else "",
    )


@for_desk
@require_http_methods(["GET", "POST"])
def unit_posts(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The posts of one unit: a person sought by number or name, a role, appointed from today."""
    unit = governed_unit(pk, sight=visit.sight)
    if request.method == "POST":
        return _appoint(request, visit, unit)
    return _page(request, visit, unit)


def _appoint(request: HttpRequest, visit: Visit, unit: Unit) -> HttpResponse:
    form = AppointForm(request.POST)
    if not form.is_valid():
        return _page(request, visit, unit, status=422, problems=form.problems)
    person = candidate(form.cleaned_data["person"], sight=visit.sight)
    role = Post.Role(form.cleaned_data["role"])
    try:
        keep_the_posts.appoint(
            person=person,
            unit=unit,
            role=role,
            is_deputy=form.cleaned_data["is_deputy"],
            day=visit.today,
            actor=visit.actor,
            now=visit.now,
        )
    except Refused as refusal:
        say_refusal(request, refusal)
    else:
        say(request, _("%(name)s is now %(role)s.") % {"name": person.name, "role": role.label})
    return redirect("desk-unit-posts", unit.pk)


def _page(
    request: HttpRequest, visit: Visit, unit: Unit, status: int = 200, **more: Any
) -> HttpResponse:
    sought = tidy(request.GET.get("q", request.POST.get("q", "")))[:60]
    held = Post.objects.filter(held_on(visit.today), unit=unit).select_related("person")
    found = list(_found(visit, sought)) if sought else []
    return answer(
        request,
        visit,
        "desk/unit_posts.html",
        here="desk-posts",
        status=status,
        unit=unit,
        held=held.order_by("is_deputy", "role", "held_from"),
        lacking=next(iter(warnings_of(day=visit.today, unit_ids=[unit.pk])), None),
        sought=sought,
        found=[Candidate(one) for one in found[:MOST_FOUND]],
        too_many=len(found) > MOST_FOUND,
        roles=[(role.value, role.label) for role in _roles_of(unit)],
        **more,
    )


def _roles_of(unit: Unit) -> list[Post.Role]:
    """The roles that make sense in a unit of this kind."""
    role = Post.Role
    if unit.tree == Unit.Tree.PARTY:
        return [role.SECRETARY, role.DUTY_OFFICER, role.LEADER]
    if unit.kind == Unit.Kind.CLASS:
        return [role.COUNSELOR, role.CLASS_REPORTER, role.RESPONSIBLE_HEAD]
    if unit.kind == Unit.Kind.COLLEGE:
        return [role.RESPONSIBLE_HEAD, role.DOCTOR, role.DUTY_OFFICER, role.LEADER]
    return [role.RESPONSIBLE_HEAD, role.LIAISON, role.COUNSELOR, role.DOCTOR]


def _found(visit: Visit, sought: str) -> QuerySet[Person]:
    """People by number, or by a part of the name, among those who may be given a post."""
    people = Person.objects.filter(Q(number=sought) | Q(name__icontains=sought))
    if not visit.sight.is_operator:
        members = Membership.objects.filter(
            held_on(visit.today),
            unit_id__in=governed_units(visit.sight),
            kind=Membership.Kind.REPORTING,
        )
        people = people.filter(memberships__in=members)
    people = people.defer("phone", "email", "address").order_by("name_key", "number")
    return people.distinct()[: MOST_FOUND + 1]


@for_desk
@require_POST
def dismiss(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Ends a post as of today; what was done in it stays."""
    post = Post.objects.filter(pk=pk).select_related("person", "unit").first()
    if post is None:
        raise NotYours
    governed_unit(post.unit_id, sight=visit.sight)
    try:
        keep_the_posts.dismiss(post=post, day=visit.today, actor=visit.actor, now=visit.now)
    except Refused as refusal:
        say_refusal(request, refusal)
    else:
        say(request, _("%(name)s no longer holds this post.") % {"name": post.person.name})
    return redirect("desk-unit-posts", post.unit_id)
