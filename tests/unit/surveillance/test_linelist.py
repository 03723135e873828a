"""From a line list to a series."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.surveillance import BadParameter, aggregate
from lianfang.surveillance.linelist import Epoch, NoDates

NEW_YEAR = [date(2019, 12, 29), date(2019, 12, 30), None, date(2020, 1, 7), date(2020, 1, 7)]


def test_days_without_a_case_are_zeros() -> None:
    found = aggregate(NEW_YEAR, by="day")
    assert found.observed.tolist() == [1, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert (found.start_year, found.start_epoch, found.freq) == (2019, 363, 365)
    assert found.undated == 1


def test_a_week_begins_on_monday_and_carries_its_iso_year() -> None:
    found = aggregate(NEW_YEAR, by="week")
    assert found.starts_on == (date(2019, 12, 23), date(2019, 12, 30), date(2020, 1, 6))
    assert found.observed.tolist() == [1, 1, 2]
    assert (found.start_year, found.start_epoch) == (2019, 52)
    later = aggregate(NEW_YEAR[1:], by="week")
    assert (later.start_year, later.start_epoch) == (2020, 1)


def test_months_are_calendar_months() -> None:
    found = aggregate([date(2019, 11, 30), date(2020, 1, 1)], by="month")
    assert found.starts_on == (date(2019, 11, 1), date(2019, 12, 1), date(2020, 1, 1))
    assert found.observed.tolist() == [1, 0, 1]
    assert (found.start_year, found.start_epoch, found.freq) == (2019, 11, 12)


def test_a_quiet_stretch_before_and_after_can_be_asked_for() -> None:
    found = aggregate([date(2020, 2, 3)], by="day", since=date(2020, 2, 1), until=date(2020, 2, 4))
    assert found.observed.tolist() == [0, 0, 1, 0]
    nobody = aggregate([], by="day", since=date(2020, 2, 1), until=date(2020, 2, 2))
    assert nobody.observed.tolist() == [0, 0]


def test_a_list_without_dates_a_case_outside_and_an_unknown_epoch_are_refused() -> None:
    with pytest.raises(NoDates):
        aggregate([None], by="day", since=date(2020, 2, 1))
    with pytest.raises(BadParameter, match="2020-01-31"):
        aggregate([date(2020, 1, 31)], by="day", since=date(2020, 2, 1))
    with pytest.raises(BadParameter, match="by"):
        aggregate([date(2020, 1, 31)], by="year")  # type: ignore[arg-type]  # what a caller without types may say


@given(st.lists(st.dates(date(1969, 1, 1), date(2035, 1, 1)), min_size=1, max_size=30))
def test_weeks_are_those_of_the_calendar_and_nobody_is_lost(dates: list[date]) -> None:
    found = aggregate(dates, by="week")
    assert found.observed.sum() == len(dates)
    assert all(day.isoweekday() == 1 for day in found.starts_on)
    for monday, cases in zip(found.starts_on, found.observed.tolist(), strict=True):
        week = [day for day in dates if monday <= day < monday + timedelta(days=7)]
        assert len(week) == cases


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_every_epoch_is_that_of_r(rref: Path, by: Epoch) -> None:
    onsets: dict[str, list[date]] = defaultdict(list)
    with (rref / "linelists.csv").open(encoding="utf-8") as text:
        for row in csv.DictReader(text):
            onsets[row["series_id"]].append(date.fromisoformat(row["onset_date"]))
    theirs: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (rref / "linelist2sts.csv").open(encoding="utf-8") as text:
        for row in csv.DictReader(text):
            if row["aggregate_by"] == f"1 {by}":
                theirs[row["series_id"]].append(row)
    assert set(theirs) == set(onsets)
    for name, rows in theirs.items():
        found = aggregate(onsets[name], by=by)
        assert [day.isoformat() for day in found.starts_on] == [r["epoch_start"] for r in rows]
        assert found.observed.tolist() == [int(r["observed"]) for r in rows]
        start = (found.start_year, found.start_epoch, found.freq)
        assert {start} == {
            (int(r["sts_start_year"]), int(r["sts_start_epoch"]), int(r["freq"])) for r in rows
        }
