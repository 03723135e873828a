"""What a campaign refuses, in words; and whom a rule means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lianfang.kernel.refusals import Invalid
from lianfang.outreach.models import Campaign
from lianfang.outreach.operations import NotTheNewestVersion
from lianfang.outreach.rules import Rule
from lianfang.usecases import campaign_audience, campaigns, monitoring
from lianfang.usecases.campaigns import ArticleIsOver, EmptyAudience, EverybodyNotChosen
from tests.cast import FINE, College
from tests.flow.outreach_cast import QUIZ, WORDING, article, campaign
from tests.flow.test_key_monitoring import watched

pytestmark = pytest.mark.django_db(transaction=True)


def names(college: College, rule: Rule, within: list[str] | None = None) -> set[str]:
    units = [college.unit(name).pk for name in within or college.units]
    found = dict(campaign_audience.audience_of(rule, within=units, now=college.now))
    return {name for name, person in college.people.items() if person.pk in found}


def test_an_empty_audience_is_refused(college: College) -> None:
    for rule in (Rule(), Rule(categories=("RETIRED",)), Rule(places=("42",))):
        with pytest.raises(EmptyAudience):
            campaign(college, rule)
    assert not Campaign.objects.exists()


def test_everybody_is_refused_unless_it_was_chosen_by_hand(college: College) -> None:
    whole = Rule(units=(college.unit("学院").pk,))
    with pytest.raises(EverybodyNotChosen):
        campaign(college, whole)
    with pytest.raises(EverybodyNotChosen):
        campaign(college, Rule(categories=("STUDENT", "STAFF")))
    assert campaign(college, replace(whole, everybody=True)).recipients.count() == 11


def test_a_subject_with_a_line_break_is_refused(college: College) -> None:
    for subject in ("防护\r\nBcc: a@example.org", "防护\n知识", "防护\u2028知识"):
        with pytest.raises(Invalid) as refused:
            campaign(college, subject=subject)
        assert "subject" in refused.value.problems


def test_an_article_past_its_date_is_refused(college: College) -> None:
    version = article(college)
    type(version).objects.filter(pk=version.pk).update(valid_until="2020-01-31")
    version.refresh_from_db()
    with pytest.raises(ArticleIsOver):
        campaign(college, version=version)


def test_an_older_version_is_not_sent(college: College) -> None:
    old = article(college)
    campaigns.write_article(
        article=old.article, wording=replace(WORDING, what_changed="补充说明"),
        by=None, actor=college.actor("书记"), now=college.now,
    )  # fmt: skip
    with pytest.raises(NotTheNewestVersion):
        campaign(college, version=old)


@pytest.mark.parametrize(
    "field,changes",
    [
        ("title_zh", {"title_zh": " "}),
        ("text_zh", {"text_zh": "\n"}),
        ("source", {"source": ""}),
        ("valid_until", {"valid_until": "2020-01-31"}),
        ("valid_until", {"valid_until": "2020-02-30"}),
        ("valid_until", {"valid_until": ""}),
        ("choices", QUIZ | {"choices": [("洗手", "")]}),
        ("right_choice", QUIZ | {"right_choice": None}),
        ("right_choice", QUIZ | {"right_choice": 2}),
    ],
)
def test_an_article_without_what_it_needs_is_refused(
    college: College, field: str, changes: dict[str, object]
) -> None:
    with pytest.raises(Invalid) as refused:
        article(college, **changes)
    assert list(refused.value.problems) == [field]


def test_a_new_version_says_what_is_new(college: College) -> None:
    first = article(college)
    with pytest.raises(Invalid) as refused:
        campaigns.write_article(
            article=first.article, wording=WORDING, by=None, actor=college.actor("书记"),
            now=college.now,
        )  # fmt: skip
    assert list(refused.value.problems) == ["what_changed"]


def test_a_rule_narrows_by_unit_category_role_and_place(college: College) -> None:
    department = (college.unit("信息系").pk,)
    assert names(college, Rule(units=department)) == {
        "小明", "小红", "小刚", "辅导员", "主任", "副主任",
    }  # fmt: skip
    assert names(college, Rule(units=department, categories=("STUDENT",))) == {
        "小明", "小红", "小刚",
    }  # fmt: skip
    assert names(college, Rule(roles=("COUNSELOR",))) == {"辅导员", "外辅导员"}
    college.report("小红")
    college.report("小刚", replace(FINE, county_code="420102"))
    assert names(college, Rule(places=("42",))) == {"小刚"}
    assert names(college, Rule(places=("511702", "4201"))) == {"小红", "小刚"}


def test_nobody_is_told_outside_of_the_units_of_whoever_tells(college: College) -> None:
    everybody = Rule(everybody=True)
    assert names(college, everybody, within=["网络1班"]) == {"小明", "小红", "小刚"}
    other = Rule(units=(college.unit("护理1班").pk,))
    assert names(college, other, within=["网络1班"]) == set()


def test_the_watched_alone_are_meant_and_only_while_they_are_watched(college: College) -> None:
    within = [unit.pk for unit in college.units.values()]
    rule = Rule(monitored=True)
    assert campaign_audience.audience_of(rule, within=within, now=college.now) == []
    file = watched(college)
    assert campaign_audience.audience_of(rule, within=within, now=college.now) == [
        (college["小明"].pk, college.unit("网络1班").pk)
    ]
    elsewhere = Rule(monitored=True, units=(college.unit("护理1班").pk,))
    assert campaign_audience.audience_of(elsewhere, within=within, now=college.now) == []
    monitoring.cancel(
        file=file, reason="误报", by=college["主任"], actor=college.actor("主任"), now=college.now
    )
    assert campaign_audience.audience_of(rule, within=within, now=college.now) == []
