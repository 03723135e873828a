"""What the flow tests of the duty roster share: shifts by clock times, and a real gateway."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lianfang.duty import operations as duty
from lianfang.duty.models import DutyShift
from lianfang.kernel import clock
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.clock import parse_moment
from lianfang.notifications import operations as notifications
from lianfang.notifications.channels.base import Channel
from lianfang.notifications.channels.registry import channels_from_settings
from lianfang.roster.models import Person
from tests.cast import College
from tests.gateway_dialects import Recorded
from tests.gateways import Behaviour, HttpGateway, all_channels


def moment(text: str) -> datetime:
    """`02-03 22:00` of 2020, in Shanghai."""
    return parse_moment(f"2020-{text.replace(' ', 'T')}+08:00")


def shift(
    college: College,
    name: str,
    starts: str,
    ends: str,
    *,
    unit: str = "学院党委",
    post: str = "OFFICER",
    deputy: str | None = None,
) -> DutyShift:
    return duty.add_shift(
        unit=college.unit(unit),
        post=post,
        person=college[name],
        deputy=college[deputy] if deputy else None,
        starts_at=moment(starts),
        ends_at=moment(ends),
        actor=OPERATOR,
        now=college.now,
    )


class Exchange(HttpGateway):
    """A telephone exchange: numbers in `dead` do not exist, all others take the message."""

    def __init__(self, dead: Iterable[str] = ()) -> None:
        super().__init__()
        self.dead = set(dead)

    def _record(self, request: Recorded) -> Behaviour:
        behaviour = super()._record(request)
        gone = any(number in request.body.decode(errors="replace") for number in self.dead)
        self.say({"code": 1004, "msg": "no such number"} if gone else None)
        return behaviour

    def channels(self) -> dict[str, Channel]:
        return dict(channels_from_settings({"sms_http": all_channels(http=self)["sms_http"]}))

    def texts_to(self, person: Person) -> list[str]:
        return [message.text for message in self.accepted if message.to == person.phone]


def hand_over(college: College, exchange: Exchange) -> None:
    """Everything that is due is sent, at the college's own time."""
    clock.follow(lambda: college.now)
    channels = exchange.channels()
    while notifications.deliver_next(now=college.now, channels=channels, exercise=False):
        pass
