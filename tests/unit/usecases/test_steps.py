"""What fails is put off, and what cannot be put off does not hold up what stands behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lianfang.usecases.steps import Failures, Step

NOW = datetime(2020, 2, 1, tzinfo=UTC)


def fails(*, now: datetime) -> None:
    raise ValueError(now)


def nothing_is_due(*, now: datetime) -> bool:
    return now > NOW


def test_what_fails_is_put_off_for_a_minute_and_counts_as_work() -> None:
    until: list[datetime] = []
    step = Step("ladder", (fails,), (lambda *, now, to: until.append(to),))
    assert step.take(NOW, Failures(most=2))
    assert until == [NOW + timedelta(minutes=1)]


def test_what_failed_too_often_is_left_alone_in_this_run() -> None:
    failures = Failures(most=2)
    step = Step("ladder", (fails,), (lambda *, now, to: None,))
    assert [step.take(NOW, failures) for _turn in range(3)] == [True, True, False]
    assert failures.left_alone == ["ladder"]


@pytest.mark.parametrize("put_off", [(), (lambda *, now, to: fails(now=now),)])
def test_what_cannot_be_put_off_is_raised_and_counted(put_off: tuple[()]) -> None:
    failures = Failures(most=1)
    step = Step("ladder", (fails,), put_off)
    with pytest.raises(ValueError, match="2020"):
        step.take(NOW, failures)
    assert not step.take(NOW, failures)


def test_the_first_move_that_finds_work_ends_the_turn() -> None:
    assert Step("ladder", (nothing_is_due, lambda *, now: "a row", fails), ()).take(
        NOW, Failures(most=1)
    )
    assert not Step("ladder", (nothing_is_due, lambda *, now: None), ()).take(NOW, Failures(most=1))
