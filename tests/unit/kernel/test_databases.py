from __future__ import annotations

from pathlib import Path

import pytest

from lianfang.kernel.databases import BadDatabaseAddress, database_from
from lianfang.kernel.texts import has_control_characters, prose, tidy


def test_the_embedded_database_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    entry = database_from(f"sqlite:///{tmp_path}/in/home.sqlite3")
    assert "synchronous=FULL" in entry["OPTIONS"]["init_command"]
    assert entry["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert (tmp_path / "in").is_dir()


def test_a_postgresql_address_is_read_with_its_escapes() -> None:
    entry = database_from("postgres://lf:p%40ss@db.example:5433/lian%20fang")
    assert (entry["USER"], entry["PASSWORD"], entry["HOST"], entry["PORT"], entry["NAME"]) == (
        "lf", "p@ss", "db.example", "5433", "lian fang",
    )  # fmt: skip


@pytest.mark.parametrize("url", ["mysql://x/y", "lianfang.sqlite3", "sqlite://"])
def test_another_address_is_refused_with_the_two_that_are_right(url: str) -> None:
    with pytest.raises(BadDatabaseAddress, match="sqlite:///"):
        database_from(url)


@pytest.mark.parametrize(
    "typed, tidied",
    [("３７．５", "37.5"), (" 小\u200b明 ", "小明"), ("a\u202eb", "ab"), ("x\x00y", "xy")],
)
def test_text_is_tidied(typed: str, tidied: str) -> None:
    assert tidy(typed) == tidied


def test_sentences_keep_their_chinese_punctuation() -> None:
    assert prose(" 他说：发热３８．５​，（腋下）！　") == "他说：发热38.5，（腋下）！"


def test_a_hidden_control_character_is_seen() -> None:
    assert has_control_characters("a\x00b")
    assert not has_control_characters("第一行\n第二行")
