"""What is sent upward: formats A, B, E and H from the frozen reports (issue 2, step 9)."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lianfang.audit.models import Entry
from lianfang.commands.main import main
from lianfang.incidents.figures import case_figures
from lianfang.installation.models import Installation
from lianfang.installation.queries import forget
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.reporting.models import UnitReport
from lianfang.reporting.summaries import Known, Line, added
from lianfang.roster.access import view_of
from lianfang.roster.models import Unit
from lianfang.usecases import referrals, summaries, zero_report
from lianfang.usecases.summary_files import harmless
from lianfang.usecases.summary_tables import share
from tests.cast import FEVER, College
from tests.flow.incident_cast import fever, said, the_incident, verified, who

pytestmark = pytest.mark.django_db(transaction=True)

# DOMAIN 4.12 A, in the official order.
OFFICIAL = [
    "序号", "单位/班级", "类别", "总人数(应报)", "已报", "未报", "其中联系不上", "代报",
    "在校", "在本市(县)", "省内其他", "省外(非湖北)", "湖北(不含武汉)", "武汉", "境外", "途中",
    "14天内武汉旅居史", "14天内湖北(其他重点地区)旅居史", "途经", "与重点地区来人接触", "与疑似/确诊接触", "被判定密接",
    "发热(≥37.3℃)", "干咳", "乏力", "其他症状", "就诊人数", "住院人数",
    "疑似", "确诊", "无症状感染", "治愈", "死亡",
    "居家隔离", "集中隔离", "校内留观", "重点监测在管", "当日新增", "当日解除", "累计解除",
    "要求提前返校未批", "擅自返回", "今日批准",
    "零报告(是/否)", "备注",
]  # fmt: skip
GROUPS = ["底数", "位置", "流行病学", "健康", "诊断", "管控", "返校", "结论"]


def sign(
    college: College, name: str, unit: str, declaration: str, *, again: str = ""
) -> UnitReport:
    return zero_report.sign_unit_report(
        unit=college.unit(unit),
        day=college.today,
        declaration=declaration,
        narrative="已电话联系" if declaration == "WITH_EVENTS" else "",
        correction_reason=again,
        signer=college[name],
        actor=college.actor(name),
        now=college.now,
    )


def export(college: College, unit: str, kind: Any, **extra: Any) -> summaries.Export:
    return summaries.export(
        unit=college.unit(unit),
        day=extra.pop("day", college.today),
        kind=kind,
        actor=college.actor("书记"),
        now=college.now,
        **extra,
    )


def grid(made: summaries.Export, sheet: int = 0) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    return [[cell.value for cell in row] for row in book.worksheets[sheet].iter_rows()]


def rows_of(made: summaries.Export, sheet: int = 0) -> dict[str, dict[str, Any]]:
    """The rows below the columns, by unit and category."""
    cells = grid(made, sheet)
    top = next(n for n, row in enumerate(cells) if "单位/班级" in row)
    columns = [c for c in cells[top] if c]
    found = {}
    for row in cells[top + 1 :]:
        if row[1] is None:
            break
        named = dict(zip(columns, row, strict=False))
        found[f"{named['单位/班级']} {named['类别'] or ''}".strip()] = named
    return found


def everybody_signs(college: College) -> None:
    college.everybody_reports()
    college.now = college.at("13:40")
    sign(college, "辅导员", "网络1班", "ZERO_FULL")
    sign(college, "外辅导员", "护理1班", "ZERO_FULL")
    sign(college, "主任", "信息系", "ZERO_FULL")
    sign(college, "书记", "护理系", "ZERO_FULL")
    sign(college, "书记", "党政办", "ZERO_FULL")


# ---------------------------------------------------------------- A


def by_libreoffice(made: summaries.Export, folder: Path) -> list[list[str]]:
    """What LibreOffice shows of the first sheet."""
    (folder / "a.xlsx").write_bytes(made.content)
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    to_csv = "csv:Text - txt - csv (StarCalc):44,34,76"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", to_csv, "--outdir", folder, "a.xlsx"],
        cwd=folder, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with (folder / "a.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def by_openpyxl(made: summaries.Export, folder: Path) -> list[list[str]]:
    return [["" if cell is None else str(cell) for cell in row] for row in grid(made)]


# LibreOffice reads them too where the machine has it.
READERS = [by_openpyxl, *([by_libreoffice] if shutil.which("soffice") else [])]


@pytest.mark.parametrize("read", READERS)
def test_a_has_the_official_columns_in_their_order_under_their_groups(
    college: College, read: Any, tmp_path: Path
) -> None:
    everybody_signs(college)
    cells = read(export(college, "信息系", "A"), tmp_path)
    top = next(n for n, row in enumerate(cells) if row[0] == "序号")
    assert cells[top] == OFFICIAL
    assert [cell for cell in cells[top - 1] if cell] == GROUPS


@pytest.mark.parametrize("read", READERS)
def test_a_formula_in_a_name_stays_what_was_typed(
    college: College, read: Any, tmp_path: Path
) -> None:
    Unit.objects.filter(pk=college.unit("网络1班").pk).update(name="=1+1")
    everybody_signs(college)
    cells = read(export(college, "信息系", "A"), tmp_path)
    assert [row[1] for row in cells if row[0] in {"1", "2"}] == ["信息系", "=1+1"]


def test_a_begins_with_who_answers_for_it(college: College) -> None:
    everybody_signs(college)
    cells = grid(export(college, "信息系", "A"))
    assert cells[0][0] == "学院(党总支)每日健康信息统计表"
    facts = {
        label: value for row in cells[1:3] for label, value in pairwise(row) if label and value
    }
    assert facts == {
        "单位": "信息系",
        "日期": "2020-02-01",
        "统计截止时间": "2020-02-01 13:40",
        "填报人": "主任",
        "电话": college["主任"].phone,
        "责任人签字": "主任 (系统签报 2020-02-01 13:40)",
    }


def test_a_has_a_row_per_class_and_department_and_the_signed_total(college: College) -> None:
    everybody_signs(college)
    rows = rows_of(export(college, "信息系", "A"))
    assert list(rows) == ["信息系 教职工", "网络1班 学生", "合计 教职工、学生"]
    assert [row["总人数(应报)"] for row in rows.values()] == [3, 3, 6]
    assert [row["发热(≥37.3℃)"] for row in rows.values()] == [0, 0, 0]
    assert {row["零报告(是/否)"] for row in rows.values()} == {"是"}


def test_the_places_of_everybody_add_up_to_the_number_reported(college: College) -> None:
    everybody_signs(college)
    places = OFFICIAL[8:16]
    for row in rows_of(export(college, "信息系", "A")).values():
        assert sum(row[place] for place in places) == row["已报"]


def test_what_this_release_does_not_ask_for_is_a_dash_and_never_a_zero(college: College) -> None:
    everybody_signs(college)
    row = rows_of(export(college, "信息系", "A"))["网络1班 学生"]
    unknown = ["途经", "擅自返回", "今日批准"]
    assert {row[column] for column in unknown} == {"—"}


def test_diagnoses_stand_there_as_they_were_known_when_it_was_signed(college: College) -> None:
    fever(college)
    verified(college)
    way = referrals.advise(incident=the_incident(), hospital="市中心医院", **who(college, "值班员"))
    referrals.take_step(referral=way, step="seen", **who(college, "值班员"))
    said(college, "SUSPECTED")
    college.everybody_reports("小明")
    college.now = college.at("13:40")
    sign(college, "主任", "信息系", "WITH_EVENTS")
    college.now += timedelta(hours=1)
    said(college, "CONFIRMED")  # after the signature
    row = rows_of(export(college, "信息系", "A"))["合计 教职工、学生"]
    assert [row[name] for name in ("就诊人数", *OFFICIAL[28:33])] == [1, 1, 0, 0, 0, 0]
    line = export(college, "信息系", "H").text
    assert "疑似1人,确诊0人" in line
    ids = [college.unit("网络1班").pk]
    now = case_figures(ids, day=college.today, at=college.now)
    assert (now["suspected"], now["confirmed"]) == (0, 1)
    said(college, "RECOVERED")
    cured = case_figures(ids, day=college.today, at=college.now)
    assert (cured["confirmed"], cured["cured"]) == (0, 1)


def test_a_class_that_has_not_signed_reads_so_and_has_empty_cells(college: College) -> None:
    college.everybody_reports()
    college.now = college.at("13:50")
    sign(college, "主任", "信息系", "ZERO_FULL")
    row = rows_of(export(college, "信息系", "A"))["网络1班 学生"]
    assert (row["总人数(应报)"], row["已报"], row["零报告(是/否)"]) == (3, "未报", "未报")
    assert {row[column] for column in OFFICIAL[5:-2]} == {None}


def test_a_unit_that_has_not_signed_reads_so_everywhere(college: College) -> None:
    college.everybody_reports()
    cells = grid(export(college, "护理系", "A"))
    total = next(row for row in cells if row[1] == "合计")
    assert (total[4], total[-2]) == ("未报", "未报")
    assert 0 not in total
    assert export(college, "护理系", "H").text == "截至2月1日8时,护理系未报。"


def test_below_the_threshold_a_zero_is_unknown_and_a_number_a_least(college: College) -> None:
    college.report("小明", FEVER)
    college.now = college.at("13:30")
    sign(college, "辅导员", "网络1班", "WITH_EVENTS")
    row = rows_of(export(college, "网络1班", "A"))["合计 学生"]
    assert (row["总人数(应报)"], row["已报"], row["未报"]) == (3, 1, 2)
    assert (row["发热(≥37.3℃)"], row["乏力"], row["武汉"]) == ("未知(至少1)", "未知", "未知")
    assert row["零报告(是/否)"] == "否"


def test_a_zero_of_too_few_reports_is_no_zero_report(college: College) -> None:
    college.report("小明")
    college.now = college.at("13:30")
    sign(college, "辅导员", "网络1班", "ZERO_PARTIAL")
    made = export(college, "网络1班", "A")
    row = rows_of(made)["合计 学生"]
    assert row["零报告(是/否)"] == "未知"
    assert row["备注"] == "迟报;有人未联系上"
    files = {
        "重点监测在管",
        "当日新增",
        "当日解除",
        "累计解除",
    }  # counted from files, not from reports
    indicators = [row[column] for column in OFFICIAL[7:-2] if column not in files]
    assert 0 not in indicators


def test_a_later_report_does_not_alter_what_was_signed(college: College) -> None:
    everybody_signs(college)
    before = export(college, "信息系", "A", as_csv=True).text
    college.report("小明", FEVER)
    assert export(college, "信息系", "A", as_csv=True).text == before


def test_the_thermometer_counts_as_a_fever_even_where_the_word_was_not_chosen(
    college: College,
) -> None:
    college.everybody_reports("小明")
    college.report("小明", replace(FEVER, symptoms=("headache",)))
    college.now = college.at("12:30")
    report = sign(college, "辅导员", "网络1班", "WITH_EVENTS")
    total = report.figures["total"]
    assert (total["fever"], total["other_symptoms"]) == (1, 1)


def test_the_figures_are_kept_by_category_and_add_up(college: College) -> None:
    college.report("小明", FEVER)
    college.report("主任")
    college.now = college.at("12:30")
    figures = sign(college, "主任", "信息系", "WITH_EVENTS").figures
    students, staff = figures["by_category"]["STUDENT"], figures["by_category"]["STAFF"]
    assert (students["expected"], students["received"], students["fever"]) == (3, 1, 1)
    assert (staff["expected"], staff["received"], staff["fever"]) == (3, 1, 0)
    assert added([students, staff]) == figures["total"] == added(figures["rows"])
    assert [row["categories"] for row in figures["rows"]] == [{"STAFF": 3}, {"STUDENT": 3}]


# ---------------------------------------------------------------- B


def test_b_has_two_lines_for_each_unit_and_their_sums(college: College) -> None:
    everybody_signs(college)
    rows = rows_of(export(college, "学院", "B"))
    assert list(rows)[:4] == [
        "信息系 学生(学工部)",
        "信息系 教职工(人事处)",
        "护理系 学生(学工部)",
        "护理系 教职工(人事处)",
    ]
    assert rows["信息系 学生(学工部)"]["已报"] == 3
    assert rows["合计 学生(学工部)"]["已报"] == 4
    assert rows["合计 教职工(人事处)"]["已报"] == 7
    assert rows["合计"]["已报"] == 11
    assert rows["合计"]["发热(≥37.3℃)"] == 0


def test_b_names_the_units_that_have_not_signed_and_knows_no_total(college: College) -> None:
    college.everybody_reports()
    sign(college, "主任", "信息系", "ZERO_FULL")
    made = export(college, "学院", "B")
    rows = rows_of(made)
    assert (rows["护理系"]["已报"], rows["护理系"]["发热(≥37.3℃)"]) == ("未报", None)
    total = rows["合计(3个单位中仅1个已报)"]
    assert (total["已报"], total["发热(≥37.3℃)"]) == ("未知(至少6)", "未知")
    assert 0 not in total.values()
    assert [row[1] for row in grid(made, 1) if isinstance(row[0], int)] == ["护理系", "党政办"]
    assert any("未报单位:护理系、党政办" in str(row[0]) for row in grid(made))


def test_b_compares_with_yesterday_where_both_days_are_known(college: College) -> None:
    everybody_signs(college)
    college.now = college.now.replace(day=2, hour=9)
    college.work()
    college.everybody_reports("小明")
    college.report("小明", FEVER)
    sign(college, "主任", "信息系", "WITH_EVENTS")
    cells = grid(export(college, "学院", "B"), 2)
    top = next(n for n, row in enumerate(cells) if row[0] == "序号")
    fever = next(n for n, cell in enumerate(cells[top - 1]) if cell == "发热(≥37.3℃)")
    assert cells[top][fever : fever + 3] == ["今日", "昨日", "增减"]
    assert cells[top + 1][fever : fever + 3] == [1, 0, 1]
    assert cells[top + 2][fever : fever + 3] == ["未报", 0, "—"]


# ---------------------------------------------------------------- E


def test_e_counts_the_days_in_a_row_that_a_unit_is_silent(college: College) -> None:
    college.everybody_reports()
    college.now = college.at("14:10")
    sign(college, "主任", "信息系", "ZERO_FULL")
    college.fast_forward(to=college.now.replace(day=3, hour=9))
    cells = grid(export(college, "学院", "E"))
    top = next(n for n, row in enumerate(cells) if row[0] == "单位" and row[1] != "学院")
    assert [cell for cell in cells[top] if cell] == [
        "单位", "总人数(应报)", "未报", "报告率", "及时率", "连续未报天数", "签报",
    ]  # fmt: skip
    assert cells[top + 1][:7] == ["信息系", "未知", "未知", "未知", "未知", 2, "未报"]
    assert cells[top + 2][:7] == ["护理系", "未知", "未知", "未知", "未知", 3, "未报"]
    first = grid(export(college, "学院", "E", day=date(2020, 2, 1)))
    assert first[top + 1][:7] == ["信息系", 6, 0, 1, 1, 0, "迟报"]


def test_a_rate_is_never_rounded_up_to_everybody() -> None:
    assert str(harmless(share(2999 / 3000))) == "99.9%"


# ---------------------------------------------------------------- H


def test_h_is_the_sentence_of_the_notice(college: College) -> None:
    college.everybody_reports()
    college.now = college.at("14:00")
    sign(college, "主任", "信息系", "ZERO_FULL")
    assert export(college, "信息系", "H").text == (
        "截至2月1日14时,信息系应报6人,已报6人(代报0人),未报0人;发热0人,疑似0人,确诊0人;"
        "重点监测0人;零报告。填报人主任,责任人主任。"
    )


def test_h_of_an_incomplete_unit_does_not_say_zero(college: College) -> None:
    college.report("小明")
    college.now = college.at("13:05")
    sign(college, "辅导员", "网络1班", "ZERO_PARTIAL")
    assert export(college, "网络1班", "H").text == (
        "截至2月1日13时05分,网络1班应报3人,已报1人(代报未知),未报2人;发热未知,疑似未知,确诊未知;"
        "重点监测0人;零报告(有2人未联系上)。填报人辅导员,责任人主任。"
    )


def test_h_can_be_had_in_english(college: College) -> None:
    everybody_signs(college)
    assert export(college, "信息系", "H", language="en").text.startswith(
        "As of 2-1 13:40, 信息系: 6 people to report, 6 people reported (0 people by proxy)"
    )


# ---------------------------------------------------------------- harmless, marked, checked


@pytest.mark.parametrize(
    "name",
    ['=HYPERLINK("http://x","a")', "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "=1+1"],
)
def test_a_name_that_begins_like_a_formula_is_harmless_text(college: College, name: str) -> None:
    Unit.objects.filter(pk=college.unit("网络1班").pk).update(name=name)
    everybody_signs(college)
    book = openpyxl.load_workbook(io.BytesIO(export(college, "信息系", "A").content))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "n"}
    mine = [cell for cell in cells if str(cell.value).strip() == name.strip()]
    assert [cell.data_type for cell in mine] == ["s"]
    text = export(college, "信息系", "A", as_csv=True).text
    plain = name.replace('"', '""').replace("\t", " ").replace("\r", " ")
    assert f'''"'{plain}"''' in text


def test_numbers_stay_numbers_in_the_csv() -> None:
    assert [harmless(cell) for cell in (-3, 0, "-3", "—")] == ["-3", "0", "'-3", "—"]


def test_an_exercise_says_so_in_every_title(college: College) -> None:
    everybody_signs(college)
    Installation.objects.update(is_exercise=True)
    forget()
    made = export(college, "学院", "B")
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    assert all("演练 EXERCISE" in sheet.title for sheet in book.worksheets)
    assert all("演练 EXERCISE" in str(sheet["A1"].value) for sheet in book.worksheets)
    assert export(college, "信息系", "H").text.startswith("演练 EXERCISE 截至")


def test_an_export_is_written_down(college: College) -> None:
    everybody_signs(college)
    export(college, "信息系", "A")
    entry = Entry.objects.get(verb="reporting.summary.exported")
    assert (entry.actor_id, entry.subject_id) == (college["书记"].pk, college.unit("信息系").pk)
    assert entry.detail == {"kind": "A", "day": "2020-02-01", "format": "xlsx"}


def test_only_who_may_know_the_figures_takes_them_out(college: College) -> None:
    unit = college.unit("网络1班").pk
    college.appoint("小红", "网络1班", "CLASS_REPORTER")

    def sight(name: str) -> Any:
        return view_of(college[name], day=college.today)

    assert summaries.unit_of_summary(unit, sight=sight("辅导员")).pk == unit
    assert summaries.unit_of_summary(unit, sight=sight("组长")).pk == unit
    with pytest.raises(Forbidden):
        summaries.unit_of_summary(unit, sight=sight("小红"))
    for name in ("外辅导员", "小明", "外人"):
        with pytest.raises(NotYours):
            summaries.unit_of_summary(unit, sight=sight(name))


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2020, 2, 2), date(9999, 12, 31)])
def test_there_is_no_summary_of_a_day_that_has_not_begun(college: College, day: date) -> None:
    with pytest.raises(summaries.NoSuchSummary):
        export(college, "信息系", "B", day=day)


def test_no_name_of_a_person_who_is_ill_or_missing_leaves_with_a_summary(
    college: College,
) -> None:
    college.report("小明", FEVER)
    college.now = college.at("13:30")
    sign(college, "辅导员", "网络1班", "WITH_EVENTS")
    for kind in summaries.KINDS:
        text = export(college, "网络1班", kind, as_csv=True).text
        for name in ("小明", "小红", "小刚", "已电话联系"):
            assert name not in text


def test_a_figure_of_nobody_is_no_zero() -> None:
    line = Line(name="", row={**added([]), "fever": 0}, threshold=0.8)
    assert line.figure("fever").known is Known.NOT_KEPT


def test_a_summary_is_written_on_the_command_line(
    college: College, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    everybody_signs(college)
    unit = college.unit("信息系").code
    assert main(["summary", unit, "--kind", "H", "--on", "2020-02-01"]) == 0
    assert capsys.readouterr().out == export(college, "信息系", "H").text + "\n"
    target = tmp_path / "a.csv"
    words = ["summary", unit, "--kind", "A", "--on", "2020-02-01", "--csv", "--out", str(target)]
    assert main(words) == 0
    assert target.read_bytes() == export(college, "信息系", "A", as_csv=True).content
    assert main(["summary", "nowhere", "--on", "2020-02-01"]) == 2
    assert main(["summary", unit, "--on", "9999-12-31"]) == 3
