"""A killed worker loses nothing (RELIABILITY rows 3 and 7): real processes, real SIGKILL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lianfang.escalation.models import Escalation
from lianfang.installation.models import Installation
from lianfang.installation.operations import set_exercise_clock, start_clock
from lianfang.installation.queries import forget
from lianfang.kernel import clock
from lianfang.notifications import operations as notifications
from lianfang.notifications.models import Attempt, Delivery, Message
from lianfang.reporting.models import DueMoment
from lianfang.usecases import workers
from tests.cast import FEVER, College
from tests.gateways import Behaviour, HttpGateway, all_channels
from tests.post_office import channels_file, draft, person, work_off
from tools.chaos import ROOT, kill, start_child

pytestmark = pytest.mark.django_db(transaction=True)

LEASE_S = 2.0
PATIENCE_S = 60.0  # a deadline, not a wait: a busy machine is slow to start Python


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[HttpGateway]:
    with HttpGateway() as gateway:
        tables = all_channels(http=gateway, total_timeout_s=1.5)
        with channels_file(tmp_path / "channels.toml", {"sms_http": tables["sms_http"]}):
            yield gateway


@pytest.fixture
def environment(child_environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {**child_environment, "LIANFANG_CHANNELS": str(tmp_path / "channels.toml")}


def write(count: int) -> list[str]:
    """So many alerts, each to a phone of its own."""
    first = Delivery.objects.count()
    people = [person(f"某{n}", n) for n in range(first, first + count)]
    drafts = [draft(f"alert:{one.pk}", one, is_urgent=True) for one in people]
    notifications.queue(drafts, now=datetime.now(UTC))
    return [one.phone for one in people]


def the_rest_is_delivered() -> None:
    """Another worker comes, when the lease of the dead one is over."""
    due = datetime.now(UTC) + timedelta(seconds=LEASE_S + 5)
    work_off(due)


def test_kill_9_in_the_middle_of_handing_over(
    environment: dict[str, str], gateway: HttpGateway
) -> None:
    """The worker of the command line, its four senders stuck in a slow gateway; two of the
    messages were taken by then, two were not, the others are not claimed yet.
    """
    phones = write(12)
    gateway.script(Behaviour.LATE, Behaviour.LATE, *[Behaviour.BLACKHOLE] * 2)
    command = [sys.executable, "-m", "lianfang.commands.main", "work", "--lease", str(LEASE_S)]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment)
    gateway.wait_for(4, within=PATIENCE_S)
    kill(worker)
    assert Delivery.objects.filter(state="SENDING").count() == 4
    assert Attempt.objects.count() == 0
    gateway.released.set()
    the_rest_is_delivered()
    assert {m.to for m in gateway.wait_for_accepted(12)} == set(phones)
    assert len(gateway.accepted) == 12, "a repeat bears the reference of the first"
    assert Delivery.objects.filter(state="SENT").count() == 12
    assert len(gateway.requests) == 16


def test_kill_9_at_every_point_between_claim_and_mark(
    environment: dict[str, str], gateway: HttpGateway
) -> None:
    """Four workers on one outbox; each dies at its own point, with its first letter."""
    phones = write(24)
    points = ("before-claim", "after-claim", "after-send", "in-mark")
    dying = [start_child(environment, point=point, lease_s=LEASE_S) for point in points]
    assert [worker.wait(timeout=PATIENCE_S) for worker in dying] == [-9] * 4
    assert Attempt.objects.count() == 0, "nobody lived to write down what came of a letter"
    claimed = Delivery.objects.filter(state="SENDING").count()
    assert 3 <= claimed <= 12
    the_rest_is_delivered()
    assert {m.to for m in gateway.wait_for_accepted(24)} == set(phones)
    assert len(gateway.accepted) == 24, "a repeat bears the reference of the first"
    assert 24 + 2 <= len(gateway.requests) <= 24 + claimed
    assert Delivery.objects.filter(state="SENT").count() == 24


def test_a_worker_that_marks_before_it_sends_is_caught(
    environment: dict[str, str], gateway: HttpGateway
) -> None:
    """The mistake that others made: the same kill, and now letters are lost."""
    write(4)
    gateway.behave(Behaviour.BLACKHOLE)
    worker = start_child(environment, mutant="mark-before-send", lease_s=LEASE_S)
    gateway.wait_for(4, within=PATIENCE_S)
    kill(worker)
    gateway.released.set()
    gateway.behave(Behaviour.OK)
    the_rest_is_delivered()
    assert gateway.accepted == []
    assert Delivery.objects.filter(state="SENT").count() == 4, "and nobody would know"


def test_kill_9_in_the_middle_of_a_climb_or_a_moment(environment: dict[str, str]) -> None:
    """Claim and work are one transaction: what the dead worker began is due as before."""
    ten = datetime(2020, 2, 1, 10, tzinfo=clock.SHANGHAI)
    college = College.found(now=ten - timedelta(hours=1))
    Installation.objects.update(is_exercise=True)
    forget()
    set_exercise_clock(moment=ten)  # for the workers too: the real hour may be that after midnight
    start_clock()
    college.report("小明", replace(FEVER, onset_on=college.today))
    told = college.told()
    climb_due = Escalation.objects.get().next_due_at
    DueMoment.objects.exclude(action="REMIND", level="PERSON").update(done_at=college.now)
    DueMoment.objects.update(due_at=college.now)
    climber = start_child(environment, point="in-climb", lease_s=LEASE_S)
    assert climber.wait(timeout=PATIENCE_S) == -9
    assert Escalation.objects.get().next_due_at == climb_due
    assert college.told() == told
    striker = start_child(environment, point="in-moment", lease_s=LEASE_S)  # climbs, then dies
    assert striker.wait(timeout=PATIENCE_S) == -9
    assert DueMoment.objects.filter(done_at__isnull=True).count() == 1
    assert not Message.objects.filter(reference__startswith="reminder").exists()
    while workers.keep_time(clock.now()):
        pass
    assert "书记" in college.told()
    assert not DueMoment.objects.filter(done_at__isnull=True, due_at__lte=clock.now()).exists()
    assert Message.objects.filter(reference__startswith="reminder").exists()
    references = list(Message.objects.values_list("reference", "recipient_id"))
    assert len(references) == len(set(references))
