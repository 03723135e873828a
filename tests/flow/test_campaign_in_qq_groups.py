"""A college that runs a OneBot server: the robot posts; where it cannot, somebody does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lianfang.kernel.refusals import Invalid
from lianfang.notifications.models import Delivery, Message
from lianfang.outreach import queries
from lianfang.outreach.models import CampaignStep, GroupPosting, UnitGroup
from lianfang.outreach.rules import Rule, Step
from lianfang.usecases import campaigns
from tests.cast import College
from tests.flow.outreach_cast import WORDING, campaign
from tests.gateways import HttpGateway, all_channels
from tests.post_office import channels_file, later, work_off

pytestmark = pytest.mark.django_db(transaction=True)
IN_GROUPS = [Step(("in_app", "group_text"), timedelta(0))]


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[HttpGateway]:
    with HttpGateway() as gateway:
        tables = {"onebot": all_channels(http=gateway)["onebot"]}
        with channels_file(tmp_path / "channels.toml", tables):
            yield gateway


def set_group(college: College, unit: str, number: str) -> UnitGroup | None:
    return campaigns.set_group(
        unit=college.unit(unit), number=number, by=college["书记"],
        actor=college.actor("书记"), now=college.now,
    )  # fmt: skip


def both_classes(college: College) -> Rule:
    return Rule(units=(college.unit("网络1班").pk, college.unit("护理1班").pk))


def open_units() -> list[str]:
    units = GroupPosting.objects.values_list("unit_id", flat=True)
    return [one.unit.name for one in queries.open_postings(units)]


def test_the_robot_posts_where_a_group_was_noted_and_somebody_copies_elsewhere(
    college: College, gateway: HttpGateway
) -> None:
    set_group(college, "网络1班", "QQ群：１２３ ４５６ ７８")
    campaign(college, both_classes(college), steps=IN_GROUPS)
    college.work()
    work_off(college.now)
    [said] = gateway.accepted
    assert (said.dialect, said.to) == ("onebot", "group:12345678")
    assert WORDING.title_zh in said.text
    assert WORDING.source in said.text
    assert "小明" not in said.text
    assert open_units() == ["护理1班"]
    assert GroupPosting.objects.get(unit=college.unit("网络1班")).robot == "12345678"


def test_an_error_inside_http_200_is_tried_again_and_never_called_posted(
    college: College, gateway: HttpGateway
) -> None:
    set_group(college, "网络1班", "12345678")
    one = campaign(college, steps=IN_GROUPS)
    gateway.say({"status": "failed", "retcode": 34, "wording": "the server is busy"})
    college.work()
    work_off(college.now)
    assert queries.said_by_robot(one)["12345678"] == ("RETRYING", None)
    gateway.say(None)
    later(college, seconds=2)
    assert queries.said_by_robot(one)["12345678"] == ("SENT", college.now)
    assert open_units() == []


def test_a_group_that_the_robot_cannot_reach_is_somebodys_to_post(
    college: College, gateway: HttpGateway
) -> None:
    set_group(college, "网络1班", "12345678")
    one = campaign(college, steps=IN_GROUPS)
    gateway.say({"status": "failed", "retcode": 1404, "wording": "no such group"})
    college.work()
    work_off(college.now)
    assert queries.said_by_robot(one)["12345678"][0] == "FAILED"
    assert open_units() == ["网络1班"]
    campaigns.mark_posted(
        posting=GroupPosting.objects.get(), by=college["辅导员"],
        actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip
    assert open_units() == []


def test_two_units_in_one_group_hear_it_once(college: College, gateway: HttpGateway) -> None:
    for unit in ("网络1班", "护理1班"):
        set_group(college, unit, "12345678")
    campaign(college, both_classes(college), steps=IN_GROUPS)
    college.work()
    work_off(college.now)
    assert len(gateway.accepted) == 1
    assert Message.objects.filter(recipient=None).count() == 1


def test_the_nearest_group_above_stands_in_and_hears_it_once(
    college: College, gateway: HttpGateway
) -> None:
    set_group(college, "信息系", "55555")
    set_group(college, "学院", "99999")
    one = campaign(college, Rule(units=(college.unit("学院").pk,), everybody=True), steps=IN_GROUPS)
    college.work()
    work_off(college.now)
    assert sorted(said.to for said in gateway.accepted) == ["group:55555", "group:99999"]
    through = dict(one.postings.values_list("unit__name", "through__name"))
    assert (through["网络1班"], through["护理1班"]) == ("信息系", "学院")
    assert through.get("信息系") is None
    assert open_units() == []


def test_a_group_that_stands_in_is_ticked_once_by_those_of_its_unit(
    college: College, tmp_path: Path
) -> None:
    set_group(college, "学院", "99999")
    with channels_file(tmp_path / "none.toml", {}):
        campaign(college, both_classes(college), steps=IN_GROUPS)
        college.work()
    assert list(queries.open_postings([college.unit("网络1班").pk])) == []
    [first, _second] = queries.open_postings([college.unit("学院").pk])
    campaigns.mark_posted(
        posting=first, by=college["书记"], actor=college.actor("书记"), now=college.now
    )
    assert not queries.open_postings([college.unit("学院").pk]).exists()
    assert GroupPosting.objects.filter(posted_by=college["书记"]).count() == 2


def test_without_a_onebot_server_every_text_is_copied(college: College, tmp_path: Path) -> None:
    set_group(college, "网络1班", "12345678")
    with channels_file(tmp_path / "none.toml", {}):
        campaign(college, steps=IN_GROUPS)
        college.work()
    assert open_units() == ["网络1班"]
    assert not Delivery.objects.filter(channel="onebot").exists()


@pytest.mark.parametrize("typed", ["1234", "0123456", "1234567890123", "群"])
def test_what_is_no_number_of_a_group_is_refused(college: College, typed: str) -> None:
    with pytest.raises(Invalid):
        set_group(college, "网络1班", typed)
    assert not UnitGroup.objects.exists()


def test_another_number_follows_and_an_empty_one_ends_it(college: College) -> None:
    set_group(college, "网络1班", "12345678")
    set_group(college, "网络1班", "87654321")
    assert queries.groups_of([college.unit("网络1班").pk]) == {
        college.unit("网络1班").pk: "87654321"
    }
    set_group(college, "网络1班", "")
    assert queries.groups_of([college.unit("网络1班").pk]) == {}
    assert UnitGroup.objects.count() == 2


# ---------------------------------------------------------------- steps chosen by hand


def test_steps_of_ones_own_are_taken_at_their_moments(college: College) -> None:
    steps = [Step(("sms",), timedelta(minutes=30)), Step(("callers",), timedelta(hours=1))]
    campaign(college, steps=steps)
    college.fast_forward(minutes=29)
    assert college.told(reference="campaign:") == []
    college.fast_forward(minutes=1)
    assert college.told(reference="campaign:") == ["小明", "小红", "小刚"]
    [first, second] = CampaignStep.objects.order_by("position")
    assert second.due_at - first.due_at == timedelta(hours=1)


@pytest.mark.parametrize("steps", [
    [Step((), timedelta(0))],
    [Step(("pigeon",), timedelta(0))],
    [Step(("sms",), timedelta(days=8))],
    [Step(("sms",), timedelta(0)), Step(("callers",), timedelta(0))],
    [Step(("sms",), timedelta(hours=1))] * 7,
])  # fmt: skip
def test_odd_steps_are_refused(college: College, steps: list[Step]) -> None:
    with pytest.raises(Invalid):
        campaign(college, steps=steps)
