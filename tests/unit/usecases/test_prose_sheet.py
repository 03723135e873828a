"""Sentences on a sheet: nothing is cut off when it is printed."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import openpyxl

from lianfang.usecases.summary_files import xlsx
from lianfang.usecases.summary_tables import Table


def test_rows_are_as_high_and_columns_as_wide_as_their_words() -> None:
    table = Table(
        tab="D", title="例", facts=[], columns=["序号", "就诊"], is_prose=True,
        rows=[[1, "感冒"], [2, "市中心医院发热门诊" * 4 + "\n第二行"]],
    )  # fmt: skip
    made = xlsx([table], now=datetime(2020, 2, 14, tzinfo=UTC))
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    assert sheet is not None
    short, long = (sheet.row_dimensions[row].height for row in (4, 5))
    assert (short, long) == (18.0, 4 * 14 + 4)  # three lines of a long sentence, and one more
    assert sheet.column_dimensions["A"].width < 8
    assert sheet.column_dimensions["B"].width > 30
