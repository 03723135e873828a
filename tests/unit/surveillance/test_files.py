"""`detect_csv` and `trace_csv`: the layouts of the reference, and what is said about bad files."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest

from lianfang.surveillance import BadParameter
from lianfang.surveillance.faults import MOST_FAULTS, FileFaults
from lianfang.surveillance.files import detect_csv, trace_csv

WEEK = [2, 4, 4, 4, 5, 5, 4]
SETS = {
    "software": "ours",
    "EARS": {"E": {"method": "C1"}, "short": {"method": "C1", "baseline": 14}},
    "CUSUM": {"U": {"k": 0.5, "h": 3, "training": 4}, "default": {}, "season": {"m": "glm"}},
    "farringtonFlexible": {"F": {"b": 3, "w": 1, "thresholdMethod": "nbPlugin", "limit54": [0, 4]}},
}

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return write


@pytest.fixture
def sets(write: Write) -> Path:
    return write("params.json", json.dumps(SETS))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.csv"


def table(*counts: object, name: str = "S", freq: int = 365) -> str:
    rows = [f"{name},{freq},{t},{count}" for t, count in enumerate(counts, start=1)]
    return "\n".join(["series_id,freq,t,observed", *rows]) + "\n"


def faults(refusal: pytest.ExceptionInfo[FileFaults]) -> list[tuple[Any, ...]]:
    return [(f.row, f.column, f.value, f.expected % f.details) for f in refusal.value.faults]


# ---------------------------------------------------------------- detect


def test_a_row_per_moment_that_can_be_judged_with_nothing_lost(
    write: Write, sets: Path, out: Path
) -> None:
    summary = detect_csv(write("s.csv", table(*WEEK, 4, 9)), sets, "E", out)
    header, *lines = csv.reader(out.read_text(encoding="utf-8").splitlines())
    assert header == ["series_id", "param_set", "t", "observed", "upperbound", "alarm"]
    bounds = [line.pop(4) for line in lines]
    assert lines == [["S", "E", "8", "4", "0"], ["S", "E", "9", "9", "1"]]
    assert bounds[0] == "7.0902323061678132"
    # The second week is 4 4 4 5 5 4 4: mean 30/7, sum of squares 10/7.
    z = NormalDist().inv_cdf(0.999)
    assert float(bounds[1]) == pytest.approx(30 / 7 + z * math.sqrt(10 / 42), rel=1e-15)
    assert (summary.series, summary.rows, summary.alarms, summary.not_judged) == (1, 2, 1, 0)


def test_a_missing_count_is_not_judged_and_stays_missing(
    write: Write, sets: Path, out: Path
) -> None:
    summary = detect_csv(write("s.csv", table(*WEEK, "", "NA", 3)), sets, "E", out)
    rows = list(csv.reader(out.read_text(encoding="utf-8").splitlines()[1:]))
    assert [row[3:] for row in rows] == [
        ["NA", "7.0902323061678132", "NA"],
        ["NA", "NaN", "NA"],
        ["3", "NaN", "NA"],
    ]
    assert summary.not_judged == 3


def test_series_keep_their_order_and_rows_may_be_shuffled(
    write: Write, sets: Path, out: Path
) -> None:
    lines = table(*WEEK, 1, name="b").splitlines() + table(*WEEK, 2, name="a").splitlines()[1:]
    shuffled = [lines[0], lines[5], *lines[1:5], *lines[6:]]
    detect_csv(write("s.csv", "\n".join(shuffled)), sets, "E", out)
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [(row["series_id"], row["t"], row["observed"]) for row in rows] == [
        ("b", "8", "1"),
        ("a", "8", "2"),
    ]


def test_a_series_that_is_too_short_is_named_and_the_others_are_judged(
    write: Write, sets: Path, out: Path
) -> None:
    long = table(*[1] * 20, name="long")
    short = table(*[1] * 14, name="short").split("\n", 1)[1]
    summary = detect_csv(write("s.csv", long + short), sets, "short", out)
    assert summary.series == 1
    [left_out] = summary.not_run
    assert (left_out.series_id, left_out.param_set) == ("short", "short")
    assert str(left_out.reason).startswith("series too short: 14 values")
    assert "short,short" not in out.read_text(encoding="utf-8")


def test_the_cusum_has_its_level_and_sum_and_a_training_of_its_own(
    write: Write, sets: Path, out: Path
) -> None:
    series = write("s.csv", table(3, 5, 4, 4, 8, 4, 10, 0))
    detect_csv(series, sets, "U", out)
    assert out.read_text(encoding="utf-8").splitlines() == [
        "series_id,param_set,t,observed,m,cusum,upperbound,alarm",
        "S,U,5,8,4,1.5,11,0",
        "S,U,6,4,4,1,8,0",
        "S,U,7,10,4,3.5,9,1",
        "S,U,8,0,4,1,4,0",
    ]


@pytest.mark.parametrize(
    "size,freq,param_set,first",
    [(20, 365, "default", 15), (14, 365, "default", 8), (120, 52, "default", 105)],
)
def test_without_a_training_two_years_of_weeks_or_a_fortnight_teach(
    write: Write, sets: Path, out: Path, size: int, freq: int, param_set: str, first: int
) -> None:
    detect_csv(write("s.csv", table(*[1] * size, freq=freq)), sets, param_set, out)
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert rows[0]["t"] == str(first)


def test_a_seasonal_level_is_not_fitted_to_a_fortnight(write: Write, sets: Path, out: Path) -> None:
    summary = detect_csv(write("s.csv", table(*[1] * 100)), sets, "season", out)
    assert (summary.series, len(summary.not_run)) == (0, 1)


def test_farrington_writes_all_its_columns(write: Write, sets: Path, out: Path) -> None:
    counts = [5 + t % 4 for t in range(170)]
    detect_csv(write("s.csv", table(*counts, freq=52)), sets, "F", out)
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert rows[0]["t"] == str(3 * 52 + 2)
    assert list(rows[0])[4:] == [
        *("expected", "upperbound", "alarm", "score", "pvalue", "mu0", "phi", "trend")
    ]


@pytest.mark.parametrize(
    "name,param_sets,layout",
    [
        ("ears.csv", [f"E{i}" for i in range(1, 8)], "EARS"),
        ("cusum.csv", [f"U{i}" for i in range(1, 7)], "CUSUM"),
        ("farrington_flexible.csv", [f"F{i}" for i in range(1, 5)], "farringtonFlexible"),
    ],
)
def test_the_written_file_is_the_reference_cell_by_cell(
    rref: Path, out: Path, name: str, param_sets: list[str], layout: str
) -> None:
    with (rref / name).open(encoding="utf-8") as text:
        header, *lines = csv.reader(text)
    for param_set in param_sets:
        detect_csv(rref / "series.csv", rref / "params.json", param_set, out)
        with out.open(encoding="utf-8") as text:
            ours_header, *ours = csv.reader(text)
        assert ours_header == header
        theirs = [line for line in lines if line[1] == param_set]
        by_place = {(line[0], line[2]): line for line in ours}
        if layout == "EARS":
            assert [line[:3] for line in ours] == [line[:3] for line in theirs]
        for line in theirs:
            mine = by_place[line[0], line[2]]
            assert all(map(same, mine, line)), (mine, line)


def same(mine: str, theirs: str) -> bool:
    if mine == theirs:
        return True
    try:
        a, b = float(mine), float(theirs)
    except ValueError:
        return False
    return abs(a - b) <= 1e-9 * max(1.0, abs(b))


# ---------------------------------------------------------------- detect: what is wrong


def test_everything_wrong_with_a_table_is_said_at_once(write: Write, sets: Path, out: Path) -> None:
    rows = [
        "series_id,freq,t,observed",
        "A,52,1,three",
        "A,52,3,1",
        "A,53,4,-1",
        "A,52,4,1",
        ",52,1,1",
        "B,0,x,1",
        "C,52,1",
        "C,52,1,1_000",
        "C,52,2,inf",
        "C,52,３,1",
    ]
    with pytest.raises(FileFaults) as refusal:
        detect_csv(write("s.csv", "\n".join(rows)), sets, "E", out)
    count = "a count, a number of 0 or more, or nothing for a missing one"
    assert faults(refusal) == [
        (2, "observed", "three", count),
        (4, "observed", "-1", count),
        (4, "freq", "53", "52, as in the first row of series A"),
        (5, "t", "4", "each t once in series A; row 4 has it already"),
        (6, "series_id", "", "a name"),
        (7, "freq", "0", "moments per year, a whole number from 2 to 366"),
        (7, "t", "x", "the number of the moment, a whole number from 1"),
        (8, None, "3 cells", "4 cells, as in the header"),
        (9, "observed", "1_000", count),
        (10, "observed", "inf", count),
        (11, "t", "３", "the number of the moment, a whole number from 1"),
        (3, "t", "3", "t = 2 too; series A must run from 1 to 4 without a gap"),
    ]
    assert not out.exists()
    first = str(refusal.value).splitlines()[0]
    assert first.endswith(f"s.csv, row 2, column observed: found three, expected {count}")


def test_both_files_are_read_before_either_is_refused(write: Write, out: Path) -> None:
    with pytest.raises(FileFaults) as refusal:
        detect_csv(write("s.csv", table("?")), write("p.json", "{}"), "E", out)
    assert [Path(fault.file).name for fault in refusal.value.faults] == ["s.csv", "p.json"]


def test_a_hopeless_table_is_given_up_after_enough_faults(
    write: Write, sets: Path, out: Path
) -> None:
    with pytest.raises(FileFaults, match="reading stopped after 200 faults") as refusal:
        detect_csv(write("s.csv", table(*["?"] * 1000)), sets, "E", out)
    assert refusal.value.stopped
    assert len(refusal.value.faults) == MOST_FAULTS


@pytest.mark.parametrize(
    "content,row,expected",
    [
        ("", 1, "the columns series_id,freq,t,observed"),
        ("series,freq,t,observed\n", 1, "the columns series_id,freq,t,observed"),
        ("series_id,freq,t,t,observed\n", 1, "each heading once"),
        ('series_id,freq,t,observed\n"A,52,1,1\n', 3, "a row of comma-separated values"),
    ],
)
def test_a_table_that_is_none_is_refused(
    write: Write, sets: Path, out: Path, content: str, row: int, expected: str
) -> None:
    with pytest.raises(FileFaults) as refusal:
        detect_csv(write("s.csv", content), sets, "E", out)
    [(said_row, _, _, said)] = faults(refusal)
    assert said.startswith(expected)
    assert said_row in (row, row - 1)


def test_a_file_that_is_missing_or_no_utf8_is_refused_by_name(
    tmp_path: Path, sets: Path, out: Path
) -> None:
    with pytest.raises(FileFaults, match="No such file"):
        detect_csv(tmp_path / "nowhere.csv", sets, "E", out)
    gb = tmp_path / "gb.csv"
    gb.write_bytes("series_id,freq,t,observed\n一班,365,1,1\n".encode("gb18030"))
    with pytest.raises(FileFaults, match="text in UTF-8"):
        detect_csv(gb, sets, "E", out)


def test_a_byte_order_mark_and_windows_line_ends_are_no_faults(
    tmp_path: Path, sets: Path, out: Path
) -> None:
    path = tmp_path / "excel.csv"
    path.write_bytes(b"\xef\xbb\xbf" + table(*WEEK, 4).replace("\n", "\r\n").encode())
    assert detect_csv(path, sets, "E", out).rows == 1


@pytest.mark.parametrize(
    "values,column,value,expected",
    [
        ({"methd": "C1"}, "EARS.X.methd", '"C1"', "one of the keys method, baseline,"),
        ({"method": 1}, "EARS.X.method", "1", "a text"),
        ({"method": "C4"}, "EARS.X.method", "C4", "one of C1, C2, C3"),
        ({}, "EARS.X.method", "None", "one of C1, C2, C3"),
        ({"method": "C1", "baseline": 7.5}, "EARS.X.baseline", "7.5", "a whole number"),
        ({"method": "C1", "baseline": True}, "EARS.X.baseline", "true", "a whole number"),
        ({"method": "C1", "baseline": 2}, "EARS.X.baseline", "2", "at least 3"),
        ({"method": "C1", "alpha": "5%"}, "EARS.X.alpha", '"5%"', "a number"),
        ({"method": "C1", "alpha": 5}, "EARS.X.alpha", "5", "more than 0 and less than 1"),
    ],
)
def test_a_parameter_that_is_wrong_is_named_with_its_path(
    write: Write, out: Path, values: dict[str, Any], column: str, value: str, expected: str
) -> None:
    sets = write("p.json", json.dumps({"EARS": {"X": values}}))
    with pytest.raises(FileFaults) as refusal:
        detect_csv(write("s.csv", table(*[1] * 20)), sets, "X", out)
    [(row, said_column, said_value, said)] = faults(refusal)
    assert (row, said_column, said_value) == (None, column, value)
    assert said.startswith(expected)


@pytest.mark.parametrize(
    "family,values,column",
    [
        ("CUSUM", {"trans": "log"}, "trans"),
        ("CUSUM", {"m": "mean"}, "m"),
        ("CUSUM", {"m": 0}, "m"),
        ("CUSUM", {"h": 0}, "h"),
        ("farringtonFlexible", {"limit54": [5]}, "limit54"),
        ("farringtonFlexible", {"trend": 1}, "trend"),
        ("farringtonFlexible", {"powertrans": "3/4"}, "powertrans"),
        ("farringtonFlexible", {"w": 26}, "w"),
    ],
)
def test_the_other_families_name_their_parameters_too(
    write: Write, out: Path, family: str, values: dict[str, Any], column: str
) -> None:
    sets = write("p.json", json.dumps({family: {"X": values}}))
    with pytest.raises(FileFaults) as refusal:
        detect_csv(write("s.csv", table(*[1] * 400, freq=52)), sets, "X", out)
    assert [fault.column for fault in refusal.value.faults] == [f"{family}.X.{column}"]


@pytest.mark.parametrize(
    "content,expected",
    [
        ("{", "JSON"),
        ("[]", "an object of named parameter sets"),
        ('{"EARS": []}', "an object of named parameter sets"),
        ('{"EARS": {"E": 1}}', "an object of named parameter sets"),
        ('{"EARS": {"A": {}}, "CUSUM": {"B": {}}}', "one of the sets A, B"),
        ('{"EARS": {"E": {}}, "CUSUM": {"E": {}}}', "a name in one family only"),
    ],
)
def test_a_file_without_the_set_is_refused(
    write: Write, out: Path, content: str, expected: str
) -> None:
    with pytest.raises(FileFaults) as refusal:
        detect_csv(write("s.csv", table(1)), write("p.json", content), "E", out)
    [(_, _, _, said)] = faults(refusal)
    assert said.startswith(expected)


def test_the_answer_never_replaces_a_question(write: Write, sets: Path) -> None:
    series = write("s.csv", table(*WEEK, 4))
    for out in (series, sets):
        before = out.read_text(encoding="utf-8")
        with pytest.raises(FileFaults, match="another file than the input"):
            detect_csv(series, sets, "E", out)
        assert out.read_text(encoding="utf-8") == before


def test_a_place_that_cannot_be_written_to_is_refused_by_name(
    write: Write, sets: Path, tmp_path: Path
) -> None:
    with pytest.raises(FileFaults, match="a place that can be written to"):
        detect_csv(write("s.csv", table(*WEEK, 4)), sets, "E", tmp_path / "no" / "out.csv")


def test_a_folder_in_place_of_the_answer_is_refused_and_nothing_is_left(
    write: Write, sets: Path, tmp_path: Path
) -> None:
    (tmp_path / "out.csv").mkdir()
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(FileFaults, match="a place that can be written to"):
        detect_csv(write("s.csv", table(*WEEK, 4)), sets, "E", tmp_path / "out.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*before, "s.csv"])


# ---------------------------------------------------------------- trace

HEADER = "t_seconds,day,id1,id2,group1,group2"


@pytest.mark.parametrize("school", ["school_high_thiers_2012", "school_primary_lyon_2009"])
def test_two_schools_are_summed_up_to_the_last_byte(shared: Path, out: Path, school: str) -> None:
    folder = shared / "contacts"
    trace_csv(folder / f"{school}.csv", out)
    expected = folder / f"{school}_expected_person_day.csv"
    assert out.read_bytes() == expected.read_bytes()


def test_people_with_names_are_listed_by_name_and_numbers_as_numbers(
    write: Write, out: Path
) -> None:
    trace_csv(write("c.csv", f"{HEADER}\n20,0,10,9,A,B\n"), out)
    assert [line.split(",")[1] for line in out.read_text().splitlines()[1:]] == ["9", "10"]
    trace_csv(write("c.csv", f"{HEADER}\n20,0,李,10,A,B\n"), out)
    assert [line.split(",")[1] for line in out.read_text(encoding="utf-8").splitlines()[1:]] == [
        "10",
        "李",
    ]


def test_interval_and_minutes_can_be_chosen(write: Write, out: Path) -> None:
    contacts = write("c.csv", f"{HEADER}\n60,0,1,2,A,A\n120,0,2,1,A,A\n")
    summary = trace_csv(contacts, out, interval=60, minutes=2)
    assert out.read_text() == (
        "day,id,group,n_contacts,n_contacts_ge_2min,total_contact_s,max_pair_s,n_groups_met\n"
        "0,1,A,1,1,120,120,1\n"
        "0,2,A,1,1,120,120,1\n"
    )
    assert (summary.records, summary.people, summary.person_days) == (2, 2, 2)
    with pytest.raises(BadParameter):
        trace_csv(contacts, out, minutes=-1)
    with pytest.raises(BadParameter):
        trace_csv(contacts, out, interval=0)


def test_a_file_without_records_gives_a_file_without_rows(write: Write, out: Path) -> None:
    assert trace_csv(write("c.csv", f"{HEADER}\n"), out).person_days == 0
    assert len(out.read_text().splitlines()) == 1


def test_everything_wrong_with_contact_records_is_said_at_once(write: Write, out: Path) -> None:
    rows = [
        HEADER,
        "20,0,1,2,A,B",
        "20,0,3,3,A,A",
        "later,one,4,5,A,A",
        "30,0,1,2,A,B",
        "40,0,2,1,A,A",
        "40,0,,6,A,",
    ]
    with pytest.raises(FileFaults) as refusal:
        trace_csv(write("c.csv", "\n".join(rows)), out)
    assert faults(refusal) == [
        (3, "id2", "3", "another person than id1"),
        (4, "t_seconds", "later", "whole seconds"),
        (4, "day", "one", "the number of the day, a whole number"),
        (
            *(5, "t_seconds", "30"),
            "whole steps of 20 s from the first row; closer records would count twice",
        ),
        (6, "group1", "A", "B, the group of person 2 in row 2"),
        (7, "id1", "", "a person"),
        (7, "group2", "", "the group of person 6"),
    ]
    assert not out.exists()


def test_a_table_of_series_without_a_row_is_no_question(
    write: Write, sets: Path, out: Path
) -> None:
    with pytest.raises(FileFaults) as refusal:
        detect_csv(write("s.csv", "series_id,freq,t,observed\n"), sets, "E", out)
    assert faults(refusal) == [(None, None, "", "at least one row below the header")]
    assert not out.exists()


def test_every_parameter_without_a_meaning_is_named_at_once(write: Write, out: Path) -> None:
    bad = {"CUSUM": {"U": {"k": "a", "h": -1, "trans": "zzz", "q": 1}}}
    with pytest.raises(FileFaults) as refusal:
        detect_csv(write("s.csv", table(*WEEK)), write("p.json", json.dumps(bad)), "U", out)
    assert [(column, value) for _row, column, value, _expected in faults(refusal)] == [
        ("CUSUM.U.k", '"a"'), ("CUSUM.U.q", "1"), ("CUSUM.U.h", "-1"), ("CUSUM.U.trans", "zzz"),
    ]  # fmt: skip


def test_a_number_beyond_all_use_is_named_and_bytes_that_are_no_text_have_their_row(
    tmp_path: Path, out: Path
) -> None:
    table = tmp_path / "c.csv"
    head = "t_seconds,day,id1,id2,group1,group2\n"
    table.write_text(f"{head}{'9' * 26},0,1,2,A,B\n", encoding="utf-8")
    with pytest.raises(FileFaults) as refusal:
        trace_csv(table, out)
    assert faults(refusal) == [(2, "t_seconds", "9" * 26, "whole seconds")]
    table.write_bytes(f"{head}20,0,1,2,A,B\n40,0,1,2,甲,乙\n".encode("gb18030"))
    with pytest.raises(FileFaults) as refusal:
        trace_csv(table, out)
    assert [fault[0] for fault in faults(refusal)] == [3]
