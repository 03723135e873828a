"""How long to wait, how long a claim holds, and how much one phone is asked to bear. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum
from itertools import groupby

from lianfang.kernel.clock import SHANGHAI, at_local, reporting_day

LEASE = timedelta(seconds=15)  # longer than the slowest usual hand-over (10 s), short enough
RECEIPT_WAIT = timedelta(seconds=60)  # an urgent text without a receipt lets the next channel try
CALL_WAIT = timedelta(minutes=3)  # a call is rung, spoken and repeated before its receipt comes
_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(minutes=10)
_PATIENCE = {True: timedelta(days=3), False: timedelta(days=1)}


class Rank(IntEnum):
    """Who goes first. Only ORDINARY letters know quiet hours, a daily cap and digests."""

    FIRST_ALERT = 0  # the first urgent letter of a matter to this receiver
    PROMPT = 1  # urgent, or somebody waits for it (a one-time code, a drill)
    ORDINARY = 2


def back_off(attempts: int, *, asked_s: float | None = None) -> timedelta:
    """The wait after the n-th failed try: 2, 4, 8 … seconds, at most ten minutes.

    A gateway that asks for a longer pause gets it, up to the longest wait.
    """
    wait = min(_FIRST_WAIT * (1 << min(max(attempts, 1), 20) - 1), _LONGEST_WAIT)
    if asked_s is None:
        return wait
    return max(wait, min(timedelta(seconds=asked_s), _LONGEST_WAIT))


def is_still_wanted(*, created_at: datetime, urgent: bool, now: datetime) -> bool:
    """Whether a letter that failed again is tried on: an alert outlives an outage of days."""
    return now - created_at < _PATIENCE[urgent]


# ---------------------------------------------------------------- calls

MOST_CALLS = 3  # so often one letter rings a phone
_CALL_AGAIN: Mapping[str, timedelta] = {
    "voice.failed": timedelta(seconds=30),
    "voice.busy": timedelta(minutes=1),
    "voice.rejected": timedelta(minutes=2),
    "voice.no-answer": timedelta(minutes=2),
    "voice.unreachable": timedelta(minutes=5),
}


def call_again_after(code: str, *, calls: int) -> timedelta | None:
    """The wait before the phone is rung once more; None: not again, or nobody has the number.

    >>> call_again_after("voice.busy", calls=1)
    datetime.timedelta(seconds=60)
    >>> call_again_after("voice.wrong-number", calls=1) is None
    True
    """
    return _CALL_AGAIN.get(code) if calls < MOST_CALLS else None


# ---------------------------------------------------------------- limits per phone


@dataclass(frozen=True, slots=True)
class Taken:
    """One letter that went, or is on its way, to a receiver."""

    at: datetime
    delivery: int
    channel: str
    rank: int


Limit = tuple[int, timedelta]
_ROBOT: tuple[Limit, ...] = ((18, timedelta(minutes=1)),)  # WeCom and DingTalk allow twenty
LIMITS: Mapping[str, tuple[Limit, ...]] = {
    "sms": (
        (1, timedelta(minutes=1)),
        (5, timedelta(minutes=15)),
        (11, timedelta(hours=1)),
        (21, timedelta(hours=3)),
    ),
    "voice": (
        (3, timedelta(minutes=15)),
        (7, timedelta(hours=1)),
        (15, timedelta(hours=3)),
    ),
    "wecom": _ROBOT,
    "dingtalk": _ROBOT,
    "feishu": _ROBOT,
    "onebot": _ROBOT,
}
_LONGEST_WINDOW = timedelta(hours=3)


def next_slot(taken: Sequence[Taken], *, channel: str, rank: int, now: datetime) -> datetime:
    """The first moment at which one more letter may go out on this channel; `now` when it may.

    The first alert of a matter does not wait for the minute after an ordinary letter: it
    overtakes. The longer limits count everything.
    """
    slot = now
    for number, (most, window) in enumerate(LIMITS.get(channel, ())):
        overtakes = number == 0 and rank == Rank.FIRST_ALERT
        # A clock that was ahead must not close a phone for as long as it was ahead.
        moments = sorted(
            min(one.at, now)
            for one in taken
            if one.channel == channel and not (overtakes and one.rank == Rank.ORDINARY)
        )
        if len(moments) >= most:
            slot = max(slot, moments[-most] + window)
    return slot


def still_counts(taken: Iterable[Taken], *, now: datetime) -> list[Taken]:
    """Without what no limit and no daily cap asks for any more."""
    today = reporting_day(now)
    return [
        one
        for one in taken
        if now - one.at < _LONGEST_WINDOW
        or (one.rank == Rank.ORDINARY and reporting_day(one.at) == today)
    ]


# ---------------------------------------------------------------- ordinary letters


@dataclass(frozen=True, slots=True)
class Courtesy:
    """What ordinary letters observe; the settings of the edition in force."""

    quiet_from: time = time(22, 0)
    quiet_until: time = time(7, 0)
    daily_cap: int = 5
    digest_after: int = 3  # so many at once for one person become one

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> Courtesy:
        """Defaults stand in for what an edition does not say, or says unreadably."""
        usual = cls()
        return cls(
            quiet_from=_time(settings.get("quiet_from"), usual.quiet_from),
            quiet_until=_time(settings.get("quiet_until"), usual.quiet_until),
            daily_cap=_count(settings.get("daily_cap"), usual.daily_cap),
            digest_after=_count(settings.get("digest_after"), usual.digest_after),
        )


def _time(value: object, usual: time) -> time:
    try:
        return time.fromisoformat(value) if isinstance(value, str) else usual
    except ValueError:
        return usual


def _count(value: object, usual: int) -> int:
    return value if isinstance(value, int) and value >= 1 else usual


def quiet_until(courtesy: Courtesy, *, now: datetime) -> datetime | None:
    """When the quiet hours end that hold now; None outside of them. 22:00 itself is quiet."""
    begins, ends = courtesy.quiet_from, courtesy.quiet_until
    local = now.astimezone(SHANGHAI)
    clock, day = local.time(), local.date()
    over_midnight = begins > ends
    if over_midnight and clock >= begins:
        return at_local(day + timedelta(days=1), ends)
    if (over_midnight and clock < ends) or (begins <= clock < ends):
        return at_local(day, ends)
    return None


def capped_until(courtesy: Courtesy, taken: Iterable[Taken], *, now: datetime) -> datetime | None:
    """When the next ordinary letter may go to somebody who has had enough for today."""
    today = reporting_day(now)
    had = sum(one.rank == Rank.ORDINARY and reporting_day(one.at) == today for one in taken)
    if had < courtesy.daily_cap:
        return None
    return at_local(today + timedelta(days=1), courtesy.quiet_until)


# ---------------------------------------------------------------- what a bundle lists

_NUMBERED = re.compile(r"(.*?)([1-9][0-9]*)")


def in_ranges(matters: Iterable[str]) -> str:
    """Every matter once, runs of numbers drawn together: `0201-2~1000、网络1班`.

    >>> in_ranges(["0201-3", "0201-2", "0201-4", "0201-9", "信息系"])
    '0201-2~4、0201-9、信息系'
    """
    numbers: dict[str, set[int]] = {}
    names: list[str] = []
    for matter in dict.fromkeys(matters):
        found = _NUMBERED.fullmatch(matter)
        if found and found[1].endswith("-"):
            numbers.setdefault(found[1], set()).add(int(found[2]))
        else:
            names.append(matter)
    runs = [run for prefix in sorted(numbers) for run in _runs(prefix, sorted(numbers[prefix]))]
    return "、".join(runs + names)


def _runs(prefix: str, numbers: list[int]) -> list[str]:
    runs = []
    for _step, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        run = [number for _position, number in group]
        runs.append(f"{prefix}{run[0]}" + (f"~{run[-1]}" if len(run) > 1 else ""))
    return runs
