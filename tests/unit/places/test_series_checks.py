"""Numbers by area and day: what the real files hide is found and named, nothing is mended."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from django.utils import translation

from lianfang.commands.main import main
from lianfang.places.series_checks import Remark, remarks_on
from lianfang.places.tables import read_bytes, read_table

FOLDER = Path("covid_china")
ALL_AREAS = "covid19_china_area_day_2020.csv"
DERIVED = "high_incidence_areas_by_day_derived.csv"
SICHUAN = "sichuan_city_bulletins_2020.csv"


def remarks(folder: Path, *names: str) -> list[Remark]:
    return remarks_on([(name, read_table(read_bytes(folder / FOLDER / name))) for name in names])


def words(one: Remark) -> str:
    return one.problem.text % one.problem.context


def small(
    *rows: str, header: str = "date,area_code,area,confirmed_cum,new_7d,in_R1_cum_ge_50"
) -> list[str]:
    table = read_table("\n".join((header, *rows)).encode())
    return [
        f"{one.problem.row} {one.problem.column} {words(one)}" for one in remarks_on([("f", table)])
    ]


# ---------------------------------------------------------------- the real files


@pytest.mark.parametrize("name", [ALL_AREAS, DERIVED])
def test_the_day_on_which_the_dates_moved_is_named(shared: Path, name: str) -> None:
    """Until 6 February the day of counting, from the 7th on the day of printing."""
    moved = [one for one in remarks(shared, name) if "dates are moved" in words(one)]
    (only,) = moved
    assert only.problem.context["day"] == "2020-02-07"
    assert only.problem.column == "confirmed_cum"
    assert "Take a day off from 2020-02-07" in only.problem.cure % only.problem.context


def test_totals_that_fall_are_named_one_by_one(shared: Path) -> None:
    falls = [one for one in remarks(shared, ALL_AREAS) if "falls from" in words(one)]
    by_column = Counter(one.problem.column for one in falls)
    assert by_column["confirmed_cum"] >= 56
    haidian = next(one for one in falls if "海淀区" in words(one))
    assert (haidian.problem.row, haidian.problem.value) == (8491, "56")
    assert "at least 57" in haidian.problem.cure % haidian.problem.context


def test_a_growth_that_was_cut_to_nothing_is_named(shared: Path) -> None:
    """`new_14d` is never below 0 in the file, also where the total fell."""
    cut = [one for one in remarks(shared, DERIVED) if one.problem.column == "new_14d"]
    assert cut
    assert all("fell by" in words(one) and one.problem.value == "0" for one in cut)


def test_two_sources_that_mean_different_days_are_told_apart(shared: Path) -> None:
    """The bulletin of 11 February is what the other file prints on the 12th."""
    found = [one for one in remarks(shared, ALL_AREAS, SICHUAN) if one.file == SICHUAN]
    (only,) = found
    assert only.problem.context["moved"] == "2020-02-12"
    assert (
        "move covid19_china_area_day_2020.csv by -1 day" in only.problem.cure % only.problem.context
    )


def test_headings_of_the_statistics_are_named_once_each(shared: Path) -> None:
    codes = [
        one.problem.value for one in remarks(shared, DERIVED) if one.problem.column == "area_code"
    ]
    assert sorted(codes) == ["136100", "715400"]


def test_the_command_needs_no_college(
    shared: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with translation.override("en"):
        assert main(["--lang", "en", "areas", "check", str(shared / FOLDER / DERIVED)]) == 2
        printed = capsys.readouterr().out
        assert "row 4233, confirmed_cum" in printed
        assert "143 remarks." in printed
        good = tmp_path / "good.csv"
        good.write_text("date,area_code,area,confirmed_cum\n2020-02-01,420100,武汉市,5\n")
        assert main(["--lang", "en", "areas", "check", str(good)]) == 0
        capsys.readouterr()
        assert main(["--lang", "en", "areas", "check", str(good), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"remarks": []}


# ---------------------------------------------------------------- small ones


def test_each_oddity_by_itself() -> None:
    assert small(
        "2020-02-01,420100,武汉市,60,0,1",
        "2020-02-02,420100,武汉市,55,0,1",
        "2020-02-03,420100,武汉市,many,0,1",
        "2020-02-04,420100,武汉市,70,0,0",
        "2020-02-04,420100,武汉市,70,0,1",
        "2020-02-08,420100,武汉市,80,19,1",
    ) == [
        "3 confirmed_cum The total of 420100 湖北省武汉市 falls from 60 (2020-02-01, row 2) to 55.",
        "4 confirmed_cum This is not a number.",
        "5 in_R1_cum_ge_50 confirmed_cum is 70, and the rule counts from 50.",
        "6 date This area stands twice on this day; the first time in row 5.",
        "7 new_7d 420100 湖北省武汉市 grew by 20 in these days, not by 19.",
    ]


def test_a_quiet_week_is_no_moved_date() -> None:
    """Where nearly nothing changes on any day, a day without change means nothing."""
    rows = [
        f"2020-03-{day:02},{code},x,5,0,0" for day in range(1, 15) for code in range(510104, 510184)
    ]
    assert not [line for line in small(*rows) if "moved" in line]


def test_a_list_without_numbers_has_nothing_to_say() -> None:
    assert small("2020-02-01,420100,武汉市", header="date,area_code,area") == []
