"""Which posts would be given and which would end. Pure."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.changes import ImportPlan, PostEnded, PostGiven
from lianfang.roster.imports.counselors import COUNSELOR, Caring
from lianfang.roster.imports.posts import PostRecord, Posts
from lianfang.roster.imports.problems import Problem
from lianfang.roster.imports.state import ADMINISTRATIVE, PARTY, Stored, StoredPost
from lianfang.roster.imports.tree import COLLEGE, Key, Tree

_OF_THE_COMMITTEE = {"DUTY_OFFICER", "LEADER"}


class Wish(NamedTuple):
    """Somebody should hold a post; several wishes for one (unit, role) are all of its holders."""

    number: str
    unit: Key
    role: str
    is_deputy: bool
    day: date


def compare_posts(
    plan: ImportPlan, tree: Tree, caring: Caring, posts: Posts | None, *, stored: Stored
) -> None:
    """For each unit and role that the files speak of, the files name all holders.

    Roles and units of which they are silent keep whom they have, except that somebody who is
    gone holds nothing.
    """
    wishes = [
        Wish(number, unit, COUNSELOR, False, plan.as_of)
        for unit, numbers in caring.numbers.items()
        for number in numbers
    ]
    if posts:
        named = _Units(plan, tree, stored)
        wishes += [wish for record in posts.records if (wish := named.wish(record))]
    _Posts(plan, tree, stored).compare(list(dict.fromkeys(wishes)))


class _Posts:
    def __init__(self, plan: ImportPlan, tree: Tree, stored: Stored) -> None:
        self.plan = plan
        self.tree = tree
        self.stored = stored
        self.names = {p.number: p.name for p in stored.people.values()}
        self.names |= {p.number: p.name for p in plan.added}

    def compare(self, wishes: list[Wish]) -> None:
        spoken_of = {(self.tree.pk_of.get(w.unit), w.role) for w in wishes}
        gone = {person.pk for person in self.plan.gone}
        closed = {unit.pk for unit in self.plan.units_closed}
        wanted: dict[tuple[str, int | None, str], Wish] = {
            (w.number, self.tree.pk_of.get(w.unit), w.role): w for w in wishes
        }
        for post in self.stored.posts:
            number = self.stored.numbers[post.person]
            wish = wanted.get((number, post.unit, post.role))
            begins_later = wish is not None and post.held_from > wish.day
            if wish and post.person not in gone and (post.covers(wish.day) or begins_later):
                if post.is_deputy == wish.is_deputy:
                    del wanted[number, post.unit, post.role]
                    continue
            elif not (
                (post.unit, post.role) in spoken_of or post.person in gone or post.unit in closed
            ):
                continue
            self._end(post, number, wish.day if wish else self.plan.as_of)
        given = set(wanted.values()) | {w for w in wishes if w.unit not in self.tree.pk_of}
        self.plan.posts_given += [self._given(w) for w in wishes if w in given]

    def _end(self, post: StoredPost, number: str, day: date) -> None:
        unit = self.stored.units[post.unit].name
        name = self.names[number]
        self.plan.posts_ended.append(
            PostEnded(post.pk, post.person, number, name, unit, post.role, day)
        )

    def _given(self, wish: Wish) -> PostGiven:
        unit = self.tree.units.get(wish.unit)
        name = unit.name if unit else self.stored.units[self.tree.pk_of[wish.unit]].name
        return PostGiven(
            wish.number, self.names[wish.number], wish.unit, name,
            wish.role, wish.is_deputy, wish.day,
        )  # fmt: skip


class _Units:
    """Finds the unit that a row of the posts means, and the person."""

    def __init__(self, plan: ImportPlan, tree: Tree, stored: Stored) -> None:
        self.plan = plan
        self.tree = tree
        self.found: dict[str, set[Key]] = defaultdict(set)
        closing = {unit.pk for unit in plan.units_closed}
        known = {pk: key for key, pk in tree.pk_of.items()}
        for pk, unit in stored.open_units.items():
            if pk not in known and pk not in closing:
                key: Key = ("U", str(pk))
                tree.pk_of[key] = pk
                known[pk] = key
            path = "/".join(stored.path(pk))
            self._learn(known[pk], {unit.name, unit.code, path})
        for key, desired in tree.units.items():
            self._learn(key, {desired.name, "/".join(key[1:]), desired.code})
        self.roots = {
            tree_name: next(
                (k for k, u in tree.units.items() if u.tree == tree_name and u.parent is None),
                known[root.pk] if (root := stored.root(tree_name)) else None,
            )
            for tree_name in (ADMINISTRATIVE, PARTY)
        }
        gone = {person.number for person in plan.gone}
        self.people = {
            p.number: p.name
            for p in stored.people.values()
            if p.number not in gone and p.at("REPORTING", plan.as_of)
        }
        self.people |= {p.number: p.name for p in plan.added}
        self.people |= {p.number: p.name for p in plan.moved}

    def _learn(self, key: Key, words: set[str]) -> None:
        for word in words - {""}:
            self.found[word].add(key)

    def wish(self, record: PostRecord) -> Wish | None:
        """What the row wants; None, with a problem, when unit or person is not known."""
        unit = self._unit(record)
        name = self.people.get(record.number)
        if name is None or (record.name and record.name != name):
            self._tell_person(record, name)
            return None
        if unit is None:
            return None
        day = max(self.plan.as_of, record.starts_on or self.plan.as_of)
        return Wish(record.number, unit, record.role, record.is_deputy, day)

    def _unit(self, record: PostRecord) -> Key | None:
        top = self.roots[PARTY]
        if record.role in _OF_THE_COMMITTEE and top:
            college = self.roots[ADMINISTRATIVE]
            if not record.unit or self.found.get(record.unit) == {college}:
                return top
        if not record.unit and record.role == "DOCTOR":
            return self.roots[ADMINISTRATIVE] or COLLEGE
        found = self.found.get(record.unit, set())
        if len(found) > 1:  # a name in both trees means the one that reports
            found = {key for key in found if key[0] == "A"} or found
        if len(found) == 1:
            return next(iter(found))
        text = _("Several units are called so.") if found else _("No unit of this name is known.")
        cure = _("Write its name as in the roster, its path (系/专业/班级) or its code.")
        self.plan.problems.append(record.place.problem("unit", record.unit, text, cure))
        return None

    def _tell_person(self, record: PostRecord, name: str | None) -> None:
        if name is None:
            text = _("Nobody on the roster has this number.")
            cure = _("Write the number of somebody who is in the roster.")
        else:
            text = _("This is the number of %(name)s, not of %(told)s.")
            cure = _("Write the number that belongs to the name.")
        problem: Problem = record.place.problem(
            "number", record.number, text, cure, name=name or "", told=record.name
        )
        self.plan.problems.append(problem)
