"""A plan in the language of the reader, and as plain data for scripts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianfang.roster.imports.changes import ImportPlan, Moved
from lianfang.roster.imports.problems import Problem
from lianfang.roster.models import Post, Unit


def in_words(problem: Problem) -> dict[str, Any]:
    """Where it stands, what stands there, what is wrong with it and what would be right."""
    return {
        "severity": problem.severity,
        "sheet": problem.sheet,
        "row": problem.row or None,
        "column": problem.column,
        "value": problem.value,
        "problem": _(problem.text) % problem.context,
        "cure": _(problem.cure) % problem.context,
    }


def line(problem: Problem) -> str:
    """A problem in one line, for a terminal."""
    told = in_words(problem)
    where = [told["sheet"]]
    where += [_("row %(row)s") % {"row": told["row"]}] if told["row"] else []
    where += [told["column"]] if told["column"] else []
    quoted = f" {told['value']!r}" if told["value"] else ""
    place = " ".join(part for part in where if part)
    mark = "" if problem.is_error else _("(note) ")
    return f"{mark}{place}{quoted}: {told['problem']} {told['cure']}"


def read_sentence(plan: ImportPlan) -> str:
    """Who is in the file: 2,780 名学生、220 名教职工."""
    words = {
        "STUDENT": _("%(n)s students"),
        "STAFF": _("%(n)s members of staff"),
        "CONTRACTOR": _("%(n)s contractors"),
        "RETIRED": _("%(n)s retired people"),
        "OTHER": _("%(n)s other people"),
    }
    parts = [
        words[category] % {"n": f"{plan.people[category]:,}"}
        for category in words
        if plan.people.get(category)
    ]
    return joined(parts) if parts else _("No list of people")


def changes_sentence(plan: ImportPlan) -> str:
    """What would happen: 将新增 3,000 人, …; nothing is said of what does not change."""
    counts = plan.counts()
    words = [
        (counts["people"]["added"], _("%(n)s people would be added")),
        (counts["people"]["returned"], _("%(n)s would return")),
        (counts["people"]["moved"], _("%(n)s would move to another unit")),
        (counts["people"]["gone"], _("%(n)s would leave the roster")),
        (counts["people"]["changed"], _("the data of %(n)s would change")),
        (counts["units"]["added"], _("%(n)s units would be opened")),
        (counts["units"]["closed"], _("%(n)s units would be closed")),
        (counts["posts"]["added"], _("%(n)s posts would be given")),
        (counts["posts"]["closed"], _("%(n)s posts would end")),
    ]
    parts = [text % {"n": f"{n:,}"} for n, text in words if n]
    if parts:
        return joined(parts)
    if plan.is_empty and plan.errors:
        return _("nothing could be compared")
    if plan.is_empty:
        return _("nothing would change: all of it is stored already")
    return _("only details would change")


def joined(parts: list[str]) -> str:
    """A list in a sentence, with the comma of the language."""
    return ("、" if (get_language() or "").startswith("zh") else ", ").join(parts)


def count_rows(plan: ImportPlan) -> list[tuple[str, int]]:
    """Every count that is not zero, with its name."""
    counts = plan.counts()
    people, units, posts = counts["people"], counts["units"], counts["posts"]
    named = [
        (_("people added"), people["added"]),
        (_("people who return"), people["returned"]),
        (_("people moved to another unit"), people["moved"]),
        (_("people gone"), people["gone"]),
        (_("people with changed data"), people["changed"]),
        (_("changes of Party branch"), people["party_moved"]),
        (_("changes of lodging"), people["lodging_changed"]),
        (_("units opened"), units["added"]),
        (_("units changed"), units["changed"]),
        (_("units moved"), units["moved"]),
        (_("units closed"), units["closed"]),
        (_("posts given"), posts["added"]),
        (_("posts ended"), posts["closed"]),
    ]
    return [(name, n) for name, n in named if n]


def to_plain(plan: ImportPlan, *, applied: bool) -> dict[str, Any]:
    """The plan for a script: counts, every problem, and who moves, comes and goes.

    Never a phone number or an address.
    """
    return {
        "applied": applied,
        "as_of": plan.as_of.isoformat(),
        "college": plan.college,
        "digest": plan.digest,
        "read": {category.lower(): n for category, n in plan.people.items()},
        "counts": plan.counts(),
        "gone_needs_confirming": plan.gone_needs_confirming,
        "columns_not_read": plan.unread,
        "problems": [in_words(problem) for problem in plan.problems],
        "changes": _changes(plan),
    }


def _changes(plan: ImportPlan) -> dict[str, Any]:
    return {
        "people_added": [
            {"number": p.number, "name": p.name, "unit": p.unit_name} for p in plan.added
        ],
        "people_moved": [_move(move) for move in [*plan.reporting_moves, *plan.returned]],
        "people_gone": [
            {"number": p.number, "name": p.name, "unit": p.unit_name} for p in plan.gone
        ],
        "people_changed": [
            {"number": p.number, "name": p.name, "fields": sorted(p.fields)} for p in plan.changed
        ],
        "party_moved": [_move(move) for move in plan.party_moves],
        "units_added": [
            {"code": u.code, "name": u.name, "kind": u.kind.lower()} for u in plan.units_opened
        ],
        "units_moved": [{"name": u.name, "below": u.parent_name} for u in plan.units_moved],
        "units_closed": [{"name": u.name} for u in plan.units_closed],
        "posts_added": [
            {"number": p.number, "name": p.name, "unit": p.unit_name, "role": p.role.lower()}
            for p in plan.posts_given
        ],
        "posts_closed": [
            {"number": p.number, "unit": p.unit_name, "role": p.role.lower()}
            for p in plan.posts_ended
        ],
    }


def _move(move: Moved) -> dict[str, str]:
    return {
        "number": move.number,
        "name": move.name,
        "from": move.from_name,
        "to": move.to_name,
        "on": move.day.isoformat(),
    }


def kind(code: str) -> str:
    return str(Unit.Kind(code).label)


def role(code: str) -> str:
    return str(Post.Role(code).label)


def fields(changed: Collection[str]) -> str:
    """The names of what changes, never the values."""
    names = {
        "name": _("name"),
        "category": _("category"),
        "sex": _("sex"),
        "grade": _("year of entry"),
        "position": _("position"),
        "political_status": _("political status"),
        "phone": _("phone"),
        "email": _("e-mail"),
        "address": _("address"),
    }
    return joined([names[name] for name in names if name in changed])
