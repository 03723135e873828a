"""Roster files that tests write: xlsx and CSV from rows of cells, and a small college of names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter

from lianfang.roster.imports.reading import RosterFiles
from lianfang.roster.imports.sheets import NamedFile

Rows = Sequence[Sequence[Any]]

STUDENTS = (
    "学号",
    "姓名",
    "性别",
    "院系",
    "专业",
    "班级",
    "宿舍",
    "辅导员",
    "政治面貌",
    "党支部",
    "手机号",
    "家庭住址",
)
STAFF = ("工号", "姓名", "性别", "部门", "岗位", "政治面貌", "党支部", "手机号", "家庭住址")
PARTY = ("code", "name", "kind", "parent_code")
ORGANISATIONS: Rows = (
    PARTY,
    ("0", "中共南山学院委员会", "党委", ""),
    ("1", "信息系党总支", "党总支", "0"),
    ("11", "信息学生党支部", "党支部", "1"),
    ("2", "机关党支部", "直属党支部", "0"),
)  # fmt: skip


def xlsx(sheets: Mapping[str, Rows], *, name: str = "roster.xlsx", title: str = "") -> NamedFile:
    """A workbook; text is written as text, numbers as numbers, None as an empty cell."""
    data = io.BytesIO()
    workbook = xlsxwriter.Workbook(data)
    for sheet_name, rows in sheets.items():
        sheet = workbook.add_worksheet(sheet_name)
        first = 0
        if title:
            sheet.merge_range(0, 0, 0, 5, title)
            first = 1
        for number, row in enumerate(rows, start=first):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif cell is not None:
                    sheet.write(number, column, cell)
    workbook.close()
    return NamedFile(name, data.getvalue())


def comma(rows: Rows, *, name: str = "roster.csv", encoding: str = "utf-8", separator: str = ",") -> NamedFile:  # fmt: skip
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return NamedFile(name, text.getvalue().encode(encoding))


def student(n: int, *, name: str = "", unit: str = "网络1班", **more: Any) -> list[Any]:
    """A row of the students' sheet; `more` replaces cells by the title of their column."""
    cells = {
        "学号": f"2019{n:06}",
        "姓名": name or f"学生{chr(0x4E00 + n)}",
        "性别": "女",
        "院系": "信息系",
        "专业": "网络专业",
        "班级": unit,
        "宿舍": f"3栋{100 + n % 900}",
        "辅导员": "陈辅导",
        "政治面貌": "共青团员",
        "党支部": None,
        "手机号": f"142{n:08}",
        "家庭住址": "四川省达州市宣汉县君塘镇新凰村2组11号",
    }
    return list((cells | more).values())


def teacher(n: int, *, name: str = "", **more: Any) -> list[Any]:
    cells = {
        "工号": f"T{n:05}",
        "姓名": name or f"教师{chr(0x4E00 + n)}",
        "性别": "男",
        "部门": "信息系",
        "岗位": "专任教师",
        "政治面貌": "群众",
        "党支部": None,
        "手机号": f"143{n:08}",
        "家庭住址": "四川省广安市华蓥市大兴乡滨河路207号",
    }
    return list((cells | more).values())


def small_college(
    *, students: Iterable[Sequence[Any]] = (), staff: Iterable[Sequence[Any]] = ()
) -> NamedFile:
    """Twelve students of two classes, a counselor, a head and two officers; or the rows given."""
    pupils = list(students) or [
        *(student(n) for n in range(1, 7)),
        *(student(n, unit="网络2班") for n in range(7, 13)),
    ]
    teachers = list(staff) or [
        teacher(1, name="陈辅导", 岗位="辅导员"),
        teacher(2, name="林主任"),
        teacher(3, name="值班甲", 部门="党政办", 岗位="行政人员", 政治面貌="中共党员", 党支部="机关党支部"),
        teacher(4, name="书记乙", 部门="党政办", 岗位="行政人员", 政治面貌="中共党员", 党支部="机关党支部"),
    ]  # fmt: skip
    return xlsx(
        {"学生名册": [STUDENTS, *pupils], "教职工名册": [STAFF, *teachers]},
        title="南山学院2020年名册",
    )


def files(roster: NamedFile | None = None, *, posts: NamedFile | None = None, party: bool = True) -> RosterFiles:  # fmt: skip
    organisations = comma(ORGANISATIONS, name="party.csv") if party else None
    return RosterFiles(roster=roster, party=organisations, posts=posts)
