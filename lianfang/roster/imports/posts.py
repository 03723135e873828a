"""A table of posts: which unit, which post, whose number. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports import columns, values
from lianfang.roster.imports.party import Place
from lianfang.roster.imports.problems import Problem, Unreadable, Wrong
from lianfang.roster.imports.sheets import Cell, Line, Sheet


class Role(NamedTuple):
    role: str
    is_deputy: bool = False


ROLES = {
    "责任人": Role("RESPONSIBLE_HEAD"),
    "副职": Role("RESPONSIBLE_HEAD", True),
    "信息员": Role("LIAISON"),
    "值班员": Role("DUTY_OFFICER"),
    "领导小组": Role("LEADER"),
    "校医": Role("DOCTOR"),
    "辅导员": Role("COUNSELOR"),
    "书记": Role("SECRETARY"),
    "班级信息员": Role("CLASS_REPORTER"),
    # other ways to write them
    "负责人": Role("RESPONSIBLE_HEAD"),
    "第一责任人": Role("RESPONSIBLE_HEAD"),
    "副责任人": Role("RESPONSIBLE_HEAD", True),
    "领导小组成员": Role("LEADER"),
    "值班干部": Role("DUTY_OFFICER"),
    "支部书记": Role("SECRETARY"),
    "党支部书记": Role("SECRETARY"),
    "总支书记": Role("SECRETARY"),
    "党总支书记": Role("SECRETARY"),
    "班主任": Role("COUNSELOR"),
    "responsible head": Role("RESPONSIBLE_HEAD"),
    "deputy": Role("RESPONSIBLE_HEAD", True),
    "liaison officer": Role("LIAISON"),
    "duty officer": Role("DUTY_OFFICER"),
    "leading group": Role("LEADER"),
    "school doctor": Role("DOCTOR"),
    "counselor": Role("COUNSELOR"),
    "branch secretary": Role("SECRETARY"),
    "party secretary": Role("SECRETARY"),
    "class reporter": Role("CLASS_REPORTER"),
}
_USUAL = 9  # of them are named in the cure
_YES = {"是", "副", "副职", "y", "yes", "1", "true", "√"}


@dataclass(frozen=True, slots=True)
class PostRecord:
    """`unit` is a name, a path such as 信息工程系/软件技术/1班, or a code; may be empty."""

    unit: str
    role: str
    is_deputy: bool
    number: str
    name: str
    starts_on: date | None
    place: Place = field(repr=False)


@dataclass(slots=True)
class Posts:
    records: list[PostRecord] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_posts(sheets: Iterable[Sheet]) -> Posts:
    posts = Posts()
    for sheet in [sheet for sheet in sheets if sheet.lines]:
        try:
            header = columns.header_of(sheet, columns.POSTS, needs=("unit", "role", "number"))
        except Unreadable as error:
            posts.problems += error.problems
            continue
        for line in columns.rows_below(sheet, header):
            _read_row(Place(sheet.name, line.number, header), line, posts)
    if not posts.records and not posts.problems:
        text, cure = _("The sheet is empty."), _("Choose the file that lists the posts.")
        posts.problems.append(Problem("", 0, "", "", text, cure))
    return posts


def _read_row(place: Place, line: Line, posts: Posts) -> None:
    column = ""
    cell: Cell = ""
    try:
        column, cell = "unit", place.header.cell(line, "unit")
        unit = values.short(cell, longest=200)
        column, cell = "role", place.header.cell(line, "role")
        role = _role(cell)
        column, cell = "number", place.header.cell(line, "number")
        number = values.number(cell)
        column, cell = "name", place.header.cell(line, "name")
        name = values.short(cell, longest=60)
        column, cell = "deputy", place.header.cell(line, "deputy")
        deputy = values.text(cell).lower() in _YES
        column, cell = "starts_on", place.header.cell(line, "starts_on")
        starts_on = values.day(cell)
    except Wrong as wrong:
        posts.problems.append(
            place.problem(column, str(cell), wrong.text, wrong.cure, **wrong.context)
        )
        return
    posts.records.append(
        PostRecord(unit, role.role, role.is_deputy or deputy, number, name, starts_on, place)
    )


def _role(cell: Cell) -> Role:
    plain = values.short(cell, longest=40)
    role = ROLES.get(plain) or ROLES.get(plain.lower())
    if role is None:
        raise Wrong(
            _("This is no post that we know."),
            _("Write one of: %(known)s."),
            known=", ".join(list(ROLES)[:_USUAL]),
        )
    return role
