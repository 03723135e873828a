from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from lianfang.kernel import clock


@pytest.mark.parametrize(
    "moment, day",
    [
        ("2020-01-31T23:59:59+08:00", date(2020, 1, 31)),
        ("2020-02-01T00:00:00+08:00", date(2020, 2, 1)),
        ("2020-01-31T16:00:00+00:00", date(2020, 2, 1)),
        ("2020-02-01T05:59:00+14:00", date(2020, 1, 31)),
        ("2020-02-29T12:00:00+06:00", date(2020, 2, 29)),
    ],
)
def test_a_business_day_is_a_date_in_shanghai(moment: str, day: date) -> None:
    assert clock.reporting_day(datetime.fromisoformat(moment)) == day


def test_a_local_time_strikes_in_shanghai() -> None:
    noon = clock.at_local(date(2020, 2, 1), time(12, 0))
    assert noon == datetime(2020, 2, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2020-02-01T07:00", "yesterday", "2020-02-30T07:00+08:00", ""])
def test_a_moment_that_is_none_is_refused_in_words(text: str) -> None:
    with pytest.raises(clock.NotAMoment, match="moment"):
        clock.parse_moment(text)


def test_an_exercise_lives_at_an_offset_and_time_runs_on() -> None:
    clock.run_from(timedelta(days=-1000))
    try:
        first = clock.now()
        assert datetime.now(UTC) - first >= timedelta(days=999)
        assert clock.now() >= first
    finally:
        clock.run_from(timedelta(0))
