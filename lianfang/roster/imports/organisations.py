"""The Party tree of a file beside the stored one, and the branch that a cell names. Pure."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable

from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.party import PartyUnit
from lianfang.roster.imports.people import Record
from lianfang.roster.imports.problems import Problem
from lianfang.roster.imports.state import PARTY, Stored
from lianfang.roster.imports.tree import Desired, Key, Tree


def add_organisations(tree: Tree, units: list[PartyUnit], *, stored: Stored) -> None:
    """Put the organisations of the file into the tree, each matched with a stored one.

    By code; the top by being the top; else by name. Without a file the stored tree counts.
    """
    pending = {unit.code: unit for unit in units}
    done: set[str] = set()
    while pending:  # superiors before those below them
        ready = [u for u in pending.values() if not u.parent or u.parent in done]
        if not ready:
            return  # a circle or a missing superior, already told as a problem
        for unit in ready:
            parent: Key | None = ("P", unit.parent) if unit.parent else None
            key: Key = ("P", unit.code)
            tree.units[key] = Desired(key, PARTY, unit.kind, unit.name, parent, f"P{unit.code}")
            done.add(unit.code)
            del pending[unit.code]
    _match(tree, units, stored)


def _match(tree: Tree, units: list[PartyUnit], stored: Stored) -> None:
    before = {pk: unit for pk, unit in stored.open_units.items() if unit.tree == PARTY}
    by_code = {unit.code: pk for pk, unit in before.items()}
    for unit in units:
        pk = by_code.get(f"P{unit.code}")
        if pk is not None:
            tree.pk_of["P", unit.code] = pk
    root = stored.root(PARTY)
    for unit in units:
        key: Key = ("P", unit.code)
        left = set(before) - set(tree.pk_of.values())
        if key in tree.pk_of:
            continue
        if not unit.parent and root is not None and root.pk in left:
            tree.pk_of[key] = root.pk
            continue
        named = [pk for pk in left if before[pk].name == unit.name and before[pk] != root]
        if len(named) == 1:
            tree.pk_of[key] = named[0]


class Branches:
    """Finds the organisation that a cell names: by name, by superior/name, or by code."""

    def __init__(self, tree: Tree, *, stored: Stored) -> None:
        self._found: dict[str, set[Key]] = defaultdict(set)
        self.names: list[str] = []
        told = [unit for unit in tree.units.values() if unit.tree == PARTY]
        for unit in told:
            above = tree.units[unit.parent].name if unit.parent else ""
            self._learn(unit.key, unit.name, above, unit.key[1])
        if not told:
            for pk, old in stored.open_units.items():
                if old.tree == PARTY:
                    above = stored.units[old.parent].name if old.parent else ""
                    key: Key = ("U", str(pk))
                    tree.pk_of[key] = pk
                    self._learn(key, old.name, above, old.code)

    def _learn(self, key: Key, name: str, above: str, code: str) -> None:
        self.names.append(name)
        for word in {name, f"{above}/{name}", code, name.removeprefix("中共")}:
            self._found[word].add(key)

    def find(self, word: str) -> set[Key]:
        return self._found.get(word) or self._found.get(word.removeprefix("中共"), set())

    def of(self, record: Record) -> Key | Problem | None:
        """The organisation of a record; None for none; a problem when it is not clear."""
        if not record.branch:
            return None
        found = self.find(record.branch)
        if len(found) == 1:
            return next(iter(found))
        if found:
            text = _("There are several organisations of this name.")
            cure = _("Write the one above it too, such as 信息工程系党总支/学生党支部.")
            return record.problem("branch", record.branch, text, cure)
        alike = difflib.get_close_matches(record.branch, self.names, n=1, cutoff=0.6)
        text = _("No Party branch of this name is known.")
        if alike:
            cure = _("Did you mean %(alike)s?")
            return record.problem("branch", record.branch, text, cure, alike=alike[0])
        cure = _("Give the file of Party organisations too, or leave the cell empty.")
        return record.problem("branch", record.branch, text, cure)


def party_memberships(
    records: Iterable[Record], tree: Tree, *, stored: Stored
) -> tuple[dict[str, Key | None], list[Problem]]:
    """Number -> organisation, for every record whose file has a column for it."""
    branches = Branches(tree, stored=stored)
    wanted: dict[str, Key | None] = {}
    problems = []
    for record in records:
        if record.branch is None:
            continue
        found = branches.of(record)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            wanted[record.number] = found
    return wanted, problems
