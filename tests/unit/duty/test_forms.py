"""Times as people type them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from lianfang.duty.forms import TimesForm
from lianfang.kernel.clock import parse_moment


def form(starts: str, ends: str, ends_on: str = "") -> TimesForm:
    return TimesForm(
        {"starts_on": "2020-02-28", "starts": starts, "ends_on": ends_on, "ends": ends}
    )


@pytest.mark.parametrize(
    "written, meant",
    [
        ("22:00", time(22)),
        ("22:00:00", time(22)),
        ("２２：００", time(22)),
        ("2200", time(22)),
        ("830", time(8, 30)),
        ("8", time(8)),
        ("08", time(8)),
    ],
)
def test_a_time_is_taken_as_people_write_it(written: str, meant: time) -> None:
    filled = form(written, "23:59")
    assert filled.is_valid(), filled.problems
    assert filled.cleaned_data["starts"] == meant


@pytest.mark.parametrize("written", ["", "25:00", "2460", "八点", "12345", "-1"])
def test_what_is_no_time_is_asked_back(written: str) -> None:
    assert "starts" in form(written, "23:59").problems


@pytest.mark.parametrize(
    "starts, ends, hours", [("08:00", "18:00", 10), ("22:00", "06:00", 8), ("08:00", "08:00", 24)]
)  # fmt: skip
def test_an_end_without_a_day_is_the_next_time_of_that_hour(
    starts: str, ends: str, hours: int
) -> None:
    filled = form(starts, ends)
    assert filled.is_valid()
    begins: datetime = parse_moment(f"2020-02-28T{starts}+08:00")
    assert filled.ends_at - begins == timedelta(hours=hours)
