"""The pages of contacts: who may see what, what works without script, how they look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianfang.audit.models import Entry
from lianfang.contacts.deciding import Authority
from lianfang.contacts.models import Contact, Investigation, Package, Visit
from lianfang.incidents.models import Incident
from lianfang.usecases import contact_packages, contact_tracing, contact_visits
from tests.browser import faults
from tests.cast import FEVER, College
from tests.web.portal import client_of, log_in

if TYPE_CHECKING:
    from tests.browser import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/desk/care/contacts/"


@pytest.fixture
def college(college: College) -> College:
    college.lodge(小明="101", 小红="101", 小刚="102", 外人="101")
    return college


@pytest.fixture
def case(college: College) -> Investigation:
    """小明 is the case; 小红 is determined, 外人 confirmed and called, 小刚 proposed."""
    who: dict[str, Any] = {
        "by": college["值班员"],
        "actor": college.actor("值班员"),
        "now": college.now,
    }
    found = contact_tracing.open_for(
        person=college["小明"], incident=None, anchor_on=date(2020, 1, 31), **who
    )
    contact_tracing.determine(
        investigation=found, contacts=[found.contacts.get(person=college["小红"])],
        authority=Authority(officer="王医生"), **who,
    )  # fmt: skip
    contact_tracing.decide(
        investigation=found, contacts=[found.contacts.get(person=college["外人"])],
        state="CONFIRMED", text="", **who,
    )  # fmt: skip
    contact_visits.join_team(
        investigation=found,
        person=college["辅导员"],
        actor=college.actor("值班员"),
        now=college.now,
    )
    package = contact_packages.ask(
        investigation=found, organisation="通川区疾控中心", receiver="王医生", purpose="流调",
        request_number="3号", fields=["name", "phone"], states=["DETERMINED"], layout="CSV", **who,
    )  # fmt: skip
    contact_packages.approve(
        package=package, by=college["书记"], actor=college.actor("书记"), now=college.now
    )
    return found


def pages(case: Investigation) -> list[str]:
    package, contact = Package.objects.get().pk, case.contacts.get(state="DETERMINED").pk
    return [
        BASE, f"{BASE}open/", f"{BASE}chain/", f"{BASE}visits/", f"{BASE}{case.pk}/",
        *(f"{BASE}{case.pk}/?state={state}" for state in ("PROPOSED", "CONFIRMED", "DETERMINED")),
        f"{BASE}{case.pk}/list/", f"{BASE}{case.pk}/team/", f"{BASE}{case.pk}/package/",
        f"{BASE}packages/{package}/", f"{BASE}one/{contact}/end/",
    ]  # fmt: skip


# ---------------------------------------------------------------- who may see what


def test_every_page_opens_for_the_duty_officer_and_none_names_the_case(
    college: College, case: Investigation
) -> None:
    client = client_of(college, "值班员")
    for address in pages(case):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "小明" not in answer.content.decode(), address


@pytest.mark.parametrize(
    "name, hidden",
    [
        ("外人", ("小明", "小红", "小刚", "王医生", "6栋")),
        ("组长", ("小明", "小红", "小刚", "外人", "王医生", "6栋")),
        ("外辅导员", ("小明", "小红", "小刚", "王医生", "6栋")),
        ("辅导员", ("小明", "王医生", "6栋", "小刚")),
    ],
)
def test_nobody_is_shown_more_than_is_theirs(
    college: College, case: Investigation, name: str, hidden: tuple[str, ...]
) -> None:
    """Students nothing, the leading group codes, carers their own people without case or reason."""
    client = client_of(college, name)
    addresses = [*pages(case), f"{BASE}packages/{Package.objects.get().pk}/file/"]
    for address in addresses:
        answer = client.get(address)
        said = answer.content.decode()
        if name == "外人":
            assert answer.status_code in {403, 404}, address
            continue
        for word in hidden:
            assert word not in said, (address, word)


def test_a_carer_sees_their_own_contact_with_what_to_do_and_a_leader_the_code(
    college: College, case: Investigation
) -> None:
    own = client_of(college, "外辅导员").get(BASE).content.decode()
    assert "外人" in own
    assert case.code in client_of(college, "组长").get(BASE).content.decode()
    looked = Entry.objects.filter(verb="contacts.contact.seen", concerns=college["外人"].pk)
    assert looked.filter(actor_label="外辅导员").exists()


def test_only_who_leads_the_case_decides(college: College, case: Investigation) -> None:
    target = case.contacts.get(person=college["小刚"])
    form = {"contact": target.pk, "decision": "CONFIRMED"}
    for name, status in (("外人", 403), ("组长", 404), ("辅导员", 404), ("外辅导员", 404)):
        answer = client_of(college, name).post(f"{BASE}{case.pk}/decide/", form)
        assert answer.status_code == status, name
    target.refresh_from_db()
    assert target.state == "PROPOSED"
    # the head of the case's department leads it, with the names of their own people alone
    head = client_of(college, "主任")
    said = head.get(f"{BASE}{case.pk}/?state=CONFIRMED").content.decode()
    assert "外人" not in said
    other = case.contacts.get(person=college["外人"])
    refused = head.post(f"{BASE}{case.pk}/decide/", {"contact": other.pk, "decision": "CASUAL"})
    assert refused.status_code == 403
    assert head.post(f"{BASE}{case.pk}/decide/", form).status_code == 302


def test_the_file_of_a_package_goes_to_whoever_asked_and_to_nobody_else(
    college: College, case: Investigation
) -> None:
    address = f"{BASE}packages/{Package.objects.get().pk}/file/"
    fetched = client_of(college, "值班员").get(address)
    assert "小红" in fetched.content.decode("utf-8-sig")
    assert fetched["Cache-Control"] == "no-store"
    after = client_of(college, "值班员").get(address.removesuffix("file/")).content.decode()
    assert 'class="button main" name="act" value="hand-over"' in after  # the next thing to do
    assert client_of(college, "书记").get(address).status_code == 403


def test_the_head_of_the_college_approves_a_package_and_a_department_does_not(
    college: College, case: Investigation
) -> None:
    form = {
        "organisation": "社区", "receiver": "李主任", "purpose": "随访", "request_number": "4号",
        "fields": ["name", "phone"], "states": ["DETERMINED"], "layout": "XLSX",
    }  # fmt: skip
    asked = client_of(college, "值班员").post(f"{BASE}{case.pk}/package/", form)
    address = asked["Location"]
    assert client_of(college, "主任").post(address, {"act": "approve"}).status_code == 403
    client_of(college, "值班员").post(address, {"act": "approve"})
    package = Package.objects.get(request_number="4号")
    assert package.state == "ASKED"  # nobody approves what they asked for themself
    client_of(college, "书记").post(address, {"act": "approve"})
    package.refresh_from_db()
    assert (package.state, package.approved_by) == ("APPROVED", college["书记"])
    for act, state in (
        ("hand-over", "HANDED_OVER"),
        ("receipt", "RECEIVED"),
        ("answer", "ANSWERED"),
    ):
        client_of(college, "值班员").post(address, {"act": act, "text": "王医生电话"})
        package.refresh_from_db()
        assert package.state == state


def test_the_case_does_not_see_the_search_for_their_own_contacts(
    college: College, case: Investigation
) -> None:
    college.appoint("小明", "学院", "DOCTOR")
    client = client_of(college, "小明")
    assert case.code not in client.get(BASE).content.decode()
    assert client.get(f"{BASE}{case.pk}/").status_code == 404


# ---------------------------------------------------------------- what works without script


def test_from_an_incident_to_a_determined_contact_by_forms_alone(college: College) -> None:
    college.report("小明", FEVER)
    incident = Incident.objects.get()
    client = client_of(college, "值班员")
    form = client.get(f"{BASE}open/?incident={incident.pk}")
    assert 'value="2020-02-01"' in form.content.decode()  # the onset, as it was reported
    opened = client.post(f"{BASE}open/", {"incident": incident.pk, "anchor_on": "2020-02-01"})
    found = Investigation.objects.get()
    assert opened["Location"] == f"{BASE}{found.pk}/"
    keys = [one.pk for one in found.contacts.all()]
    decide = f"{BASE}{found.pk}/decide/"
    assert client.post(decide, {"contact": keys, "decision": "CONFIRMED"}).status_code == 302
    nobody = client.post(decide, {"contact": keys[:1], "decision": "DETERMINED"})
    assert nobody.status_code == 422
    assert f'value="{keys[0]}" checked' in nobody.content.decode()
    word = {"contact": keys[:1], "decision": "DETERMINED", "officer": "王医生"}
    assert client.post(decide, word).status_code == 302
    assert Contact.objects.filter(state="DETERMINED").count() == 1


@pytest.mark.parametrize(
    "part, form",
    [
        ("decide/", {"decision": "CONFIRMED"}),
        ("decide/", {"decision": "KING", "contact": "1"}),
        ("decide/", {"decision": "DISMISSED", "contact": "all"}),
        ("name/", {"person": "小明", "last_on": "2020-02-01"}),
        ("name/", {"person": "某路人", "last_on": "2020-02-01"}),
        ("name/", {"person": "某路人", "phone": "142", "last_on": "2020-02-01"}),
        ("name/", {"person": "外人", "last_on": "2020-02-30"}),
        ("name/", {"person": "", "last_on": "2020-02-01"}),
        ("window/", {"anchor_on": "2020-02-03"}),
        ("window/", {"anchor_on": "2020-01-31", "isolated_on": "2020-01-01"}),
        ("link/", {"source": "C9-9", "why": "x"}),
        ("link/", {"source": "", "why": ""}),
        ("package/", {"organisation": "x"}),
        ("team/", {"person": "没有这个人"}),
        ("list/", {"act": "store"}),
        ("close/", {}),
    ],
    ids=str,
)  # fmt: skip
def test_odd_forms_are_refused_in_words(
    college: College, case: Investigation, part: str, form: dict[str, str]
) -> None:
    if form.get("contact") == "all":
        form = form | {"contact": str(case.contacts.filter(state="PROPOSED").get().pk)}
    answer = client_of(college, "值班员").post(f"{BASE}{case.pk}/{part}", form)
    assert answer.status_code in {409, 422}
    if form.get("person") != "小明":  # what was typed comes back
        assert "小明" not in answer.content.decode()


def test_a_list_is_tried_and_stored_on_the_page(college: College, case: Investigation) -> None:
    client = client_of(college, "值班员")
    rows = f"姓名,手机号,学号\n外人,,{college['外人'].number}\n路人,14200099999,\n".encode()

    def sent(act: str, data: bytes = rows) -> int:
        file = SimpleUploadedFile("名单.csv", data)
        form = {"act": act, "organisation": "区疾控", "file": file}
        return client.post(f"{BASE}{case.pk}/list/", form).status_code

    assert sent("try") == 200
    assert case.contacts.count() == 3
    assert sent("try", "姓名,手机号\n甲,1\n".encode()) == 422
    assert sent("store") == 302
    assert case.contacts.count() == 4
    assert sent("store") == 409


def test_a_call_is_made_from_ones_own_list(college: College, case: Investigation) -> None:
    college.report("外人")
    client = client_of(college, "辅导员")
    visit = Visit.objects.get(contact__person=college["外人"])
    number = college["外人"].phone
    assert number not in client.get(f"{BASE}visits/").content.decode()
    assert f"tel:{number}" in client.post(f"{BASE}visits/{visit.pk}/phone/").content.decode()
    assert Entry.objects.filter(verb="roster.phone.revealed").count() == 1
    address = f"{BASE}visits/{visit.pk}/"
    for wrong in (
        {}, {"outcome": "SYMPTOMS"}, {"outcome": "WELL", "temperature": "365", "site": "axilla"},
        {"outcome": "WELL", "temperature": "36.5"},
    ):  # fmt: skip
        assert client.post(address, wrong).status_code == 422
    there = {"is_in_person": "yes", "temperature": "38,4", "site": "ear"}
    kept = client.post(address, there).content.decode()
    assert 'name="is_in_person" value="yes" checked' in kept
    assert '<option value="ear" selected>' in kept
    ill = {"outcome": "SYMPTOMS", "symptoms": "fever", "temperature": "38.4", "site": "axilla"}
    assert client.post(address, ill).status_code == 302
    assert Incident.objects.get().person == college["外人"]
    assert client_of(college, "外辅导员").post(address, ill).status_code == 404


@pytest.mark.parametrize("part", ["", "chain/", "case"])
def test_a_page_asks_as_often_for_three_rows_as_for_one(
    college: College, case: Investigation, part: str
) -> None:
    client = client_of(college, "值班员")
    address = f"{BASE}{case.pk}/?state=PROPOSED" if part == "case" else f"{BASE}{part}"
    who: dict[str, Any] = {
        "by": college["值班员"],
        "actor": college.actor("值班员"),
        "now": college.now,
    }
    contact_tracing.open_for(
        person=college["小红"], incident=None, anchor_on=date(2020, 2, 1), **who
    )
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for n in range(3):
        college.enrol(f"同学{n}", "网络1班")
    contact_tracing.propose_again(investigation=case, **who)
    for name in ("小刚", "外人"):
        contact_tracing.open_for(
            person=college[name], incident=None, anchor_on=date(2020, 2, 1), **who
        )
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) <= len(few)


# ---------------------------------------------------------------- how they look


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_are_readable_in_both_sizes_and_languages(
    college: College, case: Investigation, open_page: OpenPage, picture: Callable[..., None],
    size: str, language: str,
) -> None:  # fmt: skip
    who: dict[str, Any] = {
        "by": college["值班员"],
        "actor": college.actor("值班员"),
        "now": college.now,
    }
    second = contact_tracing.open_for(
        person=college["小红"], incident=None, anchor_on=date(2020, 2, 1), **who
    )
    contact_tracing.link(investigation=second, source=case, text="同宿舍", **who)
    page = open_page(size=size)
    log_in(page, college, "值班员", language=language)
    problems = []
    for number, address in enumerate(pages(case)):
        page.goto(address)
        picture(page, f"contacts-{number:02}-{size}-{language}")
        problems += faults(page)
    assert problems == []


def test_candidates_are_confirmed_with_two_taps(
    college: College, case: Investigation, open_page: OpenPage, picture: Callable[..., None]
) -> None:
    page = open_page(size="phone", javascript=False)
    log_in(page, college, "值班员")
    page.goto(f"{BASE}{case.pk}/?state=PROPOSED")
    page.locator("label.tile:has(input[name=contact])").first.click()
    page.locator("button[value=CONFIRMED]").click()
    page.wait_for_load_state()
    assert case.contacts.get(person=college["小刚"]).state == "CONFIRMED"


def test_a_determined_contact_is_offered_an_order(college: College, case: Investigation) -> None:
    contact = case.contacts.get(state="DETERMINED")
    assert contact.person is not None
    address = f"{BASE}one/{contact.pk}/end/"
    offer = f"/desk/care/quarantine/new/?number={contact.person.number}"
    assert offer in client_of(college, "值班员").get(address).content.decode()
    other = case.contacts.filter(state="CONFIRMED", person__isnull=False).get()
    address = f"{BASE}one/{other.pk}/end/"
    assert (
        "quarantine/new/?number" not in client_of(college, "值班员").get(address).content.decode()
    )
