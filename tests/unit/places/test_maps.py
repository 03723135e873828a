from __future__ import annotations

import json
from typing import Any

import pytest

from lianfang.places import divisions, maps
from lianfang.places.divisions import UnknownDivision


def features(province: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(maps.map_file(province).read_text())["features"]
    return found


def test_the_country_shows_every_province():
    codes = {feature["properties"]["code"] for feature in features()}
    assert codes == {division.code for division in divisions.children()}


def test_every_county_of_sichuan_has_its_shape():
    codes = {feature["properties"]["code"] for feature in features("510000")}
    assert codes == set(divisions.county_codes("510000"))
    assert all(maps.drawn_as(code) == code for code in codes)


def test_every_place_is_drawn_except_two_founded_by_the_corps():
    places = [d.code for d in divisions.every() if divisions.is_place(d.code)]
    without = {divisions.name(code) for code in places if maps.drawn_as(code) is None}
    assert without == {"新星市", "白杨市"}
    for code in places:
        shape = maps.drawn_as(code)
        assert shape is None or shape[:2] == code[:2]


@pytest.mark.parametrize(
    "code, shape", [("330103", "330105"), ("513402", "513425"), ("460321", "460300")]
)
def test_a_place_lies_in_the_shape_of_another_year(code: str, shape: str):
    assert maps.drawn_as(code) == shape


def test_shapes_are_whole_and_lie_in_china():
    for province in ("", *(division.code for division in divisions.children())):
        for feature in features(province):
            properties = feature["properties"]
            assert properties["name"]
            assert feature["id"] == properties["code"]
            geometry = feature["geometry"]
            many = geometry["type"] == "MultiPolygon"
            for polygon in geometry["coordinates"] if many else [geometry["coordinates"]]:
                for ring in polygon:
                    assert len(ring) >= 4
                    assert all(73 < x < 136 and 3 < y < 54 for x, y in ring)


def test_names_of_shapes_are_those_of_the_divisions():
    for division in divisions.children():
        for feature in features(division.code):
            known = divisions.find(feature["id"])
            assert known is None or known.name == feature["properties"]["name"]


def test_the_index_of_shapes_is_true():
    for division in divisions.children():
        drawn = maps._drawn()[division.code]
        assert drawn == {feature["id"] for feature in features(division.code)}


def test_the_maps_are_small():
    sizes = [path.stat().st_size for path in maps.SHAPES.glob("*.json")]
    assert max(sizes) < 400_000
    assert sum(sizes) < 2_500_000


def test_a_province_that_does_not_exist_has_no_map():
    for code in ("990000", "511700", "../data", "sources"):
        with pytest.raises(UnknownDivision):
            maps.map_file(code)


def test_the_sources_can_be_printed():
    assert set(maps.sources()) == {"china.json", "provinces", "warning"}
