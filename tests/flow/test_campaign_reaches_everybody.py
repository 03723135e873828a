"""A campaign: in the account first, then by message, then a human rings; until it is confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lianfang.kernel.clock import parse_moment
from lianfang.notifications.channels.base import Outcome
from lianfang.notifications.channels.reports import DeliveryReport, TextAnswer
from lianfang.notifications.models import Attempt, Delivery, Message
from lianfang.notifications.receiving import take_reports
from lianfang.outreach import queries
from lianfang.outreach.confirming import link_token
from lianfang.outreach.groups import PostedAlready
from lianfang.outreach.models import CallTask, GroupPosting, PhoneCorrection, Recipient
from lianfang.outreach.rules import Rule
from lianfang.reporting.models import CallRecord
from lianfang.roster.models import Person
from lianfang.usecases import callers, campaigns, gateway_callbacks
from lianfang.usecases.campaigns import ConfirmLinkNotValid, ReadOnceMore
from tests.cast import College
from tests.flow.outreach_cast import QUIZ, article, campaign, recipient, standing

pytestmark = pytest.mark.django_db(transaction=True)


def test_first_the_account_then_a_message_then_a_call_and_each_at_its_moment(
    college: College,
) -> None:
    campaign(college)
    assert college.told(reference="campaign:") == []
    college.work()
    assert college.told(reference="campaign:") == ["小明", "小红", "小刚"]
    assert not Delivery.objects.filter(message__reference__startswith="campaign:").exists()
    college.fast_forward(minutes=119)
    assert len(college.told(reference="campaign:")) == 3
    college.fast_forward(minutes=1)
    assert len(college.told(reference="campaign:")) == 6
    texts = Delivery.objects.filter(message__reference__startswith="campaign:", channel="sms")
    assert texts.count() == 3
    assert not CallTask.objects.exists()
    college.fast_forward(hours=4)
    assert {task.assigned_to for task in CallTask.objects.all()} == {college["辅导员"]}


def test_whoever_has_confirmed_hears_no_more_of_it(college: College) -> None:
    campaign(college)
    college.work()
    token = link_token(recipient(college, "小明"))
    campaigns.confirm_by_link(token=token, choice=None, now=college.now)
    assert standing(college, "小明") == "confirmed"
    college.fast_forward(hours=7)
    assert college.told(reference="campaign:").count("小明") == 1
    assert {task.recipient.person.name for task in CallTask.objects.all()} == {"小红", "小刚"}
    late = link_token(recipient(college, "小红"))
    campaigns.confirm_by_link(token=late, choice=None, now=college.now)
    task = CallTask.objects.get(recipient__person=college["小红"])
    assert (task.is_open, task.closing) == (False, "CONFIRMED")


def test_accepted_is_not_delivered_and_delivered_is_not_confirmed(college: College) -> None:
    campaign(college)
    assert standing(college, "小明") == "waiting"
    college.work()
    assert standing(college, "小明") == "queued"
    college.fast_forward(hours=2)
    turn = Delivery.objects.get(message__recipient=college["小明"], channel="sms")
    Delivery.objects.filter(pk=turn.pk).update(
        state="SENT", sent_at=college.now, provider="sms_http", provider_id="x1", next_due_at=None
    )
    assert standing(college, "小明") == "sent"
    report = DeliveryReport(
        reference="",
        provider_id="x1",
        outcome=Outcome.DELIVERED,
        code="",
        detail="",
        reported_at=college.now,
    )
    take_reports([report], channel="sms_http", now=college.now)
    assert standing(college, "小明") == "delivered"
    Message.objects.filter(recipient=college["小明"]).update(read_at=college.now)
    assert standing(college, "小明") == "read"
    assert queries.counts(recipient(college, "小明").campaign) == {"read": 1, "queued": 2}


def test_a_message_that_the_network_refuses_is_failed_and_a_task_for_the_unit(
    college: College,
) -> None:
    campaign(college)
    college.work()
    college.fast_forward(hours=2)
    turn = Delivery.objects.get(message__recipient=college["小刚"], channel="sms")
    Delivery.objects.filter(pk=turn.pk).update(state="FAILED", next_due_at=None)
    Attempt.objects.create(
        delivery=turn, number=1, started_at=college.now, ended_at=college.now,
        provider="sms_http", outcome="UNDELIVERED", code="UNDELIV",
    )  # fmt: skip
    assert standing(college, "小刚") == "failed"
    college.fast_forward(hours=4)
    [task] = queries.open_corrections()
    assert (task.person.name, task.unit.name, task.found) == ("小刚", "网络1班", "GATEWAY")


def test_a_code_by_text_message_confirms_for_whom_it_was_written(college: College) -> None:
    campaign(college)
    college.work()
    college.fast_forward(hours=2)
    letter = Message.objects.get(
        recipient=college["小红"], reference__startswith="campaign:", deliveries__channel="sms"
    )
    assert letter.answer_code
    assert campaigns.confirm_by_text(message=letter, now=college.now) is not None
    assert (standing(college, "小红"), recipient(college, "小红").how) == ("confirmed", "SMS")


def test_the_answer_of_a_phone_finds_its_letter_by_code(college: College) -> None:
    """The way of an answer that a gateway pushes back: phone and code, then the campaign."""
    campaign(college)
    college.work()
    college.fast_forward(hours=2)
    letters = Message.objects.filter(
        recipient=college["小红"], reference__startswith="campaign:", deliveries__channel="sms"
    )
    Delivery.objects.filter(message__in=letters).update(state="SENT", sent_at=college.now)
    said = TextAnswer(college["小红"].phone, f"{letters.get().answer_code}", college.now)
    stranger = TextAnswer(college["小明"].phone, said.text, college.now)
    assert not gateway_callbacks.take_answer(stranger, channel="sms_http", now=college.now)
    assert gateway_callbacks.take_answer(said, channel="sms_http", now=college.now)
    assert standing(college, "小红") == "confirmed"
    assert standing(college, "小明") != "confirmed"


def test_another_matter_is_not_confirmed_by_a_text(college: College) -> None:
    letter = Message.objects.create(
        reference="escalation:7:round:0:summons:1", recipient=college["小红"], subject="x",
        body="x", created_at=college.now,
    )  # fmt: skip
    assert campaigns.confirm_by_text(message=letter, now=college.now) is None


def test_a_question_is_confirmed_by_the_right_answer_and_keeps_the_first(college: College) -> None:
    campaign(college, version=article(college, **QUIZ), asks_question=True)
    college.work()
    token = link_token(recipient(college, "小明"))
    with pytest.raises(campaigns.AnswerTheQuestion):
        campaigns.confirm_by_link(token=token, choice=None, now=college.now)
    with pytest.raises(campaigns.AnswerTheQuestion):
        campaigns.confirm_by_link(token=token, choice=9, now=college.now)
    with pytest.raises(ReadOnceMore):
        campaigns.confirm_by_link(token=token, choice=1, now=college.now)
    assert recipient(college, "小明").confirmed_at is None
    campaigns.confirm_by_link(token=token, choice=0, now=college.now)
    one = recipient(college, "小明")
    assert (one.confirmed_at, one.first_choice, one.is_right) == (college.now, 1, False)
    letters = Message.objects.filter(reference__startswith="campaign:")
    assert not letters.exclude(answer_code="").exists()


def test_a_link_opens_for_thirty_days_and_never_when_altered(college: College) -> None:
    campaign(college)
    token = link_token(recipient(college, "小明"))
    with pytest.raises(ConfirmLinkNotValid):
        campaigns.recipient_of_link(token[:-1], now=college.now)
    with pytest.raises(ConfirmLinkNotValid):
        campaigns.recipient_of_link(token, now=college.now + timedelta(days=31))


def test_calls_are_shared_evenly_among_those_who_care(college: College) -> None:
    college.enrol("第二辅导员", "信息系", "STAFF")
    college.appoint("第二辅导员", "网络1班", "COUNSELOR")
    for number in range(7):
        college.enrol(f"新生{number}", "网络1班")
    campaign(college)
    college.fast_forward(hours=6)
    shared = [task.assigned_to.name for task in CallTask.objects.all() if task.assigned_to]
    assert (shared.count("辅导员"), shared.count("第二辅导员")) == (5, 5)


def call(college: College, name: str, outcome: str) -> CallTask:
    return callers.note_call(
        task=CallTask.objects.select_related("recipient__person").get(
            recipient__person=college[name]
        ),
        outcome=outcome,
        note="",
        by=college["辅导员"],
        actor=college.actor("辅导员"),
        now=college.now,
    )


def test_ringing_ends_when_told_when_refused_and_after_the_third_try(college: College) -> None:
    campaign(college)
    college.fast_forward(hours=6)
    assert call(college, "小明", "TOLD").closing == "TOLD"
    assert standing(college, "小明") == "told"
    assert call(college, "小红", "REFUSED").closing == "REFUSED"
    for turn in range(3):
        task = call(college, "小刚", "NO_ANSWER")
        expected = college.now + timedelta(hours=2) if turn < 2 else None
        assert task.next_try_at == expected
        college.now += timedelta(hours=2)
    assert task.closing == "NOT_REACHED"
    with pytest.raises(callers.CallIsClosed):
        call(college, "小刚", "NO_ANSWER")
    assert CallRecord.objects.count() == 5


def test_a_wrong_number_is_a_task_of_the_unit_until_the_roster_has_another(
    college: College,
) -> None:
    campaign(college)
    college.fast_forward(hours=6)
    call(college, "小刚", "WRONG_NUMBER")
    [task] = queries.open_corrections()
    assert (task.person.name, task.unit.name) == ("小刚", "网络1班")
    Person.objects.filter(pk=college["小刚"].pk).update(phone_index="another")
    assert list(queries.open_corrections()) == []
    assert PhoneCorrection.objects.count() == 1


def test_who_cannot_be_found_is_reported_to_the_head_without_a_name(college: College) -> None:
    campaign(college)
    college.fast_forward(hours=6)
    assert call(college, "小明", "LOST").closing == "NOT_REACHED"
    letters = Message.objects.filter(reference__startswith="lost:")
    assert {one.recipient.name for one in letters if one.recipient} == {"主任", "副主任"}
    assert not any("小明" in one.body for one in letters)


def test_a_group_without_a_robot_gets_a_text_to_copy_and_a_name(college: College) -> None:
    one = campaign(college)
    college.work()
    posting = GroupPosting.objects.get()
    assert posting.unit == college.unit("网络1班")
    text = campaigns.group_text(one)
    assert "国家卫生健康委 2020-01-29" in text
    assert "2020-02-29" in text
    by: dict[str, Any] = {
        "by": college["辅导员"],
        "actor": college.actor("辅导员"),
        "now": college.now,
    }
    campaigns.mark_posted(posting=posting, **by)
    with pytest.raises(PostedAlready):
        campaigns.mark_posted(posting=posting, **by)


def test_a_large_audience_is_taken_in_portions_and_nobody_twice(
    college: College, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaigns, "PORTION", 2)
    for number in range(4):
        college.enrol(f"新生{number}", "网络1班")
    campaign(college)
    struck = 0
    while campaigns.strike_next(now=college.now) is not None:
        struck += 1
    assert struck == 4  # two, two, two, and the last one
    assert len(college.told(reference="campaign:")) == 7
    assert len(set(college.told(reference="campaign:"))) == 7


def test_an_article_past_its_date_is_told_nobody_more(college: College) -> None:
    one = campaign(college, version=article(college, valid_until="2020-02-01"))
    college.work()
    college.now = parse_moment("2020-02-02T08:00+08:00")
    college.work()
    one.refresh_from_db()
    assert one.ended_at is not None
    assert len(college.told(reference="campaign:")) == 3


def test_a_campaign_that_was_ended_writes_and_rings_no_more(college: College) -> None:
    one = campaign(college)
    college.fast_forward(hours=6)
    campaigns.end(campaign=one, actor=college.actor("书记"), now=college.now)
    assert not queries.open_calls().exists()
    before = len(college.told(reference="campaign:"))
    college.fast_forward(hours=6)
    assert len(college.told(reference="campaign:")) == before
    with pytest.raises(campaigns.CampaignIsOver):
        campaigns.end(campaign=one, actor=college.actor("书记"), now=college.now)


def test_those_who_have_not_confirmed_an_earlier_one_are_an_audience(college: College) -> None:
    first = campaign(college)
    college.work()
    token = link_token(recipient(college, "小明"))
    campaigns.confirm_by_link(token=token, choice=None, now=college.now)
    second = campaign(college, Rule(silent_of=first.pk))
    names = Recipient.objects.filter(campaign=second).values_list("person__name", flat=True)
    assert set(names) == {"小红", "小刚"}
