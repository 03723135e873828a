"""Every code of ours has a sentence, a translation and a line in the documentation."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from lianfang.notifications.channels import wording
from lianfang.notifications.channels.base import Outcome
from lianfang.notifications.channels.registry import ADDRESS_KIND

ROOT = Path(__file__).resolve().parents[3]
ROOM = ROOT / "lianfang" / "notifications" / "channels"
OWN_CODE = re.compile(r"(letter|gateway|email|voice)\.[a-z][a-z0-9-]+")


def sources() -> list[ast.Module]:
    return [ast.parse(file.read_text(encoding="utf-8")) for file in ROOM.glob("*.py")]


def codes_in_use() -> set[str]:
    return {
        node.value
        for tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and OWN_CODE.fullmatch(node.value)
    }


def msgids() -> set[str]:
    return {
        node.args[0].value
        for tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def translations() -> dict[str, str]:
    lines = (ROOT / "locale" / "parts" / "channels.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line)


def test_every_code_in_use_has_a_sentence_and_no_sentence_is_left_over():
    assert codes_in_use() == set(wording.CODES)


def test_every_outcome_and_every_channel_has_words():
    assert set(wording.OUTCOMES) == set(Outcome)
    assert set(wording.CHANNELS) == set(ADDRESS_KIND)


def test_accepted_does_not_read_like_delivered():
    accepted = wording.OUTCOMES[Outcome.ACCEPTED]
    assert accepted != wording.OUTCOMES[Outcome.DELIVERED]
    assert "已送达" not in translations()[accepted]


def test_a_gateway_s_own_code_has_no_sentence_of_ours():
    assert wording.words_for("93000") == ""


def test_every_sentence_is_translated():
    table = translations()

    assert len(msgids()) > 50
    assert msgids() - set(table) == set()
    assert set(table) - msgids() == set()


@pytest.mark.parametrize("msgid", sorted(msgids()))
def test_a_translation_is_chinese_and_keeps_its_places(msgid):
    chinese = translations()[msgid]
    places = re.compile(r"%\((\w+)\)s")

    assert sorted(places.findall(chinese)) == sorted(places.findall(msgid))
    assert re.search(r"[\u4e00-\u9fff]", chinese) or chinese == msgid


@pytest.mark.parametrize("code", sorted(wording.CODES))
def test_every_code_is_documented(code):
    assert f"`{code}`" in (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
