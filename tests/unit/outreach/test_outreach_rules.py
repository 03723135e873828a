"""Steps and their moments, an even share, when ringing ends, what a line break is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lianfang.kernel.clock import parse_moment
from lianfang.outreach.rules import (
    CallPlan,
    Rule,
    Shares,
    Step,
    has_line_break,
    moments,
    next_try,
    steps_from,
)

NOW: datetime = parse_moment("2020-02-01T08:00+08:00")
HOUR = timedelta(hours=1)
PLAN = CallPlan(tries=3, again=2 * HOUR)


def test_the_usual_steps_end_with_a_human() -> None:
    assert [step.ways[-1] for step in steps_from({})] == [
        "group_text", "email", "voice", "callers",
    ]  # fmt: skip


def test_steps_are_data_and_unknown_ways_are_left_out() -> None:
    rows = [{"ways": ["sms", "pigeon"], "wait_minutes": 5}]
    assert steps_from({"campaign_steps": rows}) == [Step(("sms",), timedelta(minutes=5))]


def test_each_wait_counts_from_the_step_before() -> None:
    steps = [Step(("in_app",), 0 * HOUR), Step(("sms",), HOUR), Step(("callers",), HOUR)]
    assert moments(steps, start=NOW) == [NOW, NOW + HOUR, NOW + 2 * HOUR]


@pytest.mark.parametrize("subject", ["a\nb", "a\rb", "a\r\nb", "a\u2028b", "a\x85b", "a\x0bb"])
def test_a_line_break_has_many_signs(subject: str) -> None:
    assert has_line_break(subject)


def test_a_plain_subject_has_no_line_break() -> None:
    assert not has_line_break("防护知识 · 第2期(重要)")


@pytest.mark.parametrize(
    "outcome,tries,again",
    [
        ("NO_ANSWER", 1, True),
        ("NO_ANSWER", 2, True),
        ("NO_ANSWER", 3, False),
        ("TOLD", 1, False),
        ("CONFIRMED", 1, False),
        ("FAMILY", 1, False),
        ("REFUSED", 1, False),
        ("WRONG_NUMBER", 1, False),
        ("LOST", 1, False),
    ],
)
def test_when_ringing_ends(outcome: str, tries: int, again: bool) -> None:
    expected = NOW + 2 * HOUR if again else None
    assert next_try(outcome, tries=tries, plan=PLAN, now=NOW) == expected


def test_calls_go_to_whoever_has_the_fewest() -> None:
    shares = Shares({1: 5, 2: 3})
    assert [shares.next_of([1, 2, 3]) for _call in range(6)] == [3, 3, 3, 2, 3, 2]
    assert shares.next_of([]) is None


def test_a_rule_without_any_choice_means_nobody() -> None:
    assert not Rule()
    assert all([Rule(units=(1,)), Rule(places=("51",)), Rule(silent_of=1), Rule(everybody=True)])
