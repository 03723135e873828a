"""Where people read that a phone was rung by machine, or that this college cannot ring any."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from lianfang.incidents.models import Incident
from lianfang.kernel import clock
from lianfang.outreach.models import CallTask
from tests.cast import FEVER, College
from tests.flow.outreach_cast import article, campaign
from tests.gateways import HttpGateway, all_channels
from tests.post_office import SECRET, channels_file, work_off
from tests.web.desk import page

pytestmark = pytest.mark.django_db(transaction=True)
NOT_SET_UP = "phone call by machine: not set up"


def test_a_step_that_the_college_does_not_have_is_left_out_in_sight(
    college: College, tmp_path: Path
) -> None:
    with HttpGateway() as gateway, channels_file(
        tmp_path / "channels.toml", {"sms_http": all_channels(http=gateway)["sms_http"]}
    ):  # fmt: skip
        college.report("小明", FEVER)
        incident = f"/desk/incidents/{Incident.objects.get().pk}/"
        assert NOT_SET_UP in page(college, "主任", incident)
        gateways = page(college, "书记", "/desk/gateways/")
        assert "no phone calls by machine" in gateways
        assert "this step of the ladder is left out" in gateways
        drills = page(college, "书记", "/desk/duty/drills/")
        assert "a key is the answer · not set up in this college" in drills
        article(college)
        assert NOT_SET_UP in page(college, "书记", "/desk/outreach/new/")
        one = campaign(college)
        assert NOT_SET_UP in page(college, "书记", f"/desk/outreach/{one.pk}/")
        college.work()
        college.fast_forward(hours=4)
        assert [bool(step.struck_at) for step in one.steps.order_by("position")] == [
            True, True, True, False,
        ]  # fmt: skip
        college.fast_forward(hours=2)
        assert CallTask.objects.count() == 3


def test_a_call_stands_beside_who_was_told(college: College, tmp_path: Path) -> None:
    with HttpGateway() as gateway:
        everything = all_channels(http=gateway)
        tables = {code: everything[code] for code in ("sms_http", "voice_http")}
        tables["callbacks"] = {"voice_http": SECRET}
        with channels_file(tmp_path / "channels.toml", tables):
            college.report("小明", FEVER)
            clock.follow(lambda: college.now)
            work_off(college.now)
            incident = f"/desk/incidents/{Incident.objects.get().pk}/"
            told = page(college, "主任", incident)
            assert "phone call by machine: waiting for its turn 08:03" in told
            assert NOT_SET_UP not in told
            college.now += timedelta(minutes=3)
            work_off(college.now)
            told = page(college, "主任", incident)
            assert "phone call by machine: handed to the gateway 08:03" in told
            gateways = page(college, "书记", "/desk/gateways/")
            assert "voice_http no test calls: probe_call is not set" in gateways
            assert "no phone calls by machine" not in gateways
