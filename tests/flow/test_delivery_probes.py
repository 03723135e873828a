"""A provider that takes everything and delivers nothing is found out first (RELIABILITY row 6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lianfang.notifications import operations as notifications
from lianfang.notifications import receiving
from lianfang.notifications.channels.reports import parse_delivery_reports
from lianfang.notifications.models import Delivery, ProviderState
from lianfang.notifications.queries import provider_health
from lianfang.usecases import workers
from tests.cast import College
from tests.gateway_dialects import Message
from tests.gateways import Behaviour, HttpGateway, all_channels, delivery_report
from tests.post_office import SECRET, channels_file, draft, person, work_off
from tests.web.desk import page

pytestmark = pytest.mark.django_db(transaction=True)
OURS = "+8613900000001"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[HttpGateway]:
    with HttpGateway() as gateway:
        everything = all_channels(http=gateway)
        tables = {code: everything[code] for code in ("sms_http", "sms_tencent")}
        tables["callbacks"] = {"sms_http": SECRET, "sms_tencent": SECRET}
        tables["probes"] = {"probe_to": OURS, "every_minutes": 5}
        with channels_file(tmp_path / "channels.toml", tables):
            yield gateway


def minutes_pass(college: College, minutes: int) -> None:
    college.now += timedelta(minutes=minutes)
    workers.sweep(college.now, "test")
    work_off(college.now)


def arrives(college: College, *messages: Message) -> None:
    dialects = {"sms_http": "lianfang", "sms_tencent": "tencent"}
    for message in messages:
        reports = parse_delivery_reports(dialects[message.dialect], delivery_report(message))
        receiving.take_reports(reports, channel=message.dialect, now=college.now)


def order() -> list[tuple[str, bool]]:
    return [(row.code, row.is_degraded) for row in provider_health()]


def test_each_provider_is_probed_every_few_minutes(college: College, gateway: HttpGateway) -> None:
    minutes_pass(college, 0)
    assert {(m.dialect, m.to) for m in gateway.wait_for_accepted(2)} == {
        ("sms_http", OURS),
        ("sms_tencent", OURS),
    }
    minutes_pass(college, 4)
    assert len(gateway.accepted) == 2
    minutes_pass(college, 1)
    assert len(gateway.wait_for_accepted(4)) == 4
    assert not Delivery.objects.exists(), "a probe is no letter"


def test_two_lost_probes_put_the_other_provider_first_until_one_arrives(
    college: College, gateway: HttpGateway
) -> None:
    heard = 0
    for misses in (0, 1, 2):
        minutes_pass(college, 5)
        probes = gateway.wait_for_accepted(heard + 2)[heard:]
        arrives(college, *[m for m in probes if m.dialect == "sms_tencent"])
        heard += 2
        assert ProviderState.objects.get(pk="sms_http").misses == misses
    assert order() == [("sms_tencent", False), ("sms_http", True)]
    said = page(college, "书记", "/desk/gateways/")
    assert "A provider of text messages does not deliver" in said
    assert said.index("sms_tencent last test message arrived") < said.index("test message sent")
    notifications.queue([draft("a:1", person("某人", 1), is_urgent=True)], now=college.now)
    work_off(college.now)
    assert Delivery.objects.get().provider == "sms_tencent"
    late = [m for m in gateway.accepted if m.dialect == "sms_http"]
    arrives(college, late[0])
    assert order()[1] == ("sms_http", True), "an old probe proves nothing about now"
    arrives(college, late[-1])
    assert order() == [("sms_http", False), ("sms_tencent", False)]
    assert "does not deliver" not in page(college, "书记", "/desk/gateways/")


def test_a_probe_that_is_refused_is_a_miss_at_once(college: College, gateway: HttpGateway) -> None:
    gateway.behave(Behaviour.SERVER_ERROR)
    minutes_pass(college, 0)
    minutes_pass(college, 5)
    assert [(s.misses, s.detail) for s in ProviderState.objects.all()] == [
        (2, "gateway.server-error")
    ] * 2
    assert all(degraded for _code, degraded in order())


def test_without_callbacks_accepted_is_all_that_can_be_known(
    college: College, gateway: HttpGateway, tmp_path: Path
) -> None:
    tables = {"sms_http": all_channels(http=gateway)["sms_http"], "probes": {"probe_to": OURS}}
    with channels_file(tmp_path / "other.toml", tables):
        for _ in range(4):
            minutes_pass(college, 5)
        assert order() == [("sms_http", False)]
        assert ProviderState.objects.get().arrived_at == college.now
        assert not provider_health()[0].reports_back


def test_without_a_phone_to_probe_nothing_is_probed(
    college: College, gateway: HttpGateway, tmp_path: Path
) -> None:
    minutes_pass(college, 0)
    heard = len(gateway.accepted)
    tables = {"sms_http": all_channels(http=gateway)["sms_http"]}
    with channels_file(tmp_path / "other.toml", tables):
        minutes_pass(college, 30)
        assert len(gateway.accepted) == heard
        assert not ProviderState.objects.exists()
        assert provider_health()[0].state is None
