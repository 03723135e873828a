"""The outbox: a campaign to 30,000 people through a loopback gateway, and the cost of the poll.

The campaign is handed over by `lianfang work`, as an installation does it. Its baseline is a
plain client that posts the same bodies over kept connections with as many threads: what gateway
and network allow. The poll's baseline is the same poll with 100 waiting rows instead of 100,000.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tools.bench_support import ROOT, Row, median_ms, memory_mib, new_home, row, set_up

LETTERS = 30_000
WAITING = 100_000
SENDERS = 4


def run(letters: int = LETTERS, waiting: int = WAITING) -> list[Row]:
    """SQLite and PostgreSQL where it can be had, each in a process of its own."""
    rows = _measure("sqlite", "", letters, waiting)
    from tests.databases import NoPostgres, start_postgres

    try:
        server = start_postgres(durable=True)
    except NoPostgres as reason:
        print(f"PostgreSQL left out: {reason}", file=sys.stderr)
        return rows
    try:
        return rows + _measure("PostgreSQL", server.url, letters, waiting)
    finally:
        server.stop()


def _measure(name: str, url: str, letters: int, waiting: int) -> list[Row]:
    command = [sys.executable, "-m", "tools.bench_notifications", name, url]
    answer = subprocess.run(
        [*command, str(letters), str(waiting)],
        check=True, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    rows: list[Row] = json.loads(answer.stdout.splitlines()[-1])
    return rows


def _in_this_process(name: str, url: str, letters: int, waiting: int) -> list[Row]:
    home = new_home(url)
    set_up()
    from tests.gateways import HttpGateway, all_channels
    from tests.post_office import write_channels

    with HttpGateway() as gateway:
        plain = _plain_rate(gateway, letters // 10)
        write_channels(home / "channels.toml", {"sms_http": all_channels(http=gateway)["sms_http"]})
        gateway.forget()
        rows = _campaign(name, gateway, letters, plain)
    return [*rows, *_poll(name, waiting)]


def _plain_rate(gateway: Any, count: int) -> float:
    """Requests a second of a client that keeps no books."""
    host, port = gateway.url.removeprefix("http://").split(":")
    body = json.dumps({"phone": "+8613800000000", "text": "x" * 120}).encode()

    def post() -> None:
        line = http.client.HTTPConnection(host, int(port))
        for _each in range(count // SENDERS):
            line.request("POST", "/sms", body, {"Content-Type": "application/json"})
            line.getresponse().read()
        line.close()

    threads = [threading.Thread(target=post) for _ in range(SENDERS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count / (time.perf_counter() - begun)


def _campaign(name: str, gateway: Any, letters: int, plain: float) -> list[Row]:
    from lianfang.notifications import operations as notifications
    from lianfang.notifications.models import Delivery
    from lianfang.roster.models import Person
    from lianfang.roster.operations import phone_index
    from tests.post_office import draft

    phones = [f"+86139{number:08}" for number in range(letters)]
    people = Person.objects.bulk_create(
        [
            Person(
                number=f"N{n:07}", name=f"某{n}", name_key=f"mou {n:07}", category="STUDENT",
                phone=phone, phone_index=phone_index(phone),
            )
            for n, phone in enumerate(phones)
        ],
        batch_size=2000,
    )  # fmt: skip
    now = datetime.now(UTC)
    begun = time.perf_counter()
    for start in range(0, letters, 2000):
        # Awaited, so that the hour at which a benchmark runs does not put them off.
        drafts = [draft("campaign:1", one, is_awaited=True) for one in people[start : start + 2000]]
        notifications.queue(drafts, now=now + timedelta(microseconds=start))
    queued_s = time.perf_counter() - begun
    worker = subprocess.Popen(
        [sys.executable, "-m", "lianfang.commands.main", "work"],
        cwd=ROOT, env={**os.environ, "LIANFANG_LOG_LEVEL": "ERROR"},
    )  # fmt: skip
    try:
        gateway.wait_for(1, within=120)  # Python has started
        seen, begun = len(gateway.requests), time.perf_counter()
        gateway.wait_for_accepted(letters, within=3600)
        seconds = time.perf_counter() - begun
        memory = memory_mib(worker.pid)
    finally:
        worker.terminate()
        worker.wait(timeout=60)
    assert len(gateway.requests) == letters, "a healthy worker hands a letter over once"
    assert not Delivery.objects.exclude(state="SENT").exists()
    what = f"campaign to {letters:,} people, {name}"
    return [
        row(f"{what}: handed over", (letters - seen) / seconds, "messages/s", plain),
        row(f"{what}: queued", letters / queued_s, "messages/s"),
        row(f"{what}: peak memory of the worker", memory, "MiB"),
    ]


def _poll(name: str, waiting: int) -> list[Row]:
    from django.db import connection

    from lianfang.notifications import delivering
    from lianfang.notifications.models import Delivery, Message

    lease = timedelta(seconds=15)
    Message.objects.all().delete()
    made = 0

    def fill(up_to: int) -> float:
        nonlocal made
        now = datetime.now(UTC)
        messages = Message.objects.bulk_create(
            [
                Message(
                    reference=f"w:{n}", topic=f"w:{n}", subject="s", body="b", created_at=now,
                    group="wecom:x",
                )
                for n in range(made, up_to)
            ],
            batch_size=5000,
        )  # fmt: skip
        Delivery.objects.bulk_create(
            [
                Delivery(
                    message=message, channel="wecom", position=0, state="HELD", rank=n % 3,
                    next_due_at=now + timedelta(days=1, seconds=n % 1000),
                )
                for n, message in enumerate(messages)
            ],
            batch_size=5000,
        )  # fmt: skip
        made = up_to
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return median_ms(lambda: delivering._claim(now=now, lease=lease), times=101)

    few, many = fill(100), fill(waiting)
    return [row(f"idle poll with {waiting:,} waiting rows, {name}", many, "ms", few)]


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.path.insert(0, str(Path(ROOT)))
    print(json.dumps(_in_this_process(given[0], given[1], int(given[2]), int(given[3]))))
