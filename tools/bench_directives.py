"""The relay page at 244 units: its answer, its query, and the poll of what is overdue.

The baseline of the picture is one plain SELECT of the same receipts; the page is the whole
request through Django. The poll is measured with 244 and with 100,000 receipts that are not
due: it must not grow with them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

from tools.bench_support import NOW, Row, median_ms, new_home, row, set_up

WAITING = 100_000


def run() -> list[Row]:
    """In a process and a database of its own."""
    answer = subprocess.run(
        [sys.executable, "-m", "tools.bench_directives"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    rows: list[Row] = json.loads(answer.stdout.splitlines()[-1])
    return rows


def _in_this_process() -> list[Row]:
    new_home()
    set_up()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    from django.test import Client

    from lianfang.accounts.models import Account
    from lianfang.directives import receiving
    from lianfang.directives.audience import Asked
    from lianfang.directives.models import DirectiveReceipt, DirectiveVersion
    from lianfang.directives.operations import Wording
    from lianfang.directives.queries import relay_of
    from lianfang.kernel import clock
    from lianfang.usecases import directives
    from tests.cast import College
    from tests.party import plant

    clock.follow(lambda: NOW + timedelta(hours=11))
    college = College(now=NOW)
    college._open_units()
    college._enrol()
    college._appoint()
    party = plant(college, generals=44, branches=200)
    version = directives.draft(
        issuer=party.committee, number="", files=[],
        wording=Wording(
            title="基准", body="一", urgency="URGENT",
            acknowledge_due_at=NOW + timedelta(hours=10),
            audience=[Asked(unit=party.committee, with_below=True)], to_everybody=True,
        ),
        by=college["值班员"], actor=college.actor("值班员"), now=NOW,
    )  # fmt: skip
    directives.publish(
        version=version, signer=college["组长"], actor=college.actor("组长"), now=NOW
    )
    later = NOW + timedelta(hours=11)
    found = DirectiveVersion.objects.select_related("directive").get(pk=version.pk)
    plain = median_ms(lambda: list(DirectiveReceipt.objects.filter(version=found).values_list()))
    picture = median_ms(lambda: relay_of(found, now=later))
    client = Client()
    account = Account.objects.create(person=college["组长"], login="bench", created_at=NOW)
    client.force_login(account, backend="lianfang.accounts.backends.NumberBackend")
    url = f"/desk/directives/{version.directive_id}/relay/"
    assert client.get(url).status_code == 200
    page = median_ms(lambda: client.get(url))

    DirectiveReceipt.objects.update(next_due_at=NOW + timedelta(days=300))
    few = median_ms(lambda: receiving.claim_overdue(now=later))
    person = college["小明"]
    unit = college.unit("网络1班")
    versions = [
        DirectiveVersion(
            directive=version.directive, number=number, title="x", body="x", urgency="URGENT",
            acknowledge_due_at=later, drafted_by=person, drafted_at=NOW,
            signed_by=college["组长"], published_at=NOW, superseded_at=NOW,
        )
        for number in range(2, 2 + WAITING // 100)
    ]  # fmt: skip
    DirectiveVersion.objects.bulk_create(versions)
    DirectiveReceipt.objects.bulk_create(
        [
            DirectiveReceipt(version=one, unit=unit, role=f"R{n}", next_due_at=later + timedelta(1))
            for one in versions
            for n in range(100)
        ],
        batch_size=2000,
    )
    many = median_ms(lambda: receiving.claim_overdue(now=later))
    return [
        row("relay picture, 244 units", picture, "ms", plain),
        row("relay page, 244 units", page, "ms", plain),
        row(f"poll of overdue receipts, {WAITING:,} waiting", many, "ms", few),
    ]


if __name__ == "__main__":
    print(json.dumps(_in_this_process()))
