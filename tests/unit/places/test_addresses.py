from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from lianfang.places import divisions
from lianfang.places.addresses import AddressMatch, match_address


def test_every_address_of_the_college_gives_its_county_and_the_rest(shared: Path):
    with (shared / "rosters" / "college_A_truth.csv").open(encoding="utf-8") as file:
        truth = {line["pid"]: line for line in csv.DictReader(file)}
    seen = 0
    for sheet in load_workbook(shared / "rosters" / "college_A_roster.xlsx").worksheets:
        at: int | None = None
        for row in sheet.iter_rows(values_only=True):
            if at is None:
                at = row.index("家庭住址") if "家庭住址" in row else None
                continue
            line = truth[str(row[0])]
            match = match_address(str(row[at]))
            assert match is not None
            province, city, county = divisions.parts(match.code)
            assert (match.code, province, city, county, match.rest) == (
                line["gb"],
                line["prov"],
                line["city"],
                line["county"],
                line["address"],
            )
            seen += 1
    assert seen == len(truth) == 3000


@pytest.mark.parametrize(
    "text, code, rest",
    [
        ("四川省达州市宣汉县君塘镇新凰村2组11号", "511722", "君塘镇新凰村2组11号"),
        ("四川省宣汉县君塘镇", "511722", "君塘镇"),
        ("达州市宣汉县君塘镇", "511722", "君塘镇"),
        ("宣汉县君塘镇", "511722", "君塘镇"),
        ("四川达州宣汉县君塘镇", "511722", "君塘镇"),
        (" 四川省 达州市,宣汉县 君塘镇 2组", "511722", "君塘镇 2组"),
        ("四川省凉山州西昌市航天大道", "513401", "航天大道"),
        ("四川省乐山市峨边县沙坪镇", "511132", "沙坪镇"),
        ("北京市海淀区中关村", "110108", "中关村"),
        ("北京市北京市海淀区中关村", "110108", "中关村"),
        ("上海浦东新区世纪大道", "310115", "世纪大道"),
        ("重庆市市辖区渝中区解放碑", "500103", "解放碑"),
        ("重庆市县云阳县双江街道", "500235", "双江街道"),
        ("湖北省仙桃市沔城", "429004", "沔城"),
        ("湖北省省直辖县级行政区划仙桃市沔城", "429004", "沔城"),
        ("广东省东莞市南城街道", "441900", "南城街道"),
        ("吉林市船营区光华路", "220204", "光华路"),
        ("吉林省吉林市船营区光华路", "220204", "光华路"),
        ("内蒙古呼和浩特市新城区", "150102", ""),
        ("香港特别行政区北区粉岭", "810013", "粉岭"),
        ("台湾省台北市", "710000", "台北市"),
        # names of before
        ("四川省达州市达县河市镇", "511703", "河市镇"),
        ("四川省宜宾市宜宾县柏溪镇", "511504", "柏溪镇"),
        ("四川省资阳市简阳市简城镇", "510185", "简城镇"),
        ("上海市闸北区共和新路", "310106", "共和新路"),
        ("山东省莱芜市莱城区口镇", "370116", "口镇"),
        ("贵州省铜仁地区江口县", "520621", ""),
    ],
)
def test_an_address_names_its_place(text: str, code: str, rest: str):
    match = match_address(text)
    assert match == AddressMatch(code, rest)
    assert match is not None
    assert match.is_place


@pytest.mark.parametrize(
    "text, code, rest",
    [
        ("四川省达州市通川大道1号", "511700", "通川大道1号"),  # a road, not the district
        ("四川省成都市高新区天府大道", "510100", "高新区天府大道"),
        ("河北省石家庄市桥东区", "130100", "桥东区"),  # divided among others
        ("四川省市中区", "510000", "市中区"),  # 乐山 or 内江
        ("四川省", "510000", ""),
    ],
)
def test_an_address_that_leaves_the_county_open_is_not_guessed(text: str, code: str, rest: str):
    match = match_address(text)
    assert match == AddressMatch(code, rest)
    assert match is not None
    assert not match.is_place


@pytest.mark.parametrize(
    "text", ["", "   ", "北区3栋", "鼓楼区1号", "四川达州", "Room 101", "县县县", "市辖区"]
)
def test_what_names_no_place_for_certain_answers_nothing(text: str):
    assert match_address(text) is None


def test_an_address_answers_with_the_code_of_the_day():
    old = "浙江省杭州市下城区武林路"
    assert match_address(old) == AddressMatch("330103", "武林路")
    assert match_address(old, on=date(2020, 2, 1)) == AddressMatch("330103", "武林路")
    assert match_address(old, on=date(2022, 2, 1)) == AddressMatch("330105", "武林路")
    assert match_address("福建省三明市三元区", on=date(2022, 2, 1)) == AddressMatch("350404", "")
    assert match_address("浙江省杭州市临平区") == AddressMatch("330113", "")


def test_after_a_division_only_the_city_is_certain():
    match = match_address("浙江省杭州市江干区凯旋路", on=date(2022, 2, 1))
    assert match is not None
    assert (match.code, match.is_place) == ("330100", False)


def test_the_full_name_of_every_place_names_it():
    for code in divisions.county_codes():
        match = match_address(divisions.full_name(code) + "某街1号")
        assert match == AddressMatch(code, "某街1号")
