"""Kill the workers, again and again, and count what was lost.

    python -m tools.chaos                          SQLite, thirty seconds of kills
    python -m tools.chaos --db postgres --secs 60
    python -m tools.chaos --mutant                 a worker that marks before it sends must be caught

A gateway on loopback fails now and then and loses the answer now and then. Workers are ended
with SIGKILL at random moments and started again; letters keep coming. In the end every letter
must have reached the gateway, under one reference however often. The exit code is 0 when
nothing was lost; with --mutant it is 0 when the loss was seen, because a harness that cannot
fail proves nothing.

`child` is what it starts: the worker of the product, in a process that first arranges its own
death, or a mutation, at a named point.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
POINTS = (
    "before-claim",
    "in-claim",
    "after-claim",
    "after-send",
    "in-mark",
    "in-climb",
    "in-moment",
)
MUTANTS = ("mark-before-send",)


# ---------------------------------------------------------------- the process that dies


def child(point: str, mutant: str, lease_s: float) -> int:
    """`lianfang work`, with the death or the mutation of the name built in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.path.insert(0, str(ROOT))
    import django

    import config  # noqa: F401  (its SQLite)

    django.setup()
    if point:
        _die_at(point)
    if mutant:
        _mutate(mutant)
    from lianfang.commands.main import main

    return main(["work", "--lease", str(lease_s)])


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_at(point: str) -> None:
    from lianfang.escalation import operations as escalation
    from lianfang.notifications import delivering, holding
    from lianfang.usecases import deadlines

    match point:
        case "before-claim":
            _before(delivering, "_claimed")
        case "in-claim":  # inside its transaction
            _before(holding, "may_go")
        case "after-claim":
            _before(delivering, "_provider")
        case "after-send":
            _before(delivering, "settle")
        case "in-mark":  # inside its transaction, the attempt is written
            _before(delivering, "_after")
        case "in-climb":  # inside the transaction, the climb is claimed
            _before(escalation, "climb")
        case "in-moment":  # inside the transaction, the moment is claimed
            _before(deadlines, "rules_in_force")
        case _:
            raise SystemExit(f"no such point: {point}")


def _before(room: Any, name: str) -> None:
    def killed(*_args: Any, **_named: Any) -> None:
        _die()

    assert callable(getattr(room, name))
    setattr(room, name, killed)


def _mutate(mutant: str) -> None:
    """The mistake of others: the letter counts as sent before a gateway was asked."""
    from lianfang.notifications import delivering
    from lianfang.notifications.models import Delivery

    assert mutant in MUTANTS
    careful = delivering._provider

    def hasty(delivery: Delivery, channels: Any) -> Any:
        Delivery.objects.filter(pk=delivery.pk).update(state="SENT", next_due_at=None)
        return careful(delivery, channels)

    delivering._provider = hasty


def start_child(
    environment: dict[str, str], *, point: str = "", mutant: str = "", lease_s: float
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tools.chaos", "child", "--lease", str(lease_s)]
    command += ["--die-at", point] if point else []
    command += ["--mutant", mutant] if mutant else []
    quiet = {**environment, "LIANFANG_LOG_LEVEL": "CRITICAL"}
    return subprocess.Popen(command, cwd=ROOT, env=quiet)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """kill -9, and wait until it is gone."""
    worker.kill()
    worker.wait(timeout=30)


# ---------------------------------------------------------------- the storm


@dataclass
class Tally:
    kills: int = 0
    queued: int = 0
    arrived: int = 0
    repeats: int = 0

    @property
    def lost(self) -> int:
        return self.queued - self.arrived


def storm(
    environment: dict[str, str],
    gateway: Any,
    *,
    seconds: float,
    write: Callable[[int], list[str]],
    is_idle: Callable[[], bool],
    mutant: str = "",
    lease_s: float = 3.0,
    workers: int = 2,
    drain_s: float = 90.0,
    seed: int = 0,
) -> Tally:
    """Let `write(n)` queue letters (it answers their phones) while workers die; then drain
    until the outbox says that it has nothing left to do (`is_idle`).

    `gateway` is tests.gateways.HttpGateway.
    """
    dice, tally = random.Random(seed), Tally()
    from tests.gateways import Behaviour

    written: dict[str, float] = {}
    alive = [start_child(environment, mutant=mutant, lease_s=lease_s) for _ in range(workers)]
    ends_at = time.monotonic() + seconds
    try:
        while time.monotonic() < ends_at:
            phones = write(10)
            written |= dict.fromkeys(phones, time.monotonic())
            gateway.script(*_mischief(dice, Behaviour))
            seen = len(gateway.requests)
            # Strike when something is being handed over.
            gateway.wait_until_more(seen, within=30.0)
            victim = dice.randrange(workers)
            kill(alive[victim])
            tally.kills += 1
            alive[victim] = start_child(environment, mutant=mutant, lease_s=lease_s)
        _drain(gateway, is_idle, drain_s)
    finally:
        for worker in alive:
            kill(worker)
    arrived = {message.to for message in gateway.accepted}
    tally.queued, tally.arrived = len(written), len(arrived & set(written))
    asked = [r.headers.get("idempotency-key", "") for r in gateway.requests]
    tally.repeats = len(asked) - len(set(asked))
    return tally


def _mischief(dice: random.Random, behaviour: Any) -> list[Any]:
    """Every tenth request fails, every tenth answer is lost."""
    kinds = [behaviour.SERVER_ERROR, behaviour.RESET, *[behaviour.OK] * 8]
    return [dice.choice(kinds) for _ in range(10)]


def _drain(gateway: Any, is_idle: Callable[[], bool], drain_s: float) -> None:
    """A letter that still waits is not lost; only what the outbox thinks done can be."""
    ends_at = time.monotonic() + drain_s
    while not is_idle():
        if time.monotonic() > ends_at:
            raise SystemExit("the outbox was not empty in time: nothing can be said about losses")
        gateway.wait_until_more(len(gateway.requests), within=0.5)


# ---------------------------------------------------------------- on the command line


def run(*, db: str, seconds: float, mutant: str) -> Tally:
    from tools.bench_support import new_home

    if db == "postgres":
        from tests.databases import start_postgres

        server = start_postgres(durable=True)
        try:
            return _run(new_home(server.url), seconds, mutant)
        finally:
            server.stop()
    return _run(new_home(), seconds, mutant)


def _run(home: Path, seconds: float, mutant: str) -> Tally:
    from tools.bench_support import set_up

    set_up()
    from lianfang.notifications import operations as notifications
    from lianfang.notifications.models import Delivery
    from tests.gateways import HttpGateway, all_channels
    from tests.post_office import draft, person, write_channels

    made = iter(range(1, 10_000_000))

    def write(count: int) -> list[str]:
        people = [person(f"某{n}", n) for n in (next(made) for _ in range(count))]
        letters = [draft(f"alert:{one.pk}", one, is_urgent=True) for one in people]
        notifications.queue(letters, now=datetime.now(UTC))
        return [one.phone for one in people]

    def is_idle() -> bool:
        return not Delivery.objects.filter(next_due_at__isnull=False).exists()

    with HttpGateway() as gateway:
        tables = all_channels(http=gateway, total_timeout_s=1.5)
        write_channels(home / "channels.toml", {"sms_http": tables["sms_http"]})
        return storm(
            dict(os.environ), gateway, seconds=seconds, write=write, is_idle=is_idle, mutant=mutant
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", choices=["storm", "child"], default="storm")
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--secs", type=float, default=30.0)
    parser.add_argument("--mutant", nargs="?", const=MUTANTS[0], choices=MUTANTS, default="")
    parser.add_argument("--die-at", choices=POINTS, default="")
    parser.add_argument("--lease", type=float, default=3.0)
    given = parser.parse_args()
    if given.what == "child":
        return child(given.die_at, given.mutant, given.lease)
    tally = run(db=given.db, seconds=given.secs, mutant=given.mutant)
    print(
        f"{given.db}: {tally.kills} kills, {tally.queued} letters, {tally.lost} lost, "
        f"{tally.repeats} handed over again under the same reference"
    )
    if given.mutant:
        caught = tally.lost > 0
        print(f"mutant {given.mutant}: {'caught' if caught else 'NOT caught'}")
        return 0 if caught else 1
    return 1 if tally.lost else 0


if __name__ == "__main__":
    sys.exit(main())
