"""The catalogue is made from the sources and the parts, and finds what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.messages import Findings, catalogue, extract, problems, translations

SOURCE = """
from django.utils.translation import gettext_lazy as _, pgettext, ngettext

LATE = _("late")
LONG = _(
    "one sentence "
    "in two pieces"
)
MAY = pgettext("month", "May")
VARIABLE = _(LATE)
"""
TEMPLATE = """
{% load i18n %}
{% translate "Sign" %} {% translate "May" context "month" %} {% trans 'It''s' %}
{% blocktranslate with n=count %}{{ n }} people are missing{% endblocktranslate %}
{% blocktranslate trimmed %}
  Two
  lines
{% endblocktranslate %}
{{ _("in a variable") }}
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for folder in ("lianfang/portal", "config", "templates/portal", "parts"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def test_sentences_of_python_and_templates_are_found(house: Path) -> None:
    (house / "lianfang/portal/views.py").write_text(SOURCE, encoding="utf-8")
    (house / "templates/portal/sign.html").write_text(
        TEMPLATE.replace("{% trans 'It''s' %}", ""), encoding="utf-8"
    )
    found = extract(house)
    assert set(found.places) == {
        (None, "late"),
        (None, "one sentence in two pieces"),
        ("month", "May"),
        (None, "Sign"),
        (None, "%(n)s people are missing"),
        (None, "Two lines"),
        (None, "in a variable"),
    }
    assert found.places["month", "May"] == {
        "lianfang/portal/views.py",
        "templates/portal/sign.html",
    }
    assert found.faults == []


@pytest.mark.parametrize(
    "source,fault",
    [
        ('_(f"{name} is late")', "an f-string cannot be translated"),
        ('ngettext("a day", "days", n)', "plural forms are not used here"),
    ],
)
def test_what_cannot_be_translated_is_said(house: Path, source: str, fault: str) -> None:
    (house / "lianfang/portal/views.py").write_text(source, encoding="utf-8")
    [said] = extract(house).faults
    assert fault in said
    assert "lianfang/portal/views.py:1" in said


def test_a_missing_line_and_a_lost_placeholder_are_problems() -> None:
    findings = Findings()
    for text in ("late", "%(n)s people", "fine"):
        findings.add((None, text), "views.py")
    said = problems(findings, {(None, "%(n)s people"): "若干人", (None, "fine"): "好"})
    assert said == [
        "'%(n)s people' and '若干人' have different placeholders (views.py)",
        "'late' has no Chinese (views.py)",
    ]


def test_two_parts_that_disagree_are_both_named(house: Path) -> None:
    (house / "parts/desk.tsv").write_text("late\t迟报\n", encoding="utf-8")
    (house / "parts/portal.tsv").write_text("# a comment\nlate\t晚报\n", encoding="utf-8")
    _, faults = translations(house / "parts")
    assert faults == ["'late' is '迟报' in desk.tsv:1 and '晚报' in portal.tsv:2: agree on one"]


def test_a_line_may_have_a_context_and_line_breaks(house: Path) -> None:
    (house / "parts/a.tsv").write_text("May\t五月\tmonth\none\\ntwo\t一\\n二\n", encoding="utf-8")
    chinese, faults = translations(house / "parts")
    assert chinese == {("month", "May"): "五月", (None, "one\ntwo"): "一\n二"}
    assert faults == []


def test_a_block_keeps_its_line_breaks_in_the_catalogue() -> None:
    findings = Findings()
    findings.add((None, "\n  Two lines\n"), "a.html")
    [entry] = catalogue(findings, {(None, "Two lines"): "两行"})
    assert entry.msgstr == "\n  两行\n"
