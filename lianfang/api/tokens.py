"""Issuing, finding and revoking tokens. The token itself is shown once and stored nowhere."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from lianfang.api.models import Integration, Scope
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.roster.models import Unit
from lianfang.usecases import traces
from lianfang.vault.fields import blind_index

_PREFIX = "lf_"
_PLACE = "api_integration.token"


class NameIsTaken(Refused):
    code = "api.name-is-taken"
    message = _("A working token is called %(name)s already. Revoke it first, or choose a name.")
    status = 409


class NoSuchToken(Refused):
    code = "api.no-such-token"
    message = _("No working token is called %(name)s.")
    status = 404


@transaction.atomic
def issue(
    *, name: str, scopes: Iterable[str], unit: Unit | None, actor: Actor, now: datetime
) -> str:
    """A fresh token for another system; the only moment at which it can be read."""
    name = tidy(name)
    wanted = sorted(set(scopes))
    _check(name, wanted)
    if Integration.objects.filter(name=name, revoked_at__isnull=True).exists():
        raise NameIsTaken(name=name)
    token = _PREFIX + secrets.token_urlsafe(32)
    integration = Integration.objects.create(
        name=name,
        token_index=blind_index(token, place=_PLACE),
        scopes=wanted,
        unit=unit,
        created_at=now,
    )
    traces.leave(
        verb="api.token.issued",
        actor=actor,
        subject=integration,
        now=now,
        scopes=wanted,
        unit=unit.code if unit else None,
    )
    return token


def _check(name: str, scopes: list[str]) -> None:
    problems = {}
    if not name or len(name) > 60:
        problems["name"] = _("Give the token a name of at most 60 characters.")
    if not scopes or set(scopes) - set(Scope.values):
        problems["scope"] = _("Name at least one scope, out of those that exist.")
    if problems:
        raise Invalid(problems)


@transaction.atomic
def revoke(*, name: str, actor: Actor, now: datetime) -> Integration:
    """From the next request on the token opens nothing. Raises `NoSuchToken`."""
    integration = Integration.objects.filter(name=tidy(name), revoked_at__isnull=True).first()
    if integration is None:
        raise NoSuchToken(name=name)
    integration.revoked_at = now
    integration.save(update_fields=["revoked_at"])
    traces.leave(verb="api.token.revoked", actor=actor, subject=integration, now=now)
    return integration


def find(token: str, *, today: date) -> Integration | None:
    """The system behind a token that works; that it was used is noted once a day."""
    if not token.startswith(_PREFIX) or len(token) > 100 or not token.isascii():
        return None
    integration = (
        Integration.objects.select_related("unit")
        .filter(token_index=blind_index(token, place=_PLACE), revoked_at__isnull=True)
        .first()
    )
    if integration is not None and integration.last_used_on != today:
        Integration.objects.filter(pk=integration.pk).update(last_used_on=today)
    return integration
