"""An urgent letter does not wait for the next look into the outbox."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from lianfang.notifications.operations import Draft, queue
from lianfang.notifications.waking import Bell, ring
from tests.cast import FEVER, College

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def bell() -> Any:
    stop = threading.Event()
    made = Bell()
    listener = threading.Thread(target=made.listen, args=(stop,))
    listener.start()
    yield made
    stop.set()
    listener.join(timeout=10)


def rung(bell: Bell, *, after: int = 0) -> bool:
    bell.wait(heard=after, seconds=5)
    return bell.rings > after


def test_a_fever_rings_once_it_is_stored(bell: Bell) -> None:
    college = College.found()
    college.report("小明", FEVER)
    assert rung(bell)


def test_an_ordinary_letter_lets_them_sleep(bell: Bell) -> None:
    college = College.found()
    draft = Draft(reference="note:1", person=college["小明"], subject="通知", body="请看")
    queue([draft], now=college.now)
    ring()  # the only one
    assert rung(bell)
    assert bell.rings == 1


def test_a_ring_between_the_look_and_the_wait_is_not_missed(bell: Bell) -> None:
    heard = bell.rings
    ring()
    assert rung(bell, after=heard)
    bell.wait(heard=heard, seconds=60)  # does not wait: it has rung since


def test_a_worker_that_is_gone_is_cleared_away(home: Path) -> None:
    left = home / "bells" / "1.sock"
    left.parent.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(left))
    ring()
    assert not left.exists()


def test_without_a_home_for_bells_nothing_is_lost(home: Path) -> None:
    (home / "bells").write_text("a file where the folder should be")
    made = Bell()
    ring()
    made.listen(threading.Event())  # returns at once: there is nothing to listen at
    assert made.rings == 0
