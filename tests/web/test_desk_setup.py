"""What keeps a college able to answer: posts, codes, channels, lists from outside."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lianfang.accounts import operations as accounts
from lianfang.accounts.models import Account, ActivationCode
from lianfang.audit.models import Entry
from lianfang.notifications.models import Delivery, Message
from lianfang.places.models import DesignatedHospital, RiskArea
from lianfang.roster.models import Post
from tests.cast import FEVER, College
from tests.web.desk import client_of, operator, page, text_of

pytestmark = pytest.mark.django_db(transaction=True)


def posts_url(college: College, unit: str) -> str:
    return f"/desk/units/{college.unit(unit).pk}/posts/"


# ---------------------------------------------------------------- posts


def test_a_head_appoints_somebody_of_their_own_unit(college: College) -> None:
    client = client_of(college, "主任")
    found = text_of(client.get(posts_url(college, "网络1班") + "?q=小明"))
    assert "小明" in found
    data = {"person": str(college["小明"].pk), "role": "CLASS_REPORTER"}
    client.post(posts_url(college, "网络1班"), data)
    post = Post.objects.get(person=college["小明"])
    assert (post.role, post.unit, post.held_from) == (
        "CLASS_REPORTER",
        college.unit("网络1班"),
        college.today,
    )
    assert Entry.objects.filter(verb="roster.post.given", actor_label="主任").exists()


def test_a_head_finds_and_appoints_nobody_of_another_unit(college: College) -> None:
    client = client_of(college, "主任")
    assert (
        "外人" not in text_of(client.get(posts_url(college, "网络1班") + "?q=外")).split("?q=")[0]
    )
    data = {"person": str(college["外人"].pk), "role": "COUNSELOR"}
    assert client.post(posts_url(college, "网络1班"), data).status_code == 404
    assert client.get(posts_url(college, "护理1班")).status_code == 404
    assert not Post.objects.filter(person=college["外人"]).exists()


def test_nobody_gives_a_post_to_themselves(college: College) -> None:
    """A head sees the answers with something to follow up; a counselor's post would open all."""
    client = client_of(college, "主任")
    data = {"person": str(college["主任"].pk), "role": "COUNSELOR"}
    client.post(posts_url(college, "网络1班"), data)
    assert [post.role for post in college["主任"].posts.all()] == ["RESPONSIBLE_HEAD"]


def test_a_counselor_keeps_no_posts(college: College) -> None:
    client = client_of(college, "辅导员")
    assert client.get("/desk/posts/").status_code == 403
    assert client.get(posts_url(college, "网络1班")).status_code == 403


def test_an_ended_post_no_longer_opens_the_unit(
    college: College, it_is: Callable[[datetime], None]
) -> None:
    post = college["辅导员"].posts.get()
    operator(college).post(f"/desk/posts/{post.pk}/dismiss/")
    assert Post.objects.get(pk=post.pk).held_until == college.today
    client = client_of(college, "辅导员")
    assert client.get(f"/desk/people/{college['小明'].pk}/").status_code == 403
    college.now += timedelta(days=1)
    it_is(college.now)
    assert client.get("/desk/").status_code == 403


def test_what_a_unit_lacks_is_said(college: College) -> None:
    words = page(college, "admin", "/desk/posts/")
    assert "护理系" in words
    assert "nobody in charge" in words
    assert "no deputy" in words
    assert "no number that was tried" in words


# ---------------------------------------------------------------- activation codes


def codes_url(college: College, unit: str = "网络1班") -> str:
    return f"/desk/units/{college.unit(unit).pk}/codes/"


def test_a_sheet_of_codes_opens_accounts_and_is_shown_once(college: College) -> None:
    client = client_of(college, "辅导员")
    chosen = [str(college[name].pk) for name in ("小明", "小红")]
    sheet = client.post(codes_url(college), {"person": chosen, "how": "print"})
    words = text_of(sheet)
    assert sheet.headers["Cache-Control"] == "no-store"
    code = words.split("小明")[1].split("http")[0].split(college["小明"].number)[1]
    account = accounts.activate(
        number=college["小明"].number,
        code=code.replace(" ", ""),
        password="a lantern over the river",
        now=college.now,
    )
    assert account.person == college["小明"]
    assert code.strip() not in text_of(client.get(codes_url(college)))
    assert ActivationCode.objects.filter(person=college["小刚"]).count() == 0


def test_a_code_for_somebody_of_another_class_is_not_made(college: College) -> None:
    client = client_of(college, "外辅导员")
    assert client.get(codes_url(college)).status_code == 404
    data = {"person": [str(college["小明"].pk)]}
    assert client.post(codes_url(college, "护理1班"), data).status_code == 422
    assert not ActivationCode.objects.exists()


def test_a_code_for_a_superior_is_the_administrators_to_give(college: College) -> None:
    """Otherwise a carer could open the account of whoever may see more."""
    college.enrol("信息员", "党政办", "STAFF")
    college.appoint("信息员", "党政办", "LIAISON")
    client = client_of(college, "信息员")
    data = {"person": [str(college["书记"].pk)], "how": "print"}
    answer = client.post(codes_url(college, "党政办"), data)
    assert answer.status_code == 403
    assert "书记" in text_of(answer)
    assert not ActivationCode.objects.exists()
    answer = operator(college).post(codes_url(college, "党政办"), data)
    assert answer.status_code == 200
    assert ActivationCode.objects.get().person == college["书记"]


def test_a_class_reporter_makes_no_codes(college: College) -> None:
    college.enrol("班长", "网络1班")
    college.appoint("班长", "网络1班", "CLASS_REPORTER")
    assert client_of(college, "班长").get("/desk/codes/").status_code == 403
    assert client_of(college, "班长").get(codes_url(college)).status_code == 404


def test_codes_go_to_the_persons_own_phone_where_that_is_set_up(
    college: College, tmp_path: Path, settings: Any
) -> None:
    client = client_of(college, "辅导员")
    assert "没有配置短信发送" in text_of(client.get(codes_url(college)))
    data = {"person": [str(college["小明"].pk)], "how": "send"}
    client.post(codes_url(college), data)
    letter = Message.objects.get(recipient=college["小明"])
    assert letter.link == f"/activate/?n={college['小明'].number}"
    assert Delivery.objects.get(message=letter, position=0).channel == "sms"
    assert ActivationCode.objects.get().sent_by_channel


# ---------------------------------------------------------------- channels


def test_no_channel_at_all_is_said_loudly(college: College, settings: object) -> None:
    words = page(college, "书记", "/desk/gateways/")
    assert "No channel is set up" in words
    assert "nobody's phone rings" in words


def test_a_fault_in_the_settings_is_shown_in_words(
    college: College, tmp_path: Path, settings: Any
) -> None:
    file = tmp_path / "channels.toml"
    file.write_text("[email\nhost = ", encoding="utf-8")
    settings.CHANNELS_FILE = file
    assert "The channel settings have a fault" in page(college, "admin", "/desk/gateways/")


def test_a_letter_in_trouble_is_shown_without_its_text(college: College) -> None:
    college.report("小明", FEVER)
    Delivery.objects.filter(message__recipient=college["主任"]).update(
        state="FAILED", attempts=4, code="sms.unknown-number", next_due_at=None
    )
    letter = Message.objects.filter(recipient=college["主任"]).first()
    assert letter is not None
    words = page(college, "书记", "/desk/gateways/")
    assert "主任" in words
    assert "sms.unknown-number" in words
    assert letter.body not in words
    assert "小明" not in words
    assert client_of(college, "辅导员").get("/desk/gateways/").status_code == 403


# ---------------------------------------------------------------- lists

AREAS = (
    "date,area_code,area,in_R1,in_R2\n2020-01-31,420100,武汉市,1,1\n2020-02-01,420100,武汉市,1,1\n"
)
BAD_AREAS = "date,area_code,area,in_R1\n2020-01-31,999999,某地,1\n2020-02-31,420100,武汉市,2\n"


def upload(college: College, url: str, text: str | bytes, **data: str) -> Any:
    body = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile("list.csv", body, content_type="text/csv")
    return operator(college).post(url, {"file": file, **data})


def test_a_list_is_looked_at_before_it_is_stored(college: College) -> None:
    tried = upload(college, "/desk/areas/", AREAS, rule="R1", act="try")
    assert tried.status_code == 200
    assert "尚未入库" in text_of(tried)
    assert not RiskArea.objects.exists()
    kept = re.findall(r'name="kept" value="([^"]+)"', tried.content.decode())
    store = {"kept": kept, "rule": "R1", "source": "省卫健委", "act": "store"}
    for url in ("/desk/hospitals/", "/desk/areas/"):
        assert operator(college).post(url, store).status_code == (404 if "hosp" in url else 302)
    assert operator(college).post("/desk/areas/", store).status_code == 404, "stored and gone"
    area = RiskArea.objects.get()
    assert (area.area_code, area.source) == ("420100", "省卫健委")
    again = upload(college, "/desk/areas/", AREAS, rule="R1", act="try")
    assert "没有变化" in text_of(again)


def test_everything_wrong_with_a_list_is_told_at_once_and_nothing_is_stored(
    college: College,
) -> None:
    answer = upload(college, "/desk/areas/", BAD_AREAS, rule="R1", act="store")
    assert answer.status_code == 422
    words = text_of(answer)
    assert "999999" in words
    assert "2020-02-31" in words
    assert not RiskArea.objects.exists()


@pytest.mark.parametrize(
    "body", [b"", b"\x00\x01\x02", b"PK\x03\x04 not a csv", "没有表头".encode("gbk")]
)
def test_what_is_no_list_is_refused_in_words(college: College, body: bytes) -> None:
    answer = upload(college, "/desk/areas/", body, act="store")
    assert answer.status_code == 422
    assert not RiskArea.objects.exists()


def test_a_file_that_is_too_large_is_refused(college: College) -> None:
    answer = upload(college, "/desk/areas/", b"x" * (4 * 1024 * 1024 + 1), act="store")
    assert answer.status_code == 422
    assert "4 MB" in text_of(answer)


def test_the_shipped_hospitals_are_stored_without_a_file(college: College) -> None:
    client = operator(college)
    client.post("/desk/hospitals/", {"act": "try"})
    assert not DesignatedHospital.objects.exists()
    client.post("/desk/hospitals/", {"act": "store"})
    assert DesignatedHospital.objects.count() > 10
    assert "Designated hospitals in" in page(college, "admin", "/desk/hospitals/")


def test_lists_are_the_administrators(college: College) -> None:
    for url in ("/desk/areas/", "/desk/hospitals/"):
        assert client_of(college, "书记").get(url).status_code == 403


def test_an_account_makes_no_difference_between_people_of_a_unit(college: College) -> None:
    client = client_of(college, "辅导员")
    Account.objects.get_or_create(
        person=college["小红"],
        defaults={"login": college["小红"].number, "created_at": college.now},
    )
    words = page(college, "辅导员", "/desk/codes/")
    assert "1 of 3 have an account" in words
    assert client.get(codes_url(college)).status_code == 200
