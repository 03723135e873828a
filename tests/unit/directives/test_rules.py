"""What is owed, as a table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lianfang.directives.files import DOCX, JPEG, PDF, kind_of, safe_name
from lianfang.directives.rules import Duty, Facts, State, owed, own_deadlines, state_of

T0 = datetime(2020, 2, 1, 0, 0, tzinfo=UTC)
TWO_HOURS = timedelta(hours=2)


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


FRESH = Facts(
    delivered_at=at(0),
    acknowledged_at=None,
    relayed_at=None,
    has_below=True,
    acknowledge_due_at=at(4),
    feedback_due_at=at(10),
)
TAKEN = replace(FRESH, acknowledged_at=at(1))
PASSED_ON = replace(TAKEN, relayed_at=at(1))
FED_BACK = replace(PASSED_ON, fed_back_at=at(5))


@pytest.mark.parametrize(
    "facts,duty,due",
    [
        (replace(FRESH, delivered_at=None), None, None),
        (FRESH, Duty.ACKNOWLEDGE, 4),
        (TAKEN, Duty.RELAY, 4),
        (replace(FRESH, acknowledged_at=at(3)), Duty.RELAY, 5),
        (replace(FRESH, acknowledged_at=at(9)), Duty.RELAY, 11),
        (replace(TAKEN, has_below=False), Duty.FEED_BACK, 10),
        (PASSED_ON, Duty.FEED_BACK, 10),
        (replace(PASSED_ON, feedback_due_at=None), None, None),
        (FED_BACK, None, None),
        (replace(FED_BACK, returned_at=at(6)), Duty.FEED_BACK, 10),
        (replace(FED_BACK, returned_at=at(9)), Duty.FEED_BACK, 11),
        (replace(FED_BACK, accepted_at=at(6)), None, None),
    ],
)
def test_what_is_owed_next(facts: Facts, duty: Duty | None, due: float | None) -> None:
    turn = owed(facts, relay_time=TWO_HOURS)
    assert (turn and turn.duty, turn and turn.due_at) == (duty, None if due is None else at(due))


@pytest.mark.parametrize(
    "facts,hour,state",
    [
        (PASSED_ON, 9, State.UNDER_WAY),
        (PASSED_ON, 10, State.STOPPED),
        (replace(FRESH, delivered_at=None), 20, State.NOT_REACHED),
        (FRESH, 3.99, State.WAITING),
        (FRESH, 4, State.STOPPED),
        (FED_BACK, 20, State.IN_REVIEW),
        (replace(FED_BACK, accepted_at=at(6)), 20, State.ANSWERED),
        (replace(PASSED_ON, feedback_due_at=None), 20, State.ANSWERED),
    ],
)
def test_what_a_silence_means(facts: Facts, hour: float, state: State) -> None:
    assert state_of(facts, owed(facts, relay_time=TWO_HOURS), now=at(hour)) is state


@pytest.mark.parametrize(
    "feedback,own,now,expected",
    [
        (at(10), None, 1, (at(4), at(10))),
        (at(10), at(8), 1, (at(4), at(8))),
        (at(10), None, 9, (at(11), at(11))),
        (None, None, 9, (at(11), None)),
    ],
)
def test_a_late_hop_leaves_those_below_their_time(
    feedback: datetime | None,
    own: datetime | None,
    now: float,
    expected: tuple[datetime, datetime | None],
) -> None:
    found = own_deadlines(
        acknowledge_due_at=at(4),
        feedback_due_at=feedback,
        own_due_at=own,
        relay_time=TWO_HOURS,
        now=at(now),
    )
    assert found == expected


@pytest.mark.parametrize(
    "name,kind,safe",
    [
        ("通知.pdf", PDF, "通知.pdf"),
        ("../../etc/passwd", PDF, "passwd.pdf"),
        ("C:\\Users\\x\\照片.PNG", JPEG, "照片.jpg"),
        ("a\r\nSet-Cookie: x.doc", DOCX, "aSet-Cookie x.docx"),
        ("\u202efdp.exe", PDF, "fdp.pdf"),
        ("", PDF, "file.pdf"),
        ("...", PDF, "file.pdf"),
    ],
)
def test_a_name_is_made_safe(name: str, kind: str, safe: str) -> None:
    assert safe_name(name, kind) == safe


def test_bytes_say_what_a_file_is() -> None:
    assert kind_of(b"%PDF-1.7") == PDF
    assert kind_of(b"\xff\xd8\xff\xe0") == JPEG
    assert kind_of(b"GIF89a") is None
