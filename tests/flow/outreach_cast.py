"""What the tests of campaigns share: an article, a campaign, and how far somebody is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lianfang.outreach import queries
from lianfang.outreach.models import ArticleVersion, Campaign, Recipient
from lianfang.outreach.rules import Rule
from lianfang.usecases import campaigns
from lianfang.usecases.campaigns import ArticleWording
from tests.cast import College

WORDING = ArticleWording(
    title_zh="如何正确佩戴口罩",
    title_en="How to wear a mask",
    text_zh="先洗手,再戴口罩,盖住口鼻。",
    text_en="Wash your hands, then cover mouth and nose.",
    source="国家卫生健康委 2020-01-29",
    valid_until="2020-02-29",
)
QUIZ: dict[str, Any] = {
    "question_zh": "戴口罩前先做什么?",
    "question_en": "What comes first?",
    "choices": [("洗手", "wash hands"), ("照镜子", "look in the mirror")],
    "right_choice": 0,
}


def article(college: College, **changes: Any) -> ArticleVersion:
    return campaigns.write_article(
        article=None,
        wording=replace(WORDING, **changes),
        by=college["书记"],
        actor=college.actor("书记"),
        now=college.now,
    )


def campaign(college: College, rule: Rule | None = None, **changes: Any) -> Campaign:
    """To class 网络1班 unless said otherwise, started by the secretary of the college."""
    version = changes.pop("version", None) or article(college)
    values: dict[str, Any] = {
        "version": version,
        "subject": "防护知识",
        "unit": college.unit("学院"),
        "rule": rule if rule is not None else Rule(units=(college.unit("网络1班").pk,)),
        "within": [unit.pk for unit in college.units.values()],
        "asks_question": False,
        "by": college["书记"],
        "actor": college.actor("书记"),
        "now": college.now,
    }
    return campaigns.start(**(values | changes))


def recipient(college: College, name: str) -> Recipient:
    return Recipient.objects.select_related("campaign__version", "person").get(person=college[name])


def standing(college: College, name: str) -> str:
    one = recipient(college, name)
    [found] = queries.progress([one], campaign=one.campaign)
    return found.standing.value
