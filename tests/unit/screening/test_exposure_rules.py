"""Places against lists, as tables: which day counts, which code, which entry of the list."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianfang.places import divisions
from lianfang.screening.exposure_rules import (
    SOURCES,
    TRIP,
    Listed,
    Lists,
    Met,
    Segments,
    area_of,
    exposed,
    matches,
    matches_of_meetings,
    runs_of_reports,
)

LAST = date(2020, 1, 30)
FIRST = LAST - timedelta(days=14)
WENZHOU = Listed("330300", date(2020, 1, 12), None, ref=7, number=3, name="温州市")


def day(text: str) -> date:
    return date.fromisoformat(f"2020-{text}")


def lists_of(*listings: Listed) -> Lists:
    return Lists(listings, first=FIRST, last=LAST)


def stay(lists: Lists, code: str, first: str, last: str, person: int = 1) -> Segments:
    row = (person, lists.index[code], day(first).toordinal(), day(last).toordinal(),
           SOURCES.index(TRIP), 9)  # fmt: skip
    return Segments.of([row])


@pytest.mark.parametrize(
    "first, last, until",
    [
        ("01-18", "01-20", "01-20"),
        ("01-12", "01-16", "01-16"),  # day 14 still counts
        ("01-10", "01-15", None),  # day 15 does not
        ("01-01", "01-30", "01-30"),
    ],
)
def test_a_stay_counts_by_its_last_listed_day(first: str, last: str, until: str | None) -> None:
    lists = lists_of(WENZHOU)
    found = matches(stay(lists, "330302", first, last), lists)
    assert [one.last_on for one in found] == ([day(until)] if until else [])


def test_only_listed_days_are_evidence() -> None:
    lists = lists_of(
        Listed("330300", day("01-18"), day("01-20")), Listed("330300", day("01-24"), None)
    )
    (match,) = matches(stay(lists, "330302", "01-16", "01-25"), lists)
    assert [(one.first, one.last) for one in match.evidence] == [
        (day("01-18"), day("01-19")), (day("01-24"), day("01-25")),
    ]  # fmt: skip


def test_a_city_and_a_province_cover_their_counties() -> None:
    lists = lists_of(Listed("330000", day("01-01"), None))
    assert "330302" in lists.index
    assert "330300" in lists.index
    assert "320102" not in lists.index
    assert set(divisions.county_codes("330000")) <= set(lists.codes)


def test_county_and_city_of_one_list_make_one_match_and_the_widest_entry_stands_behind_it() -> None:
    lists = lists_of(WENZHOU, Listed("330382", day("01-12"), None, ref=8, number=4))
    segments = stay(lists, "330382", "01-20", "01-20")
    (match,) = matches(segments, lists)
    assert match.area_code == "330300"
    assert match.listing == WENZHOU


@pytest.mark.parametrize(
    "listed, said",
    [("410728", "410783"), ("410783", "410728"), ("330105", "330103")],
)
def test_codes_of_two_division_tables_meet(listed: str, said: str) -> None:
    last = date(2022, 1, 30)
    lists = Lists([Listed(listed, date(2022, 1, 1), None)], first=last - timedelta(14), last=last)
    assert said in lists.index


def test_an_exposure_is_named_by_its_city_else_its_province() -> None:
    assert [area_of(code) for code in ("330302", "330300", "110108", "420000", "429004")] == [
        "330300", "330300", "110000", "420000", "420000",
    ]  # fmt: skip


def test_days_in_a_row_are_one_segment() -> None:
    person = np.array([2, 1, 1, 1, 1])
    code = np.array([0, 0, 0, 0, 1])
    days = np.array([10, 12, 10, 11, 13])
    runs = runs_of_reports(person, code, days)
    rows = list(zip(runs.person, runs.code, runs.first, runs.last, strict=True))
    assert rows == [(1, 0, 10, 12), (1, 1, 13, 13), (2, 0, 10, 10)]
    assert len(runs_of_reports(*(np.array([], dtype=np.int64) for _ in range(3)))) == 0


def test_meetings() -> None:
    lists = lists_of(Listed("420100", day("01-01"), None))

    def kinds(**facts: Any) -> list[str]:
        met: dict[str, Any] = {
            "person": 1, "ref": 1, "last_on": day("01-20"), "is_case": False, "from_code": "",
        }  # fmt: skip
        return [one.kind for one in matches_of_meetings([Met(**(met | facts))], lists)]

    assert kinds(is_case=True) == ["MET_CASE"]
    assert kinds(from_code="420106") == ["FROM_AREA"]
    assert kinds(from_code="420000") == ["FROM_AREA"]  # “from Hubei” may well be Wuhan
    assert kinds(from_code="510100") == []
    assert kinds() == ["FROM_AREA"]  # nobody knows where from: somebody asks
    assert kinds(is_case=True, last_on=day("01-15")) == []


DAYS = st.integers(min_value=-3, max_value=17)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    listings=st.lists(st.tuples(st.sampled_from(["330300", "330302", "420000"]), DAYS, DAYS), max_size=4),
    stays=st.lists(st.tuples(st.sampled_from(["330302", "330304", "420106", "510104"]), DAYS, DAYS), max_size=6),
)  # fmt: skip
def test_arrays_find_what_a_look_at_every_day_finds(
    listings: list[tuple[str, int, int]], stays: list[tuple[str, int, int]]
) -> None:
    listed = [
        Listed(code, FIRST + timedelta(min(a, b)), FIRST + timedelta(max(a, b) + 1))
        for code, a, b in listings
    ]
    lists = lists_of(*listed)
    rows, expected = [], set()
    for person, (code, a, b) in enumerate(stays):
        first, last = FIRST + timedelta(min(a, b)), FIRST + timedelta(max(a, b))
        if code in lists.index:
            rows.append((person, lists.index[code], first.toordinal(), last.toordinal(), 1, 1))
        hit = [
            on
            for on in (first + timedelta(n) for n in range((last - first).days + 1))
            if FIRST <= on <= LAST
            and any(
                one.code in divisions.covering(code)
                and one.listed_on <= on
                and (one.delisted_on is None or on < one.delisted_on)
                for one in listed
            )
        ]
        if hit:
            expected.add((person, max(hit)))
    segments = Segments.of(rows)
    assert {(one.person, one.last_on) for one in matches(segments, lists)} == expected
    assert len(exposed(segments, lists)) == len(expected)
