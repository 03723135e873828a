"""One cell at a time: what it is read as, or the sentence that says why not."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from lianfang.roster.imports import phones, values
from lianfang.roster.imports.columns import PARTY, PEOPLE, POSTS, header_of
from lianfang.roster.imports.people import Record, read_people
from lianfang.roster.imports.problems import Problem, Wrong
from lianfang.roster.imports.sheets import Line, Sheet, numbered
from tests import rosters


def wrong(read: Any, cell: Any) -> str:
    with pytest.raises(Wrong) as caught:
        read(cell)
    assert caught.value.cure
    return caught.value.text % caught.value.context


@pytest.mark.parametrize(
    "cell",
    [
        "14226501564",
        14226501564,
        14226501564.0,
        "14226501564.0",
        "142 2650 1564",
        "142-2650-1564",
        "142 - 2650 – 1564",
        "+8614226501564",
        "+86 142 2650 1564",
        "8614226501564",
        "0086 14226501564",
        "１４２２６５０１５６４",
        "＋８６１４２２６５０１５６４",
        "\u200b14226501564\ufeff",
        " 14226501564 ",
    ],
)
def test_a_phone_in_any_usual_spelling_is_one_number(cell: Any) -> None:
    assert phones.phone(cell) == "+8614226501564"


@pytest.mark.parametrize(
    "cell, stored",
    [
        ("13800138000", "+8613800138000"),
        ("19912345678", "+8619912345678"),
        ("0818-2345678", "+868182345678"),
        ("+852 9123 4567", "+85291234567"),
        ("", ""),
        ("无", ""),
        ("-", ""),
    ],
)
def test_other_phones_are_stored_in_one_form_or_are_none(cell: str, stored: str) -> None:
    assert phones.phone(cell) == stored


@pytest.mark.parametrize(
    "cell, part",
    [
        ("142265015641", "12 digits"),
        ("1422650156", "10 digits"),
        ("10226501564", "11 digits"),
        ("1422650156a", "digits only"),
        ("张三14226501564", "digits only"),
        (14226501564.5, "a fraction"),
        (float("inf"), "a fraction"),
        ("1.42265E+10", "powers of ten"),
        ("14226501564/14226501565", "several numbers"),
        ("14226501564、14226501565", "several numbers"),
        ("142\x002650", "control character"),
    ],
)
def test_what_is_no_phone_is_told(cell: Any, part: str) -> None:
    assert part in wrong(phones.phone, cell)


@pytest.mark.parametrize(
    "cell, read",
    [
        ("20170101101", "20170101101"),
        (20170101101.0, "20170101101"),
        ("20170101101.0", "20170101101"),
        ("T20001", "T20001"),
        ("Ｔ２０００１ ", "T20001"),
        ("2017-01-01", "2017-01-01"),
    ],
)
def test_numbers_are_read_as_they_are_meant(cell: Any, read: str) -> None:
    assert values.number(cell) == read


@pytest.mark.parametrize(
    "cell, part",
    [
        (511702200001011234.0, "rounded this long number"),
        (float("inf"), "rounded this long number"),
        (float("nan"), "rounded this long number"),
        ("5.11702E+17", "powers of ten"),
        ("", "empty"),
        ("学号1", "no student or staff number"),
        (20170101101.5, "no student or staff number"),
        ("a" * 33, "no student or staff number"),
        ("1\x002", "control character"),
        ("#N/A", "error of Excel"),
    ],
)
def test_what_is_no_number_is_told(cell: Any, part: str) -> None:
    assert part in wrong(values.number, cell)


@pytest.mark.parametrize(
    "cell, read",
    [
        ("张三", "张三"),
        ("张　三", "张三"),
        (" 张  三 ", "张三"),
        ("吉克•古丽", "吉克·古丽"),
        ("吉克・古丽", "吉克·古丽"),
        ("Anna  Maria Weiss", "Anna Maria Weiss"),
        ("髙﨑", "髙﨑"),
        ("\ufeff张三", "张三"),
    ],
)
def test_names_are_kept_as_people_write_them(cell: str, read: str) -> None:
    assert values.name(cell) == read


@pytest.mark.parametrize(
    "cell, part",
    [
        ("", "empty"),
        ("　 ", "empty"),
        ("\u202e三张", "U+202E"),
        ("张\u2066三", "U+2066"),
        ("张\x00三", "control character"),
        ("张_x0000_三", "control character"),
        ("张\x1b三", "control character"),
        ("20190001", "not a name"),
        ("——", "not a name"),
        ("张" * 61, "61 characters long"),
    ],
)
def test_what_is_no_name_is_told(cell: str, part: str) -> None:
    assert part in wrong(values.name, cell)


@pytest.mark.parametrize(
    "cell",
    ["6栋101", "6栋-101", "6#101", "6号楼101室", "6-101", "6幢101", "６栋１０１", "6 101", "6号公寓101", "6栋101房"],
)  # fmt: skip
def test_a_dormitory_in_any_usual_spelling_is_one_room(cell: str) -> None:
    assert values.lodging(cell) == ("6", "101")


@pytest.mark.parametrize(
    "cell, room",
    [
        ("北苑3栋402", ("北苑3", "402")),
        ("A栋B201", ("A", "B201")),
        ("学府苑12栋1单元101", ("学府苑12", "1-101")),
        ("走读", None),
        ("校外住宿", None),
        ("", None),
    ],
)
def test_other_lodgings(cell: str, room: tuple[str, str] | None) -> None:
    assert values.lodging(cell) == room


@pytest.mark.parametrize("cell", ["6101", "家属院", "6栋", "待定"])
def test_a_lodging_that_cannot_be_told_apart_is_not_guessed(cell: str) -> None:
    assert "no lodging is stored" in wrong(values.lodging, cell)


@pytest.mark.parametrize(
    "cell",
    [
        "2020-01-31", "2020/1/31", "2020.1.31", "20200131", "2020年1月31日", "2020-01-31 00:00:00",
        43861, 43861.0, "43861", 20200131.0, date(2020, 1, 31), datetime(2020, 1, 31, 8, 30),  # noqa: DTZ001  (cells have no zone)
    ],
)  # fmt: skip
def test_a_day_as_text_as_a_date_or_as_a_serial_of_excel(cell: Any) -> None:
    assert values.day(cell) == date(2020, 1, 31)


@pytest.mark.parametrize("cell", ["31/1/2020", "2020-02-30", "昨天", 1e9, "1900-01-01", 12])
def test_what_is_no_day_is_told(cell: Any) -> None:
    assert wrong(values.day, cell) == "This is not a day."


@pytest.mark.parametrize(
    "cell, year",
    [("2019", "2019"), ("2019级", "2019"), ("19级", "2019"), (2019.0, "2019"), ("", "")],
)
def test_the_year_of_entry(cell: Any, year: str) -> None:
    assert values.grade(cell) == year


@pytest.mark.parametrize(
    "name, year",
    [("2017级网络1班", "2017"), ("17级护理2班", "2017"), ("2018软件1班", "2018"), ("网络1班", "")],
)
def test_the_year_of_entry_in_the_name_of_a_class(name: str, year: str) -> None:
    assert values.grade_in(name) == year


def test_long_cells_are_told_and_not_cut() -> None:
    assert "300 characters long" in wrong(values.text, "长" * 300)


# ---------------------------------------------------------------- headers


def header(titles: list[Any], words: Any = PEOPLE, needs: tuple[str, ...] = ()) -> dict[str, int]:
    sheet = Sheet("a", (Line(1, tuple(titles)),))
    return dict(header_of(sheet, words, needs=needs).at)


@pytest.mark.parametrize(
    "titles, at",
    [
        (["学号", "姓名", "系部", "行政班"], {"number": 0, "name": 1, "department": 2, "class_name": 3}),
        (["工号*", "姓 名", "所在部门", "联系电话(必填)"], {"number": 0, "name": 1, "department": 2, "phone": 3}),
        (["学号/工号", "姓名：", "二级学院", "手机号码"], {"number": 0, "name": 1, "department": 2, "phone": 3}),
        (["PID", "Name", "Dept", "Class", "Phone Number"], {"number": 0, "name": 1, "department": 2, "class_name": 3, "phone": 4}),
        (["编号", "姓名", "寝室号", "班主任"], {"number": 0, "name": 1, "lodging": 2, "counselor": 3}),
        (["学号", "姓名", "家长联系电话", "紧急联系人"], {"number": 0, "name": 1}),
    ],
)  # fmt: skip
def test_columns_are_recognised_however_they_are_called(
    titles: list[str], at: dict[str, int]
) -> None:
    assert header(titles) == at


def test_the_tables_of_organisations_and_posts_have_their_own_words() -> None:
    chinese = header(["编号", "名称", "类型", "上级编号"], PARTY)
    assert chinese == header(["code", "name", "kind", "parent_code"], PARTY)
    assert header(["单位", "岗位", "工号"], POSTS) == {"unit": 0, "role": 1, "number": 2}


# ---------------------------------------------------------------- rows


def read(rows: rosters.Rows, *, name: str = "学生名册") -> tuple[list[Record], list[Problem]]:
    lines = numbered(tuple("" if cell is None else cell for cell in row) for row in rows)
    people = read_people([Sheet(name, lines)])
    return people.records, people.problems


def test_every_wrong_cell_of_every_row_is_told_at_once() -> None:
    rows = [
        rosters.STUDENTS,
        rosters.student(1, 姓名="", 手机号="12"),
        rosters.student(2, 学号=511702200001011234.0, 性别="x"),
        rosters.student(3),
    ]
    records, problems = read(rows)
    assert [record.number for record in records] == ["2019000003"]
    assert [(problem.row, problem.column) for problem in problems] == [
        (2, "姓名"), (2, "手机号"), (3, "学号"), (3, "性别"),
    ]  # fmt: skip
    assert all(problem.cure for problem in problems)


def test_rows_carry_the_number_that_excel_shows() -> None:
    rows = [["学院名册"], ["　"], rosters.STUDENTS, [" "], rosters.student(1, 姓名="")]
    _records, [problem] = read(rows)
    assert problem.row == 5


def test_a_header_that_is_printed_again_and_a_footer_are_no_people() -> None:
    rows = [
        rosters.STUDENTS, rosters.student(1), list(rosters.STUDENTS), rosters.student(2),
        ["合计:2人"], ["制表人:张三"],
    ]  # fmt: skip
    records, problems = read(rows)
    assert ([record.number[-1] for record in records], problems) == (["1", "2"], [])


@pytest.mark.parametrize(
    "title, sheet, category",
    [
        ("学号", "Sheet1", "STUDENT"),
        ("工号", "Sheet1", "STAFF"),
        ("编号", "教职工名册", "STAFF"),
        ("编号", "学生名册", "STUDENT"),
        ("编号", "Sheet1", "STUDENT"),
    ],
)
def test_students_and_staff_are_told_apart(title: str, sheet: str, category: str) -> None:
    records, _problems = read(
        [[title, "姓名", "班级", "部门"], ["1", "张三", "1班", "信息系"]], name=sheet
    )
    assert [record.category for record in records] == [category]


def test_a_column_of_categories_decides_row_by_row() -> None:
    rows = [
        ["编号", "姓名", "人员类别", "班级", "部门"],
        ["1", "张三", "学生", "1班", ""],
        ["2", "李四", "教职工", "", "教务处"],
        ["3", "王五", "外包人员", "", "后勤处"],
        ["4", "赵六", "校友", "", "后勤处"],
    ]
    records, [problem] = read(rows)
    assert [record.category for record in records] == ["STUDENT", "STAFF", "CONTRACTOR"]
    assert (problem.row, problem.column) == (5, "人员类别")


def test_a_lodging_that_is_not_understood_does_not_stop_the_person() -> None:
    records, [note] = read([rosters.STUDENTS, rosters.student(1, 宿舍="家属院")])
    assert (note.severity, records[0].lodging) == ("warning", None)


def test_merged_cells_stand_in_every_row() -> None:
    import io

    import xlsxwriter

    from lianfang.roster.imports.sheets import NamedFile, read_file

    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    sheet = book.add_worksheet("学生名册")
    sheet.write_row(0, 0, ["学号", "姓名", "院系", "班级"])
    for n in range(1, 4):
        sheet.write_row(n, 0, [f"{n}", f"张{chr(0x4E00 + n)}", None, "1班"])
    sheet.merge_range(1, 2, 3, 2, "信息系")
    book.close()
    people = read_people(read_file(NamedFile("a.xlsx", data.getvalue())))
    assert [record.department for record in people.records] == ["信息系"] * 3
