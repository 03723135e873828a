"""The lists of a dry run as the page shows them: who moves, who is gone, what opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext as _

from lianfang.roster.imports import words
from lianfang.roster.imports.changes import ImportPlan, Moved, PostEnded, PostGiven

MOST_SHOWN = 300  # rows of one list on a page; the command line shows every one
Row = tuple[str, str, str]  # number, code or name; name; the rest; never a phone or an address
One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class ShownList:
    title: str
    n: int
    rows: list[Row]

    @property
    def more(self) -> int:
        return self.n - len(self.rows)


def lists_of(plan: ImportPlan) -> list[ShownList]:
    """What is rare and grave first; an empty list is not shown."""
    lists = [
        _list(_("Gone"), plan.gone, lambda p: (p.number, p.name, p.unit_name)),
        _list(_("Move to another unit"), plan.reporting_moves, _move),
        _list(_("Return"), plan.returned, _move),
        _list(_("Other data"), plan.changed, lambda p: (p.number, p.name, words.fields(p.fields))),
        _list(_("Party branch"), plan.party_moves, _move),
        _list(_("Units closed"), plan.units_closed, lambda u: (u.name, "", "")),
        _list(_("Units moved"), plan.units_moved, lambda u: (u.name, "", f"→ {u.parent_name}")),
        _list(_("Units changed"), plan.units_changed, lambda u: (u.name, "", "")),
        _list(_("Posts ended"), plan.posts_ended, _post),
        _list(_("Posts given"), plan.posts_given, _post),
        _list(_("Units opened"), plan.units_opened, lambda u: (u.code, u.name, words.kind(u.kind))),
        _list(_("New people"), plan.added, lambda p: (p.number, p.name, p.unit_name)),
    ]
    return [one for one in lists if one.n]


def _list(title: str, changes: Sequence[One], row: Callable[[One], Row]) -> ShownList:
    return ShownList(title, len(changes), [row(change) for change in changes[:MOST_SHOWN]])


def _move(move: Moved) -> Row:
    return move.number, move.name, f"{move.from_name or '–'} → {move.to_name or '–'}"


def _post(post: PostGiven | PostEnded) -> Row:
    role = words.role(post.role)
    if isinstance(post, PostGiven) and post.is_deputy:
        role = f"{role} · {_('deputy')}"
    return post.number, post.name, f"{post.unit_name} · {role}"
