"""Durable reports a second over HTTP: real log-in, real form, the whole product behind it.

The server runs as a user would start it (`lianfang run`: granian, workers beside it) in a
throw-away home. 32 keep-alive clients post the form of people who logged in before. Every
answer of 302 stands for a report that was committed with its audit entry and counters. While
they do, somebody with a fever reports ten times a second: the time from the storing of the
first letter to its hand-over is read from the outbox.

Then another system brings reports through the API, with a token: one a request, and a hundred.

The baseline is a plain insert of the same row, one a commit, in the same database, alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import psutil

from tools.bench_load import Load, exchange, request, send_all
from tools.bench_support import CLASS_SIZE, ROOT, Row, memory_mib, new_home, row

PEOPLE, CLIENTS, PORT = 1500, 32, 8719
BY_API, BATCH = 4500, 100  # people without an account: a third one by one, the others in batches
FEVERS = 36  # one in each class, so that each carer's phone is within its allowance
HOST = f"127.0.0.1:{PORT}"
PASSWORD = "bench-word-2020"  # opens made-up people of a throw-away database


class _Gateway(BaseHTTPRequestHandler):
    """Accepts every text message at once."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = b'{"code": 0, "id": "x"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        return


def run() -> list[Row]:
    rows: list[Row] = []
    for name in ("SQLite", "PostgreSQL"):
        rows += _measure(name)
    return rows


def _measure(name: str) -> list[Row]:
    """In a process of its own: one Django, one database, one home."""
    answer = subprocess.run(
        [sys.executable, "-m", "tools.bench_reports", name],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    if answer.returncode != 0:
        raise RuntimeError(answer.stderr[-2000:])
    rows: list[Row] = json.loads(answer.stdout.splitlines()[-1])
    return rows


def _in_this_process(name: str) -> list[Row]:
    if name == "SQLite":
        return _with_database(name, "")
    from tests.databases import start_postgres

    server = start_postgres(durable=True)
    try:
        return _with_database(name, server.url)
    finally:
        server.stop()


def _with_database(name: str, url: str) -> list[Row]:
    home = new_home(url)
    gateway = ThreadingHTTPServer(("127.0.0.1", 0), _Gateway)
    threading.Thread(target=gateway.serve_forever, daemon=True).start()
    (home / "channels.toml").write_text(_channels(gateway.server_address[1]))
    token = _people_with_accounts()
    server = subprocess.Popen(
        [sys.executable, "-m", "lianfang.commands.main", "run", "--port", str(PORT)],
        cwd=ROOT, env=dict(os.environ), stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_until_it_answers()
        driven = asyncio.run(_drive(token))
        rows = _rows_of(name, driven, plain=_plain_inserts())
        rows += _memory(name, server.pid)
    finally:
        server.terminate()
        server.wait(timeout=30)
        gateway.shutdown()
    return rows + _hand_over(name)


def _channels(port: int) -> str:
    return f"""[sms_http]
url = "http://127.0.0.1:{port}/send"
template = {{ to = "{{phone}}", text = "{{text}}" }}
success_path = "code"
success_values = [0]
"""


def _people_with_accounts() -> str:
    """Fills the college; returns a token that may report for everybody."""
    from tools.bench_support import NOW, fill, set_up

    set_up()
    from django.contrib.auth.hashers import make_password
    from django.db import connections

    from lianfang.accounts.models import Account
    from lianfang.api import tokens
    from lianfang.installation.operations import set_exercise_clock
    from lianfang.kernel.actors import OPERATOR
    from lianfang.roster import operations as roster
    from lianfang.roster.models import Person
    from lianfang.usecases.deadlines import ensure_day_is_open

    made = fill(PEOPLE + BY_API)
    word = make_password(PASSWORD)
    people: list[Person] = made["people"]
    Account.objects.bulk_create(
        Account(login=p.number, person=p, password=word, created_at=NOW) for p in people
    )
    for position, unit in enumerate(made["classes"]):
        carer = people[position * CLASS_SIZE + 1]
        carer.phone = f"+86142{position:08}"
        carer.phone_index = roster.phone_index(carer.phone)
        carer.save()
        roster.appoint(
            person=carer, unit=unit, role="COUNSELOR", day=NOW.date(), actor=OPERATOR, now=NOW
        )
    ensure_day_is_open(day=NOW.date(), now=NOW)
    set_exercise_clock(moment=NOW)
    token = tokens.issue(name="bench", scopes=["reports:write"], unit=None, actor=OPERATOR, now=NOW)
    connections.close_all()
    return token


def _wait_until_it_answers(limit_s: float = 60) -> None:
    import urllib.request

    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://{HOST}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)  # nothing to wait on before the port is open
    raise RuntimeError("the server did not start")


class _Driven(NamedTuple):
    first: Load
    again: Load
    by_api: Load
    in_batches: Load
    logins: float


async def _drive(token: str) -> _Driven:
    begun = time.perf_counter()
    people = await _log_everybody_in()
    logins = len(people) / (time.perf_counter() - begun)
    first_of_class = {f"S{n * CLASS_SIZE:07}" for n in range(FEVERS)}
    ill = [cookies for number, cookies in people.items() if number in first_of_class]
    well = [cookies for number, cookies in people.items() if number not in first_of_class]
    fevers = asyncio.create_task(_fevers(ill))
    load = await send_all("127.0.0.1", PORT, _forms(well), clients=CLIENTS)
    again = await send_all("127.0.0.1", PORT, _forms(well), clients=CLIENTS)
    await fevers
    _answered(302, load, again)
    numbers = [f"S{n:07}" for n in range(PEOPLE, PEOPLE + BY_API)]
    alone, together = numbers[: BY_API // 3], numbers[BY_API // 3 :]
    looks = (_look_at_areas(token) for _each_client in range(CLIENTS * 2))
    _answered(200, await send_all("127.0.0.1", PORT, looks, clients=CLIENTS))  # it builds itself
    by_api = await send_all("127.0.0.1", PORT, _each(alone, token), clients=CLIENTS)
    _answered(201, by_api)
    in_batches = await send_all("127.0.0.1", PORT, _batches(together, token), clients=CLIENTS // 8)
    _answered(200, in_batches)
    return _Driven(load, again, by_api, in_batches, logins)


def _rows_of(name: str, driven: _Driven, *, plain: float) -> list[Row]:
    load, again, by_api, in_batches, logins = driven
    _everybody_is_stored()
    return [
        row(f"reports/s over HTTP, {name}", load.per_second, "/s", plain),
        row(f"corrections/s over HTTP, {name}", again.per_second, "/s", plain),
        row(f"reports/s through the API, {name}", by_api.per_second, "/s", plain),
        row(f"reports/s in batches, {name}", in_batches.per_second * BATCH, "/s", plain),
        row(f"report p50 under load, {name}", load.percentile_ms(0.5), "ms"),
        row(f"report p99 under load, {name}", load.percentile_ms(0.99), "ms"),
        row(f"log-ins/s (Argon2id), {name}", logins, "/s"),
        row(f"plain inserts/s, one a commit, {name}", plain, "/s"),
    ]


def _answered(status: int, *loads: Load) -> None:
    for load in loads:
        if set(load.statuses) != {status}:
            raise RuntimeError(f"expected {status} only: {load.statuses}")


def _everybody_is_stored() -> None:
    """A batch says 200 also when it refuses an entry."""
    from lianfang.reporting.models import DailyReport

    stored = DailyReport.objects.filter(is_current=True).count()
    if stored != PEOPLE + BY_API:
        raise RuntimeError(f"{stored} people of {PEOPLE + BY_API} are stored")


async def _log_everybody_in() -> dict[str, dict[str, str]]:
    numbers = iter([f"S{n:07}" for n in range(PEOPLE)])
    cookies: dict[str, dict[str, str]] = {}

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        for number in numbers:
            page = await exchange(reader, writer, request("GET", "/login/", host=HOST))
            token = page.cookies["csrftoken"]
            form = {"number": number, "password": PASSWORD, "csrfmiddlewaretoken": token}
            headers = [("Cookie", f"csrftoken={token}")]
            answer = await exchange(
                reader, writer, request("POST", "/login/", host=HOST, headers=headers, form=form)
            )
            if answer.status != 302:
                raise RuntimeError(f"log-in of {number}: {answer.status}")
            cookies[number] = {"csrftoken": token} | answer.cookies
        writer.close()

    await asyncio.gather(*(client() for _each in range(4)))
    return cookies


def _forms(people: list[dict[str, str]], **other: str) -> Iterator[bytes]:
    for cookies in people:
        form = {
            "csrfmiddlewaretoken": cookies["csrftoken"],
            "key": uuid.uuid4().hex,
            "how": "well",
            "temperature": "36.5",
            "site": "axilla",
            "place": "other",
            "county_code": "511702",
            "presence": "AT_HOME",
            "contact": "none",
            "truth": "1",
        } | other
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        yield request("POST", "/report/", host=HOST, headers=[("Cookie", cookie)], form=form)


def _each(numbers: list[str], token: str) -> Iterator[bytes]:
    """One report a request, as another system of the college brings them."""
    for number in numbers:
        headers = [("Authorization", f"Bearer {token}"), ("Idempotency-Key", uuid.uuid4().hex)]
        body = json.dumps({"person": number, "answers": _WELL}).encode()
        yield request("POST", "/api/v1/reports", host=HOST, headers=headers, body=body)


def _look_at_areas(token: str) -> bytes:
    headers = [("Authorization", f"Bearer {token}")]
    return request("GET", "/api/v1/areas", host=HOST, headers=headers)


def _batches(numbers: list[str], token: str) -> Iterator[bytes]:
    headers = [("Authorization", f"Bearer {token}")]
    for first in range(0, len(numbers), BATCH):
        reports = [
            {"key": uuid.uuid4().hex, "person": number, "answers": _WELL}
            for number in numbers[first : first + BATCH]
        ]
        body = json.dumps({"reports": reports}).encode()
        yield request("POST", "/api/v1/reports/batch", host=HOST, headers=headers, body=body)


_WELL = {
    "unwell": False, "temperature": "36.5", "site": "axilla", "county_code": "511702",
    "presence": "AT_HOME", "visited": False, "met": False, "truth": True,
}  # fmt: skip


async def _fevers(people: list[dict[str, str]]) -> None:
    """Ten people a second report a fever while the others report that they are well."""
    ill = {"how": "unwell", "symptoms": "fever", "temperature": "38.4", "onset_on": "2020-02-14"}
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    for message in _forms(people, **ill):
        answer = await exchange(reader, writer, message)
        if answer.status != 302:
            raise RuntimeError(f"fever: {answer.status} {answer.body[:400]!r}")
        await asyncio.sleep(0.1)
    writer.close()


def _plain_inserts(seconds: float = 2.0) -> float:
    """Rows of the same shape, inserted one a commit through Django's connection, no ORM."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM reporting_dailyreport LIMIT 1")
        columns = [column[0] for column in cursor.description]
        values = list(cursor.fetchone())
        cursor.execute("CREATE TABLE bench_plain AS SELECT * FROM reporting_dailyreport WHERE 1=0")
        marks = ", ".join(["%s"] * len(columns))
        statement = f"INSERT INTO bench_plain VALUES ({marks})"
        count, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < seconds:
            cursor.execute(statement, values)
            count += 1
        taken = time.perf_counter() - begun
        cursor.execute("DROP TABLE bench_plain")
    return count / taken


def _hand_over(name: str) -> list[Row]:
    """From the storing of a letter to the moment a worker handed it over, for every fever."""
    from lianfang.notifications.models import Attempt

    waits = sorted(
        (attempt.started_at - attempt.delivery.message.created_at).total_seconds() * 1000
        for attempt in Attempt.objects.filter(number=1).select_related("delivery__message")
    )
    if not waits:
        raise RuntimeError("no letter was handed over")
    return [
        row(f"fever to first hand-over p50, {name}", waits[len(waits) // 2], "ms"),
        row(f"fever to first hand-over p99, {name}", waits[int(len(waits) * 0.99)], "ms"),
    ]


def _memory(name: str, parent: int) -> list[Row]:
    """Peak resident memory of the server's processes."""
    rows = []
    for number, child in enumerate(psutil.Process(parent).children(recursive=True)):
        what = "workers" if "work" in child.cmdline() else "web"
        rows.append(row(f"peak memory of {what} {number}, {name}", memory_mib(child.pid), "MiB"))
    return rows


if __name__ == "__main__":
    print(json.dumps(_in_this_process(sys.argv[1])))
