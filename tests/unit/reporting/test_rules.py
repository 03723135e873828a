"""What is asked back, and the arithmetic of the day, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lianfang.reporting.rules import (
    WITH_EVENTS,
    ZERO_FULL,
    ZERO_PARTIAL,
    Answers,
    Ledger,
    Limits,
    declarations_open_to,
    problems_of,
)
from tests.cast import FEVER, FINE

DAY = date(2020, 2, 1)
LIMITS = Limits(Decimal("34.0"), Decimal("42.9"), 14, {"axilla": 37.3, "forehead": 36.8})
SYMPTOMS = ("fever", "fatigue", "dry_cough")


def asked(answers: Answers) -> set[str]:
    return set(problems_of(answers, day=DAY, limits=LIMITS, known_symptoms=SYMPTOMS))


def test_nothing_is_assumed_that_was_not_said() -> None:
    assert asked(Answers()) == {
        "unwell", "visited", "met", "county_code", "presence", "truth", "temperature",
    }  # fmt: skip


def test_a_fever_that_the_thermometer_does_not_show_is_asked_back_once() -> None:
    passed = replace(FEVER, temperature=Decimal("36.4"))
    assert asked(passed) == {"temperature", "note"}
    assert asked(replace(passed, note="今早38.2，吃了退烧药")) == set()
    assert asked(replace(passed, temperature=None, site="", not_measured="REFUSED")) == set()


@pytest.mark.parametrize("answers", [FINE, FEVER])
def test_a_whole_answer_is_not_asked_back(answers: Answers) -> None:
    assert asked(answers) == set()


@pytest.mark.parametrize(
    "change, field",
    [
        ({"temperature": Decimal(0)}, "temperature"),
        ({"temperature": Decimal(45)}, "temperature"),
        ({"temperature": Decimal("33.9")}, "temperature"),
        ({"temperature": Decimal("38.5")}, "temperature"),  # "well", and a fever
        ({"temperature": Decimal("36.9"), "site": "forehead"}, "temperature"),
        ({"temperature": None}, "temperature"),
        ({"not_measured": "NO_THERMOMETER"}, "temperature"),
        ({"site": ""}, "site"),
        ({"unwell": True}, "symptoms"),
        ({"unwell": True, "symptoms": ("fever",)}, "onset_on"),
        ({"symptoms": ("fever",), "onset_on": DAY}, "unwell"),
        ({"unwell": True, "symptoms": ("plague",), "onset_on": DAY}, "symptoms"),
        ({"unwell": True, "symptoms": ("fever",), "onset_on": date(2020, 2, 2)}, "onset_on"),
        ({"unwell": True, "symptoms": ("fever",), "onset_on": date(2020, 1, 17)}, "onset_on"),
        ({"visited": True, "visited_area": "武汉市"}, "left_on"),
        ({"visited": True, "left_on": DAY}, "visited_area"),
        ({"visited": True, "visited_area": "武汉市", "left_on": date(2020, 1, 17)}, "left_on"),
        ({"met": True}, "met_on"),
        ({"met": True, "met_on": date(2020, 2, 3)}, "met_on"),
        ({"note": "长" * 201}, "note"),
        ({"presence": "MOON"}, "presence"),
        ({"truth": False}, "truth"),
    ],
)
def test_what_cannot_be_so_is_asked_back(change: dict[str, Any], field: str) -> None:
    assert asked(replace(FINE, **change)) == {field}


def test_answers_survive_being_kept_as_plain_data() -> None:
    for answers in (FINE, FEVER, replace(FINE, visited=True, visited_area="武汉市", left_on=DAY)):
        assert Answers.from_plain(answers.to_plain()) == answers


people = some.integers(min_value=0, max_value=500)
ledgers = some.builds(
    lambda zero, events, exempt, missing: Ledger(
        expected=zero + events + exempt + missing, zero=zero, with_events=events, exempt=exempt
    ),
    people, people, people, people,
)  # fmt: skip


@given(ledgers, ledgers)
def test_the_four_states_add_up_and_units_add_up(one: Ledger, other: Ledger) -> None:
    both = one + other
    assert both.zero + both.with_events + both.missing + both.exempt == both.expected
    assert both.missing == one.missing + other.missing
    assert both.completeness is None or 0 <= both.completeness <= 1


@given(ledgers)
def test_a_unit_may_sign_exactly_one_declaration(ledger: Ledger) -> None:
    (declaration,) = declarations_open_to(ledger)
    assert (declaration == ZERO_FULL) == (ledger.missing == 0 and ledger.with_events == 0)
    assert (declaration == ZERO_PARTIAL) == (ledger.missing > 0 and ledger.with_events == 0)
    assert (declaration == WITH_EVENTS) == (ledger.with_events > 0)


def test_a_unit_with_nobody_has_no_share_of_anything() -> None:
    nobody = Ledger()
    assert (nobody.completeness, nobody.timeliness, nobody.is_known(0.8)) == (None, None, False)


def test_a_silent_unit_is_not_timely() -> None:
    assert Ledger(expected=10, zero=4, late=1).timeliness == pytest.approx(0.3)
