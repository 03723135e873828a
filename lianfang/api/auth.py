"""Two ways in: the token of an integration, or the session of a person, with its CSRF token."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja.security import APIKeyCookie, HttpBearer
from ninja.throttling import SimpleRateThrottle

from lianfang.accounts.models import Account
from lianfang.api import tokens
from lianfang.api.access import Caller
from lianfang.api.models import Integration
from lianfang.api.problems import NotLoggedIn
from lianfang.kernel import clock
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import has_control_characters
from lianfang.portal.edge import visit_of
from lianfang.roster.models import Person


class TokenNotAccepted(NotLoggedIn):
    code = "api.token-not-accepted"
    message = _("This token does not work: it is unknown, or it has been revoked.")


class NobodyActs(Refused):
    code = "api.nobody-acts"
    message = _("The number in the header Acting-For is nobody's who can act here.")
    status = 403


class CsrfTokenMissing(Refused):
    code = "api.csrf-token-missing"
    message = _(
        "With a session every change needs the header X-CSRFToken; GET /api/v1/me gives its value."
    )
    status = 403


class IntegrationToken(HttpBearer):
    """A token that is sent is believed or refused; it never falls back to a session."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        now = clock.now()
        today = reporting_day(now)
        integration = tokens.find(token, today=today)
        if integration is None:
            raise TokenNotAccepted
        acting = _acting_for(request)
        return Caller(
            actor=_actor(integration, acting),
            now=now,
            today=today,
            integration=integration,
            acting=acting,
        )


def _acting_for(request: HttpRequest) -> Person | None:
    """The person whom an integration names. What they may do, their posts decide."""
    number = request.headers.get("Acting-For", "").strip()
    if not number:
        return None
    person = None
    if len(number) <= 32 and not has_control_characters(number):
        person = Person.objects.filter(number=number).first()
    if person is None or Account.objects.filter(person=person, is_active=False).exists():
        raise NobodyActs
    return person


def _actor(integration: Integration, acting: Person | None) -> Actor:
    """In the audit trail the integration did it, and its label says for whom."""
    one = integration.actor
    return Actor(one.kind, one.id, f"{one.label} ({acting.name})") if acting else one


class _Csrf(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def _no_page(*_arguments: object) -> HttpResponse:
    """What the check would guard; it is never called."""
    raise NotImplementedError


class PersonSession(APIKeyCookie):
    """Whoever is logged in on the pages; a change needs the CSRF token of the session."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=False)  # ours answers in the one shape, after the log-in is known

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        if not request.user.is_authenticated:
            return None
        check = _Csrf(_no_page)
        request.csrf_processing_done = False  # type: ignore[attr-defined]  # Django's own mark
        check.process_request(request)
        if check.process_view(request, _no_page, (), {}) is not None:
            raise CsrfTokenMissing
        visit = visit_of(request)
        return Caller(actor=visit.actor, now=visit.now, today=visit.today, visit=visit)


class PersonRate(SimpleRateThrottle):
    """At most so many a minute of one person in all web processes together.

    Each process counts its own and allows its share: a row in the database that all of them
    count in costs a tenth of storing a report, and a turn to write for each one where the desk
    stores many in one. Integrations wait for nobody.
    """

    def __init__(self, a_minute: int) -> None:
        super().__init__(f"{max(1, a_minute // settings.WEB_PROCESSES)}/m")

    def get_cache_key(self, request: HttpRequest) -> str | None:
        caller: Caller | None = getattr(request, "auth", None)
        if caller is None or caller.visit is None:
            return None
        return f"api-rate:{request.path}:{caller.visit.account.pk}"
