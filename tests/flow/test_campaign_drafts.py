"""A campaign is drafted over days, by two, seen before it goes, sent once, and then frozen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import Error, transaction

from lianfang.audit.models import Entry
from lianfang.kernel.refusals import Invalid
from lianfang.outreach import access
from lianfang.outreach.models import Campaign, CampaignDraft
from lianfang.outreach.operations import EmptyAudience, EverybodyNotChosen
from lianfang.outreach.rules import Rule, Step
from lianfang.roster.models import Person
from lianfang.usecases import campaign_drafts
from lianfang.usecases.campaign_drafts import (
    DraftChangedMeanwhile,
    DraftContent,
    DraftIsDiscarded,
    DraftIsSent,
)
from lianfang.usecases.campaigns import write_article
from tests.cast import College
from tests.flow.outreach_cast import WORDING, article

pytestmark = pytest.mark.django_db(transaction=True)
STEPS = (Step(("sms",), timedelta(0)), Step(("callers",), timedelta(hours=8)))


def kept(college: College, content: DraftContent) -> CampaignDraft:
    return campaign_drafts.keep(
        unit=college.unit("学院"), units=[college.unit("学院")], content=content,
        by=college["书记"], actor=college.actor("书记"), now=college.now,
    )  # fmt: skip


def changed(college: College, draft: CampaignDraft, edition: int, content: DraftContent) -> None:
    campaign_drafts.change(
        draft=draft, edition=edition, content=content, by=college["组长"],
        actor=college.actor("组长"), now=college.now,
    )  # fmt: skip


def sent(college: College, draft: CampaignDraft, edition: int) -> Campaign:
    return campaign_drafts.send(
        draft=draft, edition=edition, by=college["书记"], actor=college.actor("书记"),
        now=college.now,
    )  # fmt: skip


def discarded(college: College, draft: CampaignDraft, edition: int) -> None:
    campaign_drafts.discard(
        draft=draft, edition=edition, by=college["书记"], actor=college.actor("书记"),
        now=college.now,
    )  # fmt: skip


def full(college: College) -> DraftContent:
    class_1 = college.unit("网络1班").pk
    return DraftContent(
        article=article(college).article, subject="防护知识", words="请今晚读完。",
        rule=Rule(units=(class_1,)), steps=STEPS,
    )  # fmt: skip


def test_a_draft_is_written_over_days_and_sent_as_it_stands(college: College) -> None:
    draft = kept(college, DraftContent(subject="还没想好"))
    college.fast_forward(days=1)
    content = full(college)
    changed(college, draft, 1, content)
    write_article(
        article=content.article, wording=replace(WORDING, text_zh="新的", what_changed="改了"),
        by=college["书记"], actor=college.actor("书记"), now=college.now,
    )  # fmt: skip
    assert college.told(reference="campaign:") == []
    one = sent(college, draft, 2)
    assert one.version.number == 2, "the wording in force when it goes, not when it was drafted"
    assert [(step.ways, step.due_at - one.started_at) for step in one.steps.all()] == [
        (["sms"], timedelta(0)), (["callers"], timedelta(hours=8)),
    ]  # fmt: skip
    college.work()
    assert college.told(reference="campaign:") == ["小明", "小红", "小刚"]
    draft.refresh_from_db()
    assert (draft.campaign, draft.changed_by) == (one, college["组长"])
    verbs = Entry.objects.filter(verb__startswith="outreach.draft.").order_by("id")
    assert [entry.verb.rpartition(".")[2] for entry in verbs] == ["kept", "changed", "sent"]


def test_nobody_overwrites_or_sends_what_they_have_not_read(college: College) -> None:
    content = full(college)
    draft = kept(college, content)
    changed(college, draft, 1, replace(content, subject="组长改过"))
    for act in (sent, discarded):
        with pytest.raises(DraftChangedMeanwhile, match=college["组长"].name):
            act(college, draft, 1)
    with pytest.raises(DraftChangedMeanwhile):
        changed(college, draft, 1, content)
    assert (draft.subject, Campaign.objects.count()) == ("组长改过", 0)


def test_what_was_sent_or_discarded_is_frozen(college: College) -> None:
    content = full(college)
    gone, thrown = kept(college, content), kept(college, content)
    one = sent(college, gone, 1)
    discarded(college, thrown, 1)
    with pytest.raises(DraftIsSent):
        sent(college, gone, 1)
    with pytest.raises(DraftIsDiscarded):
        changed(college, thrown, 1, content)
    assert Campaign.objects.count() == 1
    for rows in (
        Campaign.objects.filter(pk=one.pk), CampaignDraft.objects.filter(pk=thrown.pk)
    ):  # fmt: skip
        with pytest.raises(Error), transaction.atomic():
            rows.update(subject="另一个")


def test_a_draft_may_lack_things_and_nothing_unfinished_is_sent(college: College) -> None:
    draft = kept(college, DraftContent())
    with pytest.raises(Invalid):
        sent(college, draft, 1)
    content = full(college)
    changed(college, draft, 1, replace(content, rule=Rule()))
    with pytest.raises(EmptyAudience):
        sent(college, draft, 2)
    changed(college, draft, 2, replace(content, rule=Rule(units=(college.unit("学院").pk,))))
    with pytest.raises(EverybodyNotChosen):
        sent(college, draft, 3)
    with pytest.raises(Invalid):
        changed(college, draft, 3, replace(content, subject="防护\nBcc: x"))
    with pytest.raises(Invalid):
        changed(college, draft, 3, replace(content, steps=[Step(("pigeon",), timedelta(0))]))
    assert not Campaign.objects.exists()


def test_whoever_may_write_to_all_of_them_sees_a_draft(college: College) -> None:
    draft = kept(college, DraftContent())
    root, class_1 = college.unit("学院").pk, college.unit("网络1班").pk
    assert list(access.open_drafts({root})) == [draft]
    assert not access.open_drafts({class_1}).exists()
    draft.units.add(college.unit("护理1班"))
    assert not access.open_drafts({root, class_1}).exists(), "one unit of it is beyond"


def test_before_it_goes_it_says_who_how_many_and_by_which_ways(college: College) -> None:
    rule = Rule(units=(college.unit("网络1班").pk, college.unit("护理1班").pk))
    within = [unit.pk for unit in college.units.values()]
    Person.objects.filter(pk=college["小红"].pk).update(phone="", phone_index="")
    found = campaign_drafts.preview(rule, within=within, now=college.now)
    assert found.people == sum(found.by_unit.values()) == sum(found.by_category.values())
    assert found.ways["sms"].without == 1
    assert found.ways["sms"].reached == found.people - 1
    assert found.ways["in_app"].reached == found.people
    assert len(found.groups) == 2
