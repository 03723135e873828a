"""The page on which a roster is uploaded, looked at and confirmed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lianfang.accounts import operations as accounts
from lianfang.accounts.models import Account
from lianfang.audit.models import Entry
from lianfang.roster.imports.sheets import NamedFile
from lianfang.roster.models import Membership, Person, Unit
from lianfang.usecases import roster_upload, uploads
from tests import rosters
from tests.browser import faults
from tests.cast import College
from tests.rosters import small_college, student
from tests.web.desk import text_of
from tests.web.portal import client_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db
Upload = Callable[..., Any]


@pytest.fixture
def _no_files_before() -> None:
    for path in (settings.HOME / "imports").glob("*"):
        path.unlink()


@pytest.fixture
def admin(now: datetime, it_is: Any, _no_files_before: None) -> Client:
    it_is(now)
    return operator("admin", now)


def operator(login: str, now: datetime) -> Client:
    account = Account.objects.create(login=login, is_operator=True, created_at=now)
    client = Client()
    client.force_login(account, backend="lianfang.accounts.backends.NumberBackend")
    client.cookies["language"] = "en"
    return client


def sent(file: NamedFile) -> SimpleUploadedFile:
    return SimpleUploadedFile(file.name, file.data)


def uploaded(client: Client, file: NamedFile | None = None, **more: Any) -> str:
    """Upload a roster with its Party tree; gives the address of the dry run."""
    form = {
        "roster": sent(file or small_college()),
        "party": sent(rosters.comma(rosters.ORGANISATIONS, name="party.csv")),
        "as_of": "2020-02-01",
        "college": "",
    }
    response = client.post("/desk/roster/", form | more)
    assert response.status_code == 302, text_of(response)
    return str(response.headers["Location"])


def hidden(response: Any) -> dict[str, str]:
    """The fields that the confirming form carries."""
    body = response.content.decode()
    return dict(re.findall(r'<input type="hidden" name="(digest|as_of)" value="([^"]*)"', body))


def kept() -> list[Path]:
    return sorted((settings.HOME / "imports").glob("*"))


def test_upload_look_confirm(admin: Client) -> None:
    assert "first file founds the college" in text_of(admin.get("/desk/roster/"))
    plan_url = uploaded(admin)
    shown = admin.get(plan_url)
    words = text_of(shown)
    assert (
        "In the files: 12 students, 4 members of staff. As of 2020-02-01: 16 people would be added"
        in words
    )
    assert not Person.objects.exists()
    assert not Unit.objects.exists()
    done = admin.post(f"{plan_url}apply/", hidden(shown), follow=True)
    assert "Imported as of 2020-02-01" in text_of(done)
    assert Membership.objects.filter(kind="REPORTING").count() == 16
    assert kept() == []
    entry = Entry.objects.get(verb="roster.import.applied")
    assert (entry.actor_kind, entry.actor_label) == ("OPERATOR", "admin")
    assert "16 people are on the roll of 南山学院 today" in text_of(admin.get("/desk/roster/"))


def test_the_dry_run_in_chinese_begins_with_the_sentence(admin: Client) -> None:
    admin.cookies["language"] = "zh-hans"
    words = text_of(admin.get(uploaded(admin)))
    assert "文件内容：12 名学生、4 名教职工。自 2020-02-01 起将新增 16 人、新设 10 个单位" in words


def test_problems_are_a_table_with_what_would_be_right_and_no_button(admin: Client) -> None:
    bad = small_college(students=[student(1, 手机号="142265015641"), student(2, 姓名="")])
    response = admin.get(uploaded(admin, bad))
    words = text_of(response)
    assert "2 problems keep the files from being imported" in words
    assert "学生名册 3 手机号 142265015641 These 12 digits are no phone number." in words
    assert "A mobile number has eleven digits" in words
    assert "学生名册 4 姓名 The name is empty." in words
    assert hidden(response) == {}
    refused = admin.post(response.wsgi_request.path + "apply/", {"as_of": "2020-02-01"})
    assert refused.status_code == 422
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "file, words",
    [
        (NamedFile("roster.xlsx", b"<html><table></table></html>"), "web page that only calls itself"),
        (NamedFile("roster.xlsx", b"PK\x03\x04nothing"), "damaged"),
        (NamedFile("<b>.csv", b"\x00\x01\x02"), "control character"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_roster_is_told_on_the_page(
    admin: Client, file: NamedFile, words: str
) -> None:
    response = admin.get(uploaded(admin, file))
    assert response.status_code == 200
    if file.name != "<b>.csv":
        assert words in text_of(response)
    assert "<b>.csv" not in response.content.decode()
    assert hidden(response) == {}


def test_another_day_is_compared_again_and_confirmed(admin: Client) -> None:
    first = uploaded(admin)
    admin.post(f"{first}apply/", hidden(admin.get(first)))
    rows = [student(1, unit="网络2班"), *(student(n) for n in range(2, 7)),
            *(student(n, unit="网络2班") for n in range(7, 13))]  # fmt: skip
    url = uploaded(admin, small_college(students=rows))
    shown = admin.get(url, {"as_of": "2020-02-10"})
    assert "As of 2020-02-10: 1 would move to another unit" in text_of(shown)
    assert "网络1班 → 网络2班" in text_of(shown)
    admin.post(f"{url}apply/", hidden(shown))
    moved = Membership.objects.get(unit__name="网络2班", person__number="2019000001")
    assert moved.held_from.isoformat() == "2020-02-10"


def test_a_day_out_of_all_reason_is_told_and_changes_nothing(admin: Client) -> None:
    url = uploaded(admin)
    told = admin.get(url, {"as_of": "2050-01-01"}, follow=True)
    assert "A roster begins between 2000-01-01 and a year from today" in text_of(told)
    assert "As of 2020-02-01" in text_of(told)


def test_what_has_changed_since_it_was_shown_is_shown_again(admin: Client, now: datetime) -> None:
    first, second = uploaded(admin), uploaded(admin)
    fields = hidden(admin.get(second))
    admin.post(f"{first}apply/", hidden(admin.get(first)))
    refused = admin.post(f"{second}apply/", fields)
    assert refused.status_code == 409
    assert "The roster was changed meanwhile" in text_of(refused)
    assert "The roster and the files agree." in text_of(refused)
    assert Person.objects.count() == 16


def test_nothing_is_applied_without_having_been_shown(admin: Client) -> None:
    url = uploaded(admin)
    assert admin.post(f"{url}apply/", {"as_of": "2020-02-01"}).status_code == 409
    assert not Person.objects.exists()


def test_many_gone_need_a_tick(admin: Client) -> None:
    first = uploaded(admin)
    admin.post(f"{first}apply/", hidden(admin.get(first)))
    url = uploaded(admin, small_college(students=[student(1)]), as_of="2020-02-02")
    shown = admin.get(url)
    assert "11 people are not in the file" in text_of(shown)
    refused = admin.post(f"{url}apply/", hidden(shown))
    assert refused.status_code == 409
    assert "more than a fifth" in text_of(refused)
    assert Membership.objects.filter(held_until=None, kind="REPORTING").count() == 16
    done = admin.post(f"{url}apply/", hidden(shown) | {"confirm_gone": "yes"})
    assert done.status_code == 302
    assert Membership.objects.filter(held_until=None, kind="REPORTING").count() == 5


@pytest.mark.parametrize(
    "form, words",
    [
        ({}, "Please choose a file."),
        ({"as_of": "tomorrow"}, "Please write a day such as 2020-02-01."),
    ],
)
def test_a_form_that_is_not_filled_in_says_so(
    admin: Client, form: dict[str, str], words: str
) -> None:
    response = admin.post("/desk/roster/", {"as_of": "2020-02-01"} | form)
    assert response.status_code == 422
    assert words in text_of(response)
    assert kept() == []


def test_a_file_that_is_too_large_is_told(admin: Client) -> None:
    large = SimpleUploadedFile("roster.csv", b"x" * (20 * 1024 * 1024 + 1))
    response = admin.post("/desk/roster/", {"as_of": "2020-02-01", "roster": large})
    assert response.status_code == 422
    assert "larger than 20 MB" in text_of(response)


# ---------------------------------------------------------------- the kept files


def test_kept_files_are_sealed_and_only_their_owner_finds_them(
    admin: Client, now: datetime
) -> None:
    url = uploaded(admin)
    [path] = kept()
    assert path.stat().st_mode & 0o077 == 0
    assert b"PK\x03\x04" not in path.read_bytes()
    assert "学生" not in path.read_text()
    other = operator("another", now)
    for response in (other.get(url), other.post(f"{url}apply/", {})):
        assert response.status_code == 404
    other.post(f"{url}drop/")
    assert kept() == [path]
    assert admin.get(url).status_code == 200


def test_kept_files_are_gone_after_two_hours(admin: Client, now: datetime, it_is: Any) -> None:
    url = uploaded(admin)
    it_is(now + timedelta(hours=1, minutes=59))
    assert admin.get(url).status_code == 200
    it_is(now + timedelta(hours=2))
    response = admin.get(url)
    assert response.status_code == 404
    assert "two hours only" in text_of(response)
    assert uploads.sweep(now=now + timedelta(hours=2)) == 1
    assert kept() == []


def test_files_are_deleted_when_somebody_says_so(admin: Client) -> None:
    url = uploaded(admin)
    told = admin.post(f"{url}drop/", follow=True)
    assert "The files were deleted." in text_of(told)
    assert kept() == []
    assert admin.get(url).status_code == 404


@pytest.mark.parametrize("id", ["..", "1-1-x", "../../keys.json", "9999999999-1-" + "a" * 22])
def test_an_address_that_was_never_given_finds_nothing(admin: Client, id: str) -> None:
    with pytest.raises(uploads.UploadIsGone):
        roster_upload.fetch(id=id, owner=1, now=datetime(2020, 2, 1).astimezone())
    uploads.drop(id=id, owner=1)


def test_the_oldest_of_many_uploads_makes_room(admin: Client) -> None:
    for _n in range(uploads.MOST_AT_ONCE + 3):
        uploaded(admin)
    assert len(kept()) == uploads.MOST_AT_ONCE


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("name", ["小明", "辅导员", "书记", "组长"])
def test_whoever_is_no_operator_sees_neither_form_nor_plan(
    name: str, now: datetime, it_is: Any
) -> None:
    college = College.found(now)
    it_is(now)
    client = client_of(college, name)
    owner = Account.objects.get(person=college[name])
    kept_id = roster_upload.keep(
        files=rosters.files(small_college()), college="", as_of=college.today,
        owner=owner.pk, now=now,
    )  # fmt: skip
    for method, url in (
        ("get", "/desk/roster/"), ("get", f"/desk/roster/{kept_id}/"),
        ("post", f"/desk/roster/{kept_id}/apply/"), ("post", f"/desk/roster/{kept_id}/drop/"),
    ):  # fmt: skip
        response = getattr(client, method)(url)
        assert response.status_code == 403
        assert "学生" not in text_of(response).replace("学生党支部", "")
    assert not Person.objects.filter(number="2019000001", name=student(1)[1]).exists()


def test_a_stranger_is_sent_to_the_log_in(db: None) -> None:
    response = Client().get("/desk/roster/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login/")


# ---------------------------------------------------------------- in a browser


@pytest.fixture
def login(transactional_db: None, now: datetime, it_is: Any) -> Callable[[Page], None]:
    it_is(now)
    accounts.create_operator(login="admin", password="rain on the lotus pond", now=now)

    def login(page: Page) -> None:
        page.goto("/login/?next=/desk/roster/")
        page.fill("[name=number]", "admin")
        page.fill("[name=password]", "rain on the lotus pond")
        page.click("main button.main")
        page.wait_for_url("**/desk/roster/")

    return login


@pytest.fixture
def on_disk(tmp_path: Path) -> Path:
    bad = [student(1, 手机号="142265015641"), student(2, 姓名=""), student(3, 宿舍="家属院")]
    few = [student(n) for n in range(1, 7)]
    for name, file in (
        ("roster.xlsx", small_college()), ("bad.xlsx", small_college(students=bad)),
        ("few.xlsx", small_college(students=few)), ("party.csv", rosters.comma(rosters.ORGANISATIONS)),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(file.data)
    return tmp_path


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_walked_without_script(
    open_page: Any, login: Callable[[Page], None], on_disk: Path, picture: Any,
    size: str, language: str,
) -> None:  # fmt: skip
    """Upload a bad file, see what is wrong, upload the mended one, confirm it."""
    page = open_page(size=size, javascript=False)
    address = page.context.browser and page.goto("/login/").url.removesuffix("/login/")
    page.context.add_cookies([{"name": "language", "value": language, "url": address}])
    login(page)
    picture(page, f"roster-upload-{size}-{language}")
    page.set_input_files("#id_roster", on_disk / "bad.xlsx")
    page.set_input_files("#id_party", on_disk / "party.csv")
    page.click("main button.main")
    assert page.locator("table.cards tbody tr").count() == 3
    picture(page, f"roster-problems-{size}-{language}")
    page.click("a.button.main")
    page.set_input_files("#id_roster", on_disk / "roster.xlsx")
    page.set_input_files("#id_party", on_disk / "party.csv")
    page.click("main button.main")
    picture(page, f"roster-plan-{size}-{language}")
    page.click("main button.main")
    page.wait_for_url("**/desk/roster/")
    assert page.locator(".notice.done").count() == 1
    assert Membership.objects.filter(kind="REPORTING").count() == 16
    picture(page, f"roster-done-{size}-{language}")
    page.set_input_files("#id_roster", on_disk / "few.xlsx")
    page.fill("#id_as_of", "2020-02-02")
    page.click("main button.main")
    picture(page, f"roster-gone-{size}-{language}")
    assert page.locator("#id_confirm_gone").count() == 1


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_no_page_is_wider_than_its_window_and_axe_is_content(
    open_page: Any, login: Callable[[Page], None], on_disk: Path, size: str, picture: Any
) -> None:
    page = open_page(size=size, dark=True)
    login(page)
    pages = []
    for name in ("", "bad.xlsx", "roster.xlsx"):
        if name:
            page.goto("/desk/roster/")
            page.set_input_files("#id_roster", on_disk / name)
            page.set_input_files("#id_party", on_disk / "party.csv")
            page.click("main button.main")
            page.wait_for_url("**/desk/roster/*/")
        pages.append((name, faults(page)))
        picture(page, f"roster-dark-{size}-{name or 'upload'}")
    assert pages == [(name, []) for name in ("", "bad.xlsx", "roster.xlsx")]
