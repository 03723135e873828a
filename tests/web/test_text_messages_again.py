"""A phone that said TD: its person, or who may ring them, undoes it; nobody else sees it."""

from __future__ import annotations

import pytest

from lianfang.audit.models import Entry
from lianfang.notifications import stopping
from lianfang.notifications.models import SmsStop
from tests.cast import College
from tests.web.desk import client_of, page, text_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def college(college: College) -> College:
    stopping.stop(phone_index=college["小明"].phone_index, now=college.now)
    return college


def is_stopped() -> bool:
    return SmsStop.objects.filter(ended_at__isnull=True).exists()


def test_the_person_wants_them_again(college: College) -> None:
    client = client_of(college, "小明")
    client.cookies["language"] = "en"
    assert "asked for no more text messages" in text_of(client.get("/me/"))
    assert "You get text messages again" in text_of(client.post("/me/texts/", follow=True))
    assert not is_stopped()
    assert "no more text messages" not in text_of(client.get("/me/"))
    entry = Entry.objects.get(verb="notifications.sms.resumed")
    assert (entry.concerns, entry.actor_label) == (college["小明"].pk, "小明")


def test_somebody_else_ends_nothing_of_theirs(college: College) -> None:
    client_of(college, "小红").post("/me/texts/")
    assert is_stopped()


def test_the_counselor_is_told_and_undoes_it(college: College) -> None:
    address = f"/desk/people/{college['小明'].pk}/"
    assert "asked for no more text messages" in page(college, "辅导员", address)
    assert client_of(college, "辅导员").post(f"{address}texts/").status_code == 302
    assert not is_stopped()
    assert Entry.objects.get(verb="notifications.sms.resumed").actor_label == "辅导员"


@pytest.mark.parametrize("name", ["外辅导员", "小红", "组长"])
def test_who_may_not_ring_them_undoes_nothing(college: College, name: str) -> None:
    address = f"/desk/people/{college['小明'].pk}/texts/"
    assert client_of(college, name).post(address).status_code in {403, 404}
    assert is_stopped()


def test_another_number_has_asked_for_nothing(college: College) -> None:
    college.people["小明"].phone_index = "another"
    assert stopping.stop_of(college.people["小明"]) is None
