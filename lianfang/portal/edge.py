"""What every view needs from its request: who asks, when, and what they may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lianfang.accounts.models import Account
from lianfang.duty.queries import posts_on_shift
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import now as the_time
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Forbidden
from lianfang.portal.kept import kept_fields
from lianfang.roster.access import View as Sight
from lianfang.roster.access import view_of
from lianfang.roster.models import Person


@dataclass(frozen=True)
class Visit:
    """One request of a person who is logged in, at one frozen moment."""

    account: Account
    now: datetime
    today: date
    sight: Sight

    @property
    def actor(self) -> Actor:
        return self.account.actor

    @property
    def person(self) -> Person:
        """The person behind the account; an operator without one is refused."""
        if self.account.person is None:
            raise Forbidden
        return self.account.person


def visit_of(request: HttpRequest) -> Visit:
    account = cast(Account, request.user)
    now = the_time()
    today = reporting_day(now)
    person = account.person
    sight = view_of(
        person,
        day=today,
        is_operator=account.is_operator,
        on_shift=lambda: posts_on_shift(person, at=now) if person else (),
    )
    return Visit(account=account, now=now, today=today, sight=sight)


PageView = Callable[..., HttpResponse]


def _logged_in(view: PageView, allowed: Callable[[Visit], bool]) -> PageView:
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _log_in_first(request)
        visit = visit_of(request)
        request.visit = visit  # type: ignore[attr-defined]  # read by portal/context.py
        if not allowed(visit):
            raise Forbidden
        return view(request, visit, *args, **kwargs)

    page.needs = allowed.__name__  # type: ignore[attr-defined]  # a mark for a test
    return page


def _log_in_first(request: HttpRequest) -> HttpResponse:
    """To the log-in; what was typed before the session ended goes along and comes back."""
    kept = kept_fields(request)
    if request.method == "POST" and kept:
        context = {"next": request.get_full_path(), "kept": kept, "ended": True}
        return render(request, "portal/login.html", context, status=401)
    return cast(HttpResponse, redirect_to_login(request.get_full_path()))


def is_person(visit: Visit) -> bool:
    return visit.account.person is not None


def has_desk(visit: Visit) -> bool:
    return visit.sight.has_desk


def is_operator(visit: Visit) -> bool:
    return visit.account.is_operator


def anybody(visit: Visit) -> bool:
    return True


def for_person(view: PageView) -> PageView:
    """A page of somebody on the roster: `view(request, visit, …)`."""
    return _logged_in(view, is_person)


def for_desk(view: PageView) -> PageView:
    """A page of somebody who holds a post, or of an operator."""
    return _logged_in(view, has_desk)


def for_operator(view: PageView) -> PageView:
    return _logged_in(view, is_operator)


def for_account(view: PageView) -> PageView:
    return _logged_in(view, anybody)


def for_everybody(view: PageView) -> PageView:
    """A page without log-in; the mark says that this was meant."""
    view.needs = "everybody"  # type: ignore[attr-defined]  # a mark for a test
    return view
