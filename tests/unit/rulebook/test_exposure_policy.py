"""The numbers of exposures: read from the edition, faulty ones named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from lianfang.rulebook.exposure_policy import faults_of, policy_from

SETTINGS = {"lookback_days": 14, "exposure": {"call_hours": 8, "at_once_people": 100}}


def test_the_policy_is_what_the_edition_says() -> None:
    policy = policy_from(SETTINGS)
    assert policy.first_day(date(2020, 1, 30)) == date(2020, 1, 16)
    assert policy.due(datetime(2020, 1, 30, 9, tzinfo=UTC)) == datetime(2020, 1, 30, 17, tzinfo=UTC)
    assert policy.at_once_people == 100


def test_an_edition_that_says_nothing_has_the_usual_numbers() -> None:
    policy = policy_from({"lookback_days": 14})
    assert (policy.call, policy.at_once_people) == (timedelta(hours=12), 60_000)


@pytest.mark.parametrize(
    "table, fault",
    [
        ({"call_hours": 0}, "call_hours"),
        ({"call_hours": "12"}, "call_hours"),
        ({"at_once_people": -1}, "at_once_people"),
        ({"call_ours": 12}, "call_ours is unknown"),
    ],
)
def test_a_faulty_number_is_named(table: dict[str, object], fault: str) -> None:
    (found,) = faults_of(table)
    assert fault in found
    assert faults_of({}) == []
