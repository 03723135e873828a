"""Tables of gate and dormitory: what is read, and every problem with its row and its cure."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from lianfang.campus.rules import EveningCheck, Passage, Read, read_evening_checks, read_passages
from lianfang.kernel.clock import SHANGHAI
from lianfang.roster.imports.sheets import NamedFile, read_file

NOW = datetime(2020, 2, 10, 9, 0, tzinfo=SHANGHAI)


def gate(text: str) -> Read[Passage]:
    sheets = read_file(NamedFile("门禁.csv", text.encode()))
    return read_passages(sheets, now=NOW, keep_days=14)


def dorm(text: str) -> Read[EveningCheck]:
    sheets = read_file(NamedFile("查寝.csv", text.encode()))
    return read_evening_checks(sheets, now=NOW, keep_days=14)


@pytest.mark.parametrize(
    "moment",
    [
        "2020-02-09 21:03:05",
        "2020/2/9 21:03:05",
        "2020年2月9日 21:03:05",
        "2020-02-09T21:03:05+08:00",
    ],
)
def test_moments_as_readers_write_them(moment: str) -> None:
    read = gate(f"学号,门岗,方向,时间\n2019000001,北门,进,{moment}\n")
    assert read.problems == []
    assert read.rows[0].at == datetime(2020, 2, 9, 21, 3, 5, tzinfo=SHANGHAI)
    assert (read.rows[0].direction, read.rows[0].gate) == ("IN", "北门")


def test_english_headers_and_repeated_rows() -> None:
    row = "2019000001,North,out,2020-02-09 21:03\n"
    read = gate("number,gate,direction,at\n" + row + row)
    assert (len(read.rows), read.repeated, read.problems) == (1, 1, [])


def test_every_problem_at_once_with_row_column_value_and_cure() -> None:
    read = gate(
        "学号,门岗,方向,时间\n"
        ",北门,进,2020-02-09 21:03\n"
        "2019000001,北门,上,2020-02-09 21:03\n"
        "2019000001,北门,进,昨晚\n"
        "2019000001,北门,进,2020-02-11 21:03\n"
        "2019000001,北门,进,2020-01-01 21:03\n"
        f"2019000001,{'门' * 41},进,2020-02-09 21:03\n"
        "2019000001,北门,出,2020-02-09 21:03\n"
    )
    assert [(p.row, p.column, p.value[:4]) for p in read.problems] == [
        (2, "学号", ""), (3, "方向", "上"), (4, "时间", "昨晚"), (5, "时间", "2020"),
        (6, "时间", "2020"), (7, "门岗", "门门门门"),
    ]  # fmt: skip
    assert all(p.cure for p in read.problems)
    assert len(read.rows) == 1


def test_a_missing_column_and_an_empty_file_are_named() -> None:
    assert [p.column for p in gate("学号,门岗,时间\n1,北门,2020-02-09 21:03\n").problems] == [
        "方向"
    ]
    assert "no row below its header" in gate("学号,方向,时间\n").problems[0].text


def test_an_evening_check_after_midnight_belongs_to_the_evening_before() -> None:
    read = dorm(
        "学号,寝室,结果,时间\n1,3-101,在寝,2020-02-10 00:20\n2,3-102,未归,2020-02-09 22:30\n"
    )
    assert [(r.day, r.is_present) for r in read.rows] == [
        (date(2020, 2, 9), True), (date(2020, 2, 9), False),
    ]  # fmt: skip
