"""Posts: who answers for which unit, who could, and what a unit lacks."""

from __future__ import annotations

from typing import Annotated

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router, Status

from lianfang.api.access import Caller, caller_of, number_in_address, person_of_number
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.people import (
    AppointIn,
    FoundOut,
    FoundPeopleOut,
    PostOut,
    PostsOut,
    VacanciesOut,
    VacancyOut,
)
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.kernel.texts import tidy
from lianfang.reporting.people import units_of_people
from lianfang.roster.access import candidate, governed_unit, governed_units, governs_anything
from lianfang.roster.models import Membership, Person, Post, Unit
from lianfang.roster.queries import held_on
from lianfang.roster.vacancies import warnings_of
from lianfang.usecases import keep_the_posts

router = Router(tags=["posts"])
MOST_FOUND = 20


@router.get("/units/{code}/posts", response=answers(200, PostsOut), url_name="unit_posts")
def posts(request: HttpRequest, code: str) -> PostsOut:
    """Who holds a post in the unit today. Token: `people:read`. Session: who keeps the posts."""
    caller = caller_of(request)
    caller.needs(Scope.PEOPLE_READ)
    unit = governed_unit(caller.unit(code).pk, sight=caller.sight)
    held = Post.objects.filter(held_on(caller.today), unit=unit).select_related("person", "unit")
    rows = held.defer("person__phone", "person__email", "person__address")
    return PostsOut(
        unit=unit.code,
        posts=[_shown(post) for post in rows.order_by("is_deputy", "role", "held_from", "id")],
    )


@router.post("/units/{code}/posts", response=answers(201, PostOut), url_name="unit_posts")
@once
def appoint(request: HttpRequest, code: str, body: AppointIn) -> Status[PostOut]:
    """Give somebody of a governed unit a post from today on. Token: `posts:write`.

    Nobody gives a post to themselves, nor a token to the person for whom it acts.
    """
    caller = caller_of(request)
    caller.needs(Scope.POSTS_WRITE)
    unit = governed_unit(caller.unit(code).pk, sight=caller.sight)
    person = candidate(person_of_number(body.person).pk, sight=caller.sight)
    if person == caller.person:
        raise keep_the_posts.NotOneself
    post = keep_the_posts.appoint(
        person=person,
        unit=unit,
        role=Post.Role(body.role),
        is_deputy=body.deputy,
        day=caller.today,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, _shown(post))


@router.post("/posts/{post_id}/end", response=answers(200, PostOut), url_name="post_end")
@once
def end_post(request: HttpRequest, post_id: str) -> PostOut:
    """End a post as of today; what was done in it stays. Token: `posts:write`."""
    caller = caller_of(request)
    caller.needs(Scope.POSTS_WRITE)
    post = (
        Post.objects.filter(pk=number_in_address(post_id)).select_related("person", "unit").first()
    )
    if post is None:
        raise NotYours
    governed_unit(post.unit_id, sight=caller.sight)
    keep_the_posts.dismiss(post=post, day=caller.today, actor=caller.actor, now=caller.now)
    post.held_until = caller.today  # one that began today is gone without a trace in the row
    return _shown(post)


@router.get("/vacancies", response=answers(200, VacanciesOut), url_name="vacancies")
def vacancies(request: HttpRequest, limit: Limit = 200, offset: Offset = 0) -> VacanciesOut:
    """Units without anybody in charge, without a deputy, without a verified phone; worst first.

    Token: `people:read`.
    """
    caller = caller_of(request)
    caller.needs(Scope.PEOPLE_READ)
    found = warnings_of(day=caller.today, unit_ids=_governed(caller))
    return VacanciesOut(
        total=len(found),
        units=[
            VacancyOut(
                unit=one.unit.code,
                name=one.unit.name,
                head=one.head,
                deputy=one.deputy,
                verified_phone=one.verified_phone,
            )
            for one in found[offset : offset + limit]
        ],
    )


@router.get("/people", response=answers(200, FoundPeopleOut), url_name="people_search")
def search_people(
    request: HttpRequest, q: Annotated[str, Query(min_length=1, max_length=60)]
) -> FoundPeopleOut:
    """People of the governed units by number, or by a part of the name. Token: `people:read`."""
    caller = caller_of(request)
    caller.needs(Scope.PEOPLE_READ)
    sought, units = tidy(q), _governed(caller)
    members = Membership.objects.filter(
        held_on(caller.today), unit_id__in=units, kind=Membership.Kind.REPORTING
    )
    people = Person.objects.filter(Q(number=sought) | Q(name__icontains=sought))
    people = people.filter(memberships__in=members).defer("phone", "email", "address")
    found = list(people.order_by("name_key", "number").distinct()[: MOST_FOUND + 1])
    homes = units_of_people(found, day=caller.today)
    return FoundPeopleOut(
        people=[_found(one, homes.get(one.pk)) for one in found[:MOST_FOUND]],
        more=len(found) > MOST_FOUND,
    )


def _found(one: Person, unit: Unit | None) -> FoundOut:
    return FoundOut(
        number=one.number,
        name=one.name,
        category=one.category,
        position=one.position,
        unit=unit.code if unit else None,
    )


def _governed(caller: Caller) -> frozenset[int]:
    if caller.integration is None and not governs_anything(caller.sight):
        raise Forbidden
    return governed_units(caller.sight)


def _shown(post: Post) -> PostOut:
    return PostOut(
        id=post.pk,
        unit=post.unit.code,
        unit_name=post.unit.name,
        role=post.role,
        deputy=post.is_deputy,
        number=post.person.number,
        name=post.person.name,
        held_from=post.held_from,
        held_until=post.held_until,
    )
