"""Sums of contact records per person and day: by hand; the two schools are in test_files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lianfang.surveillance import BadParameter, person_days

#        moment, day, one, other
RECORDS = [
    (20, 0, 0, 1),
    (40, 0, 1, 0),  # the other way round: the same pair
    (40, 0, 0, 1),  # the same interval again: counts once
    (60, 0, 2, 0),
    (86420, 1, 0, 1),
]


def test_intervals_are_summed_per_pair_and_day_and_counted_for_both() -> None:
    moment, day, one, other = np.array(RECORDS).T
    found = person_days(moment, day, one, other, group=[0, 0, 5], minutes=0.5)
    table = list(
        zip(
            found.day.tolist(),
            found.person.tolist(),
            found.contacts.tolist(),
            found.long_contacts.tolist(),
            found.seconds.tolist(),
            found.longest.tolist(),
            found.groups.tolist(),
            strict=True,
        )
    )
    assert table == [
        (0, 0, 2, 1, 60, 40, 2),
        (0, 1, 1, 1, 40, 40, 1),
        (0, 2, 1, 0, 20, 20, 1),
        (1, 0, 1, 0, 20, 20, 1),
        (1, 1, 1, 0, 20, 20, 1),
    ]


def test_fifteen_minutes_to_the_second_are_a_long_contact() -> None:
    moment = np.arange(45) * 20
    zeros = np.zeros(45, dtype=int)
    found = person_days(moment, zeros, zeros, zeros + 1, group=[0, 0])
    assert found.seconds.tolist() == [900, 900]
    assert found.long_contacts.tolist() == [1, 1]
    found = person_days(moment[1:], zeros[1:], zeros[1:], zeros[1:] + 1, group=[0, 0])
    assert found.long_contacts.tolist() == [0, 0]


def test_nobody_met_nobody() -> None:
    assert len(person_days([], [], [], [], group=[]).day) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"other": [0]},
        {"other": [2]},
        {"one": [-1]},
        {"moment": [20, 40]},
        {"interval": 0},
        {"minutes": -1},
    ],
)
def test_records_without_meaning_are_refused(wrong: dict[str, Any]) -> None:
    right = {"moment": [20], "day": [0], "one": [0], "other": [1], "group": [0, 0]}
    with pytest.raises(BadParameter):
        person_days(**{**right, **wrong})
