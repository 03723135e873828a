"""The committee's page and a counselor's desk at 30,000 people, rendered by the whole product.

The time is what the server needs for the page (first paint adds one round trip and one style
sheet). The baseline is the log-in page: the same stack with nothing to count.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from tools.bench_support import DAY, NOW, Row, fill, median_ms, new_home, reports_for, row, set_up

PEOPLE = 30_000


def run() -> list[Row]:
    new_home()
    set_up()
    from django.conf import settings
    from django.test import Client

    from lianfang.accounts.models import Account
    from lianfang.kernel import clock
    from lianfang.kernel.actors import OPERATOR
    from lianfang.roster import operations as roster

    settings.ALLOWED_HOSTS = ["testserver"]
    clock.follow(lambda: NOW)
    made = fill(PEOPLE)
    reports_for(made["people"], made["classes"], share=0.9, day=DAY)
    committee = made["college"].answers_to

    def client_of(position: int, role: str, unit: Any) -> Client:
        person = made["people"][position]
        roster.appoint(person=person, unit=unit, role=role, day=DAY, actor=OPERATOR, now=NOW)
        account = Account.objects.create(
            login=person.number, person=person, password="!", created_at=NOW
        )
        client = Client()
        client.force_login(account, backend="lianfang.accounts.backends.NumberBackend")
        return client

    def open_page(client: Client, path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)

    leader = client_of(0, "LEADER", committee)
    counselor = client_of(1, "COUNSELOR", made["classes"][0])
    plain = median_ms(lambda: open_page(Client(), "/login/"), times=9)
    rows = []
    for name, client, path in (
        ("committee's board", leader, "/desk/board/"),
        ("counselor's desk", counselor, "/desk/"),
    ):
        taken = median_ms(partial(open_page, client, path), times=9)
        rows.append(row(f"{name}, {PEOPLE:,} people", taken, "ms", plain))
    return rows
