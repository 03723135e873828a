"""A temperature and a day, as thumbs write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from lianfang.reporting.typed import AskBack, day, temperature

TODAY = date(2020, 2, 4)


@pytest.mark.parametrize(
    "text",
    [
        "37.5", "３７．５", "37,5", "37.5℃", " 37.5 度", "37。5", "37.5°C", "37.50", "37度5",
        "37．5摄氏度", "3\u200b7.5", "\x0037.5",
    ],
)  # fmt: skip
def test_a_temperature_is_read_in_every_usual_spelling(text: str) -> None:
    assert temperature(text) == Decimal("37.5")


def test_a_whole_number_of_degrees_is_a_temperature() -> None:
    assert temperature("37") == Decimal("37.0")


def test_nothing_typed_is_no_temperature() -> None:
    assert temperature("  ") is None


def test_a_forgotten_point_is_asked_back_and_not_mended() -> None:
    with pytest.raises(AskBack, match=r"Did you mean 37\.5\?"):
        temperature("375")


def test_two_decimals_are_asked_back_with_the_nearest() -> None:
    with pytest.raises(AskBack, match=r"Did you mean 37\.3\?"):
        temperature("37.26")


@pytest.mark.parametrize("text", ["三十七", "正常", "36.5-37", "abc", "-36.5", "36.5.1", "1e2"])
def test_what_is_no_number_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(AskBack, match=r"in figures, such as 36\.5"):
        temperature(text)


def test_a_megabyte_is_no_temperature_and_costs_no_time() -> None:
    with pytest.raises(AskBack):
        temperature("3" * 1_000_000)


@pytest.mark.parametrize(
    "text",
    [
        "2020-02-03", "2020/2/3", "2020年2月3日", "2020.2.3", "20200203", "２０２０-０２-０３",
        "2月3日", "2-3", "2020年 2月 3日",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_usual_spelling(text: str) -> None:
    assert day(text, today=TODAY) == date(2020, 2, 3)


def test_a_day_without_a_year_is_the_nearest_one() -> None:
    assert day("12月30日", today=date(2020, 1, 5)) == date(2019, 12, 30)


def test_a_leap_day_without_a_year_is_found_where_there_is_one() -> None:
    assert day("2月29日", today=date(2020, 3, 1)) == date(2020, 2, 29)


@pytest.mark.parametrize(
    "text", ["2020-02-30", "昨天", "3/2020", "13月1日", "2020-00-10", "2月30日"]
)
def test_a_day_that_does_not_exist_is_asked_back(text: str) -> None:
    with pytest.raises(AskBack, match="2020-02-04"):
        day(text, today=TODAY)
