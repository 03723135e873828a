"""How much a phone is asked to bear, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from lianfang.kernel.clock import SHANGHAI
from lianfang.notifications.rules import (
    Courtesy,
    Rank,
    Taken,
    back_off,
    capped_until,
    in_ranges,
    is_still_wanted,
    next_slot,
    quiet_until,
    still_counts,
)

NOW = datetime(2020, 2, 1, 4, 0, tzinfo=UTC)  # noon in Shanghai


def sms(*ago_s: float, rank: int = Rank.PROMPT, channel: str = "sms") -> list[Taken]:
    return [Taken(NOW - timedelta(seconds=s), 1, channel, rank) for s in ago_s]


@pytest.mark.parametrize("taken,wait_s", [
    ([], 0),
    (sms(60), 0),
    (sms(59), 1),
    (sms(0), 60),
    (sms(850, 700, 500, 300, 61), 50),
    (sms(901, 700, 500, 300, 61), 0),
    (sms(*range(3540, 120, -320)), 60),
    (sms(*range(10_700, 900, -480)), 100),
    (sms(5, channel="email"), 0),
    (sms(-172_800), 60),  # from a clock that was two days ahead
])  # fmt: skip
def test_the_next_text_waits_for_every_limit(taken: Sequence[Taken], wait_s: int) -> None:
    slot = next_slot(taken, channel="sms", rank=Rank.PROMPT, now=NOW)
    assert slot == NOW + timedelta(seconds=wait_s)


def test_a_first_alert_overtakes_an_ordinary_text_but_no_alert() -> None:
    first: dict[str, Any] = {"channel": "sms", "rank": Rank.FIRST_ALERT, "now": NOW}
    ordinary = sms(5, rank=Rank.ORDINARY)
    assert next_slot(ordinary, **first) == NOW
    assert next_slot(sms(5), **first) == NOW + timedelta(seconds=55)
    five = sms(200, 160, 120, 80, 40, rank=Rank.ORDINARY)
    assert next_slot(five, **first) == NOW + timedelta(seconds=700)


@pytest.mark.parametrize("channel, table", [
    ("sms", ((1, 1), (5, 15), (11, 60), (21, 180))),
    ("voice", ((3, 15), (7, 60), (15, 180))),
])  # fmt: skip
def test_a_phone_never_rings_more_often_than_the_table_says(
    channel: str, table: tuple[tuple[int, int], ...]
) -> None:
    """Four hours of greed: a text, or a call, whenever the rules let one go."""
    taken: list[Taken] = []
    now = NOW
    while now < NOW + timedelta(hours=4):
        slot = next_slot(taken, channel=channel, rank=Rank.FIRST_ALERT, now=now)
        if slot > now:
            now = slot
            continue
        taken = [*taken, Taken(now, len(taken), channel, Rank.FIRST_ALERT)]
        assert still_counts(taken, now=now)[-1] is taken[-1]
    for most, minutes in table:
        window = timedelta(minutes=minutes)
        worst = max(sum(a.at <= b.at < a.at + window for b in taken) for a in taken)
        assert worst == most


def test_a_robot_has_the_limit_of_its_group_and_mail_has_none() -> None:
    eighteen = sms(*range(40, 58), channel="wecom")
    assert next_slot(eighteen, channel="wecom", rank=1, now=NOW) == NOW + timedelta(seconds=3)
    assert next_slot(sms(*range(99), channel="email"), channel="email", rank=1, now=NOW) == NOW


def test_what_no_rule_asks_for_is_forgotten() -> None:
    hours = [*sms(3600 * 2), *sms(3600 * 4), *sms(3600 * 4, rank=2), *sms(3600 * 13, rank=2)]
    kept = still_counts(hours, now=NOW)
    assert [(NOW - one.at).seconds // 3600 for one in kept] == [2, 4]


@pytest.mark.parametrize("attempts,asked_s,wait_s", [
    (0, None, 2), (1, None, 2), (2, None, 4), (5, None, 32), (10, None, 600), (10**9, None, 600),
    (1, 17.0, 17), (5, 17.0, 32), (1, 86_400.0, 600),
])  # fmt: skip
def test_the_wait_doubles_up_to_ten_minutes(
    attempts: int, asked_s: float | None, wait_s: int
) -> None:
    assert back_off(attempts, asked_s=asked_s) == timedelta(seconds=wait_s)


@pytest.mark.parametrize("urgent,hours,wanted", [
    (True, 71, True), (True, 72, False), (False, 23, True), (False, 24, False),
])  # fmt: skip
def test_an_alert_is_tried_for_three_days(urgent: bool, hours: int, wanted: bool) -> None:
    now = NOW + timedelta(hours=hours)
    assert is_still_wanted(created_at=NOW, urgent=urgent, now=now) is wanted


def at(clock: str, day: int = 1) -> datetime:
    return datetime.combine(
        datetime(2020, 2, day, tzinfo=UTC).date(), time.fromisoformat(clock), tzinfo=SHANGHAI
    )


@pytest.mark.parametrize("begins,ends,now,until", [
    ("22:00", "07:00", at("21:59"), None),
    ("22:00", "07:00", at("22:00"), at("07:00", 2)),
    ("22:00", "07:00", at("23:59"), at("07:00", 2)),
    ("22:00", "07:00", at("00:00", 2), at("07:00", 2)),
    ("22:00", "07:00", at("06:59", 2), at("07:00", 2)),
    ("22:00", "07:00", at("07:00", 2), None),
    ("12:00", "14:00", at("13:00"), at("14:00")),
    ("12:00", "14:00", at("14:00"), None),
    ("00:00", "00:00", at("03:00"), None),
])  # fmt: skip
def test_quiet_hours_go_over_midnight(
    begins: str, ends: str, now: datetime, until: datetime | None
) -> None:
    courtesy = Courtesy(quiet_from=time.fromisoformat(begins), quiet_until=time.fromisoformat(ends))
    assert quiet_until(courtesy, now=now) == until


def test_who_had_enough_today_gets_the_rest_tomorrow_morning() -> None:
    courtesy = Courtesy(daily_cap=2)
    assert capped_until(courtesy, sms(60, rank=2), now=NOW) is None
    assert capped_until(courtesy, sms(60, 120, rank=2), now=NOW) == at("07:00", 2)
    assert capped_until(courtesy, sms(60, 120, 180, rank=1), now=NOW) is None
    yesterday = sms(60, 13 * 3600, rank=2)
    assert capped_until(courtesy, yesterday, now=NOW) is None


@pytest.mark.parametrize("settings,courtesy", [
    ({}, Courtesy()),
    ({"quiet_from": "23:30", "daily_cap": 2}, Courtesy(quiet_from=time(23, 30), daily_cap=2)),
    ({"quiet_from": "late", "daily_cap": 0, "digest_after": "x"}, Courtesy()),
])  # fmt: skip
def test_an_edition_may_say_it_otherwise(settings: dict[str, Any], courtesy: Courtesy) -> None:
    assert Courtesy.from_settings(settings) == courtesy


@pytest.mark.parametrize("matters,text", [
    ([], ""),
    (["0201-7"], "0201-7"),
    (["0201-8", "0201-7", "0201-8"], "0201-7~8"),
    ([f"0201-{n}" for n in range(2, 1001)], "0201-2~1000"),
    (["0201-3", "0202-4", "0201-5", "网络1班", "《通知2》", "网络1班"],
     "0201-3、0201-5、0202-4、网络1班、《通知2》"),
])  # fmt: skip
def test_a_bundle_lists_every_matter_once(matters: list[str], text: str) -> None:
    assert in_ranges(matters) == text
