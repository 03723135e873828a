"""Who calls, and what is open to them. Deny by default.

An integration sees what its scopes name, of its unit and those below it; where it names a
person in `Acting-For`, what that person may see of it. A person who is logged in sees what
their pages show.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import cast

from django.http import HttpRequest

from lianfang.api.models import Integration, Scope
from lianfang.api.sights import ActingView, TokenView
from lianfang.duty.queries import posts_on_shift
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Forbidden, NotYours, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import has_control_characters
from lianfang.portal.edge import Visit
from lianfang.roster import queries as roster
from lianfang.roster.access import View, view_of
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


class SayWhoActs(Refused):
    code = "api.say-who-acts"
    message = _("Name the person who does this: their number in the header Acting-For.")


@dataclass(frozen=True)
class Caller:
    """One request at one frozen moment: of an integration, or (`visit`) of a person.

    `acting` is the person for whom an integration acts.
    """

    actor: Actor
    now: datetime
    today: date
    integration: Integration | None = None
    visit: Visit | None = None
    acting: Person | None = None

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

    @property
    def person(self) -> Person | None:
        """Whoever is logged in, or for whom the integration acts."""
        return self.visit.account.person if self.visit else self.acting

    @property
    def doer(self) -> Person:
        """The person who does it. Raises `SayWhoActs` for a token by itself, `Forbidden`."""
        if self.person is None:
            raise SayWhoActs if self.integration else Forbidden
        return self.person

    def needs_somebody(self) -> None:
        """A token by itself is asked for whom it acts. Raises `SayWhoActs`, `Forbidden`."""
        _ = self.doer

    def needs_integration(self) -> None:
        if self.integration is None:
            raise ForIntegrationsOnly

    def needs_operator(self, scope: Scope) -> None:
        """What is done for the whole college: an operator, or an unbound token by itself."""
        self.needs(scope)
        if self.visit is not None and not self.visit.account.is_operator:
            raise Forbidden
        if self.integration is not None and (self.integration.unit_id or self.acting):
            raise Forbidden

    @cached_property
    def reach(self) -> frozenset[int]:
        """The units of a token: its own subtree today, or all."""
        bound = self.integration.unit if self.integration else None
        if bound is None:
            return frozenset(Unit.objects.values_list("pk", flat=True))
        return frozenset(roster.subtree_ids(bound, day=self.today))

    @cached_property
    def sight(self) -> View:
        """What the rooms may show; the scopes have been asked before."""
        if self.visit is not None:
            return self.visit.sight
        if self.acting is None:
            return TokenView(person=None, day=self.today, reach=self.reach)
        person, at = self.acting, self.now
        whole = view_of(person, day=self.today, on_shift=lambda: posts_on_shift(person, at=at))
        return ActingView(person=person, day=self.today, whole=whole, reach=self.reach)

    @property
    def figure_units(self) -> frozenset[int]:
        return self.sight.figure_units

    @property
    def event_figure_units(self) -> frozenset[int]:
        return self.sight.event_figure_units

    @property
    def name_units(self) -> frozenset[int]:
        """Units whose people may be named in an answer."""
        if self.integration is not None and not self.has(Scope.PEOPLE_READ):
            return frozenset()
        return self.sight.name_units

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
        return unit is not None and unit.pk in self.reach

    def named(self, number: str) -> Person:
        """A person whose name the caller may know. Raises `NotYours`."""
        return self.sight.named_person(person_of_number(number).pk)


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
    return cast(Caller, request.auth)  # type: ignore[attr-defined]  # set by ninja
