"""Whatever rosters follow one another: each day reads as the file of that day said."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lianfang.kernel.actors import OPERATOR
from lianfang.roster.models import Membership, Post, Unit, UnitLink
from lianfang.usecases import roster_export, roster_import
from tests import rosters

pytestmark = pytest.mark.django_db
FIRST = date(2020, 2, 1)
Row = dict[str, Any]


def a_roster(rng: random.Random, before: list[Row]) -> list[Row]:
    """Another roster: people come, go, move, change branch, room, phone and counselor."""
    rows = [dict(row) for row in before if rng.random() > 0.1]
    taken = {row["pid"] for row in before}
    for _new in range(rng.randint(1, 4)):
        pid = f"2019{rng.randint(1, 999):06}"
        if pid not in taken:
            taken.add(pid)
            rows.append({"kind": "student", "pid": pid, "name": f"学{chr(0x4E00 + int(pid[-3:]))}"})
    for row in rows:
        if "cls" not in row or rng.random() < 0.3:
            department = rng.choice(["信息系", "护理学院"])
            major = rng.choice({"信息系": ["网络", "软件"], "护理学院": ["助产"]}[department])
            row |= {"dept": department, "major": major, "cls": f"{major}{rng.randint(1, 3)}班"}
        if "branch" not in row or rng.random() < 0.3:
            row["branch"] = rng.choice(["", "", "信息学生党支部", "机关党支部"])
        if "dorm_room" not in row or rng.random() < 0.3:
            row["dorm_building"], row["dorm_room"] = rng.choice(
                [("", ""), ("3", "101"), ("5", "2")]
            )
        if "phone" not in row or rng.random() < 0.2:
            row["phone"] = f"142{int(row['pid']) % 10**6:06}{rng.randint(10, 99)}"
    return rows


def table(rows: list[Row], counselors: dict[str, str]) -> Any:
    titles = [
        name for name in roster_export.COLUMNS if name not in {"gb", "prov", "city", "county"}
    ]
    students = [
        [{**row, "counselor": counselors[row["cls"]]}.get(t, "") for t in titles] for row in rows
    ]
    staff = [
        [{"kind": "staff", "pid": f"T{n}", "name": f"导{n}甲", "dept": "信息系", "role": "辅导员"}.get(t, "")
         for t in titles]
        for n in range(1, 4)
    ]  # fmt: skip
    return rosters.files(rosters.comma([titles, *students, *staff]))


def on_day(day: date) -> dict[str, Row]:
    return {row["pid"]: row for row in roster_export.roster_rows(day=day)}


@pytest.mark.parametrize("seed", range(12))
def test_every_day_reads_as_its_file_said(seed: int, now: datetime) -> None:
    rng = random.Random(seed)
    rows: list[Row] = []
    told: dict[date, list[tuple[str, ...]]] = {}
    for step in range(6):
        day = FIRST + timedelta(days=3 * step)
        rows = a_roster(rng, rows)
        counselors = {row["cls"]: f"导{rng.randint(1, 3)}甲" for row in rows}
        files = table(rows, counselors)
        asked: dict[str, Any] = {"files": files, "as_of": day, "now": now, "college": "南山学院"}
        plan = roster_import.apply_import(**asked, actor=OPERATOR, confirm_gone=True)
        assert plan.errors == []
        again = roster_import.plan_import(**asked)
        assert again.is_empty, again.counts()
        told[day] = facts(
            {row["pid"]: {**row, "counselor": counselors[row["cls"]]} for row in rows}
        )
        for past, said in told.items():
            students = {k: v for k, v in on_day(past).items() if v["kind"] == "student"}
            assert facts(students) == said, past
        check_whole()


NAMES = ("pid", "name", "dept", "major", "cls", "dorm_building", "dorm_room", "branch", "counselor")


def facts(rows: dict[str, Row]) -> list[tuple[str, ...]]:
    return sorted(tuple(str(row[name]) for name in NAMES) for row in rows.values())


def check_whole() -> None:
    """What must hold after any import: periods, one place each, links that are the tree."""
    open_rows = Membership.objects.filter(held_until=None)
    places = Counter(open_rows.values_list("person_id", "kind"))
    assert set(places.values()) <= {1}
    for model in (Membership, Post):
        for key, start, end in model.objects.values_list("person_id", "held_from", "held_until"):
            assert end is None or start < end, key
    assert not open_rows.filter(unit__closed_on__isnull=False).exists()
    assert not Post.objects.filter(held_until=None, unit__closed_on__isnull=False).exists()
    units = {unit.pk: unit for unit in Unit.objects.filter(closed_on=None)}
    wanted = set()
    for unit in units.values():
        depth, above = 0, unit
        while True:
            wanted.add((above.pk, unit.pk, depth))
            if above.parent_id is None:
                break
            assert above.parent_id in units, f"{unit} stands below a closed unit"
            depth, above = depth + 1, units[above.parent_id]
    links = UnitLink.objects.filter(held_until=None)
    assert set(links.values_list("ancestor_id", "descendant_id", "depth")) == wanted
