from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from lianfang.audit.models import Entry
from lianfang.places.divisions import UnknownDivision
from lianfang.places.models import DesignatedHospital
from lianfang.places.operations import import_hospitals
from lianfang.places.queries import hospitals_near
from lianfang.places.tables import FileProblems, NotACsv

pytestmark = pytest.mark.django_db

REAL = Path("health_facilities") / "designated_hospitals_2020.csv"
DAY = date(2020, 2, 15)


def csv_of(*rows: str) -> bytes:
    header = "province,city,county,hospital,kind,as_of,source,phone,address,until"
    return "\n".join((header, *rows)).encode()


def names(code: str, on: date = DAY) -> tuple[str, list[str]]:
    near = hospitals_near(code, on=on)
    return near.level, [hospital.name for hospital in near.hospitals]


# ---------------------------------------------------------------- near


def test_the_shipped_list_answers_by_county_then_city_then_province(now: datetime):
    import_hospitals(now=now)
    assert names("511722") == ("county", ["宣汉县人民医院"])
    level, found = names("511781")  # 万源市: none named, but in its city
    assert level == "city"
    assert len(found) == 6
    assert "达州市中心医院" in found
    level, found = names("513226")  # 金川县 in 阿坝: the province
    assert level == "province"
    assert len(found) == 21


def test_where_none_is_known_none_is_named(now: datetime):
    import_hospitals(now=now)
    near = hospitals_near("110108", on=DAY)
    assert (near.level, near.hospitals, bool(near)) == ("none", (), False)


def test_a_hospital_counts_from_the_day_it_was_named_until_it_was_taken_off(now: datetime):
    row = "四川省,达州市,渠县,渠县人民医院,定点医院,2020-02-12,通报,,,2020-03-01"
    import_hospitals(csv_of(row), now=now)
    levels = [
        hospitals_near("511725", on=date(2020, *day)).level
        for day in ((2, 11), (2, 12), (2, 29), (3, 1))
    ]
    assert levels == ["none", "county", "county", "none"]


def test_a_municipality_and_a_county_below_a_placeholder_fall_back_to_the_province(now: datetime):
    import_hospitals(
        csv_of(
            "北京市,,,北京地坛医院,定点医院,2020-01-20,公告,010-84322000,,",
            "湖北省,武汉市,,武汉市金银潭医院,定点医院,2020-01-20,公告,,,",
            "湖北省,仙桃市,,仙桃市第一人民医院,定点医院,2020-01-20,公告,,,",
        ),
        now=now,
    )
    assert names("110108") == ("province", ["北京地坛医院"])
    assert names("429004") == ("county", ["仙桃市第一人民医院"])
    assert names("429005") == ("province", ["武汉市金银潭医院", "仙桃市第一人民医院"])
    assert names("420102") == ("city", ["武汉市金银潭医院"])


def test_one_with_a_phone_comes_first(now: datetime):
    import_hospitals(
        csv_of(
            "四川省,达州市,渠县,甲医院,定点医院,2020-01,通报,,,",
            "四川省,达州市,渠县,乙医院,定点医院,2020-01,通报,0818-7200000,,",
        ),
        now=now,
    )
    assert names("511725") == ("county", ["乙医院", "甲医院"])


def test_a_place_that_does_not_exist_is_refused(now: datetime):
    import_hospitals(now=now)
    assert hospitals_near("511721", on=DAY) == hospitals_near("511703", on=DAY)  # 达县
    for code in ("999999", "371200", ""):
        with pytest.raises(UnknownDivision):
            hospitals_near(code, on=DAY)


# ---------------------------------------------------------------- import


def test_the_real_list_is_taken_in_whole_and_once(shared: Path, now: datetime):
    first = import_hospitals(shared / REAL, now=now)
    assert (len(first.added), first.changed, first.delisted) == (50, (), ())
    zones = sorted({warning.value for warning in first.warnings})
    assert zones == ["屈家岭管理区", "漳河新区"]
    again = import_hospitals(shared / REAL, now=now)
    assert (bool(again), again.unchanged) == (False, 50)
    assert DesignatedHospital.objects.count() == 50
    assert Entry.objects.filter(verb="places.hospitals.imported").count() == 1
    zone = DesignatedHospital.objects.filter(county_name="漳河新区").first()
    assert zone is not None
    assert (zone.city_code, zone.county_code) == ("420800", "")
    assert zone.listed_on == date(2020, 1, 1)  # known by its month


def test_the_shipped_list_and_the_real_one_name_each_hospital_once(shared: Path, now: datetime):
    import_hospitals(shared / REAL, now=now)
    import_hospitals(now=now)
    assert DesignatedHospital.objects.count() == 50
    assert names("510117") == ("county", ["成都市郫都区人民医院"])


def test_the_shipped_list_leads_to_publications_and_no_machine(now: datetime):
    import_hospitals(now=now)
    for hospital in DesignatedHospital.objects.all():
        assert hospital.source
        assert "http" not in hospital.source
        assert "/" not in hospital.source
    dazhou = DesignatedHospital.objects.filter(city_code="511700")
    assert {"不是经核实的定点名单" in hospital.source for hospital in dazhou} == {True}


def test_a_newer_list_adds_the_phone_and_keeps_what_it_does_not_tell(now: datetime):
    import_hospitals(
        csv_of("四川省,达州市,渠县,渠县人民医院,定点医院,2020-02-12,甲,,后溪路,"), now=now
    )
    row = "四川省,达州市,渠县,渠县人民医院,定点医院,2020-02-20,乙,0818-7200000,,"
    changes = import_hospitals(csv_of(row), now=now)
    assert changes.changed == ("渠县人民医院",)
    hospital = DesignatedHospital.objects.get()
    assert (hospital.phone, hospital.address, hospital.source, hospital.listed_on) == (
        "0818-7200000",
        "后溪路",
        "乙",
        date(2020, 2, 12),
    )


def test_a_hospital_can_be_taken_off_and_named_again(now: datetime):
    row = "四川省,达州市,渠县,渠县人民医院,定点医院,{},通报,,,{}"
    import_hospitals(csv_of(row.format("2020-02-12", "")), now=now)
    off = import_hospitals(csv_of(row.format("2020-02-12", "2020-03-01")), now=now)
    assert off.delisted == ("渠县人民医院",)
    again = import_hospitals(csv_of(row.format("2020-05-01", "")), now=now)
    assert again.added == ("渠县人民医院",)
    days = [date(2020, 2, 29), date(2020, 4, 1), date(2020, 5, 1)]
    assert [names("511725", day)[0] for day in days] == ["county", "none", "county"]
    assert not import_hospitals(csv_of(row.format("2020-05-01", "")), now=now)


def test_a_dry_run_stores_nothing(now: datetime):
    changes = import_hospitals(apply=False, now=now)
    assert len(changes.added) == 21
    assert not DesignatedHospital.objects.exists()
    assert not Entry.objects.exists()


def test_everything_that_is_wrong_is_told_at_once(now: datetime):
    file = csv_of(
        "四川,达州市,渠县,渠县人民医院,定点医院,2020-02-12,通报,,,",
        "四川省,达川市,渠县,渠县人民医院,定点医院,2020-02-12,通报,,,",
        "四川省,达州市,渠县,,定点医院,二月,,打电话,,",
        "四川省,达州市,渠县,渠县人民医院,定点医院,2020-02-12,通报,,,2020-02-12",
        "四川省,达州市,渠县,渠县人民医院,定点医院,2020-02-13,通报,,,",
        f"四川省,达州市,渠县,{'长' * 101},定点医院,2020-02-13,通报,,,",
    )
    with pytest.raises(FileProblems) as error:
        import_hospitals(file, now=now)
    assert [(p.row, p.column, p.text % p.context) for p in error.value.problems] == [
        (2, "province", "There is no province of this name."),
        (3, "city", "There is no city of this name in the province."),
        (4, "hospital", "The name is missing."),
        (4, "source", "The source is missing."),
        (4, "phone", "This is not a telephone number."),
        (4, "as_of", "This is not a day."),
        (5, "until", "The end is not after the beginning."),
        (6, "hospital", "The same hospital stands in row 5."),
        (7, "hospital", "This is too long."),
    ]
    assert not DesignatedHospital.objects.exists()


def test_what_is_not_a_csv_is_refused(now: datetime):
    for data in (b"", b"PK\x03\x04rest", b"\x00\x01"):
        with pytest.raises(NotACsv):
            import_hospitals(data, now=now)
    with pytest.raises(FileProblems) as error:
        import_hospitals(b"name,phone\nx,1\n", now=now)
    assert [p.column for p in error.value.problems] == [
        "province",
        "city",
        "county",
        "hospital",
        "kind",
        "as_of",
        "source",
    ]
