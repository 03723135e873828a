"""Questions about help and records that disagree: who sees them, how they are answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianfang.campus.models import Batch, GatePassage
from lianfang.doubts import operations
from lianfang.doubts.models import Contradiction, Question
from lianfang.usecases import doubts
from tests.browser import OpenPage, clean
from tests.cast import College
from tests.web.desk import client_of, looks_at, page, text_of
from tests.web.portal import log_in, tap

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
DESK = "/desk/care/doubts/"


def ask(college: College, *names: str) -> Question:
    signs = {college[name].pk: ("SAME_SECOND", "SAME_ANSWERS") for name in names}
    question = operations.ask(
        unit_id=college.unit("网络1班").pk, day=college.today, signs=signs, now=college.now
    )
    assert question is not None
    return question


def at_the_gate(college: College, *names: str) -> None:
    """They report that they are at home, and the gate has seen them come in."""
    batch = Batch.objects.create(
        kind="GATE", file_name="门禁.csv", digest=" ".join(names), rows=1, imported_at=college.now
    )
    for name in names:
        college.report(name)
        GatePassage.objects.create(
            person=college[name], day=college.today, at=college.now, direction="IN", batch=batch
        )
    doubts.look_for_contradictions(day=college.today, now=college.now)


def test_the_head_is_asked_and_answers(college: College) -> None:
    question = ask(college, "小明", "小红")
    text = page(college, "主任", DESK)
    assert "2 people may need help with reporting" in text
    assert "no appraisal ever reads it" in text
    client = client_of(college, "主任")
    client.post(f"{DESK}{question.pk}/answer/", {"answer": "HELPED", "note": "借了体温计"})
    question.refresh_from_db()
    assert (question.state, question.answer, question.note) == ("CLOSED", "HELPED", "借了体温计")
    assert "not asked again before Sat 15 Feb" in page(college, "主任", DESK)


def test_nobody_but_the_head_is_shown_a_question(college: College) -> None:
    question = ask(college, "小明")
    for viewer in ("辅导员", "外辅导员", "组长", "小明", "小红"):
        client = client_of(college, viewer)
        answer = client.get(DESK, follow=True)
        assert "小明" not in answer.content.decode() or viewer == "小明", viewer
        assert "same second" not in text_of(answer), viewer
        assert client.post(f"{DESK}{question.pk}/answer/", {"answer": "NOTHING"}).status_code in {
            403, 404,
        }, viewer  # fmt: skip
    question.refresh_from_db()
    assert question.state == "OPEN"


def test_a_carer_sees_both_records_and_closes_with_what_was_true(college: College) -> None:
    at_the_gate(college, "小明")
    text = page(college, "辅导员", f"{DESK}records/")
    for word in ("1 times two records disagree", "小明", "at home", "came in", "08:00"):
        assert word in text, word
    assert looks_at(college["小明"], "doubts.contradiction.seen") == ["辅导员"]
    one = Contradiction.objects.get()
    client = client_of(college, "辅导员")
    client.cookies["language"] = "en"
    refused = client.post(f"{DESK}records/{one.pk}/", {"truth": "BOTH"})
    assert refused.status_code == 422
    assert 'value="BOTH" checked' in refused.content.decode()
    assert "Whom did you ask, and what did they say?" in text_of(refused)
    client.post(f"{DESK}records/{one.pk}/", {"truth": "BOTH", "note": "回校取书"})
    assert "回校取书" in page(college, "辅导员", f"{DESK}records/?state=closed")


def test_others_see_no_record(college: College) -> None:
    at_the_gate(college, "小明")
    one = Contradiction.objects.get()
    for viewer in ("外辅导员", "组长", "小红"):
        client = client_of(college, viewer)
        for part in ("", "records/", "import/"):
            answer = client.get(DESK + part, follow=True)
            assert "小明" not in answer.content.decode(), (viewer, part)
        assert client.post(f"{DESK}records/{one.pk}/", {}).status_code in {403, 404}


def test_a_file_is_tried_and_then_stored_by_the_duty_officer_alone(college: College) -> None:
    def given(text: str, act: str) -> dict[str, Any]:
        file = SimpleUploadedFile("门禁.csv", text.encode())
        return {"file": file, "kind": "GATE", "act": act}

    college.appoint("值班员", "学院党委", "DUTY_OFFICER")
    client = client_of(college, "值班员")
    client.cookies["language"] = "en"
    good = f"学号,方向,时间\n{college['小明'].number},进,2020-02-01 07:30\n"
    broken = f"{good}999,进,2020-02-01 07:31\n{college['小明'].number},上,昨晚\n"
    answer = client.post(f"{DESK}import/", given(broken, "store"))
    assert answer.status_code == 422
    text = text_of(answer)
    assert "999" in text
    assert "上" in text
    assert "Nobody on the roster has this number." in text
    assert "nothing is stored yet" in text_of(client.post(f"{DESK}import/", given(good, "try")))
    assert not GatePassage.objects.exists()
    assert client.post(f"{DESK}import/", given(good, "store")).status_code == 302
    assert GatePassage.objects.count() == 1
    assert client.post(f"{DESK}import/", given(good, "store")).status_code == 409
    assert client.post(f"{DESK}import/", {"kind": "GATE"}).status_code == 422
    assert client_of(college, "主任").get(f"{DESK}import/").status_code == 403


@pytest.mark.parametrize("part", ["", "records/"])
def test_three_rows_cost_no_more_questions_than_one(college: College, part: str) -> None:
    client = client_of(college, "主任")

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(DESK + part).status_code == 200
        return len(asked)

    if part:
        at_the_gate(college, "小明")
    else:
        ask(college, "小明")
    questions()
    first = questions()
    if part:
        at_the_gate(college, "小红", "小刚")
    else:
        Question.objects.all().delete()
        ask(college, "小明", "小红", "小刚")
    assert questions() <= first


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_both_lists_in_a_browser(
    college: College, open_page: OpenPage, picture: Callable[[Page, str], Any], size: str
) -> None:
    ask(college, "小明", "小红")
    at_the_gate(college, "小刚")
    page = open_page(size=size)
    log_in(page, college, "主任")
    page.goto("/desk/care/")
    page.get_by_role("link", name="填报与记录核对").last.click()
    assert "2 人填报可能需要帮助" in page.inner_text("main")
    clean(page)
    picture(page, f"doubts-questions-{size}")
    tap(page, "answer", "EXPLAINED")
    page.get_by_role("button", name="答复并办结").click()
    assert Question.objects.get().answer == "EXPLAINED"
    page.goto(f"{DESK}records/")
    page.locator("main summary").click()
    clean(page)
    picture(page, f"doubts-records-{size}")
    tap(page, "truth", "BOTH")
    page.fill("input[name=note]", "回校取书")
    page.locator("details button").click()
    assert Contradiction.objects.get().truth == "BOTH"
    clean(page)
    picture(page, f"doubts-empty-{size}")
