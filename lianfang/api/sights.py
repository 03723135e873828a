"""What a token sees: its units, or what a person may see of them. Never more than either.

The rooms ask a `View`. A token without a person sees everything of its units, and its scopes
decide which addresses are open to it; it holds no post, so what only a post-holder may do asks
for a person. A token that acts for a person sees what the person's posts open in its units.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lianfang.roster.access import View
from lianfang.roster.models import Post


@dataclass(frozen=True)
class TokenView(View):
    """A token by itself."""

    reach: frozenset[int] = frozenset()

    def units_of(self, roles: Collection[str]) -> frozenset[int]:
        return self.reach

    def _below(self, posts: Sequence[Post]) -> frozenset[int]:
        return self.reach

    @property
    def has_desk(self) -> bool:
        return True


@dataclass(frozen=True)
class ActingView(View):
    """A token that acts for a person: what `whole`, the person's own sight, opens of its units.

    A post in a unit beyond the token's still opens what lies below it; what may be done in the
    name of that very unit stays out of reach.
    """

    whole: View = field(kw_only=True)
    reach: frozenset[int] = frozenset()

    @cached_property
    def posts(self) -> list[Post]:
        return [post for post in self.whole.posts if post.unit_id in self.reach]

    def units_of(self, roles: Collection[str]) -> frozenset[int]:
        return self.whole.units_of(roles) & self.reach

    def _below(self, posts: Sequence[Post]) -> frozenset[int]:
        return super()._below(list(posts)) & self.reach

    @cached_property
    def figure_units(self) -> frozenset[int]:
        return self.whole.figure_units & self.reach

    @cached_property
    def event_figure_units(self) -> frozenset[int]:
        return self.whole.event_figure_units & self.reach

    @cached_property
    def name_units(self) -> frozenset[int]:
        return self.whole.name_units & self.reach

    @cached_property
    def event_units(self) -> frozenset[int]:
        return self.whole.event_units & self.reach

    @cached_property
    def answer_units(self) -> frozenset[int]:
        return self.whole.answer_units & self.reach

    @cached_property
    def sign_units(self) -> frozenset[int]:
        return self.whole.sign_units & self.reach

    @property
    def has_desk(self) -> bool:
        return bool(self.figure_units)
