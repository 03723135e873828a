"""The two trees of the demonstration college."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from lianfang.kernel.actors import OPERATOR
from lianfang.roster import operations as roster
from lianfang.roster.models import Unit

FIRST_DAY = date(2019, 9, 1)
GRADES = (2017, 2018, 2019)
# department: majors, each with the short name of its classes
DEPARTMENTS: dict[str, dict[str, str]] = {
    "信息工程系": {"软件技术": "软件", "计算机网络技术": "网络", "物联网应用技术": "物联"},
    "机电工程系": {"机电一体化技术": "机电", "汽车检测与维修技术": "汽修"},
    "建筑工程系": {"工程造价": "造价", "建筑工程技术": "建工"},
    "财经管理系": {"会计": "会计", "电子商务": "电商"},
    "护理系": {"护理": "护理", "助产": "助产"},
    "医药技术系": {"药学": "药学", "医学检验技术": "检验"},
    "师范艺术系": {"小学教育": "小教", "学前教育": "学前", "音乐表演": "音乐"},
}
OFFICES = ("党政办公室", "组织人事部", "学生工作部", "教务处", "后勤保障处", "保卫处", "图书馆")
CLASSES_PER_MAJOR_AND_GRADE = 2


@dataclass
class Tree:
    college: Unit
    committee: Unit
    departments: list[Unit] = field(default_factory=list)
    offices: list[Unit] = field(default_factory=list)
    classes: list[Unit] = field(default_factory=list)
    branches: dict[int, list[Unit]] = field(default_factory=dict)  # by department key


class _Nursery:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.count = 0

    def open(self, tree: str, kind: str, name: str, parent: Unit | None, to: Unit | None) -> Unit:
        self.count += 1
        return roster.open_unit(
            tree=tree,
            kind=kind,
            code=f"{'P' if tree == 'PARTY' else 'A'}{self.count:03}",
            name=name,
            parent=parent,
            answers_to=to,
            position=self.count,
            day=FIRST_DAY,
            actor=OPERATOR,
            now=self.now,
        )


def plant(*, now: datetime) -> Tree:
    """Open every unit: the Party tree first, because the administrative one answers to it."""
    nursery = _Nursery(now)
    committee = nursery.open("PARTY", "COMMITTEE", "中共演示职业技术学院委员会", None, None)
    college = nursery.open("ADMINISTRATIVE", "COLLEGE", "演示职业技术学院", None, committee)
    tree = Tree(college=college, committee=committee)
    for name, majors in DEPARTMENTS.items():
        general = nursery.open("PARTY", "GENERAL_BRANCH", f"{name}党总支", committee, None)
        branches = [
            nursery.open("PARTY", "BRANCH", f"{name[:-1]}{who}党支部", general, None)
            for who in ("教工", "学生")
        ]
        department = nursery.open("ADMINISTRATIVE", "DEPARTMENT", name, college, general)
        tree.departments.append(department)
        tree.branches[department.pk] = branches
        for major, short in majors.items():
            node = nursery.open("ADMINISTRATIVE", "MAJOR", major, department, general)
            for grade in GRADES:
                for number in range(1, CLASSES_PER_MAJOR_AND_GRADE + 1):
                    title = f"{grade}级{short}{number}班"
                    tree.classes.append(
                        nursery.open("ADMINISTRATIVE", "CLASS", title, node, general)
                    )
    direct = [
        nursery.open("PARTY", "DIRECT_BRANCH", f"机关{n}党支部", committee, None) for n in "一二"
    ]
    for position, name in enumerate(OFFICES):
        office = nursery.open("ADMINISTRATIVE", "OFFICE", name, college, direct[position % 2])
        tree.offices.append(office)
        tree.branches[office.pk] = [direct[position % 2]]
    return tree
