"""What can be set is described where an operator looks."""

from __future__ import annotations

import re

import pytest

from tests.architecture.house import ROOT

SETTING = re.compile(r"\bLIANFANG_[A-Z][A-Z_]*[A-Z]\b")
FOR_TESTS = "LIANFANG_TEST_"


def settings_of_the_product() -> list[str]:
    """Every environment name that the product reads or names."""
    found = {
        name
        for folder in ("config", "lianfang")
        for path in (ROOT / folder).rglob("*.py")
        for name in SETTING.findall(path.read_text(encoding="utf-8"))
    }
    return sorted(name for name in found if not name.startswith(FOR_TESTS))


def settings_of_the_manual() -> set[str]:
    manual = ROOT / "docs" / "operations.md"
    return set(SETTING.findall(manual.read_text(encoding="utf-8"))) if manual.exists() else set()


@pytest.mark.parametrize("name", settings_of_the_product())
def test_a_setting_is_described_for_the_operator(name: str) -> None:
    assert name in settings_of_the_manual()


def test_the_manual_describes_no_setting_that_is_gone() -> None:
    known = {*settings_of_the_product(), "LIANFANG_SHARED"}
    gone = settings_of_the_manual() - known
    assert {name for name in gone if not name.startswith(FOR_TESTS)} == set()


def test_every_decision_has_a_number_of_its_own() -> None:
    pages = [path.name for path in (ROOT / "docs" / "decisions").glob("*.md")]
    numbers = [name[:4] for name in pages]
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", name) for name in pages)
    assert sorted(set(numbers)) == sorted(numbers)
