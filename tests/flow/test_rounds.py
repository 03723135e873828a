"""Morning, noon and evening rounds of a class (晨午晚检), and a preview at the command line."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lianfang.commands.main import main
from lianfang.incidents.models import Incident
from lianfang.kernel.refusals import Invalid
from lianfang.monitoring.models import RoundCheck, RoundPlan
from lianfang.monitoring.rounds import Entry, NoSuchRound, rounds_of, summaries_of
from lianfang.usecases import rounds, summaries
from tests.cast import College
from tests.flow.test_key_monitoring import watched

pytestmark = pytest.mark.django_db


def who(college: College, name: str) -> dict[str, Any]:
    return {"by": college[name], "actor": college.actor(name), "now": college.now}


def test_a_fever_in_a_round_is_told_like_every_fever() -> None:
    college = College.found()
    unit = college.unit("网络1班")
    rounds.set_rounds(unit=unit, codes=["morning", "evening"], **who(college, "主任"))
    told = [
        Entry(college["小明"], True, Decimal("37.4")),
        Entry(college["小红"], True, Decimal("36.4")),
    ]
    rounds.take_round(unit=unit, code="morning", entries=told, **who(college, "辅导员"))
    incident = Incident.objects.get()
    assert incident.person == college["小明"]
    assert incident.first_report.source == "PROXY"
    [morning, evening] = summaries_of(unit, day=college.today, now=college.now)
    assert (morning.people, morning.looked_at, morning.not_looked_at) == (3, 2, 1)
    assert (morning.present, morning.with_symptoms) == (2, 1)
    assert evening.looked_at == 0
    # The same round again is the same rows, and no second incident.
    rounds.take_round(unit=unit, code="morning", entries=told, **who(college, "辅导员"))
    assert RoundCheck.objects.count() == 2
    assert Incident.objects.count() == 1
    with pytest.raises(NoSuchRound):
        rounds.take_round(unit=unit, code="evening", entries=told, **who(college, "辅导员"))
    with pytest.raises(NoSuchRound):
        rounds.take_round(unit=unit, code="noon", entries=told, **who(college, "辅导员"))


def test_one_wrong_row_names_itself_and_nothing_is_stored() -> None:
    college = College.found()
    unit = college.unit("网络1班")
    rounds.set_rounds(unit=unit, codes=["morning"], **who(college, "主任"))
    told = [
        Entry(college["小明"], True, Decimal("36.4")),
        Entry(college["小红"], False, Decimal("36.4")),
        Entry(college["小刚"], True, Decimal("45.0")),
    ]
    with pytest.raises(Invalid) as refusal:
        rounds.take_round(unit=unit, code="morning", entries=told, **who(college, "辅导员"))
    assert set(refusal.value.problems) == {
        f"person-{college['小红'].pk}", f"person-{college['小刚'].pk}",
    }  # fmt: skip
    assert not RoundCheck.objects.exists()


def test_rounds_are_switched_off_from_a_day_on_and_the_days_before_stay() -> None:
    college = College.found()
    unit = college.unit("网络1班")
    rounds.set_rounds(unit=unit, codes=["morning"], **who(college, "主任"))
    first = college.today
    college.fast_forward(days=2)
    rounds.set_rounds(unit=unit, codes=[], **who(college, "主任"))
    assert [slot.code for slot in rounds_of(unit, day=first, now=college.now)] == ["morning"]
    assert rounds_of(unit, day=college.today, now=college.now) == []
    assert RoundPlan.objects.get().held_until == college.today


def test_the_command_line_says_whose_end_would_change_and_names_nobody(
    tmp_path: Any, capsys: Any
) -> None:
    college = College.found()
    file = watched(college)
    edition = tmp_path / "seven.toml"
    edition.write_text("[settings]\nmonitor.days = 7\n", encoding="utf-8")
    assert main(["monitoring", "preview", str(edition), "--json"]) == 0
    said = capsys.readouterr().out
    assert "小明" not in said
    [row] = json.loads(said)
    assert (row["file"], row["days"], row["new_last_day"]) == (file.number, -7, "2020-02-08")
    assert main(["monitoring", "preview", "2020-01-30", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    edition.write_text("[settings]\nmonitor.days = 0\n", encoding="utf-8")
    assert main(["monitoring", "preview", str(edition)]) == 2
    assert "monitor: days is a whole number from 1, not 0" in capsys.readouterr().err
    assert main(["monitoring", "preview", "no such edition"]) == 2


def test_the_rounds_of_three_days_are_format_f() -> None:
    """Each person once per column; a class in which nobody was looked at is unknown, not zero."""
    college = College.found()
    unit = college.unit("网络1班")
    rounds.set_rounds(unit=unit, codes=["morning"], **who(college, "主任"))
    rounds.take_round(
        unit=unit,
        code="morning",
        entries=[
            Entry(college["小明"], True, Decimal("37.4"), ("dry_cough", "rash")),
            Entry(college["小红"], True, Decimal("36.4"), ("dry_cough",)),
            Entry(college["小刚"], False, is_absent_ill=True),
        ],
        **who(college, "辅导员"),
    )

    def exported(day: date) -> list[list[str]]:
        made = summaries.export(
            unit=college.unit("信息系"), day=day, kind="F", actor=college.actor("主任"),
            now=college.now, as_csv=True, language="en",
        )  # fmt: skip
        return list(csv.reader(made.text.lstrip("\ufeff").splitlines()))

    first = college.today
    [row] = [row for row in exported(first) if row and row[0] == "网络1班"]
    #                 people, looked at, there, absent ill; fever rash diarrhoea vomiting jaundice eyes cough other
    assert row[1:] == ["3", "3", "2", "1", *"11000020", *"11000020"]
    college.fast_forward(days=1)
    [row] = [row for row in exported(college.today) if row and row[0] == "网络1班"]
    assert row[1:] == ["3", "0", *["unknown"] * 10, *"11000020"]
