"""The ladder as a table: who is told when, with gaps, and with a worker that slept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lianfang.escalation.rules import Move, advance

START = datetime(2020, 2, 1, 3, 0, tzinfo=UTC)
TEN = timedelta(minutes=10)
NONE = timedelta(0)
LADDER = [NONE, NONE, NONE, TEN, TEN]


def minutes(number: int) -> datetime:
    return START + timedelta(minutes=number)


@pytest.mark.parametrize(
    "what, staffed, after, expected",
    [
        ("three in parallel at once", "11111", 0, Move((0, 1, 2), minutes(10), False)),
        ("nothing more before its minute", "11111", 9, Move((0, 1, 2), minutes(10), False)),
        ("the fourth at ten", "11111", 10, Move((0, 1, 2, 3), minutes(20), False)),
        ("a worker that slept", "11111", 25, Move((0, 1, 2, 3, 4), minutes(30), False)),
        ("nobody answered", "11111", 30, Move((0, 1, 2, 3, 4), None, True)),
        ("a gap beside others costs them no time", "11011", 0, Move((0, 1, 2), minutes(10), False)),
        ("nobody at all below: at once", "00011", 0, Move((0, 1, 2, 3), minutes(10), False)),
        ("a gap that was next: at once", "11101", 10, Move((0, 1, 2, 3, 4), minutes(20), False)),
        ("nobody anywhere", "00000", 0, Move((0, 1, 2, 3, 4), None, True)),
    ],
)
def test_the_ladder_is_climbed(what: str, staffed: str, after: int, expected: Move) -> None:
    move = advance(
        LADDER,
        [word == "1" for word in staffed],
        reached=-1,
        due_at=START,
        answer_time=TEN,
        now=minutes(after),
    )
    assert move == expected, what


def test_climbing_step_by_step_or_in_one_move_is_the_same() -> None:
    staffed = [True, False, True, False, True]
    reached, due = -1, START
    taken: list[int] = []
    for minute in range(60):
        move = advance(
            LADDER, staffed, reached=reached, due_at=due, answer_time=TEN, now=minutes(minute)
        )
        taken += move.taken
        if move.exhausted:
            break
        reached, due = (move.taken[-1] if move.taken else reached), move.next_due_at or due
    whole = advance(LADDER, staffed, reached=-1, due_at=START, answer_time=TEN, now=minutes(minute))
    assert (tuple(taken), move.exhausted) == (whole.taken, whole.exhausted)
