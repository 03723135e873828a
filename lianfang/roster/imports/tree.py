"""The administrative tree as a roster implies it: department, major, class. Pure.

A unit is known by its path of names below the college. What a row leaves out (a file
without a column for majors) is taken from other rows or from the stored tree, if only one
place fits.
"""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.people import STUDENT, Record
from lianfang.roster.imports.problems import Problem
from lianfang.roster.imports.state import ADMINISTRATIVE, REPORTING, Path, Stored

Key = tuple[str, ...]  # ("A", *path), ("P", code of a Party organisation), ("U", stored key)
COLLEGE: Key = ("A",)

_FEW, _SMALL_SHARE = 5, 0.2  # a class of that few rows in a second place is a slip
_ALIKE = 0.75


@dataclass(frozen=True, slots=True)
class Desired:
    """A unit that the files call for. `code` is a wish; empty: made from the name."""

    key: Key
    tree: str
    kind: str
    name: str
    parent: Key | None
    code: str = ""


@dataclass(slots=True)
class Tree:
    """`pk_of` holds the units that exist already; `unit_of` the unit of each person."""

    units: dict[Key, Desired] = field(default_factory=dict)
    pk_of: dict[Key, int] = field(default_factory=dict)
    unit_of: dict[str, Key] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def build_tree(records: list[Record], *, stored: Stored, college: str) -> Tree:
    """Units and where each person belongs; people whose place is not clear are problems."""
    tree = Tree()
    root = stored.root(ADMINISTRATIVE)
    if not records and root is None:
        return tree
    paths = _paths(records, stored, college, tree.problems)
    tree.problems += _slipped(records, paths)
    _add(tree, Desired(COLLEGE, ADMINISTRATIVE, "COLLEGE", college, None))
    teaching = {paths[r.number][0] for r in records if r.category == STUDENT and r.number in paths}
    for record in records:
        if record.number in paths:
            path = paths[record.number]
            for depth in range(1, len(path) + 1):
                is_own = depth == len(path) and record.category == STUDENT
                _add(tree, _unit(path[:depth], is_class=is_own, teaching=teaching, stored=stored))
            tree.unit_of[record.number] = ("A", *path)
    _match(tree, stored)
    if root is not None:
        tree.problems += _unlikely_newcomers(tree, records, stored)
    return tree


def _add(tree: Tree, unit: Desired) -> None:
    tree.units.setdefault(unit.key, unit)


def _unit(path: Path, *, is_class: bool, teaching: set[str], stored: Stored) -> Desired:
    known = stored.by_path.get(path)
    if len(path) == 1 and not is_class:
        is_department = path[0] in teaching or path[0].endswith(("系", "学院"))
        kind = "DEPARTMENT" if is_department else "OFFICE"
        if known and not (known.kind == "OFFICE" and path[0] in teaching):
            kind = known.kind
    else:
        kind = known.kind if known else "CLASS" if is_class else "MAJOR"
    return Desired(("A", *path), ADMINISTRATIVE, kind, path[-1], ("A", *path[:-1]))


# ---------------------------------------------------------------- where a row belongs


def _paths(
    records: list[Record], stored: Stored, college: str, problems: list[Problem]
) -> dict[str, Path]:
    places: dict[str, set[Path]] = defaultdict(set)
    for name, paths in stored.classes_by_name.items():
        places[name] |= set(paths)
    for record in records:
        if record.department and record.major and record.class_name:
            places[record.class_name].add((record.department, record.major, record.class_name))
    found = {}
    for record in records:
        place = (
            _class_of(record, places)
            if record.category == STUDENT
            else _department_of(record, stored, college)
        )
        if isinstance(place, Problem):
            problems.append(place)
        else:
            found[record.number] = place
    return found


def _class_of(record: Record, places: dict[str, set[Path]]) -> Path | Problem:
    if not record.class_name:
        text = _("%(name)s is in no class.")
        cure = _("Write the class; whoever reports needs one unit that answers for them.")
        return record.problem("class_name", "", text, cure, name=record.name)
    told = [record.department, record.major]
    if all(told):
        return (*told, record.class_name)
    fitting = [
        path
        for path in places.get(record.class_name, ())
        if all(word in path for word in told if word)
    ]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting and record.department:
        return (record.department, record.class_name)
    text = (
        _("There are several classes of this name: %(places)s.")
        if fitting
        else _("No unit of this name is known.")
    )
    cure = _("Write the department (院系) and the major (专业) of the class too.")
    places_told = "; ".join("/".join(path) for path in sorted(fitting))
    return record.problem("class_name", record.class_name, text, cure, places=places_told)


def _department_of(record: Record, stored: Stored, college: str) -> Path | Problem:
    name = record.department
    if not name:
        text = _("%(name)s is in no department.")
        cure = _("Write the department or office; whoever reports needs one unit.")
        return record.problem("department", "", text, cure, name=record.name)
    if name == college:
        return ()
    if (name,) in stored.by_path:
        return (name,)
    deeper = stored.offices_by_name.get(name, [])
    return deeper[0] if len(deeper) == 1 else (name,)


def _slipped(records: list[Record], paths: dict[str, Path]) -> list[Problem]:
    """A few rows that put a class where most of its rows do not."""
    rows: dict[str, Counter[Path]] = defaultdict(Counter)
    for record in records:
        if record.category == STUDENT and record.number in paths:
            rows[record.class_name][paths[record.number]] += 1
    problems = []
    for record in records:
        counts = rows.get(record.class_name, Counter())
        if record.category != STUDENT or record.number not in paths or len(counts) < 2:
            continue
        mine = counts[paths[record.number]]
        usual, most = counts.most_common(1)[0]
        if mine < _FEW and mine < _SMALL_SHARE * most:
            text = _(
                "%(name)s stands in %(place)s, but %(rows)s rows place this class in %(usual)s."
            )
            cure = _(
                "Write the same department and major as the rest of the class, or another class."
            )
            problems.append(
                record.problem(
                    "class_name", record.class_name, text, cure, name=record.name,
                    place="/".join(paths[record.number][:-1]), rows=most, usual="/".join(usual[:-1]),
                )
            )  # fmt: skip
    return problems


# ---------------------------------------------------------------- what exists already


def _match(tree: Tree, stored: Stored) -> None:
    for key in tree.units:
        known = stored.by_path.get(key[1:])
        if known is not None:
            tree.pk_of[key] = known.pk
    new_classes = [u for k, u in tree.units.items() if k not in tree.pk_of and u.kind == "CLASS"]
    if not new_classes:
        return
    taken = set(tree.pk_of.values())
    before, sizes = _classes_before(tree, stored), stored.sizes
    for unit in new_classes:
        for pk, people in before.get(unit.key, Counter()).most_common(1):
            same_name = stored.units[pk].name == unit.name
            if pk not in taken and same_name and people * 2 >= sizes[pk]:
                tree.pk_of[unit.key] = pk
                taken.add(pk)


def _classes_before(tree: Tree, stored: Stored) -> dict[Key, Counter[int]]:
    """For each class of the file: in which stored units its people are now."""
    before: dict[Key, Counter[int]] = defaultdict(Counter)
    for number, key in tree.unit_of.items():
        person = stored.people.get(number)
        rows = person.held.get(REPORTING, ()) if person else ()
        for row in rows:
            if isinstance(row.what, int):
                before[key][row.what] += 1
    return before


def _unlikely_newcomers(tree: Tree, records: Iterable[Record], stored: Stored) -> list[Problem]:
    """A new department whose name is almost that of one we have is a slip of the pen."""
    known = [path[0] for path in stored.by_path if len(path) == 1]
    newcomers = {
        key: alike[0]
        for key in tree.units
        if len(key) == 2 and key not in tree.pk_of
        if (alike := difflib.get_close_matches(key[1], known, n=1, cutoff=_ALIKE))
    }
    return [
        record.problem(
            "department",
            record.department,
            _("No unit of this name is known; there is %(alike)s."),
            _("Write %(alike)s; if it is a new unit, open it before the import."),
            alike=newcomers[unit],
        )
        for record in records
        if (unit := tree.unit_of.get(record.number, ())[:2]) in newcomers
    ]
