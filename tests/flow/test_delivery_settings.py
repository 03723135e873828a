"""A fault in channels.toml costs no alert, and is shown (CAPABILITIES ES-09)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lianfang.notifications.models import Delivery
from lianfang.notifications.outlets import usable
from lianfang.notifications.queries import channel_problems
from tests.cast import FEVER, College
from tests.gateways import HttpGateway, all_channels
from tests.post_office import channels_file, later, states, work_off, write_channels

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def gateway() -> Iterator[HttpGateway]:
    with HttpGateway() as gateway:
        yield gateway


def sms_only(gateway: HttpGateway) -> dict[str, Any]:
    return {"sms_http": all_channels(http=gateway)["sms_http"]}


@pytest.mark.parametrize("fault", ["[sms_http\nurl=", "\xff\xfe\x00", "a = 1\na = 2\n"])
def test_a_file_that_is_no_toml_costs_no_report_and_no_alert(
    college: College, gateway: HttpGateway, tmp_path: Path, fault: str,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    with channels_file(tmp_path / "channels.toml", {}) as path:
        path.write_bytes(fault.encode("latin-1"))
        with caplog.at_level(logging.CRITICAL):
            college.report("小明", FEVER)
            work_off(college.now)
        assert college.told() == ["辅导员", "主任", "值班员"]
        assert {state for channel, state in states(channel="sms")} == {"RETRYING"}
        assert [problem.where for problem in channel_problems()] == ["channels.toml"]
        write_channels(path, sms_only(gateway))
        assert channel_problems() == ()
        later(college, seconds=10)
        assert len(gateway.wait_for_accepted(3)) == 3


def test_a_running_worker_keeps_the_last_good_channels(
    college: College, gateway: HttpGateway, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with channels_file(tmp_path / "channels.toml", sms_only(gateway)) as path:
        before = usable().channels
        path.write_text("[half a table", encoding="utf-8")
        with caplog.at_level(logging.CRITICAL):
            college.report("小明", FEVER)
            work_off(college.now)
        assert len(gateway.wait_for_accepted(3)) == 3
        assert usable().channels is before
        assert [problem.where for problem in channel_problems()] == ["channels.toml"]


def test_one_bad_channel_silences_no_other_and_is_named(
    college: College, gateway: HttpGateway, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tables = sms_only(gateway) | {"email": {"host": "", "prot": 25}}
    with channels_file(tmp_path / "channels.toml", tables), caplog.at_level(logging.CRITICAL):
        college.report("小明", FEVER)
        work_off(college.now)
        assert len(gateway.wait_for_accepted(3)) == 3
        assert "email.prot" in {problem.where for problem in channel_problems()}


def test_the_channels_are_made_once_and_again_when_the_file_changes(
    gateway: HttpGateway, tmp_path: Path
) -> None:
    with channels_file(tmp_path / "channels.toml", sms_only(gateway)) as path:
        assert usable().channels is usable().channels
        write_channels(path, sms_only(gateway) | {"onebot": all_channels(http=gateway)["onebot"]})
        assert set(usable().channels) == {"sms_http", "onebot"}


def test_an_ordinary_letter_without_any_channel_fails_for_good_and_an_alert_waits(
    college: College, tmp_path: Path
) -> None:
    with channels_file(tmp_path / "channels.toml", {}):
        college.report("小明", FEVER)
        college.fast_forward(to=college.at("11:00"))
        work_off(college.now)
    assert Delivery.objects.filter(message__reference__startswith="reminder").exists()
    ordinary = Delivery.objects.filter(is_urgent=False, channel="sms").exclude(state="BUNDLED")
    assert {turn.state for turn in ordinary} == {"FAILED"}
    urgent = Delivery.objects.filter(message__reference__contains="summons", channel="sms")
    assert {turn.state for turn in urgent} <= {"RETRYING", "HELD", "BUNDLED"}
