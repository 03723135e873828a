from __future__ import annotations

from datetime import date

import pytest

from lianfang.kernel.days import day_in_words, days_in_words


@pytest.mark.parametrize(
    "language, beside, said",
    [
        ("zh-hans", None, "9月1日 周日"),
        ("zh-hans", date(2019, 12, 31), "9月1日 周日"),
        ("zh-hans", date(2020, 2, 1), "2019年9月1日 周日"),
        ("en", date(2020, 2, 1), "Sun 1 Sep 2019"),
        (None, None, "9月1日 周日"),
    ],
)
def test_a_day_of_another_year_says_its_year(
    language: str | None, beside: date | None, said: str
) -> None:
    assert day_in_words(date(2019, 9, 1), language=language, beside=beside) == said


def test_a_stretch_of_one_day_is_one_day() -> None:
    day = date(2020, 2, 1)
    assert days_in_words(day, day, language="en") == "Sat 1 Feb"
