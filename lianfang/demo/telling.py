"""A campaign of the demonstration, half confirmed, and one that is still written."""

from __future__ import annotations

from datetime import datetime, timedelta

from lianfang.demo.hands import done_by, yesterday
from lianfang.demo.people import Cast
from lianfang.outreach import confirming
from lianfang.outreach.models import ArticleVersion, Campaign, Recipient
from lianfang.outreach.rules import Rule, Step
from lianfang.roster.models import Person
from lianfang.usecases import campaign_drafts, campaigns
from lianfang.usecases.campaign_drafts import DraftContent
from lianfang.usecases.campaigns import ArticleWording

_MASK = ArticleWording(
    title_zh="如何正确佩戴口罩",
    title_en="How to wear a mask",
    text_zh="先洗手，再戴口罩，盖住口鼻和下巴，压紧鼻夹。潮湿或弄脏后更换，取下后再洗手。",
    text_en="Wash your hands first; cover mouth, nose and chin; press the clip. Change it when damp.",
    source="国家卫生健康委《预防新型冠状病毒感染的肺炎口罩使用指南》2020-01-30",
    valid_until="2020-06-30",
    question_zh="戴口罩之前先做什么？",
    question_en="What comes first?",
    choices=[("洗手", "Wash your hands"), ("照镜子", "Look in the mirror")],
    right_choice=0,
)


def tell_four_classes(cast: Cast, *, now: datetime) -> None:
    """Four classes were told yesterday; half know it, and the others are to be rung."""
    secretary = cast.roles["secretary"]
    version = campaigns.write_article(
        article=None, wording=_MASK, **done_by(secretary, yesterday(now, 9))
    )
    began = yesterday(now, 17)
    _start(cast, version, began)
    _take_steps(now=began)
    people = list(Recipient.objects.select_related("person", "campaign__version").order_by("pk"))
    for position, one in enumerate(people[: len(people) // 2]):
        minutes = 3 + position * 11
        if position % 6 == 0:
            confirming.note_choice(recipient=one, choice=1)
        campaigns.confirm_by_link(
            token=confirming.link_token(one), choice=0, now=began + timedelta(minutes=minutes)
        )
    _take_steps(now=now)
    _unsent(cast, version, now=yesterday(now, 18))


def _unsent(cast: Cast, version: ArticleVersion, *, now: datetime) -> None:
    """One more is still being written."""
    campaign_drafts.keep(
        unit=cast.tree.college,
        units=[cast.tree.college],
        content=DraftContent(
            article=version.article,
            subject="返校路上怎样戴口罩",
            words="请同学们在出发前读完，有问题问辅导员。",
            rule=Rule(categories=(Person.Category.STUDENT,)),
            steps=[
                Step(("in_app", "group_text"), timedelta(0)),
                Step(("sms", "email"), timedelta(hours=4)),
            ],
        ),
        **done_by(cast.roles["secretary"], now),
    )


def _start(cast: Cast, version: ArticleVersion, now: datetime) -> Campaign:
    return campaigns.start(
        version=version, subject="口罩怎么戴", unit=cast.tree.college,
        rule=Rule(units=tuple(unit.pk for unit in cast.tree.classes[:4])),
        within=[unit.pk for unit in cast.tree.classes], asks_question=True,
        steps=[
            Step(("in_app", "group_text"), timedelta(0)),
            Step(("callers",), timedelta(hours=16)),
        ],
        **done_by(cast.roles["secretary"], now),
    )  # fmt: skip


def _take_steps(*, now: datetime) -> None:
    while campaigns.strike_next(now=now) is not None:
        pass
