"""First, interim and final report: composed from facts, frozen, with and without the name."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from django.db import DatabaseError, transaction

from lianfang.audit.models import Entry
from lianfang.incidents.freezing import (
    FinalReportExists,
    FirstReportExists,
    FirstReportFirst,
    NoOutcomeYet,
    NotVerifiedYet,
)
from lianfang.incidents.models import CaseReport
from lianfang.kernel.refusals import Invalid
from lianfang.usecases import daily_cases, handle_incident, incident_reports, referrals
from tests.cast import College
from tests.flow.incident_cast import fever, said, the_incident, told, verified, who

pytestmark = pytest.mark.django_db(transaction=True)
NAMES_AND_HEALTH = ("小明", "38.2", "发热", "干咳", "Fever", "Dry cough", "王医生", "李科长")


@pytest.fixture
def college(college: College) -> College:
    college.appoint("副主任", "学院", "DOCTOR")
    return college


def make(college: College, kind: str, words: str = "") -> CaseReport:
    return incident_reports.make_report(
        incident=the_incident(), kind=kind, words=words, **who(college, "值班员")
    )


def text(report: CaseReport, *, named: bool = True, language: str = "zh-hans") -> str:
    return incident_reports.text_of(report, named=named, language=language)


def test_the_whole_story_of_a_confirmed_case(college: College) -> None:
    """Fever, verified, suspected, told, first; confirmed, interim; recovered, cleared, final."""
    fever(college)
    with pytest.raises(NotVerifiedYet):
        make(college, "FIRST")
    verified(college, has_history=True)
    way = referrals.advise(
        incident=the_incident(), hospital="示例市中心医院", transport="AMBULANCE",
        companion="母亲", **who(college, "值班员"),
    )  # fmt: skip
    college.fast_forward(hours=3)
    said(college, "SUSPECTED")
    college.fast_forward(minutes=80)
    with pytest.raises(FirstReportFirst):
        make(college, "INTERIM")
    told(college)
    told(college, "EDUCATION")
    first = make(college, "FIRST")
    with pytest.raises(FirstReportExists):
        make(college, "FIRST")
    words = text(first)
    for part in ("首报", "小明", "发热", "38.2", "疑似病例", "王医生", "李科长", "示例市中心医院",
                 "120救护车", "属地疾控中心", "核实时本人说有", "报告类型：首报"):  # fmt: skip
        assert part in words, part
    with pytest.raises(NoOutcomeYet):
        make(college, "FINAL", "聚会感染")
    college.fast_forward(days=1)
    said(college, "CONFIRMED", "CDC", said_by="区疾控 李科长", document="〔2020〕9号")
    told(college, "EDUCATION")
    interim = make(college, "INTERIM", "核酸阳性")
    assert (interim.number, "续报 1" in text(interim), "确诊病例" in text(interim)) == (
        1,
        True,
        True,
    )
    assert "确诊病例" not in text(first)  # what was frozen stays
    college.now += timedelta(days=12)
    said(college, "RECOVERED")
    referrals.take_step(
        referral=way, step="result", result="两次核酸阴性", **who(college, "值班员")
    )
    handle_incident.clear(
        incident=the_incident(), paper="FIT_FOR_CLASS", issued_by="市中心医院",
        checked_by=college["副主任"], **who(college, "值班员"),
    )  # fmt: skip
    with pytest.raises(Invalid):
        make(college, "FINAL")  # without cause and lessons
    final = make(college, "FINAL", "返乡途中感染;及时就诊。")
    assert "治愈" in text(final)
    assert "返乡途中感染" in text(final)
    numbers = [text(one).split("编号：")[1].split()[0][-2:] for one in (first, interim, final)]
    assert numbers == ["-F", "I1", "-E"]
    with pytest.raises(FinalReportExists):
        make(college, "INTERIM")
    handle_incident.close(
        incident=the_incident(), closing="", text="痊愈返校", **who(college, "值班员")
    )
    assert the_incident().closing == "RECOVERED"
    clock = the_incident().clocks.get(rule="R11", fact="SUSPECTED")
    assert clock.met_at == clock.started_at + timedelta(minutes=80)


def test_the_copy_has_the_code_and_neither_name_nor_symptom(college: College) -> None:
    fever(college)
    verified(college, has_history=True)
    said(college, "SUSPECTED")
    told(college)
    report = make(college, "FIRST")
    for language in ("zh-hans", "en"):
        words = text(report, named=False, language=language)
        assert the_incident().code in words
        assert [word for word in NAMES_AND_HEALTH if word in words] == []
    assert "Suspected" not in words
    assert "suspected case" in words
    assert "first report" in text(report, language="en")


def test_a_report_is_frozen_and_who_took_it_out_is_written_down(college: College) -> None:
    fever(college)
    verified(college)
    report = make(college, "FIRST")
    with pytest.raises(DatabaseError), transaction.atomic():
        CaseReport.objects.filter(pk=report.pk).update(digest="x")
    out: dict[str, Any] = {
        "actor": college.actor("值班员"),
        "now": college.now,
        "language": "zh-hans",
    }
    made = {
        fmt: incident_reports.export(report=report, named=True, fmt=fmt, **out)
        for fmt in incident_reports.FORMATS
    }
    assert "小明" in made["txt"].text
    body = zipfile.ZipFile(io.BytesIO(made["docx"].content)).read("word/document.xml")
    assert "小明" in "".join(ElementTree.fromstring(body).itertext())
    sheet: Any = openpyxl.load_workbook(io.BytesIO(made["xlsx"].content)).active
    assert any("小明" in str(cell.value) for row in sheet for cell in row)
    taken = Entry.objects.filter(verb="incidents.report.taken", concerns=college["小明"].pk)
    assert [entry.detail["format"] for entry in taken] == ["txt", "docx", "xlsx"]


def test_the_daily_list_masks_names_and_shows_the_code_to_the_leading_group(
    college: College,
) -> None:
    fever(college, visited=True, visited_area="420100", left_on=college.today)
    verified(college, has_history=True)
    told(college)
    units = frozenset({college.unit("网络1班").pk})
    head: dict[str, Any] = {
        "units": units,
        "day": college.today,
        "reader": None,
        "now": college.now,
    }
    [named] = daily_cases.table_of(named_units=units, **head).rows
    assert named[1] == "小*"
    assert any("38.2" in str(cell) for cell in named)
    [coded] = daily_cases.table_of(named_units=frozenset(), **head).rows
    assert coded[1] == the_incident().code
    assert [word for word in NAMES_AND_HEALTH if word in str(coded)] == []
    assert len(daily_cases.columns()) == 12


def test_yesterdays_closed_case_is_not_on_todays_list(college: College) -> None:
    fever(college)
    verified(college, "TYPED_WRONG", text="填错")
    units = frozenset({college.unit("网络1班").pk})
    day = college.today

    def cases(on: Any) -> int:
        return len(daily_cases.cases_of(units=units, day=on, reader=None, now=college.now))

    assert cases(day) == 1
    college.fast_forward(days=1)
    assert (cases(day), cases(college.today)) == (1, 0)
    assert daily_cases.cases_of(units=units, day=day, reader=college["小明"], now=college.now) == []
