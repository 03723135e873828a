"""Which column means what: headers as colleges write them, in both languages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.roster.imports.problems import Problem, Unreadable, file_problem
from lianfang.roster.imports.sheets import Cell, Line, Sheet

_HEADER_WITHIN = 20  # rows in which the header is looked for
_DECORATION = re.compile(r"[\s*:：、.。_\-]|\(.*?\)|（.*?）|【.*?】|\[.*?\]")

Titles = Mapping[str, str]  # field -> the ways to write it, the usual one first

PEOPLE: Titles = {
    "number": "学号/工号/编号/学工号/职工号/教工号/教职工号/人员编号/学生编号/教师编号/员工编号"
    "/学号工号/工号学号/pid/number/studentnumber/staffnumber/studentid/staffid/id",
    "name": "姓名/名字/学生姓名/教师姓名/职工姓名/教职工姓名/name/fullname",
    "category": "人员类别/人员类型/kind/category",
    "sex": "性别/sex/gender",
    "department": "院系/系部/部门/系别/系/二级学院/学院/院部/单位/所在单位/所属单位/所在部门/所属部门"
    "/所在院系/所属院系/教学单位/工作部门/dept/department",
    "major": "专业/专业名称/所学专业/major",
    "class_name": "班级/行政班/行政班级/班级名称/所在班级/班/cls/class",
    "grade": "年级/所在年级/grade",
    "lodging": "宿舍/寝室/宿舍号/寝室号/住宿/住宿地点/宿舍楼栋房间/dorm/dormitory",
    "building": "楼栋/宿舍楼/宿舍楼栋/公寓楼/楼号/dormbuilding",
    "room": "房间/房间号/房号/宿舍房间/dormroom",
    "counselor": "辅导员/辅导员姓名/专职辅导员/班主任/辅导员班主任/班主任辅导员/counselor/counsellor",
    "political_status": "政治面貌/政治面目/status/politicalstatus",
    "branch": "党支部/所在党支部/所属党支部/党组织/所在党组织/所属党组织/branch/partybranch",
    "phone": "手机号/手机/手机号码/联系电话/电话/电话号码/联系方式/移动电话/本人手机/本人电话"
    "/本人手机号/本人联系电话/phone/mobile/phonenumber",
    "email": "邮箱/电子邮箱/电子邮件/email/mail",
    "address": "家庭住址/家庭地址/住址/地址/详细地址/家庭详细地址/现住址/通讯地址/address",
    "province": "省/省份/prov/province",
    "city": "市/城市/city",
    "county": "区县/县区/县/county",
    "position": "岗位/职务/岗位类别/岗位名称/职位/role/position",
    "starts_on": "起始日期/入学日期/入校日期/入职日期/开始日期/报到日期/生效日期/startson/startdate",
}
PARTY: Titles = {
    "code": "编号/代码/组织编号/组织代码/党组织编号/党组织代码/code",
    "name": "名称/组织名称/党组织名称/党组织/name",
    "kind": "类型/类别/组织类型/组织类别/党组织类型/kind/type",
    "parent": "上级编号/上级代码/上级组织编号/上级组织代码/上级/上级组织/parentcode/parent",
}
POSTS: Titles = {
    "unit": "单位/部门/单位名称/组织/unit",
    "role": "岗位/职务/职责/role/post",
    "number": "工号/学号/编号/学工号/职工号/人员编号/number/pid",
    "name": "姓名/name",
    "deputy": "副职/是否副职/deputy",
    "starts_on": "起始日期/开始日期/任职日期/startson/startdate",
}
# Columns that rosters carry and that are kept nowhere: a roster knows where people live now.
NEVER_READ = (
    "身份证号/身份证/身份证号码/证件号码/籍贯/户籍/户口所在地/生源地/民族/出生日期/出生年月"
)


def _key(title: Cell) -> str:
    return _DECORATION.sub("", tidy(str(title)).lower()).replace("/", "")


def _index(titles: Titles) -> dict[str, tuple[str, int]]:
    return {
        word: (field, rank)
        for field, words in titles.items()
        for rank, word in enumerate(words.split("/"))
    }


@dataclass(frozen=True, slots=True)
class Header:
    """Where each field stands. `unread` are titles that mean nothing to us."""

    number: int
    at: Mapping[str, int]
    titles: Mapping[str, str]
    unread: tuple[str, ...]
    doubles: tuple[tuple[str, str], ...]

    def __contains__(self, field: object) -> bool:
        return field in self.at

    def title(self, field: str) -> str:
        """The column as the file calls it, to be quoted in a problem."""
        return self.titles.get(field, "")

    def cell(self, line: Line, field: str) -> Cell:
        """The cell of a field; empty where the file has no such column or cell."""
        position = self.at.get(field, -1)
        return line.cells[position] if 0 <= position < len(line.cells) else ""


def header_of(sheet: Sheet, titles: Titles, *, needs: tuple[str, ...]) -> Header:
    """The row that names the columns. Raises `Unreadable` naming what is missing."""
    index = _index(titles)
    best: Header | None = None
    for line in sheet.lines:
        if line.number > _HEADER_WITHIN:
            break
        found = _read(line, index)
        if len(found.at) >= 2 and (best is None or _is_better(found, best)):
            best = found
    if best is None:
        raise Unreadable(
            file_problem(
                sheet.name,
                _("No row at the top names the columns."),
                _("Put a header row above the people; it needs at least: %(needs)s."),
                needs=", ".join(titles[field].partition("/")[0] for field in needs),
            )
        )
    missing = [field for field in needs if field not in best]
    if missing:
        raise Unreadable(*_missing(sheet.name, best, titles, missing))
    return best


def _is_better(found: Header, best: Header) -> bool:
    """More fields; of a header in two rows the lower one, which names the parts."""
    follows = found.number == best.number + 1
    return len(found.at) > len(best.at) or (follows and len(found.at) == len(best.at))


def _missing(sheet: str, header: Header, titles: Titles, missing: list[str]) -> Iterator[Problem]:
    seen = ", ".join([*header.titles.values(), *header.unread])
    for field in missing:
        yield Problem(
            sheet,
            header.number,
            titles[field].partition("/")[0],
            "",
            _("This column is missing."),
            _("Name a column so in the header row; it names: %(columns)s."),
            {"columns": seen},
        )


def _read(line: Line, index: Mapping[str, tuple[str, int]]) -> Header:
    at: dict[str, int] = {}
    ranks: dict[str, int] = {}
    names: dict[str, str] = {}
    unread: list[str] = []
    doubles: list[tuple[str, str]] = []
    for position, cell in enumerate(line.cells):
        known = index.get(_key(cell))
        title = tidy(str(cell))[:40]
        if known is None:
            unread += [title] if title else []
            continue
        field, rank = known
        if field in at and names[field] != title:
            doubles.append((names[field], title))
        if field not in at or rank < ranks[field]:
            at[field], ranks[field], names[field] = position, rank, title
    return Header(line.number, at, names, tuple(unread), tuple(doubles))


def rows_below(sheet: Sheet, header: Header) -> Iterator[Line]:
    for line in sheet.lines:
        if line.number > header.number:
            yield line


def is_roster(sheet: Sheet) -> bool:
    """Whether a sheet looks as if it were meant to list people."""
    index = _index(PEOPLE)
    return any(
        len(_read(line, index).at) >= 2 for line in sheet.lines if line.number <= _HEADER_WITHIN
    )


def heading_above(sheet: Sheet, header: Header) -> str:
    """The title that stands above the header row, if any."""
    for line in sheet.lines:
        if line.number >= header.number:
            return ""
        text = next((tidy(str(cell)) for cell in line.cells if cell != ""), "")
        if text:
            return text
    return ""
