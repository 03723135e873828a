"""The difference between a file and the stored roster, as a plan. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports import counselors, units
from lianfang.roster.imports.changes import ImportPlan
from lianfang.roster.imports.doubles import refuse_doubles
from lianfang.roster.imports.organisations import add_organisations, party_memberships
from lianfang.roster.imports.party import Party
from lianfang.roster.imports.people import People, Record
from lianfang.roster.imports.plan_people import PeopleComparison
from lianfang.roster.imports.plan_posts import compare_posts
from lianfang.roster.imports.posts import Posts
from lianfang.roster.imports.problems import Problem
from lianfang.roster.imports.state import (
    ADMINISTRATIVE,
    PARTY,
    Stored,
)
from lianfang.roster.imports.tree import Tree, build_tree


@dataclass(frozen=True, slots=True)
class Input:
    """What the files said; a file that was not given is None."""

    people: People | None = None
    party: Party | None = None
    posts: Posts | None = None

    @property
    def problems(self) -> list[Problem]:
        given = (self.people, self.party, self.posts)
        return [problem for part in given if part for problem in part.problems]

    @property
    def records(self) -> list[Record]:
        return self.people.records if self.people else []


def compare(
    given: Input, *, stored: Stored, as_of: date, college: str = "", otherwise: str = ""
) -> ImportPlan:
    """Everything that must change so that the stored roster equals the files, as of a day.

    `college` names it; empty: the stored name, else what the files call it, else `otherwise`.
    """
    plan = ImportPlan(as_of=as_of, problems=list(given.problems))
    if given.people:
        plan.unread = given.people.unread
    plan.college = college or _college(given, stored) or otherwise
    tree = build_tree(given.records, stored=stored, college=plan.college)
    add_organisations(tree, given.party.units if given.party else [], stored=stored)
    branches, party_problems = party_memberships(given.records, tree, stored=stored)
    if given.party and given.party.problems:
        party_problems = []  # the table itself has to be mended first
    caring = counselors.counselors(given.records, tree, stored=stored)
    plan.pk_of = tree.pk_of
    plan.problems += [*refuse_doubles(given.records), *tree.problems, *party_problems]
    plan.problems += caring.problems
    PeopleComparison(plan, tree, branches, stored).compare(given.records)
    units.compare_units(
        plan, tree, stored=stored, branches=branches, renames=bool(college),
        whole_party=given.party is not None,
    )  # fmt: skip
    compare_posts(plan, tree, caring, given.posts, stored=stored)
    plan.problems += _too_early(plan, tree, stored)
    plan.problems = in_order(plan.problems)
    return plan


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Errors before warnings, each by sheet and row."""
    return sorted(problems, key=lambda p: (not p.is_error, p.sheet, p.row))


def _college(given: Input, stored: Stored) -> str:
    """The stored name, else the one above the roster's header, else the committee's."""
    root = stored.root(ADMINISTRATIVE)
    if root is not None:
        return root.name
    for heading in given.people.headings if given.people else ():
        found = units.college_in(heading)
        if found:
            return found
    top = [unit.name for unit in given.party.units if not unit.parent] if given.party else []
    stored_top = stored.root(PARTY)
    top += [stored_top.name] if stored_top else []
    return next((found for name in top if (found := units.college_in(name))), "")


def _too_early(plan: ImportPlan, tree: Tree, stored: Stored) -> list[Problem]:
    """Nothing is put into a unit on a day on which the unit did not exist yet."""
    if plan.is_empty:
        return []
    used = {stored.units[pk].opened_on: pk for pk in tree.pk_of.values()}
    last = max(used, default=plan.as_of)
    if last <= plan.as_of:
        return []
    return [
        Problem(
            "", 0, "", plan.as_of.isoformat(),
            _("%(unit)s is on the roster since %(day)s only; the import begins before that."),
            _("Import as of %(day)s or later."),
            {"unit": stored.units[used[last]].name, "day": last.isoformat()},
        )
    ]  # fmt: skip
