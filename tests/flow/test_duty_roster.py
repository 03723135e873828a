"""Turns, stand-ins, swaps, hand-overs and feeds, with every odd hour (RELIABILITY row 61)."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection

from lianfang.clusters.models import Alert
from lianfang.duty import operations as duty
from lianfang.duty.models import DutyFact, DutyShift, Handover, Rotation, ShiftChange, Swap
from lianfang.duty.operations.book import AlreadySigned, NotYourHandover
from lianfang.duty.operations.facts import FeedNotValid, feed_of_token, feed_token
from lianfang.duty.operations.shifts import (
    NothingToStandInFor,
    NotOnThisShift,
    NotTheTime,
    ShiftOverlaps,
    ShiftWithoutLength,
)
from lianfang.duty.operations.swaps import NotYourSwap, OwnSwap, ReturnIsNotTheirs, SwapIsSettled
from lianfang.duty.plan import read_slots
from lianfang.duty.queries import on_duty
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.clock import SHANGHAI, at_local, reporting_day
from lianfang.kernel.refusals import Invalid
from lianfang.notifications.models import Message
from lianfang.rulebook.models import Edition
from lianfang.usecases import handover
from tests.cast import FEVER, College
from tests.flow.duty_cast import moment, shift

pytestmark = pytest.mark.django_db(transaction=True)


def rotate(college: College, *names: str, slots: str = "22:00-06:00", **more: Any) -> Rotation:
    given: dict[str, Any] = {
        "turn": "SHIFT", "days": "EVERY", "held_from": date(2020, 2, 2), "held_until": None,
    } | more  # fmt: skip
    return duty.start_rotation(
        unit=college.unit("信息系"),
        post="UNIT",
        members=[(college[name], None) for name in names],
        slots=read_slots(slots),
        actor=OPERATOR,
        now=college.now,
        **given,
    )


def names_on(rotation: Rotation, count: int) -> list[str]:
    return [s.person.name for s in rotation.shifts.order_by("starts_at", "id")[:count]]


def test_two_people_take_turns_at_night(college: College) -> None:
    rotation = rotate(college, "主任", "副主任")
    assert names_on(rotation, 4) == ["主任", "副主任", "主任", "副主任"]
    first = rotation.shifts.earliest("starts_at")
    assert (first.starts_at, first.ends_at) == (moment("02-02 22:00"), moment("02-03 06:00"))
    unit = college.unit("信息系")
    assert on_duty(unit=unit, post="UNIT", at=moment("02-03 05:59")) == [college["主任"]]
    assert on_duty(unit=unit, post="UNIT", at=moment("02-03 06:00")) == []


def test_a_day_of_twenty_four_hours_follows_the_one_before_without_a_gap(college: College) -> None:
    rotation = rotate(college, "主任", "副主任", slots="08:00-08:00")
    one, two = rotation.shifts.order_by("starts_at")[:2]
    assert one.ends_at - one.starts_at == timedelta(hours=24)
    assert one.ends_at == two.starts_at
    unit = college.unit("信息系")
    assert on_duty(unit=unit, post="UNIT", at=one.ends_at) == [two.person]


def test_the_29th_of_february_has_its_shift(college: College) -> None:
    rotation = rotate(college, "主任", "副主任")
    days = [reporting_day(s.starts_at) for s in rotation.shifts.order_by("starts_at")]
    assert days[days.index(date(2020, 2, 28)) :][:3] == [
        date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1),
    ]  # fmt: skip


def test_turns_go_on_where_they_ended_when_the_horizon_moves(college: College) -> None:
    rotation = rotate(college, "主任", "副主任", "辅导员")
    before = rotation.shifts.count()
    college.now += timedelta(days=10)
    assert len(duty.make_shifts(rotation=rotation, now=college.now)) == 10
    assert duty.make_shifts(rotation=rotation, now=college.now) == []
    everybody = names_on(rotation, before + 10)
    assert everybody == (["主任", "副主任", "辅导员"] * before)[: before + 10]


def test_working_days_and_free_days_are_two_fair_rotations(college: College) -> None:
    """The Saturday that is worked for a holiday counts as a working day."""
    rotate(college, "主任", days="FREE", held_until=date(2020, 3, 1))
    rotate(college, "副主任", days="WORKDAYS", held_until=date(2020, 3, 1))
    free = {reporting_day(s.starts_at) for s in DutyShift.objects.filter(person=college["主任"])}
    assert date(2020, 2, 2) in free  # the holiday was made longer on 27 January
    assert date(2020, 2, 3) not in free
    assert date(2020, 2, 8) in free


def test_a_shift_that_was_moved_or_taken_off_is_not_made_again(college: College) -> None:
    rotation = rotate(college, "主任", "副主任")
    first, second = rotation.shifts.order_by("starts_at")[:2]
    duty.move_shift(
        shift=first, starts_at=first.starts_at + timedelta(hours=1), ends_at=first.ends_at,
        reason="", by=None, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    duty.remove_shift(shift=second, actor=OPERATOR, now=college.now)
    count = rotation.shifts.count()
    college.now += timedelta(days=1)
    duty.make_shifts(rotation=rotation, now=college.now)
    assert rotation.shifts.count() == count + 1


def test_a_rotation_that_ends_takes_its_untouched_shifts_along(college: College) -> None:
    rotation = rotate(college, "主任", "副主任")
    kept = rotation.shifts.order_by("starts_at")[3]
    duty.move_shift(
        shift=kept, starts_at=kept.starts_at + timedelta(hours=1), ends_at=kept.ends_at,
        reason="", by=None, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    duty.end_rotation(rotation=rotation, day=date(2020, 2, 4), actor=OPERATOR, now=college.now)
    left = rotation.shifts.order_by("starts_at")
    assert [reporting_day(s.starts_at).day for s in left] == [2, 3, 5]


def test_a_shift_without_length_is_refused(college: College) -> None:
    for ends in ("02-02 08:00", "02-02 07:00"):
        with pytest.raises(ShiftWithoutLength):
            shift(college, "主任", "02-02 08:00", ends)


def test_a_person_is_on_one_post_once_at_a_time(college: College) -> None:
    shift(college, "书记", "02-02 22:00", "02-03 06:00")
    with pytest.raises(ShiftOverlaps) as refused:
        shift(college, "书记", "02-03 05:59", "02-03 14:00")
    assert refused.value.context["starts"] == "02-02 22:00"  # said in the time of the college
    shift(college, "书记", "02-03 06:00", "02-03 14:00")


def stand_in(college: College, name: str, starts: str, ends: str) -> list[DutyShift]:
    return duty.stand_in(
        unit=college.unit("学院党委"), post="OFFICER", person=college[name],
        starts_at=moment(starts), ends_at=moment(ends), reason="家里有事", by=college["组长"],
        actor=college.actor("组长"), now=college.now,
    )  # fmt: skip


def test_who_stands_in_for_the_middle_of_a_shift_cuts_it_in_three(college: College) -> None:
    shift(college, "值班员", "02-02 20:00", "02-03 08:00")
    stand_in(college, "书记", "02-03 00:00", "02-03 04:00")
    pieces = DutyShift.objects.filter(starts_at__gte=moment("02-02 20:00")).order_by("starts_at")
    assert [
        (
            p.person.name,
            f"{p.starts_at.astimezone(SHANGHAI):%H}",
            f"{p.ends_at.astimezone(SHANGHAI):%H}",
        )
        for p in pieces
    ] == [("值班员", "20", "00"), ("书记", "00", "04"), ("值班员", "04", "08")]
    change = ShiftChange.objects.get()
    assert (change.from_person, change.to_person, change.reason) == (
        college["值班员"], college["书记"], "家里有事",
    )  # fmt: skip


def test_who_stands_in_for_the_whole_keeps_the_row(college: College) -> None:
    whole = shift(college, "值班员", "02-02 20:00", "02-03 08:00")
    [taken] = stand_in(college, "书记", "02-02 18:00", "02-03 09:00")
    assert taken.pk == whole.pk
    assert (taken.starts_at, taken.ends_at) == (whole.starts_at, whole.ends_at)


def test_where_nobody_stands_nobody_stands_in(college: College) -> None:
    with pytest.raises(NothingToStandInFor):
        stand_in(college, "书记", "02-05 00:00", "02-05 04:00")


# ---------------------------------------------------------------- swaps


def ask(college: College, mine: DutyShift, name: str, theirs: DutyShift | None = None) -> Swap:
    return duty.ask_swap(
        shift=mine, asked_by=mine.person, asked_of=college[name], in_return=theirs, reason="",
        actor=OPERATOR, now=college.now,
    )  # fmt: skip


def answer(college: College, swap: Swap, name: str, accept: bool = True) -> None:
    duty.answer_swap(swap=swap, by=college[name], accept=accept, actor=OPERATOR, now=college.now)


def decide(college: College, swap: Swap, name: str, approve: bool = True) -> None:
    duty.decide_swap(swap=swap, by=college[name], approve=approve, actor=OPERATOR, now=college.now)


def test_a_swap_needs_the_other_and_the_head(college: College) -> None:
    mine = shift(college, "值班员", "02-02 08:00", "02-03 08:00")
    theirs = shift(college, "书记", "02-03 08:00", "02-04 08:00")
    swap = ask(college, mine, "书记", theirs)
    with pytest.raises(SwapIsSettled):
        decide(college, swap, "组长")  # nobody has accepted yet
    with pytest.raises(NotYourSwap):
        answer(college, swap, "主任")
    answer(college, swap, "书记")
    mine.refresh_from_db()
    assert mine.person == college["值班员"]
    with pytest.raises(OwnSwap):
        decide(college, swap, "书记")
    decide(college, swap, "组长")
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.person, theirs.person) == (college["书记"], college["值班员"])
    assert on_duty(unit=mine.unit, post="OFFICER", at=moment("02-02 12:00")) == [college["书记"]]


def test_the_swap_follows_the_shift(college: College) -> None:
    mine = shift(college, "值班员", "02-02 08:00", "02-03 08:00")
    swap = ask(college, mine, "书记")
    answer(college, swap, "书记")
    duty.move_shift(
        shift=mine, starts_at=moment("02-05 08:00"), ends_at=moment("02-06 08:00"), reason="",
        by=None, actor=OPERATOR, now=college.now,
    )  # fmt: skip
    decide(college, Swap.objects.get(pk=swap.pk), "组长")
    assert on_duty(unit=mine.unit, post="OFFICER", at=moment("02-05 09:00")) == [college["书记"]]


def test_a_swap_survives_the_end_of_its_rotation(college: College) -> None:
    rotation = rotate(college, "主任", "副主任")
    mine = rotation.shifts.order_by("starts_at")[4]
    swap = ask(college, mine, "副主任" if mine.person.name == "主任" else "主任")
    duty.end_rotation(rotation=rotation, day=date(2020, 2, 3), actor=OPERATOR, now=college.now)
    assert DutyShift.objects.filter(pk=mine.pk).exists()
    assert Swap.objects.get(pk=swap.pk).is_open


def test_a_shift_in_return_is_the_others_own(college: College) -> None:
    mine = shift(college, "值班员", "02-02 08:00", "02-03 08:00")
    theirs = shift(college, "书记", "02-03 08:00", "02-04 08:00")
    with pytest.raises(ReturnIsNotTheirs):
        ask(college, mine, "主任", theirs)


def test_nobody_is_swapped_into_two_places(college: College) -> None:
    mine = shift(college, "值班员", "02-02 08:00", "02-03 08:00")
    swap = ask(college, mine, "主任")
    answer(college, swap, "主任")
    shift(college, "主任", "02-02 20:00", "02-03 06:00", unit="信息系", post="UNIT")
    with pytest.raises(ShiftOverlaps):
        decide(college, swap, "组长")
    swap.refresh_from_db()
    assert swap.state == "ACCEPTED"  # nothing of it was stored


# ---------------------------------------------------------------- check-in, book, hand-over


def test_only_who_is_on_the_shift_checks_in_and_only_in_its_time(college: College) -> None:
    on = shift(college, "书记", "02-02 08:00", "02-03 08:00", deputy="主任")
    with pytest.raises(NotTheTime):
        duty.check_in(shift=on, by=college["书记"], actor=OPERATOR, now=college.now)
    with pytest.raises(NotOnThisShift):
        duty.check_in(shift=on, by=college["值班员"], actor=OPERATOR, now=on.starts_at)
    duty.check_in(shift=on, by=college["主任"], actor=OPERATOR, now=on.starts_at)
    on.refresh_from_db()
    assert (on.checked_in_by, on.checked_in_at) == (college["主任"], on.starts_at)


def write(college: College, content: str, **more: Any) -> object:
    given = {"caller": "某家长", "handling": "", "incident_number": None, "is_settled": False}
    return duty.write_log(
        unit=college.unit("学院党委"), shift=None, source="PHONE", content=content,
        by=college["值班员"], actor=OPERATOR, now=college.now, at=college.now,
        **(given | more),
    )  # fmt: skip


def test_the_book_is_sealed_in_the_database(college: College) -> None:
    write(college, "家长来电询问返校时间")
    with connection.cursor() as cursor:
        cursor.execute("SELECT caller, content FROM duty_logentry")
        for value in cursor.fetchone():
            assert value.startswith("s1.")
    with pytest.raises(Invalid):
        write(college, "   ")


def test_a_handover_lists_what_is_open_and_both_sign(college: College) -> None:
    college.report("小明", FEVER)
    write(college, "家长来电,需回电")
    going = DutyShift.objects.get(person=college["值班员"])
    shift(college, "书记", "02-02 00:00", "02-03 00:00")
    several = Alert.objects.create(
        edition=Edition.objects.all()[0], unit=college.unit("网络1班"), opened_at=college.now,
        clock_due_at=college.at("14:00"),
    )  # fmt: skip
    begun = handover.begin(
        shift=going, by=college["值班员"], actor=college.actor("值班员"), now=college.now
    )
    assert [item["kind"] for item in begun.items] == ["incident", "cluster", "calls", "log"]
    assert begun.items[1]["code"] == several.code
    assert "小明" not in str(begun.items)
    assert "发热" not in str(begun.items)
    with pytest.raises(NotYourHandover):
        handover.sign(
            handover=begun, by=college["主任"], remarks="", actor=OPERATOR, now=college.now
        )
    for name in ("值班员", "书记"):
        handover.sign(
            handover=begun, by=college[name], remarks="钥匙在抽屉", actor=OPERATOR, now=college.now
        )
    begun.refresh_from_db()
    assert begun.is_signed
    with pytest.raises(AlreadySigned):
        handover.sign(
            handover=begun, by=college["书记"], remarks="", actor=OPERATOR, now=college.now
        )
    college.fast_forward(hours=1)
    assert not DutyFact.objects.filter(kind="HANDOVER_OPEN")


def test_a_handover_open_for_thirty_minutes_is_a_fact_and_an_alarm(college: College) -> None:
    going = DutyShift.objects.get(person=college["值班员"])
    shift(college, "书记", "02-02 00:00", "02-03 00:00")
    begun = handover.begin(
        shift=going, by=college["值班员"], actor=college.actor("值班员"), now=college.now
    )
    handover.sign(handover=begun, by=college["值班员"], remarks="", actor=OPERATOR, now=college.now)
    college.fast_forward(minutes=29)
    assert not Message.objects.filter(reference__startswith="handover:")
    college.fast_forward(minutes=1)
    fact = DutyFact.objects.get(kind="HANDOVER_OPEN")
    assert fact.minutes == 30
    assert college.told(reference="handover:") == ["组长"]
    assert Message.objects.get(reference__startswith="handover:").is_urgent


def test_a_handover_begun_twice_is_one(college: College) -> None:
    going = DutyShift.objects.get(person=college["值班员"])
    shift(college, "书记", "02-02 00:00", "02-03 00:00")
    for _time in range(2):
        handover.begin(
            shift=going, by=college["值班员"], actor=college.actor("值班员"), now=college.now
        )
    assert Handover.objects.count() == 1


def test_with_nobody_after_it_a_shift_is_handed_to_nobody(college: College) -> None:
    going = DutyShift.objects.get(person=college["值班员"])
    with pytest.raises(handover.NobodyComes):
        handover.begin(
            shift=going, by=college["值班员"], actor=college.actor("值班员"), now=college.now
        )


# ---------------------------------------------------------------- calendar addresses


def test_a_revoked_address_opens_nothing_and_others_go_on(college: College) -> None:
    feeds = [
        duty.open_feed(
            person=college["值班员"], unit=None, owner=college["值班员"], actor=OPERATOR,
            now=college.now,
        )
        for _phone in range(2)
    ]  # fmt: skip
    old, other = (feed_token(feed) for feed in feeds)
    assert feed_of_token(old, now=college.now).person == college["值班员"]
    duty.revoke_feed(feed=feeds[0], actor=OPERATOR, now=college.now)
    with pytest.raises(FeedNotValid):
        feed_of_token(old, now=college.now)
    assert feed_of_token(other, now=college.now) == feeds[1]
    with pytest.raises(FeedNotValid):
        feed_of_token(other[:-2] + "zz", now=college.now)


def test_the_midnight_of_shanghai_is_where_a_day_ends(college: College) -> None:
    late = shift(college, "书记", "02-02 23:00", "02-03 00:00")
    assert late.ends_at == at_local(date(2020, 2, 3), time(0, 0))
    assert on_duty(unit=late.unit, post="OFFICER", at=moment("02-03 00:00")) == []
