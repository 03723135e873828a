"""The pages of quarantine: what a counselor, a keeper and the person herself can do with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lianfang.quarantine.models import Bed, Check, Need, Order, Stay
from lianfang.usecases import quarantine_needs, quarantine_rooms
from tests.browser import OpenPage, clean
from tests.cast import College
from tests.flow.quarantine_cast import REASON, bed, check, house, live_through, move_in, order
from tests.web.desk import client_of, looks_at, page, text_of
from tests.web.portal import log_in, tap

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
DESK = "/desk/care/quarantine/"
SIZES = ["phone", "desktop"]
FORM = {
    "kind": "FACILITY", "place": "示例大酒店", "reason": REASON, "authority": "CDC",
    "authority_name": "通川区疾控中心", "officer": "周科长", "document_no": "通疾控12号",
    "document_on": "2020-02-01", "held_from": "2020-02-01", "last_contact_on": "2020-01-30",
    "county": "达州市通川区",
}  # fmt: skip


def keeper(college: College) -> None:
    college.enrol("宿管", "党政办", "CONTRACTOR")
    quarantine_rooms.name_keeper(
        building=bed("101").room.building, number=college["宿管"].number,
        actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip


def full(college: College) -> Order:
    """A house with somebody in it who needs something, a bed to clean, a check."""
    house(college, rooms="101-103")
    one = order(college)
    move_in(college, one, "102")
    move_in(college, one, "101")
    check(college, one)
    quarantine_needs.ask(
        order=one, kind="MEDICINE", text="降压药", by=college["小明"],
        actor=college.actor("小明"), now=college.now,
    )  # fmt: skip
    keeper(college)
    return one


# ---------------------------------------------------------------- what can be done


def test_an_order_is_recorded_out_of_its_document(college: College) -> None:
    client = client_of(college, "主任")
    answer = client.post(f"{DESK}new/", FORM | {"number": college["小明"].number})
    one = Order.objects.get()
    assert answer["Location"] == f"{DESK}{one.pk}/"
    assert (one.held_until, one.county_code, one.served_at) == (date(2020, 2, 14), "511702", None)


def test_an_order_that_nobody_gave_is_refused_in_words_and_nothing_typed_is_lost(
    college: College,
) -> None:
    client = client_of(college, "主任")
    client.cookies["language"] = "en"
    answer = client.post(f"{DESK}new/", FORM | {"number": college["小明"].number, "officer": ""})
    assert answer.status_code == 422
    assert "The college records an order, it does not make one" in text_of(answer)
    assert REASON in answer.content.decode()
    assert not Order.objects.exists()


def test_nobody_records_for_somebody_of_another_unit(college: College) -> None:
    client = client_of(college, "主任")
    answer = client.post(f"{DESK}new/", FORM | {"number": college["外人"].number})
    assert answer.status_code == 422
    assert not Order.objects.exists()


def test_an_empty_form_hears_of_everything_at_once(college: College) -> None:
    answer = client_of(college, "主任").post(f"{DESK}new/", {"served_how": "PHONE"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    for name in ("number", "kind", "place", "reason", "held_from", "authority", "served_at"):
        assert f'id="problem_{name}"' in shown, name


def test_every_button_of_an_order_works_without_script(college: College) -> None:
    one = full(college)
    client = client_of(college, "主任")
    at = f"{DESK}{one.pk}/"
    posts: list[tuple[str, dict[str, str]]] = [
        ("served/", {"served_how": "PHONE", "served_by": "刘医生", "served_to": "本人",
                     "served_at": "2020-02-01 07:30"}),
        ("end-day/", {"until": "2020-02-20", "why": "同室者确诊", "document_no": "20号"}),
        ("paper/", {"paper": "解字12号"}),
        ("check/", {"how": "well", "kept": "yes", "temperature": "36.6", "site": "axilla"}),
        ("explain/", {"first": "2020-02-01", "text": "问过"}),
        ("bed/", {"bed": str(bed("103").pk)}),
        ("need/", {"kind": "STUDY", "text": "网课"}),
        ("end/", {"state": "MOVED_ON", "words": "送医院"}),
    ]  # fmt: skip
    for name, data in posts:
        assert client.post(at + name, data).status_code == 302, name
    one.refresh_from_db()
    assert (one.served_how, one.release_paper, one.state) == ("PHONE", "解字12号", "MOVED_ON")
    assert one.explained_days.count() == 1
    assert Stay.objects.count() == 3
    assert bed("103").state == Bed.State.TO_CLEAN


def test_what_is_wrong_stands_beside_its_field(college: College) -> None:
    one = full(college)
    client = client_of(college, "主任")
    client.cookies["language"] = "en"
    answer = client.post(f"{DESK}{one.pk}/check/", {"temperature": "88", "kept": "yes"})
    assert answer.status_code == 422
    text = text_of(answer)
    assert "A temperature lies between 34.0 and 42.9" in text
    assert "Please say how you are today." in text
    assert 'value="88"' in answer.content.decode()


def test_the_person_sees_the_order_and_its_reason_and_can_act(college: College) -> None:
    one = full(college)
    client = client_of(college, "小明")
    text = text_of(client.get("/me/quarantine/"))
    for word in (REASON, "周科长", "通疾控〔2020〕12号", "隔离楼 101-1", "辅导员"):
        assert word in text, word
    assert "quarantine" in client.get("/me/").content.decode()
    unwell = {"how": "unwell", "kept": "yes", "symptoms": "dry_cough"}  # and no temperature
    asked_back = client.post("/me/quarantine/check/", unwell)
    assert 'value="dry_cough" checked' in asked_back.content.decode()
    client.post("/me/quarantine/check/", {"how": "well", "kept": "yes", "temperature": "36,8"})
    assert Check.objects.get(is_current=True, slot="MORNING").findings["temperature"] == "36.8"
    client.post("/me/quarantine/need/", {"kind": "MEALS", "text": "清淡"})
    assert Need.objects.get(kind="MEALS").owner.name == "宿管"
    client.cookies["language"] = "en"
    refused = client.post("/me/quarantine/release/", {"paper": "解字1号"}, follow=True)
    assert "Not yet: The days are over" in text_of(refused)
    assert one.is_running


def test_she_asks_for_the_release_herself_and_the_head_decides(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    one = order(college)
    live_through(college, one, until=date(2020, 2, 14))
    it_is(college.now)
    client_of(college, "小明").post("/me/quarantine/release/", {"paper": "解字12号"})
    one.refresh_from_db()
    assert one.asked_release_at == college.now
    assert client_of(college, "辅导员").post(f"{DESK}{one.pk}/release/").status_code == 403
    client_of(college, "主任").post(f"{DESK}{one.pk}/release/")
    one.refresh_from_db()
    assert (one.state, one.ended_by) == ("RELEASED", college["主任"])


def test_a_keeper_cleans_and_brings_and_never_reads_the_reason(college: College) -> None:
    one = full(college)
    client = client_of(college, "宿管")
    rooms = text_of(client.get(f"{DESK}rooms/"))
    assert "小明" in rooms
    seen = [client.get(DESK + part) for part in ("rooms/", "needs/", "cleaning/", "")]
    for answer in seen:
        text = answer.content.decode()
        assert not {word for word in (REASON, "确诊", "周科长") if word in text}
    assert client.get(f"{DESK}{one.pk}/").status_code == 404
    assert client.get(f"{DESK}houses/").status_code == 403
    client.post(f"{DESK}beds/{bed('102').pk}/", {"what": "cleaned"})
    assert (bed("102").state, bed("102").cleaned_by) == ("FREE", college["宿管"])
    need = Need.objects.get()
    client.post(f"{DESK}needs/{need.pk}/", {"what": "done"})
    need.refresh_from_db()
    assert need.state == "DONE"


def test_a_look_is_written_down_and_the_person_sees_it(college: College) -> None:
    one = full(college)
    page(college, "主任", f"{DESK}{one.pk}/")
    assert looks_at(college["小明"], "quarantine.order.seen") == ["主任"]
    assert "looked at your quarantine" in page(college, "小明", "/me/looks/")


# ---------------------------------------------------------------- who may not

EVERY = ["", "new/", "rooms/", "needs/", "cleaning/", "houses/"]


def test_others_see_neither_the_name_nor_the_reason(college: College) -> None:
    one = full(college)
    for viewer in ("外辅导员", "组长"):
        client = client_of(college, viewer)
        for part in [*EVERY, f"{one.pk}/"]:
            answer = client.get(DESK + part, follow=True)
            text = answer.content.decode()
            for word in ("小明", REASON, "确诊", "降压药", "36.5"):
                assert word not in text, (viewer, part, word)
        assert client.get(f"{DESK}{one.pk}/").status_code == 404
        assert client.post(f"{DESK}{one.pk}/release/").status_code == 404
        assert client.post(f"{DESK}needs/{Need.objects.get().pk}/").status_code == 404


def test_a_student_has_no_door_here_and_no_order_of_others(college: College) -> None:
    one = full(college)
    client = client_of(college, "小红")
    for part in [*EVERY, f"{one.pk}/"]:
        assert client.get(DESK + part).status_code == 403, part
    assert "您不在隔离中" in text_of(client.get("/me/quarantine/"))
    assert client.post("/me/quarantine/need/").status_code == 404
    assert Client().get("/me/quarantine/").status_code == 302


@pytest.mark.parametrize("part", ["", "rooms/", "needs/", "cleaning/"])
def test_three_rows_cost_no_more_questions_than_one(college: College, part: str) -> None:
    college.appoint("值班员", "学院党委", "DUTY_OFFICER")
    house(college, rooms="101-110")
    client = client_of(college, "值班员")

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(DESK + part).status_code == 200
        return len(asked)

    def one_more(name: str, room: str, dirty: str) -> None:
        one = order(college, name)
        move_in(college, one, dirty)
        move_in(college, one, room)
        check(college, one, by=name)
        quarantine_needs.ask(
            order=one, kind="STUDY", text="网课", by=college[name], actor=college.actor(name),
            now=college.now,
        )  # fmt: skip

    one_more("小明", "101", "105")
    questions()
    first = questions()
    one_more("小红", "102", "106")
    one_more("小刚", "103", "107")
    assert questions() <= first


# ---------------------------------------------------------------- in a browser


@pytest.mark.parametrize("size", SIZES)
def test_a_day_of_quarantine_in_a_browser(
    college: College, open_page: OpenPage, picture: Callable[[Page, str], Any], size: str
) -> None:
    one = full(college)
    page = open_page(size=size)
    log_in(page, college, "主任")
    for part, name in (("", "orders"), ("rooms/", "rooms"), ("needs/", "needs"),
                       ("cleaning/", "cleaning"), (f"{one.pk}/", "order"), ("new/", "new")):  # fmt: skip
        page.goto(DESK + part)
        clean(page)
        picture(page, f"quarantine-{name}-{size}")
    page.goto(f"{DESK}new/")
    page.fill("#id_number", college["小红"].number)
    tap(page, "kind", "HOME")
    page.get_by_role("button", name="登记隔离决定").click()
    assert "学院只登记" in page.inner_text("main")
    clean(page)
    picture(page, f"quarantine-new-wrong-{size}")


@pytest.mark.parametrize("size", SIZES)
def test_the_persons_own_page_in_a_browser(
    college: College, open_page: OpenPage, picture: Callable[[Page, str], Any], size: str
) -> None:
    one = order(college)
    page = open_page(size=size)
    log_in(page, college, "小明")
    page.goto("/me/")
    page.get_by_role("link", name="我的隔离").click()
    clean(page)
    picture(page, f"quarantine-mine-{size}")
    page.fill("#id_temperature", "36.6")
    tap(page, "how", "well")
    page.get_by_role("button", name=re.compile("记下")).click()
    assert "请选择本人是否在规定地点" in page.inner_text("main")
    clean(page)
    tap(page, "kept", "yes")
    page.get_by_role("button", name=re.compile("记下")).click()
    clean(page)
    picture(page, f"quarantine-mine-noted-{size}")
    assert Check.objects.get(order=one).findings["temperature"] == "36.6"


def test_the_first_day_says_what_will_stand_here(college: College) -> None:
    college.appoint("值班员", "学院党委", "DUTY_OFFICER")
    assert "Nobody of yours is in quarantine" in page(college, "值班员", DESK)
    assert "No rooms yet" in page(college, "值班员", f"{DESK}rooms/")
    assert "Nothing waits" in page(college, "值班员", f"{DESK}needs/")
    client = client_of(college, "值班员")
    client.post(f"{DESK}houses/", {"name": "隔离楼", "rooms": "101-103", "beds": "2"})
    assert Bed.objects.count() == 6
    assert "6 beds are free" in page(college, "值班员", f"{DESK}rooms/")


def test_the_page_of_a_person_offers_an_order_and_then_leads_to_it(college: College) -> None:
    one = college["小明"]
    address, offer = f"/desk/people/{one.pk}/", f"{DESK}new/?number={one.number}"
    client = client_of(college, "辅导员")
    assert offer in client.get(address).content.decode()
    assert f'value="{one.number}"' in client.get(offer).content.decode()
    made = order(college)
    after = client.get(address).content.decode()
    assert f"{DESK}{made.pk}/" in after
    assert offer not in after
    for name in ("小红", "组长"):  # whoever sees no health answers sees neither
        answer = client_of(college, name).get(address)
        assert DESK + str(made.pk) not in answer.content.decode()
