"""Directives of the demonstration at several stages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from lianfang.demo.hands import done_by, second_leader, yesterday
from lianfang.demo.people import Cast
from lianfang.directives.audience import Asked
from lianfang.directives.models import DirectiveReceipt, DirectiveVersion
from lianfang.directives.operations import Wording
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.roster.models import Person, Post, Unit
from lianfang.usecases import directives

_SILENT = "机电工程系党总支"  # here the first directive has stopped


def send_directives(cast: Cast, *, now: datetime) -> DirectiveReceipt:
    """One that has stopped at one secretary, one that was just sent, one that waits to be signed."""
    tops = Unit.objects.filter(parent=cast.tree.committee).exclude(kind=Unit.Kind.LEADING_GROUP)
    party = [Asked(unit=unit, with_below=True) for unit in tops.order_by("position")]
    departments = [Asked(unit=unit) for unit in cast.tree.departments]
    sent_at = yesterday(now, 16)
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
        **done_by(second_leader(cast), now),
    )  # fmt: skip


def _issue(
    cast: Cast, title: str, audience: list[Asked], *, now: datetime, **more: Any
) -> DirectiveVersion:
    draft = _draft(cast, title, audience, now=now - timedelta(minutes=20), **more)
    return directives.publish(version=draft, signer=cast.roles["leader"], **_publishing(cast, now))


def _publishing(cast: Cast, now: datetime) -> dict[str, Any]:
    """`publish` names its signer apart."""
    return {
        name: value for name, value in done_by(cast.roles["leader"], now).items() if name != "by"
    }


def _pass_down(version: DirectiveVersion, *, now: datetime) -> None:
    """Level by level: everybody but the silent one acknowledges and passes on; some answer."""
    for level in range(3):
        moment = now + timedelta(minutes=35 * level)
        for position, receipt in enumerate(_reached(version)):
            if receipt.unit.name == _SILENT:
                continue
            who = done_by(_secretary(receipt.unit), moment)
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


def _secretary(unit: Unit) -> Person:
    """Whoever answers for a unit first."""
    posts = Post.objects.filter(unit=unit).exclude(role=Post.Role.DUTY_OFFICER)
    found = posts.select_related("person").order_by("is_deputy", "id").first()
    assert found is not None
    return found.person
