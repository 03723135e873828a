"""The To do page brings what waits beside reports: directives, matters, duty, numbers, texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianfang.directives.audience import Asked
from lianfang.directives.models import (
    Attachment,
    DirectiveReceipt,
    DirectiveVersion,
    SupervisionItem,
)
from lianfang.directives.operations import Wording
from lianfang.duty.models import DutyFact, Swap
from lianfang.outreach.calls import note_wrong_number
from lianfang.outreach.models import PhoneCorrection
from lianfang.usecases import directives
from tests.cast import College
from tests.flow.duty_cast import shift
from tests.flow.outreach_cast import campaign
from tests.web.desk import client_of, page, text_of

pytestmark = pytest.mark.django_db(transaction=True)
ItIs = Callable[[datetime], None]


def drafted(college: College, number: str = "1") -> DirectiveVersion:
    return directives.draft(
        issuer=college.unit("学院"), number=number, files=[],
        wording=Wording(
            title="关于报送返校计划的通知", body="逐人核实。", urgency="URGENT",
            acknowledge_due_at=college.at("12:00"), feedback_due_at=college.at("18:00"),
            feedback_asks="", audience=[Asked(unit=college.unit("信息系"), with_below=True)],
            to_everybody=False,
        ),
        by=college["书记"], actor=college.actor("书记"), now=college.now,
    )  # fmt: skip


def published(college: College, number: str = "1") -> DirectiveVersion:
    return directives.publish(
        version=drafted(college, number), signer=college["组长"],
        actor=college.actor("组长"), now=college.now,
    )  # fmt: skip


def test_a_directive_waits_where_it_is_to_be_acknowledged(college: College) -> None:
    version = published(college)
    words = page(college, "主任", "/desk/")
    assert "Waits for you" in words
    assert "关于报送返校计划的通知 信息系 acknowledge it" in words
    assert version.title not in page(college, "外辅导员", "/desk/")
    receipt = DirectiveReceipt.objects.get(unit=college.unit("信息系"))
    client_of(college, "主任").post(f"/desk/directives/receipts/{receipt.pk}/acknowledge/")
    assert "acknowledge it" not in page(college, "主任", "/desk/")


def test_a_draft_waits_for_the_second_person_and_not_for_the_first(college: College) -> None:
    drafted(college)
    college.appoint("书记", "学院党委", "SECRETARY")
    assert "read it and sign" in page(college, "组长", "/desk/")
    assert "read it and sign" not in page(college, "书记", "/desk/")


def test_a_matter_waits_for_its_owner_and_then_for_whoever_checks(college: College) -> None:
    client_of(college, "书记").post(
        "/desk/directives/items/new/",
        {"source": "COMPLAINT", "unit": college.unit("信息系").pk, "title": "食堂排队过密",
         "due_at": "2020-02-02T12:00"},
    )  # fmt: skip
    item = SupervisionItem.objects.get()
    assert "食堂排队过密 信息系 do it and write it down" in page(college, "主任", "/desk/")
    client_of(college, "主任").post(
        f"/desk/directives/items/{item.pk}/report/", {"text": "已分时就餐", "what": "done"}
    )
    assert "食堂排队过密" not in page(college, "主任", "/desk/")
    assert "食堂排队过密 信息系 check it" in page(college, "书记", "/desk/")


def test_numbers_facts_and_texts_are_counted_and_lead_to_their_pages(college: College) -> None:
    campaign(college)
    college.work()
    note_wrong_number(
        person=college["小明"], unit_id=college.unit("网络1班").pk,
        found=PhoneCorrection.Found.CALL, by=None, actor=college.actor("书记"), now=college.now,
    )  # fmt: skip
    DutyFact.objects.create(
        unit=college.unit("信息系"), person=college["主任"], kind=DutyFact.Kind.DRILL_UNANSWERED,
        reference="drill:1", at=college.now,
    )  # fmt: skip
    counselor = page(college, "辅导员", "/desk/")
    assert "1 numbers to correct find the right number" in counselor
    assert "防护知识 网络1班 post it in the group and tick it" in counselor
    assert "things that happened on duty: 1 say how it was" in page(college, "主任", "/desk/")
    other = page(college, "外辅导员", "/desk/")
    for words in ("numbers to correct", "防护知识", "happened on duty"):
        assert words not in other


def test_a_swap_waits_first_for_the_other_and_then_for_the_head(college: College) -> None:
    one = shift(college, "书记", "02-03 08:00", "02-03 20:00")
    client = client_of(college, "书记")
    client.post(f"/desk/duty/shift/{one.pk}/swap/", {"asked_of": "值班员"})
    assert "say whether you take it" in page(college, "值班员", "/desk/")
    swap = Swap.objects.get()
    client_of(college, "值班员").post(f"/desk/duty/swaps/{swap.pk}/", {"what": "accept"})
    assert "say whether you take it" not in page(college, "值班员", "/desk/")
    assert "approve it or not" in page(college, "组长", "/desk/")


def test_the_page_asks_as_often_for_three_of_each_as_for_one(college: College) -> None:
    client = client_of(college, "主任")
    published(college)
    client.get("/desk/")

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/desk/")
        return len(asked)

    first = count()
    for number in ("2", "3"):
        published(college, number)
    assert count() <= first


# ---------------------------------------------------------------- from a missed report to a matter


def test_a_unit_that_has_not_signed_a_past_day_is_one_tap_from_a_matter(
    college: College, it_is: ItIs
) -> None:
    college.fast_forward(hours=24)
    it_is(college.now)
    unit = college.unit("信息系")
    link = f"/desk/directives/items/new/?report={unit.pk}&on=2020-02-01"
    for address in ("/desk/units/?day=2020-02-01", f"/desk/units/{unit.pk}/?day=2020-02-01"):
        shown = client_of(college, "书记").get(address).content.decode()
        assert link.replace("&", "&amp;") in shown, address
    assert "?report=" not in client_of(college, "书记").get("/desk/units/").content.decode()
    below = client_of(college, "辅导员").get("/desk/units/?day=2020-02-01").content.decode()
    assert "?report=" not in below, "only those who supervise the unit"
    made = client_of(college, "书记").post(
        link, {"title": "未按时签发", "due_at": "2020-02-03T12:00"}
    )
    assert made.status_code == 302
    assert SupervisionItem.objects.get().source == "MISSED_REPORT"


def test_an_inspection_begins_with_its_unit_chosen(college: College) -> None:
    unit = college.unit("信息系")
    shown = client_of(college, "书记").get(
        f"/desk/directives/items/new/?source=INSPECTION&unit={unit.pk}"
    )
    body = shown.content.decode()
    assert f'value="{unit.pk}" selected' in body
    assert 'value="INSPECTION" checked' in body


# ---------------------------------------------------------------- files of a draft

PDF = b"%PDF-1.4 one"
FORM = {
    "title": "通知", "body": "一", "urgency": "URGENT", "acknowledge_due_at": "2020-02-01T18:00",
    "below": "yes",
}  # fmt: skip


def test_a_file_is_taken_off_a_draft_and_never_off_what_was_published(college: College) -> None:
    client = client_of(college, "书记")
    client.cookies["language"] = "en"
    form = FORM | {"units": [college.unit("信息系").pk], "issuer": college.unit("学院").pk}
    files = [SimpleUploadedFile(f"{n}.pdf", PDF + bytes([n])) for n in (65, 66)]
    client.post("/desk/directives/new/", form | {"files": files})
    version = DirectiveVersion.objects.get()
    edit = f"/desk/directives/{version.directive_id}/edit/"
    assert "take it off 65.pdf" in text_of(client.get(edit))
    first = Attachment.objects.get(name="65.pdf")
    wrong = client.post(edit, form | {"title": "", "take_off": [first.pk]})
    assert wrong.status_code == 422
    assert f'value="{first.pk}" checked' in wrong.content.decode()
    assert client.post(edit, form | {"take_off": [first.pk, 99999]}).status_code == 302
    assert [file.name for file in version.attachments.all()] == ["66.pdf"]
    version.refresh_from_db()
    directives.publish(
        version=version, signer=college["组长"], actor=college.actor("组长"), now=college.now
    )
    kept = version.attachments.get()
    client.post(edit, form | {"take_off": [kept.pk], "title": "第二版"})
    newest = DirectiveVersion.objects.latest("number")
    assert (newest.number, newest.attachments.count(), version.attachments.count()) == (2, 0, 1)


def test_an_eleventh_file_is_refused_in_words(college: College) -> None:
    client = client_of(college, "书记")
    client.cookies["language"] = "en"
    form = FORM | {"units": [college.unit("信息系").pk], "issuer": college.unit("学院").pk}
    files = [SimpleUploadedFile(f"{n}.pdf", PDF + bytes([n])) for n in range(11)]
    refused = client.post("/desk/directives/new/", form | {"files": files})
    assert refused.status_code >= 400
    assert "At most 10 files" in text_of(refused)
    assert not DirectiveVersion.objects.exists()


def test_late_moments_stand_first(college: College, it_is: ItIs) -> None:
    published(college)
    college.now += timedelta(hours=5)
    it_is(college.now)
    shown = client_of(college, "主任").get("/desk/").content.decode()
    assert '<li class="now" data-row' in shown
