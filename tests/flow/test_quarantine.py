"""Somebody else orders it, the college looks after it: from the document to the release."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from lianfang.audit.models import Entry
from lianfang.incidents.models import Incident
from lianfang.kernel.refusals import Forbidden, Invalid
from lianfang.notifications.models import Message
from lianfang.quarantine import access
from lianfang.quarantine.models import Bed, Check, Order, Stay
from lianfang.quarantine.rooms import BedIsTaken, NotToClean
from lianfang.reporting.models import DailyReport
from lianfang.roster.access import view_of
from lianfang.roster.models import Exemption
from lianfang.usecases import quarantine, quarantine_checks, quarantine_needs, quarantine_rooms
from lianfang.usecases.quarantine import (
    AlreadyOrdered,
    NobodyOrderedIt,
    NotReadyForRelease,
    NotTheCollegesToOrder,
    OrderHasEnded,
)
from tests.cast import College
from tests.flow.quarantine_cast import (
    REASON,
    bed,
    check,
    house,
    live_through,
    move_in,
    order,
)

pytestmark = pytest.mark.django_db(transaction=True)
END = date(2020, 2, 14)  # day 0 is 30 January, so 14 February is day 15


def release(college: College, one: Order, by: str = "主任") -> Order:
    sight = view_of(college[by], day=college.today)
    return quarantine.release(
        order=one, words="", may_decide=access.may_decide(sight, one), by=college[by],
        actor=college.actor(by), now=college.now,
    )  # fmt: skip


# ---------------------------------------------------------------- who orders


def test_the_college_makes_no_order_without_an_authority(college: College) -> None:
    for gap in ("authority_name", "officer", "document_no"):
        with pytest.raises(NobodyOrderedIt):
            order(college, **{gap: "  "})
    with pytest.raises(NobodyOrderedIt):
        order(college, document_on=None)
    with pytest.raises(NotTheCollegesToOrder):
        order(college, authority="SCHOOL", authority_name="领导小组", officer="组长")
    assert not Order.objects.exists()
    mine = order(
        college, kind="CAMPUS", authority="SCHOOL", authority_name="领导小组", officer="组长"
    )
    assert not mine.needs_paper


def test_the_planned_end_is_counted_from_the_last_contact(college: College) -> None:
    one = order(college)
    assert (one.held_until, one.policy_days) == (END, 14)
    assert one.carer == college["辅导员"]
    assert (one.served_by, one.served_to) == ("校医室刘医生", "本人")
    with pytest.raises(AlreadyOrdered):
        order(college)


def test_everything_that_is_wrong_is_said_at_once(college: College) -> None:
    with pytest.raises(Invalid) as refused:
        order(
            college, place=" ", reason="", held_from=date(2019, 1, 1),
            last_contact_on=date(2020, 2, 9), document_on=date(2020, 2, 2),
        )  # fmt: skip
    assert set(refused.value.problems) == {
        "place", "reason", "held_from", "last_contact_on", "document_on",
    }  # fmt: skip


def test_the_reason_lies_sealed_in_the_database(college: College) -> None:
    one = order(college)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, place FROM quarantine_order WHERE id = %s", [one.pk])
        assert all("确诊" not in text and "酒店" not in text for text in cursor.fetchone())


# ---------------------------------------------------------------- fourteen days


def test_fourteen_days_end_with_a_decision_and_not_by_themselves(college: College) -> None:
    one = order(college)
    live_through(college, one, until=END)
    one.refresh_from_db()
    assert one.is_running
    college.fast_forward(to=college.at("09:00"))
    assert college.told(reference="quarantine:") == ["辅导员"]  # the paper is not here yet
    with pytest.raises(NotReadyForRelease) as refused:
        release(college, one)
    assert "解除文书" in str(refused.value)
    quarantine.note_paper(
        order=one, paper="解字12号", actor=college.actor("辅导员"), now=college.now
    )
    with pytest.raises(Forbidden):
        release(college, one, by="辅导员")  # the level of the class may not
    college.fast_forward(days=1)
    assert college.told(reference="quarantine:")[-1] in {"主任", "副主任"}
    live_through(college, one, until=END + timedelta(days=1))
    done = release(college, one)
    assert (done.state, done.ended_by) == ("RELEASED", college["主任"])
    with pytest.raises(OrderHasEnded):
        release(college, one)
    for letter in Message.objects.filter(reference__startswith="quarantine:"):
        assert "小明" not in letter.body
        assert "隔离" not in letter.body
        assert "酒店" not in letter.body


def test_a_day_without_data_is_not_a_good_day(college: College) -> None:
    one = order(
        college, kind="CAMPUS", authority="SCHOOL", authority_name="领导小组", officer="组长"
    )
    live_through(college, one, until=END, but=(date(2020, 2, 5),))
    done = quarantine.progress(order=one, now=college.now)
    assert [(s.day, s.slot) for s in done.missing] == [
        (date(2020, 2, 5), "MORNING"), (date(2020, 2, 5), "EVENING"),
    ]  # fmt: skip
    with pytest.raises(NotReadyForRelease):
        release(college, one)
    quarantine_checks.explain_days(
        order=one, first=date(2020, 2, 5), last=date(2020, 2, 5), text="停电，电话问过，体温正常",
        by=college["辅导员"], actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip
    assert release(college, one).state == "RELEASED"


def test_a_symptom_on_the_way_holds_the_release_back_and_is_told_at_once(college: College) -> None:
    one = order(
        college, kind="CAMPUS", authority="SCHOOL", authority_name="领导小组", officer="组长"
    )
    college.report("小明")
    check(college, one, unwell=True, symptoms=("dry_cough",), temperature=Decimal("37.6"))
    assert sorted(college.told(reference="quarantine-check:")) == ["值班员", "辅导员"]
    live_through(college, one, until=END, but=(date(2020, 2, 1),))
    check(college, one, slot="EVENING", day=date(2020, 2, 1))
    open_items = [
        i.code for i in quarantine.progress(order=one, now=college.now).items if not i.is_met
    ]
    assert open_items == ["well"]


def test_a_fever_in_quarantine_is_the_same_alarm_as_in_a_report(college: College) -> None:
    one = order(college)
    college.report("小明")
    check(college, one, by="辅导员", temperature=Decimal("38.4"))  # "well", says the form
    incident = Incident.objects.get(person=college["小明"])
    report = incident.first_report
    assert (report.revision, report.source) == (2, "PROXY")
    assert report.answers["symptoms"] == ["fever"]
    assert report.answers["temperature"] == "38.4"
    [climb] = incident.escalations.all()
    assert college.told(reference=climb.reference)[:2] == ["辅导员", "主任"]
    college.fast_forward(days=1)
    before = date(2020, 2, 1)  # remembered on the next day, while that day can be reported
    check(college, one, slot="EVENING", day=before, unwell=True, symptoms=("dry_cough",))
    assert DailyReport.objects.get(day=before, is_current=True).revision == 3
    assert Incident.objects.get() == incident  # the same story goes on


def test_an_ill_person_whom_nobody_can_place_is_asked_for_the_report_first(
    college: College,
) -> None:
    one = order(college)
    with pytest.raises(quarantine_checks.ReportFirst):
        check(college, one, temperature=Decimal("38.4"))
    assert not Check.objects.exists()  # all or nothing
    check(college, one)  # whoever is well needs no report for it


def test_an_extension_moves_the_end_with_its_reason(college: College) -> None:
    one = order(college)
    with pytest.raises(Invalid) as refused:
        quarantine.move_end(
            order=one, until=date(2020, 2, 20), reason="", document_no="", by=college["主任"],
            actor=college.actor("主任"), now=college.now,
        )  # fmt: skip
    assert set(refused.value.problems) == {"why", "document_no"}
    quarantine.move_end(
        order=one, until=date(2020, 2, 20), reason="同室者确诊", document_no="通疾控〔2020〕20号",
        by=college["主任"], actor=college.actor("主任"), now=college.now,
    )  # fmt: skip
    one.refresh_from_db()
    assert one.held_until == date(2020, 2, 20)
    told = one.extensions.get()
    assert (told.old_until, told.reason) == (END, "同室者确诊")


def test_she_goes_through_the_checklist_herself_and_somebody_decides(college: College) -> None:
    one = order(college)
    with pytest.raises(NotReadyForRelease):
        quarantine.ask_release(order=one, paper="", actor=college.actor("小明"), now=college.now)
    live_through(college, one, until=END)
    quarantine.ask_release(
        order=one, paper="解字12号", actor=college.actor("小明"), now=college.now
    )
    college.work()
    assert set(college.told(reference="quarantine:")) == {"主任"}
    one.refresh_from_db()
    assert one.is_running


def test_a_correction_of_a_check_keeps_what_stood_before(college: College) -> None:
    one = order(college)
    check(college, one)
    check(college, one, by="辅导员", temperature=Decimal("36.9"))
    assert [(c.revision, c.is_current) for c in Check.objects.order_by("revision")] == [
        (1, False), (2, True),
    ]  # fmt: skip
    with pytest.raises(Invalid) as refused:
        check(college, one, temperature=None, unwell=None, kept=None)
    assert set(refused.value.problems) == {"temperature", "unwell", "kept"}


# ---------------------------------------------------------------- rooms


def test_a_move_keeps_its_history_and_the_old_bed_waits_for_cleaning(college: College) -> None:
    house(college)
    one = order(college)
    move_in(college, one, "101")
    college.fast_forward(hours=3)
    move_in(college, one, "102")
    assert (bed("101").state, bed("102").state) == ("TO_CLEAN", "OCCUPIED")
    assert [s.bed.room.name for s in Stay.objects.order_by("id")] == ["101", "102"]
    other = order(college, "小红")
    with pytest.raises(BedIsTaken):
        move_in(college, other, "101")  # nobody lies in a bed that was not cleaned
    quarantine_rooms.cleaned(
        bed=bed("101"), by=college["值班员"], actor=college.actor("值班员"), now=college.now
    )
    with pytest.raises(NotToClean):
        quarantine_rooms.cleaned(
            bed=bed("101"), by=college["值班员"], actor=college.actor("值班员"), now=college.now
        )
    move_in(college, other, "101")
    assert bed("101").cleaned_by == college["值班员"]


def test_a_refused_move_leaves_the_person_in_the_old_bed(college: College) -> None:
    house(college)
    one, other = order(college), order(college, "小红")
    move_in(college, one, "101")
    move_in(college, other, "102")
    with pytest.raises(BedIsTaken):
        move_in(college, other, "101")
    assert bed("102").order == other
    assert Stay.objects.filter(stayed_until__isnull=True).count() == 2


def test_of_two_for_the_last_bed_one_gets_it(college: College) -> None:
    house(college, rooms="101")
    both = [order(college), order(college, "小红")]
    ready = threading.Barrier(2)
    got: list[str] = []

    def try_it(one: Order) -> None:
        try:
            ready.wait()
            move_in(college, one, "101")
            got.append("bed")
        except BedIsTaken:
            got.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=[one]) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == ["bed", "refused"]
    assert Stay.objects.count() == 1


def test_whoever_is_released_leaves_the_bed_and_no_clock(college: College) -> None:
    house(college)
    one = order(
        college, kind="CAMPUS", authority="SCHOOL", authority_name="领导小组", officer="组长"
    )
    move_in(college, one, "101")
    quarantine_needs.ask(
        order=one, kind="MEALS", text="清真餐", by=college["小明"], actor=college.actor("小明"),
        now=college.now,
    )  # fmt: skip
    quarantine.end_otherwise(
        order=one, state="MOVED_ON", words="送市中心医院", may_decide=True, by=college["主任"],
        actor=college.actor("主任"), now=college.now,
    )  # fmt: skip
    assert bed("101").state == Bed.State.TO_CLEAN
    college.fast_forward(days=2)
    assert college.told(reference="quarantine") == []


# ---------------------------------------------------------------- needs


def test_a_need_reminds_its_owner_and_then_climbs(college: College) -> None:
    one = order(college)
    quarantine_needs.ask(
        order=one, kind="MEDICINE", text="降压药", by=college["小明"],
        actor=college.actor("小明"), now=college.now,
    )  # fmt: skip
    college.fast_forward(minutes=119)
    assert college.told(reference="quarantine-need:") == []
    college.fast_forward(minutes=1)
    assert college.told(reference="quarantine-need:") == ["辅导员"]
    college.fast_forward(hours=1)
    assert college.told(reference="quarantine-need:") == ["辅导员", "主任"]
    college.fast_forward(hours=2)
    assert college.told(reference="quarantine-need:") == ["辅导员", "主任", "值班员"]
    for letter in Message.objects.filter(reference__startswith="quarantine-need:"):
        assert "小明" not in letter.body
        assert "药" not in letter.body
    college.fast_forward(days=3)
    assert len(college.told(reference="quarantine-need:")) == 3


def test_a_need_that_is_settled_in_time_reminds_nobody(college: College) -> None:
    need = quarantine_needs.ask(
        order=order(college), kind="STUDY", text="网课账号", by=college["小明"],
        actor=college.actor("小明"), now=college.now,
    )  # fmt: skip
    quarantine_needs.take(
        need=need, by=college["辅导员"], actor=college.actor("辅导员"), now=college.now
    )
    quarantine_needs.settle(
        need=need, state="DONE", answer="已开通", by=college["辅导员"],
        actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip
    with pytest.raises(quarantine_needs.NeedIsSettled):
        quarantine_needs.take(
            need=need, by=college["主任"], actor=college.actor("主任"), now=college.now
        )
    college.fast_forward(days=3)
    assert college.told(reference="quarantine-need:") == []


def test_meals_are_the_keepers_where_somebody_keeps_the_house(college: College) -> None:
    building = house(college)
    one = order(college)
    move_in(college, one, "101")
    college.enrol("宿管", "党政办", "CONTRACTOR")
    quarantine_rooms.name_keeper(
        building=building, number=college["宿管"].number, actor=college.actor("值班员"),
        now=college.now,
    )  # fmt: skip
    asked = [
        quarantine_needs.ask(
            order=one, kind=kind, text="要", by=college["小明"], actor=college.actor("小明"),
            now=college.now,
        ).owner.name
        for kind in ("MEALS", "MEDICINE")
    ]  # fmt: skip
    assert asked == ["宿管", "辅导员"]


# ---------------------------------------------------------------- who may see


def test_room_staff_see_the_name_and_not_the_reason(college: College) -> None:
    building = house(college)
    one = order(college)
    move_in(college, one, "101")
    keeper = college.enrol("宿管", "党政办", "CONTRACTOR")
    sight = view_of(keeper, day=college.today)
    assert not access.may_open(sight)
    quarantine_rooms.name_keeper(
        building=building, number=keeper.number, actor=college.actor("值班员"), now=college.now
    )
    kept = access.kept_buildings(sight)
    assert access.may_open(sight)
    assert access.sees_name_in(sight, bed("101"), kept=kept)
    assert not access.may_read(sight, one)


def test_nobody_else_reads_an_order(college: College) -> None:
    one = order(college)
    day = college.today
    assert {
        name for name in college.people if access.may_read(view_of(college[name], day=day), one)
    } == {"辅导员", "主任", "副主任", "书记"}


def test_every_verb_leaves_its_entry_beside_the_write(college: College) -> None:
    house(college)
    one = order(college)
    move_in(college, one, "101")
    check(college, one)
    verbs = set(Entry.objects.filter(concerns=college["小明"].pk).values_list("verb", flat=True))
    assert {
        "quarantine.order.recorded", "quarantine.order.served", "quarantine.bed.assigned",
        "quarantine.check.noted",
    } <= verbs  # fmt: skip
    assert REASON not in str(list(Entry.objects.values_list("detail", flat=True)))


def test_somebody_on_leave_is_not_the_one_to_decide(college: College) -> None:
    one = order(
        college, kind="CAMPUS", authority="SCHOOL", authority_name="领导小组", officer="组长"
    )
    Exemption.objects.create(
        person=college["主任"], reason="LEAVE", held_from=date(2020, 2, 1), granted_at=college.now
    )
    live_through(college, one, until=END)
    college.fast_forward(hours=9)
    assert college.told(reference="quarantine:") == ["副主任"]
