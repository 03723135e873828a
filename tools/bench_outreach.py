"""A campaign to 30,000 people: its audience as rows, its letters, its callers, its page.

The baseline of queueing is a bulk insert of as many plain rows into the same table of letters,
in the same portions. Memory is the peak of the process that did all of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta

from tools.bench_support import NOW, Row, fill, median_ms, memory_mib, new_home, row, set_up

PEOPLE = 30_000


def run() -> list[Row]:
    """In a process and a database of its own."""
    answer = subprocess.run(
        [sys.executable, "-m", "tools.bench_outreach"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    rows: list[Row] = json.loads(answer.stdout.splitlines()[-1])
    return rows


def _in_this_process() -> list[Row]:
    new_home()
    set_up()
    from lianfang.kernel.actors import OPERATOR
    from lianfang.outreach import queries
    from lianfang.outreach.rules import Rule, Step
    from lianfang.roster.models import Person, Unit
    from lianfang.usecases import campaigns
    from lianfang.usecases.campaigns import ArticleWording

    college = fill(PEOPLE)["college"]
    assert isinstance(college, Unit)
    people = list(Person.objects.all())
    for person in people:
        person.phone = f"+86142{person.pk:08}"
    Person.objects.bulk_update(people, ["phone"], batch_size=500)
    del people
    before = memory_mib(os.getpid())
    wording = ArticleWording(
        title_zh="基准", text_zh="先洗手。" * 50, source="基准", valid_until="2020-03-31"
    )
    version = campaigns.write_article(
        article=None, wording=wording, by=None, actor=OPERATOR, now=NOW
    )
    hour = timedelta(hours=1)
    begun = time.perf_counter()
    campaign = campaigns.start(
        version=version, subject="", unit=college, rule=Rule(everybody=True),
        within=list(Unit.objects.values_list("pk", flat=True)), asks_question=False,
        steps=[Step(("in_app",), 0 * hour), Step(("sms",), hour), Step(("callers",), hour)],
        by=None, actor=OPERATOR, now=NOW,
    )  # fmt: skip
    started = time.perf_counter() - begun
    account, longest = _strike(NOW)
    texts, longest_text = _strike(NOW + hour)
    calls, _longest = _strike(NOW + 2 * hour)
    after = memory_mib(os.getpid())
    page = median_ms(lambda: queries.counts(campaign), times=3)
    poll = median_ms(lambda: campaigns.strike_next(now=NOW + 3 * hour), times=15)
    plain = _plain_rows()
    return [
        row("campaign to 30,000: audience as rows", started, "s"),
        row("campaign: letters for the account", PEOPLE / account, "letters/s", PEOPLE / plain),
        row("campaign: letters with a text message", PEOPLE / texts, "letters/s", PEOPLE / plain),
        row("campaign: longest transaction", max(longest, longest_text) * 1000, "ms"),
        row("campaign: rows for callers", PEOPLE / calls, "rows/s"),
        row("campaign: standing of 30,000 in numbers", page, "ms"),
        row("campaign: poll with nothing due", poll, "ms"),
        row("campaign: memory on top", after - before, "MiB"),
    ]


def _strike(now: datetime) -> tuple[float, float]:
    """Until nothing is due: all of it, and the longest portion (one transaction)."""
    from lianfang.usecases import campaigns

    begun = time.perf_counter()
    longest = 0.0
    while True:
        portion = time.perf_counter()
        if campaigns.strike_next(now=now) is None:
            return time.perf_counter() - begun, longest
        longest = max(longest, time.perf_counter() - portion)


def _plain_rows() -> float:
    """As many letters by a bulk insert alone, in portions of the same size."""
    from django.db import transaction

    from lianfang.notifications.models import Message
    from lianfang.roster.models import Person
    from lianfang.usecases.campaigns import PORTION

    people = list(Person.objects.values_list("pk", flat=True))
    begun = time.perf_counter()
    for start in range(0, len(people), PORTION):
        with transaction.atomic():
            Message.objects.bulk_create(
                [
                    Message(
                        reference=f"bench:{pk}", topic="bench", recipient_id=pk, subject="基准",
                        body="先洗手。" * 50, created_at=NOW,
                    )
                    for pk in people[start : start + PORTION]
                ]
            )  # fmt: skip
    return time.perf_counter() - begun


if __name__ == "__main__":
    print(json.dumps(_in_this_process()))
