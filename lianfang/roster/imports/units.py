"""Which units would be opened, changed, moved and closed, and who is in charge. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.changes import (
    ImportPlan,
    UnitChanged,
    UnitClosed,
    UnitMoved,
    UnitOpened,
)
from lianfang.roster.imports.problems import Problem
from lianfang.roster.imports.state import ADMINISTRATIVE, PARTY, REPORTING, Stored
from lianfang.roster.imports.tree import COLLEGE, Desired, Key, Tree
from lianfang.roster.names import first_letters

_CLOSABLE = {"DEPARTMENT", "OFFICE", "MAJOR", "CLASS"}
_COLLEGE_NAME = re.compile(r"([\u4e00-\u9fff（）()·]{2,30}?(?:大学|学院|学校|中专|技校|党校))")
_IN_CHARGE = {"GENERAL_BRANCH", "DIRECT_BRANCH", "COMMITTEE"}
_PARTY_TAIL = re.compile(r"(直属)?(党总支|党支部|总支|支部)(委员会)?\Z")


def college_in(text: str) -> str:
    """The college that a title or a committee's name mentions; empty when it mentions none."""
    found = _COLLEGE_NAME.search(text.removeprefix("中共").removeprefix("中国共产党"))
    return found[1] if found else ""


def compare_units(
    plan: ImportPlan,
    tree: Tree,
    *,
    stored: Stored,
    branches: Mapping[str, Key | None],
    renames: bool,
    whole_party: bool,
) -> None:
    """`renames`: the college's name was given; `whole_party`: the file has the Party tree."""
    if not plan.college and COLLEGE in tree.units:
        text = _("No file says what the college is called.")
        cure = _("Give its name (--college NAME, or the field on the page).")
        plan.problems.append(Problem("", 0, "", "", text, cure))
    charge = _Charge(tree, stored, branches)
    codes = _Codes(stored.codes())
    position = max((unit.position for unit in stored.units.values()), default=-1) + 1
    for offset, unit in enumerate(tree.units.values()):
        if unit.key in tree.pk_of:
            _change(plan, tree, unit, stored, charge, renames)
        else:
            plan.units_opened.append(
                UnitOpened(
                    unit.key, unit.tree, unit.kind, codes.take(unit), unit.name, unit.parent,
                    charge.of(unit), position + offset,
                )
            )  # fmt: skip
    _Closing(plan, tree, stored).close(whole_party=whole_party)


def _change(
    plan: ImportPlan, tree: Tree, unit: Desired, stored: Stored, charge: _Charge, renames: bool
) -> None:
    old = stored.units[tree.pk_of[unit.key]]
    fields = {}
    if unit.kind != old.kind:
        fields["kind"] = unit.kind
    if unit.name != old.name and (unit.key != COLLEGE or renames):
        fields["name"] = unit.name
    was_moved = _moved_parent(tree, unit, old.parent)
    answers_to = None
    if unit.tree == ADMINISTRATIVE and (was_moved or not charge.is_settled(old.answers_to)):
        answers_to = charge.of(unit)
        if answers_to and tree.pk_of.get(answers_to) == old.answers_to:
            answers_to = None
    if fields or answers_to:
        plan.units_changed.append(UnitChanged(old.pk, unit.name, fields, answers_to))
    if was_moved and unit.parent:
        parent_name = tree.units[unit.parent].name
        plan.units_moved.append(UnitMoved(old.pk, unit.name, unit.parent, parent_name))


def _moved_parent(tree: Tree, unit: Desired, old_parent: int | None) -> bool:
    return unit.parent is not None and tree.pk_of.get(unit.parent) != old_parent


class _Codes:
    """Codes that the same file makes again: initials of the name, a hash where they are taken."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = set(taken)

    def take(self, unit: Desired) -> str:
        code = first = unit.code or initials(unit.name)
        digest = hashlib.sha256("/".join(unit.key).encode()).hexdigest()
        length = 4
        while code in self.taken:
            code = f"{first}-{digest[:length].upper()}"
            length += 1
        self.taken.add(code)
        return code


def initials(name: str) -> str:
    """信息工程系 is XXGCX, 2017级网络1班 is 2017JWL1B."""
    letters = first_letters(name)
    return re.sub(r"[^A-Z0-9]", "", letters)[:24] or "U"


# ---------------------------------------------------------------- who is in charge


class _Charge:
    """The Party organisation to which an administrative unit answers.

    A department by its name; any other by where most of its people are members; failing
    that, the committee. Once settled it stays until somebody changes it.
    """

    def __init__(self, tree: Tree, stored: Stored, branches: Mapping[str, Key | None]) -> None:
        self.tree = tree
        self.stored = stored
        self.parents, self.kinds, names = self._organisations()
        self.by_stem = {
            _PARTY_TAIL.sub("", name): key
            for key, name in names.items()
            if self.kinds[key] in _IN_CHARGE
        }
        self.committee = next((k for k, kind in self.kinds.items() if kind == "COMMITTEE"), None)
        self.votes: dict[str, Counter[Key]] = defaultdict(Counter)
        for number, branch in branches.items():
            unit = tree.unit_of.get(number, ())
            if branch and len(unit) > 1:
                self.votes[unit[1]][self._in_charge_above(branch)] += 1
        self._open = {pk for pk, unit in stored.open_units.items() if unit.tree == PARTY}

    def _organisations(self) -> tuple[dict[Key, Key | None], dict[Key, str], dict[Key, str]]:
        told = [unit for unit in self.tree.units.values() if unit.tree == PARTY]
        if told:
            return (
                {unit.key: unit.parent for unit in told},
                {unit.key: unit.kind for unit in told},
                {unit.key: unit.name for unit in told},
            )
        old = [unit for unit in self.stored.open_units.values() if unit.tree == PARTY]
        keys: dict[int, Key] = {unit.pk: ("U", str(unit.pk)) for unit in old}
        self.tree.pk_of.update({key: pk for pk, key in keys.items()})
        return (
            {keys[u.pk]: keys[u.parent] if u.parent else None for u in old},
            {keys[u.pk]: u.kind for u in old},
            {keys[u.pk]: u.name for u in old},
        )

    def _in_charge_above(self, branch: Key) -> Key:
        step: Key | None = branch
        while step is not None and self.kinds.get(step) not in _IN_CHARGE:
            step = self.parents.get(step)
        return step or branch

    def is_settled(self, answers_to: int | None) -> bool:
        return answers_to in self._open

    def of(self, unit: Desired) -> Key | None:
        if unit.tree != ADMINISTRATIVE:
            return None
        if len(unit.key) == 1:
            return self.committee
        top = unit.key[1]
        stem = self.by_stem.get(top) or self.by_stem.get(re.sub(r"(系|学院|部)\Z", "", top))
        if stem:
            return stem
        votes = self.votes.get(top)
        if votes:
            return min(votes, key=lambda key: (-votes[key], key))
        return self.committee


# ---------------------------------------------------------------- closing


class _Closing:
    """A unit is closed when the import takes away the last of its people or units."""

    def __init__(self, plan: ImportPlan, tree: Tree, stored: Stored) -> None:
        self.plan = plan
        self.tree = tree
        self.stored = stored
        self.kept = {tree.pk_of[key] for key in tree.units if key in tree.pk_of}
        self.children: dict[int, set[int]] = defaultdict(set)
        moved = {unit.pk for unit in plan.units_moved}
        for pk, unit in stored.open_units.items():
            if unit.parent is not None and pk not in moved:
                self.children[unit.parent].add(pk)
        self.left_by_a_unit = {stored.units[pk].parent for pk in moved}
        self.people, self.lost = self._people()

    def _people(self) -> tuple[Counter[int], Counter[int]]:
        """How many people each unit has after the import, and how many it loses."""
        ended = {move.ends for move in self.plan.moved}
        gone = {person.pk for person in self.plan.gone}
        after: Counter[int] = Counter()
        lost: Counter[int] = Counter()
        for person in self.stored.people.values():
            for kind in (REPORTING, PARTY):
                for row in person.held.get(kind, ()):
                    if isinstance(row.what, int):
                        ends = person.pk in gone or row.pk in ended
                        (lost if ends else after)[row.what] += 1
        arriving: Iterable[Key | None] = [move.to for move in self.plan.moved]
        arriving = [
            *arriving,
            *(p.unit for p in self.plan.added),
            *(p.branch for p in self.plan.added),
        ]
        for key in arriving:
            if key in self.tree.pk_of:
                after[self.tree.pk_of[key]] += 1
        return after, lost

    def close(self, *, whole_party: bool) -> None:
        deepest_first = sorted(self.stored.open_units.values(), key=lambda u: -self._depth(u.pk))
        closed: set[int] = set()
        for unit in deepest_first:
            children = self.children[unit.pk]
            emptied = (
                self.lost[unit.pk] or bool(children & closed) or unit.pk in self.left_by_a_unit
            )
            is_told_away = whole_party and unit.tree == PARTY and unit.parent is not None
            is_candidate = unit.kind in _CLOSABLE and emptied
            if unit.pk in self.kept or not (is_candidate or is_told_away):
                continue
            if self.people[unit.pk] or children - closed:
                if is_told_away:
                    self._tell_people(unit.name, self.people[unit.pk] + len(children - closed))
                continue
            closed.add(unit.pk)
            self.plan.units_closed.append(UnitClosed(unit.pk, unit.name))

    def _depth(self, pk: int) -> int:
        depth, parent = 0, self.stored.units[pk].parent
        while parent is not None:
            depth, parent = depth + 1, self.stored.units[parent].parent
        return depth

    def _tell_people(self, name: str, people: int) -> None:
        text = _(
            "%(unit)s is missing in the file of organisations but still has %(people)s people or units."
        )
        cure = _("Put it back into the file, or give its members another branch in the roster.")
        self.plan.problems.append(
            Problem("", 0, "", name, text, cure, {"unit": name, "people": people})
        )
