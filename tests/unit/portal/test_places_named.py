"""Which place somebody means."""

from __future__ import annotations

from datetime import date

import pytest

from lianfang.places import divisions
from lianfang.places.divisions import RenamedDivision, UnknownDivision
from lianfang.places.search import places_named

DAY = date(2020, 2, 1)
TONGCHUAN = "511702"


@pytest.mark.parametrize(
    "text",
    [
        "通川区", "通川", "达州通川", "达州市通川区", "四川达州通川", "四川省达州市通川区",
        "四川 达州 通川", "达州市·通川区", "511702", "５１１７０２", "达州市通川区朝阳街道",
    ],
)  # fmt: skip
def test_one_place_is_found_under_all_its_names(text: str) -> None:
    assert places_named(text, on=DAY).codes == (TONGCHUAN,)


def test_every_place_of_the_country_is_found_under_its_full_name() -> None:
    """The lists on the page write full names into the field that this function reads."""
    for code in divisions.county_codes(on=DAY):
        assert places_named(divisions.full_name(code), on=DAY).codes == (code,)


def test_a_name_of_several_places_gives_them_all_to_choose_from() -> None:
    found = places_named("鼓楼区", on=DAY)
    assert [divisions.full_name(code)[:3] for code in found.codes] == [
        "江苏省", "江苏省", "福建省", "河南省",
    ]  # fmt: skip
    assert not found.within


def test_a_city_gives_its_counties_to_choose_from() -> None:
    found = places_named("达州", on=DAY)
    assert (found.within, len(found.codes)) == ("511700", 7)


def test_a_city_without_counties_is_a_place() -> None:
    assert places_named("东莞", on=DAY).codes == ("441900",)


def test_a_province_is_too_wide_to_choose_in() -> None:
    found = places_named("四川", on=DAY)
    assert (found.within, found.codes) == ("510000", ())


def test_an_old_name_is_understood() -> None:
    assert [divisions.name(c) for c in places_named("宜宾县", on=DAY).codes] == ["叙州区"]


@pytest.mark.parametrize("text", ["火星", "hello", "", "   ", "区", "\u200b"])
def test_what_is_no_place_gives_nothing(text: str) -> None:
    assert places_named(text, on=DAY).codes == ()


def test_a_code_that_never_was_is_refused() -> None:
    with pytest.raises(UnknownDivision, match="999999"):
        places_named("999999", on=DAY)


def test_a_code_out_of_use_says_what_took_its_place() -> None:
    with pytest.raises(RenamedDivision, match="511703"):
        places_named("511721", on=DAY)


def test_a_county_that_did_not_exist_that_day_is_not_offered() -> None:
    assert places_named("临平区", on=DAY).codes == ()
    assert len(places_named("临平区", on=date(2022, 1, 1)).codes) == 1


def test_a_megabyte_of_text_costs_no_time() -> None:
    assert places_named("通" * 1_000_000, on=DAY).codes == ()
