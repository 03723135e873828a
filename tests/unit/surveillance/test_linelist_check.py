"""What a line list may not say; the dirty Ebola list; the sound lists of Tianjin and Hagelloch."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from lianfang.commands import linelist as command
from lianfang.commands.main import main
from lianfang.surveillance import attack_table, chain_measures
from lianfang.surveillance.faults import FileFaults
from lianfang.surveillance.linelist_check import check_linelist

HEAD = "编号,感染日期,发病日期,报告日期,医院,感染来源编号"


def faults_of(tmp_path: Path, *rows: str, today: date | None = None) -> list[tuple[int | None, str | None, str]]:  # fmt: skip
    path = tmp_path / "cases.csv"
    path.write_text("\n".join([HEAD, *rows]))
    return [(one.row, one.column, one.value) for one in check_linelist(path, today=today).faults]


def test_a_sound_list_has_nothing(tmp_path: Path) -> None:
    rows = ("1,2020-01-20,2020-01-25,2020-01-27,市中心医院,", "2,NA,2020/1/26,,市中心医院,1")
    assert faults_of(tmp_path, *rows, today=date(2020, 2, 1)) == []


@pytest.mark.parametrize(
    "rows, expected",
    [
        (("1,,,,,", "1,,,,,"), (3, "编号", "1")),
        ((",,2020-01-25,,,",), (2, "编号", "")),
        (("1,,2020-01-25,2020-01-24,,",), (2, "报告日期", "2020-01-24")),
        (("1,2020-01-26,2020-01-25,,,",), (2, "发病日期", "2020-01-25")),
        (("1,2020-01-25,2020-01-25,,,",), (2, "发病日期", "2020-01-25")),
        (("1,,2563-01-25,,,",), (2, "发病日期", "2563-01-25")),
        (("1,,25/01/2563,,,",), (2, "发病日期", "25/01/2563")),
        (("1,,2020-02-30,,,",), (2, "发病日期", "2020-02-30")),
        (("1,,yesterday,,,",), (2, "发病日期", "yesterday")),
        (("1,,25/01/2020,,,", "2,,01/26/2020,,,"), (3, "发病日期", "01/26/2020")),
        (("1,,2020-02-02,,,",), (2, "发病日期", "2020-02-02")),
        (("1,,,,,1",), (2, "感染来源编号", "1")),
        (("1,,,,,9",), (2, "感染来源编号", "9")),
        (("1,,,,达州市中心医院,", "2,,,,达州市中心医院,", "3,,,,达州市中心 医院,"),
         (4, "医院", "达州市中心 医院")),
    ],
)  # fmt: skip
def test_what_cannot_be_so_is_named_with_row_column_and_value(
    tmp_path: Path, rows: tuple[str, ...], expected: tuple[int, str, str]
) -> None:
    assert faults_of(tmp_path, *rows, today=date(2020, 2, 1)) == [expected]


def test_a_year_of_the_buddhist_calendar_is_told_with_what_is_right(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"{HEAD}\n1,,2563-01-25,,,\n")
    [fault] = check_linelist(path).faults
    assert "2020" in str(fault)


def test_the_second_and_the_first_hospital_are_two(tmp_path: Path) -> None:
    rows = [f"{n},,,,达州市第{'一二'[n % 2]}人民医院," for n in range(1, 9)]
    assert faults_of(tmp_path, *rows) == []


def test_a_file_without_numbers_of_cases_is_no_line_list(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(FileFaults):
        check_linelist(path)


# ---------------------------------------------------------------- lists of others


def test_the_dirty_ebola_list_is_told_from_the_clean_one(shared: Path) -> None:
    """59 cases fell ill on the day of infection, which no clean list has; 100 rows write Hopital."""
    folder = shared / "outbreaks"
    dirty, clean = folder / "ebola_sim_dirty_linelist.csv", folder / "ebola_sim_clean_linelist.csv"
    rows = {
        row["case_id"]: n
        for n, row in enumerate(csv.DictReader(dirty.read_text().splitlines()), start=2)
    }
    kept = {row["case_id"] for row in csv.DictReader(clean.read_text().splitlines())}
    found = check_linelist(dirty)
    same_day = {one.row for one in found.faults if one.column == "date_of_onset"}
    assert same_day == {row for case, row in rows.items() if case not in kept}
    spellings = [one for one in found.faults if one.column == "hospital"]
    assert {one.value: one.details["usual"] for one in spellings} == {
        one.value: one.value.replace("Hopital", "Hospital") for one in spellings
    }
    assert sum(int(one.details["rows"]) for one in spellings) == 100
    told = Counter(one.column for one in check_linelist(clean).faults)
    assert set(told) == {"date_of_outcome"}  # what even its makers left: out before in


def test_two_cases_of_one_number_in_a_doubled_ebola_list_are_all_found(
    shared: Path, tmp_path: Path
) -> None:
    lines = (shared / "outbreaks/ebola_sim_clean_linelist.csv").read_text().splitlines()
    path = tmp_path / "doubled.csv"
    path.write_text("\n".join([*lines, *lines[1:]]))
    doubled = [one for one in check_linelist(path).faults if one.column == "case_id"]
    assert len(doubled) == len(lines) - 1


def test_the_lists_of_tianjin_and_hagelloch_are_sound(shared: Path) -> None:
    folder = shared / "outbreaks"
    for name, cases in (("covid19_tianjin_2020_cases.csv", 135), ("measles_hagelloch_1861.csv", 188)):  # fmt: skip
        found = check_linelist(folder / name)
        assert (found.rows, found.faults) == (cases, ())


def test_the_classes_of_hagelloch_fell_ill_and_the_chain_says_so(shared: Path) -> None:
    """Class and household: the first class was struck whole; the reference counts hold."""
    with (shared / "outbreaks/measles_hagelloch_1861.csv").open() as file:
        cases = list(csv.DictReader(file))
    by_class = Counter(case["class"] for case in cases)
    assert by_class == {"0": 90, "1": 30, "2": 68}
    homes = Counter(case["family_ID"] for case in cases)
    measures = chain_measures(
        [case["case_ID"] for case in cases],
        [case["infector"] or None if case["infector"] != "NA" else None for case in cases],
        [date.fromisoformat(case["date_of_prodrome"]) for case in cases],
    )
    reference = dict(
        csv.reader((shared / "methods/hagelloch_chain_measures_R.csv").read_text().splitlines())
    )
    assert measures.cases == int(reference["cases"])
    assert measures.cases_with_infector == int(reference["cases_with_infector"])
    assert measures.serial.mean == pytest.approx(float(reference["mean_serial_interval_days"]))
    assert measures.max_offspring == int(reference["max_secondary_cases"])
    home_of = {case["case_ID"]: case["family_ID"] for case in cases}
    at_home = sum(home_of[c["case_ID"]] == home_of.get(c["infector"]) for c in cases)
    assert 0 < at_home < measures.cases_with_infector
    assert homes.most_common(1)[0][1] > 1


def test_the_vanilla_ice_cream_of_oswego(shared: Path) -> None:
    """All fourteen foods are compared in test_attack; here the one answer everybody knows."""
    with (shared / "outbreaks/oswego_1940_church_supper.csv").open() as file:
        people = list(csv.DictReader(file))
    found = attack_table(
        [one["ill"] == "Y" for one in people],
        {"vanilla": [one["vanilla.ice.cream"] == "Y" for one in people]},
    )["vanilla"]
    assert found.risk_ratio == pytest.approx(5.57, abs=0.01)


# ---------------------------------------------------------------- the command


def test_the_command_says_every_problem_and_how_many(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"{HEAD}\n1,,2563-01-25,,,\n1,,2020-01-25,2020-01-20,,\n")
    assert main(["--lang", "en", "linelist", "check", str(path)]) == command.PROBLEMS
    told = capsys.readouterr()
    assert "row 2, column 发病日期" in told.err
    assert "2 cases read, 3 problems" in told.out
    assert main(["linelist", "check", str(path), "--json"]) == command.PROBLEMS
    path.write_text(f"{HEAD}\n1,,2020-01-25,,,\n")
    assert main(["linelist", "check", str(path), "--today", "2020-02-01"]) == command.DONE
