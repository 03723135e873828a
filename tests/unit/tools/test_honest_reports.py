"""The promise of the sign of copied reports, on a smaller made-up college than the document's."""

from __future__ import annotations

import pytest

from tools import honest_reports


@pytest.fixture(scope="module")
def rows() -> list[honest_reports.Row]:
    return honest_reports.measure(people=4000, seed=7, policy=honest_reports.shipped_policy())


def test_of_the_bots_nine_in_ten_are_found_and_of_the_honest_two_in_a_hundred_asked(
    rows: list[honest_reports.Row],
) -> None:
    bots, honest = honest_reports.rates(rows)
    assert bots >= 0.9
    assert honest <= 0.02


def test_each_kind_of_bot_is_found_and_each_kind_of_honest_reporter_left_alone(
    rows: list[honest_reports.Row],
) -> None:
    for row in rows:
        if row.kind.counted:
            assert row.rate >= 0.9 if row.kind.is_bot else row.rate <= 0.025, row.kind.name


def test_a_bot_that_behaves_like_a_person_is_not_found_and_the_table_says_so(
    rows: list[honest_reports.Row],
) -> None:
    disguised = next(row for row in rows if row.kind.name == "bot in disguise")
    assert disguised.rate < 0.1
    assert "bot in disguise" in honest_reports.table(rows, seed=7)


def test_the_same_seed_makes_the_same_table(rows: list[honest_reports.Row]) -> None:
    again = honest_reports.measure(people=4000, seed=7, policy=honest_reports.shipped_policy())
    assert honest_reports.table(again, seed=7) == honest_reports.table(rows, seed=7)


def test_the_document_holds_the_table_of_the_tool_as_it_is_now() -> None:
    page = honest_reports.DOC.read_text(encoding="utf-8")
    rows = honest_reports.measure(
        people=30_000, seed=20200201, policy=honest_reports.shipped_policy()
    )
    assert honest_reports.table(rows, seed=20200201) in page
