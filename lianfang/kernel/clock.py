"""What time it is, asked once at the edge and passed down from there.

Everything below the edge takes `now: datetime` (aware, any zone). A business day is a date
in Asia/Shanghai, decided by the server: the phone's clock is kept beside it, never believed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _

SHANGHAI = ZoneInfo("Asia/Shanghai")


def real_now() -> datetime:
    """The time of the machine, also in an exercise: for sessions and signatures, never for facts."""
    return datetime.now(UTC)


_source: Callable[[], datetime] = real_now


def now() -> datetime:
    """The present moment (aware, UTC). Only views, workers and commands call this."""
    return _source()


def run_from(offset: timedelta) -> None:
    """Let this process live `offset` away from the real time (exercises only)."""
    global _source
    _source = (lambda: datetime.now(UTC) + offset) if offset else real_now


def follow(source: Callable[[], datetime] | None) -> None:
    """Ask `source` for the time from now on; None returns to the real clock (tests)."""
    global _source
    _source = source or real_now


def reporting_day(moment: datetime) -> date:
    """The business day to which a moment belongs.

    >>> reporting_day(datetime(2020, 1, 31, 16, 0, tzinfo=UTC)).isoformat()
    '2020-02-01'
    """
    return moment.astimezone(SHANGHAI).date()


def day_mark(moment: datetime) -> str:
    """The business day as it stands in the codes of incidents, files, orders and alerts.

    >>> day_mark(datetime(2020, 1, 31, 16, 0, tzinfo=UTC))
    '0201'
    """
    return f"{reporting_day(moment):%m%d}"


def at_local(day: date, local: time) -> datetime:
    """The moment at which `local` strikes in Shanghai on `day`."""
    return datetime.combine(day, local, tzinfo=SHANGHAI)


def days_between(earlier: date, later: date) -> int:
    """Whole days from `earlier` to `later`; negative when they are the wrong way round."""
    return (later - earlier).days


class NotAMoment(Refused):
    code = "not-a-moment"
    message = _("“%(text)s” is no moment; write one with its zone, such as 2020-02-01T07:00+08:00.")


def parse_moment(text: str) -> datetime:
    """An ISO 8601 moment with its zone, such as 2020-02-01T07:00+08:00.

    Raises `NotAMoment` when it is malformed or names no zone.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotAMoment(text=text) from error
    if moment.tzinfo is None:
        raise NotAMoment(text=text)
    return moment
