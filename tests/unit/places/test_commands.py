from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from lianfang.commands import places
from lianfang.places.models import DesignatedHospital, RiskArea
from lianfang.places.queries import risk_areas_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def run(*arguments: str | Path) -> int:
    parser = ArgumentParser(prog="lianfang")
    places.add_parsers(parser.add_subparsers(required=True))
    chosen = parser.parse_args([str(argument) for argument in arguments])
    code: int = chosen.run(chosen)
    return code


@pytest.fixture
def area_file(tmp_path: Path) -> Path:
    path = tmp_path / "areas.csv"
    path.write_text("date,area_code,area,in_R1\n2020-02-01,420100,武汉市,1\n2020-02-01,330300,,0\n")
    return path


def test_areas_import_stores_the_list_of_a_rule(
    area_file: Path, capsys: pytest.CaptureFixture[str]
):
    assert run("areas", "import", area_file, "--rule", "R1", "--source", "paper", "--apply") == 0
    assert "newly listed 1" in capsys.readouterr().out
    assert risk_areas_on(date(2020, 2, 1)) == {"420100"}
    assert RiskArea.objects.get().source == "paper"
    assert run("areas", "import", area_file, "--rule", "R1", "--apply") == 0
    assert "Nothing changed" in capsys.readouterr().out


def test_areas_import_in_json_names_every_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "areas.csv"
    path.write_text("date,area_code,area\n2020-02-01,715400,韩城\nyesterday,420100,武汉市\n")
    assert run("areas", "import", path, "--json") == 2
    answer = json.loads(capsys.readouterr().out)
    assert (answer["applied"], answer["code"]) == (False, "places.file-problems")
    found = [(p["row"], p["column"], p["value"], p["problem"]) for p in answer["problems"]]
    assert found == [
        (2, "area_code", "715400", "No division has this code."),
        (3, "date", "yesterday", "This is not a day."),
    ]
    assert all(problem["cure"] for problem in answer["problems"])
    assert not RiskArea.objects.exists()


def test_areas_import_skips_unknown_codes_only_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "areas.csv"
    path.write_text("date,area_code,area\n2020-02-01,715400,韩城\n2020-02-01,420100,武汉市\n")
    assert run("areas", "import", path) == 2
    assert "row 2, area_code '715400'" in capsys.readouterr().err
    assert run("areas", "import", path, "--skip-unknown", "--apply", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["applied"], answer["listed"]) == (True, ["420100"])
    assert [warning["value"] for warning in answer["warnings"]] == ["715400"]


def test_a_dry_run_changes_nothing(area_file: Path, capsys: pytest.CaptureFixture[str]):
    assert run("areas", "import", area_file, "--rule", "R1", "--dry-run") == 0
    assert "nothing was stored" in capsys.readouterr().out
    assert not RiskArea.objects.exists()


def test_hospitals_import_without_a_file_takes_the_shipped_list(
    capsys: pytest.CaptureFixture[str],
):
    assert run("hospitals", "import") == 0
    assert "added 21" in capsys.readouterr().out
    assert DesignatedHospital.objects.count() == 21


def test_a_file_that_is_no_table_ends_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK\x03\x04")
    for command in ("areas", "hospitals"):
        assert run(command, "import", path) == 2
        assert "workbook" in capsys.readouterr().err
