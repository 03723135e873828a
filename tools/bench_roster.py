"""The import of a roster of 30,000 rows: dry run, and all of it written.

The baseline of the import is 30,000 plain rows inserted in one transaction: what a database
must do at the least to remember so many people.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from typing import Any

from tools.bench_support import DAY, NOW, Row, memory_mib, new_home, row, set_up

PEOPLE = 30_000
_TITLES = [
    "学号",
    "姓名",
    "性别",
    "院系",
    "专业",
    "班级",
    "宿舍",
    "辅导员",
    "政治面貌",
    "手机号",
    "家庭住址",
]


def run(database_url: str = "") -> list[Row]:
    """In a process of its own, whose peak memory is one of the rows."""
    answer = subprocess.run(
        [sys.executable, "-m", "tools.bench_roster", database_url],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    rows: list[Row] = json.loads(answer.stdout.splitlines()[-1])
    return rows


def workbook(people: int) -> bytes:
    """A roster of made-up students in classes of forty, and a counselor for every ten classes."""
    import xlsxwriter

    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"constant_memory": True})
    sheet = book.add_worksheet("学生名册")
    _write(sheet, 0, _TITLES)
    for n in range(people):
        _write(sheet, n + 1, _student(n))
    staff = book.add_worksheet("教职工名册")
    _write(staff, 0, ["工号", "姓名", "部门", "岗位"])
    for n in range(-(-people // 400)):
        _write(staff, n + 1, [f"T{n:05}", _counselor(n), f"第{n // 3}系", "辅导员"])
    book.close()
    return data.getvalue()


def _student(n: int) -> list[str]:
    group = n // 40
    name = chr(0x4E00 + n % 3000) + chr(0x5E00 + n * 7 % 5000) + chr(0x6E00 + n * 13 % 3000)
    return [
        f"2019{n:06}", name, "女", f"第{group // 30}系", f"第{group // 6}专业", f"2019级{group}班",
        f"{n % 20}栋{100 + n % 800}", _counselor(group // 10), "共青团员", f"142{n:08}",
        f"四川省达州市宣汉县君塘镇新凰村{n % 9}组{n % 50}号",
    ]  # fmt: skip


def _counselor(n: int) -> str:
    return "导" + chr(0x4E00 + n)


def _write(sheet: Any, number: int, cells: list[str]) -> None:
    for column, cell in enumerate(cells):
        sheet.write_string(number, column, cell)


def _in_this_process(database_url: str) -> list[Row]:
    new_home(database_url)
    set_up()
    from lianfang.kernel.actors import OPERATOR
    from lianfang.roster.imports.reading import RosterFiles
    from lianfang.roster.imports.sheets import NamedFile
    from lianfang.usecases import roster_import

    files = RosterFiles(roster=NamedFile("roster.xlsx", workbook(PEOPLE)))
    plain = PEOPLE / _seconds(_plain_insert)
    asked: dict[str, Any] = {"files": files, "as_of": DAY, "now": NOW}
    look = _seconds(lambda: roster_import.plan_import(**asked))
    write = _seconds(lambda: roster_import.apply_import(**asked, actor=OPERATOR))
    again = _seconds(lambda: roster_import.plan_import(**asked))
    return [
        row(f"roster dry run, {PEOPLE:,} rows", look, "s"),
        row(f"roster import, {PEOPLE:,} rows", write, "s"),
        row("roster import", PEOPLE / write, "rows/s", plain),
        row(f"the same roster again, {PEOPLE:,} rows", again, "s"),
        row("peak memory of the import", memory_mib(os.getpid()), "MiB"),
    ]


def _plain_insert() -> None:
    """As many short rows in one transaction, by executemany."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE plain (number varchar(20) PRIMARY KEY, name varchar(60))")
        rows = [(f"{n:06}", f"学生{n}") for n in range(PEOPLE)]
        cursor.executemany("INSERT INTO plain VALUES (%s, %s)", rows)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE plain")


def _seconds(action: Any) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


if __name__ == "__main__":
    print(json.dumps(_in_this_process(sys.argv[1] if len(sys.argv) > 1 else "")))
