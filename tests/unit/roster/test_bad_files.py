"""What is no roster is told so: the culprit by name, and what would be right."""

from __future__ import annotations

import contextlib
import io
import random
import zipfile
from collections.abc import Callable

import pytest

from lianfang.roster.imports import sheets, workbook
from lianfang.roster.imports.people import People, read_people
from lianfang.roster.imports.problems import Problem, Unreadable
from lianfang.roster.imports.sheets import NamedFile, read_file
from tests import rosters


def refusal(file: NamedFile) -> Problem:
    """The one problem of a file that cannot be read; it always brings a cure."""
    with pytest.raises(Unreadable) as caught:
        read_file(file)
    [problem] = caught.value.problems
    assert problem.cure
    assert problem.is_error
    return problem


def told(problem: Problem) -> str:
    return problem.text % problem.context


def people_of(file: NamedFile) -> People:
    return read_people(read_file(file))


@pytest.mark.parametrize(
    "name, data, part",
    [
        ("roster.xlsx", "学号,姓名\n1,张三\n".encode(), "called a workbook but is not one"),
        ("roster.xlsx", b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        ("roster.xls", b"\xef\xbb\xbf  <!DOCTYPE html><table>", "web page"),
        ("roster.xls", b"\xd0\xcf\x11\xe0" + bytes(600), "old kind (.xls)"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("roster.xml", b"<?xml version='1.0'?><Workbook/>", "XML document"),
        ("roster.csv", b"%PDF-1.7", "a picture, a PDF or an archive"),
        ("roster.xlsx", b"PK\x03\x04 and then nothing", "damaged"),
        ("roster.csv", b"", "empty"),
        ("roster.csv", b" \r\n ", "empty"),
    ],
)
def test_what_is_no_table_is_called_by_its_name(name: str, data: bytes, part: str) -> None:
    problem = refusal(NamedFile(name, data))
    assert problem.sheet == name
    assert part in told(problem)


def test_a_file_larger_than_the_limit_is_not_read() -> None:
    problem = refusal(NamedFile("roster.csv", b"a," * (sheets.MAX_BYTES // 2 + 1)))
    assert "larger than 20 MB" in told(problem)


# ---------------------------------------------------------------- zips

Change = Callable[[dict[str, bytes]], None]


def rebuilt(change: Change, *, name: str = "roster.xlsx") -> NamedFile:
    """A good workbook with some of its parts changed."""
    good = rosters.xlsx({"学生名册": [rosters.STUDENTS, rosters.student(1)]})
    with zipfile.ZipFile(io.BytesIO(good.data)) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    change(parts)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in parts.items():
            archive.writestr(path, content)
    return NamedFile(name, data.getvalue())


def bomb(parts: dict[str, bytes]) -> None:
    parts["xl/worksheets/sheet1.xml"] = b"<worksheet>" + b" " * (60 * 1024 * 1024)


def small_bomb(parts: dict[str, bytes]) -> None:
    """Below the size that is allowed, but swollen out of proportion."""
    parts["xl/worksheets/sheet1.xml"] += b" " * (20 * 1024 * 1024)


def many_parts(parts: dict[str, bytes]) -> None:
    parts |= {f"xl/media/{n}.xml": b"<a/>" for n in range(300)}


def macros(parts: dict[str, bytes]) -> None:
    parts["xl/vbaProject.bin"] = b"\0"


def binary(parts: dict[str, bytes]) -> None:
    parts["xl/workbook.bin"] = b"\0"


def a_document(parts: dict[str, bytes]) -> None:
    del parts["xl/workbook.xml"]
    parts["word/document.xml"] = b"<document/>"


def libre(parts: dict[str, bytes]) -> None:
    parts["mimetype"] = b"application/vnd.oasis.opendocument.spreadsheet"


def entities(parts: dict[str, bytes]) -> None:
    laughs = b'<!DOCTYPE w [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    parts["xl/worksheets/sheet1.xml"] = laughs


def half(parts: dict[str, bytes]) -> None:
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet[: len(sheet) // 2]


def other_encoding(parts: dict[str, bytes]) -> None:
    """EBCDIC would say something else to us than to the reader."""
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'encoding="UTF-8"', b'encoding="cp037"')


def utf_16(parts: dict[str, bytes]) -> None:
    sheet = parts["xl/worksheets/sheet1.xml"].decode().replace("UTF-8", "UTF-16")
    parts["xl/worksheets/sheet1.xml"] = sheet.encode("utf-16")


def lost_sheet(parts: dict[str, bytes]) -> None:
    del parts["xl/worksheets/sheet1.xml"]


@pytest.mark.parametrize(
    "change, part",
    [
        (bomb, "too much to open"),
        (small_bomb, "too much to open"),
        (many_parts, "too much to open"),
        (macros, "carries macros"),
        (binary, "binary workbook"),
        (a_document, "not a workbook"),
        (libre, "LibreOffice"),
        (entities, "damaged"),
        (half, "damaged"),
        (lost_sheet, "damaged"),
        (other_encoding, "damaged"),
        (utf_16, "damaged"),
    ],
)
def test_a_zip_that_is_no_sound_workbook_is_refused_unread(change: Change, part: str) -> None:
    assert part in told(refusal(rebuilt(change)))


def test_a_workbook_called_xlsm_is_refused_even_without_macros() -> None:
    assert "macros" in told(refusal(rebuilt(lambda parts: None, name="roster.xlsm")))


def test_what_the_header_of_a_zip_claims_is_not_believed() -> None:
    """The size in the directory is small, the part is large: it does not get that far."""
    file = rebuilt(lambda parts: parts.update({"xl/worksheets/sheet1.xml": b" " * 4_000_000}))
    data = bytearray(file.data)
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    assert "damaged" in told(refusal(NamedFile("roster.xlsx", bytes(data))))


def test_only_parts_that_were_checked_reach_the_reader() -> None:
    """A picture that is really a sheet is not in the zip that the reader is given."""

    def hide(parts: dict[str, bytes]) -> None:
        parts["xl/media/image1.png"] = parts.pop("xl/worksheets/sheet1.xml")
        relations = parts["xl/_rels/workbook.xml.rels"]
        parts["xl/_rels/workbook.xml.rels"] = relations.replace(
            b"worksheets/sheet1.xml", b"media/image1.png"
        )

    assert "damaged" in told(refusal(rebuilt(hide)))


# ---------------------------------------------------------------- how far a sheet reaches


def test_five_hundred_columns_are_too_many() -> None:
    wide = [rosters.STUDENTS, [*rosters.student(1), *range(488)]]
    problem = refusal(rosters.xlsx({"学生名册": wide}))
    assert told(problem) == "The sheet has 500 columns; 60 are read."
    assert problem.sheet == "学生名册"


def test_a_million_empty_rows_are_told_with_their_cure() -> None:
    rows = b"".join(b'<row r="%d" ht="15"/>' % n for n in range(3, 1_048_577))

    def swell(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", rows + b"</sheetData>")

    problem = refusal(rebuilt(swell))
    assert told(problem) == "The sheet has 1048576 rows; 50000 are read."
    assert "delete" in problem.cure


def test_one_cell_in_the_last_corner_does_not_lay_out_the_whole_sheet() -> None:
    """A reader would want 17 thousand million cells for it."""
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'

    def stretch(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", corner)

    assert told(refusal(rebuilt(stretch))) == "The sheet has 16384 columns; 60 are read."


def test_formatted_cells_without_a_value_do_not_count_as_columns() -> None:
    styled = b"".join(b'<c r="%s1" s="0"/>' % name for name in (b"ZZ", b"AAA", b"XFD"))

    def style(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</row>", styled + b"</row>", 1)

    assert [record.number for record in people_of(rebuilt(style)).records] == ["2019000001"]


def test_too_many_rows_of_a_csv_are_refused() -> None:
    data = "学号,姓名\n" + "1,张三\n" * sheets.MAX_ROWS
    assert "50000 are read" in told(refusal(NamedFile("roster.csv", data.encode())))


# ---------------------------------------------------------------- sheets and headers


def test_an_empty_sheet_is_told() -> None:
    people = people_of(rosters.xlsx({"学生名册": []}))
    assert [told(problem) for problem in people.problems] == ["The sheet is empty."]


def test_a_header_without_people_is_told() -> None:
    people = people_of(rosters.xlsx({"学生名册": [rosters.STUDENTS]}))
    assert [told(problem) for problem in people.problems] == ["There is nobody below the header."]
    assert people.problems[0].sheet == "学生名册"


def test_an_empty_sheet_beside_a_full_one_needs_no_word() -> None:
    people = people_of(
        rosters.xlsx({"学生名册": [rosters.STUDENTS, rosters.student(1)], "Sheet2": []})
    )
    assert (len(people.records), people.problems) == (1, [])


def test_a_sheet_of_something_else_is_passed_over_with_a_note() -> None:
    rows = [["填写说明"], ["请勿修改表头"]]
    people = people_of(
        rosters.xlsx({"说明": rows, "学生名册": [rosters.STUDENTS, rosters.student(1)]})
    )
    [note] = people.problems
    assert (note.sheet, note.severity, len(people.records)) == ("说明", "warning", 1)


def test_a_missing_column_is_named_with_the_columns_that_are_there() -> None:
    people = people_of(rosters.xlsx({"学生名册": [["姓名", "班级"], ["张三", "网络1班"]]}))
    [problem] = people.problems
    assert (problem.column, problem.row, told(problem)) == ("学号", 1, "This column is missing.")
    assert "姓名, 班级" in problem.cure % problem.context


def test_no_header_at_all_is_told() -> None:
    people = people_of(rosters.xlsx({"学生名册": [["20190001", "张三", "网络1班"]]}))
    assert [told(p) for p in people.problems] == ["No row at the top names the columns."]


def test_two_columns_that_mean_the_same_are_told_and_the_usual_one_is_read() -> None:
    rows = [["学号", "姓名", "班级", "联系电话", "手机号"], ["1", "张三", "1班", "", "14200000001"]]
    people = people_of(rosters.xlsx({"学生名册": rows}))
    assert people.records[0].fields["phone"] == "+8614200000001"
    [note] = people.problems
    assert note.severity == "warning"
    assert "联系电话" in told(note)


def test_columns_about_origin_and_identity_are_named_and_read_nowhere() -> None:
    rows = [["学号", "姓名", "班级", "籍贯", "身份证号"], ["1", "张三", "1班", "湖北武汉", "42"]]
    people = people_of(rosters.xlsx({"学生名册": rows}))
    assert people.unread == ["籍贯", "身份证号"]
    assert "湖北" not in repr(people.records[0].fields)


# ---------------------------------------------------------------- CSV


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_any_usual_csv_is_read(encoding: str, separator: str) -> None:
    rows = [rosters.STUDENTS, *(rosters.student(n) for n in range(1, 4))]
    people = people_of(rosters.comma(rows, encoding=encoding, separator=separator))
    assert [record.name for record in people.records] == [row[1] for row in rows[1:]]
    assert [record.row for record in people.records] == [2, 3, 4]
    assert people.problems == []


def test_a_line_that_excel_writes_for_itself_does_not_count_as_a_row() -> None:
    people = people_of(NamedFile("a.csv", "sep=;\r\n学号;姓名;班级\r\n1;张三;1班\r\n".encode()))
    assert [(record.name, record.row) for record in people.records] == [("张三", 3)]


def test_an_unclosed_quotation_mark_is_told_with_its_line() -> None:
    lines = [
        "学号,姓名,班级",
        "1,张三,1班",
        '2,"李四,1班',
        *(f"{n},王五,1班" for n in range(3, 90)),
    ]
    problem = refusal(NamedFile("roster.csv", "\n".join(lines).encode()))
    assert "opens in line 3 is not closed" in told(problem)
    assert problem.row == 3


def test_a_row_that_spans_lines_is_one_row_as_excel_counts() -> None:
    text = '学号,姓名,班级,家庭住址\n1,张三,1班,"君塘镇\n新凰村"\n2,,1班,x\n'
    people = people_of(NamedFile("roster.csv", text.encode()))
    [problem] = people.problems
    assert (problem.row, problem.column) == (3, "姓名")


def test_bytes_of_no_encoding_are_told() -> None:
    problem = refusal(NamedFile("roster.csv", "学号,姓名\n".encode() + b"\xff\xff\x80\n"))
    assert "no encoding" in told(problem)


def test_a_nul_in_a_csv_is_told_with_its_cell() -> None:
    people = people_of(NamedFile("roster.csv", "学号,姓名,班级\n1,张\0三,1班\n".encode()))
    [problem] = people.problems
    assert (problem.row, problem.column, problem.value) == (2, "姓名", "张\\u0000三")


_NOISE = [
    b'r="', b't="s"', b't="e"', b"<v>", b"999999999999", b"-1", b"1e400", b"NaN", b'r="XFD1048576"',
    b"A0", b"\xff", b"&#0;", b'<mergeCell ref="A1:XFD1048576"/>', b'<mergeCell ref="Z9:A1"/>', b"",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(150))
def test_a_workbook_with_noise_in_it_is_read_or_refused_and_nothing_else(seed: int) -> None:
    rng = random.Random(seed)

    def spoil(parts: dict[str, bytes]) -> None:
        for _time in range(rng.randint(1, 3)):
            path = rng.choice(sorted(parts))
            at = rng.randrange(len(parts[path]))
            end = at + rng.randint(0, 12)
            parts[path] = parts[path][:at] + rng.choice(_NOISE) + parts[path][end:]

    with contextlib.suppress(Unreadable):
        people_of(rebuilt(spoil))


@pytest.mark.parametrize("seed", range(150))
def test_any_bytes_at_all_are_read_or_refused_and_nothing_else(seed: int) -> None:
    rng = random.Random(seed)
    good = rosters.comma([rosters.STUDENTS, *(rosters.student(n) for n in range(1, 5))]).data
    noise = rng.randbytes(rng.randint(1, 40))
    at = rng.randrange(len(good))
    for data in (noise, good[:at] + noise + good[at:], good[at:], good[:at] + b'"' + good[at:]):
        with contextlib.suppress(Unreadable):
            people_of(NamedFile("roster.csv", data))


def test_parts_of_a_workbook_are_bounded() -> None:
    assert (workbook.MAX_ENTRIES, workbook.MAX_RATIO) == (200, 100)
    assert workbook.MAX_UNPACKED == 50 * 1024 * 1024
