"""Reports that arrive together are stored together: one transaction, one sync of the disk.

A disk confirms a few thousand writes a second, however small. At 11:55 a college sends its
reports within minutes; the desk gathers what waits, stores it in one transaction and answers
each sender after the commit. An acknowledged report is on the disk, as before: only the
waiting is shared. Measured in docs/performance.md.

One desk and one writing thread per web process, opened by the process itself
(`config/wsgi.py`); where no desk is open (commands, tests) a report is stored alone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime

from django.db import close_old_connections, connection

from lianfang.installation.turns import write_turn
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.reporting.models import DailyReport
from lianfang.rulebook.queries import Rules, rules_in_force
from lianfang.usecases import daily_report
from lianfang.usecases.daily_report import Checked, Filing, check_or_recall

logger = logging.getLogger(__name__)
MOST_TOGETHER = 64
PATIENCE_S = 20.0
# How long the desk looks up before it writes: whoever is being checked at this moment still
# joins. A transaction costs ten times what a report in it costs.
_GLANCE_S = 0.003
_MOST_GLANCES = 5


class NotStoredInTime(Refused):
    code = "reporting.not-stored-in-time"
    message = _("The report could not be stored in time. Please send it again; it counts once.")
    status = 503


class _Waiting:
    """A checked report whose sender waits for the commit."""

    __slots__ = ("checked", "done", "error", "now", "report", "rules")

    def __init__(self, checked: Checked, rules: Rules, now: datetime) -> None:
        self.checked = checked
        self.rules = rules
        self.now = now
        self.report: DailyReport | None = None
        self.error: BaseException | None = None
        self.done = threading.Event()

    @property
    def person_day(self) -> tuple[int, object]:
        return (self.checked.submission.person.pk, self.checked.submission.day)


class SubmissionDesk:
    """Gathers waiting reports and stores them together."""

    def __init__(self) -> None:
        self._queue: deque[_Waiting] = deque()
        self._something = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._write, name="submission-desk", daemon=True)
        self._thread.start()

    def hand_in(self, waiting: _Waiting) -> DailyReport:
        """Wait for the commit; raises what storing raised."""
        with self._something:
            self._queue.append(waiting)
            self._something.notify()
        if not waiting.done.wait(PATIENCE_S):
            # It may still be stored: the sender tries again with the same key and gets it.
            raise NotStoredInTime
        if waiting.error is not None:
            raise waiting.error
        assert waiting.report is not None
        return waiting.report

    def close(self) -> None:
        """End the writing thread once the line is empty."""
        with self._something:
            self._closing = True
            self._something.notify()
        self._thread.join(timeout=PATIENCE_S)

    def _take(self) -> list[_Waiting]:
        """What waits now, a person-day once and one edition only; the rest stays in line.

        An empty list means that the desk is closed.
        """
        with self._something:
            while not self._queue:
                if self._closing:
                    return []
                self._something.wait()
        self._gather()
        with self._something:
            taken: list[_Waiting] = []
            seen: set[tuple[int, object]] = set()
            left: deque[_Waiting] = deque()
            while self._queue and len(taken) < MOST_TOGETHER:
                waiting = self._queue.popleft()
                same_edition = not taken or waiting.rules is taken[0].rules
                if waiting.person_day in seen or not same_edition:
                    left.append(waiting)
                    continue
                seen.add(waiting.person_day)
                taken.append(waiting)
            self._queue.extendleft(reversed(left))
            return taken

    def _gather(self) -> None:
        """Wait while others still arrive, a few thousandths of a second at most."""
        for _glance in range(_MOST_GLANCES):
            before = len(self._queue)
            time.sleep(_GLANCE_S)
            if len(self._queue) == before or before >= MOST_TOGETHER:
                return

    def _write(self) -> None:
        while batch := self._take():
            try:
                self._store(batch)
            except Exception:  # one bad report must not refuse the others: each by itself
                self._store_each(batch)
            for waiting in batch:
                waiting.done.set()
        connection.close()

    def _store(self, batch: Sequence[_Waiting]) -> None:
        close_old_connections()
        first = batch[0]
        with write_turn():
            reports = daily_report.store(
                [waiting.checked for waiting in batch],
                rules=first.rules,
                now=max(waiting.now for waiting in batch),
            )
        for waiting, report in zip(batch, reports, strict=True):
            waiting.report = report

    def _store_each(self, batch: Sequence[_Waiting]) -> None:
        for waiting in batch:
            try:
                waiting.report = daily_report.store_alone(
                    waiting.checked, rules=waiting.rules, now=waiting.now
                )
            except Exception as error:
                waiting.error = error
                if not isinstance(error, Refused):
                    logger.exception("A report could not be stored")
                    connection.close()


_desk: SubmissionDesk | None = None


def open_desk() -> None:
    """Called once by a web process, after it has forked."""
    global _desk
    _desk = SubmissionDesk()


def submit(filing: Filing, *, now: datetime) -> DailyReport:
    """Hand in one report: checked here, stored with others that arrive in the same moment.

    Keeps the promise of `daily_report.submit_daily_report`, and raises what it raises.
    """
    rules = rules_in_force(now)
    checked = check_or_recall(filing, rules=rules, now=now)
    if isinstance(checked, DailyReport):
        return checked
    if _desk is None:
        return daily_report.store_alone(checked, rules=rules, now=now)
    return _desk.hand_in(_Waiting(checked, rules, now))
