"""`lianfang detect` and `lianfang trace` as a person types them."""

from __future__ import annotations

import argparse
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import translation

from lianfang import surveillance
from lianfang.commands.surveillance import add_parsers

EVERY_METHOD = (
    *("ears", "ears_classical", "cusum", "farrington_flexible"),
    *("attack_rate", "attack_table", "chain_measures", "person_days"),
)
HEADER = "t_seconds,day,id1,id2,group1,group2"


def lianfang(*words: object) -> int:
    with translation.override("en"):
        parser = argparse.ArgumentParser(prog="lianfang")
        add_parsers(parser.add_subparsers(required=True))
        given = parser.parse_args([str(word) for word in words])
        return int(given.run(given))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [f"{name},365,{t},2" for name, n in (("A", 9), ("B", 3)) for t in range(1, n + 1)]
    (tmp_path / "series.csv").write_text("\n".join(["series_id,freq,t,observed", *rows]))
    (tmp_path / "params.json").write_text(json.dumps({"EARS": {"E1": {"method": "C1"}}}))
    (tmp_path / "contacts.csv").write_text(f"{HEADER}\n20,0,1,2,A,B\n")
    return tmp_path


def detect(folder: Path, *, series: str = "series.csv", param_set: str = "E1") -> int:
    return lianfang(
        *("detect", folder / series, "--params", folder / "params.json"),
        *("--set", param_set, "--out", folder / "alarms.csv"),
    )


def test_detect_says_what_it_did_and_which_series_it_could_not_judge(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert detect(folder) == 0
    said = capsys.readouterr()
    answer = "1 series judged, 2 rows, 0 alarms, 0 rows without an answer: "
    assert said.out == f"{answer}{folder / 'alarms.csv'}\n"
    assert said.err == ("B, E1: not judged, series too short: 3 values, EARS C1 over 7 needs 8\n")


def test_detect_names_every_fault_and_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.csv").write_text("series_id,freq,t,observed\nA,365,1,x\nA,365,1,-1\n")
    assert detect(folder, series="bad.csv") == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith(f"{folder / 'bad.csv'}, row 2, column observed: found x, expected")
    assert len(lines) == 4
    assert lines[-1] == "Nothing was written."
    assert not (folder / "alarms.csv").exists()


def test_detect_knows_the_sets_of_the_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert detect(folder, param_set="E9") == 2
    assert "found E9, expected one of the sets E1" in capsys.readouterr().err


def test_detect_fails_where_no_series_could_be_judged(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "short.csv").write_text("series_id,freq,t,observed\nA,365,1,0\n")
    assert detect(folder, series="short.csv") == 2
    assert "0 series judged" in capsys.readouterr().out


def test_trace_says_what_it_did(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder / "days.csv"
    assert lianfang("trace", folder / "contacts.csv", "--out", out) == 0
    assert capsys.readouterr().out == f"1 records, 2 people, 2 person-days: {out}\n"
    assert lianfang("trace", folder / "nowhere.csv", "--out", out) == 2
    said = capsys.readouterr().err
    assert "found No such file or directory, expected a file that can be read" in said


def test_trace_takes_another_interval_and_refuses_an_impossible_one(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = folder / "days.csv"
    words = ("trace", folder / "contacts.csv", "--out", out)
    assert lianfang(*words, "--interval", 900, "--minutes", 15) == 0
    assert out.read_text().splitlines()[1] == "0,1,A,1,1,900,900,1"
    for option, value in (("--interval", "0"), ("--minutes", "-1"), ("--minutes", "x")):
        with pytest.raises(SystemExit) as refusal:
            lianfang(*words, f"{option}={value}")
        assert refusal.value.code == 2
        assert "is no whole number from" in capsys.readouterr().err


def test_the_package_works_without_django() -> None:
    """Nothing of Django is imported by the detectors and the file layer."""
    question = (
        "import sys, lianfang.surveillance, lianfang.surveillance.files;"
        "sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", question], check=False).returncode == 0


def test_no_home_no_keys_and_no_database_are_looked_for(folder: Path) -> None:
    """A health officer's laptop has no college: nothing is made there but the answer."""
    home = folder / "home"
    environment = {
        "PATH": os.environ["PATH"], "LIANFANG_HOME": str(home), "LANG": "zh_CN.UTF-8",
        "LIANFANG_DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    }  # fmt: skip
    done = subprocess.run(
        [
            *(sys.executable, "-m", "lianfang.commands.main", "trace"),
            *(folder / "contacts.csv", "--out", folder / "days.csv"),
        ],
        env=environment, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "人日" in done.stdout or "2 人" in done.stdout
    assert not home.exists()


@pytest.mark.parametrize("name", [*EVERY_METHOD])
def test_every_method_says_shapes_errors_and_its_paper(name: str) -> None:
    words = inspect.getdoc(getattr(surveillance, name)) or ""
    assert re.search(r"\bPapers?: .*\((19|20)\d\d\)", words), f"{name} names no paper"
    assert "Raises " in words, f"{name} does not say what it refuses"
