"""Who calls, and what is open to them. Deny by default.

An integration sees what its scopes name, of its unit and those below it. A person who is
logged in sees what their pages show.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import cast

from django.http import HttpRequest

from lianfang.api.models import Integration, Scope
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Forbidden, NotYours, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import has_control_characters
from lianfang.portal.edge import Visit
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Unit


class ScopeMissing(Refused):
    code = "api.scope-missing"
    message = _("The token does not have the scope %(scope)s.")
    status = 403


class ForPeopleOnly(Refused):
    code = "api.for-people-only"
    message = _("Only a person who is logged in can do this; a token cannot.")
    status = 403


class ForIntegrationsOnly(Refused):
    code = "api.for-integrations-only"
    message = _("Only an integration with a token can do this.")
    status = 403


@dataclass(frozen=True)
class Caller:
    """One request at one frozen moment: of an integration, or (`visit`) of a person."""

    actor: Actor
    now: datetime
    today: date
    integration: Integration | None = None
    visit: Visit | None = None

    def needs(self, scope: Scope) -> None:
        """A token without the scope is refused; what a person may do, their posts decide."""
        if self.integration is not None and scope not in self.integration.scopes:
            raise ScopeMissing(scope=str(scope))

    def has(self, scope: Scope) -> bool:
        return self.integration is not None and scope in self.integration.scopes

    @property
    def person_visit(self) -> Visit:
        """Raises `ForPeopleOnly` for a token, `Forbidden` for an operator without a person."""
        if self.visit is None:
            raise ForPeopleOnly
        if self.visit.account.person is None:
            raise Forbidden
        return self.visit

    def needs_integration(self) -> None:
        if self.integration is None:
            raise ForIntegrationsOnly

    @cached_property
    def _reach(self) -> frozenset[int]:
        """The units of a token: its own subtree today, or all."""
        bound = self.integration.unit if self.integration else None
        if bound is None:
            return frozenset(Unit.objects.values_list("pk", flat=True))
        return frozenset(roster.subtree_ids(bound, day=self.today))

    @property
    def figure_units(self) -> frozenset[int]:
        return self.visit.sight.figure_units if self.visit else self._reach

    @property
    def event_figure_units(self) -> frozenset[int]:
        return self.visit.sight.event_figure_units if self.visit else self._reach

    @property
    def name_units(self) -> frozenset[int]:
        if self.visit:
            return self.visit.sight.name_units
        return self._reach if self.has(Scope.PEOPLE_READ) else frozenset()

    def unit(self, code: str) -> Unit:
        """A unit whose figures the caller may see. Raises `NotYours`."""
        unit = Unit.objects.filter(code=plain(code)).first()
        if unit is None or unit.pk not in self.figure_units:
            raise NotYours
        return unit

    def unit_with_events(self, code: str) -> Unit:
        """One of which the caller may know what there is to follow up."""
        unit = self.unit(code)
        if unit.pk not in self.event_figure_units:
            raise Forbidden
        return unit

    def covers(self, unit: Unit | None) -> bool:
        """Whether a token may bring reports of this unit's people; None: on nobody's roll."""
        if self.integration is None or self.integration.unit_id is None:
            return True
        return unit is not None and unit.pk in self._reach


def plain(text: str) -> str:
    """A key out of an address, fit to be asked for. Raises `NotYours`."""
    if len(text) > 60 or has_control_characters(text):
        raise NotYours
    return text


def number_in_address(text: str) -> int:
    """A primary key out of an address: plain digits, nothing that only looks like them."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise NotYours
    return int(text)


def person_of_number(number: str) -> Person:
    """Raises `NotYours`."""
    person = Person.objects.filter(number=plain(number)).first()
    if person is None:
        raise NotYours
    return person


def caller_of(request: HttpRequest) -> Caller:
    return cast(Caller, request.auth)  # type: ignore[attr-defined]
