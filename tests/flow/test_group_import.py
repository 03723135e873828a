"""A timetable, a canteen plan, a sign-in sheet: all of it or nothing, twice the same is once."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from lianfang.audit.models import Entry
from lianfang.groups import queries as groups
from lianfang.groups.models import Attendance, Group, GroupMember, Session
from lianfang.groups.plan import GroupPlan
from lianfang.groups.rules import GroupRef
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.clock import parse_moment
from lianfang.kernel.refusals import Invalid
from lianfang.roster.imports.sheets import NamedFile
from lianfang.usecases.group_import import GroupFileProblems, take_in
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)
TERM = (date(2020, 1, 27), date(2020, 2, 10))


def sheet(*rows: str) -> NamedFile:
    return NamedFile("课表.csv", "\n".join(rows).encode())


def taken(
    college: College, kind: str, *rows: str, apply: bool = True, term: bool = True,
    file: NamedFile | None = None,
) -> GroupPlan:  # fmt: skip
    since, until = TERM if term else (None, None)
    return take_in(
        file=file or sheet(*rows), kind=kind, since=since, until=until, apply=apply,
        actor=OPERATOR, now=college.now,
    )  # fmt: skip


TIMETABLE = (
    "课程号,课程,班级,星期,节次,教室",
    "GS1,高等数学,网络1班,周一,1-2,教1-101",
    "GS1,高等数学,网络1班,周三,3-4节,教1-102",
    "YY1,英语,网络1班,2,1-2,教2-201",
)


def test_a_timetable_of_classes_becomes_courses_with_their_meetings(college: College) -> None:
    tried = taken(college, "COURSE", *TIMETABLE, apply=False)
    assert not Group.objects.exists()
    assert tried.counts()["sessions_added"] == 6  # two weeks: 2 × (Mon, Wed) and 2 × Tue
    assert taken(college, "COURSE", *TIMETABLE).counts() == tried.counts()
    first = Session.objects.order_by("begins_at").first()
    assert first is not None
    assert (first.begins_at, first.ends_at) == (
        parse_moment("2020-01-27T08:00+08:00"), parse_moment("2020-01-27T09:40+08:00"),
    )  # fmt: skip
    shared = groups.members_of(GroupRef("COURSE", "GS1", ""), on=college.today)
    assert shared == {college[name].pk for name in ("小明", "小红", "小刚")}
    assert Entry.objects.filter(verb="groups.import.applied").count() == 1


def test_the_same_file_again_changes_nothing(college: College) -> None:
    taken(college, "COURSE", *TIMETABLE)
    assert taken(college, "COURSE", *TIMETABLE).is_empty
    assert Entry.objects.filter(verb="groups.import.applied").count() == 1


def test_from_its_first_day_on_a_group_is_what_the_newer_file_says(college: College) -> None:
    """小红 changes over on 3 February: before that day she was in, and the meetings stay."""
    people = [f"GS1,高等数学,{college[name].number},周一,1-2" for name in ("小明", "小红")]
    taken(college, "COURSE", "课程号,课程,学号,星期,节次", *people)
    later = take_in(
        file=sheet("课程号,课程,学号,星期,节次", people[0].replace("周一", "周四")), kind="COURSE",
        since=date(2020, 2, 3), until=date(2020, 2, 10), apply=True, actor=OPERATOR,
        now=college.now,
    )  # fmt: skip
    assert len(later.members_ended) == 1
    ref = GroupRef("COURSE", "GS1", "")
    assert groups.members_of(ref, on=date(2020, 2, 2)) == {college["小明"].pk, college["小红"].pk}
    assert groups.members_of(ref, on=date(2020, 2, 3)) == {college["小明"].pk}
    days = sorted(f"{s.begins_at:%m-%d}" for s in Session.objects.all())
    assert days == ["01-27", "02-06"]  # Monday 27 January was; the 3rd is Thursday's now


def test_odd_and_even_weeks_are_told_apart(college: College) -> None:
    taken(
        college,
        "COURSE",
        "课程,班级,星期,节次,单双周",
        "数学,网络1班,一,1-2,单周",
        "英语,网络1班,一,3-4,双周",
    )
    found = {s.group.name: f"{s.begins_at:%m-%d}" for s in Session.objects.select_related("group")}
    assert found == {"数学": "01-27", "英语": "02-03"}


def test_a_sitting_in_the_canteen_is_a_group_of_its_own(college: College) -> None:
    rows = [
        f"第一食堂,{begin},{end},{college[name].number},{seat}"
        for name, begin, end, seat in (
            ("小明", "11:40", "12:10", "5-1"), ("小红", "11:40", "12:10", "5-2"),
            ("小刚", "12:20", "12:50", "5-1"),
        )
    ]  # fmt: skip
    taken(college, "CANTEEN", "食堂,开始时间,结束时间,学号,座位", *rows)
    names = set(Group.objects.values_list("name", flat=True))
    assert names == {"第一食堂 11:40–12:10", "第一食堂 12:20–12:50"}
    assert Session.objects.count() == 28
    assert GroupMember.objects.get(person=college["小红"]).seat == "5-2"


def test_a_sign_in_sheet_says_who_was_there(college: College) -> None:
    head = "活动,日期,开始时间,结束时间,学号,姓名,座位"
    rows = [
        f"迎新晚会,2020-01-31,19:00,21:00,{college[n].number},{n},{n}" for n in ("小明", "外人")
    ]
    taken(college, "ACTIVITY", head, *rows)
    taken(college, "ACTIVITY", head, rows[0])  # a second sheet adds, it takes nobody away
    assert set(Attendance.objects.values_list("person__name", flat=True)) == {"小明", "外人"}
    assert Session.objects.count() == 1


def test_floors_are_taken_in_for_rooms_whose_number_says_none(college: College) -> None:
    college.lodge(小明="东一")
    taken(college, "FLOORS", "楼栋,房间,楼层", "6栋,东一,2")
    refs = groups.groups_of([college["小明"].pk], on=college.today)[college["小明"].pk]
    assert ("FLOOR", "6栋/2") in [ref.key for ref in refs]
    assert taken(college, "FLOORS", "楼栋,房间,楼层", "6栋,东一,2").is_empty


def test_everything_that_is_wrong_is_said_at_once_with_row_column_value_and_cure(
    college: College,
) -> None:
    with pytest.raises(GroupFileProblems) as refused:
        taken(
            college, "COURSE", "课程号,课程,学号,姓名,班级,星期,节次,开始日期,结束日期",
            "GS1,数学,19990001,某人,,周一,1-2,,",
            f"GS1,数学,{college['小明'].number},小红,,周一,1-2,,",
            "GS1,数学,,,网络9班,周一,1-2,,",
            "GS1,数学,,,,周一,1-2,,",
            "GS1,数学,,,网络7班,周八,1-2,,",
            "GS1,数学,,,网络1班,周一,1-22,,",
            "GS1,数学,,,网络1班,周一,1-2,2020-06-30,2020-02-01",
            "GS1,物理,,,网络1班,周一,1-2,,",
            ",,,,网络1班,周一,1-2,,",
            "GS2,化学,,,网络1班,周一,1-2,2020-02-30,",
        )  # fmt: skip
    found = [(p.row, p.column, p.value) for p in refused.value.plan.problems]
    assert found == [
        (2, "学号", "19990001"), (3, "姓名", "小红"), (4, "班级", "网络9班"), (5, "学号", ""),
        (6, "星期", "周八"), (6, "班级", "网络7班"), (7, "节次", "1-22"), (8, "结束日期", "2020-02-01"),
        (9, "课程", "物理"), (10, "课程", ""), (11, "开始日期", "2020-02-30"),
    ]  # fmt: skip
    assert all(p.text and p.cure for p in refused.value.plan.problems)
    assert not Group.objects.exists()


@pytest.mark.parametrize(
    "kind, rows",
    [
        ("ACTIVITY", ("活动,日期,开始时间,结束时间,班级", "晚会,2020-02-09,19:00,21:00,网络1班")),
        ("ACTIVITY", ("活动,日期,开始时间,结束时间,班级", "晚会,2020-01-31,21:00,19:00,网络1班")),
        ("ACTIVITY", ("活动,日期,班级", "晚会,2020-01-31,网络1班")),
        ("ACTIVITY", ("活动,日期,开始时间,结束时间,班级", "晚会,2020-01-31,25:00,,网络1班")),
        ("COURSE", ("课程,星期", "数学,周一")),
        ("COURSE", ("学号,星期", "1,周一")),
        ("COURSE", ("课程,班级",)),
        ("COURSE", ("",)),
        ("FLOORS", ("楼栋,房间,楼层", "6栋,东一,2", "6栋,东一,3", "6栋,,3")),
    ],
)
def test_an_odd_list_is_refused(college: College, kind: str, rows: tuple[str, ...]) -> None:
    """In the future, end before start, a day without times, no column for people or the group."""
    with pytest.raises(GroupFileProblems):
        taken(college, kind, *rows)
    assert not Group.objects.exists()


def test_a_timetable_that_says_no_term_is_refused_and_an_unknown_kind_too(college: College) -> None:
    with pytest.raises(GroupFileProblems):
        taken(college, "COURSE", *TIMETABLE, term=False)
    with pytest.raises(Invalid):
        taken(college, "MOON", *TIMETABLE)


def test_a_workbook_with_times_of_excel_is_read_too(college: College) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (
        ["实训室", "学号", "星期", "开始时间", "结束时间", "座位"],
        ["机房3", college["小明"].number, 5, 0.375, 0.4375, "3-5"],
    ):
        book.active.append(row)
    data = BytesIO()
    book.save(data)
    taken(college, "WORKSHOP", file=NamedFile("机房.xlsx", data.getvalue()))
    first = Session.objects.order_by("begins_at").first()
    assert first is not None
    assert first.begins_at == parse_moment("2020-01-31T09:00+08:00")
