"""What the committee of the demonstration college has under way: a plan, directives at several
stages, a campaign half confirmed, a roster with a gap, a drill, matters to settle.

Everything goes through the product's own doors, at the moments at which it would have happened.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from lianfang.demo.hands import actor_of, done_by, second_leader, yesterday
from lianfang.demo.orders import send_directives
from lianfang.demo.people import Cast
from lianfang.demo.telling import tell_four_classes
from lianfang.directives.models import DirectiveReceipt, SupervisionItem
from lianfang.directives.plans import TaskLine
from lianfang.duty import operations as duty
from lianfang.duty.models import DutyShift
from lianfang.duty.operations.rotations import set_cover, start_rotation
from lianfang.duty.operations.swaps import ask_swap
from lianfang.duty.plan import Slot
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.clock import reporting_day
from lianfang.roster import operations as roster
from lianfang.roster.models import Person, Post, Unit
from lianfang.usecases import (
    drills,
    response_levels,
    supervision,
)

_PLAN = """一、总则
坚持早发现、早报告、早隔离、早治疗。各单位主要负责人为第一责任人。
二、值班
党委值班室二十四小时有人，电话保持畅通；各党总支、直属党支部落实专人。
三、报告
师生员工每日报告健康和行程；发现发热等症状立即报告，不得迟报、漏报、瞒报。
四、处置
可疑症状者就近到定点医院发热门诊，由专人跟踪，结果当日报办公室。"""


def set_going(cast: Cast, *, now: datetime) -> None:
    _roster(cast, now=now)
    _plan(cast, now=now - timedelta(days=2))
    stopped = send_directives(cast, now=now)
    tell_four_classes(cast, now=now)
    _drill(cast, began_at=yesterday(now, 15))
    _matters(cast, stopped, now=now)


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
        actor=actor_of(mine.person), now=now,
    )  # fmt: skip


# ---------------------------------------------------------------- the plan


def _plan(cast: Cast, *, now: datetime) -> None:
    tree, leader, second = cast.tree, cast.roles["leader"], second_leader(cast)
    response_levels.set_up_groups(actor=OPERATOR, now=now)
    _lead_groups(cast, now=now)
    version = response_levels.draft_plan(
        unit=tree.committee, title="疫情防控工作方案", body=_PLAN,
        tasks=[
            TaskLine("I", "核对二十四小时值班表", tree.offices[0], 48),
            TaskLine("I", "清点口罩、体温计和消毒用品", tree.offices[4], 72),
            TaskLine("IV", "恢复正常值班", tree.offices[0], 48),
        ],
        **done_by(second, now),
    )  # fmt: skip
    response_levels.adopt_plan(version=version, **done_by(leader, now))
    response_levels.activate(
        level="I", day_from=reporting_day(now), reason="省应急响应为一级", **done_by(leader, now)
    )


def _lead_groups(cast: Cast, *, now: datetime) -> None:
    """The committee's leaders lead; heads of offices lead the groups, the last one without a deputy."""
    top = Unit.objects.get(kind=Unit.Kind.LEADING_GROUP)
    groups = list(Unit.objects.filter(parent=top).order_by("position"))
    heads = Post.objects.filter(unit__in=cast.tree.offices, role=Post.Role.RESPONSIBLE_HEAD)
    staff = [post.person for post in heads.select_related("person").order_by("unit", "is_deputy")]
    leads = [(top, cast.roles["leader"]), *zip(groups, staff[::2], strict=False)]
    stands_in = [(top, second_leader(cast)), *zip(groups[:-1], staff[1::2], strict=False)]
    for is_deputy, pairs in ((False, leads), (True, stands_in)):
        for unit, person in pairs:
            roster.appoint(
                person=person, unit=unit, role="LEADER", is_deputy=is_deputy,
                day=reporting_day(now), actor=OPERATOR, now=now,
            )  # fmt: skip


# ---------------------------------------------------------------- a drill


def _drill(cast: Cast, *, began_at: datetime) -> None:
    """By call list: most were reached, a few were not, and may say how it was."""
    caller = cast.roles["officer"]
    posts = drills.candidates(
        unit=cast.tree.committee, who=(drills.HEADS, drills.DEPUTIES), now=began_at
    )
    drill = drills.start(
        unit=cast.tree.committee, channel="CALLS", minutes=60, at_night=False,
        posts=[one for one in posts if one.person.pk != caller.pk], **done_by(caller, began_at),
    )  # fmt: skip
    calls = drill.calls.select_related("person", "unit", "drill").order_by("id")
    for position, call in enumerate(calls):
        moment = began_at + timedelta(minutes=1 + position)
        drills.rang(call=call, reached=position % 9 != 4, **done_by(caller, moment))
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
        yesterday(now, 10), hours=30,
    )  # fmt: skip
    assert done.owner is not None
    supervision.report(
        item=done, text="入口已设测温点，早中晚专人值守。", is_done=True, files=(),
        **done_by(done.owner, now - timedelta(hours=1)),
    )  # fmt: skip
    _assign(
        leader, SupervisionItem.Source.COMPLAINT, "", "学生反映宿舍快递集中堆放", department,
        yesterday(now, 18), hours=24,
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
        owner=None, due_at=now + timedelta(hours=hours), files=(), **done_by(by, now),
    )  # fmt: skip
