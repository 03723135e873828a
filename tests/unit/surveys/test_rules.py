"""What cannot be so, said all at once; and what people do that may look wrong and is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lianfang.surveys.rules import Said, faults_of
from tests.survey_cast import DAZHOU, NOTHING, been, meeting, met, trip

TODAY = date(2020, 1, 30)
CHONGQING = "500103"


def wrong(said: Said, *own: str) -> dict[str, str]:
    return {
        fault.where: fault.text % fault.context
        for fault in faults_of(said, today=TODAY, own_names=own)
    }


def test_nothing_to_declare_is_an_answer_and_silence_is_not() -> None:
    assert wrong(NOTHING) == {}
    assert set(wrong(Said())) == {
        "place_text", "since_on", "has_trips", "has_meetings", "community_told",
    }  # fmt: skip


@pytest.mark.parametrize(
    "said, where, says",
    [
        (been(trip(CHONGQING, "01-20", "01-18")), "trip-0-left_on", "before you arrived"),
        (been(trip(CHONGQING, "01-31")), "trip-0-arrived_on", "has not come yet"),
        (been(trip("", "01-20")), "trip-0-place", "Which county"),
        (been(trip("999999", "01-20")), "trip-0-place", "not a division code"),
        (been(trip("500000", "01-20")), "trip-0-place", "several counties"),
        (been(trip("371202", "01-20")), "trip-0-place", "now 370116"),
        (been(trip("371200", "01-20")), "trip-0-place", "out of use"),
        (been(trip(CHONGQING, "01-20", kind="")), "trip-0-kind", "Did you stay"),
        (been(trip(CHONGQING, "01-20", way="ROCKET")), "trip-0-way", "how you travelled"),
        (been(trip(CHONGQING, "01-20", companions=1000)), "trip-0-companions", "how many"),
        (been(trip(CHONGQING, "01-20", "01-26", kind="STAY")), "trip-0-left_on", "since 2020-01-24"),
        (met(meeting("01-31")), "meeting-0-met_on", "has not come yet"),
        (met(meeting("01-20", last_met_on=date(2020, 1, 19))), "meeting-0-last_met_on", "before"),
        (met(meeting("01-20", who="")), "meeting-0-who", "Who was it"),
        (met(meeting("01-20", who="小明")), "meeting-0-who", "you yourself"),
        (met(meeting("01-20", who="2019000001")), "meeting-0-who", "you yourself"),
        (met(meeting("01-20", from_code="123456")), "meeting-0-from", "not a division code"),
        (met(meeting("01-20", closeness="")), "meeting-0-closeness", "How close"),
        (met(meeting("01-20", still_in_contact=None)), "meeting-0-still", "still in contact"),
        (replace(NOTHING, since_on=date(2020, 2, 2)), "since_on", "has not come yet"),
        (replace(NOTHING, since_on=date(1020, 1, 2)), "since_on", "too long ago"),
        (replace(NOTHING, county_code="", is_abroad=True), "place_text", "Which country"),
        (replace(NOTHING, has_trips=True), "has_trips", "wrote nothing below"),
        (been(trip(CHONGQING, "01-20"), has_trips=False), "has_trips", "wrote something below"),
    ],
)  # fmt: skip
def test_what_cannot_be_so_is_named(said: Said, where: str, says: str) -> None:
    assert says in wrong(said, "小明", "2019000001")[where]


def test_everything_is_said_at_once() -> None:
    said = been(
        trip(CHONGQING, "01-20", "01-18"), trip("999999", "01-31"),
        has_meetings=True, meetings=(meeting("02-01", who=""),),
    )  # fmt: skip
    assert {
        "trip-0-left_on", "trip-1-place", "trip-1-arrived_on", "trip-1-left_on",
        "meeting-0-met_on", "meeting-0-who",
    } <= set(wrong(said))  # fmt: skip


def test_nobody_stays_at_two_places_for_days() -> None:
    found = wrong(been(trip(CHONGQING, "01-10", "01-15", kind="STAY"),
                       trip("420102", "01-14", "01-18", kind="STAY")))  # fmt: skip
    assert "from 2020-01-10 to 2020-01-15" in found["trip-1-arrived_on"]
    same = trip(CHONGQING, "01-10", "01-10", kind="STAY")
    assert "trip-1-arrived_on" in wrong(been(same, same))


@pytest.mark.parametrize(
    "second",
    [
        trip("420102", "01-15", "01-18", kind="STAY"),  # leaves and arrives on the same day
        trip("420102", "01-12", kind="PASSING"),  # a change of trains on the way
        trip("420102", "01-12", kind="VISIT"),  # there and back within the day
    ],
)
def test_journeys_may_touch(second: Any) -> None:
    first = trip(CHONGQING, "01-10", "01-15", kind="STAY")
    assert wrong(been(first, second)) == {}


def test_a_code_counts_as_of_the_day_of_the_journey() -> None:
    """下城区 was a district until 2021: in January 2020 its code is right."""
    assert wrong(been(trip("330103", "01-20"))) == {}
    later = replace(been(trip("330103", "01-20")), county_code="330103")
    assert set(wrong(later)) == set()
    faults = faults_of(
        replace(NOTHING, county_code="330103", since_on=date(2022, 1, 1)), today=date(2022, 1, 30)
    )
    assert [fault.where for fault in faults] == ["place_text"]
    assert faults[0].context["new"] == "330105"


def test_the_place_now_is_a_county_in_use() -> None:
    assert wrong(replace(NOTHING, county_code=DAZHOU)) == {}
    assert "several counties" in wrong(replace(NOTHING, county_code="511700"))["place_text"]
