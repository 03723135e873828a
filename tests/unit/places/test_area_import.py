from __future__ import annotations

import csv
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from lianfang.audit.models import Entry
from lianfang.kernel.actors import Actor
from lianfang.places import divisions
from lianfang.places.divisions import UnknownDivision
from lianfang.places.models import AreaImport, RiskArea
from lianfang.places.operations import ListChangedMeanwhile, import_areas
from lianfang.places.queries import (
    latest_list_day,
    listings_covering,
    risk_areas_on,
    was_listed,
    was_listed_between,
)
from lianfang.places.tables import FileProblems, NotACsv
from lianfang.places.words import in_words

pytestmark = pytest.mark.django_db

DERIVED = Path("covid_china") / "high_incidence_areas_by_day_derived.csv"
WUHAN, XIAOGAN, WENZHOU, BEIJING, HUBEI = "420100", "420900", "330300", "110000", "420000"


def by_day(*rows: str) -> bytes:
    return "\n".join(("date,area_code,area", *rows)).encode()


def periods(*rows: str) -> bytes:
    return "\n".join(("area_code,area,from,until,level,source", *rows)).encode()


def refused(file: bytes, now: datetime, **options: Any) -> list[tuple[int, str, str, str]]:
    """Row, column, value and problem of everything that is wrong with a file."""
    with pytest.raises(FileProblems) as error:
        import_areas(file, now=now, **options)
    assert not RiskArea.objects.exists()
    assert not AreaImport.objects.exists()
    return [(p.row, p.column, p.value, p.text % p.context) for p in error.value.problems]


# ---------------------------------------------------------------- the real list


@pytest.mark.parametrize("rule", ["R1", "R2", "R3"])
def test_the_list_of_every_day_is_the_one_in_the_file(shared: Path, now: datetime, rule: str):
    truth: dict[date, set[str]] = defaultdict(set)
    with (shared / DERIVED).open(encoding="utf-8") as file:
        lines = csv.DictReader(file)
        column = next(name for name in lines.fieldnames or () if name.startswith(f"in_{rule}_"))
        for line in lines:
            listed = truth[date.fromisoformat(line["date"])]
            if line[column] == "1":
                listed.add(divisions.resolve(line["area_code"]).code)
    changes = import_areas(shared / DERIVED, rule=rule, skip_unknown=True, now=now)
    assert changes.listed
    for day, codes in truth.items():
        assert risk_areas_on(day) == codes
    last = max(truth)
    assert latest_list_day() == last
    assert risk_areas_on(last + timedelta(days=5)) == truth[last]
    assert risk_areas_on(min(truth) - timedelta(days=1)) == frozenset()


def test_pseudo_codes_that_put_nothing_on_the_list_are_named_and_harm_nobody(
    shared: Path, now: datetime
):
    """The file tells of every city; 136100 and 715400 stand under R1 with a 0 on every day."""
    changes = import_areas(shared / DERIVED, rule="R1", now=now)
    with translation.override("en"):
        cures = {w.value: in_words(w)["cure"] for w in changes.warnings}
    assert cures["136100"] == "Did you mean 220184 吉林省长春市公主岭市?"
    assert cures["715400"] == "Did you mean 610581 陕西省渭南市韩城市?"
    assert set(cures) == {"136100", "715400", "410728", "220381"}  # the last two were renamed
    assert RiskArea.objects.values("area_code").distinct().count() == 50


def test_an_unknown_code_that_would_be_listed_refuses_the_whole_list(now: datetime):
    rows = [
        "date,area_code,area,in_R1",
        "2020-02-01,420100,武汉市,1",
        "2020-02-01,715400,韩城,0",
        "2020-02-02,715400,韩城,1",
    ]
    with pytest.raises(FileProblems) as error:
        import_areas("\n".join(rows).encode(), rule="R1", now=now)
    assert [(p.row, p.value) for p in error.value.problems] == [(4, "715400")]
    assert not RiskArea.objects.exists()


def test_the_same_file_again_changes_nothing(shared: Path, now: datetime):
    import_areas(shared / DERIVED, rule="R1", skip_unknown=True, now=now)
    before = list(RiskArea.objects.order_by("pk").values())
    later = now + timedelta(hours=1)
    changes = import_areas(shared / DERIVED, rule="R1", skip_unknown=True, now=later)
    assert not changes
    assert list(RiskArea.objects.order_by("pk").values()) == before
    assert AreaImport.objects.count() == 1
    assert Entry.objects.filter(verb="places.area_list.imported").count() == 1


# ---------------------------------------------------------------- what is listed


def test_a_listed_city_lists_all_its_counties_and_a_province_all_its_cities(now: datetime):
    import_areas(by_day("2020-02-01,420100,武汉市", "2020-02-01,110000,北京市"), now=now)
    on = date(2020, 2, 1)
    assert all(was_listed(code, on=on) for code in divisions.county_codes(WUHAN))
    assert was_listed("110108", on=on)
    assert was_listed(WUHAN, on=on)
    assert not was_listed("420902", on=on)
    assert not was_listed(HUBEI, on=on)  # one city is not the province
    assert not was_listed("511722", on=on)
    assert not was_listed("420102", on=date(2020, 1, 31))


def test_a_stay_is_compared_with_every_day_of_it(now: datetime):
    import_areas(periods("420900,孝感市,2020-02-03,2020-02-05,,"), now=now)
    county = divisions.county_codes(XIAOGAN)[0]

    def stayed(first: int, last: int) -> bool:
        return was_listed_between(county, first=date(2020, 2, first), last=date(2020, 2, last))

    assert [stayed(1, 2), stayed(1, 3), stayed(4, 9), stayed(5, 9)] == [False, True, True, False]
    why = listings_covering(county, first=date(2020, 2, 1), last=date(2020, 2, 9)).get()
    assert (why.area_code, why.listed_on) == (XIAOGAN, date(2020, 2, 3))


def test_an_unknown_place_is_refused_not_called_unlisted():
    for code in ("999999", "371200", ""):  # no code, a divided city, nothing
        with pytest.raises(UnknownDivision):
            was_listed(code, on=date(2020, 2, 1))


def test_a_place_is_found_under_its_old_and_its_new_code(now: datetime):
    file = periods("410728,长垣县,2020-02-01,2020-03-01,,", "330105,拱墅区,2022-02-01,,,")
    import_areas(file, now=now)
    for code in ("410728", "410783"):
        assert was_listed(code, on=date(2020, 2, 1))
    assert was_listed("330103", on=date(2022, 2, 1))  # 下城区 became part of 拱墅区
    assert not was_listed("330103", on=date(2020, 2, 1))
    assert not was_listed("330104", on=date(2022, 2, 1))  # divided since


# ---------------------------------------------------------------- day by day


def test_the_list_of_the_next_day_adds_and_removes(now: datetime):
    first = import_areas(by_day("2020-02-01,420100,", "2020-02-01,420900,"), now=now)
    assert first.listed == (WUHAN, XIAOGAN)
    tomorrow = now + timedelta(days=1)
    second = import_areas(by_day("2020-02-02,420100,", "2020-02-02,330300,"), now=tomorrow)
    assert (second.listed, second.delisted, second.changed) == ((WENZHOU,), (XIAOGAN,), ())
    assert risk_areas_on(date(2020, 2, 1)) == {WUHAN, XIAOGAN}
    assert risk_areas_on(date(2020, 2, 2)) == {WUHAN, WENZHOU}
    assert risk_areas_on(date(2020, 2, 20)) == {WUHAN, WENZHOU}


def test_what_was_known_when_somebody_reported_stays_known(now: datetime):
    import_areas(by_day("2020-02-01,420100,"), now=now)
    later = now + timedelta(hours=4)
    import_areas(by_day("2020-02-01,420100,", "2020-02-01,330300,"), now=later)
    day = date(2020, 2, 1)
    assert risk_areas_on(day) == {WUHAN, WENZHOU}
    assert risk_areas_on(day, known_at=later) == {WUHAN, WENZHOU}
    assert risk_areas_on(day, known_at=now + timedelta(hours=1)) == {WUHAN}
    assert risk_areas_on(day, known_at=now - timedelta(hours=1)) == frozenset()
    assert not was_listed("330302", on=day, known_at=now)
    assert was_listed("330302", on=day)


def test_an_unchanged_list_of_a_new_day_is_still_remembered_as_read(now: datetime):
    import_areas(by_day("2020-02-01,420100,"), now=now)
    rows = list(RiskArea.objects.values())
    changes = import_areas(by_day("2020-02-02,420100,"), now=now + timedelta(days=1))
    assert not changes
    assert list(RiskArea.objects.values()) == rows
    assert latest_list_day() == date(2020, 2, 2)


def test_a_dry_run_tells_and_stores_nothing(now: datetime):
    changes = import_areas(by_day("2020-02-01,420100,"), apply=False, now=now)
    assert changes.listed == (WUHAN,)
    assert not RiskArea.objects.exists()
    assert not AreaImport.objects.exists()
    assert not Entry.objects.exists()


def test_an_import_leaves_its_trace(now: datetime):
    secretary = Actor("PERSON", 7, "书记")
    import_areas(by_day("2020-02-01,420100,"), source="通报", actor=secretary, now=now)
    entry = Entry.objects.get()
    assert (entry.verb, entry.actor_id, entry.at) == ("places.area_list.imported", 7, now)
    assert entry.detail == {"rule": "", "source": "通报", "listed": 1, "delisted": 0, "changed": 0}
    area = RiskArea.objects.get()
    assert (area.source, area.name, area.known_from_at) == ("通报", "武汉市", now)


# ---------------------------------------------------------------- periods


def test_a_list_of_periods_speaks_only_for_the_areas_it_names(now: datetime):
    import_areas(by_day("2020-02-01,420100,"), now=now)
    import_areas(periods("330300,温州市,2020-01-28,,high,浙江省通报"), now=now)
    assert risk_areas_on(date(2020, 2, 1)) == {WUHAN, WENZHOU}
    area = RiskArea.objects.get(area_code=WENZHOU)
    assert (area.level, area.source, area.delisted_on) == ("high", "浙江省通报", None)


def test_the_end_of_a_period_is_told_by_the_same_beginning(now: datetime):
    import_areas(periods("330300,温州市,2020-01-28,,high,"), now=now)
    later = now + timedelta(days=9)
    changes = import_areas(periods("330300,温州市,2020-01-28,2020-02-10,high,"), now=later)
    assert changes.delisted == (WENZHOU,)
    assert risk_areas_on(date(2020, 2, 9)) == {WENZHOU}
    assert risk_areas_on(date(2020, 2, 10)) == frozenset()
    again = import_areas(periods("330300,温州市,2020-01-28,2020-02-10,high,"), now=later)
    assert not again


def test_a_list_of_three_thousand_areas_is_taken_in_whole(now: datetime):
    codes = divisions.county_codes()
    import_areas(periods(*(f"{code},,2020-02-01,,," for code in codes)), now=now)
    import_areas(
        periods(*(f"{code},,2020-02-01,2020-02-03,," for code in codes)),
        now=now + timedelta(hours=1),
    )
    assert len(risk_areas_on(date(2020, 2, 2))) == len(codes) > 2800
    assert risk_areas_on(date(2020, 2, 3)) == frozenset()


# ---------------------------------------------------------------- what is refused


def test_everything_that_is_wrong_is_told_at_once(now: datetime):
    file = periods(
        "420100,武汉市,2020-01-20,,high,",
        "715400,韩城,2020-01-20,,high,",
        "420900,孝感市,2020-02-30,,high,",
        "330300,温州市,2020-02-05,2020-02-05,high,",
        "420100,武汉市,2020-01-25,2020-02-01,high,",
        "371200,莱芜市,2020-01-25,,high,",
        "429000,,2020-01-25,,high,",
    )
    assert refused(file, now) == [
        (3, "area_code", "715400", "No division has this code."),
        (4, "from", "2020-02-30", "This is not a day."),
        (5, "until", "2020-02-05", "The end is not after the beginning."),
        (6, "from", "2020-01-25", "The days of 420100 武汉市 overlap with those in row 2."),
        (7, "area_code", "371200", "No division has this code."),
        (8, "area_code", "429000", "This is a heading of the code list, not an area."),
    ]


def test_a_period_that_overlaps_a_stored_one_is_refused(now: datetime):
    import_areas(periods("420100,武汉市,2020-01-20,,high,"), now=now)
    with pytest.raises(FileProblems) as error:
        import_areas(periods("420100,武汉市,2020-02-01,,medium,"), now=now)
    (problem,) = error.value.problems
    assert (problem.row, problem.column, problem.context["start"]) == (2, "from", "2020-01-20")
    assert RiskArea.objects.get().level == "high"


def test_an_area_twice_on_one_day_is_refused(now: datetime):
    file = by_day("2020-02-01,410728,长垣县", "2020-02-01,410783,长垣市")
    (problem,) = refused(file, now)
    assert problem[:3] == (3, "area_code", "410783")


def test_a_rule_must_be_chosen_where_there_are_several(now: datetime):
    file = b"date,area_code,in_R1_cum_ge_100,in_R2_cum_ge_50\n2020-02-01,420100,1,1\n"
    for rule, text in (
        ("", "The file offers several rules."),
        ("R9", "The file has no rule of this name."),
    ):
        with pytest.raises(FileProblems) as error:
            import_areas(file, rule=rule, now=now)
        (problem,) = error.value.problems
        assert (problem.text, problem.context["rules"]) == (text, "R1, R2")
    assert import_areas(file, rule="r2", now=now).listed == (WUHAN,)


def test_a_flag_that_is_neither_yes_nor_no_is_refused(now: datetime):
    file = b"date,area_code,in_R1\n2020-02-01,420100,yes\n"
    assert refused(file, now, rule="R1") == [(2, "in_R1", "yes", "This is neither 0 nor 1.")]


def test_missing_columns_are_named(now: datetime):
    assert refused(b"area_code,name\n420100,x\n", now) == [
        (1, "from", "", "This column is missing."),
        (1, "until", "", "This column is missing."),
    ]
    assert refused(b"date,code\n2020-02-01,420100\n", now) == [
        (1, "area_code", "", "This column is missing.")
    ]


def test_a_file_of_unknown_codes_alone_does_not_empty_the_list(now: datetime):
    with pytest.raises(FileProblems):
        import_areas(by_day("2020-02-01,715400,韩城"), skip_unknown=True, now=now)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"date,area_code,area\n",
        b"just one line of words",
        b"PK\x03\x04" + b"\x00" * 100,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"date,area_code\n2020-02-01,\x00\n",
        b"\x89PNG\r\n\x1a\n\xff\xff",
        b'date,area_code\n2020-02-01,"420100\n',
        b",".join(b"c%d" % n for n in range(500)) + b"\n1,2\n",
        b"a,b\n" + b'"' + b"x" * 200_000 + b'",1\n',
    ],
)
def test_what_is_not_a_csv_is_refused(data: bytes, now: datetime):
    with pytest.raises(NotACsv) as error:
        import_areas(data, now=now)
    assert len(error.value.problems) == 1


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, now: datetime):
    with pytest.raises(NotACsv):
        import_areas(tmp_path / "nothing.csv", now=now)
    with pytest.raises(NotACsv):
        import_areas(tmp_path, now=now)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_every_usual_encoding_and_form_of_a_date_is_read(encoding: str, now: datetime):
    text = "date,area_code,area\r\n２０２０/2/1,４２０１００, 武汉市 \r\n2020年2月1日,420900,孝感市\r\n"
    changes = import_areas(text.encode(encoding), now=now)
    assert changes.listed == (WUHAN, XIAOGAN)
    assert changes.warnings == ()
    assert RiskArea.objects.get(area_code=WUHAN).name == "武汉市"


def test_a_code_that_belongs_to_another_name_is_warned_of(now: datetime):
    changes = import_areas(by_day("2020-02-01,420900,武汉市"), now=now)
    (warning,) = changes.warnings
    assert (warning.row, warning.context["name"]) == (2, "孝感市")


@pytest.mark.django_db(transaction=True)
def test_of_two_lists_imported_at_once_the_later_one_counts_or_is_refused(now: datetime):
    """Never a mixture: each list speaks for the whole day."""
    lists = [by_day(f"2020-02-01,{code},") for code in (WUHAN, WENZHOU, XIAOGAN, BEIJING)]
    together = threading.Barrier(len(lists))

    def take_in(file: bytes) -> str:
        together.wait(timeout=20)
        try:
            import_areas(file, now=now)
        except ListChangedMeanwhile as refusal:
            return refusal.code
        finally:
            connection.close()
        return "stored"

    with ThreadPoolExecutor(len(lists)) as pool:
        answers = list(pool.map(take_in, lists))
    assert "stored" in answers
    assert set(answers) <= {"stored", "places.list-changed-meanwhile"}
    assert AreaImport.objects.count() == answers.count("stored")
    assert len(risk_areas_on(date(2020, 2, 1))) == 1
