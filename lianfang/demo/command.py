"""What the committee of the demonstration college has under way: a plan, directives at several
stages, a campaign half confirmed, a roster with a gap, a drill, matters to settle.

Everything goes through the product's own doors, at the moments at which it would have happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from lianfang.demo.people import Cast
from lianfang.directives.audience import Asked
from lianfang.directives.models import DirectiveReceipt, DirectiveVersion, SupervisionItem
from lianfang.directives.operations import Wording
from lianfang.directives.plans import TaskLine
from lianfang.duty import operations as duty
from lianfang.duty.models import DutyShift
from lianfang.duty.operations.rotations import set_cover, start_rotation
from lianfang.duty.operations.swaps import ask_swap
from lianfang.duty.plan import Slot
from lianfang.kernel.actors import OPERATOR, Actor
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.outreach import confirming
from lianfang.outreach.models import ArticleVersion, Campaign, Recipient
from lianfang.outreach.rules import Rule, Step
from lianfang.roster import operations as roster
from lianfang.roster.models import Person, Post, Unit
from lianfang.usecases import (
    campaign_drafts,
    campaigns,
    directives,
    drills,
    response_levels,
    supervision,
)
from lianfang.usecases.campaign_drafts import DraftContent
from lianfang.usecases.campaigns import ArticleWording

_SILENT = "机电工程系党总支"  # here the first directive has stopped
_PLAN = """一、总则
坚持早发现、早报告、早隔离、早治疗。各单位主要负责人为第一责任人。
二、值班
党委值班室二十四小时有人，电话保持畅通；各党总支、直属党支部落实专人。
三、报告
师生员工每日报告健康和行程；发现发热等症状立即报告，不得迟报、漏报、瞒报。
四、处置
可疑症状者就近到定点医院发热门诊，由专人跟踪，结果当日报办公室。"""
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


def set_going(cast: Cast, *, now: datetime) -> None:
    _roster(cast, now=now)
    _plan(cast, now=now - timedelta(days=2))
    stopped = _directives(cast, now=now)
    _campaign(cast, now=now)
    _drill(cast, began_at=_yesterday(now, 15))
    _matters(cast, stopped, now=now)


def _yesterday(now: datetime, hour: int, minute: int = 0) -> datetime:
    return at_local(reporting_day(now) - timedelta(days=1), time(hour, minute))


def _by(person: Person, now: datetime) -> dict[str, Any]:
    return {"by": person, "actor": Actor("PERSON", person.pk, person.name), "now": now}


def _secretary(unit: Unit) -> Person:
    """Whoever answers for a unit first."""
    posts = Post.objects.filter(unit=unit).exclude(role=Post.Role.DUTY_OFFICER)
    found = posts.select_related("person").order_by("is_deputy", "id").first()
    assert found is not None
    return found.person


def _second_leader(cast: Cast) -> Person:
    posts = Post.objects.filter(unit=cast.tree.committee, role=Post.Role.LEADER)
    return posts.exclude(person=cast.roles["leader"]).select_related("person")[0].person


# ---------------------------------------------------------------- duty


def _roster(cast: Cast, *, now: datetime) -> None:
    """What must be manned, a rotation of a department, a night without anybody, a swap asked for."""
    today = reporting_day(now)
    committee, department = cast.tree.committee, cast.tree.departments[0]
    for unit, post, begins, ends in (
        (committee, "OFFICER", None, None),
        (committee, "LEADER", None, None),
        (department, "UNIT", time(8, 0), time(20, 0)),
    ):
        set_cover(
            unit=unit, post=post, begins=begins, ends=ends, days="EVERY",
            keeps_book=unit == committee and post == "OFFICER", day=today, actor=OPERATOR, now=now,
        )  # fmt: skip
    members = [cast.counselor_of[unit.pk] for unit in cast.tree.classes[:12:4]]
    start_rotation(
        unit=department, post="UNIT", members=[(person, None) for person in members],
        slots=[Slot(time(8, 0), 12 * 60)], turn="DAY", days="EVERY", held_from=today,
        held_until=None, actor=OPERATOR, now=now,
    )  # fmt: skip
    officers = DutyShift.objects.filter(unit=committee, post="OFFICER", starts_at__gt=now)
    nights = list(officers.select_related("person", "unit").order_by("starts_at"))
    duty.remove_shift(shift=nights[7], actor=OPERATOR, now=now)
    mine = next(one for one in nights if one.person_id == cast.roles["officer"].pk)
    other = next(one for one in nights if one.person_id != mine.person_id and one != nights[7])
    ask_swap(
        shift=mine, asked_by=mine.person, asked_of=other.person, in_return=None, reason="",
        actor=_by(mine.person, now)["actor"], now=now,
    )  # fmt: skip


# ---------------------------------------------------------------- the plan


def _plan(cast: Cast, *, now: datetime) -> None:
    tree, leader, second = cast.tree, cast.roles["leader"], _second_leader(cast)
    response_levels.set_up_groups(actor=OPERATOR, now=now)
    _lead_groups(cast, now=now)
    version = response_levels.draft_plan(
        unit=tree.committee, title="疫情防控工作方案", body=_PLAN,
        tasks=[
            TaskLine("I", "核对二十四小时值班表", tree.offices[0], 48),
            TaskLine("I", "清点口罩、体温计和消毒用品", tree.offices[4], 72),
            TaskLine("IV", "恢复正常值班", tree.offices[0], 48),
        ],
        **_by(second, now),
    )  # fmt: skip
    response_levels.adopt_plan(version=version, **_by(leader, now))
    response_levels.activate(
        level="I", day_from=reporting_day(now), reason="省应急响应为一级", **_by(leader, now)
    )


def _lead_groups(cast: Cast, *, now: datetime) -> None:
    """The committee's leaders lead; heads of offices lead the groups, the last one without a deputy."""
    top = Unit.objects.get(kind=Unit.Kind.LEADING_GROUP)
    groups = list(Unit.objects.filter(parent=top).order_by("position"))
    heads = Post.objects.filter(unit__in=cast.tree.offices, role=Post.Role.RESPONSIBLE_HEAD)
    staff = [post.person for post in heads.select_related("person").order_by("unit", "is_deputy")]
    leads = [(top, cast.roles["leader"]), *zip(groups, staff[::2], strict=False)]
    stands_in = [(top, _second_leader(cast)), *zip(groups[:-1], staff[1::2], strict=False)]
    for is_deputy, pairs in ((False, leads), (True, stands_in)):
        for unit, person in pairs:
            roster.appoint(
                person=person, unit=unit, role="LEADER", is_deputy=is_deputy,
                day=reporting_day(now), actor=OPERATOR, now=now,
            )  # fmt: skip


# ---------------------------------------------------------------- directives


def _directives(cast: Cast, *, now: datetime) -> DirectiveReceipt:
    """One that has stopped at one secretary, one that was just sent, one that waits to be signed."""
    tops = Unit.objects.filter(parent=cast.tree.committee).exclude(kind=Unit.Kind.LEADING_GROUP)
    party = [Asked(unit=unit, with_below=True) for unit in tops.order_by("position")]
    departments = [Asked(unit=unit) for unit in cast.tree.departments]
    sent_at = _yesterday(now, 16)
    first = _issue(
        cast, "关于落实二十四小时值班和专人负责的通知", party, now=sent_at,
        acknowledge=at_local(reporting_day(now), time(9, 0)),
        feedback=at_local(reporting_day(now), time(16, 0)), asks="已落实专人数",
    )  # fmt: skip
    _pass_down(first, now=sent_at + timedelta(minutes=40))
    _issue(
        cast, "关于摸排返校意向的通知", departments, now=now - timedelta(minutes=25),
        acknowledge=now + timedelta(hours=2), feedback=now + timedelta(hours=28), asks="拟返校人数",
    )  # fmt: skip
    _draft(
        cast, "关于做好线上教学准备工作的通知", departments, now=now - timedelta(minutes=10),
        acknowledge=now + timedelta(hours=8), feedback=None, asks="",
    )  # fmt: skip
    return DirectiveReceipt.objects.select_related("version__directive", "unit").get(
        version=first, unit__name=_SILENT
    )


def _draft(
    cast: Cast,
    title: str,
    audience: list[Asked],
    *,
    now: datetime,
    acknowledge: datetime,
    feedback: datetime | None,
    asks: str,
) -> DirectiveVersion:
    return directives.draft(
        issuer=cast.tree.committee, number="", files=[],
        wording=Wording(
            title=title, body="一、逐级落实到人。\n二、按时签收、转发、反馈。", urgency="URGENT",
            acknowledge_due_at=acknowledge, feedback_due_at=feedback, feedback_asks=asks,
            audience=audience, to_everybody=any(one.with_below for one in audience),
        ),
        **_by(_second_leader(cast), now),
    )  # fmt: skip


def _issue(
    cast: Cast, title: str, audience: list[Asked], *, now: datetime, **more: Any
) -> DirectiveVersion:
    draft = _draft(cast, title, audience, now=now - timedelta(minutes=20), **more)
    return directives.publish(version=draft, signer=cast.roles["leader"], **_publishing(cast, now))


def _publishing(cast: Cast, now: datetime) -> dict[str, Any]:
    """`publish` names its signer apart."""
    return {name: value for name, value in _by(cast.roles["leader"], now).items() if name != "by"}


def _pass_down(version: DirectiveVersion, *, now: datetime) -> None:
    """Level by level: everybody but the silent one acknowledges and passes on; some answer."""
    for level in range(3):
        moment = now + timedelta(minutes=35 * level)
        for position, receipt in enumerate(_reached(version)):
            if receipt.unit.name == _SILENT:
                continue
            who = _by(_secretary(receipt.unit), moment)
            directives.acknowledge(receipt=receipt, **who)
            receipt.refresh_from_db()
            if receipt.has_below:
                directives.relay(
                    receipt=receipt, words="请各支部今晚落实到人。", own_due_at=None, more=(), **who
                )
            elif position % 3:
                directives.feed_back(
                    receipt=receipt, text="已落实专人，电话畅通。", files=(),
                    figures={"已落实专人数": str(2 + position % 4)}, **who,
                )  # fmt: skip


def _reached(version: DirectiveVersion) -> Iterable[DirectiveReceipt]:
    rows = DirectiveReceipt.objects.filter(
        version=version, delivered_at__isnull=False, acknowledged_at__isnull=True
    )
    return list(rows.select_related("unit", "version__directive").order_by("unit__position"))


# ---------------------------------------------------------------- telling everybody


def _campaign(cast: Cast, *, now: datetime) -> None:
    """Four classes were told yesterday; half know it, and the others are to be rung."""
    secretary = cast.roles["secretary"]
    version = campaigns.write_article(
        article=None, wording=_MASK, **_by(secretary, _yesterday(now, 9))
    )
    began = _yesterday(now, 17)
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
    _unsent(cast, version, now=_yesterday(now, 18))


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
        **_by(cast.roles["secretary"], now),
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
        **_by(cast.roles["secretary"], now),
    )  # fmt: skip


def _take_steps(*, now: datetime) -> None:
    while campaigns.strike_next(now=now) is not None:
        pass


# ---------------------------------------------------------------- a drill


def _drill(cast: Cast, *, began_at: datetime) -> None:
    """By call list: most were reached, a few were not, and may say how it was."""
    caller = cast.roles["officer"]
    posts = drills.candidates(
        unit=cast.tree.committee, who=(drills.HEADS, drills.DEPUTIES), now=began_at
    )
    drill = drills.start(
        unit=cast.tree.committee, channel="CALLS", minutes=60, at_night=False,
        posts=[one for one in posts if one.person.pk != caller.pk], **_by(caller, began_at),
    )  # fmt: skip
    calls = drill.calls.select_related("person", "unit", "drill").order_by("id")
    for position, call in enumerate(calls):
        moment = began_at + timedelta(minutes=1 + position)
        drills.rang(call=call, reached=position % 9 != 4, **_by(caller, moment))
    drills.close(drill=drill, now=drill.ends_at)


# ---------------------------------------------------------------- matters to settle


def _matters(cast: Cast, stopped: DirectiveReceipt, *, now: datetime) -> None:
    """One from the directive that stopped, one that waits to be checked, one under way."""
    leader = cast.roles["leader"]
    cause = supervision.cause_of_receipt(stopped, now=now)
    _assign(leader, cause.source, cause.origin, cause.title, stopped.unit, now, hours=6)
    office, department = cast.tree.offices[4], cast.tree.departments[0]
    done = _assign(
        leader, SupervisionItem.Source.INSPECTION, "", "食堂入口未测体温", office,
        _yesterday(now, 10), hours=30,
    )  # fmt: skip
    assert done.owner is not None
    supervision.report(
        item=done, text="入口已设测温点，早中晚专人值守。", is_done=True, files=(),
        **_by(done.owner, now - timedelta(hours=1)),
    )  # fmt: skip
    _assign(
        leader, SupervisionItem.Source.COMPLAINT, "", "学生反映宿舍快递集中堆放", department,
        _yesterday(now, 18), hours=24,
    )  # fmt: skip


def _assign(
    by: Person,
    source: SupervisionItem.Source,
    origin: str,
    title: str,
    unit: Unit,
    now: datetime,
    *,
    hours: int,
) -> SupervisionItem:
    return supervision.assign(
        source=source, origin=origin, title=title, text="请查明情况，办结后附照片。", unit=unit,
        owner=None, due_at=now + timedelta(hours=hours), files=(), **_by(by, now),
    )  # fmt: skip
