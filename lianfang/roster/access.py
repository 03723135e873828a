"""Who may see whom: the one door for pages and API. Deny by default.

A post opens the subtree of its unit for as long as it is held. What it shows there depends
on the role (DOMAIN 6.3): names, health answers of those with something to follow up, or of
everybody. The leading group sees figures, and names only where an incident is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import QuerySet

from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.roster import queries
from lianfang.roster.models import Membership, Person, Post, Unit, UnitLink
from lianfang.roster.queries import held_on


@dataclass(frozen=True)
class View:
    """What one person may see on one day. Computed per request: a post ended is a door shut."""

    person: Person | None
    day: date
    is_operator: bool = False
    on_shift: Callable[[], Iterable[Post]] = tuple

    @cached_property
    def posts(self) -> list[Post]:
        """The posts held that day, and those that a shift stands for while it lasts."""
        held = queries.posts_of(self.person, day=self.day) if self.person else []
        return [*held, *self.on_shift()]

    def units_of(self, roles: Collection[str]) -> frozenset[int]:
        """The subtrees of the posts of these roles."""
        return self._below([post for post in self.posts if post.role in roles])

    def below(self, posts: list[Post]) -> frozenset[int]:
        """The subtrees of these posts of theirs."""
        return self._below(posts)

    def _below(self, posts: list[Post]) -> frozenset[int]:
        roots = {post.unit_id for post in posts}
        roots |= set(self._college_of(posts))
        return frozenset(
            UnitLink.objects.filter(held_on(self.day), ancestor_id__in=roots).values_list(
                "descendant_id", flat=True
            )
        )

    def _college_of(self, posts: list[Post]) -> list[int]:
        """A post of a Party organisation opens the administrative units that answer to it."""
        party = [post.unit for post in posts if post.unit.tree == Unit.Tree.PARTY]
        if not party:
            return []
        opened = list(
            Unit.objects.filter(
                answers_to_id__in=UnitLink.objects.filter(
                    held_on(self.day), ancestor__in=party
                ).values("descendant_id")
            ).values_list("pk", flat=True)
        )
        if any(unit.kind == Unit.Kind.COMMITTEE for unit in party):
            root = queries.college()
            opened += [root.pk] if root else []
        return opened

    @cached_property
    def figure_units(self) -> frozenset[int]:
        """Units whose figures may be seen: the subtree of every post."""
        if self.is_operator:
            return frozenset(Unit.objects.values_list("pk", flat=True))
        return self._below(self.posts)

    @cached_property
    def event_figure_units(self) -> frozenset[int]:
        """Units of which this person may know how many have something to follow up.

        A class reporter knows who has reported, and no more.
        """
        if self.is_operator:
            return self.figure_units
        return self._below([p for p in self.posts if p.role != Post.Role.CLASS_REPORTER])

    @cached_property
    def name_units(self) -> frozenset[int]:
        return self._below([p for p in self.posts if Post.Role(p.role).sees_names])

    @cached_property
    def event_units(self) -> frozenset[int]:
        return self._below([p for p in self.posts if Post.Role(p.role).sees_events])

    @cached_property
    def answer_units(self) -> frozenset[int]:
        return self._below([p for p in self.posts if Post.Role(p.role).sees_every_answer])

    @cached_property
    def sign_units(self) -> frozenset[int]:
        return self._below([p for p in self.posts if Post.Role(p.role).signs])

    @property
    def has_desk(self) -> bool:
        return self.is_operator or bool(self.posts)

    @cached_property
    def sees_college(self) -> bool:
        """Whether the committee's page is theirs."""
        root = queries.college()
        return root is not None and root.pk in self.figure_units and not self.is_operator

    def unit(self, pk: int) -> Unit:
        """A unit whose figures this person may see. Raises `NotYours`."""
        if pk not in self.figure_units:
            raise NotYours
        return Unit.objects.get(pk=pk)

    def unit_to_sign(self, pk: int) -> Unit:
        if pk not in self.sign_units:
            raise Forbidden if pk in self.figure_units else NotYours
        return Unit.objects.get(pk=pk)

    def people(self, unit_ids: frozenset[int] | None = None) -> QuerySet[Person]:
        """People whose names may be seen, of these units or of all."""
        units = self.name_units if unit_ids is None else self.name_units & unit_ids
        return queries.roll(units, day=self.day)

    def named_person(self, pk: int) -> Person:
        """A person whose name may be seen (also oneself). Raises `NotYours`."""
        if self.person is not None and self.person.pk == pk:
            return self.person
        person = self.people().filter(pk=pk).first()
        if person is None:
            raise NotYours
        return person

    def may_see_answers(self, person: Person, *, has_events: bool) -> bool:
        """Whether the health answers of a person are open to this viewer."""
        if self.person is not None and self.person.pk == person.pk:
            return True
        units = set(
            Membership.objects.filter(
                held_on(self.day), person=person, kind=Membership.Kind.REPORTING
            ).values_list("unit_id", flat=True)
        )
        return bool(units & self.answer_units or (has_events and units & self.event_units))


def view_of(
    person: Person | None,
    *,
    day: date,
    is_operator: bool = False,
    on_shift: Callable[[], Iterable[Post]] = tuple,
) -> View:
    """`on_shift` asks, when a page needs it, for the posts that a duty shift stands for at this moment (`duty.queries`)."""
    return View(person=person, day=day, is_operator=is_operator, on_shift=on_shift)


# ---------------------------------------------------------------- beyond the sight itself

_GOVERNING = frozenset({Post.Role.RESPONSIBLE_HEAD, Post.Role.SECRETARY})


def person_with_phone(pk: int, *, sight: View) -> Person:
    """Somebody whose number this viewer may ask for: not a class reporter's to see."""
    person = sight.named_person(pk)
    unit = queries.reporting_unit_of(person, day=sight.day)
    if unit is None or unit.pk not in sight.event_units:
        raise Forbidden
    return person


def may_have_phone(unit_id: int | None, *, sight: View) -> bool:
    return unit_id is not None and unit_id in sight.event_units


def governed_units(sight: View) -> frozenset[int]:
    """Units whose posts this viewer keeps: an operator all, a head those below."""
    if sight.is_operator:
        return frozenset(Unit.objects.values_list("pk", flat=True))
    return sight.units_of(_GOVERNING)


def governs_anything(sight: View) -> bool:
    return sight.is_operator or any(post.role in _GOVERNING for post in sight.posts)


def governed_unit(pk: int, *, sight: View) -> Unit:
    if pk not in governed_units(sight):
        raise Forbidden if pk in sight.figure_units else NotYours
    return Unit.objects.get(pk=pk)


def code_units(sight: View) -> frozenset[int]:
    """Units for whose people this viewer prints codes: one's own people, or an operator all."""
    if sight.is_operator:
        return frozenset(
            Unit.objects.filter(tree=Unit.Tree.ADMINISTRATIVE).values_list("pk", flat=True)
        )
    return sight.event_units


def issues_codes(sight: View) -> bool:
    return sight.is_operator or bool(sight.event_units)


def candidate(number_or_pk: int, *, sight: View) -> Person:
    """Somebody who may be given a post by this viewer: on the roll of a governed unit."""
    units = governed_units(sight)
    if sight.is_operator:
        person = Person.objects.filter(pk=number_or_pk).first()
    else:
        members = Membership.objects.filter(
            held_on(sight.day), unit_id__in=units, kind=Membership.Kind.REPORTING
        )
        person = Person.objects.filter(pk=number_or_pk, memberships__in=members).first()
    if person is None:
        raise NotYours
    return person
